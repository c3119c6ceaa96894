//! Counts what a change set would do to the rows of SQLite databases: those that are there now and would not be afterwards.
//!
//! A database is its main file and what SQLite replays beside it: a write-ahead log or a hot journal changes rows without
//! touching the main file. So databases are found by their first bytes, not by name, and compared as SQLite would read them,
//! side files and all, in scratch copies: the real files are read and never opened by SQLite. What cannot be copied, opened
//! or counted in bounded time is an error, never a zero.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, Instant};

use action::{Change, ChangeSet, Content};
use effects::DataFact;

use crate::office::Office;
use crate::survey::SurveyError;

mod rows;

pub(crate) use rows::{Rows, compare};

const MAGIC: &[u8; 16] = b"SQLite format 3\0";
/// What SQLite replays. The shared memory beside a log is not among them: SQLite makes it anew from the log.
const REPLAYED: [&str; 2] = ["-wal", "-journal"];
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];
/// Ends a journal that belongs to a transaction over several databases.
const JOURNAL_MAGIC: [u8; 8] = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];
/// Bytes of one database that are copied at most.
const LARGEST: u64 = 4 << 30;
/// One comparison takes at most this long.
const PATIENCE: Duration = Duration::from_secs(10);
/// A database that is written to while it is copied is copied anew this often.
const ATTEMPTS: usize = 3;
/// Bounds of the search for databases that the change set leaves alone.
const SEARCHED: usize = 10_000;
const SEARCH_TIME: Duration = Duration::from_secs(5);

/// How many rows each table of a database has now. It is copied into `scratch`, a folder that is there, and opened only there.
pub fn rows_by_table(database: &Path, scratch: &Path) -> Result<BTreeMap<String, u64>, SurveyError> {
    let failed = |why: String| SurveyError::Database { path: database.to_path_buf(), why };
    if !is_database(database) {
        return Err(failed("it is no SQLite database".into()));
    }
    let scratch = Scratch::named(scratch.join("look"))?;
    let copy = scratch.copy(database)?;
    alone(&copy, database)?;
    rows::by_table(&copy, PATIENCE).map_err(|e| failed(e.to_string()))
}

/// What becomes of every database that the change set touches, by the path of its main file.
///
/// When one of them loses all its rows, the databases that the change set leaves alone are named too: whether all the data
/// of the place goes depends on them.
pub(crate) fn facts(service: &Office, set: &ChangeSet) -> Result<BTreeMap<String, DataFact>, SurveyError> {
    let changes: BTreeMap<&str, &Change> = set.changes.iter().map(|change| (change.path.as_str(), change)).collect();
    let mains: BTreeSet<&str> = changes.keys().flat_map(|path| [Some(*path), main_of(path)]).flatten().collect();
    let mut facts = BTreeMap::new();
    for main in mains {
        if let Some(fact) = touched(service, &set.root, main, &changes)? {
            facts.insert(main.to_owned(), fact);
        }
    }
    if facts.values().any(|fact: &DataFact| fact.rows_before.is_some_and(|before| before > 0 && fact.rows_lost >= before)) {
        for path in search(Path::new(&set.root))? {
            let Ok(relative) = path.strip_prefix(&set.root) else { continue };
            let name = sandbox::text_of(relative);
            if !facts.contains_key(&name) && !changes.contains_key(name.as_str()) {
                facts.insert(name, untouched(service, &path)?);
            }
        }
    }
    Ok(facts)
}

/// The database that a side file belongs to.
fn main_of(path: &str) -> Option<&str> {
    BESIDE.iter().find_map(|end| path.strip_suffix(end)).filter(|main| !main.is_empty() && !main.ends_with('/'))
}

