//! Looks at and changes what lies below a folder, never by way of a link and never outside it: every path is opened part by
//! part from the folder's own descriptor, whoever renames what meanwhile.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::path::{Component, Path, PathBuf};

use action::{Content, Digest};
use rustix::fs::{AtFlags, FileType, Mode, OFlags, ResolveFlags, Stat};
use sha2::Digest as _;

use crate::coded::text_of;

/// What is at a path below `root`: its digest, size and kind. `None` if there is nothing, or nothing that a change set can
/// hold (a device, a pipe, a socket).
///
/// A symbolic link's target is written as [`text_of`] writes paths. Links *on the way* are not followed: a path through one
/// is an error.
pub fn fingerprint(root: &Path, relative: &Path) -> io::Result<Option<Content>> {
    Ok(Root::open(root)?.look(relative)?.map(|seen| seen.content))
}

/// An open folder that all paths are relative to.
pub(crate) struct Root(OwnedFd);

/// What was seen at a path.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) content: Content,
    pub(crate) stat: Stat,
}

impl Root {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Self(rustix::fs::open(path, flags, Mode::empty())?))
    }

    /// The folder that holds the last part of `relative`, and that part.
    pub(crate) fn parent<'a>(&self, relative: &'a Path) -> io::Result<(OwnedFd, &'a Path)> {
        let name = relative.file_name().map(Path::new).ok_or(io::ErrorKind::InvalidInput)?;
        let parent = relative.parent().unwrap_or(Path::new(""));
        Ok((self.folder(parent)?, name))
    }

    /// Opens a folder below.
    pub(crate) fn folder(&self, relative: &Path) -> io::Result<OwnedFd> {
        self.at(relative, OFlags::RDONLY | OFlags::DIRECTORY)
    }

    fn at(&self, relative: &Path, flags: OFlags) -> io::Result<OwnedFd> {
        let path = if relative.as_os_str().is_empty() { Path::new(".") } else { relative };
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
        let open = || rustix::fs::openat2(&self.0, path, flags | OFlags::CLOEXEC, Mode::empty(), resolve);
        // The kernel asks to try again when something was renamed while it looked.
        for _ in 0..128 {
            match open() {
                Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => {}
                other => return Ok(other?),
            }
        }
        Err(io::ErrorKind::TimedOut.into())
    }

    /// What is at `relative`; the last part may be a link, which is looked at and not followed.
    pub(crate) fn look(&self, relative: &Path) -> io::Result<Option<Seen>> {
        match self.parent(relative) {
            Ok((folder, name)) => look_in(&folder, name),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// What is at a path, without its contents; nothing also where a link is on the way.
pub(crate) fn stat(root: &Root, relative: &Path) -> io::Result<Option<Stat>> {
    let found = root.parent(relative).and_then(|(folder, name)| Ok(rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)?));
    match found {
        Ok(stat) => Ok(Some(stat)),
        Err(error) if is_absent(&error) || error.raw_os_error() == Some(libc::ELOOP) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The names in an open folder, sorted.
pub(crate) fn names_in(folder: impl AsFd) -> io::Result<Vec<OsString>> {
    let mut names = Vec::new();
    for entry in rustix::fs::Dir::read_from(folder)? {
        let name = entry?.file_name().to_bytes().to_vec();
        if name != b"." && name != b".." {
            names.push(OsString::from_vec(name));
        }
    }
    names.sort();
    Ok(names)
}

/// Where a link in an open folder points.
pub(crate) fn target_of(folder: impl AsFd, name: &Path) -> io::Result<PathBuf> {
    let target = rustix::fs::readlinkat(folder, name, Vec::new())?;
    Ok(PathBuf::from(OsString::from_vec(target.into_bytes())))
}

pub(crate) fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// What is at `name` in an open folder.
pub(crate) fn look_in(folder: impl AsFd, name: &Path) -> io::Result<Option<Seen>> {
    let stat = match rustix::fs::statat(&folder, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => stat,
        Err(rustix::io::Errno::NOENT) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let content = match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => {
            let (digest, size) = digest(read_file(&folder, name)?)?;
            Content::File { digest, size, executable: stat.st_mode & 0o111 != 0 }
        }
        FileType::Symlink => Content::Symlink { target: text_of(&target_of(&folder, name)?) },
        FileType::Directory => Content::Directory,
        _ => return Ok(None),
    };
    Ok(Some(Seen { content, stat }))
}

/// Opens a regular file for reading; never a link, and never waiting for the other end of a pipe.
pub(crate) fn read_file(folder: impl AsFd, name: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::openat(folder, name, flags, Mode::empty())?);
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::ErrorKind::InvalidData.into()) }
}

fn digest(mut file: File) -> io::Result<(Digest, u64)> {
    let mut hash = sha2::Sha256::new();
    let (mut size, mut space) = (0_u64, vec![0; 64 * 1024]);
    loop {
        match file.read(&mut space) {
            Ok(0) => return Ok((Digest::from_raw(hash.finalize().into()), size)),
            Ok(got) => {
                hash.update(space.get(..got).unwrap_or_default());
                size += got as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Whether a path is relative and goes only down.
pub(crate) fn goes_down(path: &Path) -> bool {
    let mut parts = path.components().peekable();
    let plain = path.components().collect::<PathBuf>().as_os_str() == path.as_os_str();
    parts.peek().is_some() && plain && parts.all(|part| matches!(part, Component::Normal(_)))
}

#[cfg(test)]
mod tests;
