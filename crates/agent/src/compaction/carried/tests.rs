use action::{Deed, Event, IntentId, Reason, RefusedBy, Reply, SessionId, Tier};

use super::Carried;
use crate::samples::{Sample, session};
use crate::settle;

fn of(sample: &Sample, session: &SessionId) -> Carried {
    Carried::of(&sample.office, session, &[]).unwrap()
}

fn refuse(sample: &Sample, id: &IntentId, text: &str) {
    let reasons = vec![Reason { rule: "frozen".into(), text: text.into() }];
    sample.write(&[Event::Refused { intent: id.clone(), by: RefusedBy::Policy, reasons }]);
}

#[test]
fn each_intent_is_in_the_list_of_how_far_it_has_got_and_in_no_other() {
    let sample = Sample::new();
    let landing = sample.held_landing();
    let one = |sample: &Sample| {
        let carried = of(sample, &session());
        (carried.held, carried.decided, carried.refused)
    };
    let line = format!("{landing}: land the change set in {}; needs one signature, which the person who asked may give", sample.root().display());
    assert_eq!(one(&sample), (vec![line], vec![], vec![]));

    settle::sign(&sample.office, &landing, sample.yes(&landing, "ana")).unwrap();
    let (held, decided, refused) = one(&sample);
    assert!(held.is_empty() && refused.is_empty());
    assert!(decided.len() == 1 && decided[0].contains("signed by ana: landed 1 path"), "{decided:?}");

    let other = sample.propose(sample.landing("b.txt", None, Some("b")));
    settle::sign(&sample.office, &other, sample.said(&other, "ana", Reply::No, "not\nnow")).unwrap();
    let (_, decided, _) = one(&sample);
    assert!(decided.len() == 2 && decided[1].ends_with("ana said no: not\\nnow"), "oldest first, on one line: {decided:?}");

    let third = sample.propose(Deed::Reach { host: "evil.example".into(), port: 443 });
    refuse(&sample, &third, "there is a freeze");
    let (held, decided, refused) = one(&sample);
    assert_eq!((held.len(), decided.len()), (0, 2));
    assert_eq!(refused, [format!("{third}: reach evil.example:443; refused: there is a freeze")]);
}

#[test]
fn what_is_done_in_the_box_and_asks_nobody_is_not_carried() {
    let sample = Sample::new();
    sample.propose(Deed::Plan { steps: action::Digest::of_bytes(b"[]") });
    assert_eq!(of(&sample, &session()), Carried { session: Some(session()), ..Carried::default() });
}

#[test]
fn one_of_two_signatures_is_said() {
    let sample = Sample::new();
    let id = sample.held_change(Tier::Production);
    settle::sign(&sample.office, &id, sample.yes(&id, "ben")).unwrap_or_else(|e| panic!("{e}"));
    let carried = of(&sample, &session());
    let all = [carried.held, carried.decided].concat();
    assert!(all.len() == 1 && all[0].contains("ben"), "{all:?}");
}

#[test]
fn what_ran_out_does_not_wait() {
    let sample = Sample::new();
    sample.held_landing();
    sample.later(4 * 24 * 3600);
    let carried = of(&sample, &session());
    assert!(carried.held.is_empty() && carried.decided[0].contains("signed by nobody"), "{carried:?}");
}

#[test]
fn a_copy_of_a_session_carries_what_that_one_had_until_then() {
    let sample = Sample::new();
    let before = sample.held_landing();
    let copy = SessionId::new("s2");
    let opened = Event::Opened {
        session: copy.clone(),
        person: action::PersonId::new("ana"),
        agent: action::AgentName::new("engineer"),
        root: "/t".into(),
        model: String::new(),
        level: String::new(),
        parent: Some(action::Parent::Fork { session: session() }),
    };
    sample.write(&[opened]);
    sample.propose(sample.landing("later.txt", None, Some("b")));
    let held = of(&sample, &copy).held;
    assert!(held.len() == 1 && held[0].starts_with(before.as_str()), "{held:?}");
}