fn touched(service: &Office, root: &str, main: &str, changes: &BTreeMap<&str, &Change>) -> Result<Option<DataFact>, SurveyError> {
    let Some(relative) = sandbox::path_of(main).filter(|path| path.components().all(|part| matches!(part, Component::Normal(_)))) else {
        return Ok(None);
    };
    let at = Path::new(root).join(relative);
    let is_now = is_database(&at);
    let change = changes.get(main).copied();
    let successor = change.map(|change| file_after(service, change)).transpose()?.flatten().filter(|bytes| bytes.starts_with(MAGIC));
    if !is_now && successor.is_none() {
        return Ok(None);
    }
    if !is_now && fs::symlink_metadata(&at).is_ok_and(|found| !found.is_file() || found.len() > 0) {
        return Ok(Some(DataFact { engine: ENGINE.into(), ..DataFact::default() })); // what it was, nobody can say
    }
    let scratch = Scratch::new(service)?;
    let before = scratch.copy(&at)?;
    let after = match (change, successor) {
        (None, _) => Some(scratch.again(&before, "after")?),
        (Some(_), Some(bytes)) => Some(scratch.main("after", &bytes)?),
        (Some(_), None) => None,
    };
    for end in REPLAYED {
        let Some(after) = &after else { break };
        match changes.get(format!("{main}{end}").as_str()) {
            Some(Change { after: Some(Content::Symlink { .. } | Content::Directory), .. }) => {
                let why = format!("what is to be its `{end}` is no regular file"); // SQLite would follow a link
                return Err(SurveyError::Database { path: at, why });
            }
            Some(change) => {
                let bytes = file_after(service, change)?;
                bytes.map(|bytes| scratch.put(&beside(after, end), &bytes)).transpose()?;
            }
            None if beside(&before, end).exists() => {
                pour(&beside(&before, end), &beside(after, end)).map_err(|e| scratch.failed(&e))?;
            }
            None => {}
        }
    }
    for main in [Some(&before), after.as_ref()].into_iter().flatten() {
        alone(main, &at)?;
    }
    let rows = compare(&before, after.as_deref(), PATIENCE).map_err(|e| SurveyError::Database { path: at, why: e.to_string() })?;
    Ok(Some(fact(rows)))
}

/// A database that stays as it is.
fn untouched(service: &Office, at: &Path) -> Result<DataFact, SurveyError> {
    let scratch = Scratch::new(service)?;
    let before = scratch.copy(at)?;
    let rows = compare(&before, None, PATIENCE).map_err(|e| SurveyError::Database { path: at.to_path_buf(), why: e.to_string() })?;
    Ok(fact(Rows { after: rows.before, lost: 0, ..rows }))
}

const ENGINE: &str = "SQLite";

fn fact(rows: Rows) -> DataFact {
    DataFact { engine: ENGINE.into(), rows_before: Some(rows.before), rows_after: Some(rows.after), rows_lost: rows.lost }
}

/// The bytes of the file that a change leaves.
fn file_after(service: &Office, change: &Change) -> Result<Option<Vec<u8>>, SurveyError> {
    match &change.after {
        Some(Content::File { size, .. }) if *size > LARGEST => Err(too_large(Path::new(&change.path))),
        Some(Content::File { digest, .. }) => Ok(Some(service.book.get(digest)?)),
        _ => Ok(None),
    }
}

/// Whether a regular file is an SQLite database, by its first bytes. Links are not followed.
pub(crate) fn is_database(path: &Path) -> bool {
    let mut head = [0; 16];
    fs::symlink_metadata(path).is_ok_and(|found| found.is_file())
        && fs::File::open(path).and_then(|mut file| file.read_exact(&mut head)).is_ok()
        && &head == MAGIC
}

fn beside(main: &Path, end: &str) -> PathBuf {
    let mut path = main.as_os_str().to_owned();
    path.push(end);
    path.into()
}

/// A journal that names a journal of several databases is replayed or not by what is elsewhere: such a one is not judged.
fn alone(main: &Path, shown: &Path) -> Result<(), SurveyError> {
    match fs::read(beside(main, "-journal")) {
        Ok(journal) if journal.ends_with(&JOURNAL_MAGIC) => {
            Err(SurveyError::Database { path: shown.to_path_buf(), why: "its journal belongs to several databases".into() })
        }
        _ => Ok(()),
    }
}

