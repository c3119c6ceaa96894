//! Writes down what a live model says, so that it can be played again.
//!
//! Each turn is one line, on disk before the reply is handed out: if the power goes, the recording ends after a whole
//! turn. If a turn cannot be kept the reply is not handed out either. Secrets are taken out first; given values (the path
//! of the work tree, say) become `{{name}}`. What people said and what tools answered is not kept.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use serde_json::Value;

use crate::attachment::Medium;
use crate::message::{Delta, Part, Reply, Request, StopReason};
use crate::recorded::{CallSaid, Stop, Turn, UsageSaid};
use crate::scrub::{Scrub, each_text};
use crate::{Model, ModelError};

/// A model whose replies are kept.
pub struct Recorder {
    inner: Box<dyn Model>,
    path: PathBuf,
    file: File,
    scrub: Scrub,
    /// Longest value first.
    names: Vec<(String, String)>,
}

/// Why a recording cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// It could not be begun.
    #[error("the recording `{path}` cannot be begun: {why}")]
    NotBegun {
        /// Its file.
        path: PathBuf,
        /// What the system said.
        why: std::io::Error,
    },
    /// A turn could not be made durable. The file may have all, part or nothing of its line.
    #[error("the turn could not be kept in the recording `{path}`: {why}")]
    NotKept {
        /// Its file.
        path: PathBuf,
        /// What the system said.
        why: std::io::Error,
    },
}

impl Recorder {
    /// Begins a recording in a new file; an existing one is never written over. In what is kept, each value of `names`
    /// is replaced by its `{{name}}`.
    ///
    /// # Errors
    /// If the file exists or cannot be made.
    pub fn begin(inner: Box<dyn Model>, path: &Path, scrub: Scrub, names: &[(String, String)]) -> Result<Self, RecordError> {
        let not_begun = |why| RecordError::NotBegun { path: path.to_owned(), why };
        let file = OpenOptions::new().append(true).create_new(true).open(path).map_err(not_begun)?;
        let mut names: Vec<_> = names.iter().filter(|(_, value)| !value.is_empty()).cloned().collect();
        names.sort_by_key(|(_, value)| std::cmp::Reverse(value.len()));
        let mut recorder = Self { inner, path: path.to_owned(), file, scrub, names };
        let note = Turn { note: Some(format!("recorded from {}", recorder.inner.name())), ..Turn::default() };
        recorder.write(&note).and_then(|()| sync_folder(path)).map_err(not_begun)?;
        Ok(recorder)
    }

    fn keep(&mut self, reply: &Reply) -> Result<(), RecordError> {
        let turn = self.turn(reply);
        self.write(&turn).map_err(|why| RecordError::NotKept { path: self.path.clone(), why })
    }

    fn turn(&self, reply: &Reply) -> Turn {
        let say = self.public(&reply.message.text());
        let calls = reply.message.parts.iter().filter_map(|part| match part {
            Part::Call { name, arguments, .. } => {
                Some(CallSaid { name: self.public(name), arguments: self.arguments(arguments) })
            }
            _ => None,
        });
        let stop = match reply.stop {
            StopReason::MaxOutput => Some(Stop::MaxOutput),
            StopReason::Refusal => Some(Stop::Refusal),
            StopReason::EndOfTurn | StopReason::Calls | StopReason::Other(_) => None,
        };
        let usage = reply.usage;
        let (input, output) = (usage.input, usage.output);
        Turn {
            say: Some(say),
            calls: calls.collect(),
            stop,
            usage: Some(UsageSaid { input, cached: usage.cached, cache_written: usage.cache_written, output }),
            ..Turn::default()
        }
    }

    /// An object if it is one, else the text that was emitted.
    fn arguments(&self, emitted: &str) -> Value {
        match serde_json::from_str::<Value>(emitted) {
            Ok(mut value @ Value::Object(_)) => {
                each_text(&mut value, &|text| self.public(text), &|name| self.scrub.text(name));
                value
            }
            _ => Value::String(self.public(emitted)),
        }
    }

    /// Text without secrets, with names for given values, and such that playing it gives this text again.
    fn public(&self, text: &str) -> String {
        let mut text = escaped(&self.scrub.text(text));
        for (name, value) in &self.names {
            text = text.replace(value.as_str(), &format!("{{{{{name}}}}}"));
        }
        text
    }

    fn write(&mut self, turn: &Turn) -> std::io::Result<()> {
        let mut line = serde_json::to_vec(turn).map_err(std::io::Error::other)?;
        line.push(b'\n');
        self.file.write_all(&line)?;
        self.file.sync_data()
    }
}

impl Model for Recorder {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn context_limit(&self) -> u64 {
        self.inner.context_limit()
    }

    fn takes(&self, medium: Medium) -> bool {
        self.inner.takes(medium)
    }

    fn ask(&mut self, request: &Request, live: &mut dyn FnMut(Delta), cancel: &AtomicBool) -> Result<Reply, ModelError> {
        let reply = self.inner.ask(request, live, cancel)?;
        self.keep(&reply)?;
        Ok(reply)
    }
}

/// `{{name}}` that the model itself said must not be filled in when played.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let inside = after.split_once("}}").map_or("", |(inside, _)| inside);
        let name = inside.trim_start_matches('!');
        let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        out.push_str(if is_name { "{{!" } else { "{{" });
        rest = after;
    }
    out.push_str(rest);
    out
}

fn sync_folder(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests;
