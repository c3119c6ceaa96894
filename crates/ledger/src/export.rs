//! Writes a ledger as static files that anybody can verify: C2SP tlog-tiles, with the blobs and the public key beside.
//!
//! The root is made anew from the entries on the way, so that a damaged ledger is found here and not by a stranger. The
//! checkpoint is written last: a folder without one is an export that did not end. Files are not synced one by one; if the
//! power goes soon after, verify the export or make it again.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::blobs::{self, BlobError, Blobs};
use crate::checkpoint::Checkpoint;
use crate::hash::Hash;
use crate::ledger::ReadError;
use crate::store::{HeadError, Store, StoreError};
use crate::tiles::{self, Kind, TILE_WIDTH, Tile, Tiling};

/// What was exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportSummary {
    /// Entries.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// Files of hashes and of entries.
    pub tiles: u64,
    /// Blobs.
    pub blobs: u64,
    /// Bytes in all of these files.
    pub bytes: u64,
}

/// Writes everything that `head` covers into `to`.
pub(crate) fn write(
    store: &dyn Store,
    blobs: &Blobs,
    vkey: &str,
    note: &str,
    head: &Checkpoint,
    to: &Path,
) -> Result<ExportSummary, ExportError> {
    let mut folder = Folder::empty(to)?;
    write_entries(store, head, &mut folder)?;
    let tiles = folder.files;
    for hash in blobs.names()? {
        // One that was erased meanwhile is not missed.
        if let Some(bytes) = blobs.get(&hash)? {
            folder.write(&format!("blobs/{}", blobs::place(&hash)), &bytes)?;
        }
    }
    let blobs = folder.files - tiles;
    folder.write("vkey", format!("{vkey}\n").as_bytes())?;
    folder.write("README.txt", readme(vkey).as_bytes())?;
    folder.write("checkpoint", note.as_bytes())?;
    Ok(ExportSummary { size: head.size(), root: head.root(), tiles, blobs, bytes: folder.bytes })
}

fn write_entries(store: &dyn Store, head: &Checkpoint, folder: &mut Folder) -> Result<(), ExportError> {
    let mut tiling = Tiling::default();
    while tiling.edge.size() < head.size() {
        let first = tiling.edge.size();
        let n = first / u64::from(TILE_WIDTH);
        let width = tiles::width_of(head.size(), 0, n);
        let rows = store.rows(first..first + u64::from(width))?;
        if rows.len() != usize::from(width) {
            return Err(ExportError::Missing { index: first });
        }
        let mut bundle = Vec::new();
        for row in rows {
            let leaf = Hash::of_entry(&row.bytes);
            if leaf != row.leaf || row.index != tiling.edge.size() || !tiles::put_entry(&mut bundle, &row.bytes) {
                return Err(ReadError::Spoilt { index: row.index }.into());
            }
            tiling.push(leaf, &mut |tile, hashes| folder.write(&tile.to_string(), &tiles::tile_bytes(hashes)))?;
        }
        folder.write(&Tile { kind: Kind::Entries, n, width }.to_string(), &bundle)?;
    }
    let root = tiling.finish(&mut |tile, hashes| folder.write(&tile.to_string(), &tiles::tile_bytes(hashes)))?;
    if root == head.root() { Ok(()) } else { Err(ReadError::from(HeadError::Forked { size: head.size() }).into()) }
}

/// A folder that is being filled.
struct Folder {
    path: PathBuf,
    /// The folder of the last file, which is there.
    last: PathBuf,
    files: u64,
    bytes: u64,
}

impl Folder {
    fn empty(path: &Path) -> Result<Self, ExportError> {
        let failed = |source| ExportError::NotWritten { path: path.to_owned(), source };
        fs::create_dir_all(path).map_err(failed)?;
        if fs::read_dir(path).map_err(failed)?.next().is_some() {
            return Err(ExportError::NotEmpty { path: path.to_owned() });
        }
        Ok(Self { path: path.to_owned(), last: path.to_owned(), files: 0, bytes: 0 })
    }

    fn write(&mut self, name: &str, bytes: &[u8]) -> Result<(), ExportError> {
        let path = self.path.join(name);
        self.make_parent(&path)
            .and_then(|()| fs::write(&path, bytes))
            .map_err(|source| ExportError::NotWritten { path, source })?;
        self.files += 1;
        self.bytes += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Ok(())
    }

    fn make_parent(&mut self, path: &Path) -> io::Result<()> {
        match path.parent() {
            Some(parent) if parent != self.last => {
                fs::create_dir_all(parent)?;
                self.last = parent.to_owned();
                Ok(())
            }
            Some(_) | None => Ok(()),
        }
    }
}

fn readme(vkey: &str) -> String {
    format!(
        "A ledger as static files. Verify it, offline, with: countersign ledger verify THIS_FOLDER --log-key '{vkey}'\n\
         \n\
         Take the key from somebody you trust, not from here. Formats, for other programs: c2sp.org/tlog-tiles (checkpoint,\n\
         tile/, with 256 entries a bundle, each behind its length in two bytes), c2sp.org/tlog-checkpoint, c2sp.org/signed-note;\n\
         blobs/<first two digits>/<hash> are named by the SHA-256 of their bytes.\n"
    )
}

/// An export did not end; the folder has no checkpoint and verifies as nothing.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// There is something in the folder already; nothing was written.
    #[error("`{path}` is not empty; nothing was exported", path = path.display())]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// A file could not be written.
    #[error("the export is not complete: `{path}` cannot be written: {source}", path = path.display())]
    NotWritten {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Entries that the head covers are not in the store.
    #[error("the export is not complete: entries from {index} on are missing from the ledger")]
    Missing {
        /// The first index of the range that has a gap.
        index: u64,
    },
    /// The ledger cannot be read.
    #[error("the export is not complete: {0}")]
    Ledger(#[from] ReadError),
    /// A blob cannot be read.
    #[error("the export is not complete: {0}")]
    Blob(#[from] BlobError),
}

impl From<StoreError> for ExportError {
    fn from(error: StoreError) -> Self {
        Self::Ledger(error.into())
    }
}
