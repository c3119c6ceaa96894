//! Reads a file of a copy while the box may be changing it. What was a file when it was listed may be a link by now; a link
//! is never followed out of the layer, a pipe never waited for.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use rustix::fs::{CWD, FileType, Mode, OFlags, ResolveFlags};

/// The bytes of the regular file at `at`, an absolute path without links ([`crate::Now::File`] gives such paths), and
/// whether it may be run. At most `most` bytes: a larger file is an error.
pub fn read_still(at: &Path, most: u64) -> io::Result<(Vec<u8>, bool)> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let resolve = ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    let file = File::from(rustix::fs::openat2(CWD, at, flags, Mode::empty(), resolve)?);
    let stat = rustix::fs::fstat(&file)?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file any more"));
    }
    let mut bytes = Vec::new();
    (&file).take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("it is larger than {most} bytes")));
    }
    Ok((bytes, stat.st_mode & 0o111 != 0))
}

#[cfg(test)]
mod tests;
