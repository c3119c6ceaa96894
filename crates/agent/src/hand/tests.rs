use action::{ByHand, Event, PersonId, Reply, Stage};
use testkit::StoreFault;

use super::{Asking, NotAsked, Told, ask, is_answered};
use crate::samples::Sample;
use crate::settle;

fn asking(sample: &Sample, act: ByHand) -> Asking {
    let cwd = sample.root().to_str().unwrap().to_owned();
    Asking {
        agent: "codex".into(),
        session: "their-1".into(),
        person: PersonId::new("ana"),
        folder: cwd.clone(),
        cwd,
        tool: "Bash".into(),
        acts: vec![act],
        input: b"{}".to_vec(),
        boxable: false,
        confirms: false,
    }
}

fn run(sample: &Sample, command: &str) -> Asking {
    asking(sample, ByHand::Run { command: command.into() })
}

fn tree(sample: &Sample) {
    std::fs::create_dir_all(sample.root().join(".git")).unwrap();
    sample.put("a.txt", "one");
}

fn names(sample: &Sample) -> Vec<&'static str> {
    let size = sample.book().ledger().len();
    (0..size).filter_map(|index| sample.book().ledger().entry(index).ok().flatten()).filter_map(|bytes| serde_json::from_slice::<action::Entry>(&bytes).ok()).map(|entry| entry.event.name()).collect()
}

