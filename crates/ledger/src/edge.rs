//! The right edge of the tree: all that is needed to add an entry and to know the root.
//!
//! It holds the roots of the complete subtrees that the size's binary digits stand for, widest first: at most 64 hashes,
//! whatever the size. Adding an entry costs one hash on average; the root costs one for each digit.

use crate::hash::Hash;
use crate::store::Node;

/// Levels of the tree that one tile spans (C2SP tlog-tiles: 256 hashes).
pub(crate) const TILE_HEIGHT: u8 = 8;

/// The hashes that a tree of this size grows from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Edge {
    size: u64,
    /// INVARIANT: as many as `size` has one-bits, widest subtree first.
    peaks: Vec<Hash>,
}

impl Edge {
    /// The edge of a tree of `size` entries, from its peaks, widest first.
    pub(crate) fn from_peaks(size: u64, peaks: Vec<Hash>) -> Option<Self> {
        (usize::try_from(size.count_ones()).ok()? == peaks.len()).then_some(Self { size, peaks })
    }

    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf and reports each node that is complete now on a tile's level (0, 8, 16, …), lowest first.
    pub(crate) fn push(&mut self, leaf: Hash, mut completed: impl FnMut(Node)) {
        let (mut level, mut n, mut hash) = (0_u8, self.size, leaf);
        completed(Node { level, n, hash });
        while n & 1 == 1 {
            let Some(left) = self.peaks.pop() else { break };
            (level, n, hash) = (level + 1, n >> 1, Hash::of_node(left, hash));
            if level % TILE_HEIGHT == 0 {
                completed(Node { level, n, hash });
            }
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The root over all entries (RFC 6962 §2.1).
    pub(crate) fn root(&self) -> Hash {
        let narrowest_first = self.peaks.iter().rev().copied();
        narrowest_first.reduce(|right, left| Hash::of_node(left, right)).unwrap_or(Hash::EMPTY)
    }
}

/// The root of a complete subtree over these hashes.
pub(crate) fn root_over(hashes: &[Hash]) -> Hash {
    let mut edge = Edge::default();
    hashes.iter().for_each(|hash| edge.push(*hash, |_| {}));
    edge.root()
}

#[cfg(test)]
mod tests;
