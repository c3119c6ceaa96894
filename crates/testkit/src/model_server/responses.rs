//! Says a turn in OpenAI Responses.

use serde_json::{Value, json};

use super::script::{Call, Stop, Turn};
use super::{Event, pieces};

/// Numbers the events, as the vendor does.
struct Stream(Vec<Event>);

impl Stream {
    fn add(&mut self, kind: &'static str, mut value: Value) {
        value["type"] = json!(kind);
        value["sequence_number"] = json!(self.0.len());
        self.0.push(Event { name: Some(kind), data: value.to_string() });
    }
}

pub(super) fn events(turn: &Turn, number: usize, model: &str) -> Vec<Event> {
    let mut stream = Stream(Vec::new());
    let mut begun = whole(turn, number, model);
    begun["status"] = json!("in_progress");
    begun["output"] = json!([]);
    begun["usage"] = Value::Null;
    begun["incomplete_details"] = Value::Null;
    stream.add("response.created", json!({"response": begun}));
    stream.add("response.in_progress", json!({"response": begun}));
    for (index, item) in items(turn, number).iter().enumerate() {
        say_item(&mut stream, index, item);
    }
    let end = if turn.stop == Stop::MaxOutput { "response.incomplete" } else { "response.completed" };
    stream.add(end, json!({"response": whole(turn, number, model)}));
    stream.0
}

pub(super) fn whole(turn: &Turn, number: usize, model: &str) -> Value {
    let cut = turn.stop == Stop::MaxOutput;
    json!({
        "id": format!("resp_{number}"), "object": "response", "created_at": 1, "model": model,
        "status": if cut { "incomplete" } else { "completed" },
        "incomplete_details": if cut { json!({"reason": "max_output_tokens"}) } else { Value::Null },
        "error": null, "instructions": null, "metadata": {}, "output": items(turn, number),
        "parallel_tool_calls": true, "temperature": 1.0, "tool_choice": "auto", "tools": [], "top_p": 1.0,
        "usage": usage(turn),
    })
}

fn items(turn: &Turn, number: usize) -> Vec<Value> {
    let mut items = Vec::new();
    if let Some(thought) = &turn.thought {
        items.push(json!({
            "id": format!("rs_{number}"), "type": "reasoning",
            "summary": [{"type": "summary_text", "text": thought}], "encrypted_content": format!("sealed+/{number}=="),
        }));
    }
    if !turn.say.is_empty() {
        let refused = turn.stop == Stop::Refusal;
        let content = if refused {
            json!({"type": "refusal", "refusal": turn.say})
        } else {
            json!({"type": "output_text", "text": turn.say, "annotations": [], "logprobs": []})
        };
        let phase = if turn.calls.is_empty() { "final_answer" } else { "commentary" };
        items.push(json!({
            "id": format!("msg_{number}"), "type": "message", "role": "assistant", "status": "completed",
            "phase": phase, "content": [content],
        }));
    }
    for (index, Call { name, arguments }) in turn.calls.iter().enumerate() {
        items.push(json!({
            "id": format!("fc_{number}_{index}"), "type": "function_call", "status": "completed",
            "call_id": format!("call_{number}_{index}"), "name": name, "arguments": arguments,
        }));
    }
    items
}

fn say_item(stream: &mut Stream, index: usize, item: &Value) {
    let text = |pointer: &str| item.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let id = text("/id");
    let mut begun = item.clone();
    match text("/type") {
        "reasoning" => begun["summary"] = json!([]),
        "message" => begun["content"] = json!([]),
        _ => begun["arguments"] = json!(""),
    }
    stream.add("response.output_item.added", json!({"output_index": index, "item": begun}));
    match text("/type") {
        "reasoning" => {
            let place = json!({"item_id": id, "output_index": index, "summary_index": 0});
            say_pieces(stream, "response.reasoning_summary_text.delta", &place, text("/summary/0/text"));
        }
        "message" => {
            let place = json!({"item_id": id, "output_index": index, "content_index": 0, "logprobs": []});
            let part = item.pointer("/content/0").cloned().unwrap_or_default();
            let mut opened = part.clone();
            let field = if part.get("text").is_some() { "text" } else { "refusal" };
            opened[field] = json!("");
            let at = |part: Value| json!({"item_id": id, "output_index": index, "content_index": 0, "part": part});
            stream.add("response.content_part.added", at(opened));
            let kind = if field == "text" { "response.output_text.delta" } else { "response.refusal.delta" };
            say_pieces(stream, kind, &place, part.get(field).and_then(Value::as_str).unwrap_or_default());
            stream.add("response.content_part.done", at(part));
        }
        _ => {
            let place = json!({"item_id": id, "output_index": index});
            say_pieces(stream, "response.function_call_arguments.delta", &place, text("/arguments"));
            let done = json!({"item_id": id, "output_index": index, "name": text("/name"), "arguments": text("/arguments")});
            stream.add("response.function_call_arguments.done", done);
        }
    }
    stream.add("response.output_item.done", json!({"output_index": index, "item": item}));
}

fn say_pieces(stream: &mut Stream, kind: &'static str, place: &Value, text: &str) {
    for piece in pieces(text) {
        let mut value = place.clone();
        value["delta"] = json!(piece);
        stream.add(kind, value);
    }
}

/// OpenAI counts what was cached within the rest.
fn usage(turn: &Turn) -> Value {
    let tokens = turn.tokens;
    json!({
        "input_tokens": tokens.input,
        "input_tokens_details": {"cached_tokens": tokens.cached, "cache_write_tokens": tokens.cache_written},
        "output_tokens": tokens.output,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": tokens.input + tokens.output,
    })
}
