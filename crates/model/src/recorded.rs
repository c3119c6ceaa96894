//! Plays a model's part from a file: one line of JSON a turn, made to be read and written by people.
//!
//! ```json
//! {"note": "what this recording is about"}
//! {"expect": {"said": "fix the typo"}, "say": "I look at it first.", "calls": [{"name": "read", "arguments": {"path": "{{tree}}/README.md"}}]}
//! {"expect": {"results": ["Cuontersign"]}, "say": "Done.", "usage": {"input": 900, "cached": 800, "output": 12}}
//! ```
//!
//! `expect.said` are texts that the last user message has to contain, `expect.results` texts that its results have to
//! contain; either may be one text or a list. `{{name}}` is filled in from what the face gives; `{{!name}}` stands for
//! `{{name}}` itself. `think` is shown as thinking, `stop` is `max_output` or `refusal` if the turn ends that way. One file
//! is one session; lines that only have a `note`, and empty lines, are skipped. Reading it has no effect on anything.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::attachment::Medium;
use crate::message::{Delta, Message, Part, Reply, Request, StopReason, Usage};
use crate::protocol::shortened;
use crate::{Model, ModelError};

const CONTEXT: u64 = 200_000;

/// A model whose replies are known in advance.
#[derive(Debug)]
pub struct Recorded {
    name: String,
    file: String,
    turns: Vec<(usize, Turn)>,
    played: usize,
    context_limit: u64,
}

/// Why a recording cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum BadRecording {
    /// It cannot be read.
    #[error("the recording `{file}` cannot be read: {why}")]
    Unreadable {
        /// Its file.
        file: String,
        /// What the system said.
        why: std::io::Error,
    },
    /// A line is not a turn.
    #[error("line {line} of the recording `{file}` is not a turn: {why}")]
    NotATurn {
        /// Its file.
        file: String,
        /// Counted from one.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
    /// A variable that nobody gave.
    #[error("line {line} of the recording `{file}` needs a value for `{{{{{name}}}}}`")]
    NotFilled {
        /// Its file.
        file: String,
        /// Counted from one.
        line: usize,
        /// Which variable.
        name: String,
    },
    /// Nothing to play.
    #[error("the recording `{file}` has no turns")]
    Empty {
        /// Its file.
        file: String,
    },
}

/// One line.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Turn {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) expect: Option<Expected>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) think: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) say: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) calls: Vec<CallSaid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) stop: Option<Stop>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) usage: Option<UsageSaid>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expected {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    said: Option<Texts>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    results: Option<Texts>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    images: Option<Texts>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Texts {
    One(String),
    Many(Vec<String>),
}

/// Arguments are an object; a text stands for what was emitted and is perhaps not JSON at all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CallSaid {
    pub(crate) name: String,
    pub(crate) arguments: Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stop {
    MaxOutput,
    Refusal,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct UsageSaid {
    pub(crate) input: u64,
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) cached: u64,
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) cache_written: u64,
    pub(crate) output: u64,
}

impl Recorded {
    /// Reads a recording whole, so that a mistake on the last line is found before the first is played.
    ///
    /// # Errors
    /// If it cannot be read, or a line is not a turn or needs a value that `fill` does not have.
    pub fn open(file: &Path, fill: &[(String, String)]) -> Result<Self, BadRecording> {
        let shown = file.display().to_string();
        match std::fs::read_to_string(file) {
            Ok(text) => Self::read(&shown, &text, fill),
            Err(why) => Err(BadRecording::Unreadable { file: shown, why }),
        }
    }

    /// As [`Recorded::open`], from text that is at hand; `file` is only its name.
    ///
    /// # Errors
    /// As [`Recorded::open`], but for reading.
    pub fn read(file: &str, text: &str, fill: &[(String, String)]) -> Result<Self, BadRecording> {
        let mut turns = Vec::new();
        for (line, text) in (1..).zip(text.lines()).filter(|(_, text)| !text.trim().is_empty()) {
            let turn = turn(file, line, text, fill)?;
            if turn != (Turn { note: turn.note.clone(), ..Turn::default() }) {
                turns.push((line, turn));
            }
        }
        if turns.is_empty() {
            return Err(BadRecording::Empty { file: file.to_owned() });
        }
        let stem = Path::new(file).file_stem().map_or_else(|| file.to_owned(), |stem| stem.to_string_lossy().into_owned());
        Ok(Self { name: format!("recorded/{stem}"), file: file.to_owned(), turns, played: 0, context_limit: CONTEXT })
    }

    /// Plays with another context limit than the usual 200,000.
    #[must_use]
    pub fn with_context_limit(mut self, limit: Option<u64>) -> Self {
        self.context_limit = limit.unwrap_or(self.context_limit);
        self
    }

    /// How many turns are left.
    pub fn left(&self) -> usize {
        self.turns.len().saturating_sub(self.played)
    }

