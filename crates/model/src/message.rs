//! What is said to a model and what it says back, in words that belong to no vendor.
//!
//! These types are written to the ledger as canonical JSON: they hold no floating point numbers, and what a vendor
//! wants back byte for byte (signed thinking, encrypted reasoning) is kept as the text it came as.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::attachment::Attachment;

/// One turn's question: everything the model is to know.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Standing instructions.
    pub system: String,
    /// The conversation so far, oldest first. It ends with a user message.
    pub messages: Vec<Message>,
    /// What the model may call.
    pub tools: Vec<ToolShape>,
    /// Most tokens that the reply may have, thinking included.
    pub max_output: u32,
}

/// A tool as the model is told of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolShape {
    /// Letters, digits, `_` and `-`; at most 64.
    pub name: String,
    /// What it does and when to use it.
    pub description: String,
    /// JSON Schema of its arguments, of type `object`.
    pub parameters: serde_json::Value,
}

/// One person's or model's part of the conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What is said, in order.
    pub parts: Vec<Part>,
}

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The person, or the program answering a call.
    User,
    /// The model.
    Assistant,
}

/// One piece of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Part {
    /// Plain text.
    Text {
        /// The text.
        text: String,
    },
    /// An image or a document. A model that is not known to take such is told its name instead.
    Attached {
        /// Which.
        file: Attachment,
    },
    /// What one vendor wants back unchanged: signed thinking, encrypted reasoning, the phase of a message. It goes back
    /// to the model that made it and to no other, since vendors bind it to model and conversation.
    Reasoning {
        /// Name of the model that made it, as [`Model::name`](crate::Model::name) gives it.
        from: String,
        /// A JSON object, byte for byte as it is to be sent back.
        json: String,
    },
    /// The model asks for a tool.
    Call {
        /// The model's own name for this call; the result repeats it.
        id: String,
        /// Which tool.
        name: String,
        /// The arguments as they were emitted: JSON text, not yet read and perhaps not even JSON.
        arguments: String,
    },
    /// What came of a call.
    Result {
        /// The id of the call.
        call: String,
        /// What the model is to read.
        content: String,
        /// Whether it failed. Only Anthropic has a field for it, so the content has to say it too.
        is_error: bool,
    },
}

/// A whole reply. Calls are in it only if `stop` is [`StopReason::Calls`]: what a model had begun to ask for when it was
/// cut off or refused is dropped, never executed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// What the model said; append it to the conversation as it is.
    pub message: Message,
    /// Why it ended.
    pub stop: StopReason,
    /// What it cost.
    pub usage: Usage,
}

/// Why a reply ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// The model has nothing more to say.
    EndOfTurn,
    /// It waits for the results of its calls.
    Calls,
    /// `max_output` was reached.
    MaxOutput,
    /// The model or its vendor declined.
    Refusal,
    /// A reason that this version does not know, in the vendor's word.
    Other(String),
}

/// Tokens, counted by the vendor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// The whole prompt, cached tokens included.
    pub input: u64,
    /// Of the prompt, read from the vendor's cache.
    pub cached: u64,
    /// Of the prompt, written to the vendor's cache.
    pub cache_written: u64,
    /// The reply, thinking included.
    pub output: u64,
}

/// What can be shown while a reply arrives. Never to be acted on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delta {
    /// More text.
    Text(String),
    /// More of the model's thinking, as far as the vendor shows it.
    Reasoning(String),
    /// A call began; its arguments are still on the way.
    CallStarted {
        /// Which tool.
        name: String,
    },
    /// The vendor has no room just now; the same request goes out again after `wait`.
    Waiting {
        /// How long.
        wait: Duration,
        /// What it said.
        why: String,
    },
}

impl Message {
    /// A user message of one text.
    pub fn user(text: impl Into<String>) -> Self {
        Self { role: Role::User, parts: vec![Part::Text { text: text.into() }] }
    }

    /// A user message that answers calls.
    pub fn results(parts: Vec<Part>) -> Self {
        Self { role: Role::User, parts }
    }

    /// The calls in it: id, name, arguments.
    pub fn calls(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.parts.iter().filter_map(|part| match part {
            Part::Call { id, name, arguments } => Some((id.as_str(), name.as_str(), arguments.as_str())),
            _ => None,
        })
    }

    /// The images and documents in it.
    pub fn attached(&self) -> impl Iterator<Item = &Attachment> {
        self.parts.iter().filter_map(|part| match part {
            Part::Attached { file } => Some(file),
            _ => None,
        })
    }

    /// Its texts, joined by line ends.
    pub fn text(&self) -> String {
        let texts: Vec<&str> = self
            .parts
            .iter()
            .filter_map(|part| match part {
                Part::Text { text } => Some(text.as_str()),
                _ => None,
            })
            .collect();
        texts.join("\n")
    }
}

impl Reply {
    /// Settles what a vendor reported into a reply that keeps the promise about calls.
    pub(crate) fn settled(parts: Vec<Part>, stop: StopReason, usage: Usage) -> Self {
        let has_calls = parts.iter().any(|part| matches!(part, Part::Call { .. }));
        // Several servers end a reply that has calls with the word for an ordinary end.
        let stop = if has_calls && stop == StopReason::EndOfTurn { StopReason::Calls } else { stop };
        let whole = stop == StopReason::Calls;
        let parts = parts.into_iter().filter(|part| whole || !matches!(part, Part::Call { .. })).collect();
        Self { message: Message { role: Role::Assistant, parts }, stop, usage }
    }
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EndOfTurn => f.write_str("end of turn"),
            Self::Calls => f.write_str("calls"),
            Self::MaxOutput => f.write_str("output limit"),
            Self::Refusal => f.write_str("refusal"),
            Self::Other(word) => f.write_str(word),
        }
    }
}

#[cfg(test)]
mod tests;
