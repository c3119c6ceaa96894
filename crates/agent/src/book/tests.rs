use action::{AgentName, Event, IntentId, Moment, Outcome, Parent, PersonId, RefusedBy, Role, SessionId, StopScope, Tier};

use super::{BookError, Named, chain};
use crate::samples::{Sample, key_of, session};

fn started(id: &action::IntentId) -> Event {
    Event::Started { intent: id.clone(), permit: action::Digest::of_bytes(b"permit") }
}

fn refused(id: &action::IntentId) -> Event {
    Event::Refused { intent: id.clone(), by: RefusedBy::Void, reasons: Vec::new() }
}

#[test]
fn what_was_written_is_read_back_with_its_place_and_moment() {
    let sample = Sample::new();
    let event = Event::Closed { session: session(), how: "done".into() };
    let before = sample.book().ledger().len();
    sample.later(5);
    assert_eq!(sample.book().write(std::slice::from_ref(&event)).unwrap(), [before]);
    let entries = sample.book().session(&session()).unwrap();
    assert_eq!((entries[0].0, entries[0].1.at, &entries[0].1.event), (before, Moment(1_005_000), &event));
}

#[test]
fn a_step_that_comes_once_comes_once_and_takes_its_whole_batch_with_it() {
    let sample = Sample::new();
    let id = sample.held_landing();
    sample.write(&[started(&id)]);
    let length = sample.book().ledger().len();
    let batch = [Event::Closed { session: session(), how: "done".into() }, started(&id)];
    assert!(matches!(sample.book().write(&batch), Err(BookError::AlreadyDone { key }) if key == format!("begun:{id}")));
    assert_eq!(sample.book().ledger().len(), length, "none of it was written");
}

#[test]
fn what_is_refused_never_begins_and_what_began_is_never_refused() {
    for (first, second) in [(started as fn(&_) -> _, refused as fn(&_) -> _), (refused, started)] {
        let sample = Sample::new();
        let id = sample.held_landing();
        sample.write(&[first(&id)]);
        assert!(matches!(sample.book().write(&[second(&id)]), Err(BookError::AlreadyDone { .. })));
    }
}

#[test]
fn an_end_comes_once_whichever_it_is() {
    let sample = Sample::new();
    let id = sample.held_landing();
    let outcome = Outcome { line: "done".into(), exit: None, output: None, ms: 1 };
    sample.write(&[Event::Unknown { intent: id.clone(), why: "gone".into() }]);
    for end in [Event::Finished { intent: id.clone(), outcome: outcome.clone() }, Event::Failed { intent: id.clone(), outcome }] {
        assert!(matches!(sample.book().write(&[end]), Err(BookError::AlreadyDone { .. })));
    }
}

#[test]
fn an_answer_after_the_end_and_a_permit_after_a_refusal_are_not_written() {
    let sample = Sample::new();
    let answered = |id: &action::IntentId, person: &str| Event::Answered { intent: id.clone(), person: PersonId::new(person), answer: sample.yes(id, person) };
    let permit = |id: &action::IntentId| Event::Countersigned { intent: id.clone(), permit: sample.yes(id, "ana") };
    let (refused_one, signed_one) = (sample.held_landing(), sample.propose(sample.landing("b.txt", None, Some("b"))));
    let (late, later) = (answered(&refused_one, "ben"), permit(&refused_one));
    let after_the_permit = answered(&signed_one, "ben");
    sample.write(&[refused(&refused_one)]);
    sample.write(&[permit(&signed_one)]);
    for event in [late, later, after_the_permit] {
        assert!(matches!(sample.book().write(std::slice::from_ref(&event)), Err(BookError::AlreadyDone { .. })), "{}", event.name());
    }
    assert_eq!(sample.book().held().unwrap().len(), 2, "and both stories read");
}

#[test]
fn a_story_that_makes_no_sense_stands_in_nobody_s_way() {
    let sample = Sample::new();
    let (bad, good) = (sample.held_landing(), sample.propose(sample.landing("b.txt", None, Some("b"))));
    let outcome = Outcome { line: "done".into(), exit: None, output: None, ms: 1 };
    sample.write(&[Event::Finished { intent: bad, outcome }]);
    assert_eq!(sample.book().held().unwrap().iter().map(|story| &story.intent.id).collect::<Vec<_>>(), [&good]);
}

