use action::{Role, Stage};
use guard::NotPermitted;
use ledger::Landed as Kept;
use testkit::StoreFault;

use super::*;
use crate::office::PERMIT_SECONDS;
use crate::samples::{Sample, key_of};
use crate::settle::{Answered, sign};

fn person(name: &str) -> PersonId {
    PersonId::new(name)
}

fn key(name: &str) -> String {
    key_of(name).public_key().to_openssh().unwrap()
}

fn enrol(name: &str, roles: &[Role]) -> Governance {
    Governance::Enrol { person: person(name), key: key(name), roles: roles.to_vec() }
}

/// Asks, and these sign. The last one's signature settles it.
#[track_caller]
fn done(sample: &Sample, asked_by: &str, change: Governance, signers: &[&str]) -> IntentId {
    let (id, _) = propose(&sample.office, &person(asked_by), change).unwrap();
    let mut settled = None;
    for name in signers {
        settled = sign(&sample.office, &id, sample.yes(&id, name)).unwrap().1;
    }
    assert!(settled.unwrap().ok);
    id
}

fn stage(sample: &Sample, id: &IntentId) -> Stage {
    sample.book().story(id).unwrap().unwrap().stage
}

#[test]
fn the_only_admin_enrols_with_one_signature_and_the_ledger_has_the_whole_way() {
    let sample = Sample::new();
    let id = done(&sample, "ana", enrol("dora", &[Role::Engineer]), &["ana"]);
    assert!(sample.book().roster().unwrap().holds(&person("dora"), Role::Engineer));
    let entries = sample.book().subject(&format!("intent:{id}")).unwrap();
    let names: Vec<&str> = entries.iter().map(|(_, entry)| entry.event.name()).collect();
    assert_eq!(names, ["proposed", "assessed", "answered", "countersigned", "started", "governed", "finished"]);
    let (governed, finished) = (entries[5].0, entries[6].0);
    assert_eq!(governed + 1, finished, "written as one");
    assert_eq!(sample.audited().findings, []);
}

#[test]
fn with_two_admins_nobody_gives_rights_alone() {
    let sample = Sample::new();
    done(&sample, "ana", enrol("adam", &[Role::Admin]), &["ana"]);
    let (id, _) = propose(&sample.office, &person("ana"), enrol("eve", &[Role::Engineer])).unwrap();
    for name in ["ana", "olga"] {
        let (answered, settled) = sign(&sample.office, &id, sample.yes(&id, name)).unwrap();
        assert!(matches!(answered, Answered::Waits(Quorum::OTHER_ADMIN)) && settled.is_none(), "{name}");
    }
    assert!(!sample.book().roster().unwrap().is_enrolled(&person("eve")));
    assert!(sign(&sample.office, &id, sample.yes(&id, "adam")).unwrap().1.unwrap().ok);
    assert!(sample.book().roster().unwrap().is_enrolled(&person("eve")));
    assert_eq!(sample.audited().findings, []);
}

#[test]
fn what_cannot_be_or_what_nobody_could_agree_to_is_not_even_proposed() {
    let sample = Sample::new();
    let before = sample.book().ledger().len();
    let refused = |asked_by: &str, change| propose(&sample.office, &person(asked_by), change).unwrap_err().to_string();
    assert!(refused("ana", Governance::Remove { person: person("ana") }).contains("last admin"));
    assert!(refused("ana", enrol("ben", &[Role::Owner])).contains("enrolled already"));
    assert_eq!(sample.book().ledger().len(), before);
    done(&sample, "ana", enrol("adam", &[Role::Admin]), &["ana"]);
    let spare = Governance::AddKey { person: person("adam"), key: key("spare") };
    assert!(refused("ana", spare).contains("let `adam` ask for it"));
}

#[test]
fn an_engineer_asks_for_a_key_of_their_own_and_for_nothing_else() {
    let sample = Sample::new();
    let (_, verdict) = propose(&sample.office, &person("ben"), enrol("eve", &[Role::Engineer])).unwrap();
    assert_eq!((verdict.decision, verdict.reasons[0].rule.as_str()), (Decision::Refuse, "people-asked-by-admin"));
    done(&sample, "ben", Governance::AddKey { person: person("ben"), key: key("spare") }, &["ana"]);
    let from = sample.book().now();
    done(&sample, "ben", Governance::RevokeKey { person: person("ben"), key: key("ben"), from }, &["ben"]);
    assert_eq!(sample.audited().findings, []);
}

#[test]
fn a_policy_that_permits_everything_does_not_let_anybody_in() {
    let sample = Sample::new().with_policy("@id(\"all\") @reason(\"all\") permit (principal, action, resource);");
    let (id, verdict) = propose(&sample.office, &person("ana"), enrol("eve", &[Role::Engineer])).unwrap();
    assert_eq!((verdict.decision, verdict.reasons[0].rule.as_str()), (Decision::Hold { quorum: Quorum::ADMIN }, "people-least"));
    assert!(matches!(sign(&sample.office, &id, sample.yes(&id, "ben")), Ok((Answered::Waits(_), None)) | Err(SettleError::NotPermitted(NotPermitted::QuorumNotMet { .. }))));
    assert!(sign(&sample.office, &id, sample.yes(&id, "ana")).unwrap().1.unwrap().ok);
}

