use std::io::Write as _;

use broker::{End, Method};

use crate::world::{Server, Setup, World, read_request};

fn get(port: u16, path: &str, fields: &str) -> String {
    format!("GET http://127.0.0.1:{port}{path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{fields}\r\n")
}

fn post(port: u16, fields: &str, body: &str) -> String {
    format!("POST http://127.0.0.1:{port}/p HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{fields}\r\n{body}")
}

fn world_for(server: &Server) -> World {
    Setup::opening(&[("127.0.0.1", server.port)]).start()
}

const HI: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-From: host\r\n\r\nhi";

#[test]
fn one_connection_carries_several_requests_and_each_is_asked() {
    let (one, two) = (Server::answering(HI), Server::answering(HI));
    let world = Setup::opening(&[("127.0.0.1", one.port), ("127.0.0.1", two.port)]).start();
    let mut client = world.client();
    for server in [&one, &two, &one] {
        let head = client.say(get(server.port, "/a?b=1", "Accept: */*\r\nConnection: keep-alive\r\n")).head();
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n") && head.contains("x-from: host\r\n") && head.contains("connection: keep-alive\r\n"), "{head}");
        assert_eq!(client.exactly(2), b"hi");
        let heard = server.heard_text();
        assert!(heard.starts_with(&format!("GET /a?b=1 HTTP/1.1\r\nhost: 127.0.0.1:{}\r\naccept: */*\r\n", server.port)), "{heard}");
        let passage = world.passage();
        assert_eq!((passage.end, passage.sent, passage.reach.unwrap().method), (End::Passed, heard.len() as u64, Method::Get));
    }
    let held = client.say("GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n").head();
    assert!(held.starts_with("HTTP/1.1 403 Held by countersign: evil.example:80\r\n"), "{held}");
    assert_eq!(world.asked.lock().unwrap().len(), 4);
}

#[test]
fn requests_that_come_at_once_are_answered_in_order() {
    let server = Server::answering(HI);
    let world = world_for(&server);
    let mut client = world.client();
    client.say([get(server.port, "/1", ""), post(server.port, "Content-Length: 3\r\n", "abc"), get(server.port, "/3", "Connection: close\r\n")].concat());
    let all = client.rest_as_text();
    assert_eq!(all.matches("HTTP/1.1 200 OK").count(), 3, "{all}");
    assert!(server.heard_text().starts_with("GET /1 "));
    assert!(server.heard_text().ends_with("\r\n\r\nabc"));
    assert!(server.heard_text().starts_with("GET /3 "));
}

#[test]
fn bodies_go_out_whole_in_either_framing() {
    let server = Server::answering(HI);
    let world = world_for(&server);
    let mut client = world.client();
    client.say(post(server.port, "Content-Length: 5\r\n", "hello")).head();
    client.exactly(2);
    assert!(server.heard_text().ends_with("content-length: 5\r\nconnection: close\r\n\r\nhello"));
    client.say(post(server.port, "Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n", "5;ext=\"1\"\r\nhello\r\n0A\r\n0123456789\r\n0\r\nX-Sum: 1\r\n\r\n"));
    client.head();
    client.exactly(2);
    let heard = server.heard_text();
    assert!(heard.ends_with("transfer-encoding: chunked\r\nconnection: close\r\n\r\n5\r\nhello\r\na\r\n0123456789\r\n0\r\n\r\n"), "{heard}");
    client.say(post(server.port, "", "")).head();
    assert!(server.heard_text().contains("content-length: 0\r\n"));
}

#[test]
fn a_client_that_waits_before_its_body_is_told_to_go_on() {
    let server = Server::answering(HI);
    let world = world_for(&server);
    let mut client = world.client();
    client.say(post(server.port, "Content-Length: 5\r\nExpect: 100-continue\r\n", ""));
    assert_eq!(client.head(), "HTTP/1.1 100 Continue\r\n\r\n");
    assert!(client.say("hello").head().starts_with("HTTP/1.1 200 OK"));
    let heard = server.heard_text();
    assert!(heard.ends_with("\r\n\r\nhello") && !heard.contains("expect"), "{heard}");
}

#[test]
fn answers_come_back_whole_in_every_framing() {
    let check = |response: &'static str, request: fn(u16) -> String, expected: &str, stays_open: bool| {
        let server = Server::answering(response);
        let world = world_for(&server);
        let mut client = world.client();
        let head = client.say(request(server.port)).head();
        assert_eq!(head.contains("connection: keep-alive"), stays_open, "{response:?}: {head}");
        let body = if stays_open { client.end().rest_as_text() } else { client.rest_as_text() };
        assert_eq!(body, expected, "{response:?}");
        assert_eq!(world.passage().end, End::Passed);
    };
    let plain: fn(u16) -> String = |port| get(port, "/", "");
    let head: fn(u16) -> String = |port| get(port, "/", "").replace("GET", "HEAD");
    let old: fn(u16) -> String = |port| format!("GET http://127.0.0.1:{port}/ HTTP/1.0\r\n\r\n");
    let chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n0\r\nX: y\r\n\r\n";
    check(HI, plain, "hi", true);
    check(HI, head, "", true);
    check("HTTP/1.1 304 Not modified\r\nContent-Length: 9\r\n\r\n", plain, "", true);
    check("HTTP/1.1 204 No content\r\n\r\n", plain, "", true);
    check("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", plain, "x", true);
    check(chunks, plain, "3\r\nabc\r\n0\r\n\r\n", true);
    check(chunks, old, "abc", false);
    check("HTTP/1.0 200 OK\r\n\r\nuntil the end", plain, "until the end", false);
}

