//! The one door to the ledger: events go in, stories come out.
//!
//! A [`Book`] writes typed events as canonical entries and folds them back. Everything that is known of an intent, a
//! session, the people or the environments is read from here; there is no second store to disagree with. If the power
//! goes, what `write` returned for is there, and what it did not return for is either whole or absent.

use std::path::Path;
use std::sync::Mutex;

use action::{Answer, Digest, Effects, Entry, Environment, EnvironmentName, Event, Generation, Intent, IntentId, Moment, Notice, Parent, PersonId, Reply, SessionId, StopScope};
use ledger::{Append, AppendError, Hash, Ledger, LogKey};

use crate::story::Story;

mod beside;
mod fold;
mod named;
pub(crate) mod past;

use fold::{Fold, Keep};

pub use named::Named;

/// The clock that the face gives. Order is the ledger's; this only says when.
pub type Clock = Box<dyn Fn() -> Moment + Send + Sync>;

/// Typed access to one ledger. `&self` everywhere: several threads may write.
pub struct Book {
    ledger: Ledger,
    clock: Clock,
    /// The people as of so many entries: entries never change, so what was folded once stays so.
    people: Mutex<Fold>,
    /// Where that is kept for the next process.
    keep: Option<Keep>,
}

impl Book {
    /// Opens the ledger in `folder`, making it if it is absent.
    pub fn open(folder: &Path, key: LogKey, clock: Clock) -> Result<Self, BookError> {
        Ok(Self::over(Ledger::open(folder, key).map_err(BookError::open)?, clock))
    }

    /// The same over a ledger that was opened elsewhere (a faulty store in tests).
    pub fn over(ledger: Ledger, clock: Clock) -> Self {
        Self { ledger, clock, people: Mutex::default(), keep: None }
    }

    /// The ledger itself, for export and proofs.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The present moment, by the face's clock.
    pub fn now(&self) -> Moment {
        (self.clock)()
    }

    /// Writes the events, all or none, durable on return. Steps that may come once an intent come once, over all processes.
    pub fn write(&self, events: &[Event]) -> Result<Vec<u64>, BookError> {
        self.append(events, None)
    }

    /// The same, unless people were changed since they were so many changes: what was decided by a roster is written while it is
    /// the roster, and a key that is revoked in this very moment decides nothing.
    pub(crate) fn write_while(&self, people: u64, events: &[Event]) -> Result<Vec<u64>, BookError> {
        self.append(events, Some(governed(people + 1)))
    }

    /// The same for what a permit is good for until a moment: an entry is never stamped at or after it.
    pub(crate) fn begin(&self, people: Option<u64>, until: Moment, events: &[Event]) -> Result<Vec<u64>, BookError> {
        let at = self.now();
        if at >= until {
            return Err(BookError::Expired { until, at });
        }
        self.append_at(at, events, people.map(|people| governed(people + 1)))
    }

    fn append(&self, events: &[Event], unless: Option<String>) -> Result<Vec<u64>, BookError> {
        self.append_at(self.now(), events, unless)
    }

    fn append_at(&self, at: Moment, events: &[Event], unless: Option<String>) -> Result<Vec<u64>, BookError> {
        let mut entries = events.iter().map(|event| append_of(at, event)).collect::<Result<Vec<_>, _>>()?;
        for (entry, event) in entries.iter_mut().zip(events) {
            entry.subjects.extend(self.rows(at, event, events)?);
        }
        if let Some(first) = entries.first_mut() {
            first.unless.extend(unless);
        }
        self.ledger.append(entries).map_err(|e| match e {
            AppendError::AlreadyDone { key } if key.starts_with(GOVERNED) => BookError::PeopleMoved,
            AppendError::AlreadyDone { key } => BookError::AlreadyDone { key },
            other => BookError::Write { why: chain(&other) },
        })
    }

    /// Keeps bytes as a blob, durable on return.
    pub fn put(&self, bytes: &[u8]) -> Result<Digest, BookError> {
        let hash = self.ledger.put_blob(bytes).map_err(|e| BookError::Write { why: chain(&e) })?;
        Ok(Digest::from_raw(hash.0))
    }

    /// Keeps a value's canonical bytes as a blob.
    pub fn put_value<T: serde::Serialize>(&self, value: &T) -> Result<Digest, BookError> {
        let bytes = action::canonical(value).map_err(|e| BookError::Write { why: e.to_string() })?;
        self.put(&bytes)
    }

    /// A blob's bytes; verified against its name.
    pub fn get(&self, digest: &Digest) -> Result<Vec<u8>, BookError> {
        let found = self.ledger.blob(&Hash(*digest.raw())).map_err(|e| BookError::Read { why: chain(&e) })?;
        found.ok_or_else(|| BookError::Read { why: format!("blob {digest} is not there") })
    }

