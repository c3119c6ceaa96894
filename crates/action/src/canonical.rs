//! Canonical bytes and their digests.
//!
//! The canonical form of a value is its RFC 8785 (JCS) JSON. The digest is SHA-256 over these bytes, written
//! `sha256:` and 64 lower-case hex digits. Two values are the same exactly when their canonical bytes are; to keep that
//! true, integers that RFC 8785 would round (beyond ±(2⁵³ − 1)) have no canonical form at all.

use std::fmt;
use std::io;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::Digest as _;

/// The RFC 8785 bytes of a value.
///
/// Errors: an integer beyond ±(2⁵³ − 1), a float that is not finite, a map whose keys are not strings. A caller treats
/// the error as a refusal: what has no canonical bytes cannot be signed, so it cannot run.
pub fn canonical<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, serde_json::Error> {
    value.serialize(&mut serde_json::Serializer::with_formatter(io::sink(), ExactIntegers))?;
    serde_json_canonicalizer::to_vec(&value)
}

/// Writes nowhere, and refuses what a double cannot hold: RFC 8785 writes every number as a double, so that 2⁵³ and
/// 2⁵³ + 1 would share their bytes and a signature for one would serve the other.
struct ExactIntegers;

impl ExactIntegers {
    const LARGEST: u64 = (1 << 53) - 1;

    fn check(exact: bool) -> io::Result<()> {
        if exact { Ok(()) } else { Err(io::Error::new(io::ErrorKind::InvalidInput, "an integer beyond 2^53 - 1 is not exact in canonical JSON")) }
    }
}

impl serde_json::ser::Formatter for ExactIntegers {
    fn write_u64<W: ?Sized + io::Write>(&mut self, _: &mut W, value: u64) -> io::Result<()> {
        Self::check(value <= Self::LARGEST)
    }

    fn write_i64<W: ?Sized + io::Write>(&mut self, _: &mut W, value: i64) -> io::Result<()> {
        Self::check(value.unsigned_abs() <= Self::LARGEST)
    }

    fn write_u128<W: ?Sized + io::Write>(&mut self, _: &mut W, value: u128) -> io::Result<()> {
        Self::check(value <= u128::from(Self::LARGEST))
    }

    fn write_i128<W: ?Sized + io::Write>(&mut self, _: &mut W, value: i128) -> io::Result<()> {
        Self::check(value.unsigned_abs() <= u128::from(Self::LARGEST))
    }
}

/// SHA-256 of some bytes, in text `sha256:<64 hex digits>`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of bytes as they are.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self(sha2::Sha256::digest(bytes).into())
    }

    /// The digest of a value's canonical bytes.
    pub fn of<T: Serialize + ?Sized>(value: &T) -> Result<Self, serde_json::Error> {
        canonical(value).map(|bytes| Self::of_bytes(&bytes))
    }

    /// A digest that was computed elsewhere (a streaming hash).
    pub fn from_raw(raw: [u8; 32]) -> Self {
        Self(raw)
    }

    /// The 32 bytes.
    pub fn raw(&self) -> &[u8; 32] {
        &self.0
    }

    /// The 64 hex digits, without the `sha256:` in front; the name of a blob.
    pub fn hex(&self) -> String {
        hex::encode(self.0)
    }

    /// Twelve hex digits: enough for a person to compare two by eye, never used to decide.
    pub fn short(&self) -> String {
        self.hex().chars().take(12).collect()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", self.hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Digest {
    type Err = BadDigest;

    fn from_str(text: &str) -> Result<Self, BadDigest> {
        let bad = || BadDigest { text: text.chars().take(80).collect() };
        let digits = text.strip_prefix("sha256:").ok_or_else(bad)?;
        if digits.bytes().any(|b| b.is_ascii_uppercase()) {
            return Err(bad()); // one digest, one spelling
        }
        let mut raw = [0; 32];
        hex::decode_to_slice(digits, &mut raw).map_err(|_| bad())?;
        Ok(Self(raw))
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'_, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// The text is not `sha256:` followed by 64 lower-case hex digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a digest (expected `sha256:` and 64 lower-case hex digits)")]
pub struct BadDigest {
    text: String,
}

#[cfg(test)]
mod tests;
