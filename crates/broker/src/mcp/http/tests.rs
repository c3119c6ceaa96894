use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use action::McpAsk;
use serde_json::{Map, Value, json};

use super::super::{McpError, Reply, Said, Server};
use super::*;

/// A server on a thread: answers each POST with what `answer` gives for its headers and body.
fn served(answer: impl Fn(&str, &Value) -> String + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/mcp", listener.local_addr().unwrap());
    let answer = Arc::new(answer);
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let answer = Arc::clone(&answer);
            std::thread::spawn(move || respond(stream, answer.as_ref()));
        }
    });
    url
}

/// GET has no body: it is given as `null`.
fn respond(mut stream: TcpStream, answer: &dyn Fn(&str, &Value) -> String) -> Option<()> {
    let mut from = BufReader::new(stream.try_clone().ok()?);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        from.read_line(&mut line).ok()?;
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body).ok()?;
    stream.write_all(answer(&head, &serde_json::from_slice(&body).unwrap_or_default()).as_bytes()).ok()
}

fn http(status: &str, kind: &str, more: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-type: {kind}\r\nconnection: close\r\n{more}\r\n{body}")
}

fn as_json(request: &Value, result: Value) -> String {
    http("200 OK", "application/json", "", &json!({"jsonrpc": "2.0", "id": request["id"], "result": result}).to_string())
}

fn decent(request: &Value) -> String {
    match request["method"].as_str() {
        Some("initialize") => {
            let result = json!({"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": {"name": "t", "version": "1"}});
            let body = json!({"jsonrpc": "2.0", "id": request["id"], "result": result}).to_string();
            http("200 OK", "application/json; charset=utf-8", "mcp-session-id: s-1\r\n", &body)
        }
        Some("tools/list") => as_json(request, json!({"tools": [{"name": "add", "inputSchema": {"type": "object"}}]})),
        Some("tools/call") => {
            let note = json!({"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": 1}});
            let answer = json!({"jsonrpc": "2.0", "id": request["id"], "result": {"content": [{"type": "text", "text": "5"}]}});
            http("200 OK", "text/event-stream", "", &format!(": hello\r\nid: 1\r\ndata: {note}\r\n\r\nevent: message\ndata: {answer}\n\n"))
        }
        _ => http("202 Accepted", "text/plain", "", ""),
    }
}

fn limits() -> Limits {
    Limits { start: Duration::from_secs(5), call: Duration::from_secs(1), message: 10_000, bytes: 50_000, messages: 50 }
}

fn ask(url: &str) -> Result<Said, McpError> {
    ask_as(url, &mut |_| Reply::Decline)
}

fn ask_as(url: &str, person: crate::mcp::Person<'_>) -> Result<Said, McpError> {
    let still = AtomicBool::new(false);
    let mut server = Server::at(url, vec![("x-token".into(), "t".into()), ("Host".into(), "evil".into())], None, &[], limits(), &still)?;
    server.tools(&still)?;
    server.ask(&McpAsk::Tool { name: "add".into() }, Map::new(), &still, person)
}

#[test]
fn messages_and_events_are_answers_and_session_and_version_are_said_again() {
    let url = served(|head, request| {
        let head = head.to_ascii_lowercase();
        let first = request["method"] == "initialize";
        let again = head.contains("mcp-session-id: s-1") && head.contains("mcp-protocol-version: 2025-06-18");
        let whole = head.contains("x-token: t") && !head.contains("evil") && head.contains("accept: application/json, text/event-stream");
        if whole && first != again { decent(request) } else { http("400 Bad Request", "text/plain", "", "") }
    });
    assert_eq!(ask(&url).unwrap(), Said { text: "5".into(), ok: true });
}

#[test]
fn where_clouds_keep_credentials_nobody_is_asked_and_a_private_network_by_name_only_where_it_is_named() {
    for url in ["https://169.254.169.254/latest", "https://100.100.100.200/", "https://[fe80::1]/mcp"] {
        let error = ask(url).unwrap_err().to_string();
        assert!(error.contains("never asked"), "{error}");
    }
    let meant = |url: &str, private: &[&str]| {
        let private: Vec<String> = private.iter().map(|name| (*name).to_owned()).collect();
        super::may_be_inner(url, &private)
    };
    assert_eq!(meant("https://10.0.0.5/mcp", &[]), ["10.0.0.5"], "people read the address that they signed");
    assert_eq!(meant("https://[fd00::5]:8443/mcp", &[]), ["[fd00::5]"]);
    assert_eq!(meant("http://localhost:7/mcp", &[]), ["localhost"]);
    assert_eq!(meant("https://mcp.corp.example/mcp", &[]), [""; 0], "a name may lead anywhere");
    assert_eq!(meant("https://mcp.corp.example:8443/mcp", &["MCP.corp.example"]), ["mcp.corp.example"]);
    assert_eq!(meant("https://MCP.corp.example/mcp", &["other", "mcp.corp.example"]), ["MCP.corp.example"]);
}

