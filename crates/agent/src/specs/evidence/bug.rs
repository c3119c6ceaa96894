//! What a fix of a bug has to show beside its tests: the bug was shown on the code as it was, and what must stay is tested before
//! and after.

use std::collections::BTreeSet;

use spec::check::Cited;
use spec::config::Kind;
use spec::folder::Spec;
use spec::requirements::Criterion;
use spec::tasks::Task;
use tools::Went;

use super::went::{by_all, by_its_file, cases_of, names_nothing, went};
use super::{Expect, Line, Seen, line};
use crate::specs::rig;
use crate::specs::tagged::CriterionTest;
use crate::specs::trial::Ran;

/// A section of bugfix.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clause {
    /// What happens now.
    Current,
    /// What must go on happening.
    Unchanged,
}

/// The one section that all clauses are of that a task cites.
pub(super) fn cited_of(spec: &Spec, task: &Task) -> Option<Clause> {
    let bugfix = spec.bugfix.as_ref()?;
    let cited = Cited::of(spec);
    let ids: BTreeSet<&str> = task.references.iter().filter_map(|reference| cited.follow(&reference.to).ok()).flatten().map(|criterion| criterion.id.as_str()).collect();
    let all_of = |clauses: &[Criterion]| !ids.is_empty() && ids.iter().all(|id| clauses.iter().any(|clause| clause.id == *id));
    match () {
        () if all_of(&bugfix.unchanged) => Some(Clause::Unchanged),
        () if all_of(&bugfix.current) => Some(Clause::Current),
        () => None,
    }
}

/// What is asked for in a specification of a bug alone.
pub(super) fn lines(seen: &Seen<'_>, expect: Expect) -> Vec<Line> {
    match (seen.spec.kind, expect) {
        (Kind::Bugfix, Expect::Exploration | Expect::Preservation) => vec![untouched(seen)],
        (Kind::Bugfix, Expect::Work) if !seen.own.sources.is_empty() => preserved(seen).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// A test that shows a bug shows it on the code as it is. What the tests depend on may be added.
fn untouched(seen: &Seen<'_>) -> Line {
    let is_code = |path: &&str| !rig::is_of_dependencies(path) && !seen.tests_only.contains(*path);
    let changed: Vec<&str> = seen.own.sources.iter().map(|change| change.path.as_str()).filter(is_code).collect();
    match changed.as_slice() {
        [] => line("code as it was", true, "nothing but tests and what they depend on was changed"),
        some => line("code as it was", false, format!("it is to be tested and not changed: {}", some.join(", "))),
    }
}

/// Whether a run shows a bug: a test failed. Where the runner names tests, one of them that did not fail anyway; what cannot be built shows nothing.
pub(super) fn is_shown_by(seen: &Seen<'_>, ran: &Ran) -> bool {
    let names_tests = seen.base_all.is_some_and(|all| !all.cases.is_empty()) || !ran.cases.is_empty();
    let failed = |ran: &Ran| ran.cases.iter().filter(|case| case.went == Went::Failed).map(|case| case.name.clone()).collect::<BTreeSet<_>>();
    let before = seen.base_all.map(failed).unwrap_or_default();
    ran.could && !ran.ok && (!names_tests || !failed(ran).is_subset(&before))
}

/// Each clause of what must stay has a test that passed before the fix and passes with it.
fn preserved(seen: &Seen<'_>) -> Option<Line> {
    let clauses = &seen.spec.bugfix.as_ref()?.unchanged;
    if clauses.is_empty() {
        return None;
    }
    let tests = |clause: &Criterion| seen.tagged.criteria.iter().filter(|test| test.criterion == clause.id).collect::<Vec<_>>();
    let (mut untested, mut unshown) = (Vec::new(), Vec::new());
    for clause in clauses {
        match tests(clause).as_slice() {
            [] => untested.push(clause.id.as_str()),
            tests if tests.iter().any(|test| is_preserved(seen, test)) => {}
            [first, ..] => unshown.push(format!("{}: `{}` in {} did not pass both before and now", clause.id, first.name, first.file)),
        }
    }
    let untested = (!untested.is_empty()).then(|| format!("no test says `Validates: Requirements {}`", untested.join(", ")));
    let open: Vec<String> = untested.into_iter().chain(unshown).collect();
    let ids = || clauses.iter().map(|clause| clause.id.as_str()).collect::<Vec<_>>().join(", ");
    Some(line("kept as it was", open.is_empty(), if open.is_empty() { format!("{} passed before and pass now", ids()) } else { open.join("; ") }))
}

fn is_preserved(seen: &Seen<'_>, test: &CriterionTest) -> bool {
    let before = cases_of([seen.base_all, seen.before].into_iter().flatten(), &test.name, &test.file);
    match (before, went(seen, &test.name, &test.file)) {
        (Some(before), Some(now)) => before == Went::Passed && now == Went::Passed,
        // Where the runner names no test, that all pass now is what can be seen.
        (None, None) => names_nothing(seen) && (by_its_file(seen, Expect::Work, &test.file) || by_all(seen, Expect::Work, &test.file)),
        _ => false,
    }
}
