//! As much of the four protocols as a scripted model needs: which tool runs commands, what came of the last calls, and replies
//! that are a call or a text, whole or as a stream of events.
//!
//! Shapes: Anthropic Messages, OpenAI Chat Completions and Responses, Gemini `generateContent`, as their vendors document them.

use serde_json::{Map, Value, json};

/// Names that coding agents give the tool that runs a command.
const SHELLS: [&str; 10] = [
    "Bash", "bash", "shell_command", "exec_command", "shell", "local_shell", "run_shell_command", "developer__shell", "run_terminal_cmd", "execute_command",
];
/// Names of its argument.
const ARGUMENTS: [&str; 2] = ["command", "cmd"];

/// Which protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    Anthropic,
    Chat,
    Responses,
    Gemini,
}

impl Protocol {
    /// By the path that is asked; nothing for what asks no model.
    pub(super) fn of(method: &str, path: &str) -> Option<Self> {
        match path.rsplit('/').next() {
            _ if method != "POST" => None,
            Some("messages") => Some(Self::Anthropic),
            Some("completions") if path.ends_with("/chat/completions") => Some(Self::Chat),
            Some("responses") => Some(Self::Responses),
            Some(last) if last.ends_with(":generateContent") || last.ends_with(":streamGenerateContent") => Some(Self::Gemini),
            Some(_) | None => None,
        }
    }
}

/// What agents ask beside a model: its name, a count of tokens.
pub(super) fn beside(path: &str) -> Value {
    match path.rsplit('/').next().unwrap_or_default() {
        "count_tokens" => json!({"input_tokens": 1}),
        last if last.ends_with(":countTokens") => json!({"totalTokens": 1}),
        "models" => json!({"object": "list", "data": [{"id": "scripted", "object": "model", "type": "model", "display_name": "scripted", "created": 0, "owned_by": "local"}]}),
        _ => json!({}),
    }
}

/// One request.
pub(super) struct Ask<'b> {
    protocol: Protocol,
    body: &'b Value,
    streams: bool,
    model: String,
}

/// A tool that runs commands, as the request offers it.
enum Shell<'b> {
    /// A function with a schema, in a namespace where it says so.
    Function { name: &'b str, namespace: Option<&'b str>, schema: &'b Value },
    /// OpenAI's own.
    Local,
    /// One tool that takes a program, in which commands are functions.
    Code { name: &'b str, namespace: Option<&'b str> },
}

impl<'b> Ask<'b> {
    pub(super) fn new(protocol: Protocol, path: &str, body: &'b Value) -> Self {
        let last = path.rsplit('/').next().unwrap_or_default();
        let (streams, model) = match protocol {
            Protocol::Gemini => (last.ends_with(":streamGenerateContent"), last.split(':').next().unwrap_or_default().to_owned()),
            _ => (body["stream"] == true, body["model"].as_str().unwrap_or("scripted").to_owned()),
        };
        Self { protocol, body, streams, model }
    }

    pub(super) fn streams(&self) -> bool {
        self.streams
    }

    /// What the request says came of earlier calls.
    pub(super) fn results(&self) -> Vec<String> {
        let list = |value: &'b Value| value.as_array().map(Vec::as_slice).unwrap_or_default().iter();
        match self.protocol {
            Protocol::Anthropic => {
                let blocks = list(&self.body["messages"]).flat_map(|message| list(&message["content"]));
                blocks.filter(|block| block["type"] == "tool_result").map(|block| text(&block["content"])).collect()
            }
            Protocol::Chat => list(&self.body["messages"]).filter(|message| message["role"] == "tool").map(|message| text(&message["content"])).collect(),
            Protocol::Responses => {
                let output = |item: &&Value| item["type"].as_str().is_some_and(|kind| kind.ends_with("_output"));
                list(&self.body["input"]).filter(output).map(|item| text(&item["output"])).collect()
            }
            Protocol::Gemini => {
                let parts = list(&self.body["contents"]).flat_map(|content| list(&content["parts"]));
                parts.filter_map(|part| part.get("functionResponse")).map(|response| response["response"].to_string()).collect()
            }
        }
    }

