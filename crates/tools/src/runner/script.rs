//! Scripts of the project's own that are called `test`: in a Makefile, a justfile or a Taskfile.

use super::{Naming, Runner};
use super::project::Project;

/// Files, what their runner is called, and how its `test` is begun. Only the project's outermost ones: deeper ones are
/// begun by these.
const SCRIPTS: &[(&[&str], &str, &str)] = &[
    (&["GNUmakefile", "makefile", "Makefile"], "make", "make test"),
    (&["justfile", "Justfile", ".justfile"], "just", "just test"),
    (&["Taskfile.yml", "Taskfile.yaml", "taskfile.yml"], "task", "task test"),
];

pub(super) fn find(project: &Project<'_>) -> Vec<Runner> {
    let mut found = Vec::new();
    for (names, name, command) in SCRIPTS {
        for folder in project.outermost_with(names) {
            // The first of the names is the one that the program reads.
            let text = names.iter().find_map(|file| project.text(folder, file)).unwrap_or_default();
            if text.lines().any(|line| is_target(name, line)) {
                found.push(Runner::new("any", name, folder, *command).naming(Naming::Before(super::python::NAMING)));
            }
        }
    }
    found
}

/// `test:` or `test: build`, `a test b:`; `.PHONY: test` and `test := x` are not targets.
fn is_target(name: &str, line: &str) -> bool {
    if name == "task" {
        return line.starts_with([' ', '\t']) && line.trim_end() == format!("{}test:", " ".repeat(line.len() - line.trim_start().len()));
    }
    let Some((targets, rest)) = line.split_once(':') else { return false };
    let own = !line.starts_with([' ', '\t', '.', '#']) && !rest.trim_start_matches(':').starts_with('=') && !targets.contains('=');
    let words = if name == "just" { 1 } else { usize::MAX };
    own && targets.split_whitespace().map(|word| word.trim_start_matches('@')).take(words).any(|word| word == "test")
}
