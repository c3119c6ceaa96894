//! Names as numbers, so that what a file mentions is small. FNV-1a with 64 bits: two names that share a number count as
//! one, which can only move a file in the map.

/// The number of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Identifier(u64);

impl Identifier {
    /// Nothing for a name that tells nothing: one or two letters.
    pub(super) fn of(name: &[u8]) -> Option<Self> {
        let number = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        (3..=128).contains(&name.len()).then(|| Self(name.iter().fold(0xcbf2_9ce4_8422_2325, number)))
    }
}
