//! Files and functions that a person can hold in their head.

use super::Finding;
use crate::rust::Rust;
use crate::tree::Tree;

const FILE: usize = 700;
const FUNCTION: usize = 80;

/// What is longer than it may be, in what ships.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, rust) in tree.production() {
        let lines = production_lines(&file.text, rust);
        if lines > FILE {
            let what = format!("{lines} lines, {FILE} at most");
            findings.push(Finding::new("sizes", &file.path, 1, what, "cut it where two words of the glossary meet"));
        }
        for function in rust.functions().into_iter().filter(|function| function.lines > FUNCTION) {
            let what = format!("`{}` has {} lines, {FUNCTION} at most", function.name, function.lines);
            findings.push(Finding::new("sizes", &file.path, function.line, what, "give its steps names"));
        }
    }
    findings
}

/// Lines of the file without modules for tests.
pub(crate) fn production_lines(text: &str, rust: &Rust) -> usize {
    let tests: usize = rust.test_lines().into_iter().map(|region| region.len()).sum();
    text.lines().count().saturating_sub(tests)
}

#[cfg(test)]
mod tests;
