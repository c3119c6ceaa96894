//! The agent's copy seen from outside: what differs from the person's tree, as a change set whose contents are blobs.
//!
//! Build outputs that git ignores stay in the copy. A path that the person changed after the copy was opened is named as
//! a conflict; it is never part of a change set.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use action::{Change, ChangeSet, Content, Deed, Event, SessionId, Stage};
use sandbox::{Differing, Now};

use crate::book::{Book, BookError};

/// What the copy would change, and what stands in its way.
#[derive(Debug)]
pub struct Difference {
    /// The change set, contents kept as blobs.
    pub changes: ChangeSet,
    /// Changes at paths that changed in the person's tree since the copy was opened. Not in the change set.
    pub conflicting: Vec<Change>,
}

impl Difference {
    /// The paths in conflict.
    pub fn conflicts(&self) -> Vec<String> {
        self.conflicting.iter().map(|change| change.path.clone()).collect()
    }

    /// Takes back what is no conflict: paths of the tree that have what this session landed there, and nothing since.
    pub(crate) fn forgive(&mut self, landed: &BTreeMap<String, Option<Content>>) {
        let ours = |change: &Change| landed.get(&change.path) == Some(&change.before);
        let (back, still) = std::mem::take(&mut self.conflicting).into_iter().partition(ours);
        self.conflicting = still;
        self.add(back);
    }

    /// The change set with the conflicts, for a place where it overwrites nothing: a branch.
    pub(crate) fn beside(&mut self) {
        let conflicting = std::mem::take(&mut self.conflicting);
        self.add(conflicting);
    }

    fn add(&mut self, more: Vec<Change>) {
        let mut changes = std::mem::take(&mut self.changes.changes);
        changes.extend(more);
        self.changes = ChangeSet::new(std::mem::take(&mut self.changes.root), changes);
    }
}

/// What a session landed in the person's tree so far: path to what it put there last.
pub(crate) fn landed(book: &Book, session: &SessionId) -> Result<BTreeMap<String, Option<Content>>, BookError> {
    let mut landed = BTreeMap::new();
    for (_, entry) in book.session(session)? {
        let Event::Proposed { intent, .. } = entry.event else { continue };
        let Deed::Land { change, landing, .. } = &intent.deed else { continue };
        if landing.is_in_place() && book.story(&intent.id)?.is_some_and(|story| story.stage == Stage::Finished) {
            let change: ChangeSet = book.get_value(change)?;
            landed.extend(change.changes.into_iter().map(|one| (one.path, one.after)));
        }
    }
    Ok(landed)
}

/// Which paths of a tree are build outputs. Answers are remembered: git is asked once a path.
#[derive(Debug, Default)]
pub struct Ignored {
    known: BTreeMap<PathBuf, bool>,
}

/// Build outputs of folders that no git speaks for.
const OUTPUTS: [&str; 8] = ["target", "node_modules", ".venv", "venv", "__pycache__", ".pytest_cache", ".mypy_cache", ".tox"];

impl Ignored {
    /// The differences that are not build outputs.
    pub fn without(&mut self, root: &Path, found: Vec<Differing>) -> Result<Vec<Differing>, CopyError> {
        let unknown: Vec<&Differing> = found.iter().filter(|d| !self.known.contains_key(&d.path)).collect();
        if !unknown.is_empty() {
            let ignored = ignored_by_git(root, &unknown)?;
            for Differing { path, .. } in unknown {
                let verdict = match &ignored {
                    Some(ignored) => ignored.contains(path),
                    None => path.iter().any(|part| OUTPUTS.iter().any(|name| part == *name)),
                };
                self.known.insert(path.clone(), verdict);
            }
        }
        let (ignored, mut others): (Vec<_>, Vec<_>) = found.into_iter().partition(|d| self.known.get(&d.path).copied().unwrap_or(false));
        // A folder that was removed stays while what is ignored in it does: else its landing would end in the middle.
        let stay: Vec<PathBuf> = ignored.into_iter().filter(|d| d.now == Now::Gone).map(|d| d.path).collect();
        others.retain(|d| d.now != Now::Gone || !stay.iter().any(|path| path.starts_with(&d.path)));
        Ok(others)
    }
}

