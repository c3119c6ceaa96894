use action::{Reversibility, Verb};
use serde_json::{Value, json};

use super::super::sample::{Sample, arn, facts};

fn values(name: usize) -> Value {
    json!({"arn": arn("elb", &name.to_string())})
}

/// `ended` of `total` load balancers, deleted or replaced.
fn sample(total: usize, ended: usize, actions: &str) -> Sample {
    (0..total).fold(Sample::new(), |sample, at| {
        let actions = if at < ended { actions } else { "no-op" };
        sample.change(&format!("aws_lb.n{at}"), actions, values(at), if actions == "delete" { Value::Null } else { values(at) })
    })
}

/// The line about the whole environment.
fn whole(sample: &Sample) -> Option<String> {
    let reading = sample.reading(&facts());
    let mut found = reading.sightings().iter().filter(|s| s.effect.whole_environment);
    let line = found.next().map(|s| s.effect.line());
    assert!(found.next().is_none());
    line
}

#[test]
fn nearly_everything_of_an_environment_is_the_environment() {
    let line = "deletes environment `production/region-1`: 5 resources, of 5";
    assert_eq!(whole(&sample(5, 5, "delete")).as_deref(), Some(line));
    assert_eq!(whole(&sample(5, 4, "delete create")).as_deref(), Some("replaces environment `production/region-1`: 4 resources, of 5"));
    assert_eq!(whole(&sample(10, 7, "delete")), None);
    assert_eq!(whole(&sample(2, 2, "delete")), None);
    assert_eq!(whole(&sample(3, 3, "delete")).as_deref(), Some("deletes environment `production/region-1`: 3 resources, of 3"));
    assert_eq!(whole(&sample(5, 5, "update")), None);
}

#[test]
fn each_effect_is_still_said_by_itself() {
    let reading = sample(5, 5, "delete").reading(&facts());
    assert_eq!(reading.sightings().iter().filter(|s| s.effect.verb == Verb::Delete).count(), 6);
}

#[test]
fn what_a_targeted_plan_leaves_out_is_counted_too() {
    let plan = sample(4, 4, "delete").exists("aws_lb.untouched", values(8)).exists("aws_lb.untouched2", values(9));
    assert_eq!(whole(&plan), None);
}

#[test]
fn what_is_in_the_state_only_saves_no_environment() {
    let padded = (0..20).fold(sample(4, 4, "delete"), |sample, at| sample.exists(&format!("random_id.n{at}"), json!({})));
    assert!(whole(&padded).is_some());
}

#[test]
fn environments_are_counted_apart() {
    let dev = |at: usize| json!({"arn": format!("arn:aws:elb:eu-west-1:444455556666:{at}")});
    let both = (0..20).fold(sample(4, 4, "delete"), |sample, at| sample.change(&format!("aws_lb.dev{at}"), "no-op", dev(at), dev(at)));
    assert_eq!(whole(&both).as_deref(), Some("deletes environment `production/region-1`: 4 resources, of 4"));
}

#[test]
fn an_account_that_nobody_mapped_is_named_by_its_number() {
    let other = |at: usize| json!({"arn": format!("arn:aws:elb:us-east-1:999999999999:{at}")});
    let plan = (0..3).fold(Sample::new(), |sample, at| sample.change(&format!("aws_lb.n{at}"), "delete", other(at), Value::Null));
    assert_eq!(whole(&plan).as_deref(), Some("deletes environment `aws:999999999999/us-east-1` in unknown: 3 resources, of 3"));
}

#[test]
fn data_in_it_is_said_and_is_lost_with_it() {
    let database = json!({"arn": arn("rds", "db:x")});
    let plan = sample(3, 3, "delete").change("aws_db_instance.x", "delete", database, Value::Null);
    let reading = plan.reading(&facts());
    let effect = reading.sightings().iter().find(|s| s.effect.whole_environment).unwrap().effect.clone();
    assert!(effect.data_bearing);
    assert_eq!(effect.reversibility, Reversibility::Irreversible);
    assert!(effect.line().contains("4 resources, of 4, 1 with data"), "{}", effect.line());
}

#[test]
fn deposed_objects_are_none_of_its_resources() {
    let old = |sample: Sample, at: usize| {
        sample.row(&format!("aws_lb.n{at}"), json!({"deposed": "ab", "change": {"actions": ["delete"], "before": values(at), "after": null}}))
    };
    let plan = (0..4).fold(sample(4, 0, "delete"), old);
    assert_eq!(whole(&plan), None);
}
