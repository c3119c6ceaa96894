//! Says a turn in Anthropic Messages.

use serde_json::{Value, json};

use super::script::{Stop, Tokens, Turn};
use super::{Event, pieces};

pub(super) fn events(turn: &Turn, number: usize, model: &str) -> Vec<Event> {
    let mut events = Vec::new();
    let mut add = |kind: &'static str, value: Value| events.push(Event { name: Some(kind), data: value.to_string() });
    let mut start = whole(turn, number, model);
    start["content"] = json!([]);
    start["stop_reason"] = Value::Null;
    start["usage"]["output_tokens"] = json!(1);
    add("message_start", json!({"type": "message_start", "message": start}));
    add("ping", json!({"type": "ping"}));
    for (index, block) in blocks(turn, number).iter().enumerate() {
        let (begun, deltas) = begun(block, turn);
        add("content_block_start", json!({"type": "content_block_start", "index": index, "content_block": begun}));
        for delta in deltas {
            add("content_block_delta", json!({"type": "content_block_delta", "index": index, "delta": delta}));
        }
        add("content_block_stop", json!({"type": "content_block_stop", "index": index}));
    }
    let delta = json!({"stop_reason": stop(turn), "stop_sequence": null});
    add("message_delta", json!({"type": "message_delta", "delta": delta, "usage": {"output_tokens": turn.tokens.output}}));
    add("message_stop", json!({"type": "message_stop"}));
    events
}

pub(super) fn whole(turn: &Turn, number: usize, model: &str) -> Value {
    json!({
        "id": format!("msg_{number}"), "type": "message", "role": "assistant", "model": model,
        "content": blocks(turn, number), "stop_reason": stop(turn), "stop_sequence": null, "usage": usage(turn.tokens),
    })
}

fn blocks(turn: &Turn, number: usize) -> Vec<Value> {
    let mut blocks = Vec::new();
    if let Some(thought) = &turn.thought {
        blocks.push(json!({"type": "thinking", "thinking": thought, "signature": format!("sig+/{number}==")}));
        blocks.push(json!({"type": "redacted_thinking", "data": format!("sealed-{number}")}));
    }
    if !turn.say.is_empty() {
        blocks.push(json!({"type": "text", "text": turn.say, "citations": null}));
    }
    for (index, call) in turn.calls.iter().enumerate() {
        let input: Value = serde_json::from_str(&call.arguments).unwrap_or_else(|_| json!({}));
        blocks.push(json!({"type": "tool_use", "id": format!("toolu_{number}_{index}"), "name": call.name, "input": input}));
    }
    blocks
}

/// How a block begins, and the deltas that complete it.
fn begun(block: &Value, turn: &Turn) -> (Value, Vec<Value>) {
    let mut begun = block.clone();
    let text = |field: &str| block.get(field).and_then(Value::as_str).unwrap_or_default();
    let deltas = match text("type") {
        "text" => {
            begun["text"] = json!("");
            pieces(text("text")).iter().map(|piece| json!({"type": "text_delta", "text": piece})).collect()
        }
        "thinking" => {
            begun["thinking"] = json!("");
            begun["signature"] = json!("");
            let thought = pieces(text("thinking")).into_iter().map(|piece| json!({"type": "thinking_delta", "thinking": piece}));
            thought.chain([json!({"type": "signature_delta", "signature": text("signature")})]).collect()
        }
        "tool_use" => {
            begun["input"] = json!({});
            let order = text("id").rsplit('_').next().and_then(|order| order.parse::<usize>().ok());
            let emitted = order.and_then(|order| turn.calls.get(order)).map_or("", |call| call.arguments.as_str());
            let pieces = pieces(emitted).into_iter().filter(|_| emitted != "{}");
            pieces.map(|piece| json!({"type": "input_json_delta", "partial_json": piece})).collect()
        }
        _ => Vec::new(),
    };
    (begun, deltas)
}

fn stop(turn: &Turn) -> &'static str {
    match turn.stop {
        Stop::MaxOutput => "max_tokens",
        Stop::Refusal => "refusal",
        Stop::Usual if turn.calls.is_empty() => "end_turn",
        Stop::Usual => "tool_use",
    }
}

/// Anthropic counts what was cached beside the rest.
fn usage(tokens: Tokens) -> Value {
    json!({
        "input_tokens": tokens.input - tokens.cached - tokens.cache_written,
        "cache_read_input_tokens": tokens.cached,
        "cache_creation_input_tokens": tokens.cache_written,
        "output_tokens": tokens.output,
    })
}
