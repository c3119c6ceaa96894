//! One task: a session of its own, in a copy that has what was done before it; then the tests, run by us; then a judgement.

use action::{Change, ChangeSet, Event, SessionId};
use spec::folder::Spec;
use spec::tasks::Task;

use super::bench::{Bench, Sitter};
use super::brief::Brief;
use super::evidence::{Expect, Judgement, Own, Ran, Seen, covered_by, judge};
use super::trouble::SpecTrouble;
use super::words;
use crate::desk::Desk;
use crate::happening::Happening;
use crate::office::Office;
use crate::session::Session;

/// How often the model may go on after a judgement that misses something.
const MENDS: usize = 2;
/// The longest that the project's tests may take.
const SECONDS: u64 = 600;

/// What came of a task.
#[derive(Clone, Debug)]
pub(super) struct Worked {
    pub(super) session: SessionId,
    /// What it changed beyond what was there when it began.
    pub(super) own: Vec<Change>,
    pub(super) judgement: Judgement,
}

/// A task and where it is worked on.
pub(super) struct Place<'a> {
    pub(super) service: &'a Office,
    pub(super) bench: &'a dyn Bench,
    pub(super) brief: &'a Brief,
    pub(super) spec: &'a Spec,
    pub(super) task: &'a Task,
    /// What the tasks before it have done.
    pub(super) base: &'a ChangeSet,
}

impl Place<'_> {
    fn number(&self) -> &str {
        self.task.number.as_deref().unwrap_or("?")
    }

    /// Works on it until evidence says that it is done, or the mends are used up.
    pub(super) fn work(&self, note: &str) -> Result<Worked, SpecTrouble> {
        let sitter = Sitter { about: format!("task {} of {}", self.number(), self.brief.name), label: self.number().to_owned(), model: Some(format!("task-{}", self.number())), at_the_desk: false };
        let mut worked = None;
        self.bench.sit(&sitter, &mut |session, desk, watch| {
            session.take_over(&self.base.changes, desk, watch)?;
            let asked = format!("{}{note}", words::task(self.brief, self.spec, self.task, Expect::of(self.spec, self.task)));
            let mut course = session.work(&asked, desk, watch)?;
            for mend in 0..=MENDS {
                course.tell(watch);
                let own = self.own(session)?;
                let judgement = self.judge(session, &own, desk, watch)?;
                let over = judgement.done || mend == MENDS || !course.is_done();
                let asked = words::missing(&judgement);
                self.note(session, &judgement)?;
                worked = Some(Worked { session: session.card().session.clone(), own, judgement });
                if over {
                    break;
                }
                course = session.work(&asked, desk, watch)?;
            }
            Ok(())
        })?;
        worked.ok_or_else(|| SpecTrouble::Bench(format!("task {} was not worked on", self.number())))
    }

    /// What this copy has that the base has not. The specification itself is not the task's to change.
    fn own(&self, session: &mut Session<'_>) -> Result<Vec<Change>, SpecTrouble> {
        let inside = format!("{}/", self.brief.folder);
        let now = session.changes()?;
        let same = |change: &Change| self.base.changes.iter().any(|one| one.path == change.path && one.after == change.after);
        Ok(now.changes.into_iter().filter(|change| !change.path.starts_with(&inside) && !same(change)).collect())
    }

    fn judge(&self, session: &mut Session<'_>, changes: &[Change], desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<Judgement, SpecTrouble> {
        let own = Own::of(changes);
        let now = self.run(session, &own, Which::All, desk, watch)?;
        let expect = Expect::of(self.spec, self.task);
        let wants_before = matches!(expect, Expect::Work | Expect::Preservation) && (!own.tests.is_empty() || self.spec.kind == spec::config::Kind::Bugfix);
        let before = if wants_before { self.before(&own)? } else { None };
        let all = session.changes()?;
        let covered = covered_by(&self.service.book, self.spec, self.brief, &all.changes);
        let failed_once = session.test_runs().iter().any(|run| !run.ok);
        Ok(judge(&Seen {
            brief: self.brief,
            spec: self.spec,
            task: self.task,
            own: &own,
            before: before.as_ref(),
            now: now.as_ref(),
            failed_once,
            covered: &covered,
            waiting: session.waiting(),
        }))
    }

    /// The tests of the task on the code from before it, in a copy of their own.
    fn before(&self, own: &Own) -> Result<Option<Ran>, SpecTrouble> {
        let sitter = Sitter { about: format!("task {} of {}: its tests on the code from before", self.number(), self.brief.name), label: self.number().to_owned(), model: None, at_the_desk: false };
        let mut ran = None;
        self.bench.sit(&sitter, &mut |session, desk, watch| {
            session.take_over(&self.base.changes, desk, watch)?;
            session.take_over(&own.tests, desk, watch)?;
            ran = self.run(session, own, Which::Own, desk, watch)?;
            Ok(())
        })?;
        Ok(ran)
    }

    /// Runs tests as the project runs them; `None` where no way is known.
    fn run(&self, session: &mut Session<'_>, own: &Own, which: Which, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<Option<Ran>, SpecTrouble> {
        let files = own.test_files();
        let by_file = files.first().and_then(|file| tools::runner_of(&self.brief.runners, file));
        let Some(runner) = by_file.or(self.brief.runners.first()) else { return Ok(None) };
        let narrow = (which == Which::Own && !files.is_empty()).then(|| runner.only(&files)).flatten();
        let command = narrow.unwrap_or_else(|| runner.all.clone());
        let done = session.command(&command, &runner.folder, SECONDS, desk, watch)?;
        let could = !matches!(done.exit, None | Some(126 | 127));
        let test_line = done.tests.as_ref().map_or_else(|| done.line.clone(), tools::TestRun::line);
        let ok = done.ok && done.tests.as_ref().is_none_or(|run| run.ok);
        Ok(Some(Ran { command, ok, could, line: test_line }))
    }

    /// The judgement is on the ledger before anybody acts on it.
    fn note(&self, session: &Session<'_>, judgement: &Judgement) -> Result<(), SpecTrouble> {
        let digest = self.service.book.put_value(judgement)?;
        let event = Event::Evidenced {
            session: session.card().session.clone(),
            spec: self.brief.folder.clone(),
            task: self.number().to_owned(),
            judgement: digest,
            done: judgement.done,
        };
        self.service.book.write(&[event])?;
        Ok(())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    All,
    Own,
}
