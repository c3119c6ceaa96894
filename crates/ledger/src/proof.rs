//! Proofs: that an entry is in the ledger, and that a ledger only grew.
//!
//! An [`InclusionProof`] has a text of its own (C2SP tlog-proof) that carries the signed checkpoint: with the entry's bytes
//! and the log's public key it convinces anybody, offline. Making and checking go by `tlog_tiles`; proofs are checked
//! once before they are handed out, so that a damaged store is an error and not a proof that fails elsewhere.

use std::cell::RefCell;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use tlog_tiles::HashReader;

use crate::checkpoint::{BadCheckpoint, Checkpoint};
use crate::edge::{Edge, TILE_HEIGHT, root_over};
use crate::hash::Hash;
use crate::store::{Nodes, StoreError};

const TITLE: &str = "c2sp.org/tlog-proof@v1";

/// A tree of 2^63 entries has paths of 63 hashes.
const LONGEST_PATH: usize = 63;

/// That an entry is in the ledger with this checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InclusionProof {
    /// The entry's index, from 0.
    pub index: u64,
    /// The path, from the leaf's sibling up.
    pub hashes: Vec<Hash>,
    /// The signed checkpoint.
    pub checkpoint: String,
}

impl InclusionProof {
    /// The self-contained text, to keep as `<name>.tlog-proof`.
    pub fn to_text(&self) -> String {
        let mut text = format!("{TITLE}\nindex {}\n", self.index);
        for hash in &self.hashes {
            text.push_str(&BASE64_STANDARD.encode(hash.0));
            text.push('\n');
        }
        text.push('\n');
        text.push_str(&self.checkpoint);
        text
    }

    /// Reads such a text. A line with extra data, which proves nothing, is read over.
    pub fn from_text(text: &str) -> Result<Self, BadProof> {
        let (proof, checkpoint) = text.split_once("\n\n").ok_or(BadProof::Malformed("there is no empty line"))?;
        let mut lines = proof.split('\n').peekable();
        if lines.next() != Some(TITLE) {
            return Err(BadProof::Malformed("the first line is not `c2sp.org/tlog-proof@v1`"));
        }
        if let Some(extra) = lines.peek().and_then(|line| line.strip_prefix("extra ")) {
            BASE64_STANDARD.decode(extra).map_err(|_| BadProof::Malformed("the extra data are not base64"))?;
            lines.next();
        }
        let index = lines.next().and_then(read_index).ok_or(BadProof::Malformed("there is no `index` line"))?;
        let hashes: Vec<Hash> = lines.map(read_hash).collect::<Result<_, _>>()?;
        if hashes.len() > LONGEST_PATH {
            return Err(BadProof::Malformed("the path is too long"));
        }
        Ok(Self { index, hashes, checkpoint: checkpoint.to_owned() })
    }

    /// Checks that `entry` is the entry of this index in the log with that public key.
    pub fn verify(&self, entry: &[u8], vkey: &str) -> Result<Proven, BadProof> {
        let checkpoint = Checkpoint::open(&self.checkpoint, vkey)?;
        self.check(Hash::of_entry(entry), &checkpoint)?;
        Ok(Proven { index: self.index, checkpoint })
    }

    fn check(&self, leaf: Hash, checkpoint: &Checkpoint) -> Result<(), BadProof> {
        let (size, root) = (checkpoint.size(), checkpoint.root());
        if self.index >= size {
            return Err(BadProof::Beyond { index: self.index, size });
        }
        tlog_tiles::check_record(&foreign(&self.hashes), size, root.into(), self.index, leaf.into())
            .map_err(|_| BadProof::Wrong)
    }
}

/// What an inclusion proof proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    /// The index that the entry has.
    pub index: u64,
    /// The checkpoint that covers it.
    pub checkpoint: Checkpoint,
}

/// Verifies the text of an inclusion proof: that `entry` is in the log with that public key.
pub fn verify_proof(text: &str, entry: &[u8], vkey: &str) -> Result<Proven, BadProof> {
    InclusionProof::from_text(text)?.verify(entry, vkey)
}

/// That the ledger with this checkpoint begins with the entries of an older one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsistencyProof {
    /// How many entries the older ledger had.
    pub old_size: u64,
    /// The path (RFC 6962 §2.1.2).
    pub hashes: Vec<Hash>,
    /// The newer signed checkpoint.
    pub checkpoint: String,
}

impl ConsistencyProof {
    /// Checks that nothing that the older checkpoint covers was changed or removed. Says what the newer one covers.
    pub fn verify(&self, old_checkpoint: &str, vkey: &str) -> Result<Checkpoint, BadProof> {
        let old = Checkpoint::open(old_checkpoint, vkey)?;
        let new = Checkpoint::open(&self.checkpoint, vkey)?;
        if old.size() != self.old_size {
            return Err(BadProof::OtherSize { proof: self.old_size, checkpoint: old.size() });
        }
        self.check(old.root(), &new)?;
        Ok(new)
    }

    fn check(&self, old_root: Hash, new: &Checkpoint) -> Result<(), BadProof> {
        if self.old_size > new.size() {
            return Err(BadProof::Beyond { index: self.old_size, size: new.size() });
        }
        if self.old_size == 0 {
            // Everything begins with nothing; RFC 6962 has no proof for it.
            let right = self.hashes.is_empty() && old_root == Hash::EMPTY;
            return if right { Ok(()) } else { Err(BadProof::Wrong) };
        }
        let path = foreign(&self.hashes);
        tlog_tiles::check_tree(&path, new.size(), new.root().into(), self.old_size, old_root.into())
            .map_err(|_| BadProof::Wrong)
    }
}

