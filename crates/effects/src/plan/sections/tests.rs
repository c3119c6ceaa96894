use action::{Certainty, Verb};
use serde_json::{Value, json};

use super::super::sample::{Sample, arn, facts};

fn check(section: &str, value: Value, expected: &[&str]) {
    let same = json!({"arn": arn("elb", "x")});
    let sample = Sample::new().change("aws_lb.x", "no-op", same.clone(), same).with(section, value.clone());
    assert_eq!(sample.lines(&facts()), expected, "{section} {value}");
}

#[test]
fn a_plan_that_failed_or_is_not_all_is_opaque() {
    let plan = "does something unreadable to plan `the plan` in production/region-1";
    check("errored", json!(true), &[&format!("{plan}: it ended in an error: what it shows is not all, irreversible, could not be read")]);
    check("complete", json!(false), &[&format!("{plan}: it is not complete: more follows in a later plan, irreversible, could not be read")]);
    check("errored", json!(false), &[]);
    check("complete", json!(true), &[]);
    let line = "does something unreadable to plan section `surprises` in production/region-1: a section that is not known, irreversible, could not be read";
    check("surprises", json!([1]), &[line]);
}

#[test]
fn outputs_change_and_may_stop_being_sensitive() {
    let output = |actions: &[&str], before: bool, after: bool| {
        json!({"o": {"actions": actions, "before": "hunter2", "after": "hunter3", "before_sensitive": before, "after_sensitive": after}})
    };
    let place = "output `o` in production/region-1";
    check("output_changes", output(&["no-op"], false, false), &[]);
    check("output_changes", output(&["update"], true, true), &[&format!("updates {place}")]);
    check("output_changes", output(&["update"], true, false), &[
        &format!("exposes {place}: no longer sensitive, irreversible"), &format!("updates {place}"),
    ]);
    check("output_changes", output(&["delete"], false, false), &[&format!("deletes {place}")]);
    check("output_changes", output(&["explode"], false, false), &[
        &format!("does something unreadable to {place}: an action that is not known, irreversible, could not be read"),
    ]);
    check("output_changes", json!({"o": 5}), &[
        &format!("does something unreadable to {place}: a change that could not be read, irreversible, could not be read"),
    ]);
}

#[test]
fn checks_that_fail_are_told_without_their_messages() {
    let one = |status: &str| json!([{"address": {"to_display": "check.c"}, "status": status, "instances": [{"problems": [{"message": "hunter2"}]}]}]);
    check("checks", one("pass"), &[]);
    check("checks", one("fail"), &["reads check `check.c` in production/region-1: it fails"]);
    check("checks", one("error"), &["reads check `check.c` in production/region-1: it could not be made"]);
}

#[test]
fn actions_of_providers_run_something() {
    let line = "runs action `action.aws_lambda_invoke.x` in production/region-1: could not be read";
    check("action_invocations", json!([{"address": "action.aws_lambda_invoke.x", "type": "aws_lambda_invoke"}]), &[line]);
    check("deferred_action_invocations", json!([{"reason": "x", "action_invocation": {"address": "action.aws_lambda_invoke.x"}}]), &[line]);
    check("action_invocations", json!([5]), &["runs action `an action` in production/region-1: could not be read"]);
}

#[test]
fn what_is_put_off_is_opaque_and_keeps_its_verb() {
    let row = json!({"address": "aws_lb.y", "type": "aws_lb", "change": {"actions": ["delete"], "before": {"arn": arn("elb", "y")}}});
    let reading = Sample::new().with("deferred_changes", json!([{"reason": "provider_config_unknown", "resource_change": row}])).reading(&facts());
    let effect = &reading.sightings()[0].effect;
    assert_eq!((effect.verb, effect.certainty), (Verb::Delete, Certainty::Opaque));
    assert!(effect.notes.contains(&"put off to a later plan".to_owned()));
    check("deferred_changes", json!([{"reason": "unknown"}]), &[
        "does something unreadable to plan section `a change` in unknown: it could not be read, irreversible, could not be read",
    ]);
}

#[test]
fn what_others_changed_is_noted() {
    let drift = |address: &str, actions: &[&str]| json!([{"address": address, "type": "aws_lb", "change": {"actions": actions, "before": {}, "after": {}}}]);
    check("resource_drift", drift("aws_lb.x", &["update"]), &["reads resource `aws_lb.x` in production/region-1: changed outside of Terraform since"]);
    check("resource_drift", drift("aws_lb.z", &["delete"]), &["reads resource `aws_lb.z` in production/region-1: deleted outside of Terraform since"]);
    let values = json!({"arn": arn("elb", "x")});
    let changed = Sample::new().change("aws_lb.x", "update", values.clone(), values).with("resource_drift", drift("aws_lb.x", &["update"]));
    assert_eq!(changed.lines(&facts()), ["updates resource `aws_lb.x` in production/region-1: changed outside of Terraform since"]);
}
