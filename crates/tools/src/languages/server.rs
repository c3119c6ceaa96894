//! One language server that runs: told of the project, kept in step with the copy, asked.
//!
//! What it saw when it started it reads by itself. A file that has changed since is opened, with the text that it has now: what
//! is open counts, whatever a server thinks of the disk. If too much has changed, the server is to be started again.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::fs::File;
use std::io::Read;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use action::Seeks;
use sandbox::Served;
use serde_json::{Value, json};

use super::family::Family;
use super::talk::{Patience, Talk, TalkError, short};
use super::uri;
use super::warden::{Bounds, Warden};
use crate::inside::{Located, Place, Places, Text};
use crate::kept::Kept;

/// Until it has said what it can do; a program that says nothing is no server.
const LONGEST_START: Duration = Duration::from_secs(30);
/// Until it has read the project, where it says when that is so.
const LONGEST_READING: Duration = Duration::from_secs(180);
/// Until it has answered.
const LONGEST_ANSWER: Duration = Duration::from_secs(60);
/// Files that are open in it at once.
const MOST_OPEN: usize = 50;
/// Places of one answer that are looked at.
const MOST_PLACES: usize = 2_000;
/// Bytes of complaints that are kept, and shown.
const MOST_ERRORS: usize = 2_000;
const SHOWN_ERRORS: usize = 300;
/// How long the last words of one that ended are waited for.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// How files changed, in the protocol's numbers (`FileChangeType`).
const CREATED: u8 = 1;
const CHANGED: u8 = 2;
const DELETED: u8 = 3;

/// A server that has said what it can do.
pub(super) struct Server {
    // Before the process: closing its input tells it to go, the warden makes it go.
    talk: Talk,
    errors: Errors,
    warden: Warden,
    pub(super) command: String,
    family: Family,
    tree: PathBuf,
    /// What the files were when it started.
    began: BTreeMap<String, u64>,
    /// What is open: its stamp, and the version that the server has been told.
    open: BTreeMap<String, (u64, u64)>,
    /// What it was last told of files that were added, changed and deleted since.
    told: BTreeMap<String, Option<u64>>,
}

/// A server as it is to be started.
pub(super) struct Start<'a> {
    pub(super) family: Family,
    pub(super) command: &'a str,
    pub(super) tree: &'a Path,
    pub(super) stamps: BTreeMap<String, u64>,
}

/// Where texts come from.
pub(super) type Texts<'a> = &'a mut dyn FnMut(Vec<String>) -> Option<Vec<Text>>;

impl Server {
    /// Says what the project is, and hears what it can do.
    pub(super) fn over(served: Served, start: Start<'_>, stop: &AtomicBool) -> Result<Self, String> {
        let Served { process, input, output, errors } = served;
        let no_thread = |e: std::io::Error| format!("no thread could be had: {e}");
        let warden = Warden::over(process, Bounds::default()).map_err(no_thread)?;
        let errors = keep(errors).map_err(no_thread)?;
        let folder = uri::of(start.tree);
        let talk = Talk::over(input, output, folder.clone()).map_err(no_thread)?;
        let Start { family, command, tree, stamps } = start;
        let (open, told) = (BTreeMap::new(), BTreeMap::new());
        let mut server = Self { talk, errors, warden, command: command.to_owned(), family, tree: tree.to_owned(), began: stamps, open, told };
        let answer = server.talk.ask("initialize", &introduction(family, &folder), &Patience::new(LONGEST_START, stop));
        let told = answer.and_then(|said| match said.get("capabilities").is_some_and(Value::is_object) {
            true => server.talk.tell("initialized", &json!({})),
            false => Err(TalkError::Garbage { why: "it does not say what it can do".to_owned() }),
        });
        match told {
            Ok(()) => Ok(server),
            Err(e) => Err(server.why(&e)),
        }
    }

    /// Whether it has not been ended for a reason of ours.
    pub(super) fn runs(&self) -> bool {
        self.warden.runs()
    }

    /// Whether so much has changed that it would be told more than it can hold.
    pub(super) fn is_outdated(&self, stamps: &BTreeMap<String, u64>) -> bool {
        self.changed(stamps).len() > MOST_OPEN
    }

