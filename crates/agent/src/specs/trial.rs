//! Runs a project's tests in a copy of their own: what is tested are the bytes that were named, whatever still runs elsewhere,
//! and what the tests write goes with the copy.

use action::Change;

use super::bench::{Bench, Sitter};
use super::brief::Brief;
use super::trouble::SpecTrouble;
use crate::desk::Desk;
use crate::happening::Happening;
use crate::session::Session;

/// The longest that one run of the tests may take.
const SECONDS: u64 = 600;

/// What runs of the tests showed.
#[derive(Clone, Debug)]
pub(super) struct Ran {
    pub(super) command: String,
    pub(super) ok: bool,
    /// Whether there was something to run at all.
    pub(super) could: bool,
    /// How many passed, where the runner said so.
    pub(super) passed: Option<u64>,
    pub(super) line: String,
}

/// A step of a trial.
pub(super) enum Step<'c> {
    /// Put this into the copy.
    Take(&'c [Change]),
    /// Run everything.
    All,
    /// Run these test files, or everything where the runner cannot run some.
    Only(&'c [String]),
}

/// A copy for tests.
pub(super) struct Trial<'a> {
    pub(super) bench: &'a dyn Bench,
    pub(super) brief: &'a Brief,
    pub(super) about: String,
    pub(super) label: String,
}

impl Trial<'_> {
    /// Does the steps in a fresh copy of the person's tree. One run for each step that runs; none where no way is known.
    pub(super) fn steps(&self, steps: &[Step<'_>]) -> Result<Vec<Ran>, SpecTrouble> {
        let sitter = Sitter { about: self.about.clone(), label: self.label.clone(), model: None, at_the_desk: false };
        let mut ran = Vec::new();
        self.bench.sit(&sitter, &mut |session, desk, watch| {
            for step in steps {
                match step {
                    Step::Take(changes) => {
                        session.keep_originals(changes)?;
                        session.take_over(changes, desk, watch)?;
                    }
                    Step::All => ran.extend(self.run(session, &[], desk, watch)?),
                    Step::Only(files) => ran.extend(self.run(session, files, desk, watch)?),
                }
            }
            Ok(())
        })?;
        Ok(ran)
    }

    fn run(&self, session: &mut Session<'_>, files: &[String], desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<Option<Ran>, SpecTrouble> {
        let by_file = files.first().and_then(|file| tools::runner_of(&self.brief.runners, file));
        let Some(runner) = by_file.or(self.brief.runners.first()) else { return Ok(None) };
        let narrow = (!files.is_empty()).then(|| runner.only(files)).flatten();
        let command = narrow.unwrap_or_else(|| runner.all.clone());
        let done = session.command(&command, &runner.folder, SECONDS, desk, watch)?;
        let could = !matches!(done.exit, None | Some(126 | 127));
        let line = done.tests.as_ref().map_or_else(|| done.line.clone(), tools::TestRun::line);
        let ok = done.ok && done.tests.as_ref().is_none_or(|run| run.ok);
        let passed = done.tests.as_ref().and_then(|run| run.passed);
        Ok(Some(Ran { command, ok, could, passed, line }))
    }
}
