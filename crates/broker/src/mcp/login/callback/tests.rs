use std::io::{Read, Write};

use super::*;

/// What each of these gets, and what the wait came to.
fn knocked(requests: &[String], port: u16, callback: Callback) -> (Vec<String>, Result<String, LoginError>) {
    let requests = requests.to_vec();
    let knocking = std::thread::spawn(move || {
        let knock = |request: &String| {
            let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
            stream.write_all(request.as_bytes()).unwrap();
            stream.shutdown(std::net::Shutdown::Write).unwrap();
            let mut text = String::new();
            stream.read_to_string(&mut text).ok(); // one that was not read to its end is cut off
            text
        };
        requests.iter().map(knock).collect::<Vec<_>>()
    });
    let came = callback.wait(Duration::from_secs(20), &AtomicBool::new(false), &|came| came.ends_with("state=ours"));
    (knocking.join().unwrap(), came)
}

#[test]
fn only_who_has_the_state_ends_the_wait() {
    let callback = Callback::open().unwrap();
    let (address, port) = (callback.address(), callback.port);
    let to = |method: &str, path: &str, host: &str| format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n\r\n");
    let host = format!("127.0.0.1:{port}");
    let requests = [
        "nonsense\r\n\r\n".to_owned(),
        String::new(),
        to("GET", "/favicon.ico", &host),
        to("POST", "/callback?state=ours", &host),
        to("GET", "/callback?state=ours", "evil.example"),
        to("GET", "/callback?state=theirs", &host),
        format!("GET /callback?{} HTTP/1.1\r\n", "a".repeat(2 * LARGEST)),
        to("GET", "/callback?code=1&state=ours", &host),
    ];
    let (answers, came) = knocked(&requests, port, callback);
    assert_eq!(came.unwrap(), format!("{address}?code=1&state=ours"));
    assert!(answers[..5].iter().all(String::is_empty), "{answers:?}");
    assert!(answers[5].starts_with("HTTP/1.1 400") && answers[6].is_empty());
    assert!(answers[7].starts_with("HTTP/1.1 200") && answers[7].contains("cache-control: no-store"));
}

#[test]
fn nobody_comes_and_the_wait_ends() {
    let never = |callback: Callback, stop: bool| callback.wait(Duration::ZERO, &AtomicBool::new(stop), &|_| true);
    assert!(matches!(never(Callback::open().unwrap(), false), Err(LoginError::Nobody { .. })));
    let stopped = Callback::open().unwrap().wait(Duration::from_secs(20), &AtomicBool::new(true), &|_| true);
    assert!(matches!(stopped, Err(LoginError::Stopped)));
}
