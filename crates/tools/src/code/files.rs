//! The source files below a folder, each with its outline; those that were read before are known by their bytes.
//!
//! Ignored files (`.gitignore`, `.kiroignore`) are not looked at, links are not followed, and only regular files are read.
//! What is kept is a memory of pure functions, bounded, and lost with the process; nothing is written.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use action::Digest;
use serde::Serialize;

use super::language::Language;
use super::outline::{LARGEST, NoOutline, Outline, outline};
use crate::inside::{BEYOND, walk};

/// More source files than this are not read.
const MOST_FILES: usize = 100_000;
/// So much is remembered, as it is estimated, in bytes.
const MOST_KEPT: usize = 128 << 20;
/// So much one survey may hold, in the same bytes.
const MOST_HELD: usize = 512 << 20;
/// More threads would wait for the disk.
const MOST_THREADS: usize = 8;

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Survey {
    /// Path and outline, in the order of the paths; relative to where it began, with `/`.
    pub files: Vec<(String, Arc<Outline>)>,
    /// Source files without an outline.
    pub unread: Vec<Unread>,
}

/// A source file that was not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unread {
    /// Where.
    pub path: String,
    /// Why, in words.
    pub why: String,
}

/// Outlines by the digest of what they are of.
#[derive(Debug, Default)]
pub struct Outlines {
    known: HashMap<(Language, Digest), Arc<Outline>>,
    /// About how many bytes they take.
    size: usize,
}

impl Outlines {
    /// Reads everything below `start`, for at most `limit`; what was not reached then is among the unread.
    pub fn survey(&mut self, start: &Path, limit: Duration) -> Survey {
        let bounds = Bounds { until: Instant::now() + limit, held: AtomicUsize::new(0), most: MOST_HELD };
        let mut survey = Survey::default();
        let files = list(start, bounds.until, &mut survey.unread);
        let seen = self.read_all(&files, &bounds);
        let mut new = Vec::new();
        for (file, read) in files.into_iter().zip(seen) {
            match read {
                Ok((key, outline)) => {
                    new.push((key, Arc::clone(&outline)));
                    survey.files.push((file.name, outline));
                }
                Err(why) => survey.unread.push(Unread { path: file.name, why }),
            }
        }
        self.keep(new);
        survey
    }

    /// The outline of some bytes.
    pub fn of(&mut self, language: Language, source: &[u8]) -> Result<Arc<Outline>, NoOutline> {
        let (key, outline) = self.outline(language, source)?;
        self.keep(vec![(key, Arc::clone(&outline))]);
        Ok(outline)
    }

    fn outline(&self, language: Language, source: &[u8]) -> Result<Known, NoOutline> {
        let key = (language, Digest::of_bytes(source));
        match self.known.get(&key) {
            Some(known) => Ok((key, Arc::clone(known))),
            None => outline(language, source).map(|new| (key, Arc::new(new))),
        }
    }

    /// In the order of the files, by several threads.
    fn read_all(&self, files: &[Source], bounds: &Bounds) -> Vec<Result<Known, String>> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS).min(files.len().max(1));
        let next = AtomicUsize::new(0);
        let done: Mutex<Vec<(usize, Result<Known, String>)>> = Mutex::new(Vec::with_capacity(files.len()));
        let work = || {
            while let Some((at, file)) = take(&next, files) {
                let read = bounds.check().and_then(|()| self.read(file)).inspect(|(_, outline)| bounds.hold(outline));
                done.lock().unwrap_or_else(PoisonError::into_inner).push((at, read));
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..threads {
                // Where no thread can be had, fewer do it.
                drop(std::thread::Builder::new().spawn_scoped(scope, work));
            }
            work();
        });
        let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.sort_unstable_by_key(|(at, _)| *at);
        done.into_iter().map(|(_, read)| read).collect()
    }

    fn read(&self, file: &Source) -> Result<Known, String> {
        let bytes = bytes_of(&file.place)?;
        self.outline(file.language, &bytes).map_err(|why| why.to_string())
    }

    fn keep(&mut self, new: Vec<Known>) {
        let more: usize = new.iter().filter(|(key, _)| !self.known.contains_key(key)).map(|(_, outline)| size(outline)).sum();
        if self.size + more > MOST_KEPT {
            // What is not in the last tree is the least likely to come again.
            self.known.clear();
            self.size = 0;
        }
        for (key, outline) in new {
            let more = size(&outline);
            if self.size + more <= MOST_KEPT && !self.known.contains_key(&key) {
                self.known.insert(key, outline);
                self.size += more;
            }
        }
    }
}

