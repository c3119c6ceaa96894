use action::{AgentName, Digest, Event, Parent};
use model::{Part, Role, StopReason, Usage};

use super::*;
use crate::budget::Budget;
use crate::samples::Sample;

const OPUS: &str = "anthropic/claude-opus-5-5";
/// 2026-11-23, ten o'clock.
const DAY: u64 = 1_795_428_000_000;

/// An office where a day may cost this much in all, and ana and ben have a session each.
fn office(budget: Budget) -> Sample {
    let sample = Sample::with_budget(budget);
    sample.set_clock(DAY);
    for (session, person) in [("s1", "ana"), ("s2", "ana"), ("s3", "ben")] {
        sample.write(&[Event::Opened {
            session: SessionId::new(session),
            person: PersonId::new(person),
            agent: AgentName::new("engineer"),
            root: "/p".into(),
            model: OPUS.into(),
            level: "full".into(),
            parent: None,
        }]);
    }
    sample
}

fn dollars(text: &str) -> Limit {
    Limit { tokens: None, money: vec![text.parse().unwrap()] }
}

/// So many output tokens of a session, at 20 dollars a million, and a prompt of one.
fn replied(sample: &Sample, session: &str, output: u64) {
    let reply = Digest::of_bytes(b"reply");
    sample.write(&[Event::Replied { session: SessionId::new(session), turn: 1, reply, input: 1, cached: 0, written: 0, output, model: String::new() }]);
}

fn request(words: usize) -> Request {
    Request { messages: vec![Message::user("x".repeat(words))], max_output: 32_000, ..Request::default() }
}

/// What a session's purse lets pass.
fn grant(purse: &mut Purse, sample: &Sample, session: &str, person: &str, given: &Limit) -> Result<u32, NotGranted> {
    let (session, person) = (SessionId::new(session), PersonId::new(person));
    let payer = Payer { service: &sample.office, session: &session, person: &person, given, model: OPUS };
    purse.grant(&payer, &request(100))
}

fn scope_of(result: Result<u32, NotGranted>) -> Scope {
    match result.unwrap_err() {
        NotGranted::Exhausted(exhausted) => exhausted.scope,
        other => panic!("{other}"),
    }
}

/// An entry that does not read as what was written.
fn spoil(sample: &Sample) {
    let ledger = rusqlite::Connection::open(sample.office.folder.join("ledger.sqlite")).unwrap();
    assert_eq!(ledger.execute("UPDATE entry SET bytes = X'7B7D' WHERE idx = 3", []).unwrap(), 1);
}

#[test]
fn without_a_limit_nothing_is_read_and_nothing_is_promised() {
    let sample = Sample::new();
    spoil(&sample);
    let mut purse = Purse::default();
    assert_eq!(grant(&mut purse, &sample, "s1", "ana", &Limit::default()).unwrap(), 32_000);
    assert!(!purse.has_promised() && !sample.office.folder.join("promises").exists());
}

#[test]
fn each_limit_counts_what_is_its_own() {
    for (name, budget, counted, not_counted) in [
        ("session", Budget { session: dollars("1 USD"), ..Budget::default() }, "s1", "s2"),
        ("person", Budget { person: dollars("1 USD"), ..Budget::default() }, "s2", "s3"),
        ("person_day", Budget { person_day: dollars("1 USD"), ..Budget::default() }, "s2", "s3"),
    ] {
        let sample = office(budget);
        replied(&sample, not_counted, 50_000);
        assert!(grant(&mut Purse::default(), &sample, "s1", "ana", &Limit::default()).is_ok(), "{name}: {not_counted} spent it");
        replied(&sample, counted, 50_000);
        assert!(grant(&mut Purse::default(), &sample, "s1", "ana", &Limit::default()).is_err(), "{name}: {counted} spent it");
    }
}

