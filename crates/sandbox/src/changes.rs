//! What a box did to its copy: the upper layer, compared with the real folder as it is now.
//!
//! What is equal is left out, also if it was written again. Folders that were removed or replaced are spelled out, because
//! whoever lands a change must name every file that it takes away.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::upper::{self, InUpper};

/// One path that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Differing {
    /// Relative to the tree; raw bytes. [`crate::text_of`] gives its text.
    pub path: PathBuf,
    /// What is there in the copy.
    pub now: Now,
}

/// What is at a path of the copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Now {
    /// A file.
    File {
        /// Where its bytes are: in the box's layer, which later commands may change.
        at: PathBuf,
        /// Bytes.
        size: u64,
        /// Any execute bit.
        executable: bool,
    },
    /// A symbolic link and where it points.
    Symlink(PathBuf),
    /// A folder that the real place does not have (`opaque` false), or has with other contents (`opaque` true): what it no
    /// longer holds is listed as [`Now::Gone`].
    Directory {
        /// It replaced a folder.
        opaque: bool,
    },
    /// Nothing: the real place has something here, the copy no longer does.
    Gone,
}

/// A copy: the real folder, the layer of what was written, and what is kept out of the comparison.
#[derive(Debug)]
pub(crate) struct CopyOf {
    real: PathBuf,
    upper: PathBuf,
    kept_back: BTreeSet<PathBuf>,
    git: GitFolders,
}

/// Whether `.git` counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum GitFolders {
    LeftOut,
    Compared,
}

impl CopyOf {
    /// The copy of a person's tree. `kept_back` never differs: placeholders, protected paths, environments.
    pub(crate) fn of_tree(real: PathBuf, upper: PathBuf, kept_back: BTreeSet<PathBuf>) -> Self {
        Self { real, upper, kept_back, git: GitFolders::LeftOut }
    }

    /// The copy of an environment.
    pub(crate) fn of_place(real: PathBuf, upper: PathBuf) -> Self {
        Self { real, upper, kept_back: BTreeSet::new(), git: GitFolders::Compared }
    }

    pub(crate) fn real(&self) -> &Path {
        &self.real
    }

    /// All differences, by path.
    pub(crate) fn changes(&self) -> Result<Vec<Differing>, ChangesError> {
        let mut found = Vec::new();
        self.compare(Path::new(""), Below::Shown, &mut found)?;
        found.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(found)
    }

    fn is_kept_back(&self, path: &Path) -> bool {
        let in_git = || path.components().any(|part| part.as_os_str().eq_ignore_ascii_case(".git"));
        self.kept_back.contains(path) || (self.git == GitFolders::LeftOut && in_git())
    }

    fn compare(&self, folder: &Path, below: Below, found: &mut Vec<Differing>) -> Result<(), ChangesError> {
        let at = |source| ChangesError { path: folder.to_owned(), source };
        let entries = upper::entries(&self.upper.join(folder)).map_err(at)?;
        if below == Below::Hidden {
            let again: BTreeSet<&OsStr> = entries.iter().map(|(name, _)| name.as_os_str()).collect();
            for name in names(&self.real.join(folder)).map_err(at)?.iter().filter(|name| !again.contains(name.as_os_str())) {
                self.gone(&folder.join(name), found)?;
            }
        }
        for (name, now) in entries {
            let path = folder.join(name);
            if !self.is_kept_back(&path) {
                let now = now.map_err(|source| ChangesError { path: path.clone(), source })?;
                self.compare_one(path, now, below, found)?;
            }
        }
        Ok(())
    }

    fn compare_one(&self, path: PathBuf, now: InUpper, below: Below, found: &mut Vec<Differing>) -> Result<(), ChangesError> {
        let real = kind_of(&self.real.join(&path)).map_err(|source| ChangesError { path: path.clone(), source })?;
        if let InUpper::Folder { opaque } = now {
            let hidden = opaque || below == Below::Hidden;
            match real {
                Some(Real::Folder) if hidden => found.push(Differing { path: path.clone(), now: Now::Directory { opaque: true } }),
                Some(Real::Folder) => {}
                _ => found.push(Differing { path: path.clone(), now: Now::Directory { opaque: false } }),
            }
            let below = if hidden && real == Some(Real::Folder) { Below::Hidden } else { Below::Shown };
            return self.compare(&path, below, found);
        }
        if matches!(now, InUpper::Whiteout | InUpper::Special) {
            return if real.is_some() { self.gone(&path, found).map(drop) } else { Ok(()) };
        }
        if real == Some(Real::Folder) && !self.contents_gone(&path, found)? {
            return Ok(()); // something that is kept back is in it, so it stays
        }
        if !self.is_same(&path, &now).map_err(|source| ChangesError { path: path.clone(), source })? {
            found.push(self.differing(path, now));
        }
        Ok(())
    }

