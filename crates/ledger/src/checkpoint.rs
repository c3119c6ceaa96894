//! Checkpoints: the size and the root of the tree, signed (C2SP tlog-checkpoint in a signed note).
//!
//! A [`Checkpoint`] can only be made by verifying a signature; its three values are therefore what the log said.

use signed_note::Note;

use crate::hash::Hash;
use crate::key::{BadKey, LogVerifier};

/// What a log signed: how many entries it has and the root of the tree over them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    size: u64,
    root: Hash,
}

impl Checkpoint {
    /// Reads a signed note and verifies it with the log's public key.
    pub fn open(note: &str, vkey: &str) -> Result<Self, BadCheckpoint> {
        Self::verify(note.as_bytes(), &LogVerifier::new(vkey)?)
    }

    /// The same with a key that has been read before, and any bytes.
    pub(crate) fn verify(note: &[u8], key: &LogVerifier) -> Result<Self, BadCheckpoint> {
        let note = Note::from_bytes(note).map_err(|_| BadCheckpoint::Malformed)?;
        note.verify(key).map_err(|e| BadCheckpoint::Unsigned { vkey: key.vkey().to_owned(), why: e.to_string() })?;
        let text = tlog_tiles::Checkpoint::from_bytes(note.text()).map_err(|_| BadCheckpoint::Malformed)?;
        if text.origin() != key.name() {
            return Err(BadCheckpoint::Origin { origin: text.origin().to_owned(), name: key.name().to_owned() });
        }
        Ok(Self { origin: text.origin().to_owned(), size: text.size(), root: Hash(text.hash().0) })
    }

    /// The log's name.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// How many entries the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        self.root
    }
}

/// A checkpoint that proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadCheckpoint {
    /// The public key cannot be read.
    #[error(transparent)]
    Key(#[from] BadKey),
    /// Not a checkpoint in a signed note.
    #[error("this is not a signed checkpoint")]
    Malformed,
    /// The log's key did not sign this text.
    #[error("the checkpoint is not signed by `{vkey}`: {why}")]
    Unsigned {
        /// The key that was tried.
        vkey: String,
        /// What the signature check said.
        why: String,
    },
    /// Signed, but in the name of another log.
    #[error("the checkpoint is of the log `{origin}` and the key of `{name}`")]
    Origin {
        /// What the checkpoint says.
        origin: String,
        /// The name of the key.
        name: String,
    },
}

#[cfg(test)]
mod tests;
