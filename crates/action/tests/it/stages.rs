//! Whatever events come in whatever order: the legal walks are safe.

use action::{Decision, Event, Stage};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;

use crate::strategies as any_;

/// The events that `Stage::after` lets through, one after another; what is illegal is left out.
fn legal(events: &[Event]) -> Vec<(&Event, Stage)> {
    let mut stage = Stage::default();
    let mut walk = Vec::new();
    for event in events {
        if let Ok(next) = stage.after(event) {
            stage = next;
            walk.push((event, next));
        }
    }
    walk
}

/// Any events; or, so that deep stages are met too, the long road with any events strewn in.
fn events() -> impl Strategy<Value = Vec<Event>> {
    let road = (vec(any_::event(), 0..3), vec(any_::intent_event(), 60..61)).prop_map(|(mut some, many)| {
        some.extend(in_order(&["proposed", "assessed", "countersigned", "started"], many));
        some
    });
    prop_oneof![vec(any_::event(), 0..40), road]
}

/// The events, where those with these names come first, in this order.
fn in_order(names: &[&str], mut events: Vec<Event>) -> Vec<Event> {
    let mut road = Vec::new();
    for name in names {
        if let Some(i) = events.iter().position(|event| event.name() == *name) {
            road.push(events.remove(i));
        }
    }
    road.extend(events);
    road
}

/// The names of the events in the walk that are about the intent.
fn names<'a>(walk: &[(&'a Event, Stage)]) -> Vec<&'a str> {
    walk.iter().filter(|(event, _)| event.intent().is_some()).map(|(event, _)| event.name()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn nothing_starts_that_was_not_countersigned(events in events()) {
        let walk = legal(&events);
        let names = names(&walk);
        if let Some(started) = names.iter().position(|name| *name == "started") {
            prop_assert_eq!(names[started - 1], "countersigned", "in {:?}", names);
        }
        for (_, stage) in walk.iter().filter(|(_, stage)| stage.may_have_happened()) {
            prop_assert!(names.contains(&"countersigned") && names.contains(&"started"), "{:?} in {:?}", stage, names);
        }
    }

    #[test]
    fn nothing_is_countersigned_that_was_refused(events in events()) {
        let walk = legal(&events);
        let names = names(&walk);
        let forbidden = walk.iter().any(|(event, _)| matches!(event, Event::Assessed { verdict, .. } if verdict.decision == Decision::Refuse));
        if forbidden {
            prop_assert!(!names.contains(&"countersigned") && !names.contains(&"started"), "{:?}", names);
        }
        if let Some(refused) = names.iter().position(|name| *name == "refused") {
            prop_assert_eq!(refused + 1, names.len(), "{:?}", names);
            prop_assert!(!names.contains(&"started"), "what may have happened cannot be refused any more: {:?}", names);
        }
    }

    #[test]
    fn each_thing_happens_once(events in events()) {
        let walk = legal(&events);
        let names = names(&walk);
        for name in ["proposed", "assessed", "countersigned", "started", "finished", "failed", "unknown", "refused"] {
            prop_assert!(names.iter().filter(|found| **found == name).count() <= 1, "{} in {:?}", name, names);
        }
        let ends = names.iter().filter(|name| matches!(**name, "finished" | "failed" | "unknown" | "refused")).count();
        prop_assert!(ends <= 1, "{:?}", names);
    }

    #[test]
    fn what_is_over_stays_over(events in events(), more in any_::event()) {
        let walk = legal(&events);
        let over = walk.iter().position(|(_, stage)| stage.is_over());
        if let Some(over) = over {
            let end = walk[over].1;
            prop_assert!(walk[over..].iter().all(|(_, stage)| *stage == end));
            match more.intent() {
                Some(_) => prop_assert!(end.after(&more).is_err()),
                None => prop_assert_eq!(end.after(&more).unwrap(), end),
            }
        }
    }

    #[test]
    fn only_an_event_of_the_intent_moves_it(events in events(), other in any_::other_event()) {
        for (_, stage) in legal(&events) {
            prop_assert_eq!(stage.after(&other).unwrap(), stage);
        }
    }
}

/// The properties above say something only where walks get far; the long road must often lead to its end.
#[test]
fn the_walks_get_far() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut started = 0;
    for _ in 0..100 {
        let events = events().new_tree(&mut runner).unwrap().current();
        started += usize::from(legal(&events).iter().any(|(_, stage)| *stage == Stage::Started));
    }
    assert!(started >= 10, "{started} of 100 walks started");
}
