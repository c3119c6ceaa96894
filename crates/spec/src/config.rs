//! Reads the small JSON file beside a specification: Kiro's `.config.kiro` or cc-sdd's `spec.json`.
//!
//! It says what kind of specification this is and how far it is approved. Nothing in it is trusted to be unique or true: the
//! id is often made up. What is odd becomes a finding, and the rest is read.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::finding::{Finding, Severity};

#[cfg(test)]
mod tests;

/// What the file says. Each part may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Config {
    /// A feature or a bug fix.
    pub kind: Option<Kind>,
    /// `requirements-first`, `design-first`, `fast-task`.
    pub workflow: Option<String>,
    /// An id that somebody gave it; not unique.
    pub spec_id: Option<String>,
    /// cc-sdd: the name of the feature.
    pub feature: Option<String>,
    /// cc-sdd: the language that the documents are in: `ja`.
    pub language: Option<String>,
    /// cc-sdd: how far the specification has got.
    pub phase: Option<String>,
    /// cc-sdd: what was made and approved.
    pub approvals: Vec<Approval>,
    /// cc-sdd: whether work may begin.
    pub ready: Option<bool>,
}

/// What a specification is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Something new.
    #[default]
    Feature,
    /// Something that is broken.
    Bugfix,
}

/// How far one document has got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Approval {
    /// `requirements`, `design`, `tasks`.
    pub document: String,
    /// It was written.
    pub generated: bool,
    /// Somebody approved it.
    pub approved: bool,
}

const KNOWN: [&str; 11] = [
    "specId", "workflowType", "specType", "feature_name", "created_at", "updated_at", "language", "phase", "approvals", "ready_for_implementation",
    "name",
];
const WORKFLOWS: [&str; 3] = ["requirements-first", "design-first", "fast-task"];

impl Config {
    /// Reads the file; what is odd about it is said beside what could be read.
    pub fn read(file: &str, text: &str) -> (Self, Vec<Finding>) {
        let json = text.trim_start_matches('\u{feff}');
        let mut odd = Odd { file, end: text.len(), findings: Vec::new() };
        let map = match serde_json::from_str::<Value>(json) {
            Ok(Value::Object(map)) => map,
            Ok(_) => {
                odd.say(Severity::Warning, "it is JSON but no object, so nothing in it is used".to_owned());
                Map::new()
            }
            Err(error) => {
                odd.say(Severity::Warning, format!("it cannot be read as JSON: {error}"));
                Map::new()
            }
        };
        let config = Self::of(&map, &mut odd);
        (config, odd.findings)
    }

    fn of(map: &Map<String, Value>, odd: &mut Odd<'_>) -> Self {
        for key in map.keys().filter(|key| !KNOWN.contains(&key.as_str())) {
            odd.say(Severity::Note, format!("nobody knows what `{key}` means here"));
        }
        let workflow = odd.text(map, "workflowType");
        if let Some(other) = workflow.as_deref().filter(|name| !WORKFLOWS.contains(name)) {
            odd.say(Severity::Note, format!("`{other}` is no known workflow"));
        }
        Self {
            kind: kind(map, odd),
            workflow,
            spec_id: odd.text(map, "specId"),
            feature: odd.text(map, "feature_name"),
            language: odd.text(map, "language"),
            phase: odd.text(map, "phase"),
            approvals: approvals(map, odd),
            ready: map.get("ready_for_implementation").and_then(Value::as_bool),
        }
    }
}

fn kind(map: &Map<String, Value>, odd: &mut Odd<'_>) -> Option<Kind> {
    match odd.text(map, "specType")?.as_str() {
        "feature" => Some(Kind::Feature),
        "bugfix" => Some(Kind::Bugfix),
        other => {
            odd.say(Severity::Warning, format!("`{other}` is no kind of specification; it is `feature` or `bugfix`"));
            None
        }
    }
}

fn approvals(map: &Map<String, Value>, odd: &mut Odd<'_>) -> Vec<Approval> {
    let documents = match map.get("approvals") {
        None => return Vec::new(),
        Some(Value::Object(documents)) => documents,
        Some(_) => {
            odd.say(Severity::Warning, "`approvals` is no object, so nothing counts as approved".to_owned());
            return Vec::new();
        }
    };
    let is = |said: &Value, key: &str| said.get(key).and_then(Value::as_bool).unwrap_or(false);
    let one = |(document, said): (&String, &Value)| Approval { document: document.clone(), generated: is(said, "generated"), approved: is(said, "approved") };
    documents.iter().map(one).collect()
}

/// Collects what is odd.
struct Odd<'t> {
    file: &'t str,
    end: usize,
    findings: Vec<Finding>,
}

impl Odd<'_> {
    fn say(&mut self, severity: Severity, text: String) {
        let file = self.file.to_owned();
        self.findings.push(Finding { rule: "odd-config", severity, file, span: 0..self.end, text, hint: None, mend: Vec::new() });
    }

    fn text(&mut self, map: &Map<String, Value>, key: &str) -> Option<String> {
        match map.get(key)? {
            Value::String(text) => Some(text.clone()),
            _ => {
                self.say(Severity::Warning, format!("`{key}` is no text, so it is not used"));
                None
            }
        }
    }
}
