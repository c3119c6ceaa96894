use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::time::Instant;

use serde_json::json;

use super::*;

/// A server on a thread: answers each request with what `answer` gives, as lines.
fn served(limits: Limits, answer: impl Fn(&Value) -> Vec<String> + Send + 'static) -> Result<Server, McpError> {
    let (in_input, input) = std::io::pipe().unwrap();
    let (output, in_output) = std::io::pipe().unwrap();
    std::thread::spawn(move || {
        let mut out = File::from(OwnedFd::from(in_output));
        for line in BufReader::new(in_input).lines() {
            let request: Value = serde_json::from_str(&line.unwrap()).unwrap();
            for line in answer(&request) {
                if out.write_all(line.as_bytes()).is_err() {
                    return;
                }
            }
            if request["method"] == "die" || request["params"]["name"] == "die" {
                return;
            }
        }
    });
    Server::over(input.into(), output.into(), limits, &AtomicBool::new(false))
}

fn quick() -> Limits {
    Limits { start: Duration::from_secs(5), call: Duration::from_millis(300), message: 10_000, bytes: 100_000, messages: 50 }
}

fn result(request: &Value, result: Value) -> Vec<String> {
    vec![format!("{}\n", json!({"jsonrpc": "2.0", "id": request["id"], "result": result}))]
}

/// What a decent server says.
fn decent(request: &Value) -> Vec<String> {
    match request["method"].as_str() {
        Some("initialize") => result(request, json!({
            "protocolVersion": "2025-06-18",
            "capabilities": {"tools": {}, "resources": {}},
            "serverInfo": {"name": "tests", "version": "1"},
        })),
        Some("tools/list") => result(request, json!({"tools": [{"name": "add", "description": "adds", "inputSchema": {"type": "object"}}]})),
        Some("tools/call") => match request["params"]["name"].as_str() {
            Some("add") => result(request, json!({"content": [{"type": "text", "text": "5"}]})),
            _ => vec![format!("{}\n", json!({"jsonrpc": "2.0", "id": request["id"], "error": {"code": -32602, "message": "no such\ntool"}}))],
        },
        _ => Vec::new(),
    }
}

fn ask(server: &mut Server, name: &str) -> Result<Said, McpError> {
    server.ask(&McpAsk::Tool { name: name.into() }, Map::new(), &AtomicBool::new(false), &mut nobody)
}

#[test]
fn a_decent_server_lists_and_answers() {
    let mut server = served(quick(), decent).unwrap();
    let set = server.tools(&AtomicBool::new(false)).unwrap();
    assert_eq!((set.tools.len(), set.resources, set.prompts), (1, true, false));
    assert_eq!(ask(&mut server, "add").unwrap(), Said { text: "5".into(), ok: true });
    let refused = ask(&mut server, "sub").unwrap();
    assert_eq!(refused, Said { text: "error -32602: no such\ntool".into(), ok: false });
    assert_eq!(ask(&mut server, "add").unwrap().text, "5", "a refusal ends nothing");
}

#[test]
fn a_server_that_dies_is_gone_also_in_the_middle() {
    let mut server = served(quick(), |request| if request["method"] == "tools/call" { Vec::new() } else { decent(request) }).unwrap();
    assert!(matches!(ask(&mut server, "die"), Err(McpError::Gone)));
    assert!(ask(&mut server, "add").is_err());
    let (_, input) = std::io::pipe().unwrap();
    let (output, _) = std::io::pipe().unwrap();
    let begun = Server::over(input.into(), output.into(), quick(), &AtomicBool::new(false));
    assert!(matches!(begun, Err(McpError::Gone)));
}

#[test]
fn a_server_that_never_answers_or_answers_others_runs_out_of_time() {
    let silent = |request: &Value| if request["method"] == "tools/call" { Vec::new() } else { decent(request) };
    assert!(matches!(ask(&mut served(quick(), silent).unwrap(), "add"), Err(McpError::TooLong { .. })));
    let others = |request: &Value| {
        let mut other = request.clone();
        if request["method"] == "tools/call" {
            other["id"] = json!(9999);
        }
        decent(&other)
    };
    assert!(matches!(ask(&mut served(quick(), others).unwrap(), "add"), Err(McpError::TooLong { .. })));
    let begun = served(Limits { start: Duration::from_millis(200), ..quick() }, |_| Vec::new());
    assert!(matches!(begun, Err(McpError::TooLong { .. })));
}

#[test]
fn a_raised_flag_ends_the_wait_at_once() {
    let slow = Limits { call: Duration::from_secs(600), ..quick() };
    let mut server = served(slow, |request| if request["method"] == "tools/call" { Vec::new() } else { decent(request) }).unwrap();
    let begun = Instant::now();
    let asked = server.ask(&McpAsk::Tool { name: "add".into() }, Map::new(), &AtomicBool::new(true), &mut nobody);
    assert!(matches!(asked, Err(McpError::Stopped)));
    assert!(begun.elapsed() < Duration::from_secs(60));
}

