//! Holds the published schema and what is printed together, both ways: a field that the schema does not have, and one that only
//! the schema has, are found. Knows as much of JSON Schema as that file uses.

use std::collections::BTreeSet;

use action::{Certainty, Effect, EnvironmentName, Reversibility, Tier, Verb};
use serde_json::{Value, json};

use crate::commands::read::{Seen, object, samples};

const SCHEMA: &str = include_str!("../../../../../../docs/reference/read.schema.json");

/// Everything that is wrong with a value, and every property of the schema that was seen.
#[derive(Default)]
struct Check {
    faults: Vec<String>,
    seen: BTreeSet<String>,
}

impl Check {
    fn of(value: &Value) -> Self {
        let root: Value = serde_json::from_str(SCHEMA).unwrap();
        let mut check = Self::default();
        check.value(&root, &root, "#", value, "");
        check
    }

    fn value(&mut self, root: &Value, schema: &Value, name: &str, value: &Value, at: &str) {
        for (word, rule) in schema.as_object().unwrap() {
            let holds = match word.as_str() {
                "$ref" => {
                    let target = rule.as_str().unwrap();
                    self.value(root, root.pointer(&target[1..]).unwrap(), target, value, at);
                    true
                }
                "type" => rule.as_array().map_or_else(|| is(value, rule), |any| any.iter().any(|one| is(value, one))),
                "const" => value == rule,
                "enum" => rule.as_array().unwrap().contains(value),
                "minimum" => value.as_u64() >= rule.as_u64(),
                "minItems" => value.as_array().unwrap().len() as u64 >= rule.as_u64().unwrap(),
                "maxItems" => value.as_array().unwrap().len() as u64 <= rule.as_u64().unwrap(),
                "required" => rule.as_array().unwrap().iter().all(|key| value.get(key.as_str().unwrap()).is_some()),
                "anyOf" => self.any(root, rule, name, value, at),
                "items" => {
                    value.as_array().into_iter().flatten().for_each(|item| self.value(root, rule, &format!("{name}/items"), item, &format!("{at}/-")));
                    true
                }
                "properties" => {
                    self.properties(root, rule, name, value, at);
                    true
                }
                "additionalProperties" => value.as_object().is_none_or(|object| object.keys().all(|key| schema["properties"].get(key).is_some())),
                "$schema" | "$defs" | "title" | "description" => true,
                other => panic!("the check does not know `{other}`"),
            };
            if !holds {
                self.faults.push(format!("{at}: {word} {rule}: {value}"));
            }
        }
    }

    fn any(&mut self, root: &Value, rules: &Value, name: &str, value: &Value, at: &str) -> bool {
        rules.as_array().unwrap().iter().any(|rule| {
            let mut one = Self::default();
            one.value(root, rule, name, value, at);
            self.seen.extend(if one.faults.is_empty() { one.seen } else { BTreeSet::new() });
            one.faults.is_empty()
        })
    }

    fn properties(&mut self, root: &Value, rules: &Value, name: &str, value: &Value, at: &str) {
        for (key, rule) in rules.as_object().unwrap() {
            if let Some(inner) = value.get(key) {
                self.seen.insert(format!("{name}/properties/{key}"));
                self.value(root, rule, &format!("{name}/properties/{key}"), inner, &format!("{at}/{key}"));
            }
        }
    }
}

fn is(value: &Value, kind: &Value) -> bool {
    match kind.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("the check does not know the type `{other}`"),
    }
}

/// Every property that the schema names, where it names it.
fn named(schema: &Value, name: &str, all: &mut BTreeSet<String>) {
    for (key, rule) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        all.insert(format!("{name}/properties/{key}"));
        named(rule, &format!("{name}/properties/{key}"), all);
    }
    if let Some(items) = schema.get("items") {
        named(items, &format!("{name}/items"), all);
    }
    for (key, rule) in schema.get("$defs").and_then(Value::as_object).into_iter().flatten() {
        named(rule, &format!("#/$defs/{key}"), all);
    }
}

/// Every word of the vocabulary once.
fn all_words() -> Vec<Effect> {
    let verbs = [Verb::Read, Verb::Create, Verb::Update, Verb::Execute, Verb::Spend, Verb::DisableProtection, Verb::Grant, Verb::Expose, Verb::Replace, Verb::Delete, Verb::Opaque];
    let tiers = [Tier::Workspace, Tier::Host, Tier::Development, Tier::Staging, Tier::Production, Tier::Unknown];
    let reversibilities = [Reversibility::Reversible, Reversibility::Recoverable, Reversibility::Irreversible];
    let certainties = [Certainty::Exact, Certainty::AtLeast, Certainty::Opaque];
    let mut effects: Vec<Effect> = verbs.iter().map(|verb| samples::effect(*verb, "x").noted("why")).collect();
    effects.extend(tiers.iter().map(|tier| samples::effect(Verb::Delete, "x").at(EnvironmentName::new("e"), *tier).counted(1, "rows").noted("why")));
    effects.extend(reversibilities.iter().map(|reversibility| samples::effect(Verb::Delete, "x").that_is(*reversibility)));
    effects.extend(certainties.iter().map(|certainty| samples::effect(Verb::Delete, "x").with_certainty(*certainty)));
    effects.push(Effect { whole_environment: true, notes: vec!["why".into()], ..samples::grave("rows") });
    effects
}

fn full() -> Value {
    let seen = samples::seen(samples::file("x.sh", "rm x"), all_words().into_iter().map(|effect| (effect, 0, 4)).collect());
    let needs = vec![("app".to_owned(), "rows".to_owned())];
    let seen = Seen { reading: seen.reading.with_needs(needs), ..seen };
    object::of(&samples::report(vec![seen, samples::seen(samples::typed("true"), Vec::new()), samples::seen(samples::no_text("y", 7), Vec::new())]))
}

#[test]
fn what_is_printed_is_what_the_schema_says() {
    for (what, value) in [("everything", full()), ("nothing", object::of(&samples::report(vec![samples::seen(samples::typed("true"), Vec::new())])))] {
        let check = Check::of(&value);
        assert!(check.faults.is_empty(), "{what}: {:#?}", check.faults);
    }
}

#[test]
fn what_the_schema_says_is_printed() {
    let root: Value = serde_json::from_str(SCHEMA).unwrap();
    let mut all = BTreeSet::new();
    named(&root, "#", &mut all);
    let seen = Check::of(&full()).seen;
    assert!(all.len() > 40);
    assert_eq!(all.difference(&seen).collect::<Vec<_>>(), Vec::<&String>::new());
}

#[test]
fn the_check_finds_a_field_too_many_one_too_few_and_a_word_that_is_none() {
    for (pointer, key, value) in [("/inputs/0", "more", json!(1)), ("/radius/lost/0", "n", json!(-1)), ("/inputs/0/effects/0", "verb", json!("destroy"))] {
        let mut object = full();
        object.pointer_mut(pointer).unwrap()[key] = value;
        assert!(!Check::of(&object).faults.is_empty(), "{pointer}/{key}");
    }
    let mut object = full();
    object["radius"].as_object_mut().unwrap().remove("bereft");
    assert!(!Check::of(&object).faults.is_empty());
}