/// Makes a session's copy like the tree again, but for the folders of build outputs. `state` is the folder of its box, which is
/// closed.
pub fn renew(root: &Path, state: &Path) -> Result<(), CopyError> {
    let mut ignored = Ignored::default();
    let mut outputs = |folders: &[PathBuf]| {
        let found: Vec<Differing> = folders.iter().map(|path| Differing { path: path.clone(), now: Now::Directory { opaque: false } }).collect();
        let others = ignored.without(root, found).map_err(io::Error::other)?;
        let others: BTreeSet<PathBuf> = others.into_iter().map(|one| one.path).collect();
        Ok(folders.iter().filter(|path| !others.contains(*path)).cloned().collect())
    };
    sandbox::renew(state, root, &mut outputs).map_err(|why| CopyError::Box { why: why.to_string() })
}

/// Asks git which of these paths it ignores; `None` where no git speaks for the folder. A repository inside the tree (a
/// submodule) is asked about its own paths.
fn ignored_by_git(root: &Path, unknown: &[&Differing]) -> Result<Option<BTreeSet<PathBuf>>, CopyError> {
    if !root.join(".git").exists() {
        return Ok(None);
    }
    let mut asked: BTreeMap<PathBuf, Vec<&Differing>> = BTreeMap::new();
    for differing in unknown {
        asked.entry(repository_of(root, &differing.path)).or_default().push(differing);
    }
    let mut ignored = BTreeSet::new();
    for (repository, differing) in asked {
        if is_ignored(root, &repository)? {
            ignored.extend(differing.iter().map(|d| d.path.clone()));
            continue;
        }
        let paths = differing.iter().map(|d| (d.path.as_path(), matches!(d.now, Now::Directory { .. })));
        ignored.extend(check_ignore(root, &repository, paths)?);
    }
    Ok(Some(ignored))
}

/// The innermost repository below `root` that has this path; empty for the tree's own.
fn repository_of(root: &Path, path: &Path) -> PathBuf {
    let (mut innermost, mut folder) = (PathBuf::new(), PathBuf::new());
    for part in path.parent().into_iter().flatten() {
        folder.push(part);
        let here = root.join(&folder);
        if !fs::symlink_metadata(&here).is_ok_and(|found| found.is_dir()) {
            break;
        }
        if here.join(".git").exists() {
            innermost.clone_from(&folder);
        }
    }
    innermost
}

/// Whether a repository inside the tree is itself a build output of the one around it.
fn is_ignored(root: &Path, repository: &Path) -> Result<bool, CopyError> {
    if repository.as_os_str().is_empty() {
        return Ok(false);
    }
    let around = repository_of(root, repository);
    let ignored = check_ignore(root, &around, std::iter::once((repository, false)))?;
    Ok(!ignored.is_empty() || is_ignored(root, &around)?)
}

/// Those of the paths (and whether each is a folder) that one repository ignores; all are relative to `root`.
fn check_ignore<'a>(root: &Path, repository: &Path, paths: impl Iterator<Item = (&'a Path, bool)>) -> Result<Vec<PathBuf>, CopyError> {
    let mut input = Vec::new();
    for (path, folder) in paths {
        input.extend_from_slice(b"./"); // a name that begins with `:` is not magic
        input.extend_from_slice(path.strip_prefix(repository).unwrap_or(path).as_os_str().as_bytes());
        if folder {
            input.push(b'/'); // git cannot see that it is a folder: it is only in the copy
        }
        input.push(0);
    }
    let output = crate::git::run(&root.join(repository), &["check-ignore", "-z", "--stdin"], &input).map_err(CopyError::Git)?;
    match output.code {
        0 | 1 => Ok(crate::git::paths(&output.stdout).iter().map(|path| repository.join(path.strip_prefix(".").unwrap_or(path))).collect()),
        code => Err(CopyError::Git(crate::git::GitError::failed("check-ignore", code, &output.stderr))),
    }
}

