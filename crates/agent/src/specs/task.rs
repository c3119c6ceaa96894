//! One task: a session of its own, in a copy that has what was done before it; then the tests, run by us; then a judgement.

use std::collections::{HashMap, HashSet};

use action::{Change, ChangeSet, Event, SessionId};
use spec::folder::Spec;
use spec::hooks::Trigger;
use spec::tasks::Task;

use super::bench::{Bench, Sitter};
use super::brief::Brief;
use super::evidence::{Expect, Judgement, Own, Seen, Tested, judge};
use super::inline::Inline;
use super::rig::Rig;
use super::tagged::{Tagged, Texts};
use super::trial::{Ran, Step, Trial};
use super::trouble::SpecTrouble;
use super::words;
use crate::office::Office;
use crate::session::Session;

/// How often the model may go on after a judgement that misses something.
const MENDS: usize = 2;

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
    fn number(&self) -> String {
        words::id_of(self.spec, self.task)
    }

    /// Works on it until evidence says that it is done, or the mends are used up.
    pub(super) fn work(&self, note: &str) -> Result<Worked, SpecTrouble> {
        let sitter = Sitter { about: format!("task {} of {}", self.number(), self.brief.name), label: self.number(), model: Some(format!("task-{}", self.number())), at_the_desk: false };
        let mut worked = None;
        self.bench.sit(&sitter, &mut |session, desk, watch| {
            session.take_over(&self.base.changes, desk, watch)?;
            let asked = format!("{}{note}", words::task(self.brief, self.spec, self.task, Expect::of(self.spec, self.task)));
            session.hooks_for(Trigger::BeforeTask, desk, watch)?;
            let mut course = session.work(&asked, desk, watch)?;
            for mend in 0..=MENDS {
                course.tell(watch);
                session.hooks_for(Trigger::AfterTask, desk, watch)?; // before the judgement, so that what they change is judged
                let own = self.own(session)?;
                let judgement = self.judge(session, &own)?;
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

    /// What this copy has that the base has not, and what it has no more. The specification itself is not the task's to change.
    fn own(&self, session: &mut Session<'_>) -> Result<Vec<Change>, SpecTrouble> {
        let inside = format!("{}/", self.brief.folder);
        let now = session.changes()?;
        let known: HashMap<&str, &Change> = self.base.changes.iter().map(|one| (one.path.as_str(), one)).collect();
        let still: HashSet<&str> = now.changes.iter().map(|one| one.path.as_str()).collect();
        let same = |change: &Change| known.get(change.path.as_str()).is_some_and(|one| one.after == change.after);
        let undone = self.base.changes.iter().filter(|one| !still.contains(one.path.as_str()));
        let undone = undone.map(|one| Change { path: one.path.clone(), before: one.after.clone(), after: one.before.clone() });
        let changed = now.changes.iter().filter(|change| !same(change)).cloned();
        let mut own: Vec<Change> = changed.chain(undone).filter(|change| !change.path.starts_with(&inside)).collect();
        own.sort();
        session.keep_originals(&own)?;
        Ok(own)
    }

    /// The tests are run on exactly these bytes, in copies of their own: what still runs in the session, or what a test writes,
    /// changes nothing of what is judged and merged.
    fn judge(&self, session: &mut Session<'_>, changes: &[Change]) -> Result<Judgement, SpecTrouble> {
        let own = Own::of(changes);
        let expect = Expect::of(self.spec, self.task);
        let files = own.test_files();
        let root = session.card().root.clone();
        let texts = Texts { book: &self.service.book, root: &root };
        let inline = Inline::of(&texts, self.brief, &self.base.changes, &own)?;
        let (base_all, before) = self.on_the_base(&own, &files, &inline.grafts, expect)?;
        let mut now = self.trial(&own, "with it").steps(&[Step::Take(&self.base.changes), Step::Take(changes), Step::All, Step::Only(&files)])?.into_iter();
        let (now, own_now) = (now.next(), now.next().filter(|_| !files.is_empty()));
        let tagged = Tagged::read(&texts, self.spec, self.brief, &[&self.base.changes, changes]);
        let failed_once = session.test_runs().iter().any(|run| !run.ok);
        let mut judgement = judge(&Seen {
            brief: self.brief,
            spec: self.spec,
            task: self.task,
            own: &own,
            base_all: base_all.as_ref(),
            before: before.as_ref(),
            now: now.as_ref(),
            own_now: own_now.as_ref(),
            failed_once,
            tests_only: &inline.tests_only,
            new_inline: inline.has_new,
            steered: Rig { book: &self.service.book, root: &root, runners: &self.brief.runners }.changed(&self.base.changes, changes),
            tagged: &tagged,
            waiting: session.waiting(),
        });
        judgement.tested = self.tested(changes, &tagged, &[now, own_now])?;
        Ok(judgement)
    }

    /// What the runs say of single tests that say what they test, and what exactly they ran on.
    fn tested(&self, changes: &[Change], tagged: &Tagged, runs: &[Option<Ran>]) -> Result<Option<Tested>, SpecTrouble> {
        let is_tagged = |case: &tools::Case| tagged.names.iter().any(|name| tools::is_run_of(&case.name, name));
        let mut cases: Vec<tools::Case> = runs.iter().flatten().flat_map(|ran| &ran.cases).filter(|case| is_tagged(case)).cloned().collect();
        cases.sort();
        cases.dedup();
        if cases.is_empty() {
            return Ok(None);
        }
        let together: std::collections::BTreeMap<&str, &Change> = self.base.changes.iter().chain(changes).map(|change| (change.path.as_str(), change)).collect();
        let inside = format!("{}/", self.brief.folder);
        let counts = |path: &str| !tagged.files.contains_key(path) && !path.starts_with(&inside) && !tools::is_documentation(path);
        let file = |change: &&Change| match &change.after {
            Some(action::Content::File { digest, .. }) if counts(&change.path) => Some((change.path.clone(), *digest)),
            _ => None,
        };
        let sources = together.values().filter_map(file).collect();
        let set = ChangeSet::new(&self.base.root, together.into_values().cloned().collect());
        let change = self.service.book.put_value(&set)?;
        let commands: Vec<&str> = runs.iter().flatten().map(|ran| ran.command.as_str()).collect();
        Ok(Some(Tested { command: commands.join(" && "), change, tests: tagged.files.clone(), sources, cases }))
    }

    /// All tests as they were, and the task's own tests, both on the code from before it. `grafts` has those inside sources.
    fn on_the_base(&self, own: &Own, files: &[String], grafts: &[Change], expect: Expect) -> Result<(Option<Ran>, Option<Ran>), SpecTrouble> {
        let own_tests = if grafts.is_empty() { Step::Only(files) } else { Step::All };
        let steps = [Step::Take(&self.base.changes), Step::All, Step::Take(&own.tests), Step::Take(grafts), own_tests];
        let mut ran = self.trial(own, "on the code from before").steps(&steps)?.into_iter();
        let (all, only) = (ran.next(), ran.next());
        let has_own = !files.is_empty() || !grafts.is_empty();
        let fixes_a_shown_bug = !has_own && self.spec.kind == spec::config::Kind::Bugfix && expect == Expect::Work;
        let before = if fixes_a_shown_bug { all.clone() } else { only.filter(|_| has_own) };
        Ok((all, before))
    }

    fn trial(&self, own: &Own, what: &str) -> Trial<'_> {
        let about = format!("task {} of {}: its tests {what}", self.number(), self.brief.name);
        Trial { bench: self.bench, service: self.service, brief: self.brief, changed: own.paths(), about, label: self.number() }
    }

    /// The judgement is on the ledger before anybody acts on it.
    fn note(&self, session: &Session<'_>, judgement: &Judgement) -> Result<(), SpecTrouble> {
        let digest = self.service.book.put_value(judgement)?;
        let event = Event::Evidenced {
            session: session.card().session.clone(),
            spec: self.brief.folder.clone(),
            task: self.number(),
            judgement: digest,
            done: judgement.done,
        };
        self.service.book.write(&[event])?;
        Ok(())
    }
}
