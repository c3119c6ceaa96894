//! A person takes something as it is: a document they edited themselves, or a task without the evidence for it.
//!
//! It is an intent like every other: proposed, held, signed with their key, on the ledger with the very bytes.

use action::{AgentName, Deed, Digest, Event, Intent, IntentId, PersonId, SessionId};

use crate::book::BookError;
use crate::office::Office;
use crate::survey::Survey;

/// How an acceptance names a document.
pub(super) fn document(path: &str) -> String {
    format!("document {path}")
}

/// How an acceptance names a task.
pub(crate) fn task(folder: &str, number: &str) -> String {
    format!("task {number} of {folder}")
}

/// What is accepted.
pub enum Accepted<'a> {
    /// A document, by its path in the tree.
    Document(&'a str),
    /// A task of the specification in this folder.
    Task(&'a str, &'a str),
}

/// Proposes it; it is held until the person has signed.
pub fn accept(service: &Office, person: &PersonId, root: &str, what: &Accepted<'_>, text: &[u8], why: &str) -> Result<IntentId, BookError> {
    let what = match what {
        Accepted::Document(path) => document(path),
        Accepted::Task(folder, number) => task(folder, number),
    };
    let intent = Intent {
        v: 1,
        id: service.intent_id(),
        session: SessionId::new("desk"),
        turn: 0,
        asked_by: person.clone(),
        agent: AgentName::new("nobody"),
        deed: Deed::Accept { root: root.to_owned(), what, text: service.book.put(text)?, why: why.to_owned() },
    };
    let effects = Survey::outside().effects(service, &intent).map_err(|e| BookError::Read { why: e.to_string() })?;
    let digest = Digest::of(&effects).map_err(|e| BookError::Write { why: e.to_string() })?;
    let verdict = service.assess(&intent, &effects, true, service.book.ledger().len());
    let generation = service.book.generation(&effects.environment())?;
    let id = intent.id.clone();
    let assessed = Event::Assessed { intent: id.clone(), verdict, generation, expires: service.hold_expiry() };
    service.book.write(&[Event::Proposed { intent, effects, digest }, assessed])?;
    Ok(id)
}