    fn differing(&self, path: PathBuf, now: InUpper) -> Differing {
        let now = match now {
            InUpper::File { size, executable } => Now::File { at: self.upper.join(&path), size, executable },
            InUpper::Symlink(target) => Now::Symlink(target),
            InUpper::Folder { opaque } => Now::Directory { opaque },
            InUpper::Whiteout | InUpper::Special => Now::Gone,
        };
        Differing { path, now }
    }

    /// Lists what is really at `path` as gone; `false` if a part of it is kept back and it therefore stays.
    fn gone(&self, path: &Path, found: &mut Vec<Differing>) -> Result<bool, ChangesError> {
        if self.is_kept_back(path) {
            return Ok(false);
        }
        let all = match kind_of(&self.real.join(path)).map_err(|source| ChangesError { path: path.to_owned(), source })? {
            None => return Ok(true),
            Some(Real::Folder) => self.contents_gone(path, found)?,
            Some(Real::Other) => true,
        };
        if all {
            found.push(Differing { path: path.to_owned(), now: Now::Gone });
        }
        Ok(all)
    }

    fn contents_gone(&self, folder: &Path, found: &mut Vec<Differing>) -> Result<bool, ChangesError> {
        let mut all = true;
        let names = names(&self.real.join(folder)).map_err(|source| ChangesError { path: folder.to_owned(), source })?;
        for name in names {
            all &= self.gone(&folder.join(name), found)?;
        }
        Ok(all)
    }

    fn is_same(&self, path: &Path, now: &InUpper) -> io::Result<bool> {
        let real = self.real.join(path);
        let Ok(metadata) = fs::symlink_metadata(&real) else { return Ok(false) };
        match now {
            InUpper::File { size, executable } => Ok(metadata.is_file()
                && metadata.len() == *size
                && upper::is_executable(&metadata) == *executable
                && same_bytes(&self.upper.join(path), &real)?),
            InUpper::Symlink(target) => Ok(metadata.is_symlink() && fs::read_link(&real)? == *target),
            InUpper::Folder { .. } | InUpper::Whiteout | InUpper::Special => Ok(false),
        }
    }
}

/// Whether the real folder shows through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Below {
    Shown,
    Hidden,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Real {
    Folder,
    Other,
}

fn kind_of(path: &Path) -> io::Result<Option<Real>> {
    match fs::symlink_metadata(path) {
        Ok(metadata) => Ok(Some(if metadata.is_dir() { Real::Folder } else { Real::Other })),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(error),
    }
}

fn names(folder: &Path) -> io::Result<Vec<std::ffi::OsString>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| entry.map(|entry| entry.file_name())).collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn same_bytes(a: &Path, b: &Path) -> io::Result<bool> {
    let (mut a, mut b) = (fs::File::open(a)?, fs::File::open(b)?);
    let (mut left, mut right) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
    loop {
        let got = fill(&mut a, &mut left)?;
        if got != fill(&mut b, &mut right)? || left.get(..got) != right.get(..got) {
            return Ok(false);
        }
        if got == 0 {
            return Ok(true);
        }
    }
}

fn fill(file: &mut fs::File, space: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = space.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read(rest) {
            Ok(0) => break,
            Ok(got) => filled += got,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// A part of the copy or of the real folder cannot be read, so that the differences are not known.
#[derive(Debug, thiserror::Error)]
#[error("the differences at `{}` cannot be read", path.display())]
pub struct ChangesError {
    /// Where, relative to the tree.
    pub path: PathBuf,
    /// The system's words.
    pub source: io::Error,
}

#[cfg(test)]
mod tests;
