//! What `.kiroignore` files name: no tool of an agent sees it, and a placeholder lies over it as over a secret.
//!
//! The grammar is that of `.gitignore`; the nearest file that says something about a path decides, and what is below a folder
//! that is kept out stays out. A repository can only take away here. A line that is no pattern is an error, and then no box is
//! opened: nobody guesses what it was meant to keep out. Like secrets, git's history is not covered.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use ignore::{Match, WalkBuilder, WalkState};

use crate::still::read_still;

/// What stands in the box where the tree has something that is kept out.
pub const KEPT_OUT: &str = "# kept out by .kiroignore: no tool of an agent may see or change what is here\n";

/// The name of the files.
pub(crate) const NAME: &[u8] = b".kiroignore";
/// A longer one is not read, and no box opened.
const LARGEST: u64 = 1 << 20;
/// Where there are more of them, no box is opened: each path of the tree is held against all.
pub(crate) const MOST_FILES: usize = 500;

/// What the `.kiroignore` files of one tree name.
#[derive(Clone, Debug, Default)]
pub struct KeptOut {
    tree: PathBuf,
    /// The folder of each file, and its patterns.
    files: Vec<(PathBuf, Gitignore)>,
}

impl KeptOut {
    /// Reads these files of a tree.
    pub(crate) fn read(tree: &Path, files: &BTreeSet<PathBuf>) -> io::Result<Self> {
        if files.len() > MOST_FILES {
            let why = format!("the tree has more than {MOST_FILES} `.kiroignore` files; name what is kept out in fewer");
            return Err(io::Error::new(io::ErrorKind::InvalidData, why));
        }
        let files = files.iter().map(|file| patterns(tree, file)).collect::<io::Result<Vec<_>>>()?;
        Ok(Self { tree: tree.to_owned(), files })
    }

    /// Whether a path of the tree, there or not, is kept out: by itself or by a folder above it.
    pub fn names(&self, path: &Path) -> bool {
        let above: Vec<&Path> = path.ancestors().filter(|part| !part.as_os_str().is_empty()).collect();
        // Of what is not there, nobody knows whether it is a folder.
        let is_folder = |part: &Path| std::fs::symlink_metadata(self.tree.join(part)).map(|found| found.is_dir());
        above.iter().rev().enumerate().any(|(depth, part)| match is_folder(part) {
            _ if depth + 1 < above.len() => self.says(part, true),
            Ok(is_folder) => self.says(part, is_folder),
            Err(_) => self.says(part, true) || self.says(part, false),
        })
    }

    /// What is there and kept out: the topmost of each.
    pub(crate) fn existing(&self) -> io::Result<BTreeSet<PathBuf>> {
        if self.files.is_empty() {
            return Ok(BTreeSet::new());
        }
        let (found, failed) = (Mutex::new(BTreeSet::new()), Mutex::new(None));
        let walk = WalkBuilder::new(&self.tree).standard_filters(false).follow_links(false).build_parallel();
        walk.run(|| {
            Box::new(|entry| match entry {
                Ok(entry) if entry.depth() == 0 => WalkState::Continue,
                Ok(entry) => self.look(&entry, &found),
                Err(error) if crate::masks::is_gone_or_closed(&error) => WalkState::Continue,
                Err(error) => {
                    *failed.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = Some(error);
                    WalkState::Quit
                }
            })
        });
        match failed.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner()) {
            Some(error) => Err(error.into_io_error().unwrap_or_else(|| io::ErrorKind::Other.into())),
            None => Ok(found.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner())),
        }
    }

    fn look(&self, entry: &ignore::DirEntry, found: &Mutex<BTreeSet<PathBuf>>) -> WalkState {
        let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
        let Ok(path) = entry.path().strip_prefix(&self.tree) else { return WalkState::Continue };
        if path == Path::new(".git") {
            return WalkState::Skip; // the box has its own rules for it, and cannot be without it
        }
        if !self.says(path, is_folder) {
            return WalkState::Continue;
        }
        found.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).insert(path.to_owned());
        WalkState::Skip
    }

    /// What the nearest file says that says something.
    fn says(&self, path: &Path, is_folder: bool) -> bool {
        let mut near: Vec<&(PathBuf, Gitignore)> = self.files.iter().filter(|(folder, _)| path.starts_with(folder) && path != folder).collect();
        near.sort_by_key(|(folder, _)| std::cmp::Reverse(folder.components().count()));
        let said = near.iter().map(|(folder, patterns)| patterns.matched(path.strip_prefix(folder).unwrap_or(path), is_folder));
        said.into_iter().find(|said| !said.is_none()).is_some_and(|said| matches!(said, Match::Ignore(_)))
    }
}

