//! What began lately, found without reading the ledger: rows beside the entries that begin something, named by whose it is or where, and
//! when.
//!
//! An act's moment is never before that of an act that the ledger has before it, unless that one is ahead by more than a day: a clock that
//! is set back hides nothing, and one that was ahead once moves nothing for good. Ledgers of older versions have no such rows; what they
//! have of the last day is found by reading backwards. The rows are written with the entry, or not at all.

use std::collections::{BTreeMap, BTreeSet};

use action::{Digest, Effects, Event, Intent, IntentId, Moment};
use guard::{Act, DAY_SECONDS, MOST, Past};

use super::{Book, BookError, chain, read_entry};

/// Entries that are read at a time where there are no rows.
const BATCH: u64 = 512;

/// All acts, by when.
const AT: &str = "act-at";
/// From which entry on they have rows.
const SINCE: &str = "acts-since";

impl Book {
    /// What came before an intent. Nothing is read where it changes nothing that history keeps.
    pub(crate) fn past(&self, intent: &Intent, effects: &Effects) -> Result<Past, BookError> {
        self.past_before(u64::MAX, intent, effects)
    }

    /// The same, of what the ledger has before an entry.
    pub(crate) fn past_before(&self, end: u64, intent: &Intent, effects: &Effects) -> Result<Past, BookError> {
        let asked = guard::kept(intent, effects);
        if asked.is_empty() {
            return Ok(Past::default());
        }
        let now = self.now();
        let from = Moment(now.0.saturating_sub(DAY_SECONDS * 1000));
        let wholes: BTreeSet<String> = asked.iter().map(|effect| within(guard::whole_of(&effect.environment))).collect();
        let mut acts: Vec<Act> = self.without_rows(from)?;
        let mut known: BTreeSet<IntentId> = acts.iter().map(|act| act.intent.clone()).collect(); // without rows, or in several
        for subject in wholes.into_iter().chain([of_person(intent.asked_by.as_str())]) {
            let (first, last) = (named(&subject, from), format!("{subject};"));
            let rows = self.ledger.by_subjects(&first..&last, MOST + 1).map_err(|e| BookError::Read { why: chain(&e) })?;
            if rows.len() > MOST {
                return Ok(Past::too_much());
            }
            for (name, index, bytes) in rows {
                // Another's name may begin like this one.
                let Some(at) = moment(&name, &subject).filter(|_| index < end) else { continue };
                let Some(id) = read_entry(index, &bytes)?.1.event.intent().cloned() else { continue };
                if known.insert(id.clone()) {
                    acts.extend(self.act(&id, at)?);
                }
            }
        }
        Ok(Past::of(&acts, intent, effects, now))
    }

    /// An act of a proposal that began at that moment; nothing where there is no proposal, which is no act of anybody.
    fn act(&self, id: &IntentId, at: Moment) -> Result<Option<Act>, BookError> {
        let subject = format!("intent:{id}");
        let end = format!("{subject}\0");
        let found = self.ledger.by_subjects(&subject..&end, 1).map_err(|e| BookError::Read { why: chain(&e) })?;
        let Some((_, index, bytes)) = found.into_iter().next() else { return Ok(None) };
        match read_entry(index, &bytes)?.1.event {
            Event::Proposed { intent, effects, digest } => {
                Ok(Some(Act { intent: intent.id, person: intent.asked_by, at, effects: self.whole(effects, &digest)? }))
            }
            _ => Ok(None),
        }
    }

    /// The effects that were judged: those of the entry, or of the blob where they did not fit it.
    fn whole(&self, effects: Effects, digest: &Digest) -> Result<Effects, BookError> {
        match Digest::of(&effects) {
            Ok(found) if found == *digest => Ok(effects),
            _ => self.get_value(digest),
        }
    }

    /// What is kept of an act's beginning besides: whose it was and where, by when it began.
    pub(super) fn rows(&self, at: Moment, event: &Event, batch: &[Event]) -> Result<Vec<String>, BookError> {
        let id = match event {
            Event::Founded { .. } => return Ok(vec![SINCE.to_owned()]),
            Event::Started { intent, .. } | Event::Handed { intent, .. } => intent,
            _ => return Ok(Vec::new()),
        };
        let here = batch.iter().find_map(|event| match event {
            Event::Proposed { intent, effects, digest } if intent.id == *id => Some((intent, effects, digest)),
            _ => None,
        });
        let act = match here {
            Some((intent, effects, digest)) => {
                Some(Act { intent: id.clone(), person: intent.asked_by.clone(), at, effects: self.whole(effects.clone(), digest)? })
            }
            None => self.act(id, at)?,
        };
        let subjects = act.map(|act| subjects_of(&act)).unwrap_or_default();
        if subjects.is_empty() {
            return Ok(Vec::new());
        }
        let at = self.moment_of_act(at)?;
        let since = self.since()?.is_none().then(|| SINCE.to_owned());
        Ok(subjects.iter().map(|subject| named(subject, at)).chain(since).collect())
    }