#[test]
fn one_person_answers_an_intent_once_and_two_may() {
    let sample = Sample::new();
    let id = sample.held_landing();
    let answered = |person: &str| Event::Answered { intent: id.clone(), person: PersonId::new(person), answer: sample.yes(&id, person) };
    sample.write(&[answered("ana"), answered("ben")]);
    assert!(matches!(sample.book().write(&[answered("ana")]), Err(BookError::AlreadyDone { .. })));
}

#[test]
fn an_intent_is_found_by_a_unique_beginning_of_its_id() {
    let sample = Sample::new();
    let first = sample.held_landing();
    let second = sample.propose(sample.landing("b.txt", None, Some("b")));
    let found = |prefix: &str| match sample.book().find(prefix).unwrap() {
        Named::One(story) => Named::One(story.intent.id),
        Named::Nothing => Named::Nothing,
        Named::Several(ids) => Named::Several(ids),
    };
    assert_eq!(found(first.as_str()), Named::One(first.clone()));
    let common: String = first.as_str().chars().zip(second.as_str().chars()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect();
    match common.as_str() {
        "" => assert_eq!(found(""), Named::Nothing, "nothing typed names nothing"),
        begin => assert_eq!(found(begin), Named::Several(vec![first.to_string(), second.to_string()])),
    }
    let longer = &second.as_str()[..=common.len()];
    assert_eq!(found(longer), Named::One(second));
    assert_eq!(found("feedbeef"), Named::Nothing);
}

#[test]
fn a_session_is_found_by_a_unique_beginning_of_its_id() {
    let sample = Sample::new();
    let opened = |id: &str| Event::Opened {
        session: SessionId::new(id),
        person: PersonId::new("ana"),
        agent: AgentName::new("engineer"),
        root: "/p".into(),
        model: "m".into(),
        level: String::new(),
        parent: None,
    };
    sample.write(&[opened("9b1c33"), opened("9b1c44"), opened("9b1c44"), opened("9b")]);
    let found = |prefix: &str| sample.book().find_session(prefix).unwrap();
    assert_eq!(found("9b"), Named::One(SessionId::new("9b")), "a whole id means itself");
    assert_eq!(found("9b1c4"), Named::One(SessionId::new("9b1c44")), "also one that was opened twice");
    assert_eq!(found("9b1c"), Named::Several(vec!["9b1c33".into(), "9b1c44".into()]));
    assert_eq!((found(""), found("a")), (Named::Nothing, Named::Nothing));
}

#[test]
fn held_lists_what_was_held_and_nothing_else() {
    let sample = Sample::new();
    let id = sample.held_landing();
    sample.propose(action::Deed::Reach { host: "npm.example".into(), port: 443 });
    let held: Vec<_> = sample.book().held().unwrap().into_iter().map(|story| story.intent.id).collect();
    assert_eq!(held, [id]);
}

#[test]
fn an_environment_is_as_it_was_mapped_last() {
    let sample = Sample::new();
    let eu = action::EnvironmentName::new("eu");
    assert_eq!(sample.book().generation(&eu).unwrap().0, 0);
    sample.map(Tier::Staging, 1);
    sample.map(Tier::Production, 2);
    let environments = sample.book().environments().unwrap();
    assert_eq!(environments.len(), 1);
    assert_eq!((environments[0].0.tier, environments[0].1.0), (Tier::Production, 2));
    assert_eq!(sample.book().generation(&eu).unwrap().0, 2);
}

#[test]
fn an_enrolment_by_somebody_who_may_not_enrols_nobody() {
    let sample = Sample::new();
    let key = key_of("mallory").public_key().to_openssh().unwrap();
    sample.write(&[Event::Enrolled { person: PersonId::new("mallory"), key, roles: vec![Role::Owner], by: PersonId::new("ben") }]);
    let roster = sample.book().roster().unwrap();
    assert!(roster.person_of(key_of("mallory").public_key()).is_none());
    assert_eq!(roster.person_of(key_of("ben").public_key()), Some(&PersonId::new("ben")));
}

#[test]
fn a_stop_counts_from_its_place_on_and_in_its_scope() {
    let sample = Sample::new();
    let (id, other) = (sample.held_landing(), sample.propose(sample.landing("b.txt", None, Some("b"))));
    let before = sample.book().ledger().len();
    let stopped = |since, session: &str, intent| sample.book().stopped(since, &SessionId::new(session), intent).unwrap().is_some();
    let stop = |scope| sample.write(&[Event::Stopped { scope, by: PersonId::new("ana") }]);
    stop(StopScope::Intent { intent: id.clone() });
    assert!(stopped(before, "s1", Some(&id)) && !stopped(before, "s1", Some(&other)) && !stopped(before, "s1", None));
    stop(StopScope::Session { session: session() });
    assert!(stopped(before, "s1", None) && stopped(before, "s1", Some(&other)) && !stopped(before, "s2", None));
    stop(StopScope::All);
    assert!(stopped(before, "s2", None));
    assert!(!stopped(sample.book().ledger().len(), "s1", Some(&id)), "what was resumed after it is not stopped by it");
}

#[test]
fn a_stop_of_a_session_reaches_what_works_for_it_and_no_fork() {
    let sample = Sample::new();
    let name = |session: &str| SessionId::new(session);
    let opened = |session: &str, parent| {
        let (session, person, agent) = (name(session), PersonId::new("ana"), AgentName::new("engineer"));
        sample.write(&[Event::Opened { session, person, agent, root: "/t".into(), model: String::new(), level: String::new(), parent }]);
    };
    opened("s1", None);
    opened("sub", Some(Parent::Subagent { session: name("s1"), intent: IntentId::new("i") }));
    opened("part", Some(Parent::Part { session: name("sub") }));
    opened("fork", Some(Parent::Fork { session: name("sub") }));
    let before = sample.book().ledger().len();
    sample.write(&[Event::Stopped { scope: StopScope::Session { session: name("s1") }, by: PersonId::new("ana") }]);
    let stopped = |since, session: &str| sample.book().stopped(since, &name(session), None).unwrap().is_some();
    assert_eq!(["s1", "sub", "part", "fork"].map(|session| stopped(before, session)), [true, true, true, false]);
    assert!(!stopped(sample.book().ledger().len(), "part"), "what goes on after it is not stopped by it");
    let later = sample.book().ledger().len();
    sample.write(&[Event::Stopped { scope: StopScope::Session { session: name("sub") }, by: PersonId::new("ana") }]);
    assert_eq!(["s1", "sub", "part"].map(|session| stopped(later, session)), [false, true, true], "never the one that it works for");
}

#[test]
fn blobs_come_back_whole_or_not_at_all() {
    let sample = Sample::new();
    let digest = sample.book().put(b"bytes").unwrap();
    assert_eq!(sample.book().get(&digest).unwrap(), b"bytes");
    let absent = action::Digest::of_bytes(b"never kept");
    let error = sample.book().get(&absent).unwrap_err();
    assert!(matches!(&error, BookError::Read { why } if why.contains(&absent.to_string())), "{error}");
    let error = sample.book().get_value::<action::ChangeSet>(&digest).unwrap_err();
    assert!(matches!(error, BookError::Read { .. }));
}

#[test]
fn an_error_is_one_line_with_its_causes_and_says_nothing_twice() {
    #[derive(Debug, thiserror::Error)]
    #[error("{words}")]
    struct Said {
        words: &'static str,
        source: Option<Box<Said>>,
    }
    let said = |words, source| Said { words, source };
    let deep = said("the disk is full", None);
    assert_eq!(chain(&said("cannot write", Some(Box::new(said("commit", Some(Box::new(deep))))))), "cannot write: commit: the disk is full");
    let same = said("the disk is full", None);
    assert_eq!(chain(&said("cannot write: the disk is full", Some(Box::new(same)))), "cannot write: the disk is full");
}
