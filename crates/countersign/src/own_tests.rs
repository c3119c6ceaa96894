//! How a project runs its own tests, found from a bounded look at its files. What is found is run in the box and nowhere else, as an
//! intent like every other, and the person is shown the command.

use std::fs;
use std::path::Path;

use tools::Runner;

/// Folders deeper than this are not looked into.
const DEPTH: usize = 4;
/// More files than this are not looked at.
const MOST: usize = 20_000;
/// A larger manifest is not read.
const LARGEST: u64 = 1024 * 1024;
/// What others wrote or what was built.
const PASSED_OVER: [&str; 8] = ["node_modules", "target", "vendor", "dist", "build", "venv", "__pycache__", "third_party"];

/// The first runner of the outermost folder that has one.
pub(crate) fn find(root: &Path) -> Option<Runner> {
    all(root).runners.into_iter().next()
}

/// What was found.
pub(crate) struct Found {
    /// Those of outer folders first.
    pub runners: Vec<Runner>,
    /// Whether the project has documentation.
    pub has_docs: bool,
    /// Where it says what changed: a file of its own folder.
    pub changelog: Option<String>,
    /// Its test files.
    pub tests: Vec<String>,
}

/// All runners, and what a task is judged by.
pub(crate) fn all(root: &Path) -> Found {
    let mut paths = Vec::new();
    list(root, "", 0, &mut paths);
    paths.sort();
    let text = |path: &str| sandbox::read_still(&root.join(path), LARGEST).ok().and_then(|(bytes, _)| String::from_utf8(bytes).ok());
    let runners = tools::runners(&paths, &text);
    let has_docs = paths.iter().any(|path| tools::is_documentation(path));
    let changelog = paths.iter().find(|path| !path.contains('/') && tools::is_changelog(path)).cloned();
    let tests = paths.into_iter().filter(|path| tools::is_test_file(path) || runners.iter().any(|runner| runner.owns(path))).collect();
    Found { runners, has_docs, changelog, tests }
}

/// Files below a folder; links are not followed.
fn list(folder: &Path, name: &str, depth: usize, paths: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let (Ok(kind), Ok(own)) = (entry.file_type(), entry.file_name().into_string()) else { continue };
        let path = if name.is_empty() { own.clone() } else { format!("{name}/{own}") };
        if paths.len() >= MOST {
            return;
        }
        if kind.is_file() {
            paths.push(path);
        } else if kind.is_dir() && depth < DEPTH && !own.starts_with('.') && !PASSED_OVER.contains(&own.as_str()) {
            list(&entry.path(), &path, depth + 1, paths);
        }
    }
}

#[cfg(test)]
mod tests;
