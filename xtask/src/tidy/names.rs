//! Names that say nothing, and so let anything in.

use super::Finding;
use crate::tree::Tree;

/// Words that a type's name does not hold.
const WORDS: [&str; 11] =
    ["Manager", "Handler", "Service", "Helper", "Helpers", "Util", "Utils", "Context", "Ctx", "Info", "Data"];

/// Names that a file does not have.
const FILES: [&str; 12] = [
    "mod.rs", "imp.rs", "util.rs", "utils.rs", "helper.rs", "helpers.rs", "common.rs", "core.rs", "types.rs", "misc.rs",
    "manager.rs", "service.rs",
];

/// How a function's name does not begin.
const BEGINNINGS: [&str; 2] = ["do_", "handle_"];

/// Looks at every Rust file, tests too.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, rust) in tree.rust() {
        let name = file.path.rsplit('/').next().unwrap_or_default();
        if FILES.contains(&name) {
            let what = format!("a file named `{name}`");
            findings.push(Finding::new("names", &file.path, 1, what, "name it after the noun it holds"));
        }
        for (name, line) in rust.names_after(&["struct", "enum", "trait", "union", "type"]) {
            if let Some(word) = words(&name).into_iter().find(|word| WORDS.contains(&word.as_str())) {
                let what = format!("`{name}` holds the word `{word}`");
                findings.push(Finding::new("names", &file.path, line, what, "say what it is, in a word of the glossary"));
            }
        }
        for (name, line) in rust.names_after(&["fn"]) {
            if let Some(beginning) = BEGINNINGS.into_iter().find(|beginning| name.starts_with(beginning)) {
                let what = format!("`{name}` begins with `{beginning}`");
                findings.push(Finding::new("names", &file.path, line, what, "begin with the verb itself"));
            }
        }
    }
    findings
}

/// `HttpContextId` is Http, Context, Id.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for c in name.chars() {
        match words.last_mut() {
            Some(word) if !c.is_uppercase() => word.push(c),
            _ => words.push(c.to_string()),
        }
    }
    words
}

#[cfg(test)]
mod tests;
