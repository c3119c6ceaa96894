use super::*;
use std::io::Read;

/// Sends one request on a connection of its own and reads until the server closes or `until` is there.
fn talk(server: &ModelServer, request: &str, until: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut text = Vec::new();
    let mut buffer = [0; 4096];
    while !String::from_utf8_lossy(&text).contains(until) {
        match stream.read(&mut buffer).unwrap() {
            0 => break,
            size => text.extend_from_slice(&buffer[..size]),
        }
    }
    String::from_utf8(text).unwrap()
}

fn post(path: &str, body: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

#[test]
fn every_protocol_says_the_turn_whole() {
    let server = ModelServer::start([Turn::say("hello"), Turn::say("hello"), Turn::say("hello")].into());
    for path in ["/v1/messages", "/v1/responses", "/v1/chat/completions"] {
        let answer = talk(&server, &post(path, r#"{"model":"m"}"#), "hello");
        assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("application/json"), "{answer}");
    }
    assert_eq!((server.requests().len(), server.connections()), (3, 3));
}

#[test]
fn after_the_script_there_is_nothing() {
    let server = ModelServer::start(Script::default());
    let answer = talk(&server, &post("/v1/messages", "{}"), "over");
    assert!(answer.starts_with("HTTP/1.1 410 "), "{answer}");
    assert!(talk(&server, &post("/other", "{}"), "path").starts_with("HTTP/1.1 404 "));
}

#[test]
fn chunked_requests_are_read_and_kept() {
    let server = ModelServer::start([Turn::say("hello")].into());
    let request = "POST /v1/messages HTTP/1.1\r\nTransfer-Encoding: chunked\r\nX-A: B\r\n\r\n5\r\n{\"a\":\r\n3;x=y\r\n 1}\r\n0\r\n\r\n";
    talk(&server, request, "hello");
    let request = server.requests().remove(0);
    assert_eq!((&request.body, request.header("x-a")), (&json!({"a": 1}), Some("B")));
}

#[test]
fn a_cut_stream_is_not_ended() {
    let server = ModelServer::start([Turn::say("hello").with(Fault::Cut { after: 3 })].into());
    let answer = talk(&server, &post("/v1/messages", r#"{"stream":true}"#), "never there");
    assert!(answer.contains("message_start") && !answer.contains("message_stop") && !answer.ends_with("0\r\n\r\n"), "{answer}");
}

#[test]
fn who_hangs_up_is_noticed() {
    let server = ModelServer::start([Turn::say("hello").with(Fault::Stall { after: 2 })].into());
    assert!(!server.wait_for_hang_up(Duration::ZERO));
    talk(&server, &post("/v1/chat/completions", r#"{"stream":true}"#), "hello");
    assert!(server.wait_for_hang_up(Duration::from_secs(10)));
}

#[test]
fn pieces_never_cut_a_character() {
    let text = "é€𝄞".repeat(100);
    assert_eq!(pieces(&text).concat(), text);
    assert!(pieces("").is_empty());
}
