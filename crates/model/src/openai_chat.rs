//! OpenAI Chat Completions, streamed: the protocol that local servers and brokers of models speak.
//!
//! They differ in the small things, so reading is lenient where meaning is plain: a call may come in one piece or many,
//! with or without an index or id; reasoning may be called `reasoning_content`, `reasoning` or `reasoning_details` and goes
//! back under the name it came with; usage may come once or with every chunk. Only a stream that never says why it ended
//! is taken as cut.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::attachment::{Attachment, Medium};
use crate::json::{object, raw, string, value};
use crate::limits;
use crate::message::{Delta, Message, Part, Reply, Request, Role, StopReason, Usage};
use crate::protocol::{Complaint, Draft, Progress, Protocol};

/// Writes requests for one model behind Chat Completions.
pub(crate) struct Chat {
    /// Name as the server knows it.
    pub(crate) model: String,
    /// Name as a person knows it; tags reasoning.
    pub(crate) name: String,
    /// What this server calls the bound on the reply: OpenAI's own newer word, or the one that the others know.
    pub(crate) max_field: &'static str,
    /// Ask the broker to mark the prompt for Anthropic's cache; its other models cache by themselves.
    pub(crate) mark_cache: bool,
}

impl Protocol for Chat {
    type Draft = ChatDraft;