    /// A blob read as a value.
    pub fn get_value<T: serde::de::DeserializeOwned>(&self, digest: &Digest) -> Result<T, BookError> {
        serde_json::from_slice(&self.get(digest)?).map_err(|e| BookError::Read { why: format!("blob {digest}: {e}") })
    }

    /// All that is known of one intent; `None` when the ledger never heard of it. A unique beginning of the id is enough.
    pub fn story(&self, id: &IntentId) -> Result<Option<Story>, BookError> {
        let entries = self.intent(id)?;
        Story::fold(&entries).map_err(|why| BookError::Read { why })
    }

    /// Every intent that was ever held, oldest first. One whose entries make no story is left out, so that it stands in
    /// nobody's way; the audit names it, and it can never run.
    pub fn held(&self) -> Result<Vec<Story>, BookError> {
        let mut stories = Vec::new();
        for (_, entry) in self.subject("held")? {
            if let Some(id) = entry.event.intent() {
                let entries = self.intent(id)?;
                stories.extend(Story::fold(&entries).ok().flatten());
            }
        }
        Ok(stories)
    }

    /// The entries of one intent, each answer at the moment at which it is judged.
    pub(crate) fn intent(&self, id: &IntentId) -> Result<Vec<(u64, Entry)>, BookError> {
        let mut entries = self.subject(&format!("intent:{id}"))?;
        if entries.iter().any(|(_, entry)| matches!(entry.event, Event::Answered { .. })) {
            self.people()?.place(&mut entries);
        }
        Ok(entries)
    }

    /// All entries about a subject, oldest first.
    pub fn subject(&self, subject: &str) -> Result<Vec<(u64, Entry)>, BookError> {
        let raw = self.ledger.by_subject(subject).map_err(|e| BookError::Read { why: chain(&e) })?;
        raw.into_iter().map(|(index, bytes)| read_entry(index, &bytes)).collect()
    }

    /// The entries of one session and of all its intents' proposals, oldest first.
    pub fn session(&self, session: &SessionId) -> Result<Vec<(u64, Entry)>, BookError> {
        self.subject(&format!("session:{session}"))
    }

    /// The sessions that came from one, oldest first, and as what.
    pub fn begun_by(&self, session: &SessionId) -> Result<Vec<(SessionId, Parent)>, BookError> {
        let mut begun: Vec<(SessionId, Parent)> = Vec::new();
        for (_, entry) in self.subject(&format!("begun-by:{session}"))? {
            if let Event::Opened { session, parent: Some(parent), .. } = entry.event {
                begun.retain(|(known, _)| *known != session); // one that ended in its first round is opened again
                begun.push((session, parent));
            }
        }
        Ok(begun)
    }

    /// The first of the sessions that this one comes from; itself, where it comes from none.
    pub fn family(&self, session: &SessionId) -> Result<SessionId, BookError> {
        let mut known = vec![session.clone()];
        loop {
            let Some(last) = known.last().cloned() else { return Ok(session.clone()) };
            let opened = self.session(&last)?.into_iter().find_map(|(_, entry)| match entry.event {
                Event::Opened { parent, .. } => Some(parent),
                _ => None,
            });
            match opened.flatten().map(|parent| parent.session().clone()) {
                Some(parent) if !known.contains(&parent) => known.push(parent),
                _ => return Ok(last),
            }
        }
    }

    /// The session of the subagent that this intent began, where it has begun one.
    pub(crate) fn subagent_of(&self, intent: &Intent) -> Result<Option<SessionId>, BookError> {
        let begun = self.begun_by(&intent.session)?;
        let is_it = |parent: &Parent| matches!(parent, Parent::Subagent { intent: id, .. } if *id == intent.id);
        Ok(begun.into_iter().find(|(_, parent)| is_it(parent)).map(|(session, _)| session))
    }

    /// The session, and all that worked for it and for those. A session comes from one, so nothing is in it twice.
    pub fn with_workers(&self, session: &SessionId) -> Result<Vec<SessionId>, BookError> {
        let mut all = vec![session.clone()];
        let mut at = 0;
        while let Some(one) = all.get(at).cloned() {
            let begun = self.begun_by(&one)?.into_iter().filter(|(_, parent)| parent.is_worked_for()).map(|(session, _)| session);
            let fresh: Vec<SessionId> = begun.filter(|session| !all.contains(session)).collect();
            all.extend(fresh);
            at += 1;
        }
        Ok(all)
    }

    /// The session, and all that it works for: what stops one of these stops it. A fork works for nobody.
    fn works_for(&self, session: &SessionId) -> Result<Vec<SessionId>, BookError> {
        let mut all = vec![session.clone()];
        let mut next = Some(session.clone());
        while let Some(one) = next.take() {
            let above = self.session(&one)?.into_iter().find_map(|(_, entry)| match entry.event {
                Event::Opened { parent, .. } => parent.filter(Parent::is_worked_for),
                _ => None,
            });
            next = above.map(|parent| parent.session().clone()).filter(|above| !all.contains(above));
            all.extend(next.clone());
        }
        Ok(all)
    }

