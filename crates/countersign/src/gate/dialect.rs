//! What each agent's hook says, and what it says that means.
//!
//! The dialect is recognised by its keys, or named. The list is closed, and so is each shape: an event, a field or a type that
//! is not known here is not guessed at. What a tool does is read from a table a dialect; a tool of no table, or one with an
//! argument that no row knows, is something that cannot be read, and says its name.

use action::ByHand;
use serde_json::{Map, Value};

mod acp;
mod claude;
mod codex;
mod cursor;
mod gemini;
mod goose;
mod kiro;
mod opencode;
mod patch;
mod qwen;
mod tool;

pub(crate) use acp::Choice;

/// One agent's way of asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Claude,
    Codex,
    Gemini,
    Qwen,
    Goose,
    Opencode,
    Cursor,
    Kiro,
    Acp,
}

/// All of them, by the names that `--as` and `--for` take.
pub(crate) const DIALECTS: [(&str, Dialect); 9] = [
    ("claude", Dialect::Claude),
    ("codex", Dialect::Codex),
    ("gemini", Dialect::Gemini),
    ("qwen", Dialect::Qwen),
    ("goose", Dialect::Goose),
    ("opencode", Dialect::Opencode),
    ("cursor", Dialect::Cursor),
    ("kiro", Dialect::Kiro),
    ("acp", Dialect::Acp),
];

/// What an agent asks for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Asked {
    /// Its own name for its session.
    pub(crate) session: String,
    /// Absolute path of the folder that its session is in.
    pub(crate) folder: String,
    /// Absolute path of the folder in which it does it.
    pub(crate) cwd: String,
    /// What it calls the tool.
    pub(crate) tool: String,
    /// What it would do.
    pub(crate) acts: Vec<ByHand>,
    /// The tool's whole input.
    pub(crate) input: Value,
    /// What kind of answer it waits for.
    pub(crate) phase: Phase,
}

/// What kind of answer is waited for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Phase {
    /// Silence, or a block.
    Tool,
    /// A grant in words, or a block.
    Permission,
    /// One of these choices, by JSON-RPC.
    Choice(Choice),
}

impl Dialect {
    /// By its name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        DIALECTS.iter().find(|(known, _)| *known == name).map(|(_, dialect)| *dialect)
    }

    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        DIALECTS.iter().find(|(_, known)| *known == self).map_or("agent", |(name, _)| name)
    }

    /// Whether what its hook says can put another input in place of the tool's own. Cursor, Kiro, goose and editors have no way to.
    pub(crate) fn rewrites(self) -> bool {
        matches!(self, Self::Claude | Self::Codex | Self::Gemini | Self::Qwen | Self::Opencode)
    }

    /// By the keys of what was said.
    pub(crate) fn of(said: &Map<String, Value>) -> Result<Self, NotUnderstood> {
        let event = said.get("hook_event_name").and_then(Value::as_str);
        let has = |key: &str| said.contains_key(key);
        match event {
            _ if has("jsonrpc") => Ok(Self::Acp),
            _ if has("opencode") => Ok(Self::Opencode),
            _ if has("event") && event.is_none() => Ok(Self::Goose),
            Some("BeforeTool") => Ok(Self::Gemini),
            Some(_) if has("conversation_id") => Ok(Self::Cursor),
            Some("preToolUse") => Ok(Self::Kiro),
            Some("PreToolUse" | "PermissionRequest") if has("turn_id") => Ok(Self::Codex),
            Some("PreToolUse" | "PermissionRequest") if has("timestamp") => Ok(Self::Qwen),
            Some("PreToolUse" | "PermissionRequest") => Ok(Self::Claude),
            Some(other) => Err(NotUnderstood::Event { event: other.to_owned() }),
            None => Err(NotUnderstood::NoDialect),
        }
    }

    /// What it says. `folder` is where this program runs, for those that do not say where they are.
    pub(crate) fn read(self, said: &Map<String, Value>, folder: &str) -> Result<Asked, NotUnderstood> {
        let asked = match self {
            Self::Claude => claude::read(said),
            Self::Codex => codex::read(said),
            Self::Gemini => gemini::read(said),
            Self::Qwen => qwen::read(said),
            Self::Goose => goose::read(said),
            Self::Opencode => opencode::read(said),
            Self::Cursor => cursor::read(said),
            Self::Kiro => kiro::read(said),
            Self::Acp => acp::read(said, folder),
        }?;
        match asked.folder.starts_with('/') && asked.cwd.starts_with('/') {
            true => Ok(asked),
            false => Err(NotUnderstood::Value { field: "cwd".into(), wanted: "an absolute path" }),
        }
    }
}

/// The fields of an object, of which each must be known.
pub(crate) struct Fields<'a>(&'a Map<String, Value>);

impl<'a> Fields<'a> {
    /// Those that are there, where all of them are among these.
    pub(crate) fn known(object: &'a Map<String, Value>, names: &[&str]) -> Result<Self, NotUnderstood> {
        match object.keys().find(|key| !names.contains(&key.as_str())) {
            Some(field) => Err(NotUnderstood::Field { field: field.clone() }),
            None => Ok(Self(object)),
        }
    }

    /// A text that must be there.
    pub(crate) fn text(&self, name: &str) -> Result<String, NotUnderstood> {
        match self.0.get(name) {
            Some(Value::String(text)) if !text.is_empty() => Ok(text.clone()),
            Some(_) => Err(NotUnderstood::Value { field: name.into(), wanted: "a text that is not empty" }),
            None => Err(NotUnderstood::Missing { field: name.into() }),
        }
    }

    /// The same where it may be absent.
    pub(crate) fn text_if_any(&self, name: &str) -> Result<Option<String>, NotUnderstood> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(_) => self.text(name).map(Some),
        }
    }

    /// An object that must be there.
    pub(crate) fn object(&self, name: &str) -> Result<&'a Map<String, Value>, NotUnderstood> {
        match self.0.get(name) {
            Some(Value::Object(object)) => Ok(object),
            Some(_) => Err(NotUnderstood::Value { field: name.into(), wanted: "an object" }),
            None => Err(NotUnderstood::Missing { field: name.into() }),
        }
    }

    /// One of these words.
    pub(crate) fn event(&self, name: &str, words: &[&str]) -> Result<String, NotUnderstood> {
        let event = self.text(name)?;
        match words.contains(&event.as_str()) {
            true => Ok(event),
            false => Err(NotUnderstood::Event { event }),
        }
    }
}

/// Why what an agent says is not understood. It must not go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotUnderstood {
    /// Of no shape that is known.
    #[error("what it says has the shape of no agent that is known here")]
    NoDialect,
    /// Another event.
    #[error("the event `{}` is not known here", action::visible(event))]
    Event {
        /// Which.
        event: String,
    },
    /// One field too many.
    #[error("the field `{}` is not known here: this version of the agent may be newer than this gate", action::visible(field))]
    Field {
        /// Which.
        field: String,
    },
    /// One field too few.
    #[error("the field `{field}` is missing")]
    Missing {
        /// Which.
        field: String,
    },
    /// Another type.
    #[error("the field `{field}` is not {wanted}")]
    Value {
        /// Which.
        field: String,
        /// What it should be.
        wanted: &'static str,
    },
}

#[cfg(test)]
mod tests;
