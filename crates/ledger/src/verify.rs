//! Verifies an export, offline, with no trust in whoever made it, and names the first thing that is wrong.
//!
//! From the top down: the key signs the root, the root vouches for the last tile of each level, a tile for the tiles below
//! it, and the lowest tiles for the entries. So an entry that differs is told from a tile that differs, each entry is
//! proven before anybody sees its meaning, and no more than one tile a level is in memory. Nothing in the folder is
//! trusted to be small, regular or there.

use std::path::Path;

use crate::checkpoint::Checkpoint;
use crate::edge::root_over;
use crate::finding::{Each, Finding, Verified};
use crate::hash::Hash;
use crate::key::LogVerifier;
use crate::store::Store;
use crate::tiles::{self, Kind, TILE_WIDTH, Tile, Tiling};

mod folder;

use folder::Folder;

/// Verifies the export in `dir`. Without a trusted key, the one in the export is taken, and the answer is only that the
/// export agrees with itself. Every entry is given to `each` once it is proven, in order; it may refuse it.
pub fn verify_export(dir: &Path, trusted_vkey: Option<&str>, each: &mut Each<'_>) -> Result<Verified, Finding> {
    let folder = Folder::new(dir);
    let key = key(&folder, trusted_vkey)?;
    let note = folder.small("checkpoint")?;
    let head = Checkpoint::verify(&note, &key).map_err(|error| Finding::Checkpoint { reason: error.to_string() })?;
    let edge = tiles_of_the_edge(&folder, &head)?;
    for (tile, hashes) in edge.into_iter().rev() {
        descend(&folder, tile, &hashes, each)?;
    }
    folder.check_nothing_else_in_tile(head.size())?;
    let blobs = folder.check_blobs()?;
    Ok(Verified { vkey: key.vkey().to_owned(), checkpoint: head, blobs, unchecked: folder.beside()? })
}

/// Verifies a store in place: each entry with the hash beside it, the nodes of the tree, and the root.
pub(crate) fn store(store: &dyn Store, head: &Checkpoint, each: &mut Each<'_>) -> Result<Verified, Finding> {
    let unreadable =
        |reason: String| Finding::Unreadable { path: "ledger.sqlite".to_owned(), first_entry: None, reason };
    let mut tiling = Tiling::default();
    let mut compare = |tile: Tile, hashes: &[Hash]| {
        let Kind::Hashes(level) = tile.kind else { return Ok(()) };
        let from = tile.n * u64::from(TILE_WIDTH);
        let kept = store.nodes(level * 8, from, tile.width.into()).map_err(|error| unreadable(error.to_string()))?;
        if kept == hashes { Ok(()) } else { Err(bad_tile(tile, "the entries under it make other hashes")) }
    };
    while tiling.edge.size() < head.size() {
        let first = tiling.edge.size();
        let end = head.size().min(first + u64::from(TILE_WIDTH));
        for row in store.rows(first..end).map_err(|error| unreadable(error.to_string()))? {
            let (index, leaf) = (tiling.edge.size(), Hash::of_entry(&row.bytes));
            check_leaf(index, leaf, row.leaf)?;
            check(row.index == index, index, "it is missing")?;
            each(index, &row.bytes).map_err(|reason| Finding::Refused { index, reason })?;
            tiling.push(leaf, &mut compare)?;
        }
        check(tiling.edge.size() == end, tiling.edge.size(), "it is missing")?;
    }
    let root = tiling.finish(&mut compare)?;
    if root != head.root() {
        return Err(Finding::Root { size: head.size() });
    }
    let vkey = store.vkey().map_err(|error| unreadable(error.to_string()))?;
    Ok(Verified { vkey, checkpoint: head.clone(), blobs: 0, unchecked: Vec::new() })
}

fn key(folder: &Folder<'_>, trusted: Option<&str>) -> Result<LogVerifier, Finding> {
    let wrong = |reason: String| Finding::Key { reason };
    let kept = folder.small("vkey")?;
    let kept = String::from_utf8(kept).map_err(|error| wrong(error.to_string()))?;
    let kept = kept.strip_suffix('\n').ok_or_else(|| wrong("its line does not end".to_owned()))?;
    match trusted {
        Some(trusted) if trusted != kept => Err(wrong(format!("it is `{kept}` and not the trusted `{trusted}`"))),
        Some(_) | None => LogVerifier::new(kept).map_err(|error| wrong(error.to_string())),
    }
}

