//! What a project remembers: short texts that a person signed, told to every later session there.
//!
//! ```text
//! agent or person ─▶ Remember / Forget ─▶ held ─▶ signed ─▶ Finished ─▶ fold: remembered, and not forgotten since
//! ```
//!
//! Nothing is stored beside the ledger, so nothing can disagree with it: what is kept is folded from the intents of this root
//! that people signed and that ended well. A memory is text for a model. The guard takes an intent, its effects and the moment,
//! and none of the three holds what is kept; so no memory can widen anything.

use std::collections::BTreeMap;

use action::{Deed, Decision, Digest, Event, IntentId, Moment, PersonId, Quorum, Reason, SessionId, Stage, Verdict};
use effects::MemoryFact;

use crate::book::{Book, BookError};
use crate::office::Office;
use crate::story::Story;

mod told;

pub(crate) use told::{bytes_told, telling};

/// Memories of one project at most, what waits for people included.
pub const MOST: usize = 64;
/// Bytes of all of them together.
pub const ROOM: usize = 16 * 1024;
/// Bytes of one.
pub const LONGEST: usize = tools::LONGEST_MEMORY;

/// One kept text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memory {
    /// The intent by which it was kept.
    pub id: IntentId,
    /// What sessions are told.
    pub text: String,
    /// Who asked for it, and in which session.
    pub asked_by: PersonId,
    /// The session, or `desk` where a person wrote it.
    pub session: SessionId,
    /// Who signed.
    pub by: Vec<PersonId>,
    /// When it was proposed.
    pub at: Moment,
    /// The entry that ended its intent.
    pub entry: u64,
}

/// A change that waits for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The intent.
    pub id: IntentId,
    /// What would be kept; absent where something would be forgotten.
    pub text: Option<String>,
    /// The memory that would not be kept any more.
    pub of: Option<IntentId>,
}

/// All memories of one project, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memories {
    /// Kept.
    pub kept: Vec<Memory>,
    /// Not signed yet.
    pub waiting: Vec<Waiting>,
}

impl Memories {
    /// Folds what the ledger has of this root.
    pub fn of(book: &Book, root: &str) -> Result<Self, BookError> {
        let now = book.now();
        let mut memories = Self::default();
        let mut ended = Vec::new();
        for story in stories(book, root)? {
            match story.outcome.as_ref().filter(|_| story.stage == Stage::Finished && !story.answers.is_empty()) {
                Some((index, _)) => ended.push((*index, story)),
                None if story.waits(now) => memories.waiting.push(waiting(book, story)?),
                None => {}
            }
        }
        ended.sort_by_key(|(index, _)| *index);
        ended.into_iter().try_for_each(|(index, story)| memories.apply(book, index, story))?;
        Ok(memories)
    }

    /// The kept one whose id begins so.
    pub fn find(&self, prefix: &str) -> Option<&Memory> {
        let mut found = self.kept.iter().filter(|memory| memory.id.as_str().starts_with(prefix));
        found.next().filter(|_| !prefix.is_empty() && found.next().is_none())
    }

    /// Whether this text may be kept beside the others.
    pub fn fits(&self, text: &str, instead: Option<&IntentId>) -> Result<(), NotKept> {
        if let Some(gone) = instead.filter(|id| !self.has(id)) {
            return Err(NotKept::Unknown { id: gone.clone() });
        }
        if text.trim().is_empty() || text.len() > LONGEST {
            return Err(NotKept::Length { bytes: text.len() });
        }
        let others = || self.kept.iter().filter(|memory| Some(&memory.id) != instead).map(|memory| (&memory.id, memory.text.as_str()));
        let waiting = || self.waiting.iter().filter_map(|one| Some((&one.id, one.text.as_deref()?)));
        if let Some((id, _)) = others().chain(waiting()).find(|(_, known)| known.trim() == text.trim()) {
            return Err(NotKept::Known { id: id.clone() });
        }
        let (count, bytes) = others().chain(waiting()).fold((1, text.len()), |(count, bytes), (_, known)| (count + 1, bytes + known.len()));
        match count > MOST || bytes > ROOM {
            true => Err(NotKept::Full { count: count - 1, bytes: bytes - text.len() }),
            false => Ok(()),
        }
    }

    fn has(&self, id: &IntentId) -> bool {
        self.kept.iter().any(|memory| memory.id == *id)
    }

    fn apply(&mut self, book: &Book, index: u64, story: Story) -> Result<(), BookError> {
        match &story.intent.deed {
            Deed::Forget { memory, .. } => self.kept.retain(|known| known.id != *memory),
            Deed::Remember { text, instead, .. } => {
                let text = text_of(book, text)?;
                self.kept.retain(|known| Some(&known.id) != instead.as_ref());
                self.kept.push(Memory {
                    text,
                    session: story.intent.session,
                    asked_by: story.intent.asked_by,
                    by: story.answers.iter().map(|(person, _)| person.clone()).collect(),
                    at: story.at,
                    entry: index,
                    id: story.intent.id,
                });
            }
            _ => {}
        }
        Ok(())
    }
}

/// Whatever a policy allows: a memory is kept, or forgotten, by a person's signature and by nothing else.
pub(crate) fn only_signed(deed: &Deed, policy: Digest) -> Option<Verdict> {
    let text = "sessions are told what a person signed, and nothing else".to_owned();
    let held = Verdict { decision: Decision::Hold { quorum: Quorum::ANYONE }, reasons: vec![Reason { rule: "memory".into(), text }], policy };
    matches!(deed, Deed::Remember { .. } | Deed::Forget { .. }).then_some(held)
}