    /// The rows of every entry that has some, as the entries say; from the first that has any, since older versions wrote none. A ledger
    /// without a single one hides nothing by that: it is read backwards.
    pub(super) fn all_rows(&self) -> Result<BTreeMap<u64, Vec<String>>, BookError> {
        let Some(since) = self.since()? else { return Ok(BTreeMap::new()) };
        let mut rows = BTreeMap::from([(since, vec![SINCE.to_owned()])]);
        let mut moments: BTreeSet<Moment> = BTreeSet::new();
        let (mut from, end) = (since, self.ledger.size().map_err(|e| BookError::Read { why: chain(&e) })?);
        while from < end {
            let next = end.min(from.saturating_add(BATCH));
            for (index, bytes) in self.ledger.entries(from..next).map_err(|e| BookError::Read { why: chain(&e) })? {
                let (_, entry) = read_entry(index, &bytes)?;
                let (Event::Started { intent, .. } | Event::Handed { intent, .. }) = &entry.event else { continue };
                let subjects = self.act(intent, entry.at)?.map(|act| subjects_of(&act)).unwrap_or_default();
                if subjects.is_empty() {
                    continue;
                }
                let last = moments.range(..entry.at.plus_seconds(DAY_SECONDS)).next_back();
                let at = last.map_or(entry.at, |last| entry.at.max(*last));
                moments.insert(at);
                rows.entry(index).or_default().extend(subjects.iter().map(|subject| named(subject, at)));
            }
            from = next;
        }
        Ok(rows)
    }

    /// When an act began that begins at this moment of the clock.
    fn moment_of_act(&self, at: Moment) -> Result<Moment, BookError> {
        let (first, ahead) = (named(AT, Moment(0)), named(AT, at.plus_seconds(DAY_SECONDS)));
        let last = self.ledger.last_subject(&first..&ahead).map_err(|e| BookError::Read { why: chain(&e) })?;
        Ok(last.and_then(|name| moment(&name, AT)).map_or(at, |last| last.max(at)))
    }

    fn since(&self) -> Result<Option<u64>, BookError> {
        let end = format!("{SINCE}\0");
        let found = self.ledger.by_subjects(SINCE..&end, 1).map_err(|e| BookError::Read { why: chain(&e) })?;
        Ok(found.first().map(|(_, index, _)| *index))
    }

    /// Acts that an older version began since a moment: backwards through what it wrote, to a stretch that is older as a whole.
    fn without_rows(&self, from: Moment) -> Result<Vec<Act>, BookError> {
        let mut end = self.since()?.unwrap_or_else(|| self.ledger.len());
        let mut begun = Vec::new();
        while end > 0 {
            let start = end.saturating_sub(BATCH);
            let stretch = self.ledger.entries(start..end).map_err(|e| BookError::Read { why: chain(&e) })?;
            let mut latest = Moment(0);
            for (index, bytes) in stretch {
                let (_, entry) = read_entry(index, &bytes)?;
                latest = latest.max(entry.at);
                if let Event::Started { intent, .. } | Event::Handed { intent, .. } = entry.event {
                    begun.extend(self.act(&intent, entry.at)?);
                }
            }
            if latest < from {
                break;
            }
            end = start;
        }
        Ok(begun)
    }
}

/// Whose an act was and where; nothing where history keeps nothing of it.
fn subjects_of(act: &Act) -> Vec<String> {
    let kept = act.effects.iter().filter(|effect| guard::is_kept(effect));
    let places: BTreeSet<String> = kept.map(|effect| within(guard::whole_of(&effect.environment))).collect();
    if places.is_empty() {
        return Vec::new();
    }
    places.into_iter().chain([AT.to_owned(), of_person(act.person.as_str())]).collect()
}

fn of_person(person: &str) -> String {
    format!("acts-of:{person}")
}

fn within(whole: &str) -> String {
    format!("acts-in:{whole}")
}

/// A row's name: as text in the order of moments.
fn named(subject: &str, at: Moment) -> String {
    format!("{subject}:{:020}", at.0)
}

fn moment(name: &str, subject: &str) -> Option<Moment> {
    let digits = name.strip_prefix(subject)?.strip_prefix(':')?;
    digits.parse().ok().map(Moment)
}

#[cfg(test)]
mod tests;
