//! Where a tree's git folder really is. A work tree or a submodule has a `.git` *file* that points elsewhere; git in the box
//! needs those folders as well, as overlays of their own, and the object stores that they borrow from.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// The git folders of a tree.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct GitFolders {
    /// Outside the tree; none of them inside another.
    pub(crate) outside: Vec<PathBuf>,
    /// Object stores that these or the tree's own borrow from; read-only.
    pub(crate) borrowed: Vec<PathBuf>,
}

impl GitFolders {
    pub(crate) fn of(tree: &Path) -> Self {
        let dot_git = tree.join(".git");
        let Ok(metadata) = fs::metadata(&dot_git) else { return Self::default() };
        let own = if metadata.is_dir() { dot_git.canonicalize().ok() } else { pointed_at(tree, &dot_git, b"gitdir: ") };
        let Some(own) = own else { return Self::default() };
        let common = pointed_at(&own, &own.join("commondir"), b"").unwrap_or_else(|| own.clone());
        let mut outside: Vec<PathBuf> = vec![common.clone(), own];
        outside.retain(|folder| !folder.starts_with(tree));
        outside.dedup();
        if outside.len() == 2 && outside.last().is_some_and(|own| own.starts_with(&common)) {
            outside.pop();
        }
        Self { outside, borrowed: borrowed(&common.join("objects"), MOST_BORROWED) }
    }
}

/// Chains of borrowed object stores are followed this far, as git does.
const MOST_BORROWED: usize = 5;

fn pointed_at(base: &Path, file: &Path, prefix: &[u8]) -> Option<PathBuf> {
    let bytes = fs::read(file).ok()?;
    let line = bytes.strip_prefix(prefix)?.split(|b| *b == b'\n').next()?;
    let folder = base.join(Path::new(std::ffi::OsStr::from_bytes(line))).canonicalize().ok()?;
    folder.is_dir().then_some(folder)
}

fn borrowed(objects: &Path, depth: usize) -> Vec<PathBuf> {
    let Some(deeper) = depth.checked_sub(1) else { return Vec::new() };
    let Ok(bytes) = fs::read(objects.join("info/alternates")) else { return Vec::new() };
    let lines = bytes.split(|b| *b == b'\n').filter(|line| !line.is_empty() && !line.starts_with(b"#"));
    let folders = lines.filter_map(|line| objects.join(Path::new(std::ffi::OsStr::from_bytes(line))).canonicalize().ok());
    folders.flat_map(|folder| [vec![folder.clone()], borrowed(&folder, deeper)].concat()).collect()
}

#[cfg(test)]
mod tests;
