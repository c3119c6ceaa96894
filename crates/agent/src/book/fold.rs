//! Who may do what, folded from the entries themselves.
//!
//! No index is asked which entries those are: rows beside entries can be taken away by whoever can write the file, and a revocation that
//! is not found would revoke nothing. So every entry is looked at once, by whoever comes first; what that came to is kept in a file under
//! the guard's signature, and whoever comes next reads on from there. The file is believed only if this guard sealed it, the ledger has
//! the same root over the entries that it stands for, and those about who may do what are the same bytes. Every other file, and none,
//! costs the time of folding again. If the power goes while it is written, it is one of those.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{MutexGuard, PoisonError};

use action::{Digest, Entry, Event, IntentId, Moment, Signed};
use guard::{GuardKey, Roster, Sealed};
use ledger::{Hash, ReadError};

use super::{Book, BookError, chain, read_entry};

/// The people as far as they were folded.
#[derive(Default)]
pub(super) struct Fold {
    begun: bool,
    /// How many entries were looked at.
    seen: u64,
    /// How many of these the kept file stands for.
    kept: u64,
    pub(super) roster: Roster,
    /// Over the bytes of all entries that are about who may do what.
    governing: Option<Hash>,
    /// From which entry on the latest change of people was at which moment; one for each of those.
    latest: Vec<(u64, Moment)>,
}

/// Where a fold is kept, and who seals it.
pub(super) struct Keep {
    path: PathBuf,
    key: GuardKey,
}

/// Entries that are read at once.
const STRIDE: u64 = 1_024;
/// After so many entries without a change it is kept again, so that nobody reads more than these.
const OFTEN: u64 = 256;
/// A larger file is none of ours.
const LARGEST: u64 = 64 * 1024 * 1024;

/// How the canonical bytes of entries about who may do what say so. Inside a text a quote has a backslash before it, so nothing else has
/// these bytes by accident; what is spelled otherwise is no entry of ours, changes nobody, and is named by the audit.
const GOVERNING: [&str; 4] = ["governed\"", "enrolled\"", "founded\"", "mapped\""];
const IS: &str = "\"is\":\"";

impl Fold {
    /// The moment of an answer is never before a change of people that the ledger has before it: a clock that was set back brings no
    /// revoked key back.
    pub(super) fn place(&self, entries: &mut [(u64, Entry)]) {
        for (index, entry) in entries.iter_mut().filter(|(_, entry)| matches!(entry.event, Event::Answered { .. })) {
            let before = self.latest.iter().rev().find(|(change, _)| change < index).map_or(Moment(0), |(_, at)| *at);
            entry.at = entry.at.max(before);
        }
    }

    fn note(&mut self, index: u64, bytes: &[u8]) {
        let mut over = self.governing.map(|hash| hash.0.to_vec()).unwrap_or_default();
        over.extend(index.to_be_bytes());
        over.extend(Hash::of_entry(bytes).0);
        self.governing = Some(Hash::of(&over));
    }

    fn governing(&self) -> Digest {
        Digest::from_raw(self.governing.map_or([0; 32], |hash| hash.0))
    }
}

impl Book {
    /// The same, which keeps in this file what it folded, sealed by the guard's key, and begins with what is kept there.
    pub fn keeping(self, path: PathBuf, key: GuardKey) -> Self {
        Self { keep: Some(Keep { path, key }), ..self }
    }

