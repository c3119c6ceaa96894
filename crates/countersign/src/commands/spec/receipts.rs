//! What the ledger knows of a spec: judgements of its tasks and the tests that ran for them, what landed in those sessions, and
//! what people took without evidence.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use action::{Deed, Digest, Entry, Event, IntentId, Landing, SessionId};
use agent::Office;
use agent::specs::{Judgement, Tested};
use spec::trace::Receipt;

/// All of it.
pub(super) struct Known {
    pub receipts: Vec<Receipt>,
    /// Newest first.
    pub runs: Vec<Run>,
    /// What changed documents or what was made, oldest first.
    pub steps: Vec<Step>,
}

/// Something after which documents or what was made for tasks are others.
pub(super) enum Step {
    /// A person took a document of the spec as it was.
    Document { file: String, text: Digest },
    /// A change set landed in `root`: with what was done for these tasks, by their judgements, or as the end of a `spec sync`.
    Landed { root: PathBuf, change: Digest, tasks: BTreeMap<String, Digest>, agreed: Option<Digest> },
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
pub(super) struct Receipts {
    /// Absolute path of the spec's folder.
    folder: PathBuf,
    roots: BTreeMap<SessionId, String>,
    /// The session that each works for.
    parents: BTreeMap<SessionId, SessionId>,
    proposed: BTreeMap<IntentId, action::Intent>,
    landed: BTreeMap<SessionId, Vec<(u64, IntentId, String)>>,
    /// Where in the project each landing was, and what.
    places: BTreeMap<u64, (SessionId, String, Digest)>,
    /// Documents that people took, by their entry.
    documents: BTreeMap<u64, (String, Digest)>,
    /// Of each session, what agreed when it had synced the spec.
    synced: BTreeMap<SessionId, Digest>,
    /// Who judged: session and task of each judgement, and whether it says done.
    judges: Vec<(SessionId, String, Digest, bool)>,
    tasks: BTreeMap<SessionId, BTreeSet<String>>,
    receipts: Vec<Receipt>,
    /// Place, root, task, judgement, and whether it says done.
    judged: Vec<(u64, String, String, Digest, bool)>,
    /// Judgements with which people took a task as it was.
    taken: BTreeSet<Digest>,
}

/// Entries that are read at once.
const CHUNK: u64 = 4_096;

/// Reads the whole ledger.
pub(super) fn read(service: &Office, folder: PathBuf) -> anyhow::Result<Known> {
    let ledger = service.book.ledger();
    let mut found = Receipts::new(folder);
    let (mut from, length) = (0, ledger.len());
    while from < length {
        let to = length.min(from + CHUNK);
        for (index, bytes) in ledger.entries(from..to)? {
            found.entry(index, serde_json::from_slice::<Entry>(&bytes)?.event);
        }
        from = to;
    }
    let (runs, steps) = (found.runs(service), found.steps());
    Ok(Known { receipts: found.finish(), runs, steps })
}

impl Receipts {
    fn new(folder: PathBuf) -> Self {
        let (roots, parents, proposed, landed, tasks) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let (places, documents, synced, judges) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new(), Vec::new());
        Self { folder, roots, parents, proposed, landed, places, documents, synced, judges, tasks, receipts: Vec::new(), judged: Vec::new(), taken: BTreeSet::new() }
    }

