//! What was made for the tasks of a spec, by the ledger: the change sets that landed with what was done for them, and the words of
//! the documents as people had signed them then. A commit says the same only where it names its tasks.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use action::{ChangeSet, Content, Digest};
use agent::Office;
use agent::specs::{Agreed, Judgement};
use spec::drift::Made;
use spec::folder::Spec;

use super::folders::Folder;
use super::history::{cited, test_names};
use super::receipts::Step;
use super::sources::is_source;

/// A larger file is none that was made.
const LARGEST: u64 = 64 << 20;

/// What was made, by whom it is known.
pub(super) struct Known {
    /// By the ledger: files go by the digests of their bytes.
    pub by_ledger: Vec<Made>,
    /// By commits alone: files go by their blobs.
    pub by_commits: Vec<Made>,
}

/// Follows the ledger from its beginning. `by_commits` is known of tasks that it may know nothing of.
pub(super) fn known(service: &Office, project: &Path, folder: &Folder, steps: &[Step], by_commits: Vec<Made>) -> Known {
    let mut making = Making { service, project, folder, documents: BTreeMap::new(), files: BTreeMap::new(), made: BTreeMap::new(), others: by_commits };
    steps.iter().for_each(|step| making.step(step));
    Known { by_ledger: making.finish(), by_commits: making.others }
}

/// Digests of the files as they are now; those that are gone are not in it.
pub(super) fn now(project: &Path, made: &[Made]) -> BTreeMap<String, String> {
    let paths: BTreeSet<&str> = made.iter().flat_map(|one| &one.files).map(|(path, _)| path.as_str()).collect();
    let digest = |path: &str| sandbox::read_still(&project.join(path), LARGEST).ok().map(|(bytes, _)| Digest::of_bytes(&bytes).to_string());
    paths.into_iter().filter_map(|path| Some((path.to_owned(), digest(path)?))).collect()
}

struct Making<'a> {
    service: &'a Office,
    project: &'a Path,
    folder: &'a Folder,
    /// Texts of the documents, as they were signed.
    documents: BTreeMap<String, Digest>,
    /// What tasks and syncs of this spec left of each file.
    files: BTreeMap<String, Digest>,
    made: BTreeMap<String, Made>,
    others: Vec<Made>,
}

impl Making<'_> {
    fn step(&mut self, step: &Step) {
        match step {
            Step::Document { file, text } => {
                self.documents.insert(file.clone(), *text);
            }
            Step::Landed { root, change, tasks, agreed } => {
                // What cannot be read says nothing; `ledger verify` tells it.
                let Ok(set) = self.service.book.get_value::<ChangeSet>(change) else { return };
                let landed = self.landed(root, &set, !tasks.is_empty());
                if !tasks.is_empty() {
                    self.tasks(root, tasks, &landed);
                }
                if let Some(agreed) = agreed.and_then(|digest| self.service.book.get_value::<Agreed>(&digest).ok()) {
                    self.agreed(agreed);
                }
            }
        }
    }

    /// Takes documents over, and files too where they were made for tasks. The paths of those from the project's folder.
    fn landed(&mut self, root: &Path, set: &ChangeSet, is_for_tasks: bool) -> Vec<String> {
        let mut paths = Vec::new();
        for change in &set.changes {
            let whole = root.join(&change.path);
            let Some(path) = whole.strip_prefix(self.project).ok().and_then(Path::to_str) else { continue };
            let digest = if let Some(Content::File { digest, .. }) = &change.after { Some(*digest) } else { None };
            match path.strip_prefix(&format!("{}/", self.folder.path)) {
                Some(file) => keep(&mut self.documents, file, digest),
                None if is_for_tasks && !path.contains(".kiro/") => {
                    keep(&mut self.files, path, digest);
                    paths.push(path.to_owned());
                }
                None => {}
            }
        }
        paths
    }

    fn tasks(&mut self, root: &Path, tasks: &BTreeMap<String, Digest>, landed: &[String]) {
        let spec = self.spec();
        for (task, judgement) in tasks {
            let own = self.service.book.get_value::<Judgement>(judgement).map(|judgement| judgement.changed).unwrap_or_default();
            // Where it is not known what a task changed, it is all that landed with it.
            let is_own = |path: &&String| own.is_empty() || own.iter().any(|own| root.join(own) == self.project.join(path));
            let landed = landed.iter().filter(is_own);
            self.others.retain(|other| other.task != *task);
            let (criteria, properties, sections) = cited(&spec, task);
            let made = self.made.entry(task.clone()).or_default();
            let files: BTreeSet<String> = made.files.iter().map(|(path, _)| path.clone()).chain(landed.cloned()).collect();
            *made = Made { task: task.clone(), criteria, properties, sections, files: files.into_iter().map(|path| (path, String::new())).collect(), tests: Vec::new() };
        }
    }

    /// From here on everything agrees, whoever had made it: what was gone is made for nobody any more.
    fn agreed(&mut self, agreed: Agreed) {
        self.documents = agreed.documents;
        self.files.extend(agreed.files.clone());
        let spec = self.spec();
        for made in std::mem::take(&mut self.others) {
            self.made.entry(made.task.clone()).or_insert(made);
        }
        self.made.retain(|task, _| spec.tasks.as_ref().is_some_and(|tasks| tasks.find(task).is_some()));
        for (task, made) in &mut self.made {
            (made.criteria, made.properties, made.sections) = cited(&spec, task);
            made.files.retain(|(path, _)| agreed.files.contains_key(path));
        }
    }

    fn spec(&self) -> Spec {
        let text = |(file, digest): (&String, &Digest)| Some((file.clone(), self.service.book.get(digest).ok()?));
        Spec::read(&self.folder.name, self.documents.iter().filter_map(text).collect())
    }

    /// Each file as it was left by whoever worked on the spec last.
    fn finish(&mut self) -> Vec<Made> {
        let mut all: Vec<Made> = std::mem::take(&mut self.made).into_values().collect();
        for made in &mut all {
            let known = made.files.iter().filter_map(|(path, _)| Some((path.clone(), *self.files.get(path)?)));
            let known: Vec<(String, Digest)> = known.collect();
            let sources = known.iter().filter(|(path, _)| is_source(path)).filter_map(|(_, digest)| self.service.book.get(digest).ok());
            made.tests = test_names(&self.folder.name, sources);
            made.files = known.into_iter().map(|(path, digest)| (path, digest.to_string())).collect();
        }
        all
    }
}

fn keep(known: &mut BTreeMap<String, Digest>, name: &str, digest: Option<Digest>) {
    match digest {
        Some(digest) => drop(known.insert(name.to_owned(), digest)),
        None => drop(known.remove(name)),
    }
}
