use super::*;

fn party(id: &str, origins: &[&str]) -> Result<RelyingParty, BadRelyingParty> {
    RelyingParty::new(id, &origins.iter().map(|origin| (*origin).to_owned()).collect::<Vec<_>>())
}

#[test]
fn names_are_hosts_in_one_spelling() {
    for id in ["localhost", "example.com", "sign.example.com", "xn--bcher-kva.example"] {
        assert_eq!(party(id, &[]).unwrap().id(), id);
    }
    for id in ["", "com", "Example.com", "example.com.", "example.com:443", "https://example.com", "127.0.0.1", "[::1]", "example.com/", "ssh:", "bücher.example", ".example.com", "a b.com"] {
        assert!(matches!(party(id, &[]), Err(BadRelyingParty::Name { .. })), "{id}");
    }
}

#[test]
fn origins_are_of_the_name_or_below_it() {
    let cases = [
        ("example.com", "https://example.com", true),
        ("example.com", "https://sign.example.com", true),
        ("example.com", "https://sign.example.com:8443", true),
        ("example.com", "http://example.com", false),
        ("example.com", "https://example.com:443", false),
        ("example.com", "https://example.com/", false),
        ("example.com", "https://EXAMPLE.com", false),
        ("example.com", "https://evilexample.com", false),
        ("example.com", "https://example.com.evil.com", false),
        ("example.com", "https://com", false),
        ("sign.example.com", "https://example.com", false),
        ("localhost", "http://localhost:8080", true),
        ("localhost", "https://localhost", true),
        ("localhost", "http://127.0.0.1", false),
        ("localhost", "null", false),
    ];
    for (id, origin, may) in cases {
        assert_eq!(may_use(origin, id), may, "{origin} of {id}");
        assert_eq!(party(id, &[origin]).is_ok(), may, "{origin} of {id}");
    }
    assert_eq!(party("example.com", &["https://evil.example"]).unwrap_err().to_string(), "`https://evil.example` is no origin of `example.com`: it is https://HOST or https://HOST:PORT, where HOST is `example.com` or ends with `.example.com` (http only for localhost), with nothing after it");
}

/// A page of a neighbour may use the key, says the browser; the settings say which pages are ours.
#[test]
fn only_the_pages_that_are_named_are_ours() {
    let ours = party("example.com", &["https://sign.example.com"]).unwrap();
    assert!(ours.has_origin("https://sign.example.com"));
    for other in ["https://example.com", "https://blog.example.com", "https://sign.example.com:8443"] {
        assert!(!ours.has_origin(other), "{other}");
    }
    assert!(party("example.com", &[]).unwrap().has_origin("https://example.com"));
}

#[test]
fn this_machine_is_each_of_its_ports() {
    assert_eq!(RelyingParty::default(), party("localhost", &[]).unwrap());
    for (origin, ours) in [("http://localhost", true), ("http://localhost:8080", true), ("https://localhost", false), ("http://localhost:80", false), ("http://localhost.evil.com", false)] {
        assert_eq!(RelyingParty::default().has_origin(origin), ours, "{origin}");
    }
    assert!(!party("localhost", &["http://localhost:8080"]).unwrap().has_origin("http://localhost:9090"));
}