    fn check(&self, line: usize, expected: Option<&Expected>, last: Option<&Message>) -> Result<(), ModelError> {
        let Some(expected) = expected else {
            return Ok(());
        };
        let (said, results) = last.map(heard).unwrap_or_default();
        let images: Vec<&str> = last.into_iter().flat_map(Message::attached).map(|file| file.name.as_str()).collect();
        let images = images.join("\n");
        for (wanted, there, place) in [(&expected.said, &said, "in the message"), (&expected.results, &results, "in a result"), (&expected.images, &images, "among the attached files")] {
            if let Some(text) = wanted.iter().flat_map(Texts::all).find(|text| !there.contains(text.as_str())) {
                return Err(ModelError::NotAsRecorded {
                    file: self.file.clone(),
                    line,
                    expected: format!("`{}` {place}", shortened(text, 200)),
                    found: format!("`{}`", shortened(there, 200)),
                });
            }
        }
        Ok(())
    }
}

impl Model for Recorded {
    fn name(&self) -> &str {
        &self.name
    }

    fn context_limit(&self) -> u64 {
        self.context_limit
    }

    /// Whatever was recorded took what it was given.
    fn takes(&self, _: Medium) -> bool {
        true
    }

    fn ask(&mut self, request: &Request, live: &mut dyn FnMut(Delta), cancel: &AtomicBool) -> Result<Reply, ModelError> {
        if cancel.load(Ordering::Relaxed) {
            return Err(ModelError::Cancelled);
        }
        let Some((line, turn)) = self.turns.get(self.played) else {
            return Err(ModelError::RecordingOver { file: self.file.clone(), turns: self.turns.len() });
        };
        self.check(*line, turn.expect.as_ref(), request.messages.last())?;
        self.played += 1;
        Ok(turn.play(self.played, live))
    }
}

impl Turn {
    fn play(&self, number: usize, live: &mut dyn FnMut(Delta)) -> Reply {
        let mut parts = Vec::new();
        if let Some(thought) = &self.think {
            live(Delta::Reasoning(thought.clone()));
        }
        if let Some(text) = self.say.as_ref().filter(|text| !text.is_empty()) {
            live(Delta::Text(text.clone()));
            parts.push(Part::Text { text: text.clone() });
        }
        for (order, call) in (1..).zip(&self.calls) {
            live(Delta::CallStarted { name: call.name.clone() });
            let arguments = call.arguments.as_str().map_or_else(|| call.arguments.to_string(), str::to_owned);
            parts.push(Part::Call { id: format!("call_{number}_{order}"), name: call.name.clone(), arguments });
        }
        let stop = match self.stop {
            None => StopReason::EndOfTurn,
            Some(Stop::MaxOutput) => StopReason::MaxOutput,
            Some(Stop::Refusal) => StopReason::Refusal,
        };
        let usage = self.usage.unwrap_or_default();
        let (input, output) = (usage.input, usage.output);
        Reply::settled(parts, stop, Usage { input, cached: usage.cached, cache_written: usage.cache_written, output })
    }
}

impl Texts {
    fn all(&self) -> &[String] {
        match self {
            Self::One(text) => std::slice::from_ref(text),
            Self::Many(texts) => texts,
        }
    }
}

/// The texts of a message, and the contents of its results.
fn heard(message: &Message) -> (String, String) {
    let results: Vec<&str> = message
        .parts
        .iter()
        .filter_map(|part| match part {
            Part::Result { content, .. } => Some(content.as_str()),
            _ => None,
        })
        .collect();
    (message.text(), results.join("\n"))
}

fn turn(file: &str, line: usize, text: &str, fill: &[(String, String)]) -> Result<Turn, BadRecording> {
    let bad = |why: String| BadRecording::NotATurn { file: file.to_owned(), line, why };
    let mut value: Value = serde_json::from_str(text).map_err(|error| bad(error.to_string()))?;
    fill_in(&mut value, fill).map_err(|name| BadRecording::NotFilled { file: file.to_owned(), line, name })?;
    let turn: Turn = serde_json::from_value(value).map_err(|error| bad(error.to_string()))?;
    match turn.calls.iter().find(|call| !call.arguments.is_object() && !call.arguments.is_string()) {
        Some(call) => Err(bad(format!("the arguments of `{}` are neither an object nor a text", call.name))),
        None => Ok(turn),
    }
}

/// Fills in every text in a tree; fails with the name of a variable that has no value.
fn fill_in(value: &mut Value, fill: &[(String, String)]) -> Result<(), String> {
    match value {
        Value::String(text) if text.contains("{{") => {
            *text = filled(text, fill)?;
            Ok(())
        }
        Value::Array(items) => items.iter_mut().try_for_each(|item| fill_in(item, fill)),
        Value::Object(map) => map.values_mut().try_for_each(|item| fill_in(item, fill)),
        _ => Ok(()),
    }
}

fn filled(text: &str, fill: &[(String, String)]) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let (inside, left) = after.split_once("}}").unwrap_or(("", after));
        let literal = inside.strip_prefix('!').filter(|name| is_name(name.trim_start_matches('!')));
        match (literal, fill.iter().find(|(name, _)| name == inside)) {
            (Some(name), _) => out.extend(["{{", name, "}}"]),
            (None, Some((_, value))) => out.push_str(value),
            (None, None) if is_name(inside) => return Err(inside.to_owned()),
            (None, None) => {
                out.push_str("{{");
                rest = after;
                continue;
            }
        }
        rest = left;
    }
    out.push_str(rest);
    Ok(out)
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

#[cfg(test)]
mod tests;