#[test]
fn nothing_goes_on_for_somebody_who_was_removed() {
    let sample = Sample::new();
    let of_olga = sample.propose_as("olga", sample.landing("a.txt", None, Some("two")));
    let of_ana = sample.held_change(action::Tier::Production);
    done(&sample, "ana", Governance::Remove { person: person("olga") }, &["ana"]);
    let gone = sign(&sample.office, &of_olga, sample.yes(&of_olga, "ana")).unwrap_err();
    assert!(matches!(&gone, SettleError::AskerGone { person } if person.as_str() == "olga"), "{gone}");
    assert_eq!(stage(&sample, &of_olga), Stage::Refused);
    let removed = sign(&sample.office, &of_ana, sample.yes(&of_ana, "olga")).unwrap_err();
    assert!(removed.to_string().contains("`olga` was removed"), "{removed}");
    let (intent, effects) = (Intent { asked_by: person("olga"), ..sample.intent(Deed::List { path: ".".into() }) }, Effects::default());
    let verdict = sample.office.assess(&intent, &effects, true, 0);
    assert_eq!((verdict.decision, verdict.reasons[0].rule.as_str()), (Decision::Refuse, "not-enrolled"));
}

#[test]
fn a_quorum_that_was_met_is_asked_again_when_it_is_used() {
    let sample = Sample::new();
    let id = sample.held_change(action::Tier::Production);
    let Answered::Complete(permit) = settle::answer(&sample.office, &id, sample.yes(&id, "ben")).unwrap() else { panic!("it waits") };
    let from = sample.book().now();
    done(&sample, "ana", Governance::RevokeKey { person: person("ben"), key: key("ben"), from }, &["ana"]);
    let story = sample.book().story(&id).unwrap().unwrap();
    let void = settle::execute(&sample.office, &story.intent, &permit, story.index).unwrap_err();
    assert!(void.to_string().contains("a key was revoked or a person removed meanwhile"), "{void}");
    assert_eq!((stage(&sample, &id), sample.text("a.txt")), (Stage::Refused, "one".into()));
    assert_eq!(sample.audited().findings, []);
}

#[test]
fn what_was_signed_before_a_revocation_to_come_still_counts() {
    let sample = Sample::new();
    let id = sample.held_change(action::Tier::Production);
    let from = action::Moment(sample.book().now().0 + 30_000);
    done(&sample, "ana", Governance::RevokeKey { person: person("ben"), key: key("ben"), from }, &["ana"]);
    let Answered::Complete(permit) = settle::answer(&sample.office, &id, sample.yes(&id, "ben")).unwrap() else { panic!("it waits") };
    sample.later(40);
    let story = sample.book().story(&id).unwrap().unwrap();
    assert!(settle::execute(&sample.office, &story.intent, &permit, story.index).unwrap().ok);
    sample.put("a.txt", "one");
    let change = sample.change("a.txt", Some("one"), Some("three"));
    let late = sample.propose(Deed::Change { environment: action::EnvironmentName::new("eu"), command: "deploy".into(), change });
    let revoked = sign(&sample.office, &late, sample.yes(&late, "ben")).unwrap_err();
    assert!(revoked.to_string().contains("is revoked and signs nothing"), "{revoked}");
    assert_eq!(sample.audited().findings, []);
}

#[test]
fn who_answered_with_a_key_that_is_revoked_since_is_told_that_it_was_in_vain() {
    let sample = Sample::new();
    let id = sample.held_change(action::Tier::Production);
    settle::answer(&sample.office, &id, sample.said(&id, "ana", action::Reply::Yes, "")).unwrap();
    done(&sample, "ana", Governance::AddKey { person: person("ana"), key: key("spare") }, &["ana"]);
    done(&sample, "ana", Governance::RevokeKey { person: person("ana"), key: key("ana"), from: action::Moment(0) }, &["ana"]);
    let story = sample.book().story(&id).unwrap().unwrap();
    let policy = story.verdict.as_ref().unwrap().policy;
    let again = guard::question(&story.intent, &story.effects, policy, story.generation, story.expires, person("ana"), action::Reply::Yes, String::new()).unwrap();
    let vain = settle::answer(&sample.office, &id, key_of("spare").sign(&again).unwrap()).unwrap_err();
    assert!(matches!(&vain, SettleError::AnsweredInVain { person } if person.as_str() == "ana"), "{vain}");
    assert!(settle::answer(&sample.office, &id, sample.yes(&id, "ben")).is_ok(), "others agree all the same");
}

