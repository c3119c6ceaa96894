//! Work that was left over: marks in comments, tests that are skipped, tests that wait for time to pass.

use super::Finding;
use crate::tree::Tree;

const MARKS: [&str; 3] = ["TODO", "FIXME", "XXX"];

/// Looks at every Rust file; for sleeps, at tests.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, rust) in tree.rust() {
        for (line, comment) in rust.comment_lines() {
            let words = comment.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '!');
            if let Some(mark) = words.into_iter().find(|word| MARKS.contains(word)) {
                let what = format!("`{mark}` in a comment");
                findings.push(Finding::new("unfinished", &file.path, line, what, "do it, or make it an issue"));
            }
        }
        for name in ["todo", "unimplemented"] {
            for line in rust.lines_with(&[name, "!"]) {
                findings.push(Finding::new("unfinished", &file.path, line, format!("`{name}!`"), "real, or not at all"));
            }
        }
        for line in rust.lines_with(&["#", "[", "ignore"]) {
            findings.push(Finding::new("ignored-test", &file.path, line, "a test that does not run", "mend it, or remove it"));
        }
        if tree.is_test(file) || file.path.starts_with("crates/testkit/") {
            let sleeps = rust.groups_after(&["thread", ":", ":"]).into_iter().filter(|(_, words)| words.contains(&"sleep"));
            let lines = rust.lines_with(&["thread", ":", ":", "sleep"]).into_iter().chain(sleeps.map(|(line, _)| line));
            findings.extend(lines.map(|line| {
                Finding::new("sleep", &file.path, line, "a test that waits for time to pass", "wait for the event itself, with a limit")
            }));
        }
    }
    findings
}

#[cfg(test)]
mod tests;