    /// All environments as they are now, with their generations, by name.
    pub fn environments(&self) -> Result<Vec<(Environment, Generation)>, BookError> {
        let people = self.people()?;
        Ok(people.roster.standing().environments().map(|(environment, generation)| (environment.clone(), generation)).collect())
    }

    /// The generation of an environment; one that nobody mapped stays at 0.
    pub fn generation(&self, name: &EnvironmentName) -> Result<Generation, BookError> {
        Ok(self.people()?.roster.standing().generation(name))
    }

    /// The generation that what touches these things is fenced by: it changes with the mapping of any place among them.
    pub fn fence(&self, effects: &Effects) -> Result<Generation, BookError> {
        Ok(self.people()?.roster.standing().generation_of(&effects.places()))
    }

    /// The people, folded from their enrolments and from the signed changes since. What nobody signed for who may is no change; the
    /// audit names it.
    pub fn roster(&self) -> Result<guard::Roster, BookError> {
        Ok(self.people()?.roster.clone())
    }

    /// Whether a stop in this scope came after ledger index `since`, and by whom. A stop of a session that this one works for
    /// is one.
    pub fn stopped(&self, since: u64, session: &SessionId, intent: Option<&IntentId>) -> Result<Option<PersonId>, BookError> {
        let stops: Vec<Event> = self.subject("stops")?.into_iter().filter(|(index, _)| *index >= since).map(|(_, entry)| entry.event).collect();
        if stops.is_empty() {
            return Ok(None);
        }
        let sessions = self.works_for(session)?;
        Ok(stops.into_iter().find_map(|stop| match stop {
            Event::Stopped { scope, by } => covers(&scope, &sessions, intent).then_some(by),
            _ => None,
        }))
    }
}

/// Whether a stop reaches one of these sessions, or this intent.
fn covers(scope: &StopScope, sessions: &[SessionId], intent: Option<&IntentId>) -> bool {
    match scope {
        StopScope::All => true,
        StopScope::Session { session: stopped } => sessions.contains(stopped),
        StopScope::Intent { intent: stopped } => intent == Some(stopped),
    }
}

fn append_of(at: Moment, event: &Event) -> Result<Append, BookError> {
    let entry = Entry { v: 1, at, event: event.clone() };
    let bytes = action::canonical(&entry).map_err(|e| BookError::Write { why: e.to_string() })?;
    Ok(Append { bytes, once: once(event), unless: unless(event), subjects: subjects(event) })
}

/// Steps that can come once an intent. `Started` and `Refused` share a key: it begins or it is refused, never both.
fn once(event: &Event) -> Option<String> {
    let key = |step: &str, id: &IntentId| Some(format!("{step}:{id}"));
    match event {
        Event::Founded { .. } => Some("founded".into()),
        Event::Proposed { intent, .. } => key("proposed", &intent.id),
        Event::Assessed { intent, .. } => key("assessed", intent),
        // Who said yes may still say no, which ends it.
        Event::Answered { intent, person, answer } => match Answer::read(&answer.text).is_ok_and(|answer| answer.reply == Reply::No) {
            true => Some(format!("answered:{intent}:{person}:no")),
            false => Some(format!("answered:{intent}:{person}")),
        },
        Event::Countersigned { intent, .. } => key("countersigned", intent),
        Event::Started { intent, .. } | Event::Refused { intent, .. } | Event::Handed { intent, .. } => key("begun", intent),
        Event::Finished { intent, .. } | Event::Failed { intent, .. } | Event::Unknown { intent, .. } => key("ended", intent),
        // Of several processes that meet a new session of another maker's agent at once, one opens it.
        Event::Opened { session, model, .. } if model.is_empty() => Some(format!("opened:{session}")),
        Event::Mapped { environment, generation, .. } => Some(format!("mapped:{}:{}", environment.name, generation.0)),
        Event::Governed { number, .. } => Some(governed(*number)),
        Event::Observed { about, .. } => key("observed", about),
        // Two processes may tell it at once; that it was told stands here once.
        Event::Notified { about, notice, channel } => Some(match notice {
            Notice::Glass => format!("notified:{channel}:glass:{about}"),
            Notice::Waiting { time } => format!("notified:{channel}:waiting-{time}:{about}"),
        }),
        Event::Enrolled { .. }
        | Event::LoggedIn { .. }
        | Event::LoggedOut { .. }
        | Event::Opened { .. }
        | Event::Prompted { .. }
        | Event::Replied { .. }
        | Event::Stopped { .. }
        | Event::Checkpointed { .. }
        | Event::Evidenced { .. }
        | Event::Synced { .. }
        | Event::CorrectionOpened { .. }
        | Event::Closed { .. } => None,
    }
}

