//! Puts new bytes in the place of a file: all of them or none, and durably.
//!
//! The new file is written beside the old one, made durable, and renamed over it; then the folder is made durable. If the
//! power goes before the rename, the old file is there and a hidden one beside it; after it, the new one. A link is never
//! written through, and the file keeps its mode.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;

use rustix::fs::{AtFlags, FileType, Mode, OFlags};

use super::folders::opened;

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
    let temporary = format!(".{name}.{}.new", std::process::id());
    let made = write(folder, &temporary, Mode::from_raw_mode(stat.st_mode), new);
    let moved = made.and_then(|()| Ok(rustix::fs::renameat(folder, &temporary, folder, name)?));
    if moved.is_err() {
        // The old file stands; what is beside it is of no use to anybody.
        rustix::fs::unlinkat(folder, &temporary, AtFlags::empty()).ok();
    }
    moved?;
    Ok(rustix::fs::fsync(folder)?)
}

fn write(folder: &OwnedFd, name: &str, mode: Mode, bytes: &[u8]) -> io::Result<()> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut file = File::from(rustix::fs::openat(folder, name, flags, Mode::RUSR | Mode::WUSR)?);
    file.write_all(bytes)?;
    rustix::fs::fchmod(&file, mode)?;
    file.sync_all()
}

#[cfg(test)]
mod tests;
