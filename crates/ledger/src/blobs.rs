//! Blobs: bytes of any size in files named by their SHA-256, `blobs/<first two hex digits>/<hex>`.
//!
//! A blob is written beside its place, synced, and renamed into it, and the folder is synced: under its name there is the
//! whole blob or nothing, also when the power goes. What is read is hashed before it is handed out. What a crash leaves
//! behind is a `*.part` file that nobody reads.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::hash::Hash;

/// A folder of blobs.
pub(crate) struct Blobs {
    root: PathBuf,
}

impl Blobs {
    pub(crate) fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// Keeps the bytes, durably, and says their name.
    pub(crate) fn put(&self, bytes: &[u8]) -> Result<Hash, BlobError> {
        let hash = Hash::of(bytes);
        let path = self.path(&hash);
        let failed = |source| BlobError::NotKept { path: path.clone(), source };
        let folder = path.parent().unwrap_or(&self.root);
        if !is_whole(&path, bytes.len(), &hash) {
            if !folder.is_dir() {
                make_folder(folder).and_then(|()| sync_folder(&self.root)).map_err(failed)?;
            }
            write_whole(&path, bytes).map_err(failed)?;
        }
        // Also when it was there before: whoever put it may not have got this far.
        sync_folder(folder).map_err(failed)?;
        Ok(hash)
    }

    /// The blob of that name, if it is here; verified.
    pub(crate) fn get(&self, hash: &Hash) -> Result<Option<Vec<u8>>, BlobError> {
        let path = self.path(hash);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(BlobError::Unreadable { path, source }),
        };
        if Hash::of(&bytes) == *hash { Ok(Some(bytes)) } else { Err(BlobError::Damaged { path }) }
    }

    /// The names of all blobs that are here, ascending.
    pub(crate) fn names(&self) -> Result<Vec<Hash>, BlobError> {
        let unreadable = |source| BlobError::Unreadable { path: self.root.clone(), source };
        let mut names = Vec::new();
        for folder in fs::read_dir(&self.root).map_err(unreadable)? {
            let folder = folder.map_err(unreadable)?.path();
            if !folder.is_dir() {
                continue;
            }
            for file in fs::read_dir(&folder).map_err(unreadable)? {
                let name = file.map_err(unreadable)?.file_name();
                names.extend(name.to_str().and_then(|name| name.parse::<Hash>().ok()));
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    pub(crate) fn path(&self, hash: &Hash) -> PathBuf {
        self.root.join(place(hash))
    }
}

/// Where a blob is, below the folder of blobs.
pub(crate) fn place(hash: &Hash) -> String {
    let name = hash.to_string();
    format!("{}/{name}", name.get(..2).unwrap_or_default())
}

/// Makes a folder that only its owner can look into.
pub(crate) fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// A blob that rotted on the disk is not whole, and is written again.
fn is_whole(path: &Path, length: usize, hash: &Hash) -> bool {
    let fits = fs::metadata(path).is_ok_and(|file| u64::try_from(length) == Ok(file.len()));
    fits && fs::read(path).is_ok_and(|bytes| Hash::of(&bytes) == *hash)
}

fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let (mut file, part) = beside(path)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&part, path));
    if written.is_err() {
        // No part is better than half of one, but nothing depends on it.
        drop(fs::remove_file(&part));
    }
    written
}

/// A new file beside `path`. Another process may be writing the same blob, and a crash may have left a part.
fn beside(path: &Path) -> io::Result<(File, PathBuf)> {
    const TRIES: u32 = 1_000;
    let mut taken = io::Error::from(io::ErrorKind::AlreadyExists);
    for number in 0..TRIES {
        let part = path.with_extension(format!("{number}.part"));
        match OpenOptions::new().write(true).create_new(true).open(&part) {
            Ok(file) => return Ok((file, part)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => taken = error,
            Err(error) => return Err(error),
        }
    }
    Err(taken)
}

/// A blob was not kept or not handed out.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// It is not kept; what was under its name before is still there.
    #[error("the blob `{path}` was not kept: {source}", path = path.display())]
    NotKept {
        /// Where it should be.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It cannot be read.
    #[error("the blob `{path}` cannot be read: {source}", path = path.display())]
    Unreadable {
        /// Where it is.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Its bytes are not those that its name says.
    #[error("the blob `{path}` is damaged: its bytes do not have the hash that is its name", path = path.display())]
    Damaged {
        /// Where it is.
        path: PathBuf,
    },
}

#[cfg(test)]
mod tests;
