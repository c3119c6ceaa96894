//! Who is executing outside the box at this moment, as every process can see it: one locked file an intent.
//!
//! The lock is taken before `Started` is written and held until the outcome is. The kernel lets go of it when the process
//! is gone, however it went, so `Started` without an end and without a lock is an execution that nobody will finish.
//! If the power goes, the files may stay; they are empty and say nothing without their lock.
//!
//! In the same way one after the other has its turn in an environment: what two were signed for at once is done one by one, each judged
//! by how the one before left things.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use action::{EnvironmentName, IntentId};

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
        let path = place(service, intent.as_str());
        fs::create_dir_all(service.folder.join(FOLDER))?;
        loop {
            let lock = open(&path)?;
            lock.lock()?;
            if is_there(&lock, &path)? {
                return Ok(Self { path, _lock: lock });
            }
        }
    }

    /// The same where no other process has it.
    fn try_begin(path: &Path) -> io::Result<Option<Self>> {
        let lock = open(path)?;
        match lock.try_lock() {
            Ok(()) if is_there(&lock, path)? => Ok(Some(Self { path: path.to_path_buf(), _lock: lock })),
            Ok(()) | Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(e)) => Err(e),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        fs::remove_file(&self.path).ok(); // an empty file that stays does no harm
    }
}

/// The right to change environments, one process at a time for all regions of a name. Dropped, the next has its turn.
#[derive(Debug)]
pub(crate) struct Turn {
    _held: Vec<Running>,
}

impl Turn {
    /// Waits until no other process changes any of these places; nothing where it is given up. Names of ours are no environments, and wait
    /// for nobody; a place that nobody knows is judged as production, and has its turn.
    pub(crate) fn wait(service: &Office, places: &BTreeSet<EnvironmentName>, given_up: &dyn Fn() -> bool) -> io::Result<Option<Self>> {
        fs::create_dir_all(service.folder.join(FOLDER))?;
        let group = |place: &EnvironmentName| place.as_str().split('/').next().unwrap_or_default().to_owned();
        // In one order for everybody, or two could wait for each other.
        let groups: BTreeSet<String> = places.iter().filter(|place| !place.is_reserved() || **place == EnvironmentName::unknown()).map(group).collect();
        let mut held = Vec::new();
        for group in groups {
            let path = place(service, &format!("environment {group}"));
            loop {
                if let Some(lock) = Running::try_begin(&path)? {
                    held.push(lock);
                    break;
                }
                if given_up() {
                    return Ok(None);
                }
                std::thread::park_timeout(LOOK_AGAIN); // the kernel tells nobody when a lock is free
            }
        }
        Ok(Some(Self { _held: held }))
    }
}

/// A stop is heeded within a second.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).truncate(false).write(true).open(path)
}

/// Whoever had it may have removed the file while we waited for it; then it locks nothing.
fn is_there(lock: &File, path: &Path) -> io::Result<bool> {
    let (ours, there) = (lock.metadata()?, fs::metadata(path));
    Ok(there.is_ok_and(|there| there.ino() == ours.ino() && there.dev() == ours.dev()))
}

/// Whether some process executes this intent. Where that cannot be told, one does.
pub(crate) fn is_running(service: &Office, intent: &IntentId) -> bool {
    match File::open(place(service, intent.as_str())) {
        Ok(file) => !matches!(file.try_lock_shared(), Ok(())),
        Err(e) => e.kind() != io::ErrorKind::NotFound,
    }
}

const FOLDER: &str = "running";

fn place(service: &Office, name: &str) -> PathBuf {
    service.folder.join(FOLDER).join(action::Digest::of_bytes(name.as_bytes()).short())
}
