use action::{Event, IntentId, Outcome, PersonId, Reply, Stage, StopScope, Tier};

use ledger::Landed;
use testkit::StoreFault;

use super::{Answered, SettleError, answer, execute, sign};
use crate::recovery::recover;
use crate::samples::{Sample, key_of, session};

fn stage(sample: &Sample, id: &IntentId) -> Stage {
    sample.book().story(id).unwrap().unwrap().stage
}

#[test]
fn the_yes_of_who_asked_lands_a_change_set_and_leaves_a_receipt() {
    let sample = Sample::new();
    let id = sample.held_landing();
    let (answered, settled) = sign(&sample.office, &id, sample.yes(&id, "ana")).unwrap();
    assert!(matches!(answered, Answered::Complete(_)));
    let settled = settled.unwrap();
    assert!(settled.ok && settled.receipt.outcome.line.starts_with("landed 1 path"), "{settled:?}");
    assert_eq!(sample.text("a.txt"), "two");
    let story = sample.book().story(&id).unwrap().unwrap();
    assert_eq!((story.stage, story.outcome.unwrap().0), (Stage::Finished, settled.receipt.index));
}

#[test]
fn a_no_ends_it_with_its_reason() {
    let sample = Sample::new();
    let id = sample.held_landing();
    let Answered::Refused(reasons) = answer(&sample.office, &id, sample.said(&id, "ben", Reply::No, "not like this")).unwrap() else { panic!("it went on") };
    assert_eq!(reasons[0].text, "not like this");
    assert_eq!((stage(&sample, &id), sample.text("a.txt")), (Stage::Refused, "one".into()));
    assert!(matches!(answer(&sample.office, &id, sample.yes(&id, "ana")), Err(SettleError::NotWaiting { stage: Stage::Refused, .. })));
}

#[test]
fn production_wants_a_peer_and_who_asked_is_none() {
    let sample = Sample::new();
    let id = sample.held_change(Tier::Production);
    assert!(matches!(answer(&sample.office, &id, sample.yes(&id, "ana")).unwrap(), Answered::Waits(_)));
    assert!(matches!(answer(&sample.office, &id, sample.yes(&id, "ana")).unwrap(), Answered::Waits(_)), "the same yes again counts no more");
    assert_eq!(sample.text("a.txt"), "one");
    let (_, settled) = sign(&sample.office, &id, sample.yes(&id, "ben")).unwrap();
    assert!(settled.unwrap().ok);
    assert_eq!(sample.text("a.txt"), "two");
}

/// Until a thread has begun with an intent.
fn until_it_runs(sample: &Sample, id: &IntentId) {
    while !crate::running::is_running(&sample.office, id) {
        std::thread::yield_now();
    }
}

fn turn(sample: &Sample, place: &str) -> crate::running::Turn {
    crate::running::Turn::wait(&sample.office, &[action::EnvironmentName::new(place)].into(), &|| true).unwrap().unwrap()
}

/// While another change of the environment is under way nothing of this one happens, and a stop reaches it.
#[test]
fn changes_of_one_environment_have_their_turns() {
    let sample = Sample::new();
    let id = sample.held_change(Tier::Production);
    let other = turn(&sample, "eu");
    std::thread::scope(|scope| {
        let waits = scope.spawn(|| sign(&sample.office, &id, sample.yes(&id, "ben")));
        until_it_runs(&sample, &id);
        sample.write(&[Event::Stopped { scope: StopScope::Intent { intent: id.clone() }, by: PersonId::new("ana") }]);
        let stopped = waits.join().unwrap().unwrap_err();
        assert!(matches!(stopped, SettleError::StoppedWaiting), "{stopped}");
    });
    assert_eq!((stage(&sample, &id), sample.text("a.txt")), (Stage::Refused, "one".into()));
    drop(other);
    assert!(crate::running::Turn::wait(&sample.office, &[action::EnvironmentName::new("eu")].into(), &|| true).unwrap().is_some());
}

