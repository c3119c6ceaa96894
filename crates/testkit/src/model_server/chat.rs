//! Says a turn in OpenAI Chat Completions, with thinking the way that local servers add it.

use serde_json::{Value, json};

use super::script::{Stop, Turn};
use super::{Event, pieces};

pub(super) fn events(turn: &Turn, number: usize, model: &str, with_usage: bool) -> Vec<Event> {
    let mut events = Vec::new();
    let mut add = |choices: Value, usage: Value| {
        let chunk = json!({
            "id": format!("chatcmpl-{number}"), "object": "chat.completion.chunk", "created": 1, "model": model,
            "choices": choices, "usage": usage,
        });
        events.push(Event { name: None, data: chunk.to_string() });
    };
    let choice = |delta: Value, finish: Value| json!([{"index": 0, "delta": delta, "logprobs": null, "finish_reason": finish}]);
    for delta in deltas(turn, number) {
        add(choice(delta, Value::Null), Value::Null);
    }
    add(choice(json!({}), json!(finish(turn))), Value::Null);
    if with_usage {
        add(json!([]), usage(turn));
    }
    events.push(Event { name: None, data: "[DONE]".into() });
    events
}

pub(super) fn whole(turn: &Turn, number: usize, model: &str) -> Value {
    let mut message = json!({"role": "assistant", "content": turn.say, "refusal": null});
    if turn.stop == Stop::Refusal {
        message["content"] = Value::Null;
        message["refusal"] = json!(turn.say);
    }
    if !turn.calls.is_empty() {
        message["tool_calls"] = (0..turn.calls.len()).filter_map(|index| call(turn, number, index)).collect();
    }
    json!({
        "id": format!("chatcmpl-{number}"), "object": "chat.completion", "created": 1, "model": model,
        "choices": [{"index": 0, "message": message, "logprobs": null, "finish_reason": finish(turn)}],
        "usage": usage(turn),
    })
}

fn deltas(turn: &Turn, number: usize) -> Vec<Value> {
    let mut deltas = vec![json!({"role": "assistant", "content": ""})];
    for piece in turn.thought.iter().flat_map(|thought| pieces(thought)) {
        deltas.push(json!({"reasoning_content": piece}));
    }
    let field = if turn.stop == Stop::Refusal { "refusal" } else { "content" };
    for piece in pieces(&turn.say) {
        let mut delta = json!({});
        delta[field] = json!(piece);
        deltas.push(delta);
    }
    for (index, emitted) in turn.calls.iter().enumerate() {
        let mut begun = call(turn, number, index).unwrap_or_default();
        begun["index"] = json!(index);
        begun["function"]["arguments"] = json!("");
        deltas.push(json!({"tool_calls": [begun]}));
        for piece in pieces(&emitted.arguments) {
            deltas.push(json!({"tool_calls": [{"index": index, "function": {"arguments": piece}}]}));
        }
    }
    deltas
}

fn call(turn: &Turn, number: usize, index: usize) -> Option<Value> {
    let call = turn.calls.get(index)?;
    let function = json!({"name": call.name, "arguments": call.arguments});
    Some(json!({"id": format!("call_{number}_{index}"), "type": "function", "function": function}))
}

fn finish(turn: &Turn) -> &'static str {
    match turn.stop {
        Stop::MaxOutput => "length",
        Stop::Refusal => "content_filter",
        Stop::Usual if turn.calls.is_empty() => "stop",
        Stop::Usual => "tool_calls",
    }
}

fn usage(turn: &Turn) -> Value {
    let tokens = turn.tokens;
    json!({
        "prompt_tokens": tokens.input, "completion_tokens": tokens.output, "total_tokens": tokens.input + tokens.output,
        "prompt_tokens_details": {"cached_tokens": tokens.cached, "cache_write_tokens": tokens.cache_written},
    })
}
