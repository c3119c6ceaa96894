//! The exceptions in `xtask/tidy.toml`.

use anyhow::{Context, Result};

use super::{Finding, Report};
use crate::tree::{File, Tree};

const PATH: &str = "xtask/tidy.toml";

/// Rules that know exceptions. The others have none: move the code, not the rule.
const ALLOWABLE: [&str; 5] = ["unfinished", "ignored-test", "sleep", "machine-path", "names"];

type Checks = Vec<(&'static str, &'static str, Vec<Finding>)>;

/// Takes the excused findings out, and adds one for each exception that is not sound.
pub(crate) fn excuse(tree: &Tree, checks: Checks) -> Result<Report> {
    let Some(file) = tree.file(PATH) else {
        return Ok(Report { checks });
    };
    let exceptions = read(file)?;
    let excuses = |finding: &Finding| exceptions.iter().any(|e| e.rule == finding.rule && e.path == finding.path && e.is_sound());
    let mut unsound: Vec<Finding> = Vec::new();
    for exception in &exceptions {
        let used = checks.iter().flat_map(|(_, _, findings)| findings).any(|f| f.rule == exception.rule && f.path == exception.path);
        unsound.extend(exception.fault(used).map(|(what, hint)| Finding::new("allow", PATH, exception.line, what, hint)));
    }
    let kept = |findings: Vec<Finding>| findings.into_iter().filter(|finding| !excuses(finding)).collect();
    let mut checks: Checks = checks.into_iter().map(|(name, what, findings)| (name, what, kept(findings))).collect();
    checks.push(("exceptions", "each names its rule, its path and its reason, and is needed", unsound));
    Ok(Report { checks })
}

/// One `[[allow]]`.
struct Exception {
    rule: String,
    path: String,
    reason: String,
    line: usize,
}

impl Exception {
    fn is_sound(&self) -> bool {
        ALLOWABLE.contains(&self.rule.as_str()) && self.reason.split_whitespace().count() >= 3
    }

    fn fault(&self, used: bool) -> Option<(String, &'static str)> {
        if !ALLOWABLE.contains(&self.rule.as_str()) {
            return Some((format!("`{}` knows no exceptions", self.rule), "mend what it found"));
        }
        if !self.is_sound() {
            return Some((format!("the exception for `{}` has no reason", self.path), "say in a sentence why it must be so"));
        }
        (!used).then(|| (format!("nothing in `{}` needs an exception from `{}`", self.path, self.rule), "remove it"))
    }
}

fn read(file: &File) -> Result<Vec<Exception>> {
    let table: toml::Table = file.text.parse().with_context(|| format!("{PATH} is no TOML"))?;
    let lines = file.text.lines().enumerate().filter(|(_, line)| line.trim() == "[[allow]]").map(|(i, _)| i + 1);
    let entries = table.get("allow").and_then(toml::Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let text = |entry: &toml::Value, key: &str| entry.get(key).and_then(toml::Value::as_str).unwrap_or_default().to_owned();
    let exception = |(entry, line): (&toml::Value, usize)| Exception {
        rule: text(entry, "rule"),
        path: text(entry, "path"),
        reason: text(entry, "reason"),
        line,
    };
    Ok(entries.iter().zip(lines.chain(std::iter::repeat(1))).map(exception).collect())
}

#[cfg(test)]
mod tests;
