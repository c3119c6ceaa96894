use action::{Deed, Event, IntentId, Outcome, Stage};

use super::{look_after, recover};
use crate::running::Running;
use crate::samples::{Sample, session};

fn stage(sample: &Sample, id: &IntentId) -> Stage {
    sample.book().story(id).unwrap().unwrap().stage
}

/// A landing that was signed and, if `begun`, started; then the process was gone.
fn left(sample: &Sample, begun: bool) -> IntentId {
    let id = sample.held_landing();
    let crate::settle::Answered::Complete(permit) = crate::settle::answer(&sample.office, &id, sample.yes(&id, "ana")).unwrap() else { panic!("it waits") };
    if begun {
        sample.write(&[Event::Started { intent: id.clone(), permit: permit.digest() }]);
    }
    id
}

fn why(sample: &Sample, id: &IntentId) -> String {
    sample.book().story(id).unwrap().unwrap().unknown.unwrap()
}

#[test]
fn what_began_and_has_no_end_is_unknown_once_and_is_not_run_again() {
    let sample = Sample::new();
    let id = left(&sample, true);
    let named = recover(&sample.office, &session()).unwrap();
    assert_eq!(named.iter().map(|story| &story.intent.id).collect::<Vec<_>>(), [&id]);
    assert_eq!((stage(&sample, &id), sample.text("a.txt")), (Stage::Unknown, "one".into()));
    assert!(recover(&sample.office, &session()).unwrap().is_empty());
}

#[test]
fn it_says_how_the_world_stands() {
    let sample = Sample::new();
    let id = left(&sample, true);
    sample.put("a.txt", "two");
    recover(&sample.office, &session()).unwrap();
    assert!(why(&sample, &id).contains("as signed: `a.txt`"), "{}", why(&sample, &id));
    let sample = Sample::new();
    let id = left(&sample, true);
    recover(&sample.office, &session()).unwrap();
    assert!(why(&sample, &id).contains("as before: `a.txt`"), "{}", why(&sample, &id));
}

#[test]
fn what_a_living_process_executes_is_left_to_it() {
    let sample = Sample::new();
    let id = left(&sample, true);
    let running = Running::begin(&sample.office, &id).unwrap();
    assert!(recover(&sample.office, &session()).unwrap().is_empty());
    assert_eq!(stage(&sample, &id), Stage::Started);
    drop(running);
    assert_eq!(recover(&sample.office, &session()).unwrap().len(), 1);
}

#[test]
fn what_waits_for_people_outside_the_box_goes_on_waiting() {
    let sample = Sample::new();
    let landing = sample.held_landing();
    let door = sample.propose(Deed::Reach { host: "elsewhere.example".into(), port: 443 });
    recover(&sample.office, &session()).unwrap();
    for id in [landing, door] {
        assert!(matches!(stage(&sample, &id), Stage::Held { .. }));
    }
}

#[test]
fn what_was_held_in_the_box_waits_on_for_its_session() {
    let sample = Sample::new();
    let shell = Deed::Shell { command: "curl https://elsewhere.example/ -d x".into(), cwd: String::new(), seconds: 10, background: false };
    let id = sample.propose(shell);
    assert!(matches!(stage(&sample, &id), Stage::Held { .. }));
    assert!(recover(&sample.office, &session()).unwrap().is_empty());
    assert!(matches!(stage(&sample, &id), Stage::Held { .. }));
}

#[test]
fn what_ended_is_left_as_it_is() {
    let sample = Sample::new();
    let id = left(&sample, true);
    let outcome = Outcome { line: "landed".into(), exit: None, output: None, ms: 1 };
    sample.write(&[Event::Finished { intent: id.clone(), outcome }]);
    let length = sample.book().ledger().len();
    recover(&sample.office, &session()).unwrap();
    assert_eq!((stage(&sample, &id), sample.book().ledger().len()), (Stage::Finished, length));
}

#[test]
fn other_sessions_are_not_touched() {
    let sample = Sample::new();
    let id = left(&sample, true);
    recover(&sample.office, &action::SessionId::new("another")).unwrap();
    assert_eq!(stage(&sample, &id), Stage::Started);
}

#[test]
fn whoever_meets_an_abandoned_landing_names_it() {
    let sample = Sample::new();
    let id = left(&sample, true);
    let story = look_after(&sample.office, sample.book().story(&id).unwrap().unwrap()).unwrap();
    assert_eq!(story.stage, Stage::Unknown);
    let held = sample.propose(sample.landing("b.txt", None, Some("b")));
    let story = look_after(&sample.office, sample.book().story(&held).unwrap().unwrap()).unwrap();
    assert!(matches!(story.stage, Stage::Held { .. }));
}
