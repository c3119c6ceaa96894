//! The static layout of C2SP tlog-tiles: which files there are, how they are named, and what is in them.
//!
//! `tile/<L>/<N>` holds 256 hashes of level 8·L, `tile/entries/<N>` 256 entries, each behind its length in two bytes, big
//! end first. The last ones may hold fewer: `<N>.p/<W>`. `<N>` is written in groups of three digits, `x001/x234/067`.

use std::fmt;

use crate::edge::{Edge, TILE_HEIGHT};
use crate::hash::Hash;
use crate::store::Node;

/// Hashes or entries in a full tile.
pub(crate) const TILE_WIDTH: u16 = 256;

/// What a file of the layout holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Entries,
    /// Hashes of that level of tiles.
    Hashes(u8),
}

/// One file of the layout. `Display` is its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tile {
    pub(crate) kind: Kind,
    pub(crate) n: u64,
    /// From 1 to 256.
    pub(crate) width: u16,
}

impl Tile {
    pub(crate) fn full(kind: Kind, n: u64) -> Self {
        Self { kind, n, width: TILE_WIDTH }
    }

    /// Reads a path in its one spelling.
    pub(crate) fn from_path(path: &str) -> Option<Self> {
        let (kind, rest) = path.strip_prefix("tile/")?.split_once('/')?;
        let kind = if kind == "entries" { Kind::Entries } else { Kind::Hashes(kind.parse().ok()?) };
        let (groups, width) = match rest.split_once(".p/") {
            Some((groups, width)) => (groups, width.parse().ok()?),
            None => (rest, TILE_WIDTH),
        };
        let n = groups.split('/').try_fold(0_u64, |n, group| {
            n.checked_mul(1_000)?.checked_add(group.trim_start_matches('x').parse().ok()?)
        })?;
        let tile = Self { kind, n, width };
        (tile.to_string() == path).then_some(tile)
    }

    /// Whether a tree of `size` entries has this file, just as wide.
    pub(crate) fn belongs_to(self, size: u64) -> bool {
        let level = match self.kind {
            Kind::Entries => 0,
            Kind::Hashes(level) => level,
        };
        self.width > 0 && self.width == width_of(size, level, self.n)
    }

    /// The first entry under this tile.
    pub(crate) fn first_entry(self) -> u64 {
        let level = match self.kind {
            Kind::Entries => 0,
            Kind::Hashes(level) => level,
        };
        self.n.checked_shl(u32::from(TILE_HEIGHT) * (u32::from(level) + 1)).unwrap_or(u64::MAX)
    }
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Kind::Entries => f.write_str("tile/entries/")?,
            Kind::Hashes(level) => write!(f, "tile/{level}/")?,
        }
        write_number(f, self.n / 1_000)?;
        write!(f, "{:03}", self.n % 1_000)?;
        if self.width == TILE_WIDTH { Ok(()) } else { write!(f, ".p/{}", self.width) }
    }
}

fn write_number(f: &mut fmt::Formatter<'_>, n: u64) -> fmt::Result {
    if n == 0 {
        return Ok(());
    }
    write_number(f, n / 1_000)?;
    write!(f, "x{:03}/", n % 1_000)
}

/// How many hashes there are on a level of tiles.
pub(crate) fn count_on(size: u64, level: u8) -> u64 {
    size.checked_shr(u32::from(level) * u32::from(TILE_HEIGHT)).unwrap_or(0)
}

/// How many levels of tiles a tree of this size has.
pub(crate) fn levels(size: u64) -> u8 {
    (0..=8).find(|level| count_on(size, *level) == 0).unwrap_or(8)
}

/// How wide the `n`th tile on a level is; 0 if there is none.
pub(crate) fn width_of(size: u64, level: u8, n: u64) -> u16 {
    let width = u64::from(TILE_WIDTH);
    let before = n.saturating_mul(width);
    u16::try_from(count_on(size, level).saturating_sub(before).min(width)).unwrap_or(TILE_WIDTH)
}

/// Where finished tiles go.
pub(crate) type Out<'o, E> = dyn FnMut(Tile, &[Hash]) -> Result<(), E> + 'o;

/// Makes tiles out of leaves, as they come: holds at most 255 hashes for each level.
#[derive(Default)]
pub(crate) struct Tiling {
    pub(crate) edge: Edge,
    levels: Vec<Vec<Hash>>,
}

impl Tiling {
    /// Adds a leaf; hands out the tiles that are full now.
    pub(crate) fn push<E>(&mut self, leaf: Hash, out: &mut Out<'_, E>) -> Result<(), E> {
        let (mut result, levels) = (Ok(()), &mut self.levels);
        self.edge.push(leaf, |node| {
            if result.is_ok() {
                result = keep(levels, node, out);
            }
        });
        result
    }

    /// Hands out the tiles that are not full, and says the root.
    pub(crate) fn finish<E>(self, out: &mut Out<'_, E>) -> Result<Hash, E> {
        for (level, hashes) in (0_u8..).zip(&self.levels) {
            if let Some(width) = u16::try_from(hashes.len()).ok().filter(|width| *width > 0) {
                let n = count_on(self.edge.size(), level) / u64::from(TILE_WIDTH);
                out(Tile { kind: Kind::Hashes(level), n, width }, hashes)?;
            }
        }
        Ok(self.edge.root())
    }
}

fn keep<E>(levels: &mut Vec<Vec<Hash>>, node: Node, out: &mut Out<'_, E>) -> Result<(), E> {
    let level = node.level / TILE_HEIGHT;
    if levels.len() <= usize::from(level) {
        levels.push(Vec::with_capacity(usize::from(TILE_WIDTH)));
    }
    let Some(hashes) = levels.get_mut(usize::from(level)) else { return Ok(()) };
    hashes.push(node.hash);
    if hashes.len() < usize::from(TILE_WIDTH) {
        return Ok(());
    }
    out(Tile::full(Kind::Hashes(level), node.n / u64::from(TILE_WIDTH)), hashes)?;
    hashes.clear();
    Ok(())
}

/// Puts an entry into a bundle. What is longer than a bundle can say is not put, and false is returned.
pub(crate) fn put_entry(bundle: &mut Vec<u8>, entry: &[u8]) -> bool {
    let Ok(length) = u16::try_from(entry.len()) else { return false };
    bundle.extend_from_slice(&length.to_be_bytes());
    bundle.extend_from_slice(entry);
    true
}

/// Takes the next entry off a bundle. Nothing if it is cut short.
pub(crate) fn take_entry<'b>(bundle: &mut &'b [u8]) -> Option<&'b [u8]> {
    let (length, rest) = bundle.split_first_chunk()?;
    let (entry, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
    *bundle = rest;
    Some(entry)
}

/// The bytes of a tile of hashes.
pub(crate) fn tile_bytes(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

/// The hashes in the bytes of a tile.
pub(crate) fn tile_hashes(bytes: &[u8]) -> Vec<Hash> {
    let (hashes, _) = bytes.as_chunks::<32>();
    hashes.iter().copied().map(Hash).collect()
}

#[cfg(test)]
mod tests;
