use action::{Certainty, Reversibility, Tier, Verb};
use serde_json::{Value, json};

use super::super::sample::{Sample, arn, facts};

fn database() -> Value {
    json!({"identifier": "orders-prod", "arn": arn("rds", "db:orders"), "password": "hunter2", "engine_version": "14", "deletion_protection": true})
}

/// What a person reads of one change of a database.
fn check(actions: &str, before: Value, after: Value, expected: &[&str]) {
    let sample = Sample::new().change("aws_db_instance.main", actions, before, after);
    assert_eq!(sample.lines(&facts()), expected, "{actions}");
}

#[test]
fn each_action_has_its_verb() {
    let place = "`aws_db_instance.main` in production/region-1: called `orders-prod`";
    let said = |verb: &str, rest: &str| format!("{verb} database {place}{rest}");
    let lost = ", no recovery point outside it, irreversible";
    check("no-op", database(), database(), &[]);
    check("read", database(), database(), &[&said("reads", "")]);
    check("update", database(), database(), &[&said("updates", "")]);
    check("delete", database(), Value::Null, &[&said("deletes", lost)]);
    check("delete create", database(), database(), &[&said("replaces", lost)]);
    check("create delete", database(), database(), &[&said("replaces", &format!(", made anew before the old one is deleted{lost}"))]);
    let forgotten = "updates state-entry `aws_db_instance.main` in production/region-1: no longer managed, and left as it is";
    check("forget", database(), Value::Null, &[forgotten]);
    check("create forget", database(), database(), &[forgotten, &said("creates", "")]);
}

#[test]
fn an_action_that_nobody_knows_is_opaque() {
    let sample = Sample::new().change("aws_db_instance.main", "delete delete", database(), Value::Null);
    let reading = sample.reading(&facts());
    let effect = &reading.sightings()[0].effect;
    assert_eq!((effect.verb, effect.certainty, effect.reversibility), (Verb::Opaque, Certainty::Opaque, Reversibility::Irreversible));
    assert!(effect.line().contains("an action that is not known: `delete, delete`"), "{}", effect.line());
}

#[test]
fn a_replacement_says_why() {
    let because = |row: Value| {
        let mut row = row;
        row["change"]["actions"] = json!(["delete", "create"]);
        row["change"]["before"] = json!({"arn": arn("elb", "x")});
        Sample::new().row("aws_lb.x", row).lines(&facts()).remove(0)
    };
    for (reason, paths, expected) in [
        ("replace_because_cannot_update", json!([["engine"], ["settings", 0, "a"]]), "because `engine`, `settings` cannot be changed in place"),
        ("replace_because_cannot_update", Value::Null, "because it cannot be changed in place"),
        ("replace_because_tainted", Value::Null, "because it is tainted"),
        ("replace_by_request", Value::Null, "because it was asked for"),
        ("something_new", Value::Null, "reason: `something_new`"),
    ] {
        let line = because(json!({"action_reason": reason, "change": {"replace_paths": paths}}));
        assert!(line.contains(expected), "{line}");
    }
}

#[test]
fn a_recovery_point_outside_makes_a_loss_recoverable() {
    let mut facts = facts();
    facts.recovery_points = vec!["/backups/production/region-1/yesterday".into()];
    let sample = Sample::new().change("aws_db_instance.main", "delete", database(), Value::Null);
    let effect = sample.reading(&facts).sightings()[0].effect.clone();
    assert_eq!((effect.reversibility, effect.data_bearing), (Reversibility::Recoverable, true));
    assert!(effect.line().ends_with("recovery point outside it: `/backups/production/region-1/yesterday`"), "{}", effect.line());
    // One of another environment is none.
    facts.recovery_points = vec!["/backups/dev/yesterday".into()];
    assert_eq!(sample.reading(&facts).sightings()[0].effect.reversibility, Reversibility::Irreversible);
}

#[test]
fn what_holds_no_data_can_be_made_again() {
    let sample = Sample::new().change("aws_lb.x", "delete", json!({"arn": arn("elb", "x")}), Value::Null);
    let effect = sample.reading(&facts()).sightings()[0].effect.clone();
    assert_eq!((effect.verb, effect.reversibility, effect.data_bearing), (Verb::Delete, Reversibility::Recoverable, false));
}

#[test]
fn a_sensitive_value_is_never_shown() {
    for marks in [json!(true), json!({"identifier": true}), json!({"identifier": {"deep": true}})] {
        let change = json!({"actions": ["delete"], "before": database(), "after": null, "before_sensitive": marks});
        let lines = Sample::new().row("aws_db_instance.main", json!({"change": change})).lines(&facts());
        assert!(!lines.join("\n").contains("orders-prod"), "{lines:?}");
    }
    let url = json!({"name": "postgres://ana:hunter2@db/x"});
    let lines = Sample::new().change("aws_db_instance.main", "delete create", url.clone(), url).lines(&facts());
    assert!(!lines.join("\n").contains("hunter2"), "{lines:?}");
}