    /// A reply that calls the shell with a command; nothing where none is offered.
    pub(super) fn call(&self, command: &str, number: usize) -> Option<Vec<u8>> {
        self.call_with(command, &Value::Null, number)
    }

    /// The same in a terminal that stays open, where the shell can be asked for one.
    pub(super) fn call_left_open(&self, command: &str, number: usize) -> Option<Vec<u8>> {
        self.call_with(command, &json!({"tty": true, "yield_time_ms": 1500}), number)
    }

    /// A reply that types into what was left open under this number; nothing where the agent has no tool for that.
    pub(super) fn type_into(&self, session: u64, text: &str, number: usize) -> Option<Vec<u8>> {
        let (id, given) = (format!("scripted_{}", number + 1), json!({"session_id": session, "chars": text, "yield_time_ms": 1500}));
        match self.shell()? {
            Shell::Code { name, namespace } => Some(self.code(&id, name, namespace, "write_stdin", &given)),
            Shell::Local | Shell::Function { .. } => {
                let tools = self.tools();
                let (_, namespace) = tools.iter().find(|(tool, _)| tool_name(tool) == Some("write_stdin"))?;
                Some(self.called(&id, "write_stdin", *namespace, &given))
            }
        }
    }

    fn call_with(&self, command: &str, more: &Value, number: usize) -> Option<Vec<u8>> {
        let id = format!("scripted_{}", number + 1);
        let more = more.as_object().into_iter().flatten();
        match self.shell()? {
            Shell::Local => {
                let item = json!({"type": "local_shell_call", "id": id, "call_id": id, "status": "completed", "action": {"type": "exec", "command": ["bash", "-lc", command]}});
                Some(self.response(&id, item))
            }
            Shell::Code { name, namespace } => {
                let mut given = Map::from_iter([("cmd".to_owned(), json!(command))]);
                given.extend(more.map(|(name, value)| (name.clone(), value.clone())));
                Some(self.code(&id, name, namespace, "exec_command", &Value::Object(given)))
            }
            Shell::Function { name, namespace, schema } => {
                let mut given = arguments(schema, command);
                for (name, value) in more.filter(|(name, _)| schema["properties"].get(name.as_str()).is_some()) {
                    given[name] = value.clone();
                }
                Some(self.called(&id, name, namespace, &given))
            }
        }
    }

    /// A call of a function by a program, in the one tool that takes programs.
    fn code(&self, id: &str, name: &str, namespace: Option<&str>, function: &str, given: &Value) -> Vec<u8> {
        let program = format!("const r = await tools.{function}({given}); text(r);");
        self.response(id, named(json!({"type": "custom_tool_call", "id": id, "call_id": id, "name": name, "input": program, "status": "completed"}), namespace))
    }

    fn called(&self, id: &str, name: &str, namespace: Option<&str>, arguments: &Value) -> Vec<u8> {
        match self.protocol {
            Protocol::Anthropic => self.message(id, json!({"type": "tool_use", "id": id, "name": name, "input": arguments}), "tool_use"),
            Protocol::Chat => {
                let call = json!({"id": id, "type": "function", "function": {"name": name, "arguments": arguments.to_string()}});
                self.completion(id, json!({"role": "assistant", "content": null, "tool_calls": [call]}), "tool_calls")
            }
            Protocol::Responses => {
                let item = json!({"type": "function_call", "id": id, "call_id": id, "status": "completed", "name": name, "arguments": arguments.to_string()});
                self.response(id, named(item, namespace))
            }
            Protocol::Gemini => self.candidate(id, json!({"functionCall": {"id": id, "name": name, "args": arguments}, "thoughtSignature": "c2NyaXB0ZWQ="})),
        }
    }

