//! Runs the tasks of a specification: wave by wave, those of a wave at once in copies of their own, merged in the order of
//! the document. What is done is marked in tasks.md; everything together is one change set, held for the person.

use action::{Change, ChangeSet, Digest, SessionId};
use spec::folder::Spec;
use spec::tasks::State;

use super::bench::{Bench, Sitter};
use super::brief::Brief;
use super::draft::read;
use super::evidence::{Expect, Judgement, Line};
use super::merge::conflicts;
use super::task::{Place, Worked};
use super::trial::{Step, Trial};
use super::trouble::SpecTrouble;
use super::words;
use crate::at_once::at_once;
use crate::desk::Desk;
use crate::happening::Happening;
use crate::office::Office;
use crate::session::{Course, Ended, Session};

/// Which tasks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tasks {
    /// All that are open and not optional.
    All,
    /// The next wave of them.
    Wave,
    /// These, by number.
    These(Vec<String>),
}

/// What came of one task.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Its number.
    pub number: String,
    /// What it says.
    pub text: String,
    /// Whether it is done, and what was seen.
    pub judgement: Judgement,
    /// The session that worked on it, where there was one; its copy is kept.
    pub session: Option<SessionId>,
    /// Whether it was begun again after another task.
    pub again: bool,
}

/// What came of a run.
#[derive(Debug)]
pub struct Report {
    /// Task by task, in the order in which they were judged.
    pub outcomes: Vec<Outcome>,
    /// Why it ended before all was done, where it did.
    pub stopped: Option<String>,
    /// What became of the change set.
    pub ended: Option<Ended>,
    /// The session that has what was merged.
    pub main: Option<SessionId>,
}

/// Runs them. `at_once` tasks are worked on at the same time.
pub fn run(service: &Office, bench: &dyn Bench, brief: &Brief, which: &Tasks, at_once: usize) -> Result<Report, SpecTrouble> {
    let mut report = Report { outcomes: Vec::new(), stopped: None, ended: None, main: None };
    let sitter = Sitter { about: format!("tasks of {}", brief.name), label: String::new(), model: None, at_the_desk: true };
    bench.sit(&sitter, &mut |main, desk, watch| {
        let mut running = Running { service, bench, brief, which, at_once, report: &mut report, documents: documents(main, brief)?, torn: false };
        if let Err(e) = running.waves(main, desk, watch) {
            running.report.stopped = Some(e.to_string()); // what was merged before it is proposed all the same
        }
        if let Some(path) = running.edited(main) {
            running.report.stopped = Some(SpecTrouble::Edited { path }.to_string());
        }
        let torn = running.torn;
        if torn {
            running.report.stopped = Some("a task that is done could be taken over only in part, and nobody tested that: nothing is proposed".to_owned());
        }
        report.main = Some(main.card().session.clone());
        if !torn {
            report.ended = Some(main.land(Course::done(), desk, watch)?);
        }
        Ok(())
    })?;
    Ok(report)
}

struct Running<'a> {
    service: &'a Office,
    bench: &'a dyn Bench,
    brief: &'a Brief,
    which: &'a Tasks,
    at_once: usize,
    report: &'a mut Report,
    /// The documents as they were when the run began.
    documents: Vec<(String, Option<Digest>)>,
    /// A task was taken over in part: nobody tested that, so nothing is proposed.
    torn: bool,
}

