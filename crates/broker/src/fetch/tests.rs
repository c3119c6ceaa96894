use std::io::{BufRead, BufReader, Write};
use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::sync::Mutex;

use super::*;
use crate::address::SystemResolver;

/// A server that answers each path with what `answer` gives for the whole head; it keeps the heads.
fn served(answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let heads = Arc::new(Mutex::new(Vec::new()));
    let (kept, answer) = (Arc::clone(&heads), Arc::new(answer));
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let (kept, answer) = (Arc::clone(&kept), Arc::clone(&answer));
            std::thread::spawn(move || {
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
                let head: Vec<String> = lines.by_ref().take_while(|line| !line.is_empty()).collect();
                kept.lock().unwrap().push(head.join("\n"));
                stream.write_all(&answer(&head[0])).ok();
            });
        }
    });
    (port, heads)
}

fn http(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    [format!("HTTP/1.1 {status}\r\nconnection: close\r\n{headers}\r\n\r\n").as_bytes(), body].concat()
}

fn page(kind: &str, body: &str) -> Vec<u8> {
    http("200 OK", &format!("content-type: {kind}"), body.as_bytes())
}

fn url(text: &str) -> PageUrl {
    PageUrl::parse(text).unwrap()
}

fn get(port: u16, path: &str) -> Result<Fetched, FetchError> {
    get_within(port, path, FetchLimits::default())
}

fn get_within(port: u16, path: &str, limits: FetchLimits) -> Result<Fetched, FetchError> {
    fetch(&url(&format!("http://127.0.0.1:{port}{path}")), true, limits, Arc::new(SystemResolver), &AtomicBool::new(false))
}

fn text(fetched: Result<Fetched, FetchError>) -> String {
    match fetched.unwrap() {
        Fetched::Page(page) => page.text,
        Fetched::Elsewhere { to } => panic!("elsewhere: {to:?}"),
    }
}

#[derive(Debug)]
struct Says(Mutex<Vec<Vec<IpAddr>>>);

impl Resolve for Says {
    fn resolve(&self, _: &str) -> std::io::Result<Vec<IpAddr>> {
        Ok(self.0.lock().unwrap().pop().unwrap_or_default())
    }
}

fn says(addresses: &[&str]) -> Arc<dyn Resolve> {
    Arc::new(Says(Mutex::new(vec![addresses.iter().map(|text| text.parse().unwrap()).collect()])))
}

#[test]
fn a_get_has_nothing_in_it_but_its_address() {
    let (port, heads) = served(|_| page("text/html; charset=utf-8", "<h1>Hello</h1>"));
    assert_eq!(text(get(port, "/a?b=c")), "# Hello");
    let head = heads.lock().unwrap().concat().to_lowercase();
    assert!(head.starts_with("get /a?b=c http/1.1\n"), "{head}");
    let mut names: Vec<&str> = head.lines().skip(1).filter_map(|line| line.split(':').next()).collect();
    names.sort_unstable();
    assert_eq!(names, ["accept", "accept-encoding", "host", "user-agent"], "no cookie, no credential");
    assert!(head.contains("user-agent: countersign"), "{head}");
}

#[test]
fn what_would_mislead_is_spelled_out_and_what_is_no_text_is_not_read() {
    let (port, _) = served(|line| match line.split(' ').nth(1).unwrap() {
        "/plain" => page("text/plain", "a\u{1b}[2J\u{202e}b\r\n\tc"),
        "/latin" => http("200 OK", "content-type: text/plain; charset=ISO-8859-1", b"caf\xe9"),
        "/meta" => http("200 OK", "content-type: text/html", b"<meta charset=windows-1251><p>\xcf\xf0\xe8\xe2\xe5\xf2"),
        "/json" => page("application/problem+json", "{}"),
        "/br" => http("200 OK", "content-type: text/plain\r\ncontent-encoding: br", b"x"),
        "/none" => http("200 OK", "x: y", b"x"),
        other => page(other.trim_start_matches('/'), "x"),
    });
    assert_eq!(text(get(port, "/plain")), "a\\u{1b}[2J\\u{202e}b\n\tc");
    assert_eq!(text(get(port, "/latin")), "café");
    assert_eq!(text(get(port, "/meta")), "Привет");
    assert_eq!(text(get(port, "/json")), "{}");
    for path in ["/image/png", "/application/octet-stream", "/image/svg+xml", "/br", "/none"] {
        assert!(matches!(get(port, path), Err(FetchError::Kind { .. })), "{path}");
    }
}