/// What waits is judged by how the one before left things.
#[test]
fn who_waited_for_a_turn_finds_what_changed_meanwhile() {
    let sample = Sample::new();
    let id = sample.held_change(Tier::Production);
    let other = turn(&sample, "eu/north"); // a region, in the turn of all of them
    std::thread::scope(|scope| {
        let waits = scope.spawn(|| sign(&sample.office, &id, sample.yes(&id, "ben")));
        until_it_runs(&sample, &id);
        sample.put("a.txt", "by another");
        drop(other);
        let settled = waits.join().unwrap();
        assert!(settled.as_ref().map_or(true, |(_, settled)| settled.as_ref().is_some_and(|settled| !settled.ok)), "{settled:?}");
    });
    assert_eq!(sample.text("a.txt"), "by another");
}

#[test]
fn places_of_ours_and_other_environments_wait_for_nobody() {
    let sample = Sample::new();
    let (_other, _host) = (turn(&sample, "eu"), turn(&sample, "host"));
    let (_us, _again) = (turn(&sample, "us"), turn(&sample, "host"));
    let both = [action::EnvironmentName::new("eu"), action::EnvironmentName::new("ap")].into();
    assert!(crate::running::Turn::wait(&sample.office, &both, &|| true).unwrap().is_none());
    drop(turn(&sample, "ap")); // what was given up holds nothing
    let _nowhere = turn(&sample, "unknown");
    assert!(crate::running::Turn::wait(&sample.office, &[action::EnvironmentName::unknown()].into(), &|| true).unwrap().is_none(), "judged as production, and so in turn");
}

/// Public keys of tokens (those of RFC 8032's first two tests); nothing signs with them here.
const TOKENS: [&str; 2] = [
    "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1EaAAAABHNzaDo=",
    "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAID1AF8PoQ4lakrcKp00bfrycmCzPLsSWjMDNVfEq9GYMAAAABHNzaDo=",
];

/// Told before it is written, since each person answers once.
#[test]
fn a_key_in_a_file_does_not_do_where_hardware_keys_are_asked_for() {
    let sample = Sample::new();
    sample.map_with(Tier::Production, 1, action::Terms { hardware: true, ..Default::default() });
    for (name, key) in ["olga", "ben"].into_iter().zip(TOKENS) {
        let (person, by, roles) = (PersonId::new(name), PersonId::new("ana"), vec![action::Role::Engineer, action::Role::Owner]);
        sample.write(&[Event::Enrolled { person, key: key.into(), roles, by }]);
    }
    let access = action::Access {
        person: PersonId::new("ana"),
        agent: None,
        environment: action::EnvironmentName::new("eu"),
        verbs: [action::Verb::Create].into(),
        resources: vec!["*".into()],
        seconds: 60,
        why: "order 4711".into(),
    };
    let (wide, _) = crate::people::propose(&sample.office, &PersonId::new("ana"), action::Governance::GrantAccess { access }).unwrap();
    let refused = answer(&sample.office, &wide, sample.yes(&wide, "ben")).unwrap_err();
    assert!(matches!(refused, SettleError::Answer(guard::BadAnswer::NoHardwareKey { .. })), "{refused}");
    assert!(sample.book().story(&wide).unwrap().unwrap().answers.is_empty());
    let Answered::Refused(_) = answer(&sample.office, &wide, sample.said(&wide, "ben", Reply::No, "no")).unwrap() else { panic!("a no takes no hardware") };
}

#[test]
fn a_stranger_and_a_signature_for_something_else_are_not_believed() {
    let sample = Sample::new();
    let id = sample.held_landing();
    let other = sample.propose(sample.landing("b.txt", None, Some("b")));
    let mut forged = sample.yes(&id, "ana");
    forged.text = forged.text.replace("\"yes\"", "\"no\"");
    for (what, signed) in [("stranger", sample.yes(&id, "mallory")), ("other intent", sample.yes(&other, "ana")), ("forged", forged)] {
        assert!(matches!(answer(&sample.office, &id, signed), Err(SettleError::Answer(_))), "{what}");
    }
    assert!(matches!(stage(&sample, &id), Stage::Held { .. }), "and nothing of them was written");
    assert!(sample.book().story(&id).unwrap().unwrap().answers.is_empty());
    assert!(key_of("mallory").public_key() != key_of("ana").public_key());
}