#[test]
fn of_two_changes_that_were_signed_together_each_is_made_once_and_a_stale_one_fails() {
    let sample = Sample::new();
    let spare = || Governance::AddKey { person: person("ben"), key: key("spare") };
    let (first, _) = propose(&sample.office, &person("ana"), spare()).unwrap();
    let (second, _) = propose(&sample.office, &person("ana"), spare()).unwrap();
    assert!(sign(&sample.office, &first, sample.yes(&first, "ana")).unwrap().1.unwrap().ok);
    let settled = sign(&sample.office, &second, sample.yes(&second, "ana")).unwrap().1.unwrap();
    assert!(!settled.ok && settled.receipt.outcome.line.contains("already the key of `ben`"), "{settled:?}");
    assert_eq!(sample.book().roster().unwrap().changes(), 1);
    assert_eq!(sample.audited().findings, []);
}

#[test]
fn what_was_decided_by_another_roster_is_not_written() {
    let sample = Sample::new();
    let people = sample.book().roster().unwrap().changes();
    done(&sample, "ana", enrol("dora", &[Role::Engineer]), &["ana"]);
    let closed = Event::Closed { session: SessionId::new("s"), how: "done".into() };
    assert!(matches!(sample.book().write_while(people, std::slice::from_ref(&closed)), Err(BookError::PeopleMoved)));
    sample.book().write_while(people + 1, &[closed]).unwrap();
}

#[test]
fn every_write_on_the_way_to_a_change_may_fail_either_way() {
    for fault in [StoreFault::NotPersisted(Kept::No), StoreFault::NotPersisted(Kept::Perhaps), StoreFault::Persisted] {
        for failing in 0..5 {
            let (sample, store) = Sample::faulty();
            let (id, _) = propose(&sample.office, &person("ana"), enrol("dora", &[Role::Engineer])).unwrap();
            store.after(failing, fault);
            sign(&sample.office, &id, sample.yes(&id, "ana")).ok();
            crate::recovery::look_after(&sample.office, sample.book().story(&id).unwrap().unwrap()).ok();
            let enrolled = sample.book().roster().unwrap().is_enrolled(&person("dora"));
            let entries = sample.book().subject(&format!("intent:{id}")).unwrap();
            let names: Vec<&str> = entries.iter().map(|(_, entry)| entry.event.name()).collect();
            assert_eq!(enrolled, names.contains(&"governed"), "write {failing}, {fault:?}: {names:?}");
            assert_eq!(enrolled, names.last() == Some(&"finished"), "write {failing}, {fault:?}: {names:?}");
            assert_eq!(sample.audited().findings, [], "write {failing}, {fault:?}");
        }
    }
}

/// Whoever can write entries, and has nobody's signature, stops no change that is rightly made.
#[test]
fn an_entry_that_changes_nobody_does_not_take_the_place_of_one_that_does() {
    let sample = Sample::new();
    for number in [1, 3] {
        sample.write(&[Event::Governed { intent: IntentId::new("never"), number, change: enrol("eve", &[Role::Admin]) }]);
    }
    done(&sample, "ana", enrol("dora", &[Role::Engineer]), &["ana"]);
    done(&sample, "ana", enrol("fay", &[Role::Engineer]), &["ana"]);
    let roster = sample.book().roster().unwrap();
    assert_eq!((roster.is_enrolled(&person("dora")), roster.is_enrolled(&person("fay")), roster.is_enrolled(&person("eve"))), (true, true, false));
    assert!(sample.audited().findings.iter().all(|finding| finding.intent == Some(IntentId::new("never"))));
}

#[test]
fn what_the_fold_would_not_believe_is_not_written() {
    let sample = Sample::new();
    let change = enrol("dora", &[Role::Engineer]);
    let (id, _) = propose(&sample.office, &person("ana"), change.clone()).unwrap();
    let Answered::Complete(permit) = settle::answer(&sample.office, &id, sample.yes(&id, "ana")).unwrap() else { panic!("it waits") };
    sample.later(PERMIT_SECONDS + 10);
    let begun = Event::Started { intent: id.clone(), permit: permit.digest() };
    let until = sample.book().now();
    assert!(matches!(sample.book().begin(None, until, std::slice::from_ref(&begun)), Err(BookError::Expired { .. })), "nothing begins on a permit that ended");
    sample.write(&[begun]);
    let intent = sample.book().story(&id).unwrap().unwrap().intent;
    let why = make(&sample.office, &intent, &change).unwrap_err();
    assert!(matches!(&why, NotChanged::Roster(NotEnrolled::NotBacked { .. })), "{why}");
}

#[test]
fn a_clock_that_is_set_back_brings_no_revoked_key_back() {
    let sample = Sample::new();
    let id = sample.held_change(action::Tier::Production);
    let from = sample.book().now();
    done(&sample, "ana", Governance::RevokeKey { person: person("ben"), key: key("ben"), from }, &["ana"]);
    sample.clock_back(5);
    let revoked = settle::answer(&sample.office, &id, sample.yes(&id, "ben")).unwrap_err();
    assert!(revoked.to_string().contains("is revoked and signs nothing"), "{revoked}");
    // Also where it was written all the same.
    sample.write(&[Event::Answered { intent: id.clone(), person: person("ben"), answer: sample.yes(&id, "ben") }]);
    assert!(matches!(settle::complete(&sample.office, &id).unwrap(), Answered::Waits(_)));
    assert_eq!(sample.audited().findings.len(), 1);
}
