//! Checkpoints of the copy: after each step that changed it, what differs from the person's tree, by content.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use action::{Change, ChangeSet, Content, Digest};
use sandbox::{Differing, Now};
use serde::{Deserialize, Serialize};

use crate::book::Book;
use crate::copy::{CopyError, keep};
use crate::failure::SessionError;

/// One line of `steps.jsonl`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// From 0.
    pub step: u32,
    /// Blob of the [`Manifest`].
    pub manifest: Digest,
    /// How many messages the conversation had, those that compaction took out included.
    pub messages: usize,
}

/// All paths of the copy that differ from the person's tree.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of this shape: 1.
    pub v: u8,
    /// Path to content; nothing: it was removed.
    pub paths: BTreeMap<String, Option<Content>>,
}

impl Manifest {
    /// To be compared with others of this tree. What was there before is not in it.
    pub(crate) fn as_set(&self) -> ChangeSet {
        let change = |(path, after): (&String, &Option<Content>)| Change { path: path.clone(), before: None, after: after.clone() };
        ChangeSet::new("", self.paths.iter().map(change).collect())
    }

    /// Paths whose content is another one in `other`, in order.
    pub(crate) fn differing(&self, other: &Self) -> Vec<String> {
        let all: std::collections::BTreeSet<&String> = self.paths.keys().chain(other.paths.keys()).collect();
        all.into_iter().filter(|path| self.paths.get(*path) != other.paths.get(*path)).cloned().collect()
    }
}

/// The checkpoints of one session.
#[derive(Debug)]
pub struct Steps {
    file: File,
    steps: Vec<Step>,
    seen: BTreeMap<PathBuf, (Stamp, Content)>,
}

/// Changes whenever the bytes of a file do.
type Stamp = (u64, u64, i64, i64);

impl Steps {
    /// Opens the list of a session folder.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let steps = Self::list(folder)?;
        let file = OpenOptions::new().create(true).append(true).open(folder.join("steps.jsonl"))?;
        Ok(Self { file, steps, seen: BTreeMap::new() })
    }

    /// The checkpoints of a session folder, oldest first.
    pub fn list(folder: &Path) -> io::Result<Vec<Step>> {
        let Ok(file) = File::open(folder.join("steps.jsonl")) else {
            return Ok(Vec::new());
        };
        let mut steps = Vec::new();
        for line in BufReader::new(file).lines() {
            match serde_json::from_str(&line?) {
                Ok(step) => steps.push(step),
                Err(_) => break, // cut by a crash
            }
        }
        Ok(steps)
    }

    /// Saves a checkpoint if the copy differs from the last one.
    pub(crate) fn save(&mut self, book: &Book, found: Vec<Differing>, messages: usize) -> Result<Option<(u32, Digest)>, CopyError> {
        let manifest = self.manifest(book, found)?;
        if self.steps.is_empty() && manifest.paths.is_empty() {
            return Ok(None);
        }
        let digest = Digest::of(&manifest).map_err(|e| CopyError::Box { why: e.to_string() })?;
        if self.steps.last().is_some_and(|last| last.manifest == digest) {
            return Ok(None);
        }
        let digest = book.put_value(&manifest)?;
        let step = Step { step: self.steps.last().map_or(0, |last| last.step + 1), manifest: digest, messages };
        let line = serde_json::to_string(&step).map_err(|e| CopyError::Box { why: e.to_string() })?;
        writeln!(self.file, "{line}").map_err(|e| CopyError::Box { why: e.to_string() })?;
        self.steps.push(step.clone());
        Ok(Some((step.step, digest)))
    }

    /// The manifest of a step and the length of the conversation then.
    pub(crate) fn at(&self, book: &Book, step: u32) -> Result<(Manifest, usize), SessionError> {
        let last = self.steps.last().map_or(0, |last| last.step);
        let found = self.steps.iter().find(|s| s.step == step).ok_or(SessionError::NoStep { step, last })?;
        Ok((book.get_value(&found.manifest)?, found.messages))
    }

    pub(crate) fn manifest(&mut self, book: &Book, found: Vec<Differing>) -> Result<Manifest, CopyError> {
        let mut manifest = Manifest { v: 1, paths: BTreeMap::new() };
        let mut seen = BTreeMap::new();
        for differing in found {
            let content = self.content(book, &differing, &mut seen)?;
            manifest.paths.insert(sandbox::text_of(&differing.path), content);
        }
        self.seen = seen;
        Ok(manifest)
    }

    /// A file whose stamp did not change is not read again.
    fn content(&self, book: &Book, differing: &Differing, seen: &mut BTreeMap<PathBuf, (Stamp, Content)>) -> Result<Option<Content>, CopyError> {
        let Now::File { at, .. } = &differing.now else {
            return keep(book, differing);
        };
        let stamp = std::fs::metadata(at).ok().map(|m| (m.ino(), m.size(), m.ctime(), m.ctime_nsec()));
        let known = self.seen.get(&differing.path).filter(|(known, _)| Some(*known) == stamp).map(|(_, content)| content.clone());
        let content = match known {
            Some(content) => Some(content),
            None => keep(book, differing)?,
        };
        if let (Some(stamp), Some(content)) = (stamp, &content) {
            seen.insert(differing.path.clone(), (stamp, content.clone()));
        }
        Ok(content)
    }
}

#[cfg(test)]
mod tests;
