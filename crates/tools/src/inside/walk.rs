//! Everything below a place that no `.gitignore` and no `.kiroignore` leaves out; links are told and not followed.
//!
//! The library that reads ignore files compiles them by recursion, and a line with thousands of braces would end this process. So
//! each file is looked at before it is read: a folder with one that is beyond measure is not looked into, and is named.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::{DirEntry, WalkBuilder};

use super::list::is_kept_out;
use super::tree::Tree;

const KIROIGNORE: &str = ".kiroignore";
/// What a walk reads in each folder.
const READ: [&str; 4] = [".gitignore", ".ignore", KIROIGNORE, ".git/info/exclude"];
/// A longer one is beyond measure.
const LARGEST: u64 = 1 << 20;
/// More folders that were passed over are not named.
const MOST_NAMED: usize = 20;

/// A walk, and what it passed over.
pub(crate) struct Walk {
    start: PathBuf,
    builder: WalkBuilder,
    passed: Arc<Mutex<Vec<PathBuf>>>,
    barred: bool,
}

pub(crate) fn walk(start: &Path) -> Walk {
    // The box lays a file where a folder is kept out, and a pattern for folders does not name that. Looking costs, so it is
    // done from the first list on.
    let asks = AtomicBool::new(start.ancestors().any(|above| above.join(KIROIGNORE).is_file()));
    let unreadable = start.ancestors().find_map(beyond_measure);
    let barred = unreadable.is_some();
    let passed = Arc::new(Mutex::new(unreadable.into_iter().collect()));
    let noted = Arc::clone(&passed);
    let mut builder = WalkBuilder::new(start);
    builder
        .hidden(false) // .github and .config matter
        .require_git(false) // the copy may have no .git
        .git_global(false) // the box has no person's settings
        .follow_links(false)
        .add_custom_ignore_filename(KIROIGNORE)
        .sort_by_file_name(std::cmp::Ord::cmp)
        .filter_entry(move |entry| entry.file_name() != ".git" && !is_placeholder(entry, &asks) && may_enter(entry, &noted));
    Walk { start: start.to_owned(), builder, passed, barred }
}

impl Walk {
    /// Where it begins.
    pub(crate) fn start(&self) -> &Path {
        &self.start
    }

    /// What is there, in the order of names.
    pub(crate) fn entries(&self) -> impl Iterator<Item = Result<DirEntry, ignore::Error>> {
        (!self.barred).then(|| self.builder.build()).into_iter().flatten()
    }

    /// The ignore files beyond measure, in whose folders nothing was looked at.
    pub(crate) fn passed(&self) -> Vec<PathBuf> {
        self.passed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The same in lines for a model.
    pub(super) fn passed_over(&self, tree: &Tree) -> String {
        self.passed().iter().take(MOST_NAMED).map(|file| format!("[not looked into: the folder of `{}`: {BEYOND}]\n", tree.name(file))).collect()
    }
}

/// Why nothing below was looked at.
pub(crate) const BEYOND: &str = "it is larger, or has a line that is longer or has more braces, than anybody reads";

fn may_enter(entry: &DirEntry, passed: &Mutex<Vec<PathBuf>>) -> bool {
    if !entry.file_type().is_some_and(|kind| kind.is_dir()) {
        return true;
    }
    let Some(bad) = beyond_measure(entry.path()) else { return true };
    passed.lock().unwrap_or_else(PoisonError::into_inner).push(bad);
    false
}

/// An ignore file of this folder that cannot be read without harm.
fn beyond_measure(folder: &Path) -> Option<PathBuf> {
    READ.iter().map(|name| folder.join(name)).find(|file| !is_fit(file))
}

/// Whether it can be read: a file of sane lines, a folder of that name, or nothing. A pipe would be waited for without end.
fn is_fit(file: &Path) -> bool {
    let Ok(meta) = fs::metadata(file) else { return true };
    if !meta.is_file() {
        return meta.is_dir();
    }
    let mut bytes = Vec::new();
    let read = File::open(file).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes));
    let is_small = bytes.len() as u64 <= LARGEST;
    read.is_err() || is_small && String::from_utf8_lossy(&bytes).lines().all(|line| !sandbox::is_beyond_measure(line))
}

fn is_placeholder(entry: &DirEntry, asks: &AtomicBool) -> bool {
    if entry.file_name() == KIROIGNORE {
        asks.store(true, Ordering::Relaxed);
    }
    let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
    is_file && asks.load(Ordering::Relaxed) && is_kept_out(entry.path())
}
