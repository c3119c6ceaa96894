use std::sync::Arc;

use action::{AgentName, Event, IntentId, PersonId, Stage, StopScope};

use super::{Doorway, Reaching};
use crate::samples::{Sample, session};

fn door(sample: &Sample) -> Reaching {
    Reaching::new(Arc::clone(&sample.office), session(), PersonId::new("ana"), AgentName::new("engineer"), Vec::new(), sample.book().ledger().len())
}

fn held(doorway: Doorway) -> IntentId {
    match doorway {
        Doorway::Held(id) => id,
        other => panic!("{other:?}"),
    }
}

fn sign(sample: &Sample, id: &IntentId) {
    for person in ["ben", "olga"] {
        crate::settle::answer(&sample.office, id, sample.yes(id, person)).unwrap();
    }
}

#[test]
fn a_registry_that_policy_names_is_open_and_recorded_once() {
    let sample = Sample::new();
    let door = door(&sample);
    assert_eq!((door.ask("npm.example", 443), door.ask("npm.example", 443)), (Doorway::Open, Doorway::Open));
    assert_eq!(sample.book().subject("ended").unwrap().len(), 1);
}

#[test]
fn another_port_or_host_is_held_with_the_same_id_each_time() {
    let sample = Sample::new();
    let door = door(&sample);
    let id = held(door.ask("npm.example", 8443));
    assert_eq!(held(door.ask("npm.example", 8443)), id);
    assert_ne!(held(door.ask("elsewhere.example", 443)), id);
    assert_eq!(sample.book().held().unwrap().len(), 2);
}

#[test]
fn it_opens_on_the_next_try_after_the_right_people_signed() {
    let sample = Sample::new();
    let door = door(&sample);
    let id = held(door.ask("elsewhere.example", 443));
    crate::settle::answer(&sample.office, &id, sample.yes(&id, "ben")).unwrap();
    assert_eq!(held(door.ask("elsewhere.example", 443)), id, "an owner is missing");
    crate::settle::answer(&sample.office, &id, sample.yes(&id, "olga")).unwrap();
    assert_eq!(door.ask("elsewhere.example", 443), Doorway::Open);
    assert_eq!(sample.book().story(&id).unwrap().unwrap().stage, Stage::Finished);
    assert_eq!(door.ask("elsewhere.example", 443), Doorway::Open, "for the rest of the session");
}

#[test]
fn a_session_that_goes_on_finds_what_was_signed_meanwhile() {
    let sample = Sample::new();
    let id = held(door(&sample).ask("elsewhere.example", 443));
    assert_eq!(held(door(&sample).ask("elsewhere.example", 443)), id);
    sign(&sample, &id);
    crate::recovery::recover(&sample.office, &session()).unwrap();
    assert_eq!(door(&sample).ask("elsewhere.example", 443), Doorway::Open);
    assert_ne!(held(door(&sample).ask("elsewhere.example", 443)), id, "a permit opens one door once");
}

#[test]
fn an_old_permit_opens_nothing() {
    let sample = Sample::new();
    let door = door(&sample);
    let id = held(door.ask("elsewhere.example", 443));
    sign(&sample, &id);
    sample.later(3601);
    assert!(matches!(door.ask("elsewhere.example", 443), Doorway::Refused(_)));
}

#[test]
fn a_stop_closes_doors_that_were_open() {
    let sample = Sample::new();
    let door = door(&sample);
    assert_eq!(door.ask("npm.example", 443), Doorway::Open);
    sample.write(&[Event::Stopped { scope: StopScope::Session { session: session() }, by: PersonId::new("ben") }]);
    assert_eq!(door.ask("npm.example", 443), Doorway::Refused("stopped by ben".into()));
    assert!(matches!(door.ask("npm.example", 443), Doorway::Refused(_)), "and stays closed");
}

#[test]
fn a_subagents_door_opens_no_further_than_those_of_the_agents_that_it_works_for() {
    let rule = r#"@id("no-net-for-narrow") @reason("narrow stays inside") forbid (principal == Agent::"narrow", action == Action::"expose", resource);"#;
    let sample = Sample::new().with_rule(rule);
    let door = |within| Reaching::new(Arc::clone(&sample.office), session(), PersonId::new("ana"), AgentName::new("engineer"), within, 0);
    assert_eq!(door(Vec::new()).ask("npm.example", 443), Doorway::Open);
    let asked = door(vec![AgentName::new("narrow")]).ask("npm.example", 443);
    assert!(matches!(&asked, Doorway::Refused(why) if why.contains("narrow stays inside")), "{asked:?}");
}