#[test]
fn what_is_not_known_yet_makes_it_at_least_where_the_configuration_sets_it() {
    let change = json!({"actions": ["update"], "before": {}, "after": {}, "after_unknown": {"id": true, "policy": true, "size": false}});
    let plain = Sample::new().row("aws_lb.x", json!({"change": change}));
    let seen = |sample: &Sample| {
        let effect = sample.reading(&facts()).sightings()[0].effect.clone();
        (effect.certainty, effect.notes)
    };
    assert_eq!(seen(&plain), (Certainty::AtLeast, vec!["`policy` not known before the apply".to_owned()]));
    let configured = |key: &str| json!({"root_module": {"resources": [{"address": "aws_lb.x", "expressions": {key: {"references": ["aws_x.y"]}}}]}});
    assert_eq!(seen(&plain.clone().with("configuration", configured("policy"))).0, Certainty::AtLeast);
    assert_eq!(seen(&plain.with("configuration", configured("size"))).0, Certainty::Exact);
}

#[test]
fn making_or_changing_a_right_gives_it_and_changing_its_labels_does_not() {
    let verbs = |actions: &str, before: Value, after: Value| {
        let reading = Sample::new().change("aws_iam_role_policy.x", actions, before, after).reading(&facts());
        reading.sightings().iter().map(|s| s.effect.verb).collect::<Vec<_>>()
    };
    assert_eq!(verbs("create", Value::Null, json!({"policy": "{}"})), [Verb::Grant]);
    assert_eq!(verbs("update", json!({"policy": "a"}), json!({"policy": "b"})), [Verb::Grant]);
    assert_eq!(verbs("update", json!({"policy": "a", "tags": {}}), json!({"policy": "a", "tags": {"a": "b"}})), [Verb::Update]);
    assert_eq!(verbs("delete", json!({"policy": "a"}), Value::Null), [Verb::Delete]);
    assert_eq!(verbs("delete create", json!({"policy": "a"}), json!({"policy": "b"})), [Verb::Replace, Verb::Grant]);
    let manifest = |kind: &str| Sample::new().change("kubernetes_manifest.x", "create", Value::Null, json!({"manifest": {"kind": kind}})).lines(&facts());
    assert!(manifest("ClusterRoleBinding")[0].starts_with("grants rights on workload"));
    assert!(manifest("Deployment")[0].starts_with("creates workload"));
    let all = json!({"policy": r#"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#});
    let lines = Sample::new().change("aws_iam_policy.x", "create", Value::Null, all).lines(&facts());
    assert!(lines.iter().any(|line| line.contains("every action on everything")), "{lines:?}");
}

#[test]
fn openings_and_safeguards_are_effects_of_their_own() {
    let updated = Sample::new().change("aws_db_instance.main", "update", database(), json!({})).reading(&facts());
    assert!(updated.sightings().iter().all(|s| s.effect.data_bearing == (s.effect.verb == Verb::Update)));
    let mut after = database();
    after["publicly_accessible"] = json!(true);
    after["deletion_protection"] = json!(false);
    let place = "database `aws_db_instance.main` in production/region-1";
    check("update", database(), after, &[
        &format!("exposes {place}: `publicly_accessible` switched on, irreversible"),
        &format!("takes protection from {place}: `deletion_protection` switched off"),
        &format!("updates {place}: called `orders-prod`"),
    ]);
}

#[test]
fn taking_a_safeguard_away_is_said_beside_the_delete() {
    let trail = json!({"arn": arn("cloudtrail", "trail/x")});
    let lines = Sample::new().change("aws_cloudtrail.x", "delete", trail, Value::Null).lines(&facts());
    assert_eq!(lines.len(), 2);
    assert!(lines[1].starts_with("takes protection from safeguard `aws_cloudtrail.x`"), "{lines:?}");
    let block = json!({"id": "b", "account_id": "111122223333", "region": "eu-west-1"});
    let lines = Sample::new().change("aws_s3_bucket_public_access_block.x", "delete", block, Value::Null).lines(&facts());
    assert!(lines[1].contains("what blocked public access is gone"), "{lines:?}");
}

#[test]
fn moved_imported_and_deposed_objects_are_told() {
    let same = json!({"arn": arn("elb", "x")});
    let change = |actions: &str, more: Value| {
        let mut change = json!({"actions": [actions], "before": same, "after": same});
        change.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        change
    };
    let moved = Sample::new().row("aws_lb.x", json!({"previous_address": "aws_lb.old", "change": change("no-op", json!({}))}));
    assert_eq!(moved.lines(&facts()), ["updates state-entry `aws_lb.x` in production/region-1: moved from `aws_lb.old`"]);
    let imported = Sample::new().row("aws_lb.x", json!({"change": change("no-op", json!({"importing": {"id": "x"}}))}));
    assert_eq!(imported.lines(&facts()), ["updates state-entry `aws_lb.x` in production/region-1: taken into the state as it is"]);
    let deposed = Sample::new().row("aws_lb.x", json!({"deposed": "ab12", "change": change("delete", json!({}))}));
    assert_eq!(deposed.lines(&facts()), [
        "deletes resource `aws_lb.x` in production/region-1: an older object of it, `ab12`, that a replacement left behind",
    ]);
}

#[test]
fn what_another_engine_applies_is_opaque_and_what_is_in_a_cluster_goes_along() {
    let seen = |kind: &str, actions: &str| {
        let values = json!({"arn": arn("x", "y")});
        let reading = Sample::new().change(&format!("{kind}.x"), actions, values.clone(), values).reading(&facts());
        reading.sightings().iter().map(|s| (s.effect.verb, s.effect.certainty)).collect::<Vec<_>>()
    };
    assert_eq!(seen("helm_release", "update"), [(Verb::Update, Certainty::Opaque)]);
    assert_eq!(seen("aws_cloudformation_stack", "update"), [(Verb::Update, Certainty::Opaque)]);
    assert_eq!(seen("aws_eks_cluster", "delete"), [(Verb::Delete, Certainty::AtLeast)]);
    assert_eq!(seen("aws_lb", "delete"), [(Verb::Delete, Certainty::Exact)]);
}

#[test]
fn a_provider_that_nobody_knows_is_taken_to_hold_data() {
    let sample = Sample::new().change("acme_thing.x", "delete", json!({}), Value::Null);
    let effect = sample.reading(&facts()).sightings()[0].effect.clone();
    assert_eq!((effect.data_bearing, effect.reversibility, effect.tier), (true, Reversibility::Irreversible, Tier::Unknown));
}

#[test]
fn what_stays_as_it_is_is_not_read_and_nothing_is_missed_for_it() {
    // A hole and a switch that are there before and after are no news; a change beside them is.
    let values = |size: u8| json!({"arn": arn("ec2", "x"), "publicly_accessible": true, "cidr_blocks": ["0.0.0.0/0"], "backup_days": size});
    let told = Sample::new().change("aws_lb.x", "update", values(9), values(3)).lines(&facts());
    assert_eq!(told, [
        "takes protection from resource `aws_lb.x` in production/region-1: `backup_days` lowered, irreversible",
        "updates resource `aws_lb.x` in production/region-1",
    ]);
    let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
    let text = format!(
        r#"{{"format_version":"1.2","resource_changes":[{{"address":"aws_lb.x","type":"aws_lb",
        "change":{{"actions":["update"],"before":{{"a":{deep},"b":1}},"after":{{"a":{deep},"b":{deep}}}}}}}]}}"#
    );
    let effect = super::super::read(&text, &facts()).sightings()[0].effect.clone();
    assert_eq!((effect.verb, effect.certainty), (Verb::Update, Certainty::Opaque));
}

#[test]
fn a_rule_for_everybody_that_lets_more_through_is_an_opening() {
    let exposes = |kind: &str, before: Value, after: Value| {
        let lines = Sample::new().change(&format!("{kind}.x"), "update", before, after).lines(&facts());
        lines.iter().any(|line| line.starts_with("exposes"))
    };
    let rule = |port: u16, way: &str, note: &str| json!({"type": way, "from_port": port, "cidr_blocks": ["0.0.0.0/0"], "description": note});
    let kind = "aws_security_group_rule";
    assert!(exposes(kind, rule(443, "ingress", ""), rule(22, "ingress", "")));
    assert!(exposes(kind, rule(443, "egress", ""), rule(443, "ingress", "")));
    assert!(!exposes(kind, rule(443, "ingress", ""), rule(443, "ingress", "new")));
    assert!(!exposes(kind, rule(443, "ingress", ""), rule(22, "egress", "")));
    let wall = |ports: &[&str]| json!({"source_ranges": ["0.0.0.0/0"], "allow": [{"protocol": "tcp", "ports": ports}]});
    assert!(exposes("google_compute_firewall", wall(&["443"]), wall(&["443", "22"])));
    assert!(!exposes("google_compute_firewall", wall(&["443"]), wall(&["443"])));
}
