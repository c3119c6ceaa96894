//! Languages whose one manifest says how tests are run.

use super::narrow::Narrow;
use super::paths::is_test_file;
use super::project::Project;
use super::{Naming, Runner};

pub(super) fn find(project: &Project<'_>) -> Vec<Runner> {
    let mut found = go(project);
    found.extend(HABITS.iter().flat_map(|habit| habit.find(project)));
    found.extend(cmake(project));
    found.extend(bats(project));
    found
}

/// A language with one way.
struct Habit {
    manifests: &'static [&'static str],
    language: &'static str,
    name: &'static str,
    all: &'static str,
    extensions: &'static [&'static str],
    /// Whether files may stand behind `all`.
    takes_files: bool,
    properties: Option<(&'static str, &'static str)>,
}

const HABITS: &[Habit] = &[
    Habit {
        manifests: &["mix.exs"],
        language: "elixir",
        name: "mix",
        all: "mix test",
        extensions: &["exs"],
        takes_files: true,
        properties: Some(("StreamData", "stream_data")),
    },
    Habit {
        manifests: &["Package.swift"],
        language: "swift",
        name: "swift",
        all: "swift test",
        extensions: &["swift"],
        takes_files: false,
        properties: Some(("SwiftCheck", "SwiftCheck")),
    },
    Habit {
        manifests: &["deno.json", "deno.jsonc"],
        language: "typescript",
        name: "deno",
        all: "deno test",
        extensions: &["ts", "tsx", "js", "mts", "mjs"],
        takes_files: true,
        properties: Some(("fast-check", "fast-check")),
    },
    Habit {
        manifests: &["pubspec.yaml"],
        language: "dart",
        name: "dart",
        all: "dart test",
        extensions: &["dart"],
        takes_files: true,
        properties: Some(("glados", "glados")),
    },
    Habit {
        manifests: &["build.zig"],
        language: "zig",
        name: "zig",
        all: "zig build test",
        extensions: &["zig"],
        takes_files: false,
        properties: None,
    },
    Habit {
        manifests: &["stack.yaml"],
        language: "haskell",
        name: "stack",
        all: "stack test",
        extensions: &["hs"],
        takes_files: false,
        properties: Some(("QuickCheck", "QuickCheck")),
    },
    Habit {
        manifests: &["cabal.project"],
        language: "haskell",
        name: "cabal",
        all: "cabal test all",
        extensions: &["hs"],
        takes_files: false,
        properties: Some(("QuickCheck", "QuickCheck")),
    },
    Habit {
        manifests: &["dune-project"],
        language: "ocaml",
        name: "dune",
        all: "dune test",
        extensions: &["ml"],
        takes_files: false,
        properties: Some(("QCheck", "qcheck")),
    },
    Habit {
        manifests: &["rebar.config"],
        language: "erlang",
        name: "rebar3",
        all: "rebar3 eunit",
        extensions: &["erl"],
        takes_files: false,
        properties: Some(("PropEr", "proper")),
    },
    Habit {
        manifests: &["MODULE.bazel", "WORKSPACE", "WORKSPACE.bazel"],
        language: "any",
        name: "bazel",
        all: "bazel test //...",
        extensions: &[],
        takes_files: false,
        properties: None,
    },
];

impl Habit {
    fn find(&self, project: &Project<'_>) -> Vec<Runner> {
        project.outermost_with(self.manifests).into_iter().map(|folder| self.runner(project, folder)).collect()
    }

    fn runner(&self, project: &Project<'_>, folder: &str) -> Runner {
        let text = self.manifests.iter().find_map(|name| project.text(folder, name)).unwrap_or_default();
        let (name, all) = match self.name {
            "dart" if text.contains("sdk: flutter") => ("flutter", "flutter test"),
            "deno" if has_test_task(&text) => ("deno", "deno task test"),
            _ => (self.name, self.all),
        };
        let files = if name == "flutter" { all } else { self.all };
        let narrow = if self.takes_files { Narrow::Files(files.to_owned()) } else { Narrow::Nothing };
        let runner = Runner::new(self.language, name, folder, all).narrowed(self.extensions, narrow);
        let runner = if name == "zig" { runner.with_inline_tests() } else { runner };
        match self.properties {
            Some((library, word)) => runner.with_properties(library, text.contains(word)),
            None => runner,
        }
    }
}

/// The file may have comments, so it is not read as JSON.
fn has_test_task(text: &str) -> bool {
    text.split_once("\"tasks\"").is_some_and(|(_, rest)| rest.split('}').next().is_some_and(|tasks| tasks.contains("\"test\"")))
}

fn go(project: &Project<'_>) -> Vec<Runner> {
    let runner = |folder: &str| {
        let text = project.text(folder, "go.mod").unwrap_or_default();
        // testing/quick is in the standard library.
        let (library, ready) = if text.contains("pgregory.net/rapid") { ("rapid", true) } else { ("testing/quick", true) };
        Runner::new("go", "go", folder, "go test ./...")
            .with_properties(library, ready)
            .narrowed(&["go"], Narrow::Folders("go test".to_owned()))
            .naming(Naming::Instead("go test", "go test -v"))
    };
    project.folders_with(&["go.mod"]).into_iter().map(runner).collect()
}

/// C and C++, where the build says that it has tests.
fn cmake(project: &Project<'_>) -> Vec<Runner> {
    let mut found = Vec::new();
    for folder in project.outermost_with(&["CMakeLists.txt"]) {
        let lists: Vec<String> = project.below(folder).filter(|path| path.ends_with("CMakeLists.txt")).take(64).filter_map(|path| project.text_at(path)).collect();
        if lists.iter().any(|text| text.contains("enable_testing") || text.contains("CTest")) {
            let ready = lists.iter().any(|text| text.to_ascii_lowercase().contains("rapidcheck"));
            let all = "cmake -S . -B build && cmake --build build && ctest --test-dir build --output-on-failure";
            found.push(Runner::new("c++", "ctest", folder, all).with_properties("RapidCheck", ready).narrowed(C_AND_KIN, Narrow::Nothing));
        }
    }
    for folder in project.outermost_with(&["meson.build"]) {
        let all = "{ test -d build || meson setup build; } && meson test -C build";
        found.push(Runner::new("c++", "meson", folder, all).with_properties("RapidCheck", false).narrowed(C_AND_KIN, Narrow::Nothing));
    }
    found
}

const C_AND_KIN: &[&str] = &["c", "cc", "cpp", "cxx", "h", "hpp"];

/// Shell scripts, where there are tests of them.
fn bats(project: &Project<'_>) -> Vec<Runner> {
    let first = project.below(".").find(|path| path.ends_with(".bats") && is_test_file(path));
    let runner = |path: &str| {
        let folder = super::paths::folder(path);
        let all = format!("bats {}", super::project::quoted_file(folder));
        Runner::new("shell", "bats", ".", all).narrowed(&["bats"], Narrow::Files("bats".to_owned()))
    };
    first.map(runner).into_iter().collect()
}
