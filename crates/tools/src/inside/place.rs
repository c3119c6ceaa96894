//! Puts whole contents in place of a file, at once: a reader sees the old file or the new one.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes beside the file, gives it the old one's permissions, and renames. On an error nothing is left behind.
pub(super) fn put(place: &Path, content: &[u8]) -> io::Result<()> {
    let mode = place.metadata().ok().map(|meta| meta.permissions());
    let (file, beside) = temporary(place)?;
    fill(file, content, mode).and_then(|()| std::fs::rename(&beside, place)).inspect_err(|_| {
        drop(std::fs::remove_file(&beside)); // best effort: the first error is the one to tell
    })
}

fn fill(mut file: File, content: &[u8], mode: Option<Permissions>) -> io::Result<()> {
    file.write_all(content)?;
    mode.map_or(Ok(()), |mode| file.set_permissions(mode))
}

/// A new file in the same directory, under a name that nobody has. One that a crash left behind is passed by.
fn temporary(place: &Path) -> io::Result<(File, PathBuf)> {
    let directory = place.parent().unwrap_or(Path::new("."));
    for attempt in 0..100 {
        let beside = directory.join(format!(".countersign-{}-{attempt}.tmp", std::process::id()));
        match OpenOptions::new().write(true).create_new(true).open(&beside) {
            Ok(file) => return Ok((file, beside)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::new(io::ErrorKind::AlreadyExists, "a hundred temporary files are in the way"))
}