#[test]
fn the_day_is_everybodys_and_ends_at_midnight() {
    let sample = office(Budget { day: dollars("1 USD"), ..Budget::default() });
    replied(&sample, "s3", 50_000);
    let mut purse = Purse::default();
    assert_eq!(scope_of(grant(&mut purse, &sample, "s1", "ana", &Limit::default())), Scope::Day);
    sample.set_clock(DAY + 14 * 3_600_000);
    assert_eq!(grant(&mut purse, &sample, "s1", "ana", &Limit::default()).unwrap(), 32_000);
}

#[test]
fn what_was_given_for_the_session_goes_with_the_services_limits() {
    let sample = office(Budget { day: dollars("100 USD"), ..Budget::default() });
    replied(&sample, "s1", 50_000);
    assert_eq!(scope_of(grant(&mut Purse::default(), &sample, "s1", "ana", &dollars("1 USD"))), Scope::Given);
    let room = grant(&mut Purse::default(), &sample, "s1", "ana", &dollars("1.20 USD")).unwrap();
    assert!((4096..10_000).contains(&room), "a reply within the 20 cents that are left: {room}");
}

#[test]
fn two_sessions_cannot_both_take_what_is_left_of_a_day() {
    let sample = office(Budget { day: dollars("1 USD"), ..Budget::default() });
    let (mut ana, mut ben) = (Purse::default(), Purse::default());
    assert_eq!(grant(&mut ana, &sample, "s1", "ana", &Limit::default()).unwrap(), 32_000, "0.64 and the prompt are promised");
    let left = grant(&mut ben, &sample, "s3", "ben", &Limit::default()).unwrap();
    assert!(left < 20_000, "{left}");
    let mut third = Purse::default();
    assert_eq!(scope_of(grant(&mut third, &sample, "s2", "ana", &Limit::default())), Scope::Day);
    ana.let_go();
    assert!(grant(&mut third, &sample, "s2", "ana", &Limit::default()).is_ok(), "the first one ended without a reply");
}

#[test]
fn a_purse_asks_again_and_again_without_waiting_for_itself() {
    let sample = office(Budget { day: dollars("1 USD"), ..Budget::default() });
    let mut purse = Purse::default();
    for _ in 0..3 {
        assert_eq!(grant(&mut purse, &sample, "s1", "ana", &Limit::default()).unwrap(), 32_000);
        assert!(purse.has_promised());
    }
}

#[test]
fn after_a_reply_the_vendors_own_count_takes_the_place_of_bytes() {
    let usage = Usage { input: 500, cached: 0, cache_written: 0, output: 20 };
    let message = Message { role: Role::Assistant, parts: vec![Part::Text { text: "yes".into() }] };
    let reply = Reply { message: message.clone(), stop: StopReason::EndOfTurn, usage };
    let mut purse = Purse::default();
    let mut request = request(4000);
    let before = purse.prompt_at_most(&request);
    assert!((4000..4200).contains(&(before - OVERHEAD)), "a token a byte: {before}");
    purse.answered(&request, &reply);
    request.messages.push(message);
    request.messages.push(Message::user("x".repeat(100)));
    let after = purse.prompt_at_most(&request) - OVERHEAD;
    assert!((620..720).contains(&after), "520 that were counted and the new words: {after}");
    request.system = "x".repeat(1000);
    assert_eq!(purse.prompt_at_most(&request) - OVERHEAD, after + 1000, "what stands before the messages has grown");
    purse.forget();
    assert!(purse.prompt_at_most(&request) > 4000);
    purse.answered(&request, &Reply { usage: Usage::default(), ..reply });
    assert!(purse.prompt_at_most(&request) > 4000, "a server that counts nothing is not believed");
}

/// A session that comes from another one.
fn opened_from(sample: &Sample, session: &str, person: &str, parent: Parent) {
    let (session, person) = (SessionId::new(session), PersonId::new(person));
    sample.write(&[Event::Opened { session, person, agent: AgentName::new("engineer"), root: "/p".into(), model: OPUS.into(), level: "full".into(), parent: Some(parent) }]);
}

