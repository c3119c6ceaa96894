use action::{Reversibility, Verb};
use serde_json::{Value, json};

use super::super::sample::{Sample, arn, facts};

/// Verb and name of each effect.
fn seen(sample: &Sample) -> Vec<(Verb, String)> {
    sample.reading(&facts()).sightings().iter().map(|s| (s.effect.verb, s.effect.resource.name.clone())).collect()
}

fn pair(kind: (&str, &str), before: Value, after: Value) -> Vec<(Verb, String)> {
    let (one, other) = (format!("{}.old", kind.0), format!("{}.new", kind.1));
    seen(&Sample::new().change(&one, "delete", before, Value::Null).change(&other, "create", Value::Null, after))
}

fn check(kind: &str, before: Value, after: Value, is_one: bool) {
    let verbs = pair((kind, kind), before.clone(), after.clone());
    let replaced = verbs == [(Verb::Replace, format!("{kind}.old"))];
    assert_eq!(replaced, is_one, "{kind} {before} {after}: {verbs:?}");
}

#[test]
fn a_delete_and_a_create_of_one_thing_are_one_replacement() {
    check("aws_db_instance", json!({"identifier": "orders"}), json!({"identifier": "orders"}), true);
    check("google_compute_instance", json!({"name": "vm", "project": "p"}), json!({"name": "vm", "project": "p"}), true);
    check("google_compute_instance", json!({"name": "vm"}), json!({"name": "vm", "project": "p"}), true);
    check("aws_instance", json!({"tags": {"Name": "web"}}), json!({"tags": {"Name": "web"}}), true);
    let metadata = |namespace: &str| json!({"metadata": [{"name": "db", "namespace": namespace}]});
    check("kubernetes_stateful_set", metadata("shop"), metadata("shop"), true);
    check("kubernetes_stateful_set", metadata("shop"), metadata("other"), false);
}

#[test]
fn other_names_other_places_and_other_types_are_two_things() {
    check("aws_db_instance", json!({"identifier": "orders"}), json!({"identifier": "bills"}), false);
    check("google_compute_instance", json!({"name": "vm", "project": "p"}), json!({"name": "vm", "project": "q"}), false);
    check("aws_lb", json!({}), json!({}), false);
    let verbs = pair(("aws_db_instance", "aws_rds_cluster"), json!({"name": "x"}), json!({"name": "x"}));
    assert_eq!(verbs.len(), 2, "{verbs:?}");
}

#[test]
fn the_replacement_says_what_is_lost_and_where_it_is_made_anew() {
    let old = json!({"identifier": "orders", "arn": arn("rds", "db:orders")});
    let sample = Sample::new()
        .change("aws_db_instance.old", "delete", old, Value::Null)
        .change("module.b.aws_db_instance.new", "create", Value::Null, json!({"identifier": "orders"}));
    let effect = sample.reading(&facts()).sightings()[0].effect.clone();
    assert_eq!((effect.verb, effect.reversibility, effect.data_bearing), (Verb::Replace, Reversibility::Irreversible, true));
    assert!(effect.notes.contains(&"made anew as `module.b.aws_db_instance.new`".to_owned()), "{:?}", effect.notes);
}

#[test]
fn each_create_makes_up_for_one_delete() {
    let named = || json!({"identifier": "orders"});
    let sample = Sample::new()
        .change("aws_db_instance.a", "delete", named(), Value::Null)
        .change("aws_db_instance.b", "delete", named(), Value::Null)
        .change("aws_db_instance.c", "create", Value::Null, named());
    let verbs: Vec<Verb> = seen(&sample).into_iter().map(|(verb, _)| verb).collect();
    assert_eq!(verbs, [Verb::Delete, Verb::Replace]);
}

#[test]
fn a_right_that_is_made_anew_is_still_given() {
    let verbs = pair(("aws_iam_role", "aws_iam_role"), json!({"name": "r"}), json!({"name": "r"}));
    assert_eq!(verbs, [(Verb::Replace, "aws_iam_role.old".to_owned()), (Verb::Grant, "aws_iam_role.new".to_owned())]);
}
