use action::{Certainty, Tier, Verb};
use serde_json::{Value, json};

use super::super::sample::{Sample, arn, facts};

/// What runs, and where.
fn runs(sample: &Sample) -> Vec<(String, Tier)> {
    let reading = sample.reading(&facts());
    let executed = reading.sightings().iter().filter(|s| s.effect.verb == Verb::Execute);
    executed.map(|s| {
        assert_eq!(s.effect.certainty, Certainty::Opaque);
        (s.effect.resource.name.clone(), s.effect.tier)
    }).collect()
}

fn configured(address: &str, provisioners: &[&str]) -> Value {
    let provisioners: Vec<Value> = provisioners.iter().map(|kind| json!({"type": kind, "expressions": {"command": {"constant_value": "rm -rf secret"}}})).collect();
    json!({"root_module": {"module_calls": {"m": {"module": {"resources": [{"address": address, "provisioners": provisioners, "expressions": {}}]}}}}})
}

#[test]
fn provisioners_run_when_an_object_is_made_or_ends() {
    for (actions, expected) in [("create", true), ("delete", true), ("delete create", true), ("update", false), ("no-op", false)] {
        let values = json!({"arn": arn("ec2", "x")});
        let sample = Sample::new().change("module.m.aws_lb.x", actions, values.clone(), values).with("configuration", configured("aws_lb.x", &["local-exec"]));
        let found = runs(&sample);
        let one = [("local-exec of module.m.aws_lb.x".to_owned(), Tier::Production)];
        assert_eq!(found == one, expected, "{actions}: {found:?}");
        assert!(!sample.lines(&facts()).join("\n").contains("secret"));
    }
}

#[test]
fn a_null_resource_without_provisioners_runs_nothing_and_without_a_configuration_it_may() {
    for kind in ["null_resource", "terraform_data"] {
        let sample = Sample::new().change(&format!("module.m.{kind}.x"), "create", Value::Null, json!({}));
        assert_eq!(runs(&sample), [(format!("provisioners of module.m.{kind}.x"), Tier::Unknown)]);
        let bare = sample.clone().with("configuration", configured(&format!("{kind}.x"), &[]));
        assert_eq!(runs(&bare), []);
        let both = sample.with("configuration", configured(&format!("{kind}.x"), &["local-exec", "remote-exec"]));
        assert_eq!(runs(&both).len(), 2);
    }
}

#[test]
fn data_sources_that_are_programs_and_types_that_run_something_are_seen() {
    let external = Sample::new().change("data.external.x", "read", Value::Null, json!({"program": ["sh", "-c", "x"]}));
    assert_eq!(runs(&external), [("program of data.external.x".to_owned(), Tier::Unknown)]);
    let lambda = json!({"function_name": "f"});
    let invoked = Sample::new().change("aws_lambda_invocation.x", "create", Value::Null, lambda);
    assert_eq!(runs(&invoked), [("run of aws_lambda_invocation.x".to_owned(), Tier::Unknown)]);
}