/// What a person is shown of a change: the texts themselves.
pub(crate) fn fact(book: &Book, root: &str, text: Option<&Digest>, of: Option<&IntentId>) -> Result<MemoryFact, BookError> {
    let text = text.map(|digest| text_of(book, digest)).transpose()?;
    let was = match of {
        Some(id) => Memories::of(book, root)?.kept.into_iter().find(|memory| memory.id == *id).map(|memory| memory.text),
        None => None,
    };
    Ok(MemoryFact { text, was })
}

/// The signature is given; all there is to do is to see that what was signed can be kept now, beside what was kept meanwhile.
pub(crate) fn remember(book: &Book, root: &str, text: &Digest, instead: Option<&IntentId>) -> Result<String, NotKept> {
    let kept = Memories { waiting: Vec::new(), ..Memories::of(book, root)? };
    let text = text_of(book, text)?;
    kept.fits(&text, instead)?;
    Ok(format!("remembered for later sessions in {root}: {} bytes", text.len()))
}

/// The same for what is to be kept no longer.
pub(crate) fn forget(book: &Book, root: &str, memory: &IntentId) -> Result<String, NotKept> {
    match Memories::of(book, root)?.has(memory) {
        true => Ok(format!("forgotten in {root}: memory {memory}")),
        false => Err(NotKept::Unknown { id: memory.clone() }),
    }
}

/// What a person wants of the memories.
pub enum Wanted<'a> {
    /// Keep a text, perhaps in the place of another.
    Remember(&'a str, Option<IntentId>),
    /// Keep one no longer.
    Forget(IntentId),
}

/// Proposes a person's own change; it is held until they have signed, or ends where policy refuses it. Nothing is proposed that
/// could not be kept.
pub fn propose(service: &Office, person: &PersonId, root: &str, wanted: &Wanted<'_>) -> Result<(IntentId, Verdict), NotKept> {
    let root = root.to_owned();
    let deed = match wanted {
        Wanted::Remember(text, instead) => {
            let text = text.trim();
            Memories::of(&service.book, &root)?.fits(text, instead.as_ref())?;
            Deed::Remember { root, text: service.book.put(text.as_bytes())?, instead: instead.clone() }
        }
        Wanted::Forget(memory) => {
            forget(&service.book, &root, memory)?;
            Deed::Forget { root, memory: memory.clone() }
        }
    };
    Ok(crate::proposal::propose(service, person, deed)?)
}

/// How many memories each project has that has any.
pub fn projects(book: &Book) -> Result<BTreeMap<String, usize>, BookError> {
    let mut roots = BTreeMap::new();
    for (_, entry) in book.subject("memories")? {
        if let Event::Proposed { intent, .. } = entry.event
            && let Some(root) = root_of(&intent.deed)
            && !roots.contains_key(root)
        {
            roots.insert(root.to_owned(), Memories::of(book, root)?.kept.len());
        }
    }
    roots.retain(|_, kept| *kept > 0);
    Ok(roots)
}

fn root_of(deed: &Deed) -> Option<&str> {
    match deed {
        Deed::Remember { root, .. } | Deed::Forget { root, .. } => Some(root),
        _ => None,
    }
}

fn stories(book: &Book, root: &str) -> Result<Vec<Story>, BookError> {
    let mut stories = Vec::new();
    for (_, entry) in book.subject("memories")? {
        match entry.event {
            Event::Proposed { intent, .. } if root_of(&intent.deed) == Some(root) => stories.extend(book.story(&intent.id)?),
            _ => {}
        }
    }
    Ok(stories)
}

fn waiting(book: &Book, story: Story) -> Result<Waiting, BookError> {
    let (text, of) = match story.intent.deed {
        Deed::Remember { text, instead, .. } => (Some(text_of(book, &text)?), instead),
        Deed::Forget { memory, .. } => (None, Some(memory)),
        _ => (None, None),
    };
    Ok(Waiting { id: story.intent.id, text, of })
}

fn text_of(book: &Book, digest: &Digest) -> Result<String, BookError> {
    String::from_utf8(book.get(digest)?).map_err(|_| BookError::Read { why: format!("blob {digest} is not text") })
}

/// Why something is not remembered, or not forgotten. Nothing happened.
#[derive(Debug, thiserror::Error)]
pub enum NotKept {
    /// Nothing, or more than a person reads at a glance.
    #[error("a memory has 1 to {LONGEST} bytes, and this has {bytes}; say it shorter")]
    Length {
        /// Of the text.
        bytes: usize,
    },
    /// No room beside the others.
    #[error("{count} memories with {bytes} bytes are kept or wait here, and there is room for {MOST} with {ROOM} bytes; forget one first (countersign memory list)")]
    Full {
        /// How many.
        count: usize,
        /// How long.
        bytes: usize,
    },
    /// Exactly this text.
    #[error("exactly this is remembered already, or waits for a signature: {id}")]
    Known {
        /// The memory or the held intent.
        id: IntentId,
    },
    /// Nothing to forget or to replace.
    #[error("no memory `{id}` is kept in this project (countersign memory list)")]
    Unknown {
        /// What was named.
        id: IntentId,
    },
    /// The ledger.
    #[error(transparent)]
    Book(#[from] BookError),
}

#[cfg(test)]
mod tests;
