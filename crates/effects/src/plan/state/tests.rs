use action::{Certainty, Tier, Verb};
use serde_json::{Value, json};

use super::super::sample::{Sample, facts};
use crate::facts::StateFact;

fn state(lineage: &str, serial: u64, addresses: &[&str]) -> StateFact {
    let resources = addresses.iter().map(|address| ((*address).to_owned(), 1)).collect();
    StateFact { lineage: lineage.into(), serial, resources }
}

/// What is said about the state.
fn said(now: Option<StateFact>, recorded: Option<StateFact>) -> Vec<String> {
    let facts = crate::Facts { state: now, recorded_state: recorded, ..facts() };
    let sample = Sample::new().change("aws_lb.x", "no-op", json!({}), json!({}));
    let reading = sample.reading(&facts);
    reading.sightings().iter().map(|s| {
        assert_eq!((s.effect.verb, s.effect.certainty, s.effect.data_bearing), (Verb::Opaque, Certainty::Opaque, true));
        s.effect.line()
    }).collect()
}

fn check(now: Option<StateFact>, recorded: Option<StateFact>, expected: Option<&str>) {
    let lines = said(now, recorded);
    assert_eq!(lines.len(), usize::from(expected.is_some()), "{lines:?}");
    assert!(lines.iter().all(|line| line.contains(expected.unwrap_or_default())), "{lines:?}");
}

#[test]
fn another_lineage_an_older_serial_and_an_edited_state_are_held() {
    check(Some(state("a", 7, &[])), Some(state("a", 7, &[])), None);
    check(Some(state("a", 8, &["aws_lb.x", "aws_lb.y"])), Some(state("a", 7, &["aws_lb.x"])), None);
    check(Some(state("b", 9, &[])), Some(state("a", 7, &[])), Some("its lineage is `b`, the one recorded is another"));
    check(Some(state("a", 6, &[])), Some(state("a", 7, &[])), Some("its serial 6 is older than 7, the one recorded"));
    check(Some(state("a", 7, &["aws_lb.x", "aws_lb.y"])), Some(state("a", 7, &["aws_lb.x"])), Some("it has other resources"));
    check(None, Some(state("a", 7, &[])), Some("is not at hand"));
    check(Some(state("a", 7, &[])), None, None);
    check(None, None, None);
}

#[test]
fn a_plan_of_another_state_is_seen_by_what_it_has() {
    check(Some(state("a", 7, &["aws_lb.x"])), None, None);
    check(Some(state("a", 7, &["aws_lb.other"])), None, Some("it does not have `aws_lb.x`, the plan does"));
    let facts = crate::Facts { state: Some(state("a", 7, &["aws_lb.old"])), ..facts() };
    let moved = json!({"previous_address": "aws_lb.old", "change": {"actions": ["no-op"], "before": {}, "after": {}}});
    let lines = Sample::new().row("aws_lb.x", moved).lines(&facts);
    assert!(lines.iter().all(|line| !line.contains("does not have")), "{lines:?}");
}

#[test]
fn it_is_where_the_recorded_state_is_mapped() {
    let facts = crate::Facts { recorded_state: Some(state("lineage-dev", 7, &[])), ..facts() };
    let reading = Sample::new().change("random_id.x", "no-op", Value::Null, Value::Null).reading(&facts);
    assert_eq!(reading.effects().tier(), Tier::Development);
}