/// A line longer than this, or with more braces, is no pattern: compiling it would take a stack without end.
const LONGEST: usize = 4096;
const MOST_BRACES: usize = 64;

/// Whether a line of an ignore file is longer, or has more braces, than can be compiled without harm.
pub fn is_beyond_measure(line: &str) -> bool {
    line.len() > LONGEST || line.matches('{').count() > MOST_BRACES
}

/// Lets git tell of a difference in what has a placeholder without printing it: it has the contents in its history, and would show
/// the placeholder beside them in every `git diff`. What asks git for them by name still gets them.
pub(crate) fn lay_attributes<'a>(dot_git: &Path, mask: &Path, masked: impl Iterator<Item = &'a PathBuf>) -> io::Result<()> {
    const FILE: &str = "info/attributes";
    let mut masked = masked.peekable();
    if masked.peek().is_none() {
        return Ok(());
    }
    // What is a link, a pipe or beyond measure is none: it would be read as the person, and shown in the box.
    let mut text = crate::read_still(&dot_git.join(FILE), LARGEST).map(|(bytes, _)| bytes).unwrap_or_default();
    for path in masked.filter_map(|path| path.to_str()) {
        let path = quoted(path);
        text.extend_from_slice(format!("\n\"/{path}\" -diff\n\"/{path}/**\" -diff\n").as_bytes());
    }
    std::fs::create_dir_all(mask.join("info"))?;
    std::fs::write(mask.join(FILE), text)
}

/// A path as a quoted pattern of gitattributes(5) in which nothing is wild.
fn quoted(path: &str) -> String {
    let mut quoted = String::new();
    for c in path.chars() {
        match c {
            '*' | '?' | '[' => quoted.extend(['\\', '\\', c]),
            '\\' => quoted.push_str("\\\\\\\\"),
            '"' => quoted.push_str("\\\""),
            c if c.is_control() && c.is_ascii() => quoted.push_str(&format!("\\{:03o}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted
}

/// The first line of a `.kiroignore` that is no pattern, and why: with it no box is opened.
pub fn kept_out_fault(text: &str) -> Option<String> {
    compiled(text).err()
}

fn compiled(text: &str) -> Result<Gitignore, String> {
    let mut builder = GitignoreBuilder::new("");
    for line in text.trim_start_matches('\u{feff}').lines() {
        if is_beyond_measure(line) {
            let start: String = line.chars().take(40).collect();
            return Err(format!("`{start}…` is no pattern: it is longer, or has more braces, than anybody reads"));
        }
        builder.add_line(None, line).map_err(|error| format!("`{line}` is no pattern: {error}"))?;
    }
    builder.build().map_err(|error| error.to_string())
}

fn patterns(tree: &Path, file: &Path) -> io::Result<(PathBuf, Gitignore)> {
    let folder = file.parent().unwrap_or(Path::new("")).to_owned();
    let bad = |why: String| io::Error::new(io::ErrorKind::InvalidData, format!("`{}`: {why}", file.display()));
    let (bytes, _) = read_still(&tree.join(file), LARGEST).map_err(|error| bad(error.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|_| bad("it is not UTF-8".into()))?;
    Ok((folder, compiled(&text).map_err(bad)?))
}

#[cfg(test)]
mod tests;
