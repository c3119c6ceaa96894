//! What a box did to its copy: the upper layer, compared with the real folder as it is now.
//!
//! What is equal is left out, also if it was written again. Folders that were removed or replaced are spelled out, because
//! whoever lands a change must name every file that it takes away.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use rustix::fs::FileType;

use crate::beneath::{self, Root};
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
        let open = |path| Root::open(path).map_err(|source| ChangesError { path: PathBuf::new(), source });
        let mut comparison = Comparison { copy: self, real: open(&self.real)?, upper: open(&self.upper)?, found: Vec::new() };
        comparison.folder(Path::new(""), Below::Shown)?;
        comparison.found.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(comparison.found)
    }

    fn is_kept_back(&self, path: &Path) -> bool {
        let in_git = || path.components().any(|part| part.as_os_str().eq_ignore_ascii_case(".git"));
        self.kept_back.contains(path) || (self.git == GitFolders::LeftOut && in_git())
    }
}

/// One comparison: both sides open, so that nothing on the way can be exchanged for a link.
struct Comparison<'a> {
    copy: &'a CopyOf,
    real: Root,
    upper: Root,
    found: Vec<Differing>,
}

impl Comparison<'_> {
    fn folder(&mut self, folder: &Path, below: Below) -> Result<(), ChangesError> {
        let entries = upper::entries(&self.upper, folder).map_err(at(folder))?;
        if below == Below::Hidden {
            let again: BTreeSet<&OsStr> = entries.iter().map(|(name, _)| name.as_os_str()).collect();
            for name in self.real_names(folder)?.iter().filter(|name| !again.contains(name.as_os_str())) {
                self.gone(&folder.join(name))?;
            }
        }
        for (name, now) in entries {
            let path = folder.join(name);
            if !self.copy.is_kept_back(&path) {
                let now = now.map_err(at(&path))?;
                self.one(path, now, below)?;
            }
        }
        Ok(())
    }

    fn one(&mut self, path: PathBuf, now: InUpper, below: Below) -> Result<(), ChangesError> {
        let real = self.kind_of(&path)?;
        if let InUpper::Folder { opaque } = now {
            let hidden = opaque || below == Below::Hidden;
            match real {
                Some(Real::Folder) if hidden => self.push(&path, Now::Directory { opaque: true }),
                Some(Real::Folder) => {}
                _ => self.push(&path, Now::Directory { opaque: false }),
            }
            let below = if hidden && real == Some(Real::Folder) { Below::Hidden } else { Below::Shown };
            return self.folder(&path, below);
        }
        if matches!(now, InUpper::Whiteout | InUpper::Special) {
            return if real.is_some() { self.gone(&path).map(drop) } else { Ok(()) };
        }
        if real == Some(Real::Folder) && !self.contents_gone(&path)? {
            return Ok(()); // something that is kept back is in it, so it stays
        }
        if !self.is_same(&path, &now).map_err(at(&path))? {
            self.push_new(&path, now);
        }
        Ok(())
    }

    fn push(&mut self, path: &Path, now: Now) {
        self.found.push(Differing { path: path.to_owned(), now });
    }

    fn push_new(&mut self, path: &Path, now: InUpper) {
        let now = match now {
            InUpper::File { size, executable } => Now::File { at: self.copy.upper.join(path), size, executable },
            InUpper::Symlink(target) => Now::Symlink(target),
            InUpper::Folder { opaque } => Now::Directory { opaque },
            InUpper::Whiteout | InUpper::Special => Now::Gone,
        };
        self.push(path, now);
    }

    /// Lists what is really at `path` as gone; `false` if a part of it is kept back and it therefore stays.
    fn gone(&mut self, path: &Path) -> Result<bool, ChangesError> {
        if self.copy.is_kept_back(path) {
            return Ok(false);
        }
        let all = match self.kind_of(path)? {
            None => return Ok(true),
            Some(Real::Folder) => self.contents_gone(path)?,
            Some(Real::Other) => true,
        };
        if all {
            self.push(path, Now::Gone);
        }
        Ok(all)
    }

    fn contents_gone(&mut self, folder: &Path) -> Result<bool, ChangesError> {
        let mut all = true;
        for name in self.real_names(folder)? {
            all &= self.gone(&folder.join(name))?;
        }
        Ok(all)
    }

    fn kind_of(&self, path: &Path) -> Result<Option<Real>, ChangesError> {
        let stat = beneath::stat(&self.real, path).map_err(at(path))?;
        Ok(stat.map(|stat| if FileType::from_raw_mode(stat.st_mode).is_dir() { Real::Folder } else { Real::Other }))
    }

    fn real_names(&self, folder: &Path) -> Result<Vec<OsString>, ChangesError> {
        match self.real.folder(folder).and_then(beneath::names_in) {
            Err(error) if beneath::is_absent(&error) => Ok(Vec::new()),
            names => names.map_err(at(folder)),
        }
    }

    fn is_same(&self, path: &Path, now: &InUpper) -> io::Result<bool> {
        let Some(stat) = beneath::stat(&self.real, path)? else { return Ok(false) };
        let kind = FileType::from_raw_mode(stat.st_mode);
        match now {
            InUpper::File { size, executable } => Ok(kind.is_file()
                && upper::size_of(&stat) == *size
                && upper::is_executable(&stat) == *executable
                && same_bytes(open(&self.upper, path)?, open(&self.real, path)?)?),
            InUpper::Symlink(target) if kind.is_symlink() => {
                let (folder, name) = self.real.parent(path)?;
                Ok(beneath::target_of(folder, name)? == *target)
            }
            InUpper::Symlink(_) | InUpper::Folder { .. } | InUpper::Whiteout | InUpper::Special => Ok(false),
        }
    }
}

/// Names the path that an error is about.
fn at(path: &Path) -> impl FnOnce(io::Error) -> ChangesError {
    |source| ChangesError { path: path.to_owned(), source }
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

fn open(root: &Root, path: &Path) -> io::Result<File> {
    let (folder, name) = root.parent(path)?;
    beneath::read_file(folder, name)
}

fn same_bytes(mut a: File, mut b: File) -> io::Result<bool> {
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

fn fill(file: &mut File, space: &mut [u8]) -> io::Result<usize> {
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