/// The proof of one entry from the hashes of a store. `index` must be below the head's size.
pub(crate) fn inclusion(
    nodes: &dyn Nodes,
    note: &str,
    head: &Checkpoint,
    index: u64,
) -> Result<InclusionProof, StoreError> {
    let hashes = Shelf::ask(nodes, |shelf| tlog_tiles::prove_record(head.size(), index, shelf))?;
    let proof = InclusionProof { index, hashes: ours(&hashes), checkpoint: note.to_owned() };
    let leaf = nodes.nodes(0, index, 1)?.first().copied().unwrap_or(Hash::EMPTY);
    proof.check(leaf, head).map_err(|_| damaged())?;
    Ok(proof)
}

/// The proof that the head only added to its first `old_size` entries, at most its size.
pub(crate) fn consistency(
    nodes: &dyn Nodes,
    note: &str,
    head: &Checkpoint,
    old_size: u64,
) -> Result<ConsistencyProof, StoreError> {
    let (mut hashes, old_root) = (Vec::new(), edge(nodes, old_size)?.root());
    if old_size > 0 {
        hashes = ours(&Shelf::ask(nodes, |shelf| tlog_tiles::prove_tree(head.size(), old_size, shelf))?);
    }
    let proof = ConsistencyProof { old_size, hashes, checkpoint: note.to_owned() };
    proof.check(old_root, head).map_err(|_| damaged())?;
    Ok(proof)
}

/// The edge of the tree over the first `size` entries.
pub(crate) fn edge(nodes: &dyn Nodes, size: u64) -> Result<Edge, StoreError> {
    if size >= 1 << LONGEST_PATH {
        return Err(StoreError::Damaged(format!("{size} entries are more than there can be")));
    }
    let indexes = tlog_tiles::sub_tree_index(0, size, Vec::new());
    let peaks = Shelf::ask(nodes, |shelf| shelf.read_hashes(&indexes))?;
    Edge::from_peaks(size, ours(&peaks)).ok_or_else(damaged)
}

/// Gives `tlog_tiles` any node of the tree, from those on the tiles' levels, and keeps what the store said if it failed.
struct Shelf<'n> {
    nodes: &'n dyn Nodes,
    failed: RefCell<Option<StoreError>>,
}

impl<'n> Shelf<'n> {
    fn ask<T>(
        nodes: &'n dyn Nodes,
        question: impl FnOnce(&Self) -> Result<T, tlog_tiles::Error>,
    ) -> Result<T, StoreError> {
        let shelf = Self { nodes, failed: RefCell::new(None) };
        let answer = question(&shelf);
        answer.map_err(|error| shelf.failed.take().unwrap_or_else(|| StoreError::Failed(error.to_string())))
    }

    fn node(&self, index: u64) -> Result<Hash, StoreError> {
        let (level, n) = tlog_tiles::split_stored_hash_index(index);
        let above = level % TILE_HEIGHT;
        let below = self.nodes.nodes(level - above, n << above, 1 << above)?;
        Ok(root_over(&below))
    }
}

impl HashReader for Shelf<'_> {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
        let hashes: Result<_, StoreError> = indexes.iter().map(|index| Ok(self.node(*index)?.into())).collect();
        hashes.map_err(|error| {
            self.failed.replace(Some(error));
            tlog_tiles::Error::BadMath
        })
    }
}

fn ours(hashes: &[tlog_tiles::Hash]) -> Vec<Hash> {
    hashes.iter().map(|hash| Hash(hash.0)).collect()
}

fn foreign(hashes: &[Hash]) -> Vec<tlog_tiles::Hash> {
    hashes.iter().map(|hash| (*hash).into()).collect()
}

fn read_index(line: &str) -> Option<u64> {
    let digits = line.strip_prefix("index ")?;
    digits.parse().ok().filter(|index: &u64| index.to_string() == digits)
}

fn read_hash(line: &str) -> Result<Hash, BadProof> {
    let bytes = BASE64_STANDARD.decode(line).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    bytes.map(Hash).ok_or(BadProof::Malformed("a line of the path is not the base64 of a hash"))
}

fn damaged() -> StoreError {
    StoreError::Damaged("the hashes that are kept do not make the signed root".to_owned())
}

/// A proof that proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadProof {
    /// Not the text of a proof.
    #[error("this is not a proof: {0}")]
    Malformed(&'static str),
    /// The checkpoint in it is no good.
    #[error(transparent)]
    Checkpoint(#[from] BadCheckpoint),
    /// It is about something that the checkpoint does not cover.
    #[error("the proof is about {index} and the checkpoint has {size} entries")]
    Beyond {
        /// The index, or the older size.
        index: u64,
        /// The size that was signed.
        size: u64,
    },
    /// It begins at another size than the older checkpoint.
    #[error("the proof begins at {proof} entries and the older checkpoint has {checkpoint}")]
    OtherSize {
        /// Where the proof begins.
        proof: u64,
        /// What the older checkpoint says.
        checkpoint: u64,
    },
    /// The hashes do not lead to the signed root.
    #[error("the proof does not lead to the root that was signed")]
    Wrong,
}

#[cfg(test)]
mod tests;
