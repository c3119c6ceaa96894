//! Whether a task is done: what was asked for beside what was seen. The agent's words are no part of it.

use std::collections::{BTreeMap, BTreeSet};

use action::{Change, Content, Digest};
use serde::{Deserialize, Serialize};
use spec::check::Cited;
use spec::config::Kind;
use spec::folder::Spec;
use spec::tasks::Task;
use tools::{Case, Went, is_documentation, is_test_file};

use super::brief::Brief;
use super::tagged::Tagged;
use super::trial::Ran;
use super::words;

mod bug;
mod criteria;
mod property;
mod went;

pub(super) use property::demanded;

/// What was looked at for a task, and what was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// Version of this shape: 2; 1 had no `tested`.
    pub v: u8,
    /// The specification's folder.
    pub spec: String,
    /// The task.
    pub task: String,
    /// Each thing that was looked at.
    pub lines: Vec<Line>,
    /// Whether all of it was seen.
    pub done: bool,
    /// What the task said; older versions did not keep it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// What the task itself changed; older versions did not say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<String>,
    /// Which tests ran, and on what; absent where no run named one, and in what older versions wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tested: Option<Tested>,
}

/// Single tests that ran for a task, by the words of their runner. They say something only as long as the files are the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tested {
    /// The commands.
    pub command: String,
    /// The change set that they ran on.
    pub change: Digest,
    /// Test files that say what they test, as they were.
    pub tests: BTreeMap<String, Digest>,
    /// All else that the change set has beside documentation, as it was.
    pub sources: BTreeMap<String, Digest>,
    /// Runs of those tests.
    pub cases: Vec<Case>,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What: `tests exist`, `failed before`, `pass now`, `criteria covered`, `property 1 tested`, `documentation`, `nothing waits`.
    pub what: String,
    /// Whether it was seen.
    pub ok: bool,
    /// What was seen.
    pub text: String,
}

/// What a task has to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expect {
    /// Tests that failed before and pass now.
    Work,
    /// A test that fails on the code as it is: the bug is shown.
    Exploration,
    /// Tests that pass before and now.
    Preservation,
    /// All tests pass.
    Checkpoint,
}

impl Expect {
    /// By what the task says of itself, and, in every language, by the clauses of the bug that it cites.
    pub(super) fn of(spec: &Spec, task: &Task) -> Self {
        if task.checkpoint {
            return Self::Checkpoint;
        }
        let (text, cited) = (task.text.to_lowercase(), bug::cited_of(spec, task));
        let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
        let number = task.number.as_deref().unwrap_or_default();
        match spec.kind {
            Kind::Bugfix if text.starts_with("verify") || says(&["now pass", "still pass"]) => return Self::Checkpoint,
            Kind::Bugfix if number == "1" || !number.contains('.') && says(&["exploration", "bug condition", "bug-condition"]) => return Self::Exploration,
            Kind::Bugfix if !number.contains('.') && (says(&["preservation"]) || cited == Some(bug::Clause::Unchanged)) => return Self::Preservation,
            Kind::Bugfix if !number.contains('.') && cited == Some(bug::Clause::Current) => return Self::Exploration,
            Kind::Bugfix | Kind::Feature => {}
        }
        Self::Work
    }
}

/// What a task's session changed, by what it is.
#[derive(Debug, Default)]
pub(super) struct Own {
    /// Tests, in files of their own.
    pub(super) tests: Vec<Change>,
    /// Documentation.
    pub(super) documents: Vec<Change>,
    /// Everything else.
    pub(super) sources: Vec<Change>,
}

impl Own {
    pub(super) fn of(changes: &[Change]) -> Self {
        let mut own = Self::default();
        for change in changes.iter().filter(|change| !matches!(change.after, Some(Content::Directory))) {
            match () {
                () if is_test_file(&change.path) => own.tests.push(change.clone()),
                () if is_documentation(&change.path) => own.documents.push(change.clone()),
                () => own.sources.push(change.clone()),
            }
        }
        own
    }

    fn is_empty(&self) -> bool {
        self.tests.is_empty() && self.documents.is_empty() && self.sources.is_empty()
    }

