//! Moves or renames. Never overwrites. Where the file system of the copy cannot rename (a directory of an overlay's lower
//! layer), the tree is copied and then removed.

use std::fs::{self, File, FileTimes};
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;

use super::tree::Tree;
use super::{Answered, Trouble};

pub(super) fn relocate(tree: &Tree, from: &str, to: &str) -> Result<Answered, Trouble> {
    let source = tree.named(from)?;
    if source.symlink_metadata().is_err() {
        return Err(tree.existing(from).err().unwrap_or(Trouble::Missing { path: from.to_owned(), near: None }));
    }
    if tree.root().join(to).symlink_metadata().is_ok() {
        tree.named(to)?; // outside is said before that it exists
        return Err(Trouble::Exists { path: to.to_owned() });
    }
    if Path::new(to).starts_with(from) {
        return Err(Trouble::IntoItself { path: from.to_owned() });
    }
    let target = tree.target(to)?;
    if target.starts_with(&source) {
        return Err(Trouble::IntoItself { path: from.to_owned() });
    }
    if target.symlink_metadata().is_ok() {
        return Err(Trouble::Exists { path: to.to_owned() });
    }
    match fs::rename(&source, &target) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => carry(&source, &target, from, to)?,
        Err(error) => return Err(Trouble::of(from, &error)),
    }
    Ok(Answered::said(format!("moved `{from}` to `{to}`")))
}

/// Copies all, then removes all. If copying fails, what was copied is removed and the source is as it was.
pub(super) fn carry(source: &Path, target: &Path, from: &str, to: &str) -> Result<(), Trouble> {
    copy(source, target).map_err(|error| {
        drop(clear(target)); // best effort: the first error is the one to tell
        Trouble::of(from, &error)
    })?;
    clear(source).map_err(|e| Trouble::HalfMoved { path: from.to_owned(), to: to.to_owned(), why: e.to_string() })
}

fn copy(source: &Path, target: &Path) -> io::Result<()> {
    let meta = source.symlink_metadata()?;
    if meta.is_symlink() {
        return symlink(source.read_link()?, target);
    }
    if meta.is_file() {
        fs::copy(source, target)?;
        return File::open(target)?.set_times(FileTimes::new().set_modified(meta.modified()?));
    }
    if !meta.is_dir() {
        return Err(io::Error::new(io::ErrorKind::Unsupported, "neither file, link nor directory"));
    }
    fs::create_dir(target)?;
    for entry in fs::read_dir(source)? {
        let entry = entry?;
        copy(&entry.path(), &target.join(entry.file_name()))?;
    }
    fs::set_permissions(target, meta.permissions())
}

fn clear(place: &Path) -> io::Result<()> {
    match place.symlink_metadata()?.is_dir() {
        true => fs::remove_dir_all(place),
        false => fs::remove_file(place),
    }
}
