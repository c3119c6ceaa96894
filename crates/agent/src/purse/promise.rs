//! What requests under way may cost at most, as every process can see it: one locked file a session.
//!
//! Deciding and promising is one step: both happen while the desk's own lock is held, for milliseconds. A promise lives as long as the
//! process holds its file's lock; the kernel lets go of it when the process is gone, and what is found unlocked is void.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use action::{Digest, PersonId, SessionId};
use model::Money;
use serde::{Deserialize, Serialize};

use crate::office::Office;

/// What one request may cost at most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Promise {
    pub(super) person: PersonId,
    /// The first of the sessions that it comes from.
    pub(super) family: SessionId,
    pub(super) day: String,
    pub(super) model: String,
    pub(super) tokens: u64,
    pub(super) money: Option<Money>,
}

/// A promise that is kept up. Dropped, it is gone.
#[derive(Debug)]
pub(super) struct Promised {
    path: PathBuf,
    _lock: File,
}

impl Drop for Promised {
    fn drop(&mut self) {
        fs::remove_file(&self.path).ok(); // without its lock it is void
    }
}

/// Where promises are made: one process at a time.
pub(super) struct Desk {
    folder: PathBuf,
    _lock: File,
}

impl Desk {
    /// Waits until no other process decides.
    pub(super) fn enter(service: &Office) -> io::Result<Self> {
        let folder = service.folder.join("promises");
        fs::create_dir_all(&folder)?;
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(folder.join("desk"))?;
        lock.lock()?;
        Ok(Self { folder, _lock: lock })
    }

    /// What other sessions have promised. What cannot be read of a living one is an error.
    pub(super) fn others(&self, session: &SessionId) -> io::Result<Vec<Promise>> {
        let own = self.place(session);
        let mut promises = Vec::new();
        for found in fs::read_dir(&self.folder)? {
            let path = found?.path();
            if path != own && path.extension().is_some_and(|kind| kind == "promise") {
                promises.extend(living(&path)?);
            }
        }
        Ok(promises)
    }

    /// Promises for a session; what it had promised before is void.
    pub(super) fn promise(&self, session: &SessionId, promise: &Promise) -> io::Result<Promised> {
        let path = self.place(session);
        let mut file = OpenOptions::new().create(true).truncate(true).write(true).open(&path)?;
        file.lock()?;
        file.write_all(&serde_json::to_vec(promise)?)?;
        Ok(Promised { path, _lock: file })
    }

    fn place(&self, session: &SessionId) -> PathBuf {
        self.folder.join(format!("{}.promise", Digest::of_bytes(session.as_str().as_bytes()).short()))
    }
}

/// The promise in a file whose maker lives; what nobody holds is removed.
fn living(path: &Path) -> io::Result<Option<Promise>> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(e),
    };
    match file.try_lock_shared() {
        Ok(()) => {
            fs::remove_file(path).ok();
            Ok(None)
        }
        Err(TryLockError::WouldBlock) => {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            Ok(Some(serde_json::from_slice(&bytes)?))
        }
        Err(TryLockError::Error(e)) => Err(e),
    }
}

#[cfg(test)]
mod tests;