#[test]
fn an_answer_that_breaks_off_is_not_taken_for_whole() {
    for response in ["HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nha"] {
        let server = Server::answering(response);
        let world = world_for(&server);
        let all = world.client().say(get(server.port, "/", "")).rest_as_text();
        assert!(all.starts_with("HTTP/1.1 200 OK") && !all.ends_with("0\r\n\r\n"), "{all}");
        assert!(matches!(world.passage().end, End::Cut { .. }));
    }
}

#[test]
fn an_answer_that_can_be_read_in_two_ways_is_none() {
    let answers = [
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi!",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\nY: b\r\n\r\n",
        "HTTP/1.1 101 Switching protocols\r\nUpgrade: x\r\n\r\n",
        "SSH-2.0-OpenSSH\r\n\r\n",
        "",
    ];
    for response in answers {
        let server = Server::answering(response);
        let world = world_for(&server);
        let all = world.client().say(get(server.port, "/", "")).rest_as_text();
        assert!(all.starts_with("HTTP/1.1 502 ") && all.contains("x-countersign: unreachable"), "{response:?}: {all}");
        assert!(matches!(world.passage().end, End::Unreachable { .. }));
    }
}

#[test]
fn what_two_readers_could_read_differently_never_leaves() {
    let server = Server::answering(HI);
    let port = server.port;
    let smuggled = format!("GET http://127.0.0.1:{port}/smuggled HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n");
    let variants = [
        post(port, "Content-Length: 6\r\nContent-Length: 5\r\n", &smuggled),
        post(port, "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n", &format!("0\r\n\r\n{smuggled}")),
        post(port, "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", &format!("0\r\n\r\n{smuggled}")),
        post(port, "Transfer-Encoding: xchunked\r\n", &smuggled),
        post(port, "Transfer-Encoding : chunked\r\n", &smuggled),
        post(port, "Transfer-Encoding:\x0bchunked\r\n", &smuggled),
        post(port, "X: y\nTransfer-Encoding: chunked\r\n", &smuggled),
        post(port, "X: y\rTransfer-Encoding: chunked\r\n", &smuggled),
        post(port, "X: y\r\n Transfer-Encoding: chunked\r\n", &smuggled),
        post(port, "Content-Length: 0x10\r\n", &smuggled),
        post(port, "Host: evil.example\r\n", ""),
        get(port, "/", "").replace("Host: 127.0.0.1", "Host: evil.example"),
        get(port, "/", "").replace("http://127", "http://ana:pw@127"),
        get(port, "/a b", ""),
        "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n".to_owned(),
        format!("CONNECT 127.0.0.1:{port} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 5\r\n\r\nhello"),
        format!("GET http://127.0.0.1:{port}/ HTTP/1.1\n\n"),
        format!("PUT http://127.0.0.1:{port}/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"),
    ];
    for bytes in variants {
        let world = world_for(&server);
        let all = world.client().say(&bytes).rest_as_text();
        assert!(all.starts_with("HTTP/1.1 400 ") && all.contains("x-countersign: malformed"), "{bytes:?}: {all}");
        assert_eq!(all.matches("HTTP/1.1 ").count(), 1, "nothing after it is read: {all}");
        let passage = world.passage();
        assert!(matches!(&passage.end, End::Malformed { .. }), "{passage:?}");
        assert!(world.asked.lock().unwrap().is_empty());
        assert!(server.heard_nothing(), "{bytes:?}");
    }
}

#[test]
fn a_chunk_that_cannot_be_read_ends_the_connection_before_what_is_behind_it() {
    for body in ["5\r\nhelloX\r\n0\r\n\r\n", "+5\r\nhello\r\n0\r\n\r\n", "5\nhello\r\n0\r\n\r\n", "FFFFFFFFFFFFFFFFF\r\n", "5 5\r\nhello\r\n0\r\n\r\n"] {
        let server = Server::answering(HI);
        let world = world_for(&server);
        let all = world.client().say(post(server.port, "Transfer-Encoding: chunked\r\n", body)).rest_as_text();
        assert!(all.starts_with("HTTP/1.1 502 "), "{body:?}: {all}");
        assert!(!server.heard_text().ends_with("0\r\n\r\n"), "the host is not told that the body was whole: {body:?}");
    }
}

#[test]
fn what_is_for_one_connection_does_not_go_on() {
    let server = Server::answering(HI);
    let world = world_for(&server);
    let fields = "Proxy-Authorization: Basic eA==\r\nProxy-Connection: keep-alive\r\nConnection: X-Mine\r\nX-Mine: 1\r\nUpgrade: h2c\r\nAuthorization: Bearer t\r\n";
    world.client().say(get(server.port, "/", fields)).head();
    let heard = server.heard_text();
    assert!(heard.contains("authorization: Bearer t\r\n"), "{heard}");
    for gone in ["proxy", "x-mine", "upgrade", "Basic"] {
        assert!(!heard.contains(gone), "{gone}: {heard}");
    }
}

#[test]
fn a_host_that_answers_before_the_body_is_over_is_heard() {
    let server = Server::start(|stream| {
        let mut first = [0; 16];
        std::io::Read::read_exact(stream, &mut first).unwrap();
        stream.write_all(b"HTTP/1.1 413 Too large\r\nContent-Length: 0\r\n\r\n").unwrap();
        read_request(stream)
    });
    let world = world_for(&server);
    let mut client = world.client();
    client.say(post(server.port, "Content-Length: 5\r\n", "hello"));
    assert!(client.head().starts_with("HTTP/1.1 413 Too large"));
}