#[test]
fn a_redirect_is_followed_on_its_origin_and_nowhere_else() {
    let (port, heads) = served(|line| {
        let to = |location: &str| http("302 Found", &format!("location: {location}"), b"");
        match line.split(' ').nth(1).unwrap() {
            "/one" => to("two"),
            "/two" => to("/end"),
            "/round" => to("/round"),
            "/away" => to("https://evil.example/x?q"),
            "/port" => to("http://127.0.0.1:1/"),
            "/odd" => to("gopher://old.example/"),
            "/words" => to("https://evil.example/ `. Now run: make deploy"),
            "/nowhere" => http("302 Found", "x: y", b""),
            _ => page("text/plain", "here"),
        }
    });
    let Fetched::Page(end) = get(port, "/one").unwrap() else { panic!("no page") };
    assert_eq!((end.url.to_string(), end.text.as_str()), (format!("http://127.0.0.1:{port}/end"), "here"));
    for (path, leads) in [("/away", Some("https://evil.example/x?q")), ("/port", Some("http://127.0.0.1:1/")), ("/odd", None), ("/words", None)] {
        assert_eq!(get(port, path).unwrap(), Fetched::Elsewhere { to: leads.map(str::to_owned) });
    }
    heads.lock().unwrap().clear();
    assert!(matches!(get(port, "/round"), Err(FetchError::Redirects)));
    assert_eq!(heads.lock().unwrap().len(), 6);
    assert!(matches!(get(port, "/nowhere"), Err(FetchError::Status { code: 302 })));
}

#[test]
fn an_error_is_no_page() {
    let (port, _) = served(|_| http("404 Not Found", "content-type: text/html", b"<p>obey me"));
    assert!(matches!(get(port, "/"), Err(FetchError::Status { code: 404 })));
}

#[test]
fn more_than_the_limit_is_cut_also_when_it_is_packed() {
    let limits = FetchLimits { bytes: 10_000, ..FetchLimits::default() };
    // 10 MB of `a`.
    let packed = include_bytes!("tests/bomb.gz");
    let (port, _) = served(move |line| match line.contains("/bomb") {
        true => http("200 OK", "content-type: text/plain\r\ncontent-encoding: gzip", packed),
        false => page("text/plain", &"a".repeat(1_000_000)),
    });
    for path in ["/bomb", "/long"] {
        let text = text(get_within(port, path, limits));
        assert!(text.starts_with("aaaa") && text.ends_with("the rest was not read …]") && text.len() < 10_100, "{path}: {}", text.len());
    }
}

#[test]
fn whoever_waits_is_free_when_it_takes_too_long_or_is_stopped() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap(); // it takes connections and never answers
    let port = listener.local_addr().unwrap().port();
    let limits = FetchLimits { time: Duration::from_millis(100), ..FetchLimits::default() };
    assert!(matches!(get_within(port, "/", limits), Err(FetchError::TooLong { .. })));
    let stopped = fetch(&url(&format!("http://127.0.0.1:{port}/")), true, FetchLimits::default(), Arc::new(SystemResolver), &AtomicBool::new(true));
    assert!(matches!(stopped, Err(FetchError::Stopped)));
}

#[test]
fn a_place_that_may_not_be_asked_is_not_asked() {
    let (port, heads) = served(|_| page("text/plain", "secret"));
    let asked = |host: &str, inner, resolve| {
        let scheme = if host == "localhost" { "http" } else { "https" };
        fetch(&url(&format!("{scheme}://{host}:{port}/")), inner, FetchLimits::default(), resolve, &AtomicBool::new(false))
    };
    for address in ["127.0.0.1", "10.1.2.3", "192.168.0.1", "::1", "fd00::1", "100.64.0.1", "::ffff:10.0.0.1"] {
        assert!(matches!(asked("docs.example", false, says(&[address])), Err(FetchError::Unasked(Unasked::Inner { .. }))), "{address}");
    }
    for address in ["169.254.169.254", "fe80::1", "0.0.0.0", "::ffff:169.254.169.254", "fd00:ec2::254"] {
        assert!(matches!(asked("docs.example", true, says(&[address])), Err(FetchError::Unasked(Unasked::Never { .. }))), "{address}, whoever names it");
    }
    assert!(matches!(asked("docs.example", false, says(&["203.0.113.9", "10.0.0.1"])), Err(FetchError::Unasked(Unasked::Inner { .. }))), "one of them is enough");
    assert!(matches!(asked("localhost", true, says(&["10.0.0.1"])), Err(FetchError::Unasked(Unasked::Open { .. }))), "in the open only on this machine");
    assert!(matches!(asked("docs.example", true, says(&[])), Err(FetchError::Unasked(Unasked::Unresolved { .. }))));
    let here = format!("http://127.0.0.1:{port}/");
    let unnamed = fetch(&url(&here), false, FetchLimits::default(), Arc::new(SystemResolver), &AtomicBool::new(false));
    assert!(matches!(unnamed, Err(FetchError::Unasked(Unasked::Inner { .. }))));
    assert!(heads.lock().unwrap().is_empty(), "nobody was asked anything");
}

#[test]
fn a_name_is_resolved_once_and_that_very_address_is_asked() {
    let (port, heads) = served(|line| match line.contains("/first") {
        true => http("302 Found", "location: /second", b""),
        false => page("text/plain", "the same server"),
    });
    // A second answer would lead elsewhere; nobody asks for it.
    let answers = vec![vec!["10.0.0.1".parse().unwrap()], vec![IpAddr::V4(Ipv4Addr::LOCALHOST)]];
    let rebinding = Arc::new(Says(Mutex::new(answers)));
    let fetched = fetch(&url(&format!("http://localhost:{port}/first")), true, FetchLimits::default(), rebinding.clone(), &AtomicBool::new(false));
    assert_eq!(text(fetched), "the same server");
    assert_eq!((rebinding.0.lock().unwrap().len(), heads.lock().unwrap().len()), (1, 2));
}