    /// The people as of the newest entry.
    pub(super) fn people(&self) -> Result<MutexGuard<'_, Fold>, BookError> {
        let size = self.ledger.size().map_err(|e| unread(&e))?;
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        if !people.begun {
            *people = self.kept(size)?.unwrap_or_default();
            people.begun = true;
        }
        let changes = people.latest.len();
        while people.seen < size {
            self.fold(&mut people, size)?;
        }
        if people.latest.len() > changes || people.seen >= people.kept + OFTEN {
            self.write_down(&mut people);
        }
        Ok(people)
    }

    /// Looks at the next entries, none left out.
    fn fold(&self, people: &mut Fold, size: u64) -> Result<(), BookError> {
        let end = size.min(people.seen.saturating_add(STRIDE));
        for (index, bytes) in self.entries(people.seen, end)? {
            if is_governing(&bytes) {
                self.take(people, index, &bytes)?;
            }
            people.seen = index + 1;
        }
        Ok(())
    }

    /// The entries of a range, all of them.
    fn entries(&self, from: u64, end: u64) -> Result<Vec<(u64, Vec<u8>)>, BookError> {
        let entries = self.ledger.entries(from..end).map_err(|e| unread(&e))?;
        match (from..end).zip(entries.iter().map(|(index, _)| Some(*index)).chain(std::iter::repeat(None))).find(|(index, found)| *found != Some(*index)) {
            Some((index, _)) => Err(BookError::Read { why: format!("entry {index} of the ledger is missing, though its head says that it is there") }),
            None => Ok(entries),
        }
    }

    fn take(&self, people: &mut Fold, index: u64, bytes: &[u8]) -> Result<(), BookError> {
        let (index, entry) = read_entry(index, bytes)?;
        match &entry.event {
            Event::Governed { intent, .. } => {
                let mut story = self.story_up_to(intent, index)?;
                people.place(&mut story);
                let story: Vec<Entry> = story.into_iter().map(|(_, entry)| entry).collect();
                people.roster.govern(&story).ok();
            }
            event @ (Event::Founded { .. } | Event::Enrolled { .. } | Event::Mapped { .. }) => drop(people.roster.apply(event, entry.at)),
            _ => return Ok(()),
        }
        people.note(index, bytes);
        let latest = people.roster.latest();
        people.latest.push((index, latest));
        Ok(())
    }

    /// All entries of an intent up to one of them. Where it begins may be looked up; what comes between is not.
    fn story_up_to(&self, intent: &IntentId, last: u64) -> Result<Vec<(u64, Entry)>, BookError> {
        let found = self.subject(&format!("intent:{intent}"))?;
        let begins = |entry: &Entry| matches!(&entry.event, Event::Proposed { intent: proposed, .. } if proposed.id == *intent);
        let first = found.first().filter(|(index, entry)| *index <= last && begins(entry)).map_or(0, |(index, _)| *index);
        let (mut story, mut from) = (Vec::new(), first);
        while from <= last {
            let end = last.saturating_add(1).min(from.saturating_add(STRIDE));
            for (index, bytes) in self.entries(from, end)? {
                if !says(&bytes, intent.as_str()) {
                    continue;
                }
                // What cannot be read is no step of it; a step that is missing leaves the change without its backing.
                story.extend(read_entry(index, &bytes).ok().filter(|(_, entry)| entry.event.intent() == Some(intent)));
            }
            from = end;
        }
        Ok(story)
    }

    /// What is kept, if it is to be believed.
    fn kept(&self, size: u64) -> Result<Option<Fold>, BookError> {
        let Some(sealed) = self.keep.as_ref().and_then(|keep| keep.key.unseal(&read(&keep.path)?)) else { return Ok(None) };
        if sealed.entries > size || self.ledger.root_at(sealed.entries).map_err(|e| unread(&e))?.map(|root| Digest::from_raw(root.0)) != Some(sealed.root) {
            return Ok(None);
        }
        let mut fold = Fold { begun: true, seen: sealed.entries, kept: sealed.entries, ..Fold::default() };
        for (index, _) in &sealed.latest {
            match self.ledger.entry(*index).map_err(|e| unread(&e))? {
                Some(bytes) if *index < sealed.entries => fold.note(*index, &bytes),
                _ => return Ok(None),
            }
        }
        Ok((fold.governing() == sealed.governing).then_some(Fold { roster: sealed.roster, latest: sealed.latest, ..fold }))
    }

    /// Keeps it for the next process. Where that fails, the next one folds it again, and nothing else is lost.
    fn write_down(&self, people: &mut Fold) {
        people.kept = people.seen;
        let (Some(keep), Ok(Some(root))) = (&self.keep, self.ledger.root_at(people.seen)) else { return };
        let sealed = Sealed::new(people.seen, Digest::from_raw(root.0), people.governing(), people.latest.clone(), people.roster.clone());
        let Some(text) = keep.key.seal(&sealed).ok().and_then(|signed| serde_json::to_string(&signed).ok()) else { return };
        let own = keep.path.with_extension(format!("new-{}", std::process::id()));
        if fs::write(&own, text).and_then(|()| fs::rename(&own, &keep.path)).is_err() {
            fs::remove_file(&own).ok();
        }
    }
}

fn is_governing(bytes: &[u8]) -> bool {
    let begins = |rest: &str| GOVERNING.iter().any(|word| rest.starts_with(word));
    std::str::from_utf8(bytes).is_ok_and(|text| text.match_indices(IS).any(|(at, is)| text.get(at + is.len()..).is_some_and(begins)))
}

fn says(bytes: &[u8], word: &str) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| text.contains(word))
}

fn read(path: &Path) -> Option<Signed> {
    fs::metadata(path).ok().filter(|found| found.is_file() && found.len() <= LARGEST)?;
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

fn unread(error: &ReadError) -> BookError {
    BookError::Read { why: chain(error) }
}

#[cfg(test)]
mod tests;
