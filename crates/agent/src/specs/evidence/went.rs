//! How a test that says what it tests went, by the runs that were made for a task. A tag in a source shows nothing by itself: a
//! test that was left out has it too.

use std::collections::BTreeSet;
use std::path::Path;

use tools::{Case, Went, is_run_of};

use super::{Expect, Seen};
use crate::specs::trial::Ran;

/// Whether it ran and went as this kind of task wants it; `named` is what the runner's names say.
pub(super) fn is_as_wanted(expect: Expect, named: Went) -> bool {
    named == if expect == Expect::Exploration { Went::Failed } else { Went::Passed }
}

/// By the names that runs gave, and their files. A failure outweighs all, and what was left out once was not all run.
pub(super) fn went(seen: &Seen<'_>, name: &str, file: &str) -> Option<Went> {
    cases_of(runs(seen), name, file)
}

/// The same by the names of these runs.
pub(super) fn cases_of<'a>(runs: impl Iterator<Item = &'a Ran>, name: &str, file: &str) -> Option<Went> {
    let cases: Vec<&Case> = runs.flat_map(|ran| &ran.cases).filter(|case| is_run_of(&case.name, name) && !is_elsewhere(case, file)).collect();
    let cases = preferred(cases, |case| is_place(&case.within, file));
    let cases = preferred(cases, |case| is_exactly(&case.name, name));
    let all: BTreeSet<Went> = cases.into_iter().map(|case| case.went).collect();
    [Went::Failed, Went::Skipped, Went::Passed].into_iter().find(|went| all.contains(went))
}

/// Those of which this holds, where it holds of any.
fn preferred(cases: Vec<&Case>, holds: impl Fn(&Case) -> bool) -> Vec<&Case> {
    let some: Vec<&Case> = cases.iter().copied().filter(|case| holds(case)).collect();
    if some.is_empty() { cases } else { some }
}

/// The name, with nothing but parameters behind it.
fn is_exactly(told: &str, name: &str) -> bool {
    told.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.trim_start().starts_with(['[', '(']))
}

/// Whether a runner says that a case is in another file. Cargo names the root of a target, which other files belong to.
fn is_elsewhere(case: &Case, file: &str) -> bool {
    let ending = |path: &str| Path::new(path).extension().map(ToOwned::to_owned);
    let names_its_file = ending(file).is_some_and(|own| own != "rs" && ending(&case.within) == Some(own));
    names_its_file && !is_place(&case.within, file)
}

/// Whether a place, as a runner tells it from its folder, is this file. Jest may tell a project's name before it.
fn is_place(told: &str, file: &str) -> bool {
    let ends = |long: &str, short: &str| !short.is_empty() && long.strip_suffix(short).is_some_and(|before| before.is_empty() || before.ends_with(['/', ' ']));
    let last = told.rsplit(' ').next().unwrap_or(told);
    [told, last].iter().any(|told| ends(file, told) || ends(told, file))
}

pub(super) fn runs<'a>(seen: &'a Seen<'_>) -> impl Iterator<Item = &'a Ran> {
    [seen.own_now, seen.now].into_iter().flatten()
}

pub(super) fn names_nothing(seen: &Seen<'_>) -> bool {
    runs(seen).all(|ran| ran.cases.is_empty())
}

/// Where the runner names no test at all, the run of the task's own files stands for those in them.
pub(super) fn by_its_file(seen: &Seen<'_>, expect: Expect, file: &str) -> bool {
    is_own(seen, file) && seen.own_now.is_some_and(|ran| as_a_whole(expect, ran))
}

/// Likewise the run of everything for those in other files: of the tasks before it, or inside sources.
pub(super) fn by_all(seen: &Seen<'_>, expect: Expect, file: &str) -> bool {
    !is_own(seen, file) && seen.now.is_some_and(|ran| as_a_whole(expect, ran))
}

fn is_own(seen: &Seen<'_>, file: &str) -> bool {
    seen.own.test_files().iter().any(|own| own == file)
}

fn as_a_whole(expect: Expect, ran: &Ran) -> bool {
    match expect {
        Expect::Exploration => ran.could && !ran.ok,
        Expect::Work | Expect::Preservation | Expect::Checkpoint => ran.ok && ran.passed.is_some_and(|passed| passed > 0),
    }
}

/// Why a test shows nothing, in words.
pub(super) fn unseen(seen: &Seen<'_>, expect: Expect, name: &str, file: &str) -> String {
    let said = runs(seen).next().map_or_else(String::new, |ran| format!(" ({})", ran.line));
    let went = match went(seen, name, file) {
        Some(Went::Passed) if expect == Expect::Exploration => "it passed, and was to show the bug",
        Some(Went::Passed) => "it passed",
        Some(Went::Failed) => "it failed",
        Some(Went::Skipped) => "it was left out",
        None => "no run names it",
    };
    format!("{went}{said}")
}