#[test]
fn what_nobody_answered_in_three_days_is_void() {
    let sample = Sample::new();
    let id = sample.held_landing();
    let early = sample.yes(&id, "ana");
    sample.later(3 * 24 * 3600);
    assert!(answer(&sample.office, &id, early).is_err());
    assert_eq!(sample.text("a.txt"), "one");
}

#[test]
fn an_intent_that_nobody_proposed_is_unheard_of() {
    let sample = Sample::new();
    let id = sample.held_landing();
    let signed = sample.yes(&id, "ana");
    assert!(matches!(answer(&sample.office, &IntentId::new("ffff"), signed), Err(SettleError::Unheard { .. })));
}

#[test]
fn an_older_generation_is_void_and_ends_there() {
    let sample = Sample::new();
    let id = sample.held_change(Tier::Production);
    let signed = sample.yes(&id, "ben");
    sample.map(Tier::Production, 2);
    assert!(matches!(answer(&sample.office, &id, signed), Err(SettleError::Void(_))));
    assert_eq!((stage(&sample, &id), sample.text("a.txt")), (Stage::Refused, "one".into()));
}

#[test]
fn a_permit_that_is_too_old_executes_nothing() {
    let sample = Sample::new();
    let id = sample.held_landing();
    let Answered::Complete(permit) = answer(&sample.office, &id, sample.yes(&id, "ana")).unwrap() else { panic!("it waits") };
    let story = sample.book().story(&id).unwrap().unwrap();
    sample.later(61);
    assert!(matches!(execute(&sample.office, &story.intent, &permit, 0), Err(SettleError::Void(_))));
    assert_eq!((stage(&sample, &id), sample.text("a.txt")), (Stage::Refused, "one".into()));
}

#[test]
fn what_could_not_begin_is_found_out_before_the_permit_is_looked_at() {
    let sample = Sample::new();
    let issues = sample.book().put_value(&action::IssueSet { v: 1, spec: "cart".into(), visibility: "private".into(), issues: Vec::new() }).unwrap();
    let id = sample.propose(action::Deed::Publish { host: "git.example".into(), repository: "../x".into(), issues });
    answer(&sample.office, &id, sample.yes(&id, "ben")).unwrap();
    let Answered::Complete(permit) = answer(&sample.office, &id, sample.yes(&id, "olga")).unwrap() else { panic!("it waits") };
    let story = sample.book().story(&id).unwrap().unwrap();
    sample.later(61);
    // Were it the other way round, a host that answers slowly would stand between a permit and what it permits.
    assert!(matches!(execute(&sample.office, &story.intent, &permit, 0), Err(SettleError::NotBegun { .. })));
    assert_eq!(stage(&sample, &id), Stage::Countersigned);
}

#[test]
fn a_permit_serves_one_intent() {
    let sample = Sample::new();
    let id = sample.held_landing();
    let other = sample.propose(sample.landing("b.txt", None, Some("b")));
    let Answered::Complete(permit) = answer(&sample.office, &id, sample.yes(&id, "ana")).unwrap() else { panic!("it waits") };
    let story = sample.book().story(&other).unwrap().unwrap();
    assert!(execute(&sample.office, &story.intent, &permit, 0).is_err());
    assert!(!sample.root().join("b.txt").exists());
}

