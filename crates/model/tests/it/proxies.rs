//! Through a proxy on loopback that knows where `models.example` is.

use super::*;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use testkit::model_server::Turn;

/// A CONNECT proxy that leads everything to one place; gives its address and what it was asked for.
fn proxy_to(port: u16) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://user:pass@{}", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&asked);
    thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let noted = Arc::clone(&noted);
            thread::spawn(move || tunnel(client, port, &noted));
        }
    });
    (address, asked)
}

fn tunnel(mut client: TcpStream, port: u16, noted: &Mutex<Vec<String>>) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        client.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    noted.lock().unwrap().push(String::from_utf8(head).unwrap());
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").unwrap();
    let mut server = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let (mut from, mut to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    thread::spawn(move || std::io::copy(&mut from, &mut to));
    std::io::copy(&mut server, &mut client).ok();
}

fn through(server: &ModelServer, variables: &[(&str, &str)]) -> Result<(Reply, Vec<Delta>), ModelError> {
    let settings = Settings {
        variables: variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        choice: Some("chat/x".into()),
        base_url: Some(format!("http://models.example:{}/v1", server.port())),
        ..Settings::default()
    };
    ask_once(&mut *find_with(&settings, Box::new(|_, _| {})).unwrap())
}

#[test]
fn a_model_is_reached_through_the_proxy() {
    let server = ModelServer::start([Turn::say("through")].into());
    let (proxy, asked) = proxy_to(server.port());
    let (reply, _) = through(&server, &[("HTTP_PROXY", &proxy)]).unwrap();
    assert_eq!(reply.message.text(), "through");
    let head = asked.lock().unwrap().remove(0);
    assert!(head.starts_with(&format!("CONNECT models.example:{} HTTP/1.1", server.port())), "{head}");
    assert!(head.contains("Proxy-Authorization: basic dXNlcjpwYXNz") || head.contains("Basic dXNlcjpwYXNz"), "{head}");
    assert_eq!(server.requests()[0].path, "/v1/chat/completions");
}

#[test]
fn a_listed_host_is_not_proxied() {
    let server = ModelServer::start([Turn::say("through")].into());
    let (proxy, asked) = proxy_to(server.port());
    // Without the proxy the name leads nowhere.
    let error = through(&server, &[("HTTP_PROXY", &proxy), ("NO_PROXY", ".example")]).unwrap_err();
    assert_eq!(error.code(), "model-unreachable");
    assert!(asked.lock().unwrap().is_empty());
}

#[test]
fn a_dead_proxy_is_not_gone_around() {
    let server = ModelServer::start([Turn::say("through")].into());
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = through(&server, &[("HTTP_PROXY", &format!("http://u:hunter2@{closed}"))]).unwrap_err();
    assert_eq!((error.code(), server.requests().len()), ("model-unreachable", 0));
    assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
}