    fn entry(&mut self, index: u64, event: Event) {
        match event {
            Event::Opened { session, root, parent, .. } => {
                self.parents.extend(parent.map(|parent| (session.clone(), parent.session().clone())));
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
            Event::Synced { session, spec, seen } if self.roots.get(&session).is_some_and(|root| Path::new(root).join(&spec) == self.folder) => {
                self.synced.insert(session, seen);
            }
            Event::Evidenced { session, spec, task, done, judgement } => self.evidenced(index, session, &spec, task, (judgement, done)),
            _ => {}
        }
    }

    fn evidenced(&mut self, index: u64, session: SessionId, spec: &str, task: String, (judgement, done): (Digest, bool)) {
        let Some(root) = self.roots.get(&session).filter(|root| Path::new(root).join(spec) == self.folder) else { return };
        self.judged.push((index, root.clone(), task.clone(), judgement, done));
        self.judges.push((session.clone(), task.clone(), judgement, done));
        let line = if done { "judged done by evidence" } else { "judged not done" };
        self.receipts.push(Receipt { intent: session.to_string(), index, line: line.to_owned(), task: Some(task.clone()), criteria: Vec::new() });
        let mut session = Some(session);
        while let Some(one) = session {
            // A copy's work lands in the session that it works for. An opening names only earlier ones, so there is no circle.
            session = self.parents.get(&one).cloned();
            self.tasks.entry(one).or_default().insert(task.clone());
        }
    }

    fn finished(&mut self, index: u64, intent: action::Intent, line: String) {
        match intent.deed {
            Deed::Land { root, change, landing } => {
                // A branch is in the tree when somebody has merged it, and then its commits tell.
                if !matches!(landing, Landing::Branch { .. }) {
                    self.places.insert(index, (intent.session.clone(), root, change));
                }
                self.landed.entry(intent.session).or_default().push((index, intent.id, line));
            }
            Deed::Accept { root, what, text, .. } => self.accepted(index, &intent.id, intent.asked_by.as_str(), (&root, &what, &text)),
            _ => {}
        }
    }

    fn accepted(&mut self, index: u64, intent: &IntentId, by: &str, (root, what, text): (&str, &str, &Digest)) {
        let document = what.strip_prefix("document ").map(|path| Path::new(root).join(path)).filter(|path| path.parent() == Some(self.folder.as_path()));
        if let Some(file) = document.as_deref().and_then(Path::file_name).and_then(|name| name.to_str()) {
            self.documents.insert(index, (file.to_owned(), *text));
        }
        let task = what.strip_prefix("task ").and_then(|rest| rest.split_once(" of ")).filter(|(_, of)| Path::new(root).join(of) == self.folder);
        if let Some((task, _)) = task {
            self.taken.insert(*text);
            let line = format!("accepted by {by} without the evidence");
            self.receipts.push(Receipt { intent: intent.to_string(), index, line, task: Some(task.to_owned()), criteria: Vec::new() });
        }
    }

    /// In the order of the ledger. A landing is for the tasks that were done by whoever worked for its session.
    fn steps(&self) -> Vec<Step> {
        let mut done: BTreeMap<&SessionId, BTreeMap<String, Digest>> = BTreeMap::new();
        for (session, task, judgement, is_done) in &self.judges {
            let mut next = Some(session);
            while let Some(one) = next {
                let known = done.entry(one).or_default();
                // The last word on a task counts.
                match *is_done || self.taken.contains(judgement) {
                    true => drop(known.insert(task.clone(), *judgement)),
                    false => drop(known.remove(task)),
                }
                next = self.parents.get(one);
            }
        }
        let landed = |(session, root, change): &(SessionId, String, Digest)| Step::Landed {
            root: PathBuf::from(root),
            change: *change,
            tasks: done.get(session).cloned().unwrap_or_default(),
            agreed: self.synced.get(session).copied(),
        };
        let landed = self.places.iter().map(|(index, place)| (*index, landed(place)));
        let taken = self.documents.iter().map(|(index, (file, text))| (*index, Step::Document { file: file.clone(), text: *text }));
        let mut steps: Vec<(u64, Step)> = landed.chain(taken).collect();
        steps.sort_by_key(|(index, _)| *index);
        steps.into_iter().map(|(_, step)| step).collect()
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
    fn finish(mut self) -> Vec<Receipt> {
        for (session, landed) in self.landed {
            for task in self.tasks.get(&session).into_iter().flatten() {
                let receipt = |(index, intent, line): &(u64, IntentId, String)| Receipt { intent: intent.to_string(), index: *index, line: line.clone(), task: Some(task.clone()), criteria: Vec::new() };
                self.receipts.extend(landed.iter().map(receipt));
            }
        }
        self.receipts.sort_by_key(|receipt| receipt.index);
        self.receipts
    }
}

#[cfg(test)]
mod tests;
