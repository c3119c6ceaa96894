//! The folder of an export, read with suspicion: only regular files, none longer than the layout allows.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::bad_tile;
use crate::blobs;
use crate::finding::Finding;
use crate::hash::Hash;
use crate::tiles::{self, Tile};

/// A checkpoint with a hundred cosignatures has about 20 kB.
const SMALL: u64 = 1_000_000;

/// 256 entries of 65,535 bytes, each behind its length.
const LONGEST_BUNDLE: u64 = 256 * (2 + 65_535);

/// The folder of an export.
pub(super) struct Folder<'d> {
    path: &'d Path,
}

impl<'d> Folder<'d> {
    pub(super) fn new(path: &'d Path) -> Self {
        Self { path }
    }

    /// A file beside the tiles.
    pub(super) fn small(&self, name: &str) -> Result<Vec<u8>, Finding> {
        self.read(name, None, SMALL)
    }

    /// A tile of hashes, of the right length.
    pub(super) fn hashes(&self, tile: Tile) -> Result<Vec<Hash>, Finding> {
        let length = u64::from(tile.width) * 32;
        let bytes = self.read(&tile.to_string(), Some(tile.first_entry()), length)?;
        if u64::try_from(bytes.len()) == Ok(length) {
            Ok(tiles::tile_hashes(&bytes))
        } else {
            Err(bad_tile(tile, "it is too short"))
        }
    }

    /// A bundle of entries.
    pub(super) fn entries(&self, tile: Tile) -> Result<Vec<u8>, Finding> {
        self.read(&tile.to_string(), Some(tile.first_entry()), LONGEST_BUNDLE)
    }

    /// All tiles that a tree of `size` entries has were read; nothing else may be beside them.
    pub(super) fn check_nothing_else_in_tile(&self, size: u64) -> Result<(), Finding> {
        self.walk("tile", &mut |path| match Tile::from_path(path) {
            Some(tile) if tile.belongs_to(size) => Ok(()),
            Some(_) | None => Err(Finding::Stray { path: path.to_owned() }),
        })
    }

    /// Checks every blob that is there, and says how many.
    pub(super) fn check_blobs(&self) -> Result<u64, Finding> {
        let mut count = 0;
        self.walk("blobs", &mut |path| {
            count += 1;
            self.check_blob(path)
        })?;
        Ok(count)
    }

    /// The files that are not part of the layout.
    pub(super) fn beside(&self) -> Result<Vec<String>, Finding> {
        let known = ["checkpoint", "vkey", "tile", "blobs"];
        let mut names = self.list("")?;
        names.retain(|name| !known.contains(&name.as_str()));
        Ok(names)
    }

    fn check_blob(&self, path: &str) -> Result<(), Finding> {
        let hash = path.rsplit('/').next().and_then(|name| name.parse().ok());
        let hash: Hash = hash.ok_or_else(|| Finding::Stray { path: path.to_owned() })?;
        if path != format!("blobs/{}", blobs::place(&hash)) {
            return Err(Finding::Stray { path: path.to_owned() });
        }
        let read = self.open(path).and_then(|mut file| {
            let mut digest = Sha256::new();
            io::copy(&mut file, &mut digest)?;
            Ok(Hash(digest.finalize().into()))
        });
        let found = read.map_err(|error| unreadable(path, None, &error))?;
        if found == hash { Ok(()) } else { Err(Finding::Blob { hash }) }
    }

    fn read(&self, name: &str, first_entry: Option<u64>, at_most: u64) -> Result<Vec<u8>, Finding> {
        let read = self.open(name).and_then(|file| {
            let length = file.metadata()?.len();
            if length > at_most {
                return Err(io::Error::other(format!("it has {length} bytes, more than {at_most}")));
            }
            let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
            file.take(at_most).read_to_end(&mut bytes)?;
            Ok(bytes)
        });
        read.map_err(|error| unreadable(name, first_entry, &error))
    }

    fn open(&self, name: &str) -> io::Result<File> {
        let path = self.path.join(name);
        if fs::symlink_metadata(&path)?.is_file() {
            File::open(path)
        } else {
            Err(io::Error::other("not a regular file"))
        }
    }

    /// Shows every file below `name`, in the order of their names.
    fn walk(&self, name: &str, each: &mut dyn FnMut(&str) -> Result<(), Finding>) -> Result<(), Finding> {
        let folder = fs::symlink_metadata(self.path.join(name)).map(|found| found.is_dir());
        match folder {
            Ok(true) => self.list(name)?.iter().try_for_each(|inner| self.walk(&format!("{name}/{inner}"), each)),
            Ok(false) => each(name),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(unreadable(name, None, &error)),
        }
    }

    fn list(&self, name: &str) -> Result<Vec<String>, Finding> {
        let failed = |error: io::Error| unreadable(name, None, &error);
        let mut names = Vec::new();
        for entry in fs::read_dir(self.path.join(name)).map_err(failed)? {
            names.push(entry.map_err(failed)?.file_name().to_string_lossy().into_owned());
        }
        names.sort_unstable();
        Ok(names)
    }
}

fn unreadable(path: &str, first_entry: Option<u64>, error: &io::Error) -> Finding {
    Finding::Unreadable { path: path.to_owned(), first_entry, reason: error.to_string() }
}
