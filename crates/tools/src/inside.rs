//! The hands inside the box: the file tools, done by a process that the kernel bounds.
//!
//! A request is a deed with the root it is beneath and the blobs it names; the answer says what happened, for the model.
//! It asks nobody and decides nothing: that the deed may be done was signed before the request was made. Paths that leave
//! the tree are refused here too, but the outer bound is the kernel's. If the power goes, a file is either as it was or
//! as it was to be (temporary file, then rename); the copy is not synced to disk, since it can be made again.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

use action::{Deed, Digest};
use base64::Engine;
use base64::prelude::BASE64_STANDARD as STANDARD;
use serde::{Deserialize, Serialize};

mod edit;
mod glob;
mod grep;
mod list;
mod outline;
mod place;
mod read;
mod remove;
mod relocate;
mod symbol;
mod tree;
mod walk;
mod write;

pub(crate) use glob::Glob;
pub(crate) use grep::matcher;
pub(crate) use symbol::{Located, Place, Places, Step, Text};
use tree::Tree;
pub(crate) use walk::{BEYOND, walk};

/// What is to be done, as it goes into the box.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Request {
    /// Absolute path of the tree, as the box sees it.
    pub tree: String,
    /// What is to be done.
    pub deed: Deed,
    /// The blobs that the deed names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub blobs: BTreeMap<Digest, Blob>,
    /// Which step of finding a symbol it is.
    #[serde(default)]
    pub(crate) step: Step,
}

impl Request {
    /// A deed of one step.
    pub(crate) fn new(deed: Deed, blobs: BTreeMap<Digest, Blob>) -> Self {
        // The hands inside stand in the tree's root.
        Self { tree: ".".to_owned(), deed, blobs, step: Step::default() }
    }
}

/// Bytes in a request. What a model wrote is text; a file that is put back or taken over may be anything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Blob {
    /// They are UTF-8.
    Text(String),
    /// They are not.
    Bytes {
        /// In base64.
        base64: String,
    },
}

impl From<Vec<u8>> for Blob {
    fn from(bytes: Vec<u8>) -> Self {
        String::from_utf8(bytes).map_or_else(|e| Self::Bytes { base64: STANDARD.encode(e.as_bytes()) }, Self::Text)
    }
}

/// What came of it, as it comes out of the box.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// Whether it was done.
    pub ok: bool,
    /// For the model, bounded.
    pub text: String,
    /// One line for people and the ledger.
    pub line: String,
    /// What a step of finding a symbol gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) located: Option<Located>,
    /// Texts that a step of finding a symbol asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) texts: Vec<Text>,
}

impl Answered {
    fn done(line: impl Into<String>, text: impl Into<String>) -> Self {
        Self { ok: true, text: text.into(), line: line.into(), located: None, texts: Vec::new() }
    }

    /// Done, and the line says it all.
    fn said(line: impl Into<String>) -> Self {
        let line = line.into();
        Self::done(line.clone(), line)
    }

    fn trouble(trouble: &Trouble) -> Self {
        let text = trouble.to_string();
        let line = match trouble {
            // These go on with lines of the file or the pattern; in the others a second line can only be part of a name.
            Trouble::Unmatched { .. } | Trouble::Pattern { .. } => text.lines().next().unwrap_or("").to_owned(),
            _ => text.clone(),
        };
        Self { ok: false, ..Self::done(line, text) }
    }
}

/// Does what a [`Request`] (as JSON) asks and gives back an [`Answered`] (as JSON). Never panics on any input.
pub fn inside(request: &[u8]) -> Vec<u8> {
    let answered = match serde_json::from_slice::<Request>(request) {
        Ok(request) => answer(&request).unwrap_or_else(|trouble| Answered::trouble(&trouble)),
        Err(error) => Answered::trouble(&Trouble::Request { why: error.to_string() }),
    };
    serde_json::to_vec(&answered).unwrap_or_else(|_| br#"{"ok":false,"text":"no answer","line":"no answer"}"#.to_vec())
}

fn answer(request: &Request) -> Result<Answered, Trouble> {
    let tree = Tree::open(&request.tree)?;
    match &request.deed {
        Deed::Read { path, offset, limit } => read::read(&tree, path, *offset, *limit),
        Deed::List { path } => list::list(&tree, path),
        Deed::Glob { pattern, path } => glob::glob(&tree, pattern, path),
        Deed::Grep { pattern, path, glob, case_sensitive } => {
            grep::grep(&tree, path, &grep::Wanted { pattern, glob, case_sensitive: *case_sensitive })
        }
        Deed::Outline { path } => outline::outline(&tree, path),
        Deed::Map { path, budget, about } => outline::map(&tree, path, *budget, about),
        Deed::FindSymbol { symbol, path, line, seeks } => {
            symbol::find(&tree, &symbol::Wanted { symbol, path, line: *line, seeks: *seeks }, &request.step)
        }
        Deed::Write { path, content } => write::write(&tree, path, &request.bytes(content)?),
        Deed::Edit { path, edits } => edit::edit(&tree, path, request.text(edits)?),
        Deed::Delete { path } => remove::remove(&tree, path),
        Deed::Move { from, to } => relocate::relocate(&tree, from, to),
        Deed::Shell { .. }
        | Deed::Output { .. }
        | Deed::StopJob { .. }
        | Deed::Plan { .. }
        | Deed::Delegate { .. }
        | Deed::Take { .. }
        | Deed::Change { .. }
        | Deed::Land { .. }
        | Deed::Accept { .. }
        | Deed::Publish { .. }
        | Deed::Remember { .. }
        | Deed::Forget { .. }
        | Deed::Govern { .. }
        | Deed::Reach { .. }
        | Deed::LanguageStart { .. }
        | Deed::Fetch { .. }
        | Deed::McpStart { .. }
        | Deed::McpTrust { .. }
        | Deed::McpCall { .. }
        | Deed::Hand { .. } => Err(Trouble::NotMine { deed: request.deed.line() }),
    }
}

impl Request {
    fn text(&self, digest: &Digest) -> Result<&str, Trouble> {
        match self.blobs.get(digest) {
            Some(Blob::Text(text)) => Ok(text),
            Some(Blob::Bytes { .. }) | None => Err(Trouble::NoBlob { digest: digest.to_string() }),
        }
    }

    fn bytes(&self, digest: &Digest) -> Result<Cow<'_, [u8]>, Trouble> {
        match self.blobs.get(digest) {
            Some(Blob::Text(text)) => Ok(Cow::Borrowed(text.as_bytes())),
            Some(Blob::Bytes { base64 }) => STANDARD.decode(base64).map(Cow::Owned).map_err(|e| Trouble::Request { why: e.to_string() }),
            None => Err(Trouble::NoBlob { digest: digest.to_string() }),
        }
    }
}

