//! Reads the upper layer of an overlay: what the kernel leaves there stands for what was done to the merged view.
//!
//! The forms are those of the kernel's documentation (`filesystems/overlayfs.rst`): a character device 0/0 is a whiteout, the
//! attribute `user.overlay.opaque` makes a folder hide the one below. Commands can make neither: inside an overlay
//! the kernel refuses the one and stores the other under another name, or refuses it too.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

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
pub(crate) fn entries(folder: &Path) -> io::Result<Vec<(OsString, io::Result<InUpper>)>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        match read(&entry.path()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {} // a command is at work
            found => all.push((entry.file_name(), found)),
        }
    }
    all.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(all)
}

fn read(path: &Path) -> io::Result<InUpper> {
    let metadata = fs::symlink_metadata(path)?;
    let kind = metadata.file_type();
    Ok(if kind.is_char_device() && metadata.rdev() == 0 {
        InUpper::Whiteout
    } else if kind.is_file() {
        InUpper::File { size: metadata.len(), executable: is_executable(&metadata) }
    } else if kind.is_symlink() {
        InUpper::Symlink(fs::read_link(path)?)
    } else if kind.is_dir() {
        InUpper::Folder { opaque: is_opaque(path)? }
    } else {
        InUpper::Special
    })
}

pub(crate) fn is_executable(metadata: &fs::Metadata) -> bool {
    metadata.permissions().mode() & 0o111 != 0
}

fn is_opaque(folder: &Path) -> io::Result<bool> {
    let mut value = [0_u8; 8];
    match rustix::fs::lgetxattr(folder, "user.overlay.opaque", &mut value[..]) {
        Ok(length) => Ok(value.get(..length) == Some(b"y".as_slice())),
        Err(rustix::io::Errno::NODATA | rustix::io::Errno::NOTSUP) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