/// The change set of a copy against `root`. `opened` is when the copy last agreed with the tree, in seconds and nanoseconds.
pub fn difference(book: &Book, root: &Path, found: Vec<Differing>, opened: (i64, i64)) -> Result<Difference, CopyError> {
    let mut changes = Vec::new();
    let mut conflicting = Vec::new();
    let gone: BTreeSet<PathBuf> = found.iter().filter(|differing| differing.now == Now::Gone).map(|differing| differing.path.clone()).collect();
    for differing in found {
        let before = sandbox::fingerprint(root, &differing.path).map_err(|e| CopyError::read(&differing.path, e))?;
        let after = keep(book, &differing)?;
        if before == after {
            continue;
        }
        let path = sandbox::text_of(&differing.path);
        let in_the_way = before == Some(Content::Directory) && after.as_ref().is_some_and(|after| *after != Content::Directory) && holds_more(root, &differing.path, &gone);
        match in_the_way || changed_since(root, &differing.path, opened) {
            true => conflicting.push(Change { path, before, after }),
            false => changes.push(Change { path, before, after }),
        }
    }
    let root = crate::office::text_of(root).map_err(|e| CopyError::Path { why: e.to_string() })?;
    Ok(Difference { changes: ChangeSet::new(root, changes), conflicting })
}

/// Whether a folder of the tree has more than goes: what git ignores, or what is kept out. Something else cannot take its place.
fn holds_more(root: &Path, folder: &Path, gone: &BTreeSet<PathBuf>) -> bool {
    let Ok(entries) = fs::read_dir(root.join(folder)) else { return true };
    entries.into_iter().any(|entry| {
        let Ok(entry) = entry else { return true };
        let path = folder.join(entry.file_name());
        !gone.contains(&path) || entry.file_type().is_ok_and(|kind| kind.is_dir()) && holds_more(root, &path, gone)
    })
}

/// What is at this path in the copy; its bytes become a blob.
pub(crate) fn keep(book: &Book, differing: &Differing) -> Result<Option<Content>, CopyError> {
    Ok(match &differing.now {
        Now::File { at, .. } => {
            let (bytes, executable) = sandbox::read_still(at, MOST_BYTES).map_err(|e| CopyError::read(&differing.path, e))?;
            let size = bytes.len() as u64;
            Some(Content::File { digest: book.put(&bytes)?, size, executable })
        }
        Now::Symlink(target) => Some(Content::Symlink { target: sandbox::text_of(target) }),
        Now::Directory { .. } => Some(Content::Directory),
        Now::Gone => None,
    })
}

/// A file larger than this does not land: nobody could look at it.
const MOST_BYTES: u64 = 256 << 20;

/// Whether the person's tree got a new status at this path after `opened`; the kernel's ctime cannot be set back by a program.
fn changed_since(root: &Path, path: &Path, opened: (i64, i64)) -> bool {
    match fs::symlink_metadata(root.join(path)) {
        Ok(found) => !found.is_dir() && (found.ctime(), found.ctime_nsec()) > opened,
        Err(_) => false,
    }
}

/// Why the copy could not be compared. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// A file could not be read.
    #[error("`{path}` cannot be read: {why}")]
    Read {
        /// Relative path.
        path: String,
        /// The system's words.
        why: io::Error,
    },
    /// The path has no name in an intent.
    #[error("{why}")]
    Path {
        /// Why.
        why: String,
    },
    /// Git did not answer.
    #[error(transparent)]
    Git(crate::git::GitError),
    /// The box did not answer.
    #[error("the copy cannot be compared: {why}")]
    Box {
        /// Why.
        why: String,
    },
    /// The store.
    #[error(transparent)]
    Book(#[from] BookError),
}

impl CopyError {
    fn read(path: &Path, why: io::Error) -> Self {
        Self::Read { path: sandbox::text_of(path), why }
    }
}

#[cfg(test)]
mod tests;
