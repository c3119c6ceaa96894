//! Files that are there and are not compiled: a test in one of them can never fail.

use super::Finding;
use crate::tree::{File, Tree};

/// Every Rust file of a crate is declared by another, and each crate has at most one integration test binary.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, _) in tree.rust().filter(|(file, _)| is_source(file)) {
        if file.is_root() {
            findings.extend(second_binary(tree, file));
        } else if !tree.parent(file).and_then(|parent| parent.rust.as_ref()).is_some_and(|parent| parent.declares(file.module())) {
            let parent = tree.parent(file).map_or("no file", |parent| parent.path.as_str());
            let what = format!("nothing compiles it: `mod {};` is not in {parent}", file.module());
            findings.push(Finding::new("forgotten", &file.path, 1, what, "declare it, or remove the file"));
        }
    }
    findings
}

/// Of a crate, and compiled by Cargo; fixtures and templates elsewhere are not.
fn is_source(file: &File) -> bool {
    let folder = match file.path.split('/').collect::<Vec<_>>().as_slice() {
        ["crates", _, folder, ..] | ["xtask", folder, ..] => folder.to_string(),
        _ => String::new(),
    };
    match folder.as_str() {
        "src" => true,
        "tests" => file.path.contains("/tests/it/") || file.is_root(),
        _ => false,
    }
}

fn second_binary(tree: &Tree, file: &File) -> Option<Finding> {
    let is_test = file.path.contains("/tests/");
    (is_test && !file.path.ends_with("/tests/it/main.rs") && !is_declared(tree, file)).then(|| {
        let hint = "make it a module of tests/it/main.rs: one binary links once";
        Finding::new("forgotten", &file.path, 1, "a second test binary", hint)
    })
}

/// Whether the manifest says what else it is: a program that tests start (`[[bin]]`), or tests that need more than the rest
/// (`[[test]]` with `required-features`, or with `harness = false`).
fn is_declared(tree: &Tree, file: &File) -> bool {
    let folder = file.path.split("/tests/").next().unwrap_or_default();
    let Some(manifest) = tree.file(&format!("{folder}/Cargo.toml")).and_then(|file| file.text.parse::<toml::Table>().ok()) else {
        return false;
    };
    let targets = |kind: &str| manifest.get(kind).and_then(toml::Value::as_array).cloned().unwrap_or_default();
    let is_this = |target: &toml::Value| {
        let path = target.get("path").and_then(toml::Value::as_str);
        path.is_some_and(|path| format!("{folder}/{path}") == file.path)
    };
    let is_special = |target: &toml::Value| {
        target.get("required-features").is_some() || target.get("harness").and_then(toml::Value::as_bool) == Some(false)
    };
    targets("bin").iter().any(is_this) || targets("test").iter().any(|target| is_this(target) && is_special(target))
}

#[cfg(test)]
mod tests;