    /// All of it.
    pub(super) fn paths(&self) -> Vec<String> {
        [&self.tests, &self.documents, &self.sources].into_iter().flatten().map(|change| change.path.clone()).collect()
    }

    pub(super) fn test_files(&self) -> Vec<String> {
        self.tests.iter().filter(|change| change.after.is_some()).map(|change| change.path.clone()).collect()
    }
}

/// All that was seen of a task.
pub(super) struct Seen<'a> {
    pub(super) brief: &'a Brief,
    pub(super) spec: &'a Spec,
    pub(super) task: &'a Task,
    pub(super) own: &'a Own,
    /// All tests as they were before the task.
    pub(super) base_all: Option<&'a Ran>,
    /// The tests of the task on the code from before it.
    pub(super) before: Option<&'a Ran>,
    /// All tests, with all of the task.
    pub(super) now: Option<&'a Ran>,
    /// The tests of the task, with all of it.
    pub(super) own_now: Option<&'a Ran>,
    /// A run that failed while the task was worked on, where tests stand inside the source.
    pub(super) failed_once: bool,
    /// Changed sources of which nothing but the tests inside them differs.
    pub(super) tests_only: &'a BTreeSet<String>,
    /// Whether a source that is new may have tests inside it.
    pub(super) new_inline: bool,
    /// Changed files that say how tests run.
    pub(super) steered: Vec<String>,
    /// What tests of the copy say they test.
    pub(super) tagged: &'a Tagged,
    /// What the session asked for and did not get.
    pub(super) waiting: usize,
}

/// The judgement.
pub(super) fn judge(seen: &Seen<'_>) -> Judgement {
    let expect = Expect::of(seen.spec, seen.task);
    let mut lines = Vec::new();
    if seen.waiting > 0 {
        lines.push(line("nothing waits", false, format!("{} of its steps are held or were refused", seen.waiting)));
    }
    if expect != Expect::Checkpoint {
        lines.push(something(seen));
    }
    lines.extend(dangling(seen));
    match expect {
        Expect::Checkpoint if !seen.own.sources.is_empty() => {
            lines.push(mended(seen));
            lines.extend(criteria::covered(seen, expect));
        }
        _ if needs_tests(seen, expect) => {
            lines.push(tests_exist(seen, expect));
            lines.extend(before(seen, expect));
            lines.extend(criteria::covered(seen, expect));
        }
        _ => {}
    }
    lines.extend(bug::lines(seen, expect));
    lines.extend(property::lines(seen, expect));
    lines.push(kept(seen));
    lines.push(now(seen, expect));
    lines.extend(network(seen));
    lines.push(documentation(seen, expect));
    let done = lines.iter().all(|line| line.ok);
    Judgement { v: 2, spec: seen.brief.folder.clone(), task: words::id_of(seen.spec, seen.task), text: seen.task.text.clone(), lines, done, changed: seen.own.paths(), tested: None }
}

fn line(what: &str, ok: bool, text: impl Into<String>) -> Line {
    Line { what: what.to_owned(), ok, text: text.into() }
}

fn something(seen: &Seen<'_>) -> Line {
    match seen.own.is_empty() {
        true => line("something changed", false, "nothing was changed"),
        false => line("something changed", true, format!("{} files", seen.own.tests.len() + seen.own.documents.len() + seen.own.sources.len())),
    }
}

/// Work that touches code or cites criteria has tests; work on documentation alone has none.
fn needs_tests(seen: &Seen<'_>, expect: Expect) -> bool {
    expect != Expect::Checkpoint && (!seen.own.sources.is_empty() || !seen.own.tests.is_empty() || !cited(seen).is_empty())
}

fn has_inline(seen: &Seen<'_>) -> bool {
    seen.own.sources.iter().any(|change| seen.brief.runners.iter().any(|runner| runner.inline_tests && runner.owns(&change.path)))
}

fn tests_exist(seen: &Seen<'_>, expect: Expect) -> Line {
    let files = seen.own.test_files();
    let fix_of_shown_bug = seen.spec.kind == Kind::Bugfix && expect == Expect::Work;
    match () {
        () if !files.is_empty() => line("tests exist", true, files.join(", ")),
        () if has_inline(seen) => inside_sources(seen),
        () if fix_of_shown_bug => line("tests exist", true, "those of the tasks before it"),
        () => line("tests exist", false, "no test was added or changed"),
    }
}

