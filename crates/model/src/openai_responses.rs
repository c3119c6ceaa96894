//! OpenAI Responses, streamed and stateless: <https://developers.openai.com/api/reference/resources/responses>.
//!
//! Nothing is stored with the vendor (`store: false`); reasoning comes back encrypted and is sent again with the item it
//! led to. The phase of an assistant message is kept the same way, since dropping it costs quality. Whole items are taken
//! from `response.output_item.done`; the deltas before are only shown.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::attachment::{Attachment, Medium};
use crate::json::{object, raw, string, value};
use crate::limits;
use crate::message::{Delta, Message, Part, Reply, Request, Role, StopReason, Usage};
use crate::protocol::{Complaint, Draft, Progress, Protocol};

/// Writes requests for one OpenAI model.
pub(crate) struct Responses {
    /// Name as the API knows it.
    pub(crate) model: String,
    /// Name as a person knows it; tags reasoning.
    pub(crate) name: String,
}

impl Protocol for Responses {
    type Draft = ResponsesDraft;

    fn head(&self, request: &Request, out: &mut Vec<u8>) {
        raw(out, r#"{"model":"#);
        string(out, &self.model);
        raw(out, r#","stream":true,"store":false,"max_output_tokens":"#);
        value(out, &request.max_output);
        if limits::reasons(&self.model) {
            raw(out, r#","include":["reasoning.encrypted_content"]"#);
        }
        if !request.system.is_empty() {
            raw(out, r#","instructions":"#);
            string(out, &request.system);
        }
        write_tools(request, out);
        raw(out, r#","input":["#);
    }

    fn message(&self, message: &Message, out: &mut Vec<u8>) {
        match message.role {
            Role::User => self.write_user(message, out),
            Role::Assistant => self.write_assistant(message, out),
        }
    }

    fn takes(&self, medium: Medium) -> bool {
        limits::takes(&self.model, medium)
    }

    fn draft(&self) -> ResponsesDraft {
        ResponsesDraft { name: self.name.clone(), ..ResponsesDraft::default() }
    }
}

impl Responses {
    /// Reasoning must be followed by what it led to, so what trails is left out.
    fn write_assistant(&self, message: &Message, out: &mut Vec<u8>) {
        let last = message.parts.iter().rposition(|part| !matches!(part, Part::Reasoning { .. }));
        let mut phase = None;
        for part in message.parts.iter().take(last.map_or(0, |index| index + 1)) {
            match part {
                Part::Reasoning { from, json } if *from == self.name => match phase_of(json) {
                    Some(found) => phase = Some(found),
                    None => {
                        out.push(b',');
                        raw(out, json);
                    }
                },
                Part::Text { text } if !text.is_empty() => write_said("assistant", text, phase.take().as_deref(), out),
                Part::Call { id, name, arguments } => {
                    raw(out, r#",{"type":"function_call","call_id":"#);
                    string(out, id);
                    raw(out, r#","name":"#);
                    string(out, name);
                    raw(out, r#","arguments":"#);
                    string(out, &object(arguments));
                    out.push(b'}');
                }
                Part::Reasoning { .. } | Part::Text { .. } | Part::Attached { .. } | Part::Result { .. } => {}
            }
        }
    }

    fn write_user(&self, message: &Message, out: &mut Vec<u8>) {
        for part in &message.parts {
            if let Part::Result { call, content, .. } = part {
                raw(out, r#",{"type":"function_call_output","call_id":"#);
                string(out, call);
                raw(out, r#","output":"#);
                string(out, content);
                out.push(b'}');
            }
        }
        for part in &message.parts {
            match part {
                Part::Text { text } if !text.is_empty() => write_said("user", text, None, out),
                Part::Attached { file } if self.takes(file.medium()) => write_attached(file, out),
                Part::Attached { file } => write_said("user", &file.unshown(), None, out),
                Part::Text { .. } | Part::Reasoning { .. } | Part::Call { .. } | Part::Result { .. } => {}
            }
        }
    }
}

fn write_attached(file: &Attachment, out: &mut Vec<u8>) {
    raw(out, r#",{"role":"user","content":[{"type":"#);
    match file.medium() {
        Medium::Images => raw(out, r#""input_image","detail":"high","image_url":"#),
        Medium::Pdfs => {
            raw(out, r#""input_file","filename":"#);
            string(out, &file.file_name());
            raw(out, r#","file_data":"#);
        }
    }
    string(out, &file.url());
    raw(out, "}]}");
}

fn write_said(role: &str, text: &str, phase: Option<&str>, out: &mut Vec<u8>) {
    raw(out, r#",{"role":""#);
    raw(out, role);
    raw(out, r#"","content":"#);
    string(out, text);
    if let Some(phase) = phase {
        raw(out, r#","phase":"#);
        string(out, phase);
    }
    out.push(b'}');
}

fn write_tools(request: &Request, out: &mut Vec<u8>) {
    if request.tools.is_empty() {
        return;
    }
    raw(out, r#","parallel_tool_calls":true,"tools":["#);
    for tool in &request.tools {
        if out.last() != Some(&b'[') {
            out.push(b',');
        }
        raw(out, r#"{"type":"function","name":"#);
        string(out, &tool.name);
        raw(out, r#","description":"#);
        string(out, &tool.description);
        raw(out, r#","parameters":"#);
        value(out, &tool.parameters);
        raw(out, r#","strict":false}"#);
    }
    out.push(b']');
}

#[derive(Deserialize)]
struct Phase {
    #[serde(rename = "type")]
    kind: String,
    phase: Option<String>,
}

fn phase_of(json: &str) -> Option<String> {
    let kept: Phase = serde_json::from_str(json).ok()?;
    kept.phase.filter(|_| kept.kind == "message")
}

/// Gathers one response.
#[derive(Debug, Default)]
pub(crate) struct ResponsesDraft {
    name: String,
    items: BTreeMap<usize, Vec<Part>>,
    end: Option<StopReason>,
    refused: bool,
    usage: Usage,
}

impl Draft for ResponsesDraft {
    fn event(&mut self, data: &str, live: &mut dyn FnMut(Delta)) -> Result<Progress, Complaint> {
        let event: Event = serde_json::from_str(data).map_err(|error| Complaint::unreadable(&error, data))?;
        let delta = event.delta.unwrap_or_default();
        match event.kind.as_str() {
            "response.output_text.delta" | "response.refusal.delta" => live(Delta::Text(delta)),
            "response.reasoning_summary_text.delta" | "response.reasoning_text.delta" => live(Delta::Reasoning(delta)),
            "response.reasoning_summary_part.added" if event.summary_index.unwrap_or(0) > 0 => {
                live(Delta::Reasoning("\n\n".into()));
            }
            "response.output_item.added" => {
                if let Some(Item { kind, name, .. }) = event.item.map(item).transpose()?
                    && kind == "function_call"
                {
                    live(Delta::CallStarted { name });
                }
            }
            "response.output_item.done" => {
                let (Some(index), Some(json)) = (event.output_index, event.item) else {
                    return Err(Complaint::Garbled("an item ends without index or content".into()));
                };
                let parts = self.parts(json)?;
                self.items.insert(index, parts);
            }
            "response.completed" | "response.incomplete" | "response.failed" => {
                self.end(event.response)?;
                return Ok(Progress::Done);
            }
            "error" => {
                let said = event.error.unwrap_or_default();
                let code = event.code.or(said.code).or(said.kind).unwrap_or_default();
                return Err(Complaint::failed(&code, &event.message.or(said.message).unwrap_or_default()));
            }
            _ => {}
        }
        Ok(Progress::More)
    }

    fn finish(self) -> Result<Reply, Complaint> {
        let Some(stop) = self.end else {
            return Err(Complaint::Unfinished);
        };
        let stop = if self.refused { StopReason::Refusal } else { stop };
        Ok(Reply::settled(self.items.into_values().flatten().collect(), stop, self.usage))
    }
}

impl ResponsesDraft {
    fn end(&mut self, response: Option<Ended>) -> Result<(), Complaint> {
        let Some(response) = response else {
            return Err(Complaint::Garbled("the response ends without saying how".into()));
        };
        if let Some(usage) = response.usage {
            self.usage = usage.settled();
        }
        if self.items.is_empty() {
            for (index, json) in response.output.unwrap_or_default().into_iter().enumerate() {
                let parts = self.parts(json)?;
                self.items.insert(index, parts);
            }
        }
        let reason = response.incomplete_details.and_then(|details| details.reason);
        self.end = Some(match (response.status.as_str(), reason.as_deref()) {
            ("completed", _) => StopReason::EndOfTurn,
            ("incomplete", Some("max_output_tokens")) => StopReason::MaxOutput,
            ("incomplete", Some("content_filter")) => StopReason::Refusal,
            ("incomplete", Some(other)) => StopReason::Other(other.to_owned()),
            (status, _) => {
                let said = response.error.unwrap_or_default();
                let code = said.code.or(said.kind).unwrap_or_else(|| status.to_owned());
                return Err(Complaint::failed(&code, &said.message.unwrap_or_default()));
            }
        });
        Ok(())
    }

    fn parts(&mut self, json: &RawValue) -> Result<Vec<Part>, Complaint> {
        let item = item(json)?;
        Ok(match item.kind.as_str() {
            "reasoning" => vec![Part::Reasoning { from: self.name.clone(), json: json.get().to_owned() }],
            "function_call" => vec![Part::Call { id: item.call_id, name: item.name, arguments: item.arguments }],
            "message" => self.said(item),
            _ => Vec::new(),
        })
    }

    fn said(&mut self, item: Item) -> Vec<Part> {
        let mut parts = Vec::new();
        if let Some(phase) = item.phase {
            let mut json = br#"{"type":"message","phase":"#.to_vec();
            string(&mut json, &phase);
            json.push(b'}');
            parts.extend(String::from_utf8(json).ok().map(|json| Part::Reasoning { from: self.name.clone(), json }));
        }
        let mut text = String::new();
        for content in item.content.unwrap_or_default() {
            self.refused |= content.refusal.is_some();
            text.push_str(&content.text.or(content.refusal).unwrap_or_default());
        }
        if !text.is_empty() {
            parts.push(Part::Text { text });
        }
        parts
    }
}

fn item(json: &RawValue) -> Result<Item, Complaint> {
    serde_json::from_str(json.get()).map_err(|error| Complaint::unreadable(&error, json.get()))
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(rename = "type")]
    kind: String,
    delta: Option<String>,
    output_index: Option<usize>,
    summary_index: Option<usize>,
    #[serde(borrow)]
    item: Option<&'a RawValue>,
    #[serde(borrow)]
    response: Option<Ended<'a>>,
    code: Option<String>,
    message: Option<String>,
    error: Option<Said>,
}

#[derive(Deserialize)]
struct Item {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    call_id: String,
    #[serde(default)]
    arguments: String,
    phase: Option<String>,
    /// Only read of messages; the content of reasoning stays opaque.
    content: Option<Vec<Content>>,
}

#[derive(Deserialize)]
struct Content {
    text: Option<String>,
    refusal: Option<String>,
}

#[derive(Deserialize)]
struct Ended<'a> {
    #[serde(default)]
    status: String,
    usage: Option<Counts>,
    error: Option<Said>,
    incomplete_details: Option<Incomplete>,
    #[serde(borrow)]
    output: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
struct Incomplete {
    reason: Option<String>,
}

#[derive(Deserialize, Default)]
struct Said {
    code: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    message: Option<String>,
}

/// OpenAI counts cached tokens within the others.
#[derive(Deserialize)]
struct Counts {
    #[serde(default)]
    input_tokens: u64,
    #[serde(default)]
    output_tokens: u64,
    input_tokens_details: Option<Details>,
}

#[derive(Deserialize)]
struct Details {
    cached_tokens: Option<u64>,
    cache_write_tokens: Option<u64>,
}

impl Counts {
    fn settled(&self) -> Usage {
        let details = self.input_tokens_details.as_ref();
        Usage {
            input: self.input_tokens,
            cached: details.and_then(|details| details.cached_tokens).unwrap_or(0),
            cache_written: details.and_then(|details| details.cache_write_tokens).unwrap_or(0),
            output: self.output_tokens,
        }
    }
}

#[cfg(test)]
mod tests;
