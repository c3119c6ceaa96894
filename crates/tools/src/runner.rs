//! The runners with which a project runs its own tests, found from its files: what it says itself (scripts, manifests,
//! settings) comes before what its language usually has.
//!
//! Pure: a listing and texts come in, commands go out; nothing is looked up and nothing is run. A manifest is text of a
//! repository: a command found here is a proposal like any other, and is judged before it runs. Every path in a command is
//! quoted. What is not understood gives no runner instead of a wrong one.

use std::cmp::Reverse;

mod cargo;
mod jvm;
mod narrow;
mod node;
mod paths;
mod project;
mod properties;
mod python;
mod script;
mod simple;
mod web;

use narrow::Narrow;
pub use paths::{is_changelog, is_documentation, is_test_file};
use project::Project;
pub use properties::{PropertyLibraries, property_libraries_for};

/// More runners than this are not told; those of the outermost folders are.
const MOST_RUNNERS: usize = 64;

/// One way in which a project runs tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Runner {
    /// What it tests: `rust`, `javascript`, `typescript`, `python`, …; `any` for a script whose language is not known.
    pub language: &'static str,
    /// Who runs them: `cargo`, `npm`, `vitest`, `jest`, `node`, `pytest`, `unittest`, `go`, `maven`, `make`, ….
    pub name: &'static str,
    /// The folder that its commands are run in, relative to the project; `.` is the project itself.
    pub folder: String,
    /// The command that runs everything.
    pub all: String,
    /// The language's library for tests from properties ("for any …").
    pub property_library: Option<&'static str>,
    /// Whether the project depends on it already (or the language has it with it).
    pub property_ready: bool,
    /// Whether tests may stand inside source files.
    pub inline_tests: bool,
    extensions: &'static [&'static str],
    narrow: Narrow,
    naming: Naming,
}

/// How a runner is told to name each test; most do it without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Naming {
    /// It does, or cannot.
    Nothing,
    /// This stands before the command.
    Before(&'static str),
    /// A word of the command, and what it becomes.
    Instead(&'static str, &'static str),
    /// What stands behind the command for everything, and behind one for some files.
    Behind(&'static str, &'static str),
}

impl Runner {
    fn new(language: &'static str, name: &'static str, folder: &str, all: impl Into<String>) -> Self {
        Self {
            language,
            name,
            folder: folder.to_owned(),
            all: all.into(),
            property_library: None,
            property_ready: false,
            inline_tests: false,
            extensions: &[],
            narrow: Narrow::Nothing,
            naming: Naming::Nothing,
        }
    }

    fn narrowed(self, extensions: &'static [&'static str], narrow: Narrow) -> Self {
        Self { extensions, narrow, ..self }
    }

    fn with_properties(self, library: &'static str, ready: bool) -> Self {
        Self { property_library: Some(library), property_ready: ready, ..self }
    }

    fn naming(self, naming: Naming) -> Self {
        Self { naming, ..self }
    }

    fn with_inline_tests(self) -> Self {
        Self { inline_tests: true, ..self }
    }

    /// One of its commands, so that it names each test that runs: what is run stays the same.
    pub fn naming_each(&self, command: &str) -> String {
        match self.naming {
            Naming::Nothing => command.to_owned(),
            Naming::Before(words) => format!("{words} {command}"),
            Naming::Instead(word, with) => command.replacen(word, with, 1),
            Naming::Behind(all, some) => format!("{command}{}", if command == self.all { all } else { some }),
        }
    }

    /// Whether a file is of its language and place, be it a test or what is tested.
    fn concerns(&self, path: &str) -> bool {
        self.extensions.iter().any(|extension| paths::extension(path) == *extension) && paths::within(&self.folder, path).is_some()
    }

    /// Whether a file, by its name and place, holds tests that this runs.
    pub fn owns(&self, path: &str) -> bool {
        let kind = self.extensions.iter().any(|extension| paths::extension(path) == *extension);
        kind && paths::within(&self.folder, path).is_some() && (self.inline_tests || is_test_file(path))
    }

    /// The command, for [`Self::folder`], that runs the tests of these files and as little else as the runner can.
    ///
    /// Nothing where the runner cannot, where there are no files, or where one of them is not its own: part them with
    /// [`runner_of`] first.
    pub fn only(&self, test_files: &[String]) -> Option<String> {
        if test_files.is_empty() || !test_files.iter().all(|file| self.owns(file)) {
            return None;
        }
        let mut files: Vec<&str> = test_files.iter().filter_map(|file| paths::within(&self.folder, file)).collect();
        files.sort_unstable();
        files.dedup();
        self.narrow.command(&files)
    }
}

/// The runners of a project. Those of outer folders come first; in one folder its own script (`make test`) comes before
/// the runners of its languages.
///
/// `paths` are the project's files, relative, with `/`. `read` gives the text of one of them, and may give nothing for one
/// that is large.
pub fn runners(paths: &[String], read: &dyn Fn(&str) -> Option<String>) -> Vec<Runner> {
    const FINDERS: &[fn(&Project<'_>) -> Vec<Runner>] =
        &[script::find, cargo::find, node::find, python::find, jvm::find, web::find, simple::find];
    let project = Project::new(paths, read);
    let mut found: Vec<Runner> = FINDERS.iter().flat_map(|find| find(&project)).collect();
    found.sort_by(|a, b| (paths::depth(&a.folder), &a.folder).cmp(&(paths::depth(&b.folder), &b.folder)));
    found.truncate(MOST_RUNNERS);
    found
}

/// The runner that a test file belongs to: of those that own it, the one of the innermost folder.
pub fn runner_of<'a>(runners: &'a [Runner], path: &str) -> Option<&'a Runner> {
    let owners = runners.iter().enumerate().filter(|(_, runner)| runner.owns(path));
    owners.max_by_key(|(at, runner)| (paths::depth(&runner.folder), Reverse(*at))).map(|(_, runner)| runner)
}

/// All runners that a change of these files concerns: the first of all, which is the project's own word, and for each file that
/// of its language in the innermost folder. In the order of `runners`.
pub fn runners_for<'a>(runners: &'a [Runner], paths: &[String]) -> Vec<&'a Runner> {
    let innermost = |path: &String| {
        let concerned = runners.iter().enumerate().filter(|(_, runner)| runner.concerns(path));
        concerned.max_by_key(|(at, runner)| (paths::depth(&runner.folder), Reverse(*at))).map(|(at, _)| at)
    };
    let chosen: std::collections::BTreeSet<usize> = paths.iter().filter_map(innermost).chain([0]).collect();
    chosen.into_iter().filter_map(|at| runners.get(at)).collect()
}

#[cfg(test)]
mod tests;