type Known = ((Language, Digest), Arc<Outline>);

/// What ends a survey early. What it had no time or room for is named; only then do two surveys of one tree differ.
struct Bounds {
    until: Instant,
    held: AtomicUsize,
    most: usize,
}

impl Bounds {
    fn check(&self) -> Result<(), String> {
        match () {
            () if Instant::now() >= self.until => Err("there was no time left to read it".to_owned()),
            () if self.held.load(Ordering::Relaxed) > self.most => Err("there was no room left for it".to_owned()),
            () => Ok(()),
        }
    }

    fn hold(&self, outline: &Outline) {
        self.held.fetch_add(size(outline), Ordering::Relaxed);
    }
}

fn take<'f>(next: &AtomicUsize, files: &'f [Source]) -> Option<(usize, &'f Source)> {
    let at = next.fetch_add(1, Ordering::Relaxed);
    files.get(at).map(|file| (at, file))
}

fn size(outline: &Outline) -> usize {
    let definitions: usize = outline.definitions.iter().map(|one| size_of_val(one) + one.name.len() + one.signature.len()).sum();
    256 + definitions + size_of_val(outline.mentions.as_slice())
}

/// A file that is to be read.
struct Source {
    name: String,
    place: PathBuf,
    language: Language,
}

fn list(start: &Path, until: Instant, unread: &mut Vec<Unread>) -> Vec<Source> {
    let mut files = Vec::new();
    let walk = walk(start);
    for entry in walk.entries() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                unread.push(Unread { path: ".".to_owned(), why: action::visible(&error.to_string()).into_owned() });
                continue;
            }
        };
        if Instant::now() > until || files.len() >= MOST_FILES {
            unread.push(Unread { path: "…".to_owned(), why: "there are more files than were looked at".to_owned() });
            break;
        }
        if entry.file_type().is_some_and(|kind| kind.is_file()) {
            files.extend(source(start, entry.into_path(), unread));
        }
    }
    unread.extend(walk.passed().iter().map(|file| barred(start, file)));
    files
}

/// A folder that was not looked into is told by the file that is to blame.
fn barred(start: &Path, file: &Path) -> Unread {
    let path = action::visible(&file.strip_prefix(start).unwrap_or(file).to_string_lossy()).into_owned();
    Unread { path, why: format!("{BEYOND}; nothing in its folder was looked at") }
}

fn source(start: &Path, place: PathBuf, unread: &mut Vec<Unread>) -> Option<Source> {
    let below = place.strip_prefix(start).ok().filter(|rest| !rest.as_os_str().is_empty());
    let relative = below.or_else(|| place.file_name().map(Path::new))?;
    let language = Language::of(&relative.to_string_lossy())?;
    match relative.to_str() {
        Some(name) => Some(Source { name: name.to_owned(), language, place }),
        None => {
            let path = action::visible(&relative.to_string_lossy()).into_owned();
            unread.push(Unread { path, why: "its name is not UTF-8".to_owned() });
            None
        }
    }
}

/// The bytes of a regular file, but not more than can be used.
fn bytes_of(place: &Path) -> Result<Vec<u8>, String> {
    let told = |error: std::io::Error| error.to_string();
    if !place.symlink_metadata().map_err(told)?.is_file() {
        return Err("it is no regular file any more".to_owned());
    }
    let mut bytes = Vec::new();
    let file = File::open(place).map_err(told)?;
    file.take(LARGEST as u64 + 1).read_to_end(&mut bytes).map_err(told)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests;
