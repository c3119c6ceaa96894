//! Files that decide which tests run and what counts as passed. A task that changes one of them could make anything pass, so
//! it is not done by that evidence alone.

use std::path::Path;

use action::{Change, Content, Digest};

use crate::book::Book;

/// Files that are nothing but settings of test runners, by the beginning of their names.
const SETTINGS: [&str; 16] = [
    "jest.config", "vitest.config", "vite.config", "ava.config", "karma.conf", "playwright.config", ".mocharc", "pytest.ini", "tox.ini", "noxfile.py",
    "conftest.py", ".rspec", "phpunit.xml", "nextest.toml", "makefile", "justfile",
];
/// Sections of manifests that say how tests run.
const SECTIONS: [&str; 7] = ["[tool.pytest", "[tool.tox", "[tool:pytest", "[pytest", "[[test]]", "[lib]", "[testenv"];
/// A manifest larger than this counts as changed.
const LARGEST: u64 = 1 << 20;

/// Which of these changes say how tests run. `base` has what the tasks before have done.
pub(super) fn changed(book: &Book, root: &Path, base: &[Change], own: &[Change]) -> Vec<String> {
    let steers = |change: &&Change| {
        let before = match base.iter().find(|one| one.path == change.path) {
            Some(one) => one.after.as_ref().and_then(|content| text(book, root, &change.path, content)),
            None => change.before.as_ref().and_then(|content| text(book, root, &change.path, content)),
        };
        let after = change.after.as_ref().and_then(|content| text(book, root, &change.path, content));
        before.is_some() && steering(&change.path, before.as_deref()) != steering(&change.path, after.as_deref())
            || before.is_none() && after.is_some() && is_setting(&change.path)
    };
    own.iter().filter(steers).map(|change| change.path.clone()).collect()
}

fn is_setting(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    SETTINGS.iter().any(|setting| name.starts_with(setting))
}

/// The part of a file that says how tests run; nothing for other files.
fn steering(path: &str, text: Option<&str>) -> Option<String> {
    let (text, name) = (text?, path.rsplit('/').next().unwrap_or(path));
    match name {
        _ if is_setting(path) => Some(text.to_owned()),
        "package.json" => {
            let manifest: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
            let keys = ["scripts", "jest", "mocha", "vitest", "ava", "tap", "type"];
            Some(keys.iter().map(|key| manifest.get(*key).unwrap_or_default().to_string()).collect::<Vec<_>>().join("\n"))
        }
        "pyproject.toml" | "setup.cfg" | "Cargo.toml" => Some(sections(text)),
        _ => None,
    }
}

/// The sections that say how tests run, one after the other.
fn sections(text: &str) -> String {
    let mut inside = false;
    let mut kept = String::new();
    for line in text.lines() {
        if line.trim_start().starts_with('[') {
            inside = SECTIONS.iter().any(|section| line.trim_start().starts_with(section));
        }
        if inside || line.trim_start().starts_with("autotests") {
            kept.push_str(line.trim());
            kept.push('\n');
        }
    }
    kept
}

/// A file's text: from its blob, else from the tree if that is still it.
pub(super) fn text(book: &Book, root: &Path, path: &str, content: &Content) -> Option<String> {
    let Content::File { digest, .. } = content else { return None };
    let bytes = book.get(digest).ok().or_else(|| {
        let (bytes, _) = sandbox::read_still(&root.join(path), LARGEST).ok()?;
        (Digest::of_bytes(&bytes) == *digest).then_some(bytes)
    })?;
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests;
