//! What the ledger knows of a spec: judgements of its tasks and the tests that ran for them, what landed in those sessions, and
//! what people accepted.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use action::{Deed, Digest, Entry, Event, IntentId, SessionId};
use agent::Office;
use agent::specs::{Judgement, Tested};
use spec::folder::Spec;
use spec::trace::{Approval, Receipt};

/// All of it.
pub(super) struct Known {
    pub receipts: Vec<Receipt>,
    pub approvals: Vec<Approval>,
    /// Newest first.
    pub runs: Vec<Run>,
}

/// Tests that ran for a task which is done, by evidence or because a person took it as it was.
pub(super) struct Run {
    pub task: String,
    /// The entry with the judgement.
    pub index: u64,
    /// The project's folder.
    pub root: PathBuf,
    pub tested: Tested,
}

/// What was found, while the entries go by.
pub(super) struct Receipts<'s> {
    spec: &'s Spec,
    /// Absolute path of the spec's folder.
    folder: PathBuf,
    roots: BTreeMap<SessionId, String>,
    proposed: BTreeMap<IntentId, action::Intent>,
    landed: BTreeMap<SessionId, Vec<(u64, IntentId, String)>>,
    tasks: BTreeMap<SessionId, BTreeSet<String>>,
    receipts: Vec<Receipt>,
    approvals: BTreeMap<String, Approval>,
    /// Place, root, task, judgement, and whether it says done.
    judged: Vec<(u64, String, String, Digest, bool)>,
    /// Judgements with which people took a task as it was.
    taken: BTreeSet<Digest>,
}

/// Entries that are read at once.
const CHUNK: u64 = 4_096;

/// Reads the whole ledger.
pub(super) fn read(service: &Office, folder: PathBuf, spec: &Spec) -> anyhow::Result<Known> {
    let ledger = service.book.ledger();
    let mut found = Receipts::new(folder, spec);
    let (mut from, length) = (0, ledger.len());
    while from < length {
        let to = length.min(from + CHUNK);
        for (index, bytes) in ledger.entries(from..to)? {
            found.entry(index, serde_json::from_slice::<Entry>(&bytes)?.event);
        }
        from = to;
    }
    let runs = found.runs(service);
    let (receipts, approvals) = found.finish();
    Ok(Known { receipts, approvals, runs })
}

impl<'s> Receipts<'s> {
    fn new(folder: PathBuf, spec: &'s Spec) -> Self {
        let (roots, proposed, landed, tasks) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { spec, folder, roots, proposed, landed, tasks, receipts: Vec::new(), approvals: BTreeMap::new(), judged: Vec::new(), taken: BTreeSet::new() }
    }

    fn entry(&mut self, index: u64, event: Event) {
        match event {
            Event::Opened { session, root, .. } => {
                self.roots.insert(session, root);
            }
            Event::Proposed { intent, .. } if matches!(intent.deed, Deed::Land { .. } | Deed::Accept { .. }) => {
                self.proposed.insert(intent.id.clone(), intent);
            }
            Event::Finished { intent, outcome } => {
                if let Some(intent) = self.proposed.remove(&intent) {
                    self.finished(index, intent, outcome.line);
                }
            }
            Event::Evidenced { session, spec, task, done, judgement } => self.evidenced(index, session, &spec, task, (judgement, done)),
            _ => {}
        }
    }

    fn evidenced(&mut self, index: u64, session: SessionId, spec: &str, task: String, (judgement, done): (Digest, bool)) {
        let Some(root) = self.roots.get(&session).filter(|root| Path::new(root).join(spec) == self.folder) else { return };
        self.judged.push((index, root.clone(), task.clone(), judgement, done));
        let line = if done { "judged done by evidence" } else { "judged not done" };
        self.receipts.push(Receipt { intent: session.to_string(), index, line: line.to_owned(), task: Some(task.clone()), criteria: Vec::new() });
        self.tasks.entry(session).or_default().insert(task);
    }

    fn finished(&mut self, index: u64, intent: action::Intent, line: String) {
        match intent.deed {
            Deed::Land { .. } => self.landed.entry(intent.session).or_default().push((index, intent.id, line)),
            Deed::Accept { root, what, text, .. } => self.accepted(index, &intent.id, intent.asked_by.as_str(), (&root, &what, &text)),
            _ => {}
        }
    }

    fn accepted(&mut self, index: u64, intent: &IntentId, by: &str, (root, what, text): (&str, &str, &Digest)) {
        let document = what.strip_prefix("document ").map(|path| Path::new(root).join(path));
        let document = document.as_ref().and_then(|path| path.strip_prefix(&self.folder).ok()).and_then(Path::to_str);
        if let Some(document) = document {
            let current = self.spec.file(document).is_some_and(|file| Digest::of_bytes(file.bytes()) == *text);
            self.approvals.insert(document.to_owned(), Approval { document: document.to_owned(), by: by.to_owned(), current });
        }
        let task = what.strip_prefix("task ").and_then(|rest| rest.split_once(" of ")).filter(|(_, of)| Path::new(root).join(of) == self.folder);
        if let Some((task, _)) = task {
            self.taken.insert(*text);
            let line = format!("accepted by {by} without the evidence");
            self.receipts.push(Receipt { intent: intent.to_string(), index, line, task: Some(task.to_owned()), criteria: Vec::new() });
        }
    }

    /// A judgement that cannot be read shows nothing.
    fn runs(&self, service: &Office) -> Vec<Run> {
        let counts = self.judged.iter().rev().filter(|(.., judgement, done)| *done || self.taken.contains(judgement));
        let run = |(index, root, task, judgement, _): &(u64, String, String, Digest, bool)| {
            let read: Judgement = serde_json::from_slice(&service.book.get(judgement).ok()?).ok()?;
            Some(Run { task: task.clone(), index: *index, root: PathBuf::from(root), tested: read.tested? })
        };
        counts.filter_map(run).collect()
    }

    /// What landed in a session was for the tasks that were judged in it.
    fn finish(mut self) -> (Vec<Receipt>, Vec<Approval>) {
        for (session, landed) in self.landed {
            for task in self.tasks.get(&session).into_iter().flatten() {
                let receipt = |(index, intent, line): &(u64, IntentId, String)| Receipt { intent: intent.to_string(), index: *index, line: line.clone(), task: Some(task.clone()), criteria: Vec::new() };
                self.receipts.extend(landed.iter().map(receipt));
            }
        }
        self.receipts.sort_by_key(|receipt| receipt.index);
        (self.receipts, self.approvals.into_values().collect())
    }
}

#[cfg(test)]
mod tests;