#[test]
fn an_edit_that_came_between_fails_and_is_not_overwritten() {
    let sample = Sample::new();
    let id = sample.held_landing();
    sample.put("a.txt", "mine");
    // The effects are computed again before anything happens: either they differ, or the landing itself sees the conflict.
    match sign(&sample.office, &id, sample.yes(&id, "ana")) {
        Ok((_, Some(settled))) => assert!(!settled.ok && settled.receipt.outcome.line.contains("a.txt"), "{settled:?}"),
        Ok((_, None)) => panic!("it was not executed"),
        Err(e) => assert!(matches!(e, SettleError::Void(_) | SettleError::Answer(_)), "{e}"),
    }
    assert_eq!(sample.text("a.txt"), "mine");
    assert!(stage(&sample, &id).is_over());
}

#[test]
fn a_stop_between_permit_and_execution_leaves_the_world_as_it_was() {
    let sample = Sample::new();
    let id = sample.held_landing();
    let Answered::Complete(permit) = answer(&sample.office, &id, sample.yes(&id, "ana")).unwrap() else { panic!("it waits") };
    sample.write(&[Event::Stopped { scope: StopScope::All, by: PersonId::new("olga") }]);
    let story = sample.book().story(&id).unwrap().unwrap();
    let settled = execute(&sample.office, &story.intent, &permit, story.index).unwrap();
    assert!(!settled.ok && settled.receipt.outcome.line.contains("olga"), "{settled:?}");
    assert_eq!((stage(&sample, &id), sample.text("a.txt")), (Stage::Failed, "one".into()));
}

#[test]
fn of_many_who_execute_one_does() {
    let sample = Sample::new();
    let id = sample.held_landing();
    let Answered::Complete(permit) = answer(&sample.office, &id, sample.yes(&id, "ana")).unwrap() else { panic!("it waits") };
    let story = sample.book().story(&id).unwrap().unwrap();
    let landed = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..4).map(|_| scope.spawn(|| execute(&sample.office, &story.intent, &permit, story.index))).collect();
        tries.into_iter().map(|one| one.join().unwrap()).filter(Result::is_ok).count()
    });
    assert_eq!(landed, 1);
    let ends = sample.book().subject("ended").unwrap();
    assert!(matches!(&ends[..], [(_, entry)] if matches!(&entry.event, Event::Finished { outcome: Outcome { line, .. }, .. } if line.starts_with("landed"))));
}

#[test]
fn a_landing_that_was_signed_and_never_begun_is_taken_up_by_the_next_signature() {
    let sample = Sample::new();
    let id = sample.held_landing();
    answer(&sample.office, &id, sample.yes(&id, "ana")).unwrap();
    assert_eq!(stage(&sample, &id), Stage::Countersigned);
    let (_, settled) = sign(&sample.office, &id, sample.yes(&id, "ana")).unwrap();
    assert!(settled.unwrap().ok);
    assert_eq!(sample.text("a.txt"), "two");
}

#[test]
fn every_write_on_the_way_may_fail_either_way() {
    for fault in [StoreFault::NotPersisted(Landed::No), StoreFault::NotPersisted(Landed::Perhaps), StoreFault::Persisted] {
        let mut failing = 0;
        loop {
            let (sample, store) = Sample::faulty();
            let id = sample.held_landing();
            store.after(failing, fault);
            let first = sign(&sample.office, &id, sample.yes(&id, "ana"));
            if store.waits() {
                assert!(first.unwrap().1.unwrap().ok);
                break;
            }
            assert!(first.is_err(), "write {failing}, {fault:?}");
            recover(&sample.office, &session()).unwrap();
            sign(&sample.office, &id, sample.yes(&id, "ana")).ok();
            holds(&sample, &id, &format!("write {failing}, {fault:?}"));
            failing += 1;
        }
        assert_eq!(failing, 4, "answered, countersigned, started, finished");
    }
}

/// What ran was written before, and once; what is said to have ended did.
fn holds(sample: &Sample, id: &IntentId, what: &str) {
    let entries = sample.book().subject(&format!("intent:{id}")).unwrap();
    let names: Vec<&str> = entries.iter().map(|(_, entry)| entry.event.name()).collect();
    let started = names.iter().filter(|name| **name == "started").count();
    match (sample.text("a.txt").as_str(), stage(sample, id)) {
        ("two", Stage::Finished | Stage::Unknown) => assert_eq!(started, 1, "{what}: {names:?}"),
        ("one", Stage::Unknown | Stage::Refused | Stage::Held { .. }) => assert!(started <= 1, "{what}: {names:?}"),
        (text, stage) => panic!("{what}: `{text}` at {stage:?}: {names:?}"),
    }
}

