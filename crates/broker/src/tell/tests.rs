use std::io::{Read, Write};
use std::net::TcpListener;

use super::*;

/// A server that takes one request and answers with this status line; what it was sent.
fn told(status: &'static str) -> (String, std::thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/hook/secret-token", listener.local_addr().unwrap());
    let serving = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut seen = Vec::new();
        let mut part = [0; 1024];
        while !seen.ends_with(b"}") {
            let read = stream.read(&mut part).unwrap();
            seen.extend_from_slice(&part[..read]);
        }
        stream.write_all(format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nLocation: http://127.0.0.1:1/\r\n\r\n").as_bytes()).unwrap();
        String::from_utf8(seen).unwrap()
    });
    (address, serving)
}

#[test]
fn what_is_told_arrives_as_it_is() {
    let (address, serving) = told("204 No Content");
    assert_eq!(tell_as_named_here(&address, r#"{"text":"ä"}"#), Ok(()));
    let seen = serving.join().unwrap();
    assert!(seen.starts_with("POST /hook/secret-token HTTP/1.1\r\n") && seen.ends_with("\r\n\r\n{\"text\":\"ä\"}"), "{seen}");
    assert!(seen.to_lowercase().contains("content-type: application/json"), "{seen}");
}

#[test]
fn what_was_not_taken_was_not_told_and_no_error_has_the_address() {
    for (status, code) in [("500 Oh", 500), ("302 Found", 302), ("404 No", 404)] {
        let (address, serving) = told(status);
        assert_eq!(tell_as_named_here(&address, "{}"), Err(NotTold::Status { status: code }));
        serving.join().unwrap();
    }
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let why = tell_as_named_here(&format!("http://{nobody}/hook/secret-token"), "{}").unwrap_err().to_string();
    assert!(why.starts_with("it cannot be reached") && !why.contains("secret-token"), "{why}");
}

#[test]
fn an_address_is_https_or_of_this_machine() {
    for bad in ["", "hook", "ftp://127.0.0.1/x", "file:///etc/passwd", "https://"] {
        assert_eq!(tell_as_named_here(bad, "{}"), Err(NotTold::Address), "{bad}");
    }
    let open = tell_as_named_here("http://192.0.2.1/x", "{}").unwrap_err();
    assert!(matches!(open, NotTold::Unasked(Unasked::Open { .. })), "{open}");
    let metadata = tell_as_named_here("https://169.254.169.254/x", "{}").unwrap_err();
    assert!(matches!(metadata, NotTold::Unasked(Unasked::Never { .. })), "{metadata}");
}
