//! How far a person has authorized the documents of a specification: read from the ledger, compared with the files.
//!
//! What a person signed is the digest of a text: the change set that brought it, or their acceptance of it. A file with
//! another text is open again, whoever edited it.

use action::{ChangeSet, Content, Deed, Digest, PersonId, Stage};

use super::part::Part;
use crate::book::{Book, BookError};
use crate::story::Story;

/// One document and what was signed of it.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Which.
    pub part: Part,
    /// The digest of the file as it is now; absent where there is none.
    pub now: Option<Digest>,
    /// The last text that a person signed.
    pub authorized: Option<Authorized>,
}

/// A text that was signed.
#[derive(Clone, Debug)]
pub struct Authorized {
    /// Its digest; the ledger has the bytes as a blob.
    pub text: Digest,
    /// By whom.
    pub by: Vec<PersonId>,
    /// The entry that ended it.
    pub index: u64,
}

impl Standing {
    /// Whether the file is the text that was signed.
    pub fn is_authorized(&self) -> bool {
        self.now.is_some() && self.now == self.authorized.as_ref().map(|one| one.text)
    }
}

/// How each document stands. `text` gives its bytes as they are now.
pub fn standings(book: &Book, root: &str, folder: &str, parts: &[Part], text: &dyn Fn(&str) -> Option<Vec<u8>>) -> Result<Vec<Standing>, BookError> {
    let signed: Vec<Story> = book.held()?.into_iter().filter(|story| story.stage == Stage::Finished).collect();
    parts
        .iter()
        .map(|part| {
            let path = format!("{folder}/{}", part.file());
            let mut authorized = None;
            for story in &signed {
                if let Some(digest) = text_of(book, story, root, &path)? {
                    let by = story.answers.iter().map(|(person, _)| person.clone()).collect();
                    let index = story.outcome.as_ref().map_or(story.index, |(index, _)| *index);
                    authorized = Some(Authorized { text: digest, by, index });
                }
            }
            Ok(Standing { part: *part, now: text(&path).map(|bytes| Digest::of_bytes(&bytes)), authorized })
        })
        .collect()
}

/// What this story brought to the path, or accepted at it.
fn text_of(book: &Book, story: &Story, root: &str, path: &str) -> Result<Option<Digest>, BookError> {
    match &story.intent.deed {
        Deed::Accept { root: of, what, text, .. } if of == root && *what == super::accept::document(path) => Ok(Some(*text)),
        Deed::Land { root: of, change, .. } if of == root => {
            let change: ChangeSet = book.get_value(change)?;
            let found = change.changes.into_iter().find(|one| one.path == path);
            Ok(found.and_then(|one| match one.after {
                Some(Content::File { digest, .. }) => Some(digest),
                _ => None,
            }))
        }
        _ => Ok(None),
    }
}
