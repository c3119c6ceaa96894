//! Findings as SARIF 2.1.0, the format in which code hosts take the results of checks (OASIS, 2020).
//!
//! One run; every rule with its help; every result with the place, counted in characters. A result has a fingerprint that
//! does not change when lines above it do. Nothing here knows where the files are: the caller names their folder.
//!
//! [`log`], [`descriptor`], [`region`], [`uri`] and [`fingerprint`] write such a log of anything else that has places in texts.

use serde_json::{Value, json};

use crate::check::{self, RULES};
use crate::finding::{Finding, Severity};
use crate::folder::Spec;
use crate::places::{Place, Places};

/// One specification that was checked.
pub struct Checked<'s> {
    /// Its folder, relative to the project, with `/`: `.kiro/specs/cart`.
    pub folder: &'s str,
    /// What was read.
    pub spec: &'s Spec,
    /// What was found.
    pub findings: &'s [Finding],
}

/// Where the rules are explained.
const HELP: &str = "docs/spec-rules.md";

/// The whole log.
pub fn sarif(version: &str, checked: &[Checked<'_>]) -> Value {
    let rules = RULES.iter().map(|rule| {
        let help = format!("{}. {HELP} has the rule with what to do.", rule.why);
        descriptor(rule.id, rule.what, rule.why, &help, level(rule.severity))
    });
    log(version, rules.collect(), checked.iter().flat_map(results).collect())
}

/// A log of one run: what the rules are, and what was found by them.
pub fn log(version: &str, rules: Vec<Value>, results: Vec<Value>) -> Value {
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "countersign", "version": version, "rules": rules}},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

/// A rule: its id, what it finds, why that matters, what to do, and its level (`error`, `warning`, `note`).
pub fn descriptor(id: &str, what: &str, why: &str, help: &str, level: &str) -> Value {
    json!({
        "id": id,
        "shortDescription": {"text": what},
        "fullDescription": {"text": format!("{what}: {why}.")},
        "help": {"text": help},
        "defaultConfiguration": {"level": level},
    })
}

fn results(checked: &Checked<'_>) -> Vec<Value> {
    let mut results = Vec::new();
    for file in &checked.spec.files {
        let mut places = Places::of(&file.text);
        let of_file = checked.findings.iter().filter(|finding| finding.file == file.name);
        results.extend(of_file.map(|finding| result(checked.folder, finding, &file.text, Some(&mut places))));
    }
    let lost = checked.findings.iter().filter(|finding| checked.spec.file(&finding.file).is_none());
    results.extend(lost.map(|finding| result(checked.folder, finding, "", None)));
    results
}

fn result(folder: &str, finding: &Finding, text: &str, places: Option<&mut Places<'_>>) -> Value {
    let message = match &finding.hint {
        Some(hint) => format!("{} ({hint})", finding.text),
        None => finding.text.clone(),
    };
    let mut location = json!({"artifactLocation": {"uri": uri(folder, &finding.file)}});
    if let Some(places) = places {
        location["region"] = region(places.span(&finding.span));
    }
    let mut result = json!({
        "ruleId": finding.rule,
        "level": level(finding.severity),
        "message": {"text": message},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {"countersign/v1": fingerprint(&[finding.rule, &finding.file, &finding.text, &begins(finding, text)])},
    });
    if let Some(index) = RULES.iter().position(|rule| check::rule_of(finding.rule).is_some_and(|own| own.id == rule.id)) {
        result["ruleIndex"] = index.into();
    }
    result
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

fn begins(finding: &Finding, text: &str) -> String {
    text.get(finding.span.clone()).unwrap_or_default().chars().take(200).collect()
}

/// From a first place up to an end.
pub fn region((start, end): (Place, Place)) -> Value {
    json!({"startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column})
}

/// Of rule, file, message and the words there: what stays when lines are added above. FNV-1a, since it need not be secret.
pub fn fingerprint(parts: &[&str]) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in parts.iter().flat_map(|part| part.bytes().chain([0])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{hash:016x}")
}

/// A relative URI of a file in a folder: bytes that a path may have and a URI may not are escaped.
pub fn uri(folder: &str, file: &str) -> String {
    let path = if folder.is_empty() { file.to_owned() } else { format!("{folder}/{file}") };
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests;
