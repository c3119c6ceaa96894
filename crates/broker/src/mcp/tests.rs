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

fn ask(server: &Server, name: &str) -> Result<Said, McpError> {
    server.ask(&McpAsk::Tool { name: name.into() }, Map::new(), &AtomicBool::new(false))
}

#[test]
fn a_decent_server_lists_and_answers() {
    let server = served(quick(), decent).unwrap();
    let set = server.tools(&AtomicBool::new(false)).unwrap();
    assert_eq!((set.tools.len(), set.resources, set.prompts), (1, true, false));
    assert_eq!(ask(&server, "add").unwrap(), Said { text: "5".into(), ok: true });
    let refused = ask(&server, "sub").unwrap();
    assert_eq!(refused, Said { text: "error -32602: no such\ntool".into(), ok: false });
    assert_eq!(ask(&server, "add").unwrap().text, "5", "a refusal ends nothing");
}

#[test]
fn a_server_that_dies_is_gone_also_in_the_middle() {
    let server = served(quick(), |request| if request["method"] == "tools/call" { Vec::new() } else { decent(request) }).unwrap();
    assert!(matches!(ask(&server, "die"), Err(McpError::Gone)));
    assert!(ask(&server, "add").is_err());
    let (_, input) = std::io::pipe().unwrap();
    let (output, _) = std::io::pipe().unwrap();
    let begun = Server::over(input.into(), output.into(), quick(), &AtomicBool::new(false));
    assert!(matches!(begun, Err(McpError::Gone)));
}

#[test]
fn a_server_that_never_answers_or_answers_others_runs_out_of_time() {
    let silent = |request: &Value| if request["method"] == "tools/call" { Vec::new() } else { decent(request) };
    assert!(matches!(ask(&served(quick(), silent).unwrap(), "add"), Err(McpError::TooLong { .. })));
    let others = |request: &Value| {
        let mut other = request.clone();
        if request["method"] == "tools/call" {
            other["id"] = json!(9999);
        }
        decent(&other)
    };
    assert!(matches!(ask(&served(quick(), others).unwrap(), "add"), Err(McpError::TooLong { .. })));
    let begun = served(Limits { start: Duration::from_millis(200), ..quick() }, |_| Vec::new());
    assert!(matches!(begun, Err(McpError::TooLong { .. })));
}

#[test]
fn a_raised_flag_ends_the_wait_at_once() {
    let slow = Limits { call: Duration::from_secs(600), ..quick() };
    let server = served(slow, |request| if request["method"] == "tools/call" { Vec::new() } else { decent(request) }).unwrap();
    let begun = Instant::now();
    let asked = server.ask(&McpAsk::Tool { name: "add".into() }, Map::new(), &AtomicBool::new(true));
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
        let server = served(quick(), move |request| if request["method"] == "tools/call" { flood() } else { decent(request) }).unwrap();
        let asked = ask(&server, "add");
        assert!(matches!(asked, Err(McpError::Flood { .. })), "{asked:?}");
    }
}

#[test]
fn what_is_no_protocol_is_told_as_that() {
    let begun = served(quick(), |request| result(request, json!({"hello": 1})));
    assert!(matches!(begun, Err(McpError::Protocol { .. })), "{:?}", begun.err());
    let noisy = |request: &Value| [vec!["npm warn: hello\n".to_owned(), "\n".to_owned()], decent(request)].concat();
    assert_eq!(ask(&served(quick(), noisy).unwrap(), "add").unwrap().text, "5", "a line of noise is passed over");
}

#[test]
fn that_its_tools_are_others_is_noted() {
    let changed = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}\n".to_owned();
    let server = served(quick(), move |request| {
        let first = if request["method"] == "tools/call" { vec![changed.clone()] } else { Vec::new() };
        [first, decent(request)].concat()
    })
    .unwrap();
    server.tools(&AtomicBool::new(false)).unwrap();
    assert!(!server.has_changed());
    ask(&server, "add").unwrap();
    ask(&server, "add").unwrap();
    assert!(server.has_changed());
}

#[test]
fn what_a_server_asks_of_the_client_is_declined() {
    let asks = |request: &Value| {
        let question = json!({"jsonrpc": "2.0", "id": 77, "method": "sampling/createMessage", "params": {"messages": [], "maxTokens": 1}});
        let first = if request["method"] == "tools/call" { vec![format!("{question}\n")] } else { Vec::new() };
        [first, decent(request)].concat()
    };
    assert_eq!(ask(&served(quick(), asks).unwrap(), "add").unwrap().text, "5");
}
