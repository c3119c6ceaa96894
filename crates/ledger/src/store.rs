//! What a store must do for the ledger, and the words for what it did.
//!
//! A store keeps rows and is not trusted with their meaning: the ledger verifies the head that it hands out. The one thing
//! asked of it is the transaction: between handing the head to the plan and making the plan's writes durable, nobody else
//! may write (that is the compare-and-swap on the head), and all of it lands or none of it. When a store cannot say which,
//! it says [`Landed::Perhaps`], and the ledger looks before it appends again.

use std::ops::Range;

use crate::beside::{Beside, Index};
use crate::checkpoint::BadCheckpoint;
use crate::hash::Hash;

/// Where hashes of the tree can be read.
pub trait Nodes {
    /// The hashes `from .. from + count` on a tile's level (0, 8, 16, …). Exactly that many, or an error.
    fn nodes(&self, level: u8, from: u64, count: u64) -> Result<Vec<Hash>, StoreError>;
}

/// A place that keeps one ledger. Every method may be called from many threads.
pub trait Store: Nodes + Send + Sync {
    /// The public key of the log that this store was made for.
    fn vkey(&self) -> Result<String, StoreError>;
    /// The signed checkpoint of the last commit.
    fn head(&self) -> Result<String, StoreError>;
    /// The entries with these indexes, ascending; those that are not there are left out.
    fn rows(&self, range: Range<u64>) -> Result<Vec<Row>, StoreError>;
    /// The entries that were appended with this subject, ascending.
    fn about(&self, subject: &str) -> Result<Vec<Row>, StoreError>;
    /// Whether this row stands beside the entries.
    fn is_beside(&self, of: Index, row: &Beside) -> Result<bool, StoreError>;
    /// How many rows of a table lead to entries of this range.
    fn count_beside(&self, of: Index, range: Range<u64>) -> Result<u64, StoreError>;
    /// The rows of a table behind a given one, ascending by name and entry, at most so many.
    fn beside(&self, of: Index, after: Option<&Beside>, limit: u64) -> Result<Vec<Beside>, StoreError>;
    /// Of the subjects with names in this range, by name and then ascending, at most so many: name and entry.
    fn among(&self, names: Range<&str>, limit: usize) -> Result<Vec<(String, Row)>, StoreError>;
    /// The last of the names of subjects in this range.
    fn last_among(&self, names: Range<&str>) -> Result<Option<String>, StoreError>;
    /// A number that changes when anybody but this store has written.
    fn changes(&self) -> Result<u64, StoreError>;
    /// Shuts everybody else out, calls the plan once, and makes what it returns durable before returning. A plan that
    /// returns nothing or an error leaves nothing behind.
    fn commit(&self, plan: &mut Plan<'_>) -> Result<(), CommitError>;
}

/// What to write, decided while nobody else can write.
pub type Plan<'p> = dyn FnMut(&dyn Held) -> Result<Option<Writes>, CommitError> + 'p;

/// The store as a plan sees it: nobody else can write meanwhile.
pub trait Held: Nodes {
    /// The signed checkpoint of the last commit.
    fn head(&self) -> Result<String, StoreError>;
    /// Whether an entry was appended with this `once` key.
    fn done(&self, key: &str) -> Result<bool, StoreError>;
}

/// All that one commit writes; all or nothing.
#[derive(Debug, Default)]
pub struct Writes {
    /// The new entries.
    pub entries: Vec<NewEntry>,
    /// Nodes on the levels 8, 16, … that are complete now.
    pub nodes: Vec<Node>,
    /// The checkpoint that covers the new entries.
    pub head: String,
}

/// An entry with its place in the tree.
#[derive(Debug)]
pub struct NewEntry {
    /// Its index, from 0.
    pub index: u64,
    /// Its hash as a leaf.
    pub leaf: Hash,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its key, unique over the whole ledger.
    pub once: Option<String>,
    /// What it can be looked up by.
    pub subjects: Vec<String>,
}

/// An entry as the store has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its index, from 0.
    pub index: u64,
    /// Its hash as a leaf, as kept beside it.
    pub leaf: Hash,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A node of the tree: the `n`th from the left on its level, level 0 being the leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// Its level.
    pub level: u8,
    /// Its place on the level.
    pub n: u64,
    /// Its hash.
    pub hash: Hash,
}

/// What a new store starts with.
#[derive(Debug, Clone)]
pub struct Genesis {
    /// The public key of the log.
    pub vkey: String,
    /// The signed checkpoint of no entries.
    pub head: String,
}

/// Whether a failed write is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Landed {
    /// It is not there and will not appear.
    No,
    /// It may be there, now or after a restart: look before doing it again.
    Perhaps,
}

impl std::fmt::Display for Landed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::No => "nothing was written",
            Self::Perhaps => "it may have been written",
        })
    }
}

/// A store's own trouble.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// No room.
    #[error("the disk is full")]
    Full,
    /// Somebody else kept the store locked for longer than we wait.
    #[error("another process holds the ledger")]
    Busy,
    /// The files cannot be written by us.
    #[error("the ledger's files are read-only")]
    ReadOnly,
    /// What is kept is not what was written.
    #[error("the ledger's store is damaged: {0}")]
    Damaged(String),
    /// Any other failure, in the store's words.
    #[error("the ledger's store failed: {0}")]
    Failed(String),
}

/// The head of the store is not one to append to; nothing was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeadError {
    /// It is not a checkpoint signed by the log's key.
    #[error("the ledger's head cannot be trusted: {0}")]
    Untrusted(#[from] BadCheckpoint),
    /// It has fewer entries than this process has seen.
    #[error("the ledger was rolled back: it had {seen} entries and now has {stored}")]
    RolledBack {
        /// Entries seen before.
        seen: u64,
        /// Entries that it has now.
        stored: u64,
    },
    /// Its entries do not make the root that was signed.
    #[error("the ledger's {size} entries do not make the root that its head was signed with")]
    Forked {
        /// Entries that it claims to have.
        size: u64,
    },
    /// It could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The next head could not be signed.
    #[error("the next checkpoint cannot be signed: {0}")]
    Unsigned(String),
}

/// Why a commit did not end well.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// The plan refused the head; nothing was written.
    #[error(transparent)]
    Head(#[from] HeadError),
    /// The store failed.
    #[error("{source}; {landed}")]
    Failed {
        /// Whether it is there.
        landed: Landed,
        /// What happened.
        source: StoreError,
    },
}

impl From<StoreError> for CommitError {
    /// A read that failed inside a plan: nothing has been written yet.
    fn from(source: StoreError) -> Self {
        Self::Failed { landed: Landed::No, source }
    }
}
