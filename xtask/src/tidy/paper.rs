//! What stands in text files: nothing of one machine, a changelog with a place for the next change, a reason for each
//! dependency.

use super::Finding;
use crate::tree::Tree;

/// Folders of a machine that built this once. Written in two parts, or this file would be the first finding.
const MACHINE: [&str; 2] = [concat!("/wo", "rk/"), concat!("/ro", "ot/")];

/// One comment may speak for this many dependencies that others wrote.
const A_REASON_SPEAKS_FOR: usize = 3;

/// All three.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = machine_paths(tree);
    findings.extend(changelog(tree));
    findings.extend(reasons(tree));
    findings
}

fn machine_paths(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files() {
        for (i, line) in file.text.lines().enumerate() {
            if let Some(path) = MACHINE.into_iter().find(|path| is_absolute_in(line, path)) {
                let what = format!("`{path}` is a folder of one machine");
                findings.push(Finding::new("machine-path", &file.path, i + 1, what, "use a relative path, or one that the user gives"));
            }
        }
    }
    findings
}

/// Whether the line names that folder from the root of the file system, and not as a part of a longer path.
fn is_absolute_in(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        before.is_none_or(|c| !c.is_alphanumeric() && !"_-.}>)]*$~".contains(c))
    })
}

fn changelog(tree: &Tree) -> Option<Finding> {
    const PATH: &str = "CHANGELOG.md";
    let hint = "begin it with `## Unreleased`";
    let Some(file) = tree.file(PATH) else {
        return Some(Finding::new("changelog", PATH, 1, "there is none", hint));
    };
    let has_place = file.text.lines().any(|line| line.starts_with("## ") && line.contains("Unreleased"));
    (!has_place).then(|| Finding::new("changelog", PATH, 1, "no place for the next change", hint))
}

fn reasons(tree: &Tree) -> Vec<Finding> {
    let Some(root) = tree.file("Cargo.toml") else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    let mut inside = false;
    let mut speaks_for = 0;
    for (i, line) in root.text.lines().enumerate() {
        let line = line.trim();
        match line {
            _ if line.starts_with('[') => (inside, speaks_for) = (line == "[workspace.dependencies]", 0),
            "" => speaks_for = 0,
            _ if line.starts_with('#') => speaks_for = A_REASON_SPEAKS_FOR,
            _ if !inside || !line.contains('=') => {}
            _ if line.contains("path =") && speaks_for > 0 => {} // ours are explained in ARCHITECTURE.md
            _ if speaks_for > 0 => speaks_for -= 1,
            _ => {
                let name = line.split(['=', ' ', '.']).next().unwrap_or_default();
                let hint = "say in the line above why it is here";
                findings.push(Finding::new("dependency-reason", "Cargo.toml", i + 1, format!("`{name}` has no reason"), hint));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests;
