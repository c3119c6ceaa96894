//! Puts new bytes in the place of a file: all of them or none, and durably.
//!
//! The new file is written beside the old one under a name that nobody can guess, made durable, and renamed over it; then the
//! folder is made durable. If the power goes before the rename, the old file is there and a hidden one beside it; after it,
//! the new one. A link is never written through, and the file keeps its mode.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;

use rustix::fs::{AtFlags, FileType, Mode, OFlags};
use rustix::io::Errno;

use super::folders::opened;
use crate::clock;

/// Replaces `name` in an open folder, if it is a regular file that still has the `old` bytes.
pub(super) fn replace(folder: &OwnedFd, name: &str, old: &[u8], new: &[u8]) -> io::Result<()> {
    let before = File::from(opened(folder, name, OFlags::RDONLY | OFlags::NONBLOCK)?);
    let stat = rustix::fs::fstat(&before)?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return Err(io::Error::other("it is no regular file"));
    }
    let mut now = Vec::with_capacity(old.len() + 1);
    before.take(old.len() as u64 + 1).read_to_end(&mut now)?;
    if now != old {
        return Err(io::Error::other("it was changed meanwhile, and is left as it is"));
    }
    exchange(folder, OsStr::new(name), Some(Mode::from_raw_mode(stat.st_mode)), new)
}

/// Makes `name` in an open folder, or replaces the regular file that is there. A pipe or a terminal is just written to.
pub(super) fn put(folder: &OwnedFd, name: &OsStr, bytes: &[u8]) -> io::Result<()> {
    let mode = match rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => stat.st_mode,
        Err(Errno::NOENT) => return exchange(folder, name, None, bytes),
        Err(e) => return Err(e.into()),
    };
    match FileType::from_raw_mode(mode) {
        FileType::RegularFile => exchange(folder, name, Some(Mode::from_raw_mode(mode)), bytes),
        FileType::Fifo | FileType::CharacterDevice => {
            let flags = OFlags::WRONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            File::from(rustix::fs::openat(folder, name, flags, Mode::empty())?).write_all(bytes)
        }
        FileType::Symlink => Err(io::Error::other("it is a symbolic link, and nothing is written through one")),
        _ => Err(io::Error::other("it is no regular file")),
    }
}

fn exchange(folder: &OwnedFd, name: &OsStr, mode: Option<Mode>, bytes: &[u8]) -> io::Result<()> {
    let temporary = format!(".countersign-{}.new", clock::id()); // nobody can be there first
    write(folder, &temporary, mode, bytes).and_then(|()| Ok(rustix::fs::renameat(folder, &temporary, folder, name)?)).inspect_err(|_| {
        // What was there stands; what is beside it is of no use to anybody.
        rustix::fs::unlinkat(folder, &temporary, AtFlags::empty()).ok();
    })?;
    Ok(rustix::fs::fsync(folder)?)
}

/// A new file, with this mode or with that of any new file.
fn write(folder: &OwnedFd, name: &str, mode: Option<Mode>, bytes: &[u8]) -> io::Result<()> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let first = if mode.is_some() { 0o600 } else { 0o666 };
    let mut file = File::from(rustix::fs::openat(folder, name, flags, Mode::from_raw_mode(first))?);
    file.write_all(bytes)?;
    mode.map_or(Ok(()), |mode| rustix::fs::fchmod(&file, mode))?;
    file.sync_all()
}

#[cfg(test)]
mod tests;
