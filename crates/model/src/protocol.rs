//! What a protocol has to say for itself, so that connections, retries and bounds are written once.

use crate::attachment::Medium;
use crate::message::{Delta, Message, Reply, Request};

/// How one vendor writes a request and reads a reply.
pub(crate) trait Protocol: Send {
    /// What gathers one reply.
    type Draft: Draft;

    /// Appends the body up to the messages: `{…,"messages":[` and what leads them.
    fn head(&self, request: &Request, out: &mut Vec<u8>);

    /// Appends one message as any number of items, each with a leading comma.
    fn message(&self, message: &Message, out: &mut Vec<u8>);

    /// How many leading messages will be written the same in every later request.
    fn settled(&self, messages: &[Message]) -> usize {
        messages.len()
    }

    /// Appends the messages that are not settled.
    fn unsettled(&self, messages: &[Message], out: &mut Vec<u8>) {
        messages.iter().for_each(|message| self.message(message, out));
    }

    /// Whether the model is known to take these.
    fn takes(&self, medium: Medium) -> bool;

    /// A draft for the next reply.
    fn draft(&self) -> Self::Draft;
}

/// Gathers the events of one reply.
pub(crate) trait Draft {
    /// Takes the data of one event.
    fn event(&mut self, data: &str, live: &mut dyn FnMut(Delta)) -> Result<Progress, Complaint>;

    /// The whole reply. Called once the reply is `Done`, or when the body ended.
    fn finish(self) -> Result<Reply, Complaint>;
}

/// Whether more is to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    More,
    Done,
}

/// Why a reply cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Complaint {
    /// Not what the protocol says.
    Garbled(String),
    /// It ended before its end.
    Unfinished,
    /// The vendor broke off, with the status that its word stands for.
    Failed { status: u16, said: String },
}

impl Complaint {
    /// An event that is no JSON, or not of its shape.
    pub(crate) fn unreadable(error: &serde_json::Error, data: &str) -> Self {
        Self::Garbled(format!("{error} in `{}`", shortened(data, 120)))
    }

    /// The vendor's own word for why it broke off, as the HTTP status it stands for.
    pub(crate) fn failed(kind: &str, said: &str) -> Self {
        let status = match kind {
            "overloaded_error" | "server_is_overloaded" | "slow_down" | "engine_overloaded" => 529,
            "rate_limit_error" | "rate_limit_exceeded" => 429,
            "api_error" | "server_error" | "internal_server_error" => 500,
            "timeout_error" => 504,
            "authentication_error" => 401,
            "permission_error" => 403,
            "not_found_error" | "model_not_found" => 404,
            "request_too_large" | "context_length_exceeded" => 413,
            "invalid_request_error" | "invalid_prompt" => 400,
            // A broker says this, without any code, when its own connection to the vendor drops.
            _ if said.contains("aborted") => 502,
            _ => 0,
        };
        let said = if said.is_empty() { kind } else { said };
        Self::Failed { status, said: shortened(said, 500) }
    }
}

/// At most `limit` characters of `text`, control characters as spaces.
pub(crate) fn shortened(text: &str, limit: usize) -> String {
    let clean = |c: char| if c.is_control() { ' ' } else { c };
    let mut short: String = text.trim().chars().take(limit).map(clean).collect();
    if text.trim().chars().nth(limit).is_some() {
        short.push('…');
    }
    short
}