/// Databases below a folder, links not followed.
fn search(root: &Path) -> Result<Vec<PathBuf>, SurveyError> {
    let failed = |path: &Path, why: String| SurveyError::Database { path: path.to_path_buf(), why };
    let started = Instant::now();
    let (mut seen, mut found, mut waiting) = (0, Vec::new(), vec![root.to_path_buf()]);
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder).map_err(|e| failed(&folder, e.to_string()))? {
            let entry = entry.map_err(|e| failed(&folder, e.to_string()))?;
            seen += 1;
            if seen > SEARCHED || started.elapsed() > SEARCH_TIME {
                return Err(failed(root, "there are too many files to look for databases".into()));
            }
            let kind = entry.file_type().map_err(|e| failed(&entry.path(), e.to_string()))?;
            if kind.is_dir() {
                waiting.push(entry.path());
            } else if is_database(&entry.path()) {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// A folder for copies, for as long as they are looked at.
struct Scratch(PathBuf);

impl Scratch {
    fn new(service: &Office) -> Result<Self, SurveyError> {
        Self::named(service.folder.join("tmp").join(format!("look-{}", (service.ids)())))
    }

    fn named(folder: PathBuf) -> Result<Self, SurveyError> {
        let scratch = Self(folder);
        fs::create_dir_all(&scratch.0).map_err(|e| scratch.failed(&e))?;
        Ok(scratch)
    }

    /// The database at `from` as it is now, with what SQLite would replay; an empty one where nothing is.
    fn copy(&self, from: &Path) -> Result<PathBuf, SurveyError> {
        let to = self.0.join("before");
        let unread = |e: io::Error| SurveyError::Database { path: from.to_path_buf(), why: e.to_string() };
        for _ in 0..ATTEMPTS {
            let state = state(from).map_err(unread)?;
            if state.iter().flatten().map(|(_, size, ..)| size).sum::<u64>() > LARGEST {
                return Err(too_large(from));
            }
            for (end, there) in [""].iter().chain(&REPLAYED).zip(&state) {
                let copy = beside(&to, end);
                match there {
                    Some(_) => pour(&beside(from, end), &copy).map_err(unread)?,
                    None if end.is_empty() => self.put(&copy, b"")?,
                    None if copy.exists() => fs::remove_file(&copy).map_err(|e| self.failed(&e))?,
                    None => {}
                }
            }
            if self::state(from).map_err(unread)? == state {
                return Ok(to);
            }
        }
        Err(SurveyError::Database { path: from.to_path_buf(), why: "it is being written to".into() })
    }

    fn again(&self, from: &Path, name: &str) -> Result<PathBuf, SurveyError> {
        let to = self.0.join(name);
        pour(from, &to).map_err(|e| self.failed(&e))?;
        Ok(to)
    }

    fn main(&self, name: &str, bytes: &[u8]) -> Result<PathBuf, SurveyError> {
        let path = self.0.join(name);
        self.put(&path, bytes)?;
        Ok(path)
    }

    fn put(&self, path: &Path, bytes: &[u8]) -> Result<(), SurveyError> {
        fs::write(path, bytes).map_err(|e| self.failed(&e))
    }

    fn failed(&self, e: &io::Error) -> SurveyError {
        SurveyError::Scratch { path: self.0.clone(), why: e.to_string() }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok(); // only scratch, under a name that is never used again
    }
}

/// Copies bytes, not permissions: the copy may be written to.
fn pour(from: &Path, to: &Path) -> io::Result<()> {
    io::copy(&mut fs::File::open(from)?, &mut fs::File::create(to)?).map(|_| ())
}

/// What tells one state of a file from another: which file, its size, when it was written.
type State = (u64, u64, i64, i64);

/// The state of a database's files, main file first.
fn state(main: &Path) -> io::Result<Vec<Option<State>>> {
    let of = |found: Metadata| (found.ino(), found.len(), found.mtime(), found.mtime_nsec());
    let one = |path: PathBuf| match fs::symlink_metadata(&path) {
        Ok(found) if found.is_file() => Ok(Some(of(found))),
        Ok(_) => Err(io::Error::other("a file of it is no regular file")),
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(e) => Err(e),
    };
    [""].iter().chain(&REPLAYED).map(|end| one(beside(main, end))).collect()
}

fn too_large(path: &Path) -> SurveyError {
    SurveyError::Database { path: path.to_path_buf(), why: format!("it is larger than {LARGEST} bytes") }
}

#[cfg(test)]
mod tests;