    /// A reply that says something. Where a document of a certain shape is asked for, the smallest that fits.
    pub(super) fn say(&self, words: &str) -> Vec<u8> {
        let words = self.wanted_shape().map_or_else(|| words.to_owned(), |schema| smallest(schema, schema, 0).to_string());
        let id = "scripted_words";
        match self.protocol {
            Protocol::Anthropic => self.message(id, json!({"type": "text", "text": words}), "end_turn"),
            Protocol::Chat => self.completion(id, json!({"role": "assistant", "content": words}), "stop"),
            Protocol::Responses => {
                self.response(id, json!({"type": "message", "id": id, "role": "assistant", "status": "completed", "content": [{"type": "output_text", "text": words, "annotations": []}]}))
            }
            Protocol::Gemini => self.candidate(id, json!({"text": words})),
        }
    }

    fn wanted_shape(&self) -> Option<&'b Value> {
        let at = |pointer: &str| self.body.pointer(pointer).filter(|schema| schema.is_object());
        match self.protocol {
            Protocol::Anthropic => at("/output_config/format/schema").or_else(|| at("/output_format/schema")),
            Protocol::Chat => at("/response_format/json_schema/schema"),
            Protocol::Responses => at("/text/format/schema"),
            Protocol::Gemini => at("/generationConfig/responseJsonSchema").or_else(|| at("/generationConfig/responseSchema")),
        }
    }

    fn shell(&self) -> Option<Shell<'b>> {
        let tools = self.tools();
        let function = |name: &str| tools.iter().find(|(tool, _)| tool_name(tool) == Some(name));
        let known = SHELLS.iter().find_map(|name| function(name));
        let Some((tool, namespace)) = known else {
            let (tool, namespace) = function("exec").filter(|(tool, _)| tool["type"] == "custom")?;
            return Some(Shell::Code { name: tool_name(tool)?, namespace: *namespace });
        };
        if tool["type"] == "local_shell" {
            return Some(Shell::Local);
        }
        let function = tool.get("function").unwrap_or(tool);
        let schema = ["input_schema", "parameters", "parametersJsonSchema"].iter().find_map(|key| function.get(*key)).unwrap_or(&Value::Null);
        Some(Shell::Function { name: tool_name(tool)?, namespace: *namespace, schema })
    }

    /// All tools that the request offers, with the namespace of each.
    fn tools(&self) -> Vec<(&'b Value, Option<&'b str>)> {
        let list = |value: &'b Value| value.as_array().map(Vec::as_slice).unwrap_or_default().iter();
        match self.protocol {
            Protocol::Gemini => list(&self.body["tools"]).flat_map(|tool| list(&tool["functionDeclarations"])).map(|tool| (tool, None)).collect(),
            Protocol::Anthropic | Protocol::Chat => list(&self.body["tools"]).map(|tool| (tool, None)).collect(),
            Protocol::Responses => {
                // Tools may ride in the input as well.
                let more = list(&self.body["input"]).filter(|item| item["type"] == "additional_tools").flat_map(|item| list(&item["tools"]));
                let all = list(&self.body["tools"]).chain(more);
                all.flat_map(|tool| match tool["type"] == "namespace" {
                    true => list(&tool["tools"]).map(|inner| (inner, tool["name"].as_str())).collect(),
                    false => vec![(tool, None)],
                })
                .collect()
            }
        }
    }

    fn message(&self, id: &str, block: Value, stop: &str) -> Vec<u8> {
        let usage = json!({"input_tokens": 10, "output_tokens": 10, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0});
        let whole = json!({"type": "message", "id": id, "role": "assistant", "model": self.model, "content": [block], "stop_reason": stop, "stop_sequence": null, "usage": usage});
        if !self.streams {
            return whole.to_string().into_bytes();
        }
        let block = &whole["content"][0];
        let (mut begun, mut head) = (block.clone(), whole.clone());
        (head["content"], head["stop_reason"]) = (json!([]), Value::Null);
        let delta = match block["type"] == "tool_use" {
            true => {
                begun["input"] = json!({});
                json!({"type": "input_json_delta", "partial_json": block["input"].to_string()})
            }
            false => {
                begun["text"] = json!("");
                json!({"type": "text_delta", "text": block["text"]})
            }
        };
        events(&[
            json!({"type": "message_start", "message": head}),
            json!({"type": "content_block_start", "index": 0, "content_block": begun}),
            json!({"type": "content_block_delta", "index": 0, "delta": delta}),
            json!({"type": "content_block_stop", "index": 0}),
            json!({"type": "message_delta", "delta": {"stop_reason": stop, "stop_sequence": null}, "usage": {"output_tokens": 10}}),
            json!({"type": "message_stop"}),
        ])
    }

    fn completion(&self, id: &str, message: Value, finish: &str) -> Vec<u8> {
        let usage = json!({"prompt_tokens": 10, "completion_tokens": 10, "total_tokens": 20});
        if !self.streams {
            let choice = json!({"index": 0, "message": message, "finish_reason": finish, "logprobs": null});
            return json!({"id": id, "object": "chat.completion", "created": 0, "model": self.model, "choices": [choice], "usage": usage}).to_string().into_bytes();
        }
        let chunk = |choices: Value| json!({"id": id, "object": "chat.completion.chunk", "created": 0, "model": self.model, "choices": choices});
        let mut delta = message;
        if let Some(call) = delta.pointer_mut("/tool_calls/0") {
            call["index"] = json!(0);
        }
        let mut last = chunk(json!([]));
        last["usage"] = usage;
        let chunks = [
            chunk(json!([{"index": 0, "delta": delta, "finish_reason": null}])),
            chunk(json!([{"index": 0, "delta": {}, "finish_reason": finish}])),
            last,
        ];
        let mut stream: String = chunks.iter().map(|chunk| format!("data: {chunk}\n\n")).collect();
        stream.push_str("data: [DONE]\n\n");
        stream.into_bytes()
    }

    fn response(&self, id: &str, item: Value) -> Vec<u8> {
        let usage = json!({"input_tokens": 10, "input_tokens_details": {"cached_tokens": 0}, "output_tokens": 10, "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 20});
        let response = |status: &str, output: Value| {
            json!({"id": format!("resp_{id}"), "object": "response", "created_at": 0, "model": self.model, "status": status, "output": output, "usage": usage,
                   "parallel_tool_calls": false, "tool_choice": "auto", "tools": []})
        };
        let done = response("completed", json!([item]));
        if !self.streams {
            return done.to_string().into_bytes();
        }
        let mut begun = item.clone();
        begun["status"] = json!("in_progress");
        let mut all = vec![json!({"type": "response.created", "response": response("in_progress", json!([]))})];
        match item["type"].as_str() {
            Some("message") => {
                begun["content"] = json!([]);
                let (part, words) = (&item["content"][0], &item["content"][0]["text"]);
                let at = |kind: &str| json!({"type": kind, "item_id": id, "output_index": 0, "content_index": 0});
                let with = |mut event: Value, key: &str, value: &Value| {
                    event[key] = value.clone();
                    event
                };
                all.push(json!({"type": "response.output_item.added", "output_index": 0, "item": begun}));
                all.push(with(at("response.content_part.added"), "part", &json!({"type": "output_text", "text": "", "annotations": []})));
                all.push(with(at("response.output_text.delta"), "delta", words));
                all.push(with(at("response.output_text.done"), "text", words));
                all.push(with(at("response.content_part.done"), "part", part));
            }
            Some("function_call") => {
                begun["arguments"] = json!("");
                all.push(json!({"type": "response.output_item.added", "output_index": 0, "item": begun}));
                all.push(json!({"type": "response.function_call_arguments.delta", "item_id": id, "output_index": 0, "delta": item["arguments"]}));
                all.push(json!({"type": "response.function_call_arguments.done", "item_id": id, "output_index": 0, "arguments": item["arguments"]}));
            }
            Some(_) | None => all.push(json!({"type": "response.output_item.added", "output_index": 0, "item": begun})),
        }
        all.push(json!({"type": "response.output_item.done", "output_index": 0, "item": item}));
        all.push(json!({"type": "response.completed", "response": done}));
        for (number, event) in all.iter_mut().enumerate() {
            event["sequence_number"] = json!(number);
        }
        events(&all)
    }

    fn candidate(&self, id: &str, part: Value) -> Vec<u8> {
        let usage = json!({"promptTokenCount": 10, "candidatesTokenCount": 10, "totalTokenCount": 20});
        let whole = json!({"candidates": [{"index": 0, "content": {"role": "model", "parts": [part]}, "finishReason": "STOP"}],
                           "usageMetadata": usage, "modelVersion": self.model, "responseId": id});
        match self.streams {
            true => format!("data: {whole}\r\n\r\n").into_bytes(),
            false => whole.to_string().into_bytes(),
        }
    }
}

fn named(mut item: Value, namespace: Option<&str>) -> Value {
    if let Some(namespace) = namespace {
        item["namespace"] = json!(namespace);
    }
    item
}

fn tool_name(tool: &Value) -> Option<&str> {
    tool["name"].as_str().or_else(|| tool["function"]["name"].as_str()).or_else(|| tool["type"].as_str().filter(|kind| *kind == "local_shell"))
}

/// Events with their names in front.
fn events(all: &[Value]) -> Vec<u8> {
    all.iter().map(|event| format!("event: {}\ndata: {event}\n\n", event["type"].as_str().unwrap_or_default())).collect::<String>().into_bytes()
}

/// The text in a value, wherever its parts are.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(all) => all.iter().map(text).collect(),
        Value::Object(map) => ["text", "content", "output"].iter().find_map(|key| map.get(*key)).map_or_else(|| value.to_string(), text),
        Value::Null => String::new(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// The shell's arguments: the command, and something harmless for all else that is required.
fn arguments(schema: &Value, command: &str) -> Value {
    let properties = &schema["properties"];
    let name = ARGUMENTS.iter().find(|name| properties.get(**name).is_some()).unwrap_or(&"command");
    let is_list = properties[*name]["type"].as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("array"));
    let mut given = Map::new();
    given.insert((*name).to_owned(), if is_list { json!(["bash", "-lc", command]) } else { json!(command) });
    for needed in schema["required"].as_array().map(Vec::as_slice).unwrap_or_default().iter().filter_map(Value::as_str) {
        let fill = || smallest(&properties[needed], &properties[needed], 0);
        given.entry(needed.to_owned()).or_insert_with(fill);
    }
    Value::Object(given)
}

/// A small value that fits a JSON schema.
fn smallest(schema: &Value, root: &Value, depth: u32) -> Value {
    if depth > 20 {
        return Value::Null;
    }
    if let Some(inside) = schema["$ref"].as_str().and_then(|reference| root.pointer(reference.trim_start_matches('#'))) {
        return smallest(inside, root, depth + 1);
    }
    if let Some(first) = schema["enum"].as_array().and_then(|all| all.first()) {
        return first.clone();
    }
    if let Some(first) = ["anyOf", "oneOf"].iter().find_map(|key| schema[*key].as_array()?.first()) {
        return smallest(first, root, depth + 1);
    }
    let kind = schema["type"].as_str().or_else(|| schema["type"].as_array()?.first()?.as_str()).unwrap_or("object").to_lowercase();
    match kind.as_str() {
        "string" => json!("scripted"),
        "number" | "integer" => json!(1),
        "boolean" => json!(false),
        "array" => json!([]),
        "null" => Value::Null,
        _ => {
            let properties = schema["properties"].as_object();
            Value::Object(properties.into_iter().flatten().map(|(name, inside)| (name.clone(), smallest(inside, root, depth + 1))).collect())
        }
    }
}

#[cfg(test)]
#[path = "protocol/tests.rs"] // also where a test of the whole program takes this file in
mod tests;
