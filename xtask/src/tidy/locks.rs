//! What only one crate may do: `unsafe` and starting processes, both the sandbox's.

use super::Finding;
use crate::rust::Rust;
use crate::tree::{File, Tree};

/// The home of both.
const SANDBOX: &str = "crates/sandbox/";

/// Where else what ships may start a process, each with the reason.
const SPAWNS: [&str; 4] = [
    "crates/countersign/src/demo/", // stands for the world outside: a region's HTTP service, its clients
    "crates/countersign/src/demo.rs",
    "crates/testkit/", // ships in nothing
    "xtask/",          // ships in nothing
];

/// Looks for both.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, rust) in tree.rust() {
        findings.extend(unsafety(file, rust));
        let may_spawn = tree.is_test(file) || [SANDBOX].iter().chain(&SPAWNS).any(|place| file.path.starts_with(place));
        if !may_spawn {
            findings.extend(spawns(rust).into_iter().map(|line| {
                Finding::new("spawn", &file.path, line, "a process outside the sandbox", "ask crates/sandbox to run it inside bounds")
            }));
        }
    }
    findings
}

fn unsafety(file: &File, rust: &Rust) -> Vec<Finding> {
    let lines = rust.lines_with(&["unsafe"]);
    if !file.path.starts_with(SANDBOX) {
        let finding = |line| Finding::new("unsafe", &file.path, line, "unsafe outside the sandbox", "use a safe call, or move it to crates/sandbox");
        return lines.into_iter().map(finding).collect();
    }
    let unargued = lines.into_iter().filter(|line| !is_argued(rust, *line));
    unargued.map(|line| Finding::new("unsafe", &file.path, line, "unsafe without an argument", "write `// SAFETY:` above it")).collect()
}

/// Whether the comments above the statement of this line, or on it, say `SAFETY:` (`# Safety` for a declaration).
fn is_argued(rust: &Rust, line: usize) -> bool {
    let code = rust.code_lines();
    let comments: Vec<&str> = rust.comment_lines().map(|(_, comment)| comment).collect();
    let says = |i: usize| comments.get(i).is_some_and(|comment| comment.contains("SAFETY:") || comment.contains("# Safety"));
    let mut i = line.saturating_sub(1);
    if says(i) {
        return true;
    }
    while i > 0 {
        i -= 1;
        let above = code.get(i).copied().unwrap_or_default();
        if says(i) {
            return true;
        }
        let ended = above.ends_with([';', '{', '}', ',']) || (above.is_empty() && comments.get(i).is_none_or(|c| c.is_empty()));
        if ended {
            return false;
        }
    }
    false
}

/// Where `std::process::Command` (or another crate's) is named or imported.
fn spawns(rust: &Rust) -> Vec<usize> {
    let mut lines = rust.lines_with(&["process", ":", ":", "Command"]);
    lines.extend(rust.lines_with(&["process", ":", ":", "*"]));
    let groups = rust.groups_after(&["process", ":", ":"]);
    lines.extend(groups.into_iter().filter(|(_, words)| words.contains(&"Command")).map(|(line, _)| line));
    lines.sort_unstable();
    lines
}

#[cfg(test)]
mod tests;