    /// Asks where a symbol is defined or used.
    pub(super) fn find(&mut self, seeks: Seeks, at: &Located, stamps: &BTreeMap<String, u64>, texts: Texts<'_>, stop: &AtomicBool) -> Result<Places, TalkError> {
        self.warden.asked();
        self.keep_in_step(at, stamps, texts)?;
        if self.family.says_when_ready() {
            self.talk.wait_until_ready(&Patience::new(LONGEST_READING, stop))?;
        }
        let place = json!({"line": at.line, "character": at.column});
        let document = json!({"uri": self.uri(&at.path)});
        let answer = match seeks {
            Seeks::Definition => self.talk.ask("textDocument/definition", &json!({"textDocument": document, "position": place}), &Patience::new(LONGEST_ANSWER, stop)),
            Seeks::References => {
                let params = json!({"textDocument": document, "position": place, "context": {"includeDeclaration": true}});
                self.talk.ask("textDocument/references", &params, &Patience::new(LONGEST_ANSWER, stop))
            }
        };
        self.warden.asked();
        Ok(self.places(&answer?))
    }

    /// What went wrong, with what it complained of.
    pub(super) fn why(&self, error: &TalkError) -> String {
        let ended = self.warden.why();
        let kept = self.errors.excerpt(matches!(error, TalkError::Ended));
        let complaint = if kept.trim().is_empty() { String::new() } else { format!("; it complained: {}", short(kept.trim())) };
        format!("{}{complaint}", ended.unwrap_or_else(|| error.to_string()))
    }

    fn uri(&self, path: &str) -> String {
        uri::of(&self.tree.join(path))
    }

    fn changed<'s>(&self, stamps: &'s BTreeMap<String, u64>) -> Vec<(&'s String, u64)> {
        stamps.iter().filter(|(path, stamp)| self.began.get(*path) != Some(stamp)).map(|(path, stamp)| (path, *stamp)).collect()
    }

    fn keep_in_step(&mut self, at: &Located, stamps: &BTreeMap<String, u64>, texts: Texts<'_>) -> Result<(), TalkError> {
        self.tell_of_the_disk(stamps)?;
        let mut wanted: BTreeMap<&String, u64> = self.changed(stamps).into_iter().collect();
        wanted.insert(&at.path, stamps.get(&at.path).copied().unwrap_or_default());
        self.close_others(&wanted)?;
        let stale: Vec<String> = wanted.iter().filter(|(path, stamp)| self.open.get(**path).is_none_or(|(known, _)| known != *stamp)).map(|(path, _)| (*path).clone()).collect();
        if stale.is_empty() {
            return Ok(());
        }
        let unread = || TalkError::Refused { why: "the files that it has to know cannot be read".to_owned() };
        for Text { path, text } in texts(stale).ok_or_else(unread)? {
            let stamp = wanted.get(&path).copied().unwrap_or_default();
            self.show(path, &text, stamp)?;
        }
        self.open.contains_key(&at.path).then_some(()).ok_or_else(unread)
    }

    /// Opens a file, or says that what is open is another text now.
    fn show(&mut self, path: String, text: &str, stamp: u64) -> Result<(), TalkError> {
        let uri = self.uri(&path);
        let version = self.open.get(&path).map_or(1, |(_, version)| version + 1);
        match version {
            1 => self.talk.tell("textDocument/didOpen", &json!({"textDocument": {"uri": uri, "languageId": self.family.id(&path), "version": 1, "text": text}}))?,
            _ => self.talk.tell("textDocument/didChange", &json!({"textDocument": {"uri": uri, "version": version}, "contentChanges": [{"text": text}]}))?,
        }
        self.open.insert(path, (stamp, version));
        Ok(())
    }

    /// Closes what is gone, and what is as it was at the start once too much is open.
    fn close_others(&mut self, wanted: &BTreeMap<&String, u64>) -> Result<(), TalkError> {
        let is_full = self.open.len() >= MOST_OPEN;
        let gone = |path: &String| self.told.get(path) == Some(&None);
        let close: Vec<String> = self.open.keys().filter(|path| gone(path) || is_full && !wanted.contains_key(path)).cloned().collect();
        for path in close {
            self.talk.tell("textDocument/didClose", &json!({"textDocument": {"uri": self.uri(&path)}}))?;
            self.open.remove(&path);
        }
        Ok(())
    }

    /// What was added, changed and deleted since it was told last.
    fn tell_of_the_disk(&mut self, stamps: &BTreeMap<String, u64>) -> Result<(), TalkError> {
        let all: BTreeSet<&String> = stamps.keys().chain(self.began.keys()).chain(self.told.keys()).collect();
        let mut events = Vec::new();
        let mut news = BTreeMap::new();
        for path in all {
            let known = self.told.get(path).copied().unwrap_or_else(|| self.began.get(path).copied());
            let now = stamps.get(path).copied();
            let kind = match (known, now) {
                (None, Some(_)) => CREATED,
                (Some(_), None) => DELETED,
                (before, now) if before != now => CHANGED,
                _ => continue,
            };
            events.push(json!({"uri": self.uri(path), "type": kind}));
            news.insert(path.clone(), now);
        }
        self.told.extend(news);
        match events.is_empty() {
            true => Ok(()),
            false => self.talk.tell("workspace/didChangeWatchedFiles", &json!({"changes": events})),
        }
    }

    /// `Location`, a list of them, or of `LocationLink`; anything else names nothing.
    fn places(&self, answer: &Value) -> Places {
        let all = match answer {
            Value::Array(all) => all.as_slice(),
            Value::Object(_) => std::slice::from_ref(answer),
            _ => &[],
        };
        let ailing = self.talk.ailing().map(str::to_owned);
        let mut places = Places { server: self.name(), ailing, more: all.len().saturating_sub(MOST_PLACES) as u64, ..Places::default() };
        for one in all.iter().take(MOST_PLACES) {
            let uri = one.get("uri").or_else(|| one.get("targetUri")).and_then(Value::as_str);
            let range = one.get("range").or_else(|| one.get("targetSelectionRange"));
            let line = range.and_then(|range| range.pointer("/start/line")).and_then(Value::as_u64);
            match (uri.map(|uri| (uri, uri::path(uri))), line) {
                (Some((_, Some(path))), Some(line)) => self.sort_in(&mut places, &path, line.saturating_add(1)),
                (Some((uri, None)), _) if !uri.starts_with("file:") => places.outside.push(short(uri)),
                _ => places.more += 1,
            }
        }
        places.outside.sort();
        places.outside.dedup();
        places
    }

    fn sort_in(&self, places: &mut Places, path: &Path, line: u64) {
        match path.strip_prefix(&self.tree).ok().map(|inside| inside.to_str()) {
            Some(Some(inside)) => places.inside.push(Place { path: inside.to_owned(), line }),
            Some(None) => places.more += 1,
            None => places.outside.push(format!("{}:{line}", ending(path))),
        }
    }

    /// The program, without where it lies.
    pub(super) fn name(&self) -> String {
        program(&self.command)
    }
}