/// The last tile of each level that is not full, lowest level first: together they make the root.
fn tiles_of_the_edge(folder: &Folder<'_>, head: &Checkpoint) -> Result<Vec<(Tile, Vec<Hash>)>, Finding> {
    let mut edge = Vec::new();
    for level in 0..tiles::levels(head.size()) {
        let n = tiles::count_on(head.size(), level) / u64::from(TILE_WIDTH);
        let width = tiles::width_of(head.size(), level, n);
        if width > 0 {
            let tile = Tile { kind: Kind::Hashes(level), n, width };
            edge.push((tile, folder.hashes(tile)?));
        }
    }
    if root_of_edge(&edge) == head.root() { Ok(edge) } else { Err(whats_wrong_with_the_edge(folder, head)) }
}

fn root_of_edge(edge: &[(Tile, Vec<Hash>)]) -> Hash {
    let mut peaks = Vec::new(); // narrowest first
    for (_, hashes) in edge {
        let mut rest = hashes.as_slice();
        while !rest.is_empty() {
            let (before, peak) = rest.split_at(rest.len() - (1 << rest.len().trailing_zeros()));
            peaks.push(root_over(peak));
            rest = before;
        }
    }
    peaks.into_iter().reduce(|right, left| Hash::of_node(left, right)).unwrap_or(Hash::EMPTY)
}

/// The tiles that the root depends on do not make it. If the entries do, the first tile that they do not make is to blame.
fn whats_wrong_with_the_edge(folder: &Folder<'_>, head: &Checkpoint) -> Finding {
    let mut blamed = None;
    match root_of_entries(folder, head.size(), &mut blamed) {
        Err(finding) => finding,
        Ok(root) if root != head.root() => Finding::Root { size: head.size() },
        Ok(_) => blamed.unwrap_or(Finding::Root { size: head.size() }),
    }
}

fn root_of_entries(folder: &Folder<'_>, size: u64, blamed: &mut Option<Finding>) -> Result<Hash, Finding> {
    let mut tiling = Tiling::default();
    let mut compare = |tile: Tile, hashes: &[Hash]| {
        if blamed.is_none() && folder.hashes(tile)? != hashes {
            *blamed = Some(bad_tile(tile, "the entries under it make other hashes"));
        }
        Ok(())
    };
    while tiling.edge.size() < size {
        let n = tiling.edge.size() / u64::from(TILE_WIDTH);
        let tile = Tile { kind: Kind::Entries, n, width: tiles::width_of(size, 0, n) };
        let bundle = folder.entries(tile)?;
        let mut rest = bundle.as_slice();
        for _ in 0..tile.width {
            let index = tiling.edge.size();
            let entry = tiles::take_entry(&mut rest).ok_or_else(|| cut_short(index))?;
            tiling.push(Hash::of_entry(entry), &mut compare)?;
        }
    }
    tiling.finish(&mut compare)
}

/// Checks everything below a tile whose hashes are proven.
fn descend(folder: &Folder<'_>, tile: Tile, hashes: &[Hash], each: &mut Each<'_>) -> Result<(), Finding> {
    let below = match tile.kind {
        Kind::Entries => return Ok(()),
        Kind::Hashes(0) => return check_entries(folder, tile, hashes, each),
        Kind::Hashes(level) => level - 1,
    };
    for (n, proven) in (tile.n * u64::from(TILE_WIDTH)..).zip(hashes) {
        let child = Tile::full(Kind::Hashes(below), n);
        let hashes = folder.hashes(child)?;
        if root_over(&hashes) != *proven {
            return Err(bad_tile(child, "its hashes do not make the one above it"));
        }
        descend(folder, child, &hashes, each)?;
    }
    Ok(())
}

fn check_entries(folder: &Folder<'_>, leaves: Tile, hashes: &[Hash], each: &mut Each<'_>) -> Result<(), Finding> {
    let tile = Tile { kind: Kind::Entries, ..leaves };
    let bundle = folder.entries(tile)?;
    let mut rest = bundle.as_slice();
    for (index, proven) in (tile.first_entry()..).zip(hashes) {
        let entry = tiles::take_entry(&mut rest).ok_or_else(|| cut_short(index))?;
        check_leaf(index, Hash::of_entry(entry), *proven)?;
        each(index, entry).map_err(|reason| Finding::Refused { index, reason })?;
    }
    let last = tile.first_entry() + u64::from(tile.width) - 1;
    check(rest.is_empty(), last, "there are bytes after it")
}

fn check_leaf(index: u64, leaf: Hash, proven: Hash) -> Result<(), Finding> {
    check(leaf == proven, index, "its bytes do not have the hash that the tree has for it")
}

fn check(holds: bool, index: u64, reason: &str) -> Result<(), Finding> {
    if holds { Ok(()) } else { Err(Finding::Entry { index, reason: reason.to_owned() }) }
}

fn cut_short(index: u64) -> Finding {
    Finding::Entry { index, reason: "its bundle is cut short".to_owned() }
}

fn bad_tile(tile: Tile, reason: &str) -> Finding {
    Finding::Tile { path: tile.to_string(), first_entry: tile.first_entry(), reason: reason.to_owned() }
}
