//! Whether a task is done: what was asked for beside what was seen. The agent's words are no part of it.

use std::collections::BTreeSet;

use action::{Change, Content};
use serde::{Deserialize, Serialize};
use spec::check::Cited;
use spec::config::Kind;
use spec::folder::Spec;
use spec::tasks::Task;
use tools::{is_documentation, is_test_file};

use super::brief::Brief;
use crate::book::Book;

/// What was looked at for a task, and what was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// Version of this shape: 1.
    pub v: u8,
    /// The specification's folder.
    pub spec: String,
    /// The task.
    pub task: String,
    /// Each thing that was looked at.
    pub lines: Vec<Line>,
    /// Whether all of it was seen.
    pub done: bool,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What: `tests exist`, `failed before`, `pass now`, `criteria covered`, `documentation`, `nothing waits`.
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
    /// By what the task says of itself.
    pub(super) fn of(spec: &Spec, task: &Task) -> Self {
        if task.checkpoint {
            return Self::Checkpoint;
        }
        let text = task.text.to_lowercase();
        let bugfix = spec.kind == Kind::Bugfix;
        let is_first = task.number.as_deref() == Some("1");
        if bugfix && (text.contains("exploration") || text.contains("bug condition") || text.contains("bug-condition") || is_first) {
            return Self::Exploration;
        }
        if bugfix && text.contains("preservation") {
            return Self::Preservation;
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

    pub(super) fn test_files(&self) -> Vec<String> {
        self.tests.iter().filter(|change| change.after.is_some()).map(|change| change.path.clone()).collect()
    }
}

/// What runs of the tests showed.
#[derive(Clone, Debug)]
pub(super) struct Ran {
    pub(super) command: String,
    pub(super) ok: bool,
    /// Whether there was something to run at all.
    pub(super) could: bool,
    pub(super) line: String,
}

/// All that was seen of a task.
pub(super) struct Seen<'a> {
    pub(super) brief: &'a Brief,
    pub(super) spec: &'a Spec,
    pub(super) task: &'a Task,
    pub(super) own: &'a Own,
    /// With the tests of the task and the code from before it.
    pub(super) before: Option<&'a Ran>,
    /// With all of the task.
    pub(super) now: Option<&'a Ran>,
    /// A run that failed while the task was worked on, where tests stand inside the source.
    pub(super) failed_once: bool,
    /// Criteria that tests of the copy say they validate.
    pub(super) covered: &'a BTreeSet<String>,
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
    if needs_tests(seen, expect) {
        lines.push(tests_exist(seen, expect));
        lines.extend(before(seen, expect));
        lines.extend(covered(seen));
    }
    lines.push(now(seen, expect));
    lines.extend(documentation(seen, expect));
    let done = lines.iter().all(|line| line.ok);
    Judgement { v: 1, spec: seen.brief.folder.clone(), task: seen.task.number.clone().unwrap_or_default(), lines, done }
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
        () if has_inline(seen) => line("tests exist", true, "inside the source files that were changed"),
        () if fix_of_shown_bug => line("tests exist", true, "those of the tasks before it"),
        () => line("tests exist", false, "no test was added or changed"),
    }
}

fn before(seen: &Seen<'_>, expect: Expect) -> Option<Line> {
    let what = if expect == Expect::Preservation { "passed before" } else { "failed before" };
    match (expect, seen.before) {
        (Expect::Exploration | Expect::Checkpoint, _) => None,
        (_, Some(ran)) if !ran.could => Some(line(what, false, format!("`{}` could not be run: {}", ran.command, ran.line))),
        (Expect::Preservation, Some(ran)) => Some(line(what, ran.ok, format!("`{}` on the code from before: {}", ran.command, ran.line))),
        (Expect::Work, Some(ran)) => Some(line(what, !ran.ok, format!("`{}` on the code from before: {}", ran.command, ran.line))),
        (_, None) if seen.failed_once => Some(line(what, true, "a run failed while it was worked on; tests inside source files cannot be run without them")),
        (_, None) => Some(line(what, false, "no run of the tests failed before the code was there")),
    }
}

fn now(seen: &Seen<'_>, expect: Expect) -> Line {
    let Some(ran) = seen.now else {
        return line("pass now", false, "no way to run the tests of this project was found");
    };
    match expect {
        Expect::Exploration => line("fails now", ran.could && !ran.ok, format!("`{}`: {}", ran.command, ran.line)),
        _ => line("pass now", ran.ok, format!("`{}`: {}", ran.command, ran.line)),
    }
}

fn cited(seen: &Seen<'_>) -> BTreeSet<String> {
    let cited = Cited::of(seen.spec);
    let found = seen.task.references.iter().filter_map(|reference| cited.follow(&reference.to).ok());
    found.flatten().map(|criterion| criterion.id.clone()).collect()
}

fn covered(seen: &Seen<'_>) -> Option<Line> {
    let cited = cited(seen);
    if cited.is_empty() {
        return None;
    }
    let open: Vec<String> = cited.difference(seen.covered).cloned().collect();
    Some(match open.is_empty() {
        true => line("criteria covered", true, cited.into_iter().collect::<Vec<_>>().join(", ")),
        false => line("criteria covered", false, format!("no test says `Validates: Requirements {}`", open.join(", "))),
    })
}

fn documentation(seen: &Seen<'_>, expect: Expect) -> Option<Line> {
    let behaves = expect == Expect::Work && !seen.own.sources.is_empty() && !cited(seen).is_empty();
    if !behaves || !seen.brief.has_docs {
        return None;
    }
    let touched: Vec<&str> = seen.own.documents.iter().map(|change| change.path.as_str()).collect();
    Some(match touched.is_empty() {
        true => line("documentation", false, "criteria were met in code, and no documentation was changed"),
        false => line("documentation", true, touched.join(", ")),
    })
}

/// Criteria that the tests among these changes say they validate.
pub(super) fn covered_by(book: &Book, spec: &Spec, brief: &Brief, changes: &[Change]) -> BTreeSet<String> {
    let cited = Cited::of(spec);
    let mut covered = BTreeSet::new();
    for change in changes {
        let may = is_test_file(&change.path) || brief.runners.iter().any(|runner| runner.owns(&change.path));
        let Some(Content::File { digest, .. }) = change.after.as_ref().filter(|_| may) else { continue };
        let Ok(bytes) = book.get(digest) else { continue };
        for tag in spec::trace::tags_in(&String::from_utf8_lossy(&bytes)) {
            if tag.spec.as_ref().is_some_and(|named| *named != brief.name) {
                continue;
            }
            let found = tag.to.iter().filter_map(|to| cited.follow(to).ok()).flatten();
            covered.extend(found.map(|criterion| criterion.id.clone()));
        }
    }
    covered
}

#[cfg(test)]
mod tests;