/// How much text of listings and matches is given to a model.
const MOST_TEXT: usize = 30_000;

/// How many bytes, in words.
fn bytes(n: u64) -> String {
    action::Count::new(n, "bytes").to_string()
}

/// Why a deed was not done. Unless it says otherwise, nothing was changed.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error("the request cannot be read: {why}")]
    Request { why: String },
    #[error("`{deed}` is not done by the file hands")]
    NotMine { deed: String },
    #[error("the bytes of {digest} did not come with the request")]
    NoBlob { digest: String },
    #[error("`{path}` is outside the work tree; the file tools stay inside it (a shell command may read what the box shows)")]
    Outside { path: String },
    #[error("`{path}` does not exist{}", hint(near))]
    Missing { path: String, near: Option<String> },
    #[error("`{path}` is a directory; use `list`")]
    IsDirectory { path: String },
    #[error("`{path}` is not a directory")]
    NotDirectory { path: String },
    #[error("`{path}` is not a regular file")]
    Special { path: String },
    #[error("`{path}` is a link that leads nowhere; delete it first")]
    Dangling { path: String },
    #[error("`{path}` is the work tree itself; name something in it")]
    Root { path: String },
    #[error("`{path}` exists already; delete it first or choose another name")]
    Exists { path: String },
    #[error("`{path}` cannot be moved into itself")]
    IntoItself { path: String },
    #[error("`{path}` is protected: the box does not let it be changed")]
    Protected { path: String },
    #[error("`{path}` has {size}; at most {most} can be edited, use a shell command")]
    TooLarge { path: String, size: String, most: String },
    #[error("`{path}` is {kind}, not text; use a shell command")]
    NotText { path: String, kind: &'static str },
    #[error("`{path}` is not UTF-8, so only ASCII text can be replaced in it; use a shell command")]
    NotUtf8 { path: String },
    #[error("`{path}`: {why}")]
    Unmatched { path: String, why: crate::replace::Unmatched },
    #[error("searching `{path}` took too long; start further down, or give a narrower glob")]
    TooLong { path: String },
    #[error("{why}")]
    Pattern { why: String },
    #[error("`{path}` has only {lines}; `offset` {offset} is past the end")]
    PastEnd { path: String, lines: String, offset: u64 },
    #[error("no room is left in the box: `{path}` was not changed")]
    Full { path: String },
    #[error("`{path}` has no outline: {why}; use `read`")]
    NoOutline { path: String, why: String },
    #[error("`{symbol}` is not on line {line} of `{path}`{}", lines_with(there))]
    NotOnLine { symbol: String, path: String, line: u64, there: Vec<u64> },
    #[error("`{path}` was copied to `{to}`, but could not be removed: {why}")]
    HalfMoved { path: String, to: String, why: String },
    #[error("`{path}`: {why}; some of it may be gone already")]
    HalfRemoved { path: String, why: String },
    #[error("`{path}`: {why}")]
    Io { path: String, why: String },
}

impl Trouble {
    /// The same failure of the system, in words that say what to do.
    fn of(path: &str, error: &std::io::Error) -> Self {
        use std::io::ErrorKind as K;
        let path = path.to_owned();
        match error.kind() {
            K::NotFound => Self::Missing { path, near: None },
            K::IsADirectory => Self::IsDirectory { path },
            K::NotADirectory => Self::NotDirectory { path },
            K::AlreadyExists => Self::Exists { path },
            K::PermissionDenied | K::ReadOnlyFilesystem | K::ResourceBusy => Self::Protected { path },
            K::StorageFull | K::QuotaExceeded => Self::Full { path },
            _ => Self::Io { path, why: error.to_string() },
        }
    }
}

fn hint(near: &Option<String>) -> String {
    near.as_ref().map_or_else(String::new, |near| format!(" (did you mean `{near}`?)"))
}

/// Where a name is instead.
fn lines_with(lines: &[u64]) -> String {
    match lines.iter().map(u64::to_string).collect::<Vec<_>>() {
        none if none.is_empty() => ", and nowhere else in it".to_owned(),
        lines => format!("; it is on {}", lines.join(", ")),
    }
}

/// A path for one line of text: as a JSON string where it holds what would break the line, marked where it is not UTF-8.
fn shown(path: &Path) -> String {
    match path.to_str() {
        Some(text) if action::visible(text) == text => text.to_owned(),
        Some(text) => serde_json::to_string(text).unwrap_or_else(|_| action::visible(text).into_owned()),
        None => format!("{} (not UTF-8; only a shell command can name it)", action::visible(&path.to_string_lossy())),
    }
}

#[cfg(test)]
mod tests;
