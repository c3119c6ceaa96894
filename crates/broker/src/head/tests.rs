use proptest::prelude::*;

use super::*;

fn request(head: &str) -> Result<Request, BadHead> {
    Request::parse(head.replace('\n', "\r\n").as_bytes())
}

fn check_bad(head: &str, word: &str) {
    match request(head) {
        Err(e) => assert!(e.to_string().contains(word), "{head:?}: {e}"),
        Ok(read) => panic!("{head:?} was read as {read:?}"),
    }
}

#[test]
fn a_tunnel_is_read() {
    let read = request("CONNECT PyPI.org.:443 HTTP/1.1\nHost: pypi.org:443\nProxy-Connection: keep-alive\n\n").unwrap();
    assert_eq!((read.method, read.host.to_string().as_str(), read.port), (Method::Connect, "pypi.org", 443));
    let old = request("CONNECT pypi.org:443 HTTP/1.0\n\n").unwrap();
    assert_eq!(old.port, 443, "python's own client says no Host");
    assert!(request("CONNECT pypi.org:443 HTTP/1.1\nHost: pypi.org\n\n").is_ok());
    assert!(request("CONNECT [2001:db8::1]:443 HTTP/1.1\nHost: [2001:db8::1]:443\n\n").is_ok());
}

#[test]
fn a_plain_request_is_read() {
    let read = request("GET http://a.example/x?y=1 HTTP/1.1\nHost: a.example\nAccept: */*\n\n").unwrap();
    assert_eq!((read.port, read.path.as_str(), read.body, read.keep), (80, "/x?y=1", Framing::Empty, true));
    assert_eq!(request("GET HTTP://a.example:8080 HTTP/1.1\nHost: a.example:8080\n\n").unwrap().path, "/");
    assert_eq!(request("GET http://a.example?q HTTP/1.1\nHost: a.example\n\n").unwrap().path, "/?q");
    let post = request("POST http://a.example/ HTTP/1.1\nHost: a.example\nContent-Length: 5\nConnection: close\n\n").unwrap();
    assert_eq!((post.body, post.keep), (Framing::Exact(5), false));
    let chunks = request("POST http://a.example/ HTTP/1.1\nHost: a.example\nTransfer-Encoding: Chunked\nExpect: 100-continue\n\n").unwrap();
    assert_eq!((chunks.body, chunks.waits), (Framing::Chunked, true));
}

#[test]
fn two_readers_could_differ_so_it_is_refused() {
    let post = |fields: &str| format!("POST http://a.example/ HTTP/1.1\nHost: a.example\n{fields}\n\n");
    check_bad(&post("Content-Length: 5\nContent-Length: 6"), "two lengths");
    check_bad(&post("Content-Length: 5\nContent-Length: 5"), "two lengths");
    check_bad(&post("Content-Length: 5, 5"), "no number");
    check_bad(&post("Content-Length: +5"), "no number");
    check_bad(&post("Content-Length: 0x5"), "no number");
    check_bad(&post("Content-Length: -1"), "no number");
    check_bad(&post("Content-Length: 99999999999999999999"), "no number");
    check_bad(&post("Content-Length:"), "no number");
    check_bad(&post("Content-Length: 5\nTransfer-Encoding: chunked"), "length and a transfer coding");
    check_bad(&post("Transfer-Encoding: chunked\nTransfer-Encoding: chunked"), "two transfer codings");
    for coding in ["gzip, chunked", "chunked, chunked", "identity", "xchunked", "\"chunked\"", "chunked;q=1"] {
        check_bad(&post(&format!("Transfer-Encoding: {coding}")), "not `chunked`");
    }
    check_bad(&post("Transfer-Encoding : chunked"), "no HTTP/1 request");
    check_bad(&post("Content-Length: 5\n Transfer-Encoding: chunked"), "no HTTP/1 request");
    check_bad(&post("Content_Length\0: 5"), "no HTTP/1 request");
    check_bad(&post("Expect: 200-ok"), "expects");
    check_bad("POST http://a.example/ HTTP/1.0\nTransfer-Encoding: chunked\n\n", "HTTP/1.0");
    check_bad("CONNECT a.example:443 HTTP/1.1\nHost: a.example:443\nContent-Length: 5\n\n", "no body");
}

#[test]
fn a_host_has_to_be_said_once_and_the_same() {
    check_bad("GET http://a.example/ HTTP/1.1\n\n", "no `Host`");
    check_bad("GET http://a.example/ HTTP/1.1\nHost: b.example\n\n", "not the host");
    check_bad("GET http://a.example/ HTTP/1.1\nHost: a.example\nHost: a.example\n\n", "two hosts");
    check_bad("GET http://a.example:81/ HTTP/1.1\nHost: a.example\n\n", "not the host");
    check_bad("CONNECT a.example:443 HTTP/1.1\nHost: a.example:80\n\n", "not the host");
    check_bad("GET http://a.example/ HTTP/1.1\nHost: a.example, b.example\n\n", "not the host");
}

