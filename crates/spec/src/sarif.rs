//! Findings as SARIF 2.1.0, the format in which code hosts take the results of checks (OASIS, 2020).
//!
//! One run; every rule with its help; every result with the place, counted in characters. A result has a fingerprint that
//! does not change when lines above it do. Nothing here knows where the files are: the caller names their folder.

use serde_json::{Value, json};

use crate::check::{self, RULES, Rule};
use crate::finding::{Finding, Severity};
use crate::folder::Spec;
use crate::places::Places;

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
    let rules: Vec<Value> = RULES.iter().map(descriptor).collect();
    let results: Vec<Value> = checked.iter().flat_map(results).collect();
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

fn descriptor(rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "shortDescription": {"text": rule.what},
        "fullDescription": {"text": format!("{}: {}.", rule.what, rule.why)},
        "help": {"text": format!("{}. {HELP} has the rule with what to do.", rule.why)},
        "defaultConfiguration": {"level": level(rule.severity)},
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
        let (start, end) = places.span(&finding.span);
        location["region"] = json!({"startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column});
    }
    let mut result = json!({
        "ruleId": finding.rule,
        "level": level(finding.severity),
        "message": {"text": message},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {"countersign/v1": fingerprint(finding, text)},
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

/// Rule, file, message and the words there: what stays when lines are added above. FNV-1a, since it need not be secret.
fn fingerprint(finding: &Finding, text: &str) -> String {
    let says = text.get(finding.span.clone()).unwrap_or_default();
    let begins: String = says.chars().take(200).collect();
    let parts = [finding.rule, &finding.file, &finding.text, &begins];
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in parts.iter().flat_map(|part| part.bytes().chain([0])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{hash:016x}")
}

/// A relative URI: bytes that a path may have and a URI may not are escaped.
fn uri(folder: &str, file: &str) -> String {
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
