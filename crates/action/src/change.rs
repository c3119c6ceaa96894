//! A change set: what differs between a tree and the agent's copy of it, by content digest. Its canonical bytes are a blob;
//! the contents are blobs too, so what was shown, what was signed and what lands are the same bytes.

use serde::{Deserialize, Serialize};

use crate::canonical::Digest;

/// All differences of one tree, sorted by path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeSet {
    /// Version of this shape: 1.
    pub v: u8,
    /// Absolute path of the tree.
    pub root: String,
    /// The differences, sorted by path, one a path. Directories appear only where they are made or removed as such.
    pub changes: Vec<Change>,
}

/// One path that differs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Change {
    /// Relative to the root, with `/`. Bytes that are not UTF-8 are written `%XX`, and `%` itself `%25`.
    pub path: String,
    /// What is there in the person's tree; absent: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Content>,
    /// What is to be there; absent: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Content>,
}

/// What is at a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Content {
    /// A regular file.
    File {
        /// Blob of its bytes.
        digest: Digest,
        /// Bytes.
        size: u64,
        /// Whether it may be run (any execute bit).
        executable: bool,
    },
    /// A symbolic link.
    Symlink {
        /// Where it points, as written.
        target: String,
    },
    /// A directory.
    Directory,
}

impl ChangeSet {
    /// Sorts by path.
    pub fn new(root: impl Into<String>, mut changes: Vec<Change>) -> Self {
        changes.sort();
        changes.dedup();
        Self { v: 1, root: root.into(), changes }
    }
}

#[cfg(test)]
mod tests;