/// Tests inside sources exist where a run names one that was not there, or one that the code from before does not pass.
fn inside_sources(seen: &Seen<'_>) -> Line {
    let names = |ran: Option<&Ran>| ran.map(|ran| ran.cases.iter().map(|case| case.name.clone()).collect::<BTreeSet<_>>()).unwrap_or_default();
    let (then, now) = (names(seen.base_all), names(seen.now));
    let new: Vec<&str> = now.difference(&then).map(String::as_str).collect();
    match () {
        () if !new.is_empty() => line("tests exist", true, format!("inside the source files: {}", new.join(", "))),
        () if now.is_empty() || seen.before.is_some_and(|ran| ran.could && !ran.ok) => line("tests exist", true, "inside the source files that were changed"),
        () => line("tests exist", false, "no run names a test that was not there before"),
    }
}

/// Code that is changed at a checkpoint mends what did not pass, and nothing else.
fn mended(seen: &Seen<'_>) -> Line {
    match seen.base_all.filter(|ran| ran.could && !ran.ok) {
        Some(ran) => line("failed before", true, format!("`{}` on the code from before: {}", ran.command, ran.line)),
        None => line("failed before", false, "code was changed at a checkpoint, and no test failed before"),
    }
}

fn before(seen: &Seen<'_>, expect: Expect) -> Option<Line> {
    let what = if expect == Expect::Preservation { "passed before" } else { "failed before" };
    let shown = |ran: &Ran| ran.ok && ran.passed.is_some_and(|passed| passed > 0) || new_pass(seen, ran);
    match (expect, seen.before) {
        (Expect::Checkpoint, _) => None,
        (_, Some(ran)) if !ran.could => Some(line(what, false, format!("`{}` could not be run: {}", ran.command, ran.line))),
        (Expect::Preservation, Some(ran)) => Some(line(what, shown(ran), format!("`{}` on the code from before: {}", ran.command, ran.line))),
        (Expect::Exploration, Some(ran)) if !bug::is_shown_by(seen, ran) => Some(line(what, false, format!("`{}` on the code as it was: {}; no test that ran failed", ran.command, ran.line))),
        (Expect::Work, Some(ran)) if ran.ok && seen.new_inline && seen.failed_once => {
            Some(line(what, true, "a run failed while it was worked on; tests inside sources that are new cannot be run without them"))
        }
        (Expect::Work | Expect::Exploration, Some(ran)) => Some(line(what, !ran.ok, format!("`{}` on the code from before: {}", ran.command, ran.line))),
        (_, None) if seen.failed_once => Some(line(what, true, "a run failed while it was worked on; tests inside source files cannot be run without them")),
        (_, None) => Some(line(what, false, "no run of the tests failed before the code was there")),
    }
}

/// Whether a run names tests that were not there before, and all of them passed: others may fail as they did.
fn new_pass(seen: &Seen<'_>, ran: &Ran) -> bool {
    let known: BTreeSet<&str> = seen.base_all.iter().flat_map(|all| &all.cases).map(|case| case.name.as_str()).collect();
    let mut new = ran.cases.iter().filter(|case| !known.contains(case.name.as_str())).peekable();
    ran.could && !known.is_empty() && new.peek().is_some() && new.all(|case| case.went == Went::Passed)
}

/// The tests that were there are there still, and run as they did.
fn kept(seen: &Seen<'_>) -> Line {
    let deleted: Vec<&str> = seen.own.tests.iter().filter(|change| change.after.is_none()).map(|change| change.path.as_str()).collect();
    let counts = (seen.base_all.and_then(|ran| ran.passed), seen.now.and_then(|ran| ran.passed));
    match counts {
        _ if !deleted.is_empty() => line("tests kept", false, format!("deleted: {}", deleted.join(", "))),
        _ if !seen.steered.is_empty() => line("tests kept", false, format!("how tests run was changed: {}", seen.steered.join(", "))),
        (Some(before), Some(now)) if now < before => line("tests kept", false, format!("{before} passed before, {now} pass now")),
        (Some(before), Some(now)) => line("tests kept", true, format!("{before} passed before, {now} pass now")),
        _ => line("tests kept", true, "none was deleted, and how they run is as it was"),
    }
}

