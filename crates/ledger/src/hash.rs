//! SHA-256 hashes, of blobs and of the tree.
//!
//! A leaf of the tree is `SHA-256(0x00 || entry)` and a node is `SHA-256(0x01 || left || right)` (RFC 6962 §2.1), so that
//! neither can be taken for the other; a blob's hash is the plain SHA-256 of its bytes, which `sha256sum` prints too.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

/// A SHA-256 hash. `Display` is 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// The root of a tree without entries: the hash of no bytes (RFC 6962 §2.1).
    pub const EMPTY: Self = Self(tlog_tiles::EMPTY_HASH.0);

    /// The plain SHA-256 of `bytes`: the name of a blob.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The hash of an entry as a leaf of the tree.
    pub fn of_entry(entry: &[u8]) -> Self {
        tlog_tiles::record_hash(entry).into()
    }

    /// The hash of the node over two hashes.
    pub(crate) fn of_node(left: Self, right: Self) -> Self {
        tlog_tiles::node_hash(left.into(), right.into()).into()
    }
}

impl From<tlog_tiles::Hash> for Hash {
    fn from(hash: tlog_tiles::Hash) -> Self {
        Self(hash.0)
    }
}

impl From<Hash> for tlog_tiles::Hash {
    fn from(hash: Hash) -> Self {
        Self(hash.0)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for Hash {
    type Err = BadHash;

    /// Reads 64 lower-case hex digits, nothing else: a hash has one spelling.
    fn from_str(text: &str) -> Result<Self, BadHash> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| BadHash(text.to_owned()))?;
        let hash = Self(bytes);
        if hash.to_string() == text { Ok(hash) } else { Err(BadHash(text.to_owned())) }
    }
}

/// Not 64 lower-case hex digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a hash: 64 lower-case hex digits are needed")]
pub struct BadHash(pub String);

#[cfg(test)]
mod tests;