impl Running<'_> {
    fn waves(&mut self, main: &mut Session<'_>, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<(), SpecTrouble> {
        loop {
            let spec = read(main, self.brief)?;
            let wave = self.next(&spec)?;
            if wave.is_empty() {
                return Ok(());
            }
            if let Some(path) = self.edited(main) {
                self.report.stopped = Some(SpecTrouble::Edited { path }.to_string());
                return Ok(());
            }
            self.wave(main, &spec, &wave, desk, watch)?;
            if self.report.outcomes.iter().any(|outcome| !outcome.judgement.done) {
                self.report.stopped = Some("a task is not done, and others may rely on it".to_owned());
                return Ok(());
            }
            if *self.which == Tasks::Wave || self.torn {
                return Ok(());
            }
        }
    }

    /// The tasks of the next wave that are to be done: places in the list.
    fn next(&self, spec: &Spec) -> Result<Vec<usize>, SpecTrouble> {
        let tasks = spec.tasks.as_ref().ok_or_else(|| SpecTrouble::Absent { path: self.brief.path("tasks.md") })?;
        if let Tasks::These(numbers) = self.which {
            let unknown = numbers.iter().find(|number| tasks.find(number).is_none_or(|at| tasks.tasks.get(at).is_none_or(|task| !task.children.is_empty())));
            if let Some(number) = unknown {
                return Err(SpecTrouble::NoTask { number: number.clone() });
            }
        }
        let ids = tasks.ids();
        let done = |number: &str| self.report.outcomes.iter().any(|outcome| outcome.number == number);
        let wanted = |at: &usize| {
            tasks.tasks.get(*at).is_some_and(|task| {
                let Some(id) = ids.get(*at) else { return false };
                task.state != State::Completed && !done(id) && match self.which {
                    Tasks::All | Tasks::Wave => !task.optional,
                    Tasks::These(numbers) => numbers.contains(id),
                }
            })
        };
        let waves = spec::graph::waves(tasks).map_err(|cycle| SpecTrouble::Cycle { names: cycle.names })?;
        Ok(waves.into_iter().map(|wave| wave.into_iter().filter(wanted).collect::<Vec<_>>()).find(|wave| !wave.is_empty()).unwrap_or_default())
    }

    fn wave(&mut self, main: &mut Session<'_>, spec: &Spec, wave: &[usize], desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<(), SpecTrouble> {
        let base = main.changes()?;
        let mut merged = 0;
        for (at, worked) in wave.iter().zip(self.work_on_all(spec, wave, &base)) {
            if self.torn {
                return Ok(());
            }
            let judged = worked.and_then(|worked| self.judged(main, spec, *at, worked, &base, merged, desk, watch));
            match judged {
                Ok(true) => merged += 1,
                Ok(false) => {}
                Err(e) => self.lost(spec, *at, &e),
            }
        }
        Ok(())
    }

    /// A task that ended with trouble is not done; what others did stands.
    fn lost(&mut self, spec: &Spec, at: usize, why: &SpecTrouble) {
        let Some(task) = spec.tasks.as_ref().and_then(|tasks| tasks.tasks.get(at)) else { return };
        let number = words::id_of(spec, task);
        let lines = vec![Line { what: "worked on".into(), ok: false, text: why.to_string() }];
        let judgement = Judgement { v: 2, spec: self.brief.folder.clone(), task: number.clone(), text: task.text.clone(), lines, done: false, changed: Vec::new(), tested: None };
        self.report.outcomes.push(Outcome { number, text: task.text.clone(), judgement, session: None, again: false });
    }

    /// Works on the tasks of a wave, several at once, each in a copy of its own.
    fn work_on_all(&self, spec: &Spec, wave: &[usize], base: &ChangeSet) -> Vec<Result<Worked, SpecTrouble>> {
        let lost = || Err(SpecTrouble::Bench("a task's thread ended by itself; this is a defect, please report it".into()));
        let worked = at_once(wave, self.at_once.max(1), |at| self.work_on(spec, *at, base, ""));
        worked.into_iter().map(|one| one.unwrap_or_else(lost)).collect()
    }

    fn work_on(&self, spec: &Spec, at: usize, base: &ChangeSet, note: &str) -> Result<Worked, SpecTrouble> {
        let task = spec.tasks.as_ref().and_then(|tasks| tasks.tasks.get(at)).ok_or_else(|| SpecTrouble::NoTask { number: at.to_string() })?;
        Place { service: self.service, bench: self.bench, brief: self.brief, spec, task, base }.work(note)
    }

    /// Merges what is done; begins it again on the merged state where it does not fit. Whether something was merged.
    #[expect(clippy::too_many_arguments, reason = "the desk and the watcher go with every call")]
    fn judged(
        &mut self,
        main: &mut Session<'_>,
        spec: &Spec,
        at: usize,
        mut worked: Worked,
        base: &ChangeSet,
        merged: usize,
        desk: &mut dyn Desk,
        watch: &mut dyn FnMut(Happening<'_>),
    ) -> Result<bool, SpecTrouble> {
        let Some(task) = spec.tasks.as_ref().and_then(|tasks| tasks.tasks.get(at)) else { return Ok(false) };
        let must_pass = merged > 0 && Expect::of(spec, task) == Expect::Work;
        let mut again = false;
        if worked.judgement.done {
            let now = main.changes()?;
            let met = conflicts(&worked.own, base, &now);
            again = !met.is_empty() || must_pass && !self.passes(&words::id_of(spec, task), &now, &worked)?;
            if again {
                worked = self.work_on(spec, at, &now, &words::again(&met))?;
            }
            if let Some(path) = self.edited(main) {
                return Err(SpecTrouble::Edited { path });
            }
            if worked.judgement.done {
                self.torn = true; // until all of it is there
                main.take_over(&worked.own, desk, watch)?;
                self.torn = false;
            }
        }
        let number = words::id_of(spec, task);
        let done = worked.judgement.done;
        if done {
            self.mark(main, &number, desk, watch)?;
        }
        self.report.outcomes.push(Outcome { number, text: task.text.clone(), judgement: worked.judgement, session: Some(worked.session), again });
        Ok(done)
    }

    /// Whether all tests pass with what others did and this; run in a copy of their own.
    fn passes(&self, number: &str, now: &ChangeSet, worked: &Worked) -> Result<bool, SpecTrouble> {
        let about = format!("task {number} of {} together with the others", self.brief.name);
        let changed = now.changes.iter().chain(&worked.own).map(|change| change.path.clone()).collect();
        let trial = Trial { bench: self.bench, service: self.service, brief: self.brief, changed, about, label: number.to_owned() };
        let ran = trial.steps(&[Step::Take(&now.changes), Step::Take(&worked.own), Step::All])?;
        Ok(ran.first().is_none_or(|ran| ran.ok))
    }

    /// Marks the task in tasks.md, and what it was the last open part of.
    fn mark(&self, main: &mut Session<'_>, number: &str, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<(), SpecTrouble> {
        let path = self.brief.path("tasks.md");
        mark_done(main, &path, number, desk, watch)
    }

    /// The document that the person changed since the run began.
    fn edited(&self, main: &Session<'_>) -> Option<String> {
        let root = &main.card().root;
        let now = |path: &str| sandbox::read_still(&root.join(path), 64 << 20).ok().map(|(bytes, _)| Digest::of_bytes(&bytes));
        self.documents.iter().find(|(path, then)| now(path) != *then).map(|(path, _)| path.clone())
    }
}