#[test]
fn nobody_is_sent_elsewhere_or_logged_in() {
    let other = served(|_, request| decent(request));
    let table = [("307 Temporary Redirect", "sends elsewhere"), ("401 Unauthorized", "logged in"), ("500 Oops", "HTTP 500")];
    for (status, why) in table {
        let location = format!("location: {other}\r\n");
        let url = served(move |_, _| http(status, "text/plain", &location, ""));
        let error = ask(&url).unwrap_err();
        assert!(matches!(&error, McpError::Refused { .. } | McpError::LogIn { .. }) && error.to_string().contains(why), "{error}");
    }
}

#[test]
fn a_stream_that_ends_early_is_an_answer_that_it_failed() {
    let url = served(|_, request| match request["method"].as_str() {
        Some("tools/call") => http("200 OK", "text/event-stream", "", "data: {\"jsonrpc\""),
        _ => decent(request),
    });
    let said = ask(&url).unwrap();
    assert!(!said.ok && said.text.contains("ended before it was one"), "{said:?}");
}

#[test]
fn a_flood_is_cut_off_as_one_message_and_as_many() {
    for body in [format!("data: {}\n\n", "x".repeat(20_000)), "data: 1\n\n".repeat(1000)] {
        let url = served(move |_, request| match request["method"].as_str() {
            Some("tools/call") => http("200 OK", "text/event-stream", "", &body),
            _ => decent(request),
        });
        assert!(matches!(ask(&url), Err(McpError::Flood { .. })));
    }
    let url = served(|_, request| match request["method"].as_str() {
        Some("tools/call") => as_json(request, json!({"content": [{"type": "text", "text": "x".repeat(20_000)}]})),
        _ => decent(request),
    });
    assert!(matches!(ask(&url), Err(McpError::Flood { .. })));
}

#[test]
fn one_that_is_not_there_or_could_be_overheard_is_not_spoken_to() {
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert!(matches!(ask(&format!("http://{gone}/")), Err(McpError::Refused { .. })));
    for url in ["http://example.org/", "http://127.0.0.1.evil.example/", "ftp://a", "http://localhost@evil.example/", "http://localhost:80@evil.example/", "https://a\\@b/"] {
        assert!(matches!(ask(url), Err(McpError::Ours(_))), "{url}");
    }
}

#[test]
fn a_stream_that_is_broken_is_gone_on_with_after_the_pause_that_the_server_wants() {
    let url = served(|head, request| match request["method"].as_str() {
        Some("tools/call") => http("200 OK", "text/event-stream", "", &format!("id: {}\nretry: 150\ndata: \n\n", request["id"])),
        None if head.to_ascii_lowercase().contains("last-event-id: ") => {
            let id: Value = head.to_ascii_lowercase().split("last-event-id: ").nth(1).unwrap().lines().next().unwrap().parse().unwrap();
            let answer = json!({"jsonrpc": "2.0", "id": id, "result": {"content": [{"type": "text", "text": "at last"}]}});
            http("200 OK", "text/event-stream", "", &format!("data: {answer}\n\n"))
        }
        _ => decent(request),
    });
    let begun = Instant::now();
    assert_eq!(ask(&url).unwrap().text, "at last");
    assert!(begun.elapsed() >= Duration::from_millis(150));
}

#[test]
fn a_stream_that_is_broken_again_and_again_ends() {
    let url = served(|_, request| match request["method"].as_str() {
        Some("tools/call") | None => http("200 OK", "text/event-stream", "", "id: 1\nretry: 1\ndata: \n\n"),
        _ => decent(request),
    });
    assert!(!ask(&url).unwrap().ok);
}

#[test]
fn what_a_server_asks_by_itself_is_heard_and_it_is_told_of_the_end() {
    let (tell, told) = std::sync::mpsc::channel::<String>();
    let (tell, waiting) = (Mutex::new(tell), Arc::new((Mutex::new((false, None)), std::sync::Condvar::new())));
    let url = served(move |head, request| {
        let method = head.split(' ').next().unwrap_or_default().to_owned();
        tell.lock().unwrap().send(method.clone()).ok();
        let (answer, given) = waiting.as_ref();
        match (method.as_str(), request["method"].as_str()) {
            ("GET", _) => {
                drop(given.wait_while(answer.lock().unwrap(), |(called, _): &mut (bool, Option<Value>)| !*called).unwrap());
                let schema = json!({"type": "object", "properties": {"age": {"type": "integer", "default": 30}}});
                let question = json!({"jsonrpc": "2.0", "id": 77, "method": "elicitation/create", "params": {"message": "Who?", "requestedSchema": schema}});
                http("200 OK", "text/event-stream", "", &format!("data: {question}\n\n"))
            }
            ("POST", Some("tools/call")) => {
                answer.lock().unwrap().0 = true;
                given.notify_all();
                let answer = given.wait_while(answer.lock().unwrap(), |(_, answer)| answer.is_none()).unwrap();
                as_json(request, json!({"content": [{"type": "text", "text": answer.1.as_ref().unwrap()["result"].to_string()}]}))
            }
            ("POST", None) if request["id"] == 77 => {
                answer.lock().unwrap().1 = Some(request.clone());
                given.notify_all();
                http("202 Accepted", "text/plain", "", "")
            }
            _ => decent(request),
        }
    });
    assert_eq!(ask_as(&url, &mut |_| Reply::Accept(Map::new())).unwrap().text, r#"{"action":"accept","content":{"age":30}}"#);
    assert!(told.into_iter().any(|method| method == "DELETE"), "it is told of the end");
}
