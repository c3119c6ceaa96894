use super::*;

fn ask_of(protocol: Protocol, body: &Value) -> Ask<'_> {
    Ask::new(protocol, "/v1beta/models/m:generateContent", body)
}

/// A request of each protocol that offers a shell, and where its reply has the call's arguments.
fn requests() -> Vec<(Protocol, Value, &'static str)> {
    let schema = json!({"type": "object", "properties": {"command": {"type": "string"}, "why": {"type": "string"}}, "required": ["command", "why"]});
    vec![
        (Protocol::Anthropic, json!({"tools": [{"name": "Read"}, {"name": "Bash", "input_schema": schema}]}), "/content/0/input"),
        (Protocol::Chat, json!({"tools": [{"type": "function", "function": {"name": "run_shell_command", "parameters": schema}}]}), "/choices/0/message/tool_calls/0/function/arguments"),
        (Protocol::Responses, json!({"tools": [{"type": "namespace", "name": "dev", "tools": [{"type": "function", "name": "shell", "parameters": schema}]}]}), "/output/0/arguments"),
        (Protocol::Gemini, json!({"tools": [{"functionDeclarations": [{"name": "run_shell_command", "parametersJsonSchema": schema}]}]}), "/candidates/0/content/parts/0/functionCall/args"),
    ]
}

fn parsed(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

#[test]
fn the_shell_is_called_by_the_name_and_with_the_arguments_that_the_agent_gives_it() {
    for (protocol, body, place) in requests() {
        let reply = parsed(&ask_of(protocol, &body).call("ls", 0).unwrap());
        let arguments = reply.pointer(place).unwrap_or_else(|| panic!("{protocol:?}: {reply}"));
        let arguments = arguments.as_str().map_or_else(|| arguments.clone(), |text| serde_json::from_str(text).unwrap());
        assert_eq!(arguments, json!({"command": "ls", "why": "scripted"}), "{protocol:?}");
    }
    let namespaced = json!({"input": [{"type": "additional_tools", "tools": [{"type": "custom", "name": "exec"}]}]});
    let reply = parsed(&ask_of(Protocol::Responses, &namespaced).call("ls", 0).unwrap());
    assert_eq!(reply["output"][0]["input"], "const r = await tools.exec_command({\"cmd\":\"ls\"}); text(r);");
    let local = json!({"tools": [{"type": "local_shell"}]});
    let reply = parsed(&ask_of(Protocol::Responses, &local).call("ls", 0).unwrap());
    assert_eq!(reply["output"][0]["action"]["command"], json!(["bash", "-lc", "ls"]));
    let listed = json!({"tools": [{"name": "shell", "input_schema": {"properties": {"cmd": {"type": "array"}}}}]});
    let reply = parsed(&ask_of(Protocol::Anthropic, &listed).call("ls", 0).unwrap());
    assert_eq!(reply["content"][0]["input"], json!({"cmd": ["bash", "-lc", "ls"]}));
}

#[test]
fn where_no_shell_is_offered_nothing_is_called() {
    for protocol in [Protocol::Anthropic, Protocol::Chat, Protocol::Responses, Protocol::Gemini] {
        assert!(ask_of(protocol, &json!({"tools": [{"name": "Read"}, {"type": "function", "name": "exec"}]})).call("ls", 0).is_none());
        assert!(ask_of(protocol, &Value::Null).call("ls", 0).is_none());
    }
}

#[test]
fn a_stream_has_the_same_call_in_its_events() {
    for (protocol, mut body, _) in requests() {
        body["stream"] = json!(true);
        let path = "/v1beta/models/m:streamGenerateContent";
        let ask = Ask::new(protocol, path, &body);
        assert!(ask.streams());
        let stream = String::from_utf8(ask.call("ls", 0).unwrap()).unwrap();
        let data: Vec<Value> = stream.lines().filter_map(|line| line.strip_prefix("data: ")).filter(|data| *data != "[DONE]").map(|data| serde_json::from_str(data).unwrap()).collect();
        assert!(!data.is_empty() && stream.replace('\\', "").contains("\"command\":\"ls\""), "{protocol:?}: {stream}");
        let text = String::from_utf8(ask.say("Fertig.")).unwrap();
        assert!(text.contains("Fertig."), "{protocol:?}");
    }
}

#[test]
fn results_of_calls_are_heard_in_every_protocol() {
    let block = json!([{"type": "text", "text": "blocked"}]);
    let bodies = [
        (Protocol::Anthropic, json!({"messages": [{"role": "user", "content": "x"}, {"role": "user", "content": [{"type": "tool_result", "content": block}]}]})),
        (Protocol::Chat, json!({"messages": [{"role": "user", "content": "x"}, {"role": "tool", "content": "blocked"}]})),
        (Protocol::Responses, json!({"input": [{"type": "message"}, {"type": "function_call_output", "output": "blocked"}]})),
        (Protocol::Gemini, json!({"contents": [{"parts": [{"text": "x"}, {"functionResponse": {"response": {"error": "blocked"}}}]}]})),
    ];
    for (protocol, body) in bodies {
        let results = ask_of(protocol, &body).results();
        assert!(results.len() == 1 && results[0].contains("blocked"), "{protocol:?}: {results:?}");
        assert!(ask_of(protocol, &json!({})).results().is_empty());
    }
}

#[test]
fn a_document_that_is_asked_for_has_its_shape() {
    let schema = json!({"type": "object", "properties": {"title": {"type": "string"}, "kind": {"enum": ["a", "b"]}, "deep": {"$ref": "#/$defs/d"}}, "$defs": {"d": {"type": ["boolean", "null"]}}});
    let wanted = json!({"title": "scripted", "kind": "a", "deep": false});
    let body = json!({"response_format": {"json_schema": {"schema": schema}}});
    let reply = parsed(&ask_of(Protocol::Chat, &body).say("no"));
    assert_eq!(serde_json::from_str::<Value>(reply["choices"][0]["message"]["content"].as_str().unwrap()).unwrap(), wanted);
    let endless = json!({"$ref": "#"});
    assert_eq!(smallest(&endless, &endless, 0), Value::Null, "a schema that means itself has an end");
}

#[test]
fn what_asks_no_model_is_told_apart() {
    assert_eq!(Protocol::of("POST", "/v1/messages"), Some(Protocol::Anthropic));
    assert_eq!(Protocol::of("POST", "/x/v1/chat/completions"), Some(Protocol::Chat));
    assert_eq!(Protocol::of("POST", "/v1/responses"), Some(Protocol::Responses));
    assert_eq!(Protocol::of("POST", "/v1beta/models/m:generateContent"), Some(Protocol::Gemini));
    for (method, path) in [("GET", "/v1/messages"), ("POST", "/v1/messages/count_tokens"), ("POST", "/v1/completions"), ("POST", "/v1beta/models/m:countTokens"), ("GET", "/")] {
        assert_eq!(Protocol::of(method, path), None, "{method} {path}");
    }
    assert_eq!(beside("/v1/messages/count_tokens")["input_tokens"], 1);
    assert_eq!(beside("/v1/models")["data"][0]["id"], "scripted");
}