/// A person took the task as it is: it is marked, and what its session did is proposed.
pub fn take_as_it_is(session: &mut Session<'_>, brief: &Brief, number: &str, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<Ended, SpecTrouble> {
    let inside = format!("{}/", brief.folder);
    let edited = session.changes()?.changes.into_iter().filter(|change| change.path.starts_with(&inside));
    let back: Vec<Change> = edited.map(|change| Change { path: change.path, before: change.after, after: change.before }).collect();
    session.keep_originals(&back)?;
    session.take_over(&back, desk, watch)?; // the documents are the person's
    mark_done(session, &brief.path("tasks.md"), number, desk, watch)?;
    Ok(session.land(Course::done(), desk, watch)?)
}

/// Writes `[x]` for a task into the copy's tasks.md, and for every parent that has no open required part left.
fn mark_done(main: &mut Session<'_>, path: &str, number: &str, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<(), SpecTrouble> {
    let mut number = Some(number.to_owned());
    while let Some(one) = number.take() {
        let bytes = main.file(path)?.ok_or_else(|| SpecTrouble::Absent { path: path.to_owned() })?;
        let file = spec::folder::SourceFile::new("tasks.md".to_owned(), bytes);
        let tasks = spec::tasks::Tasks::read(&file.text);
        let Some(at) = tasks.find(&one) else { break };
        let edit = tasks.set_state(at, State::Completed);
        if let Some(marked) = edit.and_then(|edit| file.apply(&[edit])) {
            main.put(path, Some(&marked), desk, watch)?;
        }
        let parent = tasks.tasks.get(at).and_then(|task| tasks.tasks.get(task.parent?));
        let open = |child: &usize| tasks.tasks.get(*child).is_some_and(|task| *child != at && !task.optional && task.state != State::Completed);
        number = parent.filter(|parent| !parent.children.iter().any(open)).map(|parent| tasks.id_of(parent));
    }
    Ok(())
}

fn documents(main: &Session<'_>, brief: &Brief) -> Result<Vec<(String, Option<Digest>)>, SpecTrouble> {
    let root = &main.card().root;
    let files = ["requirements.md", "bugfix.md", "design.md", "tasks.md", ".config.kiro", "spec.json"];
    let digest = |path: &str| sandbox::read_still(&root.join(path), 64 << 20).ok().map(|(bytes, _)| Digest::of_bytes(&bytes));
    Ok(files.iter().map(|file| brief.path(file)).map(|path| (path.clone(), digest(&path))).collect())
}
