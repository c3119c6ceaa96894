//! The root that nothing here gets out of: names with `..` or from `/` are refused, and links are followed only while they
//! lead to something inside.
//!
//! A check by path can be raced by another process of the same box, which has the same bounds as this one; the kernel's
//! bounds (mount namespace, Landlock) are what holds then.

use std::fs::{File, Metadata};
use std::io;
use std::path::{Component, Path, PathBuf};

use super::{Trouble, shown};
use crate::call::nearest;

/// The work tree.
pub(super) struct Tree {
    root: PathBuf,
}

impl Tree {
    pub(super) fn open(root: &str) -> Result<Self, Trouble> {
        let root = Path::new(root).canonicalize().map_err(|e| Trouble::of(root, &e))?;
        Ok(Self { root })
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Something that is there, links followed.
    pub(super) fn existing(&self, path: &str) -> Result<PathBuf, Trouble> {
        let place = self.root.join(relative(path)?);
        match place.canonicalize() {
            Ok(real) => self.held(path, real),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(Trouble::Missing { path: path.to_owned(), near: self.near(path) })
            }
            Err(error) => Err(Trouble::of(path, &error)),
        }
    }

    /// A name, there or not, whose last part is not followed: what is deleted or moved is the link, not where it leads.
    /// Its directory must be there.
    pub(super) fn named(&self, path: &str) -> Result<PathBuf, Trouble> {
        let relative = relative(path)?;
        let name = relative.file_name().ok_or_else(|| Trouble::Root { path: path.to_owned() })?;
        let parent = self.root.join(relative.parent().unwrap_or(Path::new("")));
        let parent = parent.canonicalize().map_err(|e| match e.kind() {
            io::ErrorKind::NotFound => Trouble::Missing { path: path.to_owned(), near: self.near(path) },
            _ => Trouble::of(path, &e),
        })?;
        Ok(self.held(path, parent)?.join(name))
    }

    /// Where a file is to be written: what is there already, links followed, or a new name whose directories are made.
    pub(super) fn target(&self, path: &str) -> Result<PathBuf, Trouble> {
        let relative = relative(path)?;
        if relative.file_name().is_none() {
            return Err(Trouble::Root { path: path.to_owned() });
        }
        let place = self.root.join(&relative);
        if place.symlink_metadata().is_ok_and(|meta| meta.is_symlink()) {
            let dangling = |_| Trouble::Dangling { path: path.to_owned() };
            return self.held(path, place.canonicalize().map_err(dangling)?);
        }
        self.make_parents(path, &relative)?;
        self.named(path)
    }

    fn make_parents(&self, path: &str, relative: &Path) -> Result<(), Trouble> {
        let mut place = self.root.clone();
        for part in relative.parent().unwrap_or(Path::new("")).components() {
            place.push(part);
            match place.canonicalize() {
                Ok(real) => place = self.held(path, real)?,
                Err(error) if error.kind() == io::ErrorKind::NotFound && place.symlink_metadata().is_err() => {
                    std::fs::create_dir(&place).map_err(|e| Trouble::of(path, &e))?;
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    return Err(Trouble::Dangling { path: self.name(&place) });
                }
                Err(error) => return Err(Trouble::of(path, &error)),
            }
        }
        Ok(())
    }

    fn held(&self, path: &str, real: PathBuf) -> Result<PathBuf, Trouble> {
        match real.starts_with(&self.root) {
            true => Ok(real),
            false => Err(Trouble::Outside { path: path.to_owned() }),
        }
    }

    /// How a place is called in the tree, for one line of text.
    pub(super) fn name(&self, place: &Path) -> String {
        match place.strip_prefix(&self.root) {
            Ok(rest) if rest.as_os_str().is_empty() => ".".to_owned(),
            Ok(rest) => shown(rest),
            Err(_) => shown(place),
        }
    }

    /// The sibling that was perhaps meant.
    fn near(&self, path: &str) -> Option<String> {
        let path = Path::new(path);
        let parent = path.parent().unwrap_or(Path::new(""));
        let wanted = path.file_name()?.to_str()?;
        let there = self.root.join(parent).canonicalize().ok().filter(|real| real.starts_with(&self.root))?;
        let names: Vec<String> = std::fs::read_dir(there)
            .ok()?
            .take(MOST_SIBLINGS)
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        nearest(wanted, &names).map(|name| shown(&parent.join(name)))
    }
}

/// More siblings than these are not compared.
const MOST_SIBLINGS: usize = 1_000;

/// A path without `..` and not from `/`.
fn relative(path: &str) -> Result<PathBuf, Trouble> {
    let mut clean = PathBuf::new();
    for part in Path::new(path).components() {
        match part {
            Component::Normal(name) => clean.push(name),
            Component::CurDir => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => {
                return Err(Trouble::Outside { path: path.to_owned() });
            }
        }
    }
    Ok(clean)
}

/// Opens a regular file for reading; a pipe or device would block or never end.
pub(super) fn open_file(place: &Path, path: &str) -> Result<(File, Metadata), Trouble> {
    let regular = |meta: &Metadata| match meta.is_dir() {
        true => Err(Trouble::IsDirectory { path: path.to_owned() }),
        false if meta.is_file() => Ok(()),
        false => Err(Trouble::Special { path: path.to_owned() }),
    };
    regular(&place.metadata().map_err(|e| Trouble::of(path, &e))?)?;
    let file = File::open(place).map_err(|e| Trouble::of(path, &e))?;
    let meta = file.metadata().map_err(|e| Trouble::of(path, &e))?;
    regular(&meta)?;
    Ok((file, meta))
}
