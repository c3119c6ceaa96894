//! A person takes something as it is: a document they edited themselves, or a task without the evidence for it.
//!
//! It is an intent like every other: proposed, held, signed with their key, on the ledger with the very bytes.

use action::{Deed, Digest, IntentId, PersonId, Stage};

use crate::book::BookError;
use crate::office::Office;

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

impl Accepted<'_> {
    fn words(&self) -> String {
        match self {
            Self::Document(path) => document(path),
            Self::Task(folder, number) => task(folder, number),
        }
    }
}

/// Who accepted exactly this already, and the entry that ended it.
pub fn accepted(service: &Office, root: &str, what: &Accepted<'_>, text: &[u8]) -> Result<Option<(Vec<PersonId>, u64)>, BookError> {
    let (digest, wanted) = (Digest::of_bytes(text), what.words());
    let story = service.book.held()?.into_iter().rev().find(|story| {
        let same = matches!(&story.intent.deed, Deed::Accept { root: of, what, text, .. } if of == root && *what == wanted && *text == digest);
        same && story.stage == Stage::Finished
    });
    Ok(story.map(|story| {
        let by = story.answers.iter().map(|(person, _)| person.clone()).collect();
        (by, story.outcome.as_ref().map_or(story.index, |(index, _)| *index))
    }))
}

/// Proposes it; it is held until the person has signed.
pub fn accept(service: &Office, person: &PersonId, root: &str, what: &Accepted<'_>, text: &[u8], why: &str) -> Result<IntentId, BookError> {
    let deed = Deed::Accept { root: root.to_owned(), what: what.words(), text: service.book.put(text)?, why: why.to_owned() };
    Ok(crate::proposal::propose(service, person, deed)?.0)
}