#[test]
fn a_target_is_one_host_and_nothing_odd() {
    for target in ["/", "*", "a.example:443", "https://a.example/", "ftp://a.example/", "http:/a.example/", "http://"] {
        assert!(request(&format!("GET {target} HTTP/1.1\nHost: a.example\n\n")).is_err(), "{target}");
    }
    for target in ["ana:pw@a.example", "a.example#x", "a.example\\@b.example", "bücher.example", "127.1", "a..example", "[::1"] {
        assert!(request(&format!("GET http://{target}/ HTTP/1.1\nHost: {target}\n\n")).is_err(), "{target}");
        assert!(request(&format!("CONNECT {target}:443 HTTP/1.1\nHost: {target}:443\n\n")).is_err(), "{target}");
    }
    check_bad("CONNECT a.example HTTP/1.1\nHost: a.example\n\n", "host:port");
    check_bad("CONNECT http://a.example:443/ HTTP/1.1\nHost: a.example:443\n\n", "host:port");
}

#[test]
fn other_methods_versions_and_too_many_fields_do_not_pass() {
    for method in ["PUT", "DELETE", "OPTIONS", "TRACE", "get", "PATCH"] {
        check_bad(&format!("{method} http://a.example/ HTTP/1.1\nHost: a.example\n\n"), "only CONNECT");
    }
    check_bad("GET http://a.example/ HTTP/2.0\nHost: a.example\n\n", "no HTTP/1");
    check_bad("GET http://a.example/\n\n", "no HTTP/1");
    let many = "X-A: 1\n".repeat(100);
    check_bad(&format!("GET http://a.example/ HTTP/1.1\nHost: a.example\n{many}\n"), "100 fields");
}

#[test]
fn fields_of_one_connection_stay_there() {
    let head = "GET http://a.example/ HTTP/1.1\nHost: a.example\nConnection: close, X-Mine\nX-Mine: 1\nX-Theirs: 2\n\
                Proxy-Authorization: Basic eA==\nUpgrade: h2c\nTE: trailers\nAuthorization: Bearer t\n\n";
    let lines = String::from_utf8(request(head).unwrap().fields.end_to_end()).unwrap();
    assert_eq!(lines, "x-theirs: 2\r\nauthorization: Bearer t\r\n");
}

#[test]
fn a_response_is_read_as_strictly() {
    let read = |head: &str, to| Response::parse(head.replace('\n', "\r\n").as_bytes(), to);
    let body = |head: &str, to| read(head, to).unwrap().body;
    assert_eq!(body("HTTP/1.1 200 OK\nContent-Length: 5\n\n", Method::Get), Framing::Exact(5));
    assert_eq!(body("HTTP/1.1 200 OK\nContent-Length: 5\n\n", Method::Head), Framing::Empty);
    assert_eq!(body("HTTP/1.1 304 Not modified\nContent-Length: 5\n\n", Method::Get), Framing::Empty);
    assert_eq!(body("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n", Method::Get), Framing::Chunked);
    assert_eq!(body("HTTP/1.0 200 OK\n\n", Method::Get), Framing::UntilClosed);
    assert!(read("HTTP/1.1 200 OK\nContent-Length: 5\nTransfer-Encoding: chunked\n\n", Method::Get).is_err());
    assert!(read("HTTP/1.1 200 OK\nContent-Length: 5\nContent-Length: 6\n\n", Method::Get).is_err());
    assert!(read("SSH-2.0-OpenSSH\n\n", Method::Get).is_err());
    assert_eq!(body("HTTP/1.1 200 OK\nContent-Length: 5\n\n", Method::Connect), Framing::Empty);
}

proptest! {
    #[test]
    fn nothing_makes_it_fail(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        Request::parse(&bytes).ok();
        Response::parse(&bytes, Method::Get).ok();
    }

    /// Whatever one byte is changed to: a request that is still read has one host, and no line of it can be read as two.
    #[test]
    fn a_changed_byte_never_splits_a_field(at in 0_usize..200, to in any::<u8>()) {
        let mut head = b"POST http://a.example/x HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\nX-A: one\r\nX-B: two\r\n\r\n".to_vec();
        let at = at % head.len();
        head[at] = to;
        if let Ok(read) = Request::parse(&head) {
            let lines = read.fields.end_to_end();
            prop_assert_eq!(lines.iter().filter(|b| **b == b'\n').count(), lines.windows(2).filter(|two| two == b"\r\n").count());
            prop_assert!(read.path.bytes().all(|b| b.is_ascii_graphic()));
        }
    }
}