const GOVERNED: &str = "governed:";

/// The key of one change of people.
fn governed(number: u64) -> String {
    format!("{GOVERNED}{number}")
}

/// Steps that come too late after others, whoever took those: decided where nobody else can write. An answer counts until
/// the permit is signed, and a permit is signed until it began or was refused.
fn unless(event: &Event) -> Vec<String> {
    match event {
        Event::Answered { intent, .. } => vec![format!("countersigned:{intent}"), format!("begun:{intent}")],
        Event::Countersigned { intent, .. } => vec![format!("begun:{intent}")],
        _ => Vec::new(),
    }
}

fn subjects(event: &Event) -> Vec<String> {
    let mut subjects = Vec::new();
    subjects.extend(event.intent().map(|id| format!("intent:{id}")));
    subjects.extend(event.session().map(|id| format!("session:{id}")));
    let topic = match event {
        Event::Founded { .. } | Event::Enrolled { .. } | Event::Governed { .. } => Some("people"),
        Event::Mapped { .. } => Some("environments"),
        Event::CorrectionOpened { .. } => Some("corrections"),
        Event::Notified { .. } => Some("notices"),
        Event::Observed { .. } => Some("observed"),
        Event::LoggedIn { .. } | Event::LoggedOut { .. } => Some("logins"),
        Event::Opened { .. } => Some("sessions"),
        Event::Stopped { .. } => Some("stops"),
        Event::Assessed { verdict, .. } if matches!(verdict.decision, action::Decision::Hold { .. }) => Some("held"),
        Event::Proposed { effects, .. } if !effects.stay_in_the_box() => Some("proposed"),
        Event::Evidenced { .. } => Some("evidenced"),
        Event::Synced { .. } => Some("synced"),
        Event::Started { .. } => Some("started"),
        Event::Finished { .. } | Event::Failed { .. } | Event::Unknown { .. } => Some("ended"),
        _ => None,
    };
    subjects.extend(topic.map(str::to_owned));
    let of_memory = matches!(event, Event::Proposed { intent, .. } if matches!(intent.deed, action::Deed::Remember { .. } | action::Deed::Forget { .. }));
    subjects.extend(of_memory.then(|| "memories".to_owned()));
    if let Event::Proposed { intent, .. } = event {
        subjects.extend(crate::hand::asked(intent)); // how the same thing is found again when it is asked for again
    }
    if let Event::Opened { session, model, .. } = event
        && model.is_empty()
    {
        subjects.push(format!("opened:{session}"));
    }
    if let Event::Opened { parent: Some(parent), .. } = event {
        subjects.push(format!("begun-by:{}", parent.session()));
    }
    let trusts = matches!(event, Event::Proposed { intent, .. } if matches!(intent.deed, action::Deed::McpTrust { .. }));
    subjects.extend(trusts.then(|| "mcp-trusts".to_owned()));
    subjects
}

fn read_entry(index: u64, bytes: &[u8]) -> Result<(u64, Entry), BookError> {
    let entry = serde_json::from_slice(bytes).map_err(|e| BookError::Read { why: format!("entry {index}: {e}") })?;
    Ok((index, entry))
}

/// An error with its causes, in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let words = inner.to_string();
        if !line.ends_with(&words) {
            line.push_str(": ");
            line.push_str(&words);
        }
        cause = inner.source();
    }
    line
}

/// Why the book could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum BookError {
    /// The ledger cannot be used at all. Nothing was written.
    #[error("the ledger cannot be opened: {why}")]
    Open {
        /// The cause chain.
        why: String,
    },
    /// This step was already written, here or by another process. Nothing of this batch was written.
    #[error("`{key}` is on the ledger already")]
    AlreadyDone {
        /// Which step, of which intent.
        key: String,
    },
    /// People were changed while something was decided about them. Nothing of this batch was written.
    #[error("people or keys were changed in this very moment, and nothing was written\nhint: try again")]
    PeopleMoved,
    /// What was to begin was permitted until a moment, and that is past. Nothing of this batch was written.
    #[error("the permit expired at {} and it is {} (ms since 1970): nothing was begun", until.0, at.0)]
    Expired {
        /// Until.
        until: Moment,
        /// By the clock that stamps entries.
        at: Moment,
    },
    /// The write failed; whether it landed is in the text.
    #[error("the ledger could not be written: {why}")]
    Write {
        /// The cause chain.
        why: String,
    },
    /// The ledger or a blob cannot be read.
    #[error("the ledger could not be read: {why}")]
    Read {
        /// The cause chain.
        why: String,
    },
}

impl BookError {
    fn open(error: impl std::error::Error) -> Self {
        Self::Open { why: chain(&error) }
    }
}

#[cfg(test)]
mod tests;
