//! Runs a project's tests in a copy of their own: what is tested are the bytes that were named, whatever still runs elsewhere,
//! and what the tests write goes with the copy.

use action::{Change, Deed, Event, SessionId};
use tools::{Case, Runner};

use super::bench::{Bench, Sitter};
use super::brief::Brief;
use super::trouble::SpecTrouble;
use crate::book::BookError;
use crate::desk::Desk;
use crate::happening::Happening;
use crate::office::Office;
use crate::session::Session;

/// What runs of the tests showed.
#[derive(Clone, Debug)]
pub(super) struct Ran {
    pub(super) command: String,
    pub(super) ok: bool,
    /// Whether it ran to an end of its own. A run that was cut off is neither passed nor failed.
    pub(super) could: bool,
    /// How many passed, where the runner said so.
    pub(super) passed: Option<u64>,
    pub(super) line: String,
    /// Single tests, where the runner named them.
    pub(super) cases: Vec<Case>,
    /// What the box wanted from the network and did not get.
    pub(super) wanted: Vec<String>,
}

impl Ran {
    /// One after the other: what one of them did not do, both did not.
    fn and(self, next: Self) -> Self {
        let passed = match (self.passed, next.passed) {
            (Some(a), Some(b)) => Some(a.saturating_add(b)),
            (a, b) => a.or(b),
        };
        Self {
            command: format!("{} && {}", self.command, next.command),
            ok: self.ok && next.ok,
            could: self.could && next.could,
            passed,
            line: format!("{}; {}", self.line, next.line),
            cases: [self.cases, next.cases].concat(),
            wanted: [self.wanted, next.wanted].concat(),
        }
    }
}

/// A step of a trial.
pub(super) enum Step<'c> {
    /// Put this into the copy.
    Take(&'c [Change]),
    /// Run everything that the changed files concern.
    All,
    /// Run these test files, or everything where their runner cannot run some; nothing where there are none.
    Only(&'c [String]),
}

/// A copy for tests.
pub(super) struct Trial<'a> {
    pub(super) bench: &'a dyn Bench,
    pub(super) service: &'a Office,
    pub(super) brief: &'a Brief,
    /// What was changed: every runner that has to do with it runs.
    pub(super) changed: Vec<String>,
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
                    Step::All => ran.extend(self.run(session, self.everything(), desk, watch)?),
                    Step::Only(files) => ran.extend(self.run(session, self.only(files), desk, watch)?),
                }
            }
            Ok(())
        })?;
        Ok(ran)
    }

    fn everything(&self) -> Vec<(&Runner, String)> {
        tools::runners_for(&self.brief.runners, &self.changed).into_iter().map(|runner| (runner, runner.all.clone())).collect()
    }

    /// Each file with the runner that it belongs to.
    fn only(&self, files: &[String]) -> Vec<(&Runner, String)> {
        let mut parted: Vec<(&Runner, Vec<String>)> = Vec::new();
        for file in files {
            let Some(runner) = tools::runner_of(&self.brief.runners, file).or(self.brief.runners.first()) else { continue };
            match parted.iter_mut().find(|(known, _)| std::ptr::eq(*known, runner)) {
                Some((_, files)) => files.push(file.clone()),
                None => parted.push((runner, vec![file.clone()])),
            }
        }
        parted.into_iter().map(|(runner, files)| (runner, runner.only(&files).unwrap_or_else(|| runner.all.clone()))).collect()
    }

    fn run(&self, session: &mut Session<'_>, commands: Vec<(&Runner, String)>, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<Option<Ran>, SpecTrouble> {
        let mut all: Option<Ran> = None;
        for (runner, command) in commands {
            let ran = self.one(session, runner, &command, desk, watch)?;
            all = Some(match all {
                Some(before) => before.and(ran),
                None => ran,
            });
        }
        Ok(all)
    }

    fn one(&self, session: &mut Session<'_>, runner: &Runner, command: &str, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<Ran, SpecTrouble> {
        let command = runner.naming_each(command);
        let done = session.command(&command, &runner.folder, self.brief.test_seconds, desk, watch)?;
        let output = String::from_utf8_lossy(&done.output);
        let ok = done.ok && done.tests.as_ref().is_none_or(|run| run.ok);
        let said = done.tests.as_ref().map_or_else(|| done.line.clone(), tools::TestRun::line);
        let line = match tools::absent_in(&output).filter(|_| !ok) {
            Some(absent) => format!("{said}; `{}` could not be found", action::visible(&absent)),
            None if done.ok || done.tests.is_none() => said,
            None => format!("{said} ({})", done.line),
        };
        Ok(Ran {
            ok,
            could: !done.cut && !matches!(done.exit, None | Some(126 | 127)),
            passed: done.tests.as_ref().and_then(|run| run.passed),
            line,
            cases: tools::cases(&output),
            wanted: self.wanted(&session.card().session)?,
            command,
        })
    }

    /// What the dependency door was asked for and did not open to.
    fn wanted(&self, session: &SessionId) -> Result<Vec<String>, BookError> {
        let book = &self.service.book;
        let mut wanted = Vec::new();
        for (_, entry) in book.session(session)? {
            let Event::Proposed { intent, .. } = entry.event else { continue };
            let Deed::Reach { host, port } = &intent.deed else { continue };
            match book.story(&intent.id)? {
                Some(story) if story.waits(book.now()) => wanted.push(format!("{host}:{port} (held as {})", intent.id)),
                Some(story) if story.outcome.is_none() => wanted.push(format!("{host}:{port} ({})", story.stage.word())),
                _ => {}
            }
        }
        Ok(wanted)
    }
}
