//! Plans for tests, in the shape that was recorded from the tool (tests/recorded.json).

use serde_json::{Map, Value, json};

use crate::facts::Facts;
use crate::sighting::Reading;

/// A plan under construction.
#[derive(Clone, Default)]
pub(super) struct Sample {
    changes: Vec<Value>,
    existing: Vec<Value>,
    sections: Map<String, Value>,
}

impl Sample {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// A change of `TYPE.NAME`, with its actions as words: `delete create`.
    pub(super) fn change(self, address: &str, actions: &str, before: Value, after: Value) -> Self {
        let actions: Vec<&str> = actions.split(' ').collect();
        self.row(address, json!({"change": {"actions": actions, "before": before, "after": after, "after_unknown": {}}}))
    }

    /// A change with whatever the row is to have. What it has not is made up.
    pub(super) fn row(mut self, address: &str, mut row: Value) -> Self {
        let mut parts = address.split('.').filter(|part| *part != "data").rev();
        let (name, kind) = (parts.next().unwrap(), parts.next().unwrap());
        let mode = if address.starts_with("data.") { "data" } else { "managed" };
        for (key, value) in [("address", address), ("mode", mode), ("type", kind), ("name", name), ("provider_name", "made/up")] {
            row.as_object_mut().unwrap().entry(key).or_insert(json!(value));
        }
        if !row["change"]["before"].is_null() && row.get("deposed").is_none() {
            let existing = json!({"address": address, "mode": mode, "type": kind, "name": name, "values": row["change"]["before"]});
            self.existing.push(existing);
        }
        self.changes.push(row);
        self
    }

    /// Something that exists and is not in the plan.
    pub(super) fn exists(mut self, address: &str, values: Value) -> Self {
        let kind = address.split('.').rev().nth(1).unwrap();
        self.existing.push(json!({"address": address, "mode": "managed", "type": kind, "values": values}));
        self
    }

    /// Another section.
    pub(super) fn with(mut self, section: &str, value: Value) -> Self {
        self.sections.insert(section.into(), value);
        self
    }

    pub(super) fn text(&self) -> String {
        let mut plan = json!({
            "format_version": "1.2",
            "planned_values": {"root_module": {}},
            "resource_changes": self.changes,
            "prior_state": {"format_version": "1.0", "values": {"root_module": {"resources": self.existing}}},
        });
        plan.as_object_mut().unwrap().extend(self.sections.clone());
        plan.to_string()
    }

    pub(super) fn reading(&self, facts: &Facts) -> Reading {
        super::read(&self.text(), facts)
    }

    /// What a person would read of it.
    pub(super) fn lines(&self, facts: &Facts) -> Vec<String> {
        self.reading(facts).effects().lines()
    }
}

/// Facts with one production account, `aws:111122223333/eu-west-1`, and a development one, `aws:444455556666`.
pub(super) fn facts() -> Facts {
    use action::{Environment, EnvironmentName, Generation, Tier};
    let environment = |name: &str, tier, identities: &[&str]| Environment {
        name: EnvironmentName::new(name),
        tier,
        paths: Vec::new(),
        hosts: Vec::new(),
        remotes: Vec::new(),
        recovery: vec![format!("/backups/{name}")],
        owners: Vec::new(),
        terms: Default::default(),
        identities: identities.iter().map(|identity| (*identity).to_owned()).collect(),
    };
    let mut production = environment("production/region-1", Tier::Production, &["aws:111122223333/eu-west-1", "gcp:shop-prod", "azure:0a0a-prod"]);
    production.hosts = vec!["db.prod.example.com".into()];
    let development = environment("dev", Tier::Development, &["aws:444455556666", "state:lineage-dev"]);
    Facts { environments: vec![(production, Generation(1)), (development, Generation(1))], ..Facts::default() }
}

/// The ARN of something in production.
pub(super) fn arn(service: &str, name: &str) -> String {
    format!("arn:aws:{service}:eu-west-1:111122223333:{name}")
}