fn now(seen: &Seen<'_>, expect: Expect) -> Line {
    let ran = match expect {
        Expect::Exploration | Expect::Preservation => seen.own_now.or(seen.now),
        Expect::Work | Expect::Checkpoint => seen.now,
    };
    let Some(ran) = ran else {
        return line("pass now", false, "no way to run the tests of this project was found");
    };
    let said = format!("`{}`: {}", ran.command, ran.line);
    match expect {
        Expect::Exploration => line("fails now", bug::is_shown_by(seen, ran), said),
        Expect::Preservation if !ran.ok && new_pass(seen, ran) => line("pass now", true, format!("{said}; those of the task pass")),
        Expect::Work => match seen.own_now {
            _ if !ran.ok => line("pass now", false, said),
            Some(own) if !own.ok || own.passed == Some(0) => line("pass now", false, format!("`{}`: {}", own.command, own.line)),
            Some(own) if own.passed.is_some() || ran.passed.is_some_and(|passed| passed > 0) => line("pass now", true, said),
            None if ran.passed.is_some_and(|passed| passed > 0) || !needs_tests(seen, expect) => line("pass now", true, said),
            _ => line("pass now", false, format!("{said}: nobody said that a test passed")),
        },
        Expect::Preservation if ran.ok && ran.passed.is_none_or(|passed| passed == 0) => line("pass now", false, format!("{said}: nobody said that a test passed")),
        Expect::Preservation | Expect::Checkpoint => line("pass now", ran.ok, said),
    }
}

/// What the tests wanted from the network and did not get, where they did not pass.
fn network(seen: &Seen<'_>) -> Option<Line> {
    let runs = [seen.now, seen.own_now].into_iter().flatten().filter(|ran| !ran.ok);
    let wanted: BTreeSet<&str> = runs.flat_map(|ran| ran.wanted.iter().map(String::as_str)).collect();
    let wanted = wanted.into_iter().collect::<Vec<_>>().join(", ");
    (!wanted.is_empty()).then(|| line("network", false, format!("the tests want {wanted}; a copy for tests has what the project's tree has: bring it there, or have policy name the host")))
}

/// What the task cites must be there: a criterion that went takes what it demanded with it.
fn dangling(seen: &Seen<'_>) -> Option<Line> {
    let cited = Cited::of(seen.spec);
    let missing: Vec<String> = seen.task.references.iter().filter_map(|reference| cited.follow(&reference.to).err()).collect();
    (!missing.is_empty()).then(|| line("criteria exist", false, format!("it cites what is not there: {}", missing.join(", "))))
}

fn cited(seen: &Seen<'_>) -> BTreeSet<String> {
    let cited = Cited::of(seen.spec);
    let found = seen.task.references.iter().filter_map(|reference| cited.follow(&reference.to).ok());
    found.flatten().map(|criterion| criterion.id.clone()).collect()
}

/// Behaviour that changed for a criterion is written down, in a project without any documentation too.
fn documentation(seen: &Seen<'_>, expect: Expect) -> Line {
    let behaves = matches!(expect, Expect::Work | Expect::Checkpoint) && seen.own.sources.iter().any(|change| !seen.tests_only.contains(&change.path)) && !cited(seen).is_empty();
    let touched: Vec<&str> = seen.own.documents.iter().filter(|change| change.after.is_some()).map(|change| change.path.as_str()).collect();
    let unsaid = seen.brief.changelog.as_deref().filter(|path| behaves && !touched.contains(path));
    let unsaid = unsaid.map_or_else(String::new, |path| format!("; `{path}` says nothing of it"));
    match (behaves, seen.brief.has_docs) {
        _ if !touched.is_empty() => line("documentation", true, touched.join(", ") + &unsaid),
        (true, true) => line("documentation", false, "criteria were met in code, and no documentation was changed"),
        (true, false) => line("documentation", false, "criteria were met in code, and the project has no documentation: add a README"),
        (false, _) => line("documentation", true, "not asked for: no code changed for a criterion"),
    }
}

#[cfg(test)]
mod tests;
