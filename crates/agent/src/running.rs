//! Who is executing outside the box at this moment, as every process can see it: one locked file an intent.
//!
//! The lock is taken before `Started` is written and held until the outcome is. The kernel lets go of it when the process
//! is gone, however it went, so `Started` without an end and without a lock is an execution that nobody will finish.
//! If the power goes, the files may stay; they are empty and say nothing without their lock.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use action::IntentId;

use crate::office::Office;

/// The right to execute one intent. Dropped, another process may have it.
#[derive(Debug)]
pub(crate) struct Running {
    path: PathBuf,
    _lock: File,
}

impl Running {
    /// Waits until no other process executes this intent.
    pub(crate) fn begin(service: &Office, intent: &IntentId) -> io::Result<Self> {
        let path = place(service, intent);
        fs::create_dir_all(service.folder.join(FOLDER))?;
        loop {
            let lock = OpenOptions::new().create(true).truncate(false).write(true).open(&path)?;
            lock.lock()?;
            // Whoever had it may have removed the file while we waited for it; then it locks nothing.
            let (ours, there) = (lock.metadata()?, fs::metadata(&path));
            if there.is_ok_and(|there| there.ino() == ours.ino() && there.dev() == ours.dev()) {
                return Ok(Self { path, _lock: lock });
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        fs::remove_file(&self.path).ok(); // an empty file that stays does no harm
    }
}

/// Whether some process executes this intent. Where that cannot be told, one does.
pub(crate) fn is_running(service: &Office, intent: &IntentId) -> bool {
    match File::open(place(service, intent)) {
        Ok(file) => !matches!(file.try_lock_shared(), Ok(())),
        Err(e) => e.kind() != io::ErrorKind::NotFound,
    }
}

const FOLDER: &str = "running";

fn place(service: &Office, intent: &IntentId) -> PathBuf {
    service.folder.join(FOLDER).join(action::Digest::of_bytes(intent.as_str().as_bytes()).short())
}