#[test]
fn a_server_that_floods_is_cut_off() {
    let floods: [fn() -> Vec<String>; 3] = [
        || vec![format!("\"{}\"\n", "x".repeat(20_000))],
        || vec!["{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{\"level\":\"info\",\"data\":1}}\n".to_owned(); 100],
        || vec![format!("\"{}\"\n", "x".repeat(9_000)); 20],
    ];
    for flood in floods {
        let mut server = served(quick(), move |request| if request["method"] == "tools/call" { flood() } else { decent(request) }).unwrap();
        let asked = ask(&mut server, "add");
        assert!(matches!(asked, Err(McpError::Flood { .. })), "{asked:?}");
    }
}

#[test]
fn what_is_no_protocol_is_told_as_that() {
    let begun = served(quick(), |request| result(request, json!({"hello": 1})));
    assert!(matches!(begun, Err(McpError::Protocol { .. })), "{:?}", begun.err());
    let noisy = |request: &Value| [vec!["npm warn: hello\n".to_owned(), "\n".to_owned()], decent(request)].concat();
    assert_eq!(ask(&mut served(quick(), noisy).unwrap(), "add").unwrap().text, "5", "a line of noise is passed over");
}

#[test]
fn that_its_tools_are_others_is_noted() {
    let changed = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}\n".to_owned();
    let mut server = served(quick(), move |request| {
        let first = if request["method"] == "tools/call" { vec![changed.clone()] } else { Vec::new() };
        [first, decent(request)].concat()
    })
    .unwrap();
    server.tools(&AtomicBool::new(false)).unwrap();
    assert!(!server.has_changed());
    ask(&mut server, "add").unwrap();
    ask(&mut server, "add").unwrap();
    assert!(server.has_changed());
}

#[test]
fn what_a_server_asks_of_the_client_is_declined() {
    let asks = |request: &Value| {
        let question = json!({"jsonrpc": "2.0", "id": 77, "method": "sampling/createMessage", "params": {"messages": [], "maxTokens": 1}});
        let first = if request["method"] == "tools/call" { vec![format!("{question}\n")] } else { Vec::new() };
        [first, decent(request)].concat()
    };
    assert_eq!(ask(&mut served(quick(), asks).unwrap(), "add").unwrap().text, "5");
}

/// Asks the person for a name in the middle of a call, and answers with what it was told.
fn curious(times: usize) -> impl Fn(&Value) -> Vec<String> + Send + 'static {
    move |request: &Value| match request["method"].as_str() {
        Some("tools/call") => {
            let schema = json!({"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer", "default": 30}}, "required": ["name"]});
            let question = |id: usize| json!({"jsonrpc": "2.0", "id": 100 + id, "method": "elicitation/create", "params": {"message": "Who?", "requestedSchema": schema}});
            (0..times).map(|id| format!("{}\n", question(id))).collect()
        }
        _ if request["id"] == 99 + times => result(&json!({"id": 2}), json!({"content": [{"type": "text", "text": request["result"].to_string()}]})),
        _ => decent(request),
    }
}

#[test]
fn a_question_goes_to_the_person_and_their_time_is_not_the_server_s() {
    let mut server = served(quick(), curious(1)).unwrap();
    server.tools(&AtomicBool::new(false)).unwrap();
    let mut person = |question: &Question| {
        assert_eq!((question.message.as_str(), question.fields.len()), ("Who?", 2));
        let until = Instant::now() + Duration::from_millis(400);
        while let Some(left) = until.checked_duration_since(Instant::now()) {
            std::thread::park_timeout(left);
        }
        Reply::Accept(Map::from_iter([("name".to_owned(), json!("ana"))]))
    };
    let said = server.ask(&McpAsk::Tool { name: "add".into() }, Map::new(), &AtomicBool::new(false), &mut person).unwrap();
    let told: Value = serde_json::from_str(&said.text).unwrap();
    assert_eq!(told, json!({"action": "accept", "content": {"age": 30, "name": "ana"}}));
}

#[test]
fn nobody_and_who_answers_too_little_have_declined() {
    for reply in [Reply::Decline, Reply::Accept(Map::new())] {
        let mut server = served(quick(), curious(1)).unwrap();
        server.tools(&AtomicBool::new(false)).unwrap();
        let said = server.ask(&McpAsk::Tool { name: "add".into() }, Map::new(), &AtomicBool::new(false), &mut |_| reply.clone()).unwrap();
        assert_eq!(said.text, r#"{"action":"decline"}"#);
    }
}

#[test]
fn a_person_is_asked_a_few_questions_a_call_and_no_more() {
    let mut server = served(quick(), curious(20)).unwrap();
    server.tools(&AtomicBool::new(false)).unwrap();
    let mut asked = 0;
    let mut person = |_: &Question| {
        asked += 1;
        Reply::Decline
    };
    server.ask(&McpAsk::Tool { name: "add".into() }, Map::new(), &AtomicBool::new(false), &mut person).unwrap();
    assert_eq!(asked, MOST_QUESTIONS);
}