#[test]
fn all_that_come_from_one_session_spend_from_its_limit() {
    let sample = office(Budget::default());
    let s = SessionId::new;
    opened_from(&sample, "sub", "ana", Parent::Subagent { session: s("s1"), intent: action::IntentId::new("i") });
    opened_from(&sample, "deep", "ana", Parent::Part { session: s("sub") });
    opened_from(&sample, "fork", "ana", Parent::Fork { session: s("deep") });
    for who in ["s1", "sub", "deep", "fork"] {
        assert!(grant(&mut Purse::default(), &sample, who, "ana", &dollars("1 USD")).is_ok(), "{who}");
    }
    replied(&sample, "s2", 50_000);
    assert!(grant(&mut Purse::default(), &sample, "deep", "ana", &dollars("1 USD")).is_ok(), "another session's is not counted");
    replied(&sample, "sub", 50_000);
    for who in ["s1", "sub", "deep", "fork"] {
        assert_eq!(scope_of(grant(&mut Purse::default(), &sample, who, "ana", &dollars("1 USD"))), Scope::Given, "{who}");
    }
}

#[test]
fn what_a_subagent_has_promised_its_parent_and_its_siblings_cannot_spend() {
    let sample = office(Budget::default());
    for who in ["one", "two"] {
        opened_from(&sample, who, "ana", Parent::Subagent { session: SessionId::new("s1"), intent: action::IntentId::new(who) });
    }
    let (mut one, mut two) = (Purse::default(), Purse::default());
    assert_eq!(grant(&mut one, &sample, "one", "ana", &dollars("1 USD")).unwrap(), 32_000);
    let left = grant(&mut two, &sample, "two", "ana", &dollars("1 USD")).unwrap();
    assert!(left < 20_000, "{left}");
    assert_eq!(scope_of(grant(&mut Purse::default(), &sample, "s1", "ana", &dollars("1 USD"))), Scope::Given);
    assert!(grant(&mut Purse::default(), &sample, "s2", "ana", &dollars("1 USD")).is_ok(), "another session has its own");
}

#[test]
fn each_team_of_a_person_has_its_own_sum() {
    let budget = Budget { team: dollars("1 USD"), ..Budget::default() };
    let sample = office(budget).with_teams(r#"{"shop": ["ana", "ben"], "billing": ["ana", "olga"]}"#);
    replied(&sample, "s3", 40_000);
    let room = grant(&mut Purse::default(), &sample, "s1", "ana", &Limit::default()).unwrap();
    assert!((4096..10_000).contains(&room), "20 cents are left to the shop: {room}");
    let mut ben = Purse::default();
    assert!(grant(&mut ben, &sample, "s3", "ben", &Limit::default()).is_ok());
    assert_eq!(scope_of(grant(&mut Purse::default(), &sample, "s1", "ana", &Limit::default())), Scope::Team, "ben has promised the rest");
    let refused = grant(&mut Purse::default(), &sample, "s4", "zoe", &Limit::default()).unwrap_err();
    assert!(refused.to_string().contains("`zoe` is in none"), "{refused}");
}

#[test]
fn a_ledger_that_cannot_be_read_lets_nothing_pass() {
    let sample = Sample::new();
    spoil(&sample);
    let refused = grant(&mut Purse::default(), &sample, "s1", "ana", &dollars("1 USD")).unwrap_err();
    assert!(matches!(refused, NotGranted::Book(_)), "{refused}");
}

#[test]
fn an_image_costs_what_vendors_take_for_one_and_not_a_token_a_byte() {
    let image = model::Content::Image { kind: model::ImageKind::Png, width: 1, height: 1 };
    let file = |content, data: &str| Part::Attached { file: model::Attachment { name: "a.png".into(), content, data: data.into() } };
    let message = |data: &str| Message { role: Role::User, parts: vec![file(image, data), file(image, data)] };
    let small = tokens_at_most(&message("AAAA"));
    assert_eq!(small, tokens_at_most(&message(&"A".repeat(1_000_000))), "whatever its bytes are");
    assert!((13_000..14_000).contains(&small), "{small}");
    let document = model::Content::Pdf { pages: 3, counted: false };
    let three = tokens_at_most(&Message { role: Role::User, parts: vec![file(document, "AAAA")] });
    assert!((28_500..29_000).contains(&three), "a text and a picture a page: {three}");
}
