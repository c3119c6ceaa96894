//! What verifying comes to: that all is as it was signed, or the first thing that is not.

use crate::checkpoint::Checkpoint;
use crate::hash::Hash;

/// Looks at an entry's meaning, given its index and bytes; refuses it with a reason.
pub type Each<'e> = dyn FnMut(u64, &[u8]) -> Result<(), String> + 'e;

/// Everything that was looked at is what the log signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The public key that it was checked with. If nobody named a trusted one, it is the ledger's own word.
    pub vkey: String,
    /// What the log signed.
    pub checkpoint: Checkpoint,
    /// How many blobs were there, all of them as their names say. Which ones should be there is not known here.
    pub blobs: u64,
    /// Files beside the layout, which no signature covers and nobody looked at.
    pub unchecked: Vec<String>,
}

/// The first thing that is not as it was signed. Paths are those inside the export.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Finding {
    /// The public key is not one, or not the trusted one.
    #[error("the public key in `vkey` is wrong: {reason}")]
    Key {
        /// What is wrong.
        reason: String,
    },
    /// The checkpoint cannot be trusted, so nothing can.
    #[error("the checkpoint is wrong: {reason}")]
    Checkpoint {
        /// What is wrong.
        reason: String,
    },
    /// The root that was signed is not made by what is there, and what is there does not tell what was changed.
    #[error("the {size} entries do not make the root that was signed; which of them was changed cannot be told")]
    Root {
        /// The size that was signed.
        size: u64,
    },
    /// A tile of hashes was changed.
    #[error("the tile `{path}` is wrong: {reason}; the entries from {first_entry} on are in doubt")]
    Tile {
        /// Its path.
        path: String,
        /// The first entry under it.
        first_entry: u64,
        /// What is wrong.
        reason: String,
    },
    /// An entry was changed.
    #[error("entry {index} is wrong: {reason}")]
    Entry {
        /// Its index.
        index: u64,
        /// What is wrong.
        reason: String,
    },
    /// An entry is as it was signed, and whoever looked at its meaning refused it.
    #[error("entry {index} was refused: {reason}")]
    Refused {
        /// Its index.
        index: u64,
        /// What they said.
        reason: String,
    },
    /// A blob was changed.
    #[error("the blob `{hash}` is wrong: its bytes do not have the hash that is its name")]
    Blob {
        /// Its name.
        hash: Hash,
    },
    /// A file that the layout does not have.
    #[error("the file `{path}` does not belong there")]
    Stray {
        /// Its path.
        path: String,
    },
    /// A file that is not there or cannot be read.
    #[error("the file `{path}` cannot be read: {reason}")]
    Unreadable {
        /// Its path.
        path: String,
        /// The first entry that needs it, if it is about entries.
        first_entry: Option<u64>,
        /// What the system said.
        reason: String,
    },
}

impl Finding {
    /// The first entry that cannot be relied on; `None` if it is not about certain entries.
    pub fn first_entry(&self) -> Option<u64> {
        match self {
            Self::Entry { index, .. } | Self::Refused { index, .. } => Some(*index),
            Self::Tile { first_entry, .. } => Some(*first_entry),
            Self::Unreadable { first_entry, .. } => *first_entry,
            Self::Key { .. } | Self::Checkpoint { .. } | Self::Root { .. } => Some(0),
            Self::Blob { .. } | Self::Stray { .. } => None,
        }
    }
}
