//! Reads the upper layer of an overlay: what the kernel leaves there stands for what was done to the merged view.
//!
//! The forms are those of the kernel's documentation (`filesystems/overlayfs.rst`): a character device 0/0 is a whiteout, the
//! attribute `user.overlay.opaque` makes a folder hide the one below. Commands can make neither: inside an overlay
//! the kernel refuses the one and stores the other under another name, or refuses it too. They may change the layer while
//! it is read, so everything is looked at from open folders and no link is followed.

use std::ffi::OsString;
use std::io;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, Stat};

use crate::beneath::{self, Root};

/// One entry of an upper layer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum InUpper {
    /// What was here is gone.
    Whiteout,
    /// A file, whole.
    File { size: u64, executable: bool },
    /// A link and where it points.
    Symlink(PathBuf),
    /// A folder; an opaque one hides the folder below it.
    Folder { opaque: bool },
    /// A pipe, a socket or a device: nothing that could land.
    Special,
}

/// The entries of a folder of the layer, by name.
pub(crate) fn entries(layer: &Root, folder: &Path) -> io::Result<Vec<(OsString, io::Result<InUpper>)>> {
    let folder = layer.folder(folder)?;
    let mut all = Vec::new();
    for name in beneath::names_in(&folder)? {
        match read(&folder, Path::new(&name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {} // a command is at work
            found => all.push((name, found)),
        }
    }
    Ok(all)
}

fn read(folder: impl AsFd, name: &Path) -> io::Result<InUpper> {
    let stat = rustix::fs::statat(&folder, name, AtFlags::SYMLINK_NOFOLLOW)?;
    Ok(match FileType::from_raw_mode(stat.st_mode) {
        FileType::CharacterDevice if stat.st_rdev == 0 => InUpper::Whiteout,
        FileType::RegularFile => InUpper::File { size: size_of(&stat), executable: is_executable(&stat) },
        FileType::Symlink => InUpper::Symlink(beneath::target_of(&folder, name)?),
        FileType::Directory => InUpper::Folder { opaque: is_opaque(&folder, name)? },
        _ => InUpper::Special,
    })
}

pub(crate) fn size_of(stat: &Stat) -> u64 {
    u64::try_from(stat.st_size).unwrap_or(0)
}

pub(crate) fn is_executable(stat: &Stat) -> bool {
    stat.st_mode & 0o111 != 0
}

fn is_opaque(folder: impl AsFd, name: &Path) -> io::Result<bool> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let inner = rustix::fs::openat(folder, name, flags, Mode::empty())?;
    let mut value = [0_u8; 8];
    match rustix::fs::fgetxattr(inner, "user.overlay.opaque", &mut value[..]) {
        Ok(length) => Ok(value.get(..length) == Some(b"y".as_slice())),
        Err(rustix::io::Errno::NODATA | rustix::io::Errno::NOTSUP) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
