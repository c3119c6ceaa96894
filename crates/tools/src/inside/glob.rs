//! Files whose names match a pattern, newest first.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use action::Count;
use globset::{GlobBuilder, GlobMatcher};

use super::tree::Tree;
use super::walk::{Walk, walk};
use super::{Answered, MOST_TEXT, Trouble};

const MOST_FILES: usize = 1_000;
/// A search ends after this long, because nobody can stop it from outside.
const LONGEST_SEARCH: Duration = Duration::from_secs(20);

pub(super) fn glob(tree: &Tree, pattern: &str, path: &str) -> Result<Answered, Trouble> {
    let start = tree.existing(path)?;
    if !start.is_dir() {
        return Err(Trouble::NotDirectory { path: path.to_owned() });
    }
    let wanted = Glob::new(pattern).map_err(|why| Trouble::Pattern { why })?;
    let mut newest: BTreeSet<(Reverse<SystemTime>, PathBuf)> = BTreeSet::new();
    let mut total: u64 = 0;
    let begun = Instant::now();
    let walk = walk(&start);
    for file in files(&walk, &wanted, begun) {
        total += 1;
        newest.insert((Reverse(changed(&file)), file));
        if newest.len() > MOST_FILES {
            newest.pop_last();
        }
    }
    in_time(path, begun)?;
    let files = Count::new(total, "files").to_string();
    let line = format!("{files} match `{}`", action::visible(pattern));
    Ok(Answered::done(line, rows(tree, &newest, total) + &walk.passed_over(tree)))
}

fn rows(tree: &Tree, newest: &BTreeSet<(Reverse<SystemTime>, PathBuf)>, total: u64) -> String {
    let mut text = String::new();
    let mut listed = 0;
    for (_, file) in newest {
        let row = tree.name(file) + "\n";
        if text.len() + row.len() > MOST_TEXT {
            break;
        }
        text.push_str(&row);
        listed += 1;
    }
    match (total, total - listed) {
        (0, _) => "no file matches (ignored files are left out)\n".to_owned(),
        (_, 0) => text,
        (_, more) => text + &format!("and {more} more, older ones\n"),
    }
}

/// An error if a search took so long that it was given up.
pub(super) fn in_time(path: &str, begun: Instant) -> Result<(), Trouble> {
    match begun.elapsed() < LONGEST_SEARCH {
        true => Ok(()),
        false => Err(Trouble::TooLong { path: path.to_owned() }),
    }
}

fn changed(file: &Path) -> SystemTime {
    file.symlink_metadata().and_then(|meta| meta.modified()).unwrap_or(SystemTime::UNIX_EPOCH)
}

/// The files below a place that match and that no `.gitignore` leaves out. `.git` itself is never looked into; other
/// hidden files are. A place that is a file is itself. It ends early when the time is up: see [`in_time`].
pub(super) fn files<'a>(walk: &'a Walk, wanted: &'a Glob, begun: Instant) -> impl Iterator<Item = PathBuf> + 'a {
    let start = walk.start();
    let entries = walk.entries().flatten().take_while(move |_| begun.elapsed() < LONGEST_SEARCH);
    let files = entries.filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()));
    files.map(ignore::DirEntry::into_path).filter(move |file| {
        let relative = file.strip_prefix(start).ok().filter(|rest| !rest.as_os_str().is_empty());
        let name = || file.file_name().map_or(file.as_path(), Path::new);
        wanted.matches(relative.unwrap_or_else(name))
    })
}

/// A pattern as in .gitignore: without `/` it matches at any depth, with one from the start, and `dir/` all that is in it.
pub(crate) struct Glob(GlobMatcher);

impl Glob {
    /// Reads a pattern; the error says what is wrong with it.
    pub(crate) fn new(pattern: &str) -> Result<Self, String> {
        let anchored = pattern.trim_start_matches("./");
        let whole = match anchored.strip_suffix('/') {
            Some(directory) => format!("{directory}/**"),
            None if anchored.contains('/') => anchored.to_owned(),
            None => format!("**/{anchored}"),
        };
        let built = GlobBuilder::new(whole.trim_start_matches('/')).literal_separator(true).build();
        built.map(|glob| Self(glob.compile_matcher())).map_err(|e| e.to_string())
    }

    pub(crate) fn matches(&self, path: &Path) -> bool {
        self.0.is_match(path)
    }

    /// Every file.
    pub(crate) fn all() -> Result<Self, String> {
        Self::new("**/*")
    }
}
