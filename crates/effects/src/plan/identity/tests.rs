use action::Tier;
use serde_json::{Value, json};

use super::super::sample::{Sample, arn, facts};
use crate::facts::StateFact;

/// The environment and tier of the first effect on an address.
fn place(sample: &Sample, facts: &crate::Facts, address: &str) -> (String, Tier) {
    let reading = sample.reading(facts);
    let found = reading.sightings().iter().find(|s| s.effect.resource.name == address).unwrap();
    (found.effect.environment.as_str().to_owned(), found.effect.tier)
}

fn check(kind: &str, before: Value, expected: (&str, Tier)) {
    let address = format!("{kind}.x");
    let sample = Sample::new().change(&address, "delete", before.clone(), Value::Null);
    assert_eq!(place(&sample, &facts(), &address), (expected.0.to_owned(), expected.1), "{kind} {before}");
}

const PRODUCTION: (&str, Tier) = ("production/region-1", Tier::Production);
const DEV: (&str, Tier) = ("dev", Tier::Development);
const UNKNOWN: (&str, Tier) = ("unknown", Tier::Unknown);

#[test]
fn a_resource_is_where_its_arn_or_id_says() {
    check("aws_lb", json!({"arn": arn("elasticloadbalancing", "x")}), PRODUCTION);
    check("aws_lb", json!({"arn": "arn:aws:elasticloadbalancing:us-east-1:111122223333:x"}), UNKNOWN);
    check("aws_lb", json!({"arn": "arn:aws:elasticloadbalancing:us-east-1:444455556666:x"}), DEV);
    check("aws_iam_role", json!({"arn": "arn:aws:iam::111122223333:role/x"}), PRODUCTION);
    check("aws_iam_role", json!({"id": "arn:aws:iam::444455556666:role/x"}), DEV);
    check("aws_subnet", json!({"owner_id": "111122223333", "availability_zone": "eu-west-1a"}), PRODUCTION);
    check("aws_lb", json!({"name": "production", "tags": {"account": "444455556666"}}), UNKNOWN);
    check("google_compute_address", json!({"project": "shop-prod"}), PRODUCTION);
    check("google_compute_address", json!({"id": "projects/shop-prod/regions/r/addresses/x", "project": "other"}), PRODUCTION);
    check("google_compute_address", json!({"project": "other"}), UNKNOWN);
    check("azurerm_lb", json!({"id": "/subscriptions/0a0a-prod/resourceGroups/g/providers/x"}), PRODUCTION);
    check("azurerm_lb", json!({"id": "/subscriptions/0b0b/resourceGroups/g"}), UNKNOWN);
    check("aws_lb", json!({"arn": 5, "id": null}), UNKNOWN);
}

#[test]
fn what_is_not_made_yet_is_where_its_providers_others_are() {
    let create = |sample: Sample| sample.change("aws_lb.new", "create", Value::Null, json!({"name": "new", "region": "eu-west-1"}));
    let alone = create(Sample::new());
    assert_eq!(place(&alone, &facts(), "aws_lb.new").1, Tier::Unknown);
    let beside = create(Sample::new().exists("aws_vpc.main", json!({"arn": arn("ec2", "vpc/1")})));
    assert_eq!(place(&beside, &facts(), "aws_lb.new").1, Tier::Production);
    let dev = |name: &str| json!({"arn": format!("arn:aws:ec2:eu-west-1:444455556666:{name}")});
    let development = create(Sample::new().exists("aws_vpc.main", dev("vpc/1")));
    assert_eq!(place(&development, &facts(), "aws_lb.new").1, Tier::Development);
    // Two accounts under one provider: nobody can say which.
    let both = create(Sample::new().exists("aws_vpc.main", dev("vpc/1")).exists("aws_vpc.other", json!({"arn": arn("ec2", "vpc/2")})));
    assert_eq!(place(&both, &facts(), "aws_lb.new").1, Tier::Unknown);
}

