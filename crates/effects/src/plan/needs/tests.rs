use serde_json::{Value, json};

use super::super::sample::{Sample, facts};

#[test]
fn edges_are_between_the_objects_that_effects_name() {
    let configuration = json!({"root_module": {"resources": [
        {"address": "aws_lb.x", "expressions": {"v": {"references": ["aws_vpc.v.id", "aws_vpc.v", "aws_gone.y"]}}},
        {"address": "aws_vpc.v", "expressions": {}},
    ]}});
    let sample = Sample::new()
        .row("aws_lb.x", json!({"address": "aws_lb.x[0]", "change": {"actions": ["create"], "after": {}}}))
        .row("aws_lb.x", json!({"address": "aws_lb.x[1]", "change": {"actions": ["create"], "after": {}}}))
        .change("aws_vpc.v", "no-op", json!({}), json!({}))
        .with("configuration", configuration);
    let pair = |one: &str, other: &str| (one.to_owned(), other.to_owned());
    assert_eq!(sample.reading(&facts()).needs(), [pair("aws_lb.x[0]", "aws_vpc.v"), pair("aws_lb.x[1]", "aws_vpc.v")]);
}

#[test]
fn what_the_state_says_counts_where_there_is_no_configuration() {
    let resource = |address: &str, needs: &[&str]| json!({"address": address, "mode": "managed", "type": "aws_lb", "depends_on": needs, "values": {}});
    let prior = json!({"values": {"root_module": {"child_modules": [{"resources": [
        resource("module.m.aws_lb.a[0]", &["module.m.aws_lb.b"]), resource("module.m.aws_lb.b", &[]),
    ]}]}}});
    let needs = Sample::new().with("prior_state", prior).reading(&facts()).needs().to_vec();
    assert_eq!(needs, [("module.m.aws_lb.a[0]".to_owned(), "module.m.aws_lb.b".to_owned())]);
}

#[test]
fn many_of_one_and_many_of_another_are_named_without_an_index() {
    let many = |sample: Sample, address: &str| (0..40).fold(sample, |sample, at| {
        sample.row(address, json!({"address": format!("{address}[{at}]"), "change": {"actions": ["create"], "before": Value::Null, "after": {}}}))
    });
    let configuration = json!({"root_module": {"resources": [{"address": "a_b.c", "depends_on": ["a_b.d"]}, {"address": "a_b.d"}]}});
    let sample = many(many(Sample::new(), "a_b.c"), "a_b.d").with("configuration", configuration);
    assert_eq!(sample.reading(&facts()).needs(), [("a_b.c".to_owned(), "a_b.d".to_owned())]);
}