    fn head(&self, request: &Request, out: &mut Vec<u8>) {
        raw(out, r#"{"model":"#);
        string(out, &self.model);
        raw(out, r#","stream":true,"stream_options":{"include_usage":true},"#);
        string(out, self.max_field);
        out.push(b':');
        value(out, &request.max_output);
        if self.mark_cache {
            raw(out, r#","cache_control":{"type":"ephemeral"}"#);
        }
        write_tools(request, out);
        raw(out, r#","messages":["#);
        if !request.system.is_empty() {
            raw(out, r#"{"role":"system","content":"#);
            string(out, &request.system);
            out.push(b'}');
        }
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

    fn draft(&self) -> ChatDraft {
        ChatDraft { name: self.name.clone(), ..ChatDraft::default() }
    }
}

impl Chat {
    fn write_assistant(&self, message: &Message, out: &mut Vec<u8>) {
        let text = message.text();
        let calls: Vec<_> = message.calls().collect();
        if text.is_empty() && calls.is_empty() {
            return;
        }
        raw(out, r#",{"role":"assistant","content":"#);
        if text.is_empty() {
            raw(out, "null");
        } else {
            string(out, &text);
        }
        for part in &message.parts {
            if let Part::Reasoning { from, json } = part
                && *from == self.name
                && let Some(fields) = json.strip_prefix('{').and_then(|json| json.strip_suffix('}'))
            {
                out.push(b',');
                raw(out, fields);
            }
        }
        for (index, (id, name, arguments)) in calls.iter().enumerate() {
            raw(out, if index == 0 { r#","tool_calls":["# } else { "," });
            raw(out, r#"{"id":"#);
            string(out, id);
            raw(out, r#","type":"function","function":{"name":"#);
            string(out, name);
            raw(out, r#","arguments":"#);
            string(out, &object(arguments));
            raw(out, "}}");
        }
        raw(out, if calls.is_empty() { "}" } else { "]}" });
    }

    fn write_user(&self, message: &Message, out: &mut Vec<u8>) {
        for part in &message.parts {
            if let Part::Result { call, content, .. } = part {
                raw(out, r#",{"role":"tool","tool_call_id":"#);
                string(out, call);
                raw(out, r#","content":"#);
                string(out, content);
                out.push(b'}');
            }
        }
        let mut text = message.text();
        let (shown, unshown): (Vec<_>, Vec<_>) = message.attached().partition(|file| self.takes(file.medium()));
        unshown.iter().for_each(|file| text.push_str(&format!("\n{}", file.unshown())));
        if !shown.is_empty() {
            return write_with(&text, &shown, out);
        }
        if !text.is_empty() {
            raw(out, r#",{"role":"user","content":"#);
            string(out, &text);
            out.push(b'}');
        }
    }
}

fn write_with(text: &str, files: &[&Attachment], out: &mut Vec<u8>) {
    raw(out, r#",{"role":"user","content":["#);
    if !text.is_empty() {
        raw(out, r#"{"type":"text","text":"#);
        string(out, text);
        raw(out, "},");
    }
    for (index, file) in files.iter().enumerate() {
        raw(out, if index == 0 { "" } else { "," });
        match file.medium() {
            Medium::Images => raw(out, r#"{"type":"image_url","image_url":{"detail":"high","url":"#),
            Medium::Pdfs => {
                raw(out, r#"{"type":"file","file":{"filename":"#);
                string(out, &file.file_name());
                raw(out, r#","file_data":"#);
            }
        }
        string(out, &file.url());
        raw(out, "}}");
    }
    raw(out, "]}");
}

fn write_tools(request: &Request, out: &mut Vec<u8>) {
    if request.tools.is_empty() {
        return;
    }
    raw(out, r#","tools":["#);
    for tool in &request.tools {
        if out.last() != Some(&b'[') {
            out.push(b',');
        }
        raw(out, r#"{"type":"function","function":{"name":"#);
        string(out, &tool.name);
        raw(out, r#","description":"#);
        string(out, &tool.description);
        raw(out, r#","parameters":"#);
        value(out, &tool.parameters);
        raw(out, "}}");
    }
    out.push(b']');
}

/// Gathers one completion.
#[derive(Debug, Default)]
pub(crate) struct ChatDraft {
    name: String,
    text: String,
    refusal: String,
    /// Name of the field that reasoning text came in, and the text.
    reasoning: Option<(&'static str, String)>,
    /// Pieces of `reasoning_details`, each as it came.
    details: Vec<String>,
    calls: Vec<Called>,
    finish: Option<String>,
    done: bool,
    usage: Usage,
}

#[derive(Debug)]
struct Called {
    index: usize,
    id: String,
    name: String,
    arguments: String,
}

impl Draft for ChatDraft {
    fn event(&mut self, data: &str, live: &mut dyn FnMut(Delta)) -> Result<Progress, Complaint> {
        if data.trim() == "[DONE]" {
            self.done = true;
            return Ok(Progress::Done);
        }
        let chunk: Chunk = serde_json::from_str(data).map_err(|error| Complaint::unreadable(&error, data))?;
        if let Some(error) = chunk.error {
            return Err(error.complaint());
        }
        if let Some(usage) = chunk.usage {
            self.usage = usage.settled();
        }
        let Some(choice) = chunk.choices.into_iter().flatten().find(|choice| choice.index == 0) else {
            return Ok(Progress::More);
        };
        self.finish = choice.finish_reason.or(self.finish.take());
        if let Some(delta) = choice.delta {
            self.grow(delta, live)?;
        }
        Ok(Progress::More)
    }

    fn finish(self) -> Result<Reply, Complaint> {
        let stop = match self.finish.as_deref() {
            _ if !self.refusal.is_empty() => StopReason::Refusal,
            Some("stop" | "eos") => StopReason::EndOfTurn,
            Some("tool_calls" | "function_call") => StopReason::Calls,
            Some("length") => StopReason::MaxOutput,
            Some("content_filter") => StopReason::Refusal,
            Some("error") => return Err(Complaint::failed("error", "")),
            Some(other) => StopReason::Other(other.to_owned()),
            None => return Err(Complaint::Unfinished),
        };
        if stop == StopReason::Calls && self.calls.is_empty() {
            return Err(Complaint::Garbled("it waits for calls that it did not make".into()));
        }
        let usage = self.usage;
        Ok(Reply::settled(self.parts(), stop, usage))
    }
}

impl ChatDraft {
    fn grow(&mut self, delta: Grown, live: &mut dyn FnMut(Delta)) -> Result<(), Complaint> {
        let thought = [("reasoning_content", delta.reasoning_content), ("reasoning", delta.reasoning)];
        for (field, text) in thought {
            if let Some(text) = text.filter(|text| !text.is_empty()) {
                let kept = self.reasoning.get_or_insert_with(|| (field, String::new()));
                if kept.0 == field {
                    kept.1.push_str(&text);
                    live(Delta::Reasoning(text));
                }
            }
        }
        self.details.extend(delta.reasoning_details.into_iter().flatten().map(|piece| piece.get().to_owned()));
        for (text, kept) in [(delta.content, &mut self.text), (delta.refusal, &mut self.refusal)] {
            if let Some(text) = text.filter(|text| !text.is_empty()) {
                kept.push_str(&text);
                live(Delta::Text(text));
            }
        }
        delta.tool_calls.into_iter().flatten().try_for_each(|piece| self.call(piece, live))
    }

    /// Finds the call that a piece belongs to. Some servers give every whole call the same index, or none.
    fn call(&mut self, piece: CallPiece, live: &mut dyn FnMut(Delta)) -> Result<(), Complaint> {
        let id = piece.id.unwrap_or_default();
        let (name, arguments) = piece.function.map(|f| (f.name, f.arguments)).unwrap_or_default();
        let (name, arguments) = (name.unwrap_or_default(), arguments.unwrap_or_default());
        let begins = |called: &Called| !name.is_empty() && !id.is_empty() && called.id != id;
        let index = piece.index.unwrap_or_else(|| {
            let last = self.calls.last();
            last.map_or(0, |last| if begins(last) || (id.is_empty() && !name.is_empty()) { last.index + 1 } else { last.index })
        });
        let known = self.calls.iter_mut().rev().find(|called| called.index == index).filter(|called| !begins(called));
        match known {
            Some(called) => called.arguments.push_str(&arguments),
            None if name.is_empty() => return Err(Complaint::Garbled("a call without a name".into())),
            None => {
                live(Delta::CallStarted { name: name.clone() });
                self.calls.push(Called { index, id, name, arguments });
            }
        }
        Ok(())
    }

    fn parts(self) -> Vec<Part> {
        let mut parts = Vec::new();
        if let Some(json) = kept(self.reasoning, &self.details) {
            parts.push(Part::Reasoning { from: self.name, json });
        }
        let text = self.text + &self.refusal;
        if !text.is_empty() {
            parts.push(Part::Text { text });
        }
        for (order, called) in self.calls.into_iter().enumerate() {
            // A server that gives no ids needs none back, but results have to find their calls.
            let id = if called.id.is_empty() { format!("call_{order}") } else { called.id };
            parts.push(Part::Call { id, name: called.name, arguments: called.arguments });
        }
        parts
    }
}

/// What goes back with the message: the broker's details if there are any, since they say more, else the text.
fn kept(reasoning: Option<(&'static str, String)>, details: &[String]) -> Option<String> {
    if !details.is_empty() {
        return Some(format!(r#"{{"reasoning_details":[{}]}}"#, details.join(",")));
    }
    let (field, text) = reasoning?;
    let mut json = vec![b'{'];
    string(&mut json, field);
    json.push(b':');
    string(&mut json, &text);
    json.push(b'}');
    String::from_utf8(json).ok()
}

#[derive(Deserialize)]
struct Chunk<'a> {
    #[serde(borrow)]
    choices: Option<Vec<Choice<'a>>>,
    usage: Option<Counts>,
    error: Option<Said>,
}

#[derive(Deserialize)]
struct Choice<'a> {
    #[serde(default)]
    index: usize,
    #[serde(borrow)]
    delta: Option<Grown<'a>>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Grown<'a> {
    content: Option<String>,
    refusal: Option<String>,
    reasoning_content: Option<String>,
    reasoning: Option<String>,
    #[serde(borrow)]
    reasoning_details: Option<Vec<&'a RawValue>>,
    tool_calls: Option<Vec<CallPiece>>,
}

#[derive(Deserialize)]
struct CallPiece {
    index: Option<usize>,
    id: Option<String>,
    function: Option<FunctionPiece>,
}

#[derive(Deserialize)]
struct FunctionPiece {
    name: Option<String>,
    arguments: Option<String>,
}

/// Servers say it as an object or as a bare text; codes are words or numbers.
#[derive(Deserialize)]
#[serde(untagged)]
enum Said {
    Object { code: Option<serde_json::Value>, #[serde(rename = "type")] kind: Option<String>, message: Option<String> },
    Text(String),
}

impl Said {
    fn complaint(self) -> Complaint {
        match self {
            Self::Text(text) => Complaint::failed("error", &text),
            Self::Object { code, kind, message } => {
                let message = message.unwrap_or_default();
                if let Some(status) = code.as_ref().and_then(serde_json::Value::as_u64) {
                    return Complaint::Failed { status: u16::try_from(status).unwrap_or(0), said: message };
                }
                let word = code.as_ref().and_then(|code| code.as_str()).map(str::to_owned).or(kind);
                Complaint::failed(&word.unwrap_or_else(|| "error".into()), &message)
            }
        }
    }
}

#[derive(Deserialize)]
struct Counts {
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
    prompt_tokens_details: Option<Details>,
}

#[derive(Deserialize)]
struct Details {
    cached_tokens: Option<u64>,
    cache_write_tokens: Option<u64>,
}

impl Counts {
    fn settled(&self) -> Usage {
        let details = self.prompt_tokens_details.as_ref();
        Usage {
            input: self.prompt_tokens.unwrap_or(0),
            cached: details.and_then(|details| details.cached_tokens).unwrap_or(0),
            cache_written: details.and_then(|details| details.cache_write_tokens).unwrap_or(0),
            output: self.completion_tokens.unwrap_or(0),
        }
    }
}

#[cfg(test)]
mod tests;