#[test]
fn what_an_agent_writes_down_makes_no_place_milder() {
    let existing = Sample::new().exists("aws_vpc.main", json!({"arn": arn("ec2", "vpc/1")}));
    let written = existing.change("aws_ec2_thing.x", "create", Value::Null, json!({"account_id": "444455556666", "region": "eu-west-1"}));
    assert_eq!(place(&written, &facts(), "aws_ec2_thing.x").1, Tier::Production);
    check("aws_guardduty_member", json!({"account_id": "444455556666"}), UNKNOWN);
    check("aws_cloudwatch_event_target", json!({"arn": "arn:aws:sqs:eu-west-1:444455556666:q"}), UNKNOWN);
}

#[test]
fn constants_of_the_providers_configuration_count() {
    let configured = |expressions: Value| {
        let provider = json!({"name": "aws", "alias": "main", "expressions": expressions});
        let resource = json!({"address": "aws_lb.x", "provider_config_key": "aws.main", "expressions": {}});
        let configuration = json!({"provider_config": {"aws.main": provider}, "root_module": {"resources": [resource]}});
        Sample::new().change("aws_lb.x", "create", Value::Null, json!({})).with("configuration", configuration)
    };
    let role = |account: &str| json!([{"role_arn": {"constant_value": format!("arn:aws:iam::{account}:role/r")}}]);
    let place_of = |expressions: Value| place(&configured(expressions), &facts(), "aws_lb.x").1;
    assert_eq!(place_of(json!({"assume_role": role("444455556666")})), Tier::Development);
    assert_eq!(place_of(json!({"assume_role": role("111122223333"), "region": {"constant_value": "eu-west-1"}})), Tier::Production);
    assert_eq!(place_of(json!({"assume_role": role("111122223333"), "region": {"constant_value": "us-east-1"}})), Tier::Unknown);
    assert_eq!(place_of(json!({"allowed_account_ids": {"constant_value": ["444455556666"]}})), Tier::Development);
    assert_eq!(place_of(json!({"profile": {"constant_value": "dev"}})), Tier::Unknown);
    assert_eq!(place_of(json!({"region": {"references": ["var.region"]}})), Tier::Unknown);
}

#[test]
fn a_providers_host_is_mapped_as_hosts_are() {
    let provider = json!({"postgresql": {"name": "postgresql", "expressions": {"host": {"constant_value": "db.prod.example.com"}}}});
    let sample = Sample::new().change("postgresql_database.x", "delete", json!({"name": "x"}), Value::Null);
    assert_eq!(place(&sample, &facts(), "postgresql_database.x").1, Tier::Unknown);
    let pointed = sample.with("configuration", json!({"provider_config": provider}));
    assert_eq!(place(&pointed, &facts(), "postgresql_database.x").1, Tier::Production);
}

#[test]
fn a_state_that_is_mapped_is_the_place_of_what_says_none_and_the_graver_of_two() {
    let mut facts = facts();
    facts.state = Some(StateFact { lineage: "lineage-dev".into(), ..StateFact::default() });
    let of = |kind: &str, before: Value| {
        let address = format!("{kind}.x");
        place(&Sample::new().change(&address, "delete", before, Value::Null), &facts, &address)
    };
    assert_eq!(of("random_id", json!({})).1, Tier::Development);
    assert_eq!(of("acme_thing", json!({})).1, Tier::Development);
    assert_eq!(of("aws_lb", json!({"arn": arn("elb", "x")})).1, Tier::Production);
    // It says where it is, and nobody mapped that: the state does not make it milder.
    assert_eq!(of("aws_lb", json!({"arn": "arn:aws:elb:eu-west-1:999999999999:x"})).1, Tier::Unknown);
}

#[test]
fn what_is_in_the_state_only_is_where_the_state_has_its_gravest_thing() {
    let sample = Sample::new()
        .change("random_id.x", "create", Value::Null, json!({}))
        .exists("aws_vpc.unused", json!({}))
        .change("aws_lb.x", "no-op", json!({"arn": arn("elb", "x")}), json!({"arn": arn("elb", "x")}));
    assert_eq!(place(&sample, &facts(), "random_id.x").1, Tier::Production);
}

#[test]
fn files_are_on_the_machine_that_applies() {
    let sample = Sample::new().change("local_file.x", "create", Value::Null, json!({"filename": "/etc/x", "content": "secret"}));
    assert_eq!(sample.lines(&facts()), ["creates file `local_file.x` in host"]);
}
