#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::disallowed_methods,
        reason = "tests fail by panicking"
    )
)]
//! Keeps entries that nobody can alter unseen, and proves it.
//!
//! The ledger keeps bytes: entries of at most 65,535 bytes in a Merkle tree (RFC 6962), and blobs of any size by their
//! SHA-256. It does not know what an entry means, who wrote it or when. Everything that it publishes is a public format:
//! [signed notes](https://c2sp.org/signed-note), [checkpoints](https://c2sp.org/tlog-checkpoint),
//! [tiles](https://c2sp.org/tlog-tiles) and [proofs](https://c2sp.org/tlog-proof), so that a stranger's program can check it.
//!
//! ```text
//! append ─▶ line (threads merge) ─▶ BEGIN IMMEDIATE: read head ─ verify ─ extend tree ─ sign ─ write all ─▶ COMMIT (fsync)
//! ```
//!
//! If the power goes, an append that had returned is there, and one that had not is there whole or not at all, with the
//! checkpoint that covers it: entries and head are one transaction.
//!
//! What a store alone cannot prove: that its *end* was not cut off while no process was looking. Keep a checkpoint
//! elsewhere and ask for [`Ledger::prove_consistency`]. The keys of `once` and the subjects are indexes beside the tree.
//!
//! From `tlog_tiles` we use the hashing, the index arithmetic, the checkpoint text and the making and checking of proofs;
//! from `signed_note` the notes and keys. Ours are: the right edge of the tree ([`tlog_tiles::stored_hashes`] reads earlier
//! hashes back for each entry, we keep them), the paths of tiles (that crate writes `tile/<height>/…/data`, which is Go's
//! older layout and not C2SP's), the bundles of entries (it has none), and the reading of signed checkpoints by tile (its
//! reader can panic on a missing parent, and cannot name what is wrong).

mod append;
mod beside;
mod blobs;
mod checkpoint;
mod edge;
mod export;
mod finding;
mod hash;
mod key;
mod ledger;
mod proof;
mod seen;
mod sqlite;
mod store;
mod tiles;
mod verify;

pub use append::{Append, AppendError, ENTRY_LIMIT};
pub use beside::{Astray, Beside, Compared, Index, Keys, KeysOf, NAMED};
pub use blobs::BlobError;
pub use checkpoint::{BadCheckpoint, Checkpoint};
pub use export::{ExportError, ExportSummary};
pub use finding::{Each, Finding, Verified};
pub use hash::{BadHash, Hash};
pub use key::{BadKey, LogKey};
pub use ledger::{Ledger, OpenError, ReadError};
pub use proof::{BadProof, ConsistencyProof, InclusionProof, Proven, verify_proof};
pub use sqlite::SqliteStore;
pub use store::{
    CommitError, Genesis, HeadError, Held, Landed, NewEntry, Node, Nodes, Plan, Row, Store, StoreError, Writes,
};
pub use verify::verify_export;
