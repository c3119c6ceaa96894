//! The folder of one session on disk: the layer that takes the box's writes, the layer that hides secrets, rehearsals.
//!
//! ```text
//! state/lock        held while a box is open, so that no two share a layer
//!       0/          the tree: upper (what the box wrote), work (the kernel's), mask (placeholders, made anew at each open)
//!       1/ 2/       git folders outside the tree
//!       rehearsals/ one folder a rehearsal: upper, work
//!       stage/      empty; the box's root is mounted on it, inside the box only
//! ```
//! After a crash `upper` is what the file system kept; the rest is made anew.

use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::FlockOperation;

/// Held while a box is open.
#[derive(Debug)]
pub(crate) struct StateFolder {
    root: PathBuf,
    lock: fs::File,
}

impl StateFolder {
    /// Takes the folder for one box; `None` if another has it.
    pub(crate) fn take(root: &Path) -> io::Result<Option<Self>> {
        let lock = fs::File::options().create(true).truncate(false).write(true).open(root.join("lock"))?;
        match rustix::fs::flock(&lock, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        for name in ["stage", "rehearsals"] {
            make(&root.join(name))?;
        }
        Ok(Some(Self { root: root.to_owned(), lock }))
    }

    /// Gives the folder back. Closing the file is not enough: a program that is just being started elsewhere in this process
    /// has a copy of it for a moment.
    pub(crate) fn release(&self) -> io::Result<()> {
        Ok(rustix::fs::flock(&self.lock, FlockOperation::Unlock)?)
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn stage(&self) -> PathBuf {
        self.root.join("stage")
    }

    pub(crate) fn rehearsals(&self) -> PathBuf {
        self.root.join("rehearsals")
    }

    /// The folders of overlay `number`, with an empty mask.
    pub(crate) fn layer(&self, number: usize) -> io::Result<LayerFolders> {
        let base = self.root.join(number.to_string());
        let layer = LayerFolders { upper: base.join("upper"), work: base.join("work"), mask: base.join("mask") };
        remove_all(&layer.mask)?;
        for folder in [&base, &layer.upper, &layer.work, &layer.mask] {
            make(folder)?;
        }
        Ok(layer)
    }

    /// Fresh folders for rehearsal `number`; what an earlier box left there is removed.
    pub(crate) fn rehearsal(&self, number: u64) -> io::Result<PathBuf> {
        let base = self.rehearsals().join(number.to_string());
        remove_all(&base)?;
        for folder in [base.clone(), base.join("upper"), base.join("work")] {
            make(&folder)?;
        }
        Ok(base.join("upper"))
    }
}

/// One overlay's folders.
#[derive(Clone, Debug)]
pub(crate) struct LayerFolders {
    pub(crate) upper: PathBuf,
    pub(crate) work: PathBuf,
    pub(crate) mask: PathBuf,
}

fn make(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Removes a session's folder with all that its commands left there, also folders that they made unreadable.
pub fn forget(state: &Path) -> io::Result<()> {
    remove_all(state)
}

pub(crate) fn remove_all(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            open_up(path)?;
            fs::remove_dir_all(path)
        }
        Err(error) => Err(error),
    }
}

/// Makes every folder below (and `path`) readable and writable by its owner.
fn open_up(path: &Path) -> io::Result<()> {
    let metadata = fs::symlink_metadata(path)?;
    if !metadata.is_dir() {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(0o700))?;
    fs::read_dir(path)?.try_for_each(|entry| open_up(&entry?.path()))
}

#[cfg(test)]
mod tests;