/// A folder of the tree as a region of production.
fn region(sample: &Sample, name: &str) {
    let path = sample.put(&format!("{name}/a.txt"), "one").parent().unwrap().to_str().unwrap().to_owned();
    let environment = action::Environment {
        name: action::EnvironmentName::new(format!("production/{name}")),
        tier: Tier::Production,
        paths: vec![path],
        hosts: Vec::new(),
        remotes: Vec::new(),
        recovery: Vec::new(),
        owners: Vec::new(),
        terms: Default::default(),
        identities: Vec::new(),
    };
    sample.write(&[Event::Mapped { environment, generation: action::Generation(1), by: PersonId::new("ana") }]);
}

fn change_in(sample: &Sample, name: &str) -> IntentId {
    let change = action::Change { path: "a.txt".into(), before: Some(sample.file("one")), after: Some(sample.file("two")) };
    let root = sample.root().join(name);
    let change = sample.book().put_value(&action::ChangeSet::new(root.to_str().unwrap(), vec![change])).unwrap();
    sample.propose(action::Deed::Change { environment: action::EnvironmentName::new(format!("production/{name}")), command: "deploy".into(), change })
}

#[test]
fn what_was_signed_for_two_regions_at_once_changes_one_at_a_time() {
    let sample = Sample::new();
    region(&sample, "eu");
    region(&sample, "us");
    let (eu, us) = (change_in(&sample, "eu"), change_in(&sample, "us"));
    let Answered::Complete(permit) = answer(&sample.office, &us, sample.yes(&us, "ben")).unwrap() else { panic!("it waits") };
    let (_, settled) = sign(&sample.office, &eu, sample.yes(&eu, "ben")).unwrap();
    assert!(settled.unwrap().ok);
    let story = sample.book().story(&us).unwrap().unwrap();
    let refused = execute(&sample.office, &story.intent, &permit, 0).unwrap_err().to_string();
    assert!(refused.contains("another region of it was changed"), "{refused}");
    assert_eq!((stage(&sample, &us), sample.text("us/a.txt"), sample.text("eu/a.txt")), (Stage::Refused, "one".into(), "two".into()));
    // After half an hour one peer is enough again.
    let early = change_in(&sample, "us");
    assert_eq!(sample.book().story(&early).unwrap().unwrap().quorum(), Some(action::Quorum::TWO_WITH_OWNER));
    sample.later(30 * 60);
    let later = change_in(&sample, "us");
    let (_, settled) = sign(&sample.office, &later, sample.yes(&later, "ben")).unwrap();
    assert!(settled.unwrap().ok);
}

/// Both were judged before either began.
#[test]
fn of_two_that_begin_at_once_the_later_changes_nothing() {
    let sample = Sample::new();
    region(&sample, "eu");
    region(&sample, "us");
    let (eu, us) = (change_in(&sample, "eu"), change_in(&sample, "us"));
    let Answered::Complete(permit) = answer(&sample.office, &us, sample.yes(&us, "ben")).unwrap() else { panic!("it waits") };
    let story = sample.book().story(&us).unwrap().unwrap();
    let permit: action::Permit = permit.open(&sample.office.guard.public_key(), action::Namespace::Permit).unwrap();
    let first = sample.book().write(&[Event::Started { intent: eu, permit: action::Digest::of_bytes(b"") }]).unwrap()[0];
    let told = |started| super::overtaken(&sample.office, &story.intent, &story.effects, &permit, 0, started);
    assert_eq!(told(first), None, "what began after it is none of its matter");
    assert!(told(first + 1).unwrap().contains("another region of it was changed"));
}