fn held(told: Told) -> action::IntentId {
    match told {
        Told::Held { id, .. } => id,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_permit_is_on_the_ledger_whole_before_anybody_goes_on() {
    let sample = Sample::new();
    tree(&sample);
    let Told::GoOn(id) = ask(&sample.office, &run(&sample, "cat a.txt")).unwrap() else { panic!("held") };
    assert_eq!(sample.book().story(&id).unwrap().unwrap().stage, Stage::Handed);
    let all = names(&sample);
    assert_eq!(all[all.len() - 5..], ["opened", "proposed", "assessed", "countersigned", "handed"]);
    ask(&sample.office, &run(&sample, "cat a.txt")).unwrap();
    assert_eq!(names(&sample).iter().filter(|name| **name == "opened").count(), 1);
}

#[test]
fn a_write_that_fails_lets_nothing_go_on_whether_it_landed_or_not() {
    for fault in [StoreFault::Persisted, StoreFault::NotPersisted(ledger::Landed::No)] {
        let (sample, store) = Sample::faulty();
        tree(&sample);
        store.next(fault);
        assert!(matches!(ask(&sample.office, &run(&sample, "cat a.txt")), Err(NotAsked::Book(_))));
    }
}

#[test]
fn a_command_is_put_in_a_box_once_the_session_that_asks_is_open() {
    let boxable = |sample: &Sample, command: &str| Asking { boxable: true, ..run(sample, command) };
    for fault in [StoreFault::Persisted, StoreFault::NotPersisted(ledger::Landed::No)] {
        let (sample, store) = Sample::faulty();
        tree(&sample);
        store.next(fault);
        assert!(matches!(ask(&sample.office, &boxable(&sample, "python3 x.py")), Err(NotAsked::Book(_))));
    }
    let sample = Sample::new();
    tree(&sample);
    let asking = boxable(&sample, "python3 x.py");
    assert_eq!(super::opened(&sample.office, &super::session_of(&asking)).unwrap(), None);
    let before = names(&sample);
    for _ in 0..2 {
        assert!(matches!(ask(&sample.office, &asking).unwrap(), Told::InBox { .. }));
    }
    assert_eq!(names(&sample)[before.len()..], ["opened"], "what is done in the box is kept by its own session");
    let opened = super::opened(&sample.office, &super::session_of(&asking)).unwrap().unwrap();
    assert_eq!((opened.person.as_str(), opened.root.clone()), ("ana", sample.root()));
    for elsewhere in ["aws s3 rb s3://x --force", "terraform destroy"] {
        assert!(matches!(ask(&sample.office, &boxable(&sample, elsewhere)).unwrap(), Told::Held { .. } | Told::Refused { .. }), "{elsewhere}");
    }
    assert!(matches!(ask(&sample.office, &run(&sample, "python3 x.py")).unwrap(), Told::Held { .. }), "where it cannot be told to");
}

#[test]
fn what_people_signed_is_handed_once() {
    let sample = Sample::new();
    tree(&sample);
    let again = || ask(&sample.office, &run(&sample, "rm a.txt")).unwrap();
    let id = held(again());
    assert_eq!(held(again()), id, "asked twice, held once");
    assert!(!is_answered(&sample.office, &id).unwrap());
    settle::sign(&sample.office, &id, sample.yes(&id, "ana")).unwrap();
    assert!(is_answered(&sample.office, &id).unwrap());
    assert!(matches!(again(), Told::GoOn(passed) if passed == id));
    assert_ne!(held(again()), id);
}

#[test]
fn what_expired_is_held_anew() {
    let sample = Sample::new();
    tree(&sample);
    let id = held(ask(&sample.office, &run(&sample, "rm a.txt")).unwrap());
    settle::sign(&sample.office, &id, sample.yes(&id, "ana")).unwrap();
    sample.later(4 * 24 * 3600);
    assert_ne!(held(ask(&sample.office, &run(&sample, "rm a.txt")).unwrap()), id);
}

#[test]
fn a_yes_does_not_outlive_its_effects() {
    let sample = Sample::new();
    tree(&sample);
    sample.put("run.py", "one");
    let id = held(ask(&sample.office, &run(&sample, "python3 run.py")).unwrap());
    settle::sign(&sample.office, &id, sample.yes(&id, "ana")).unwrap();
    sample.put("run.py", "two");
    assert_ne!(held(ask(&sample.office, &run(&sample, "python3 run.py")).unwrap()), id);
    assert_eq!(sample.book().story(&id).unwrap().unwrap().stage, Stage::Refused, "it waits for nobody any more");
}

#[test]
fn a_yes_is_bound_to_files_below_and_outside_of_the_tree() {
    let sample = Sample::new();
    tree(&sample);
    let outside = sample.root().parent().unwrap().join("outside.py");
    for (file, command) in [(sample.root().join("sub/run.py"), "python3 run.py"), (outside.clone(), "python3 ../../outside.py")] {
        sample.put("sub/run.py", "one");
        std::fs::write(&outside, b"one \xff").unwrap();
        let asking = || Asking { cwd: sample.root().join("sub").to_str().unwrap().into(), ..run(&sample, command) };
        let id = held(ask(&sample.office, &asking()).unwrap());
        std::fs::write(file, b"two \xff").unwrap();
        assert_ne!(held(ask(&sample.office, &asking()).unwrap()), id, "{command}");
    }
}

#[test]
fn a_no_is_told_again_with_its_reason() {
    let sample = Sample::new();
    tree(&sample);
    let id = held(ask(&sample.office, &run(&sample, "rm a.txt")).unwrap());
    settle::answer(&sample.office, &id, sample.said(&id, "ana", Reply::No, "mine")).unwrap();
    let told = ask(&sample.office, &run(&sample, "rm a.txt")).unwrap();
    assert!(matches!(told, Told::Refused { reasons, .. } if reasons[0].text == "mine"));
}

#[test]
fn the_tree_is_the_one_that_the_session_began_in() {
    let sample = Sample::new();
    tree(&sample);
    ask(&sample.office, &run(&sample, "cat a.txt")).unwrap();
    let elsewhere = sample.root().parent().unwrap().join("elsewhere");
    std::fs::create_dir_all(elsewhere.join(".git")).unwrap();
    let moved = Asking { folder: elsewhere.to_str().unwrap().into(), cwd: elsewhere.to_str().unwrap().into(), ..run(&sample, "echo x > new.txt") };
    held(ask(&sample.office, &moved).unwrap());
}

#[test]
fn a_stop_reaches_it() {
    let sample = Sample::new();
    tree(&sample);
    ask(&sample.office, &run(&sample, "cat a.txt")).unwrap();
    sample.write(&[Event::Stopped { scope: action::StopScope::All, by: PersonId::new("ana") }]);
    assert!(matches!(ask(&sample.office, &run(&sample, "cat a.txt")).unwrap(), Told::Refused { .. }));
    let fresh = Asking { session: "their-2".into(), ..run(&sample, "cat a.txt") };
    assert!(matches!(ask(&sample.office, &fresh).unwrap(), Told::GoOn(_)), "another session begins after the stop");
}
