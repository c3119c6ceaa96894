#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods, reason = "tests fail by panicking")]

use std::net::TcpListener;
use std::sync::mpsc::Receiver;

use super::*;

/// A service that gives these answers in order, the last one for ever, and says when it has given one.
fn service(answers: Vec<String>) -> (u16, Receiver<usize>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let (send, given) = mpsc::channel();
    std::thread::spawn(move || {
        for (n, stream) in listener.incoming().enumerate() {
            let mut stream = stream.unwrap();
            let mut request = [0; 512];
            let read = stream.read(&mut request).unwrap_or(0);
            let page = request[..read].starts_with(b"GET /app/");
            let answer = answers.get(n).or(answers.last()).unwrap().clone();
            let answer = if page { ok("<p>hi") } else { answer };
            stream.write_all(answer.as_bytes()).ok();
            send.send(n).ok();
        }
    });
    (port, given)
}

fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

fn rows_are(n: u64) -> String {
    ok(&format!("{{\"rows\":{n}}}"))
}

fn poll(answers: Vec<String>, at_least: usize) -> Polled {
    let (port, given) = service(answers);
    let poller = Poller::start(port);
    while given.recv_timeout(Duration::from_secs(20)).unwrap() < at_least {}
    poller.finish()
}

#[test]
fn a_steady_service_fails_nothing_and_loses_nothing() {
    let polled = poll(vec![rows_are(48_211)], 12);
    assert!(polled.requests > 12);
    assert_eq!(Polled { requests: 0, ..polled }, Polled::default());
}

#[test]
fn every_kind_of_failure_is_counted_and_the_first_is_said() {
    let broken = vec![
        rows_are(7),
        "HTTP/1.1 503 Office Unavailable\r\nContent-Length: 0\r\n\r\n".to_owned(),
        "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf".to_owned(),
        ok("nonsense"),
        ok("{}"),
        String::new(),
        rows_are(7),
    ];
    let polled = poll(broken, 8);
    assert_eq!((polled.failed, polled.rows_lost), (5, 0));
    assert!(polled.first_failure.unwrap().contains("503"));
}

#[test]
fn rows_that_were_ever_missing_are_lost() {
    let polled = poll(vec![rows_are(10), rows_are(4), rows_are(10)], 4);
    assert_eq!((polled.failed, polled.rows_lost), (0, 6));
}

#[test]
fn what_nobody_can_say_at_the_end_is_lost() {
    let polled = poll(vec![rows_are(10), "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n".to_owned()], 3);
    assert!(polled.failed > 1);
    assert_eq!(polled.rows_lost, 10);
}

#[test]
fn a_service_that_is_not_there_fails_every_request() {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let polled = Poller::start(port).finish();
    assert_eq!((polled.failed, polled.failed > 0), (polled.requests, true));
}

#[test]
fn a_text_is_fetched_whole_or_not_at_all() {
    let (port, _given) = service(vec![ok("export {}"), "HTTP/1.1 404 No\r\nContent-Length: 1\r\n\r\nx".to_owned()]);
    assert_eq!(get(port, "/x").unwrap(), "export {}");
    assert!(get(port, "/x").unwrap_err().to_string().contains("404"));
}
