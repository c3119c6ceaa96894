use super::*;

/// What comes back for raw bytes on a connection of its own.
fn said(model: &Scripted, bytes: &str) -> String {
    let mut stream = TcpStream::connect(model.address).unwrap();
    stream.write_all(bytes.as_bytes()).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

fn post(body: &str) -> String {
    format!("POST /v1/messages HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

const SHELL: &str = r#"{"tools":[{"name":"Bash","input_schema":{"properties":{"command":{"type":"string"}}}}]}"#;

#[test]
fn commands_are_called_in_order_and_then_it_is_over() {
    let model = Scripted::start(vec!["one".into(), "two".into()]).unwrap();
    let text = said(&model, &(post(SHELL) + &post(SHELL) + &post(SHELL)));
    let at = |needle: &str| text.find(needle).unwrap_or_else(|| panic!("{needle}: {text}"));
    assert!(at(r#"{"command":"one"}"#) < at(r#"{"command":"two"}"#) && at(r#"{"command":"two"}"#) < at("All scripted commands"));
    assert_eq!(model.heard(), Heard { called: 2, withheld: 0, results: Vec::new() });
}

#[test]
fn what_was_left_open_is_typed_into_by_the_number_that_its_result_says() {
    let tools = r#""tools":[{"type":"function","name":"exec_command","parameters":{"properties":{"cmd":{"type":"string"},"tty":{"type":"boolean"}}}},{"type":"function","name":"write_stdin"}]"#;
    let responses = |results: &str| {
        let body = format!("{{{tools},\"input\":[{results}]}}");
        format!("POST /v1/responses HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n{body}", body.len())
    };
    let model = Scripted::start(vec!["left open: bash".into(), "typed: ls\n".into(), "typed: pwd\n".into()]).unwrap();
    assert!(said(&model, &responses("")).contains(r#"{\"cmd\":\"bash\",\"tty\":true}"#));
    let result = r#"{"type":"function_call_output","output":"Process running with session ID 4711\nOutput:"}"#;
    let typed = said(&model, &responses(result));
    assert!(typed.contains(r#""name":"write_stdin""#) && typed.contains(r#"\"session_id\":4711"#) && typed.contains(r#"\"chars\":\"ls\\n\""#), "{typed}");
    let result = r#"{"type":"custom_tool_call_output","output":"{\"session_id\":12,\"output\":\"\"}"}"#;
    assert!(said(&model, &responses(result)).contains(r#"\"session_id\":12"#));
    let model = Scripted::start(vec!["typed: ls".into()]).unwrap();
    assert!(said(&model, &post(SHELL)).contains("There is no shell."), "an agent that has no such tool is not asked for it");
}

#[test]
fn a_request_without_a_shell_is_counted_and_what_came_of_calls_is_kept() {
    let model = Scripted::start(vec!["one".into()]).unwrap();
    assert!(said(&model, &post("{}")).contains("There is no shell."));
    said(&model, &post(SHELL));
    let result = r#"{"messages":[{"content":[{"type":"tool_result","content":"no"}]}]}"#;
    said(&model, &post(result));
    said(&model, &post("{}"));
    assert_eq!(model.heard(), Heard { called: 1, withheld: 1, results: vec!["no".into()] });
}

#[test]
fn bodies_may_come_in_chunks_and_nonsense_is_answered_as_such() {
    let model = Scripted::start(vec!["one".into()]).unwrap();
    let (first, second) = SHELL.split_at(10);
    let chunked = format!("POST /v1/messages HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{first}\r\n{:x};x=y\r\n{second}\r\n0\r\n\r\n", first.len(), second.len());
    assert!(said(&model, &chunked).contains(r#"{"command":"one"}"#));
    assert!(said(&model, &post("{ broken")).starts_with("HTTP/1.1 400"));
    assert!(said(&model, "GET /v1/models HTTP/1.1\r\n\r\n").contains("scripted"));
    for nonsense in ["\r\n\r\n", "POST /v1/messages HTTP/1.1\r\ncontent-length: x\r\n\r\n", "POST /v1/messages HTTP/1.1\r\ncontent-length: 99999999999\r\n\r\n", "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"] {
        assert_eq!(said(&model, nonsense), "", "{nonsense:?}");
    }
    assert!(said(&model, "HEAD / HTTP/1.1\r\n\r\n").ends_with("\r\n\r\n"), "the model is still there, and a head has no body");
}
