use action::{AgentName, Digest};

use super::*;
use crate::samples::Sample;

const OPUS: &str = "anthropic/claude-opus-5-5";
/// 2026-11-23, ten o'clock.
const DAY: u64 = 1_795_428_000_000;

fn opened(session: &str, person: &str, model: &str) -> Event {
    Event::Opened {
        session: SessionId::new(session),
        person: PersonId::new(person),
        agent: AgentName::new("engineer"),
        root: "/p".into(),
        model: model.into(),
        level: "full".into(),
        parent: None,
    }
}

fn prompted(session: &str, turn: u32) -> Event {
    Event::Prompted { session: SessionId::new(session), turn, words: None, images: Vec::new() }
}

fn replied(session: &str, turn: u32, model: &str, [input, cached, written, output]: [u64; 4]) -> Event {
    let reply = Digest::of_bytes(b"reply");
    Event::Replied { session: SessionId::new(session), turn, reply, input, cached, written, output, model: model.into() }
}

fn prices() -> Prices {
    Prices::published().unwrap()
}

fn all(sample: &Sample, tally: &mut Tally) -> Vec<Asked> {
    let mut asked = Vec::new();
    tally.go_on(sample.book(), &prices(), &mut |one| asked.push(one)).unwrap();
    asked
}

#[test]
fn each_request_has_its_person_its_model_and_its_price() {
    let sample = Sample::new();
    sample.set_clock(DAY);
    sample.write(&[opened("s1", "ana", "chat/old"), opened("s2", "ben", OPUS)]);
    sample.write(&[prompted("s1", 1), replied("s1", 1, OPUS, [100, 200, 300, 400])]);
    sample.write(&[prompted("s2", 1), replied("s2", 1, "", [1, 0, 0, 0]), replied("s1", 2, "", [1, 0, 0, 0])]);
    let asked = all(&sample, &mut Tally::default());
    let seen: Vec<(&str, &str, &str, Option<String>)> =
        asked.iter().map(|one| (one.session.as_str(), one.person.as_str(), one.model.as_str(), one.cost.map(|cost| cost.to_string()))).collect();
    assert_eq!(
        seen,
        [
            ("s1", "ana", OPUS, Some("0.00994 USD".to_owned())),
            ("s2", "ben", OPUS, Some("0.000004 USD".to_owned())),
            ("s1", "ana", "chat/old", None), // an entry of an older version: the session's model, which has no price
        ]
    );
    assert_eq!(asked[0].day().to_string(), "2026-11-23");
    assert_eq!(asked[0].tokens.all(), 1000);
}

#[test]
fn the_next_look_goes_on_where_the_last_one_ended() {
    let sample = Sample::new();
    sample.write(&[opened("s1", "ana", OPUS), replied("s1", 1, "", [1, 0, 0, 0])]);
    let mut tally = Tally::default();
    assert_eq!(all(&sample, &mut tally).len(), 1);
    assert_eq!(all(&sample, &mut tally).len(), 0);
    sample.write(&[replied("s1", 2, "", [2, 0, 0, 0])]);
    assert_eq!(all(&sample, &mut tally)[0].tokens.input, 2);
}

#[test]
fn a_ledger_longer_than_a_batch_is_read_to_its_end() {
    let sample = Sample::new();
    let mut events = vec![opened("s1", "ana", OPUS)];
    events.extend((0..3000).map(|turn| replied("s1", turn, "", [1, 0, 0, 0])));
    sample.write(&events);
    let mut spent = Spent::default();
    Tally::default().go_on(sample.book(), &prices(), &mut |one| spent.add(&one)).unwrap();
    assert_eq!((spent.requests, spent.tokens.input), (3000, 3000));
}

#[test]
fn rounds_without_an_answer_are_counted() {
    let sample = Sample::new();
    sample.write(&[opened("s1", "ana", OPUS), prompted("s1", 1), replied("s1", 1, "", [1, 0, 0, 0]), prompted("s1", 2)]);
    let mut tally = Tally::default();
    all(&sample, &mut tally);
    assert_eq!(tally.unanswered().cloned().collect::<Vec<_>>(), [(SessionId::new("s1"), 2)]);
    let (asked, unanswered) = Tally::of_session(sample.book(), &prices(), &SessionId::new("s1")).unwrap();
    assert_eq!((asked.len(), unanswered), (1, 1));
}

#[test]
fn a_reply_in_a_session_that_nobody_opened_is_an_error_and_not_nobodys() {
    let sample = Sample::new();
    sample.write(&[replied("s9", 1, OPUS, [1, 0, 0, 0])]);
    let why = Tally::default().go_on(sample.book(), &prices(), &mut |_| {}).unwrap_err().to_string();
    assert!(why.contains("s9") && why.contains("never opened"), "{why}");
}

#[test]
fn a_server_that_counts_nothing_was_not_asked_for_nothing() {
    let sample = Sample::new();
    sample.set_clock(DAY);
    sample.write(&[opened("s1", "ana", OPUS), replied("s1", 1, OPUS, [0, 0, 0, 0]), replied("s1", 2, "recorded/x", [0, 0, 0, 0])]);
    let mut spent = Spent::default();
    all(&sample, &mut Tally::default()).iter().for_each(|one| spent.add(one));
    let one: BTreeMap<String, u64> = [(OPUS.to_owned(), 1)].into();
    assert_eq!((&spent.unpriced, &spent.uncounted), (&one, &one), "a recording asks nobody");
}

#[test]
fn what_has_no_price_is_in_no_sum_and_is_named() {
    let sample = Sample::new();
    sample.set_clock(DAY);
    sample.write(&[opened("s1", "ana", OPUS), replied("s1", 1, "", [5, 0, 0, 49_999]), replied("s1", 2, "chat/x", [7, 0, 0, 0]), replied("s1", 3, "chat/x", [7, 0, 0, 0])]);
    let mut spent = Spent::default();
    all(&sample, &mut Tally::default()).iter().for_each(|one| spent.add(one));
    assert_eq!(spent.money.all().map(|money| money.to_string()).collect::<Vec<_>>(), ["1.00 USD"]);
    assert_eq!(spent.unpriced.into_iter().collect::<Vec<_>>(), [("chat/x".to_owned(), 2)]);
    assert_eq!((spent.requests, spent.tokens.all()), (3, 50_018));
}
