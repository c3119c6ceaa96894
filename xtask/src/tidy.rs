//! What a machine can see of our rules: each check reads the tree and names what is wrong, where, and what to do.
//!
//! Exceptions stand in `xtask/tidy.toml`, each with its reason, and only for the rules listed there as allowable; one that
//! excuses nothing is itself a finding.

mod allow;
mod edges;
mod forgotten;
mod locks;
mod names;
mod paper;
mod sizes;
mod unfinished;

pub(crate) use edges::Edges;
pub(crate) use sizes::production_lines;

use std::fmt;

use anyhow::Result;

use crate::tree::Tree;

/// One broken rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    path: String,
    line: usize,
    rule: &'static str,
    what: String,
    hint: &'static str,
}

/// All findings, check by check.
pub(crate) struct Report {
    checks: Vec<(&'static str, &'static str, Vec<Finding>)>,
}

/// Runs every check.
pub(crate) fn check(tree: &Tree) -> Result<Report> {
    let checks = [
        ("edges", "arrows between crates only go down, versions stand once", edges::check(tree)?),
        ("sizes", "files of at most 700 lines, functions of at most 80", sizes::check(tree)),
        ("names", "no type or file is named for nothing", names::check(tree)),
        ("locks", "unsafe and processes only where they may be", locks::check(tree)),
        ("forgotten", "every file is a module of its crate, one test binary a crate", forgotten::check(tree)),
        ("unfinished", "no marks of work left over, no skipped test, no sleep", unfinished::check(tree)),
        ("paper", "no paths of one machine, a changelog, a reason for each dependency", paper::check(tree)),
    ];
    allow::excuse(tree, checks.to_vec())
}

impl Report {
    /// Whether there is nothing to say.
    pub(crate) fn is_clean(&self) -> bool {
        self.checks.iter().all(|(_, _, findings)| findings.is_empty())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, what, findings) in &self.checks {
            let state = if findings.is_empty() { "ok".to_owned() } else { findings.len().to_string() };
            writeln!(f, "{name:<12}{state:>4}  {what}")?;
        }
        for finding in self.checks.iter().flat_map(|(_, _, findings)| findings) {
            writeln!(f, "{finding}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}: {}", self.path, self.line, self.what, self.hint)
    }
}

impl Finding {
    fn new(rule: &'static str, path: &str, line: usize, what: impl Into<String>, hint: &'static str) -> Self {
        Self { path: path.to_owned(), line, rule, what: what.into(), hint }
    }
}

#[cfg(test)]
mod tests;