/// The program of a command line, without where it lies.
pub(super) fn program(command: &str) -> String {
    let first = command.split(' ').next().unwrap_or(command);
    first.rsplit('/').next().unwrap_or(first).to_owned()
}

/// The last parts of a path: enough to know it by, and nothing of the machine.
fn ending(path: &Path) -> String {
    let parts: Vec<String> = path.components().rev().take(3).map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    format!("…/{}", parts.into_iter().rev().collect::<Vec<_>>().join("/"))
}

fn introduction(family: Family, folder: &str) -> Value {
    json!({
        "processId": null,
        "clientInfo": {"name": "countersign", "version": env!("CARGO_PKG_VERSION")},
        "rootUri": folder,
        "workspaceFolders": [{"uri": folder, "name": "project"}],
        "initializationOptions": family.options(),
        "capabilities": {
            "general": {"positionEncodings": ["utf-16"]},
            "workspace": {"configuration": true, "workspaceFolders": true, "didChangeWatchedFiles": {"dynamicRegistration": true}},
            "textDocument": {"synchronization": {}, "definition": {"linkSupport": false}, "references": {}},
            "experimental": {"serverStatusNotification": true},
        },
    })
}

/// What a server complained of.
struct Errors {
    kept: Arc<Mutex<Kept>>,
    /// Gone once all of it is read.
    reading: Mutex<mpsc::Receiver<Infallible>>,
}

impl Errors {
    /// The beginning and the end of it. One that ended has said all that it will, which may not be read yet.
    fn excerpt(&self, ended: bool) -> String {
        if ended {
            self.reading.lock().unwrap_or_else(PoisonError::into_inner).recv_timeout(LAST_WORDS).ok();
        }
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).excerpt(SHOWN_ERRORS)
    }
}

/// A thread reads all that it complains of, so that it never waits for a reader.
fn keep(errors: OwnedFd) -> std::io::Result<Errors> {
    let kept = Arc::new(Mutex::new(Kept::new(MOST_ERRORS)));
    let filled = Arc::clone(&kept);
    let (until, reading) = mpsc::channel::<Infallible>();
    std::thread::Builder::new().name("language-errors".to_owned()).spawn(move || {
        let _until = until; // gone with this thread
        let mut errors = File::from(errors);
        let mut buffer = [0; 4096];
        while let Ok(got @ 1..) = errors.read(&mut buffer) {
            filled.lock().unwrap_or_else(PoisonError::into_inner).push(buffer.get(..got).unwrap_or_default());
        }
    })?;
    Ok(Errors { kept, reading: Mutex::new(reading) })
}
