//! Anthropic Messages, streamed: <https://platform.claude.com/docs/en/api/messages>.
//!
//! Cache marks stand on the last tool, on the system prompt and on the last two user messages: the last one writes the
//! cache, the one before is where the previous request wrote it. Thinking comes back byte for byte, signature included,
//! to the model that thought it; a message never ends with it, since the API refuses that.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::attachment::Medium;
use crate::json::{object, raw, string, value};
use crate::limits;
use crate::message::{Delta, Message, Part, Reply, Request, Role, StopReason, Usage};
use crate::protocol::{Complaint, Draft, Progress, Protocol};

const MARK: &str = r#","cache_control":{"type":"ephemeral"}"#;

/// Writes requests for one Claude model.
pub(crate) struct Anthropic {
    /// Name as the API knows it.
    pub(crate) model: String,
    /// Name as a person knows it; tags thinking.
    pub(crate) name: String,
}

impl Protocol for Anthropic {
    type Draft = AnthropicDraft;

    fn head(&self, request: &Request, out: &mut Vec<u8>) {
        raw(out, r#"{"model":"#);
        string(out, &self.model);
        raw(out, r#","max_tokens":"#);
        value(out, &request.max_output);
        raw(out, r#","stream":true"#);
        if limits::thinks_adaptively(&self.model) {
            raw(out, r#","thinking":{"type":"adaptive","display":"summarized"}"#);
        }
        if !request.system.trim().is_empty() {
            raw(out, r#","system":[{"type":"text","text":"#);
            string(out, &request.system);
            raw(out, MARK);
            raw(out, "}]");
        }
        write_tools(request, out);
        raw(out, r#","messages":["#);
    }

    fn message(&self, message: &Message, out: &mut Vec<u8>) {
        self.write(message, "", out);
    }

    /// Marks move, so the last two user messages and what lies between them are written anew each time.
    fn settled(&self, messages: &[Message]) -> usize {
        let users = messages.iter().enumerate().rev().filter(|(_, message)| message.role == Role::User);
        users.take(2).last().map_or(messages.len(), |(index, _)| index)
    }

    fn unsettled(&self, messages: &[Message], out: &mut Vec<u8>) {
        for message in messages {
            self.write(message, if message.role == Role::User { MARK } else { "" }, out);
        }
    }

    fn takes(&self, medium: Medium) -> bool {
        limits::takes(&self.model, medium)
    }

    fn draft(&self) -> AnthropicDraft {
        AnthropicDraft { name: self.name.clone(), ..AnthropicDraft::default() }
    }
}

impl Anthropic {
    /// One message, with `mark` on its last block. Nothing at all if it has no block that may be sent.
    fn write(&self, message: &Message, mark: &str, out: &mut Vec<u8>) {
        let mut parts: Vec<&Part> = message.parts.iter().filter(|part| self.is_sendable(part)).collect();
        if message.role == Role::Assistant {
            let last = parts.iter().rposition(|part| !matches!(part, Part::Reasoning { .. }));
            parts.truncate(last.map_or(0, |index| index + 1));
        }
        // Results answer the calls of the message before, and have to come first.
        parts.sort_by_key(|part| message.role == Role::User && !matches!(part, Part::Result { .. }));
        let Some((last, rest)) = parts.split_last() else {
            return;
        };
        let role = if message.role == Role::User { "user" } else { "assistant" };
        raw(out, r#",{"role":""#);
        raw(out, role);
        raw(out, r#"","content":["#);
        for part in rest {
            self.write_block(part, "", out);
            out.push(b',');
        }
        self.write_block(last, mark, out);
        raw(out, "]}");
    }

    fn is_sendable(&self, part: &Part) -> bool {
        match part {
            Part::Text { text } => !text.trim().is_empty(),
            Part::Reasoning { from, .. } => *from == self.name,
            Part::Attached { .. } | Part::Call { .. } | Part::Result { .. } => true,
        }
    }

    fn write_block(&self, part: &Part, mark: &str, out: &mut Vec<u8>) {
        match part {
            Part::Text { text } => {
                raw(out, r#"{"type":"text","text":"#);
                string(out, text);
            }
            Part::Attached { file } if self.takes(file.medium()) => {
                let kind = match file.medium() {
                    Medium::Images => "image",
                    Medium::Pdfs => "document",
                };
                raw(out, r#"{"type":"#);
                string(out, kind);
                raw(out, r#","source":{"type":"base64","media_type":"#);
                string(out, file.mime());
                raw(out, r#","data":"#);
                string(out, &file.data);
                out.push(b'}');
            }
            Part::Attached { file } => {
                raw(out, r#"{"type":"text","text":"#);
                string(out, &file.unshown());
            }
            Part::Reasoning { json, .. } => return raw(out, json),
            Part::Call { id, name, arguments } => {
                raw(out, r#"{"type":"tool_use","id":"#);
                string(out, &plain_id(id));
                raw(out, r#","name":"#);
                string(out, name);
                raw(out, r#","input":"#);
                raw(out, &object(arguments));
            }
            Part::Result { call, content, is_error } => {
                raw(out, r#"{"type":"tool_result","tool_use_id":"#);
                string(out, &plain_id(call));
                raw(out, r#","content":"#);
                string(out, content);
                if *is_error {
                    raw(out, r#","is_error":true"#);
                }
            }
        }
        raw(out, mark);
        out.push(b'}');
    }
}

fn write_tools(request: &Request, out: &mut Vec<u8>) {
    let Some((last, rest)) = request.tools.split_last() else {
        return;
    };
    raw(out, r#","tools":["#);
    for (tool, mark) in rest.iter().map(|tool| (tool, "")).chain([(last, MARK)]) {
        if out.last() != Some(&b'[') {
            out.push(b',');
        }
        raw(out, r#"{"name":"#);
        string(out, &tool.name);
        raw(out, r#","description":"#);
        string(out, &tool.description);
        raw(out, r#","input_schema":"#);
        value(out, &tool.parameters);
        raw(out, mark);
        out.push(b'}');
    }
    out.push(b']');
}

/// The API takes letters, digits, `_` and `-`; a history that another vendor's model began may have more.
fn plain_id(id: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '_' };
    if id.is_empty() { "_".into() } else { id.chars().map(plain).collect() }
}

/// Gathers one message.
#[derive(Debug, Default)]
pub(crate) struct AnthropicDraft {
    name: String,
    blocks: BTreeMap<usize, Block>,
    stop: Option<String>,
    usage: Counts,
    done: bool,
}

#[derive(Debug)]
enum Block {
    Text(String),
    Thinking { thinking: String, signature: String },
    Kept(String),
    Call { id: String, name: String, input: String, begun: String },
    Unknown,
}

impl Draft for AnthropicDraft {
    fn event(&mut self, data: &str, live: &mut dyn FnMut(Delta)) -> Result<Progress, Complaint> {
        let event: Event = serde_json::from_str(data).map_err(|error| Complaint::unreadable(&error, data))?;
        match event.kind.as_str() {
            "message_start" => self.usage.update(event.message.and_then(|message| message.usage)),
            "content_block_start" => self.start(event.index, event.content_block, live)?,
            "content_block_delta" => self.grow(event.index, event.delta, live)?,
            "message_delta" => {
                self.usage.update(event.usage);
                self.stop = event.delta.and_then(|delta| delta.stop_reason).or(self.stop.take());
            }
            "message_stop" => {
                self.done = true;
                return Ok(Progress::Done);
            }
            "error" => {
                let error = event.error.unwrap_or_default();
                return Err(Complaint::failed(&error.kind, &error.message));
            }
            _ => {}
        }
        Ok(Progress::More)
    }

    fn finish(self) -> Result<Reply, Complaint> {
        let (true, Some(stop)) = (self.done, self.stop) else {
            return Err(Complaint::Unfinished);
        };
        let name = self.name;
        let parts: Vec<Part> = self.blocks.into_values().filter_map(|block| block.part(&name)).collect();
        let stop = match stop.as_str() {
            "end_turn" | "stop_sequence" => StopReason::EndOfTurn,
            "tool_use" => StopReason::Calls,
            "max_tokens" => StopReason::MaxOutput,
            "refusal" => StopReason::Refusal,
            _ => StopReason::Other(stop),
        };
        if stop == StopReason::Calls && !parts.iter().any(|part| matches!(part, Part::Call { .. })) {
            return Err(Complaint::Garbled("it waits for calls that it did not make".into()));
        }
        Ok(Reply::settled(parts, stop, self.usage.settled()))
    }
}

impl AnthropicDraft {
    fn start(&mut self, index: Option<usize>, block: Option<&RawValue>, live: &mut dyn FnMut(Delta)) -> Result<(), Complaint> {
        let (Some(index), Some(json)) = (index, block) else {
            return Err(Complaint::Garbled("a block begins without index or content".into()));
        };
        let begun: Begun = serde_json::from_str(json.get()).map_err(|error| Complaint::unreadable(&error, json.get()))?;
        let block = match begun.kind.as_str() {
            "text" => Block::Text(begun.text),
            "thinking" => Block::Thinking { thinking: begun.thinking, signature: begun.signature },
            "redacted_thinking" => Block::Kept(json.get().to_owned()),
            "tool_use" => {
                live(Delta::CallStarted { name: begun.name.clone() });
                let begun_input = begun.input.map_or_else(String::new, |input| input.get().to_owned());
                Block::Call { id: begun.id, name: begun.name, input: String::new(), begun: begun_input }
            }
            _ => Block::Unknown,
        };
        match self.blocks.insert(index, block) {
            None => Ok(()),
            Some(_) => Err(Complaint::Garbled(format!("block {index} begins twice"))),
        }
    }

    fn grow(&mut self, index: Option<usize>, delta: Option<Grown>, live: &mut dyn FnMut(Delta)) -> Result<(), Complaint> {
        let (Some(index), Some(delta)) = (index, delta) else {
            return Err(Complaint::Garbled("a delta without index or content".into()));
        };
        let Some(block) = self.blocks.get_mut(&index) else {
            return Err(Complaint::Garbled(format!("block {index} grows before it begins")));
        };
        match (delta.kind.as_str(), block) {
            ("text_delta", Block::Text(text)) => {
                text.push_str(&delta.text);
                live(Delta::Text(delta.text));
            }
            ("thinking_delta", Block::Thinking { thinking, .. }) => {
                thinking.push_str(&delta.thinking);
                live(Delta::Reasoning(delta.thinking));
            }
            ("signature_delta", Block::Thinking { signature, .. }) => signature.push_str(&delta.signature),
            ("input_json_delta", Block::Call { input, .. }) => input.push_str(&delta.partial_json),
            ("text_delta" | "thinking_delta" | "signature_delta" | "input_json_delta", Block::Unknown) => {}
            ("text_delta" | "thinking_delta" | "signature_delta" | "input_json_delta", _) => {
                return Err(Complaint::Garbled(format!("block {index} grows by a `{}` that is not its own", delta.kind)));
            }
            _ => {}
        }
        Ok(())
    }
}

impl Block {
    fn part(self, model: &str) -> Option<Part> {
        let from = || model.to_owned();
        match self {
            Self::Text(text) => (!text.is_empty()).then_some(Part::Text { text }),
            Self::Thinking { thinking, signature } => {
                let mut json = br#"{"type":"thinking","thinking":"#.to_vec();
                string(&mut json, &thinking);
                raw(&mut json, r#","signature":"#);
                string(&mut json, &signature);
                json.push(b'}');
                Some(Part::Reasoning { from: from(), json: String::from_utf8(json).ok()? })
            }
            Self::Kept(json) => Some(Part::Reasoning { from: from(), json }),
            Self::Call { id, name, input, begun } => {
                Some(Part::Call { id, name, arguments: if input.is_empty() { begun } else { input } })
            }
            Self::Unknown => None,
        }
    }
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(rename = "type")]
    kind: String,
    index: Option<usize>,
    message: Option<Started>,
    #[serde(borrow)]
    content_block: Option<&'a RawValue>,
    delta: Option<Grown>,
    usage: Option<Counts>,
    error: Option<Said>,
}

#[derive(Deserialize)]
struct Started {
    usage: Option<Counts>,
}

#[derive(Deserialize)]
struct Begun<'a> {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    thinking: String,
    #[serde(default)]
    signature: String,
    #[serde(default)]
    id: String,
    #[serde(default)]
    name: String,
    #[serde(borrow)]
    input: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Grown {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    thinking: String,
    #[serde(default)]
    signature: String,
    #[serde(default)]
    partial_json: String,
    stop_reason: Option<String>,
}

#[derive(Deserialize, Default)]
struct Said {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    message: String,
}

/// Anthropic counts cached tokens beside the others, and repeats counts cumulatively.
#[derive(Debug, Default, Deserialize)]
struct Counts {
    input_tokens: Option<u64>,
    cache_read_input_tokens: Option<u64>,
    cache_creation_input_tokens: Option<u64>,
    output_tokens: Option<u64>,
}

impl Counts {
    fn update(&mut self, newer: Option<Self>) {
        let Some(newer) = newer else {
            return;
        };
        self.input_tokens = newer.input_tokens.or(self.input_tokens);
        self.cache_read_input_tokens = newer.cache_read_input_tokens.or(self.cache_read_input_tokens);
        self.cache_creation_input_tokens = newer.cache_creation_input_tokens.or(self.cache_creation_input_tokens);
        self.output_tokens = newer.output_tokens.or(self.output_tokens);
    }

    fn settled(&self) -> Usage {
        let cached = self.cache_read_input_tokens.unwrap_or(0);
        let cache_written = self.cache_creation_input_tokens.unwrap_or(0);
        let fresh = self.input_tokens.unwrap_or(0);
        let input = fresh.saturating_add(cached).saturating_add(cache_written);
        Usage { input, cached, cache_written, output: self.output_tokens.unwrap_or(0) }
    }
}

#[cfg(test)]
mod tests;
