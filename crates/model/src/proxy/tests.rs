use super::*;

fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn proxy_for(url: &str, pairs: &[(&str, &str)]) -> Option<String> {
    let proxy = Place::of(url).unwrap().proxy(&variables(pairs)).unwrap();
    proxy.map(|proxy| format!("{}:{}", proxy.host(), proxy.port()))
}

#[test]
fn places_are_taken_apart() {
    for (url, https, host, port) in [
        ("https://API.example.com/v1", true, "api.example.com", 443),
        ("http://localhost:8080", false, "localhost", 8080),
        ("http://[::1]:9/v1", false, "::1", 9),
        ("https://h", true, "h", 443),
    ] {
        assert_eq!(Place::of(url), Some(Place { https, host: host.into(), port }), "{url}");
    }
    for url in ["", "h", "ftp://h", "https://", "https://u:p@h", "https://h/?key=1", "https://h/ v1", "http://h:port", "http://h\n"] {
        assert_eq!(Place::of(url), None, "{url}");
    }
}

#[test]
fn loopback_is_known_by_name_and_number() {
    for host in ["localhost", "x.localhost", "127.0.0.1", "127.8.9.1", "[::1]"] {
        assert!(Place::of(&format!("http://{host}:1")).unwrap().is_loopback(), "{host}");
    }
    for host in ["example.com", "localhost.example.com", "10.0.0.1", "0.0.0.0"] {
        assert!(!Place::of(&format!("http://{host}:1")).unwrap().is_loopback(), "{host}");
    }
}

#[test]
fn each_scheme_has_its_proxy() {
    let both = [("HTTPS_PROXY", "http://s:1"), ("http_proxy", "http://p:2")];
    assert_eq!(proxy_for("https://api.example.com", &both).unwrap(), "s:1");
    assert_eq!(proxy_for("http://api.example.com", &both).unwrap(), "p:2");
    assert_eq!(proxy_for("https://h", &[("ALL_PROXY", "a:3")]).unwrap(), "a:3");
    assert_eq!(proxy_for("https://h", &[("HTTPS_PROXY", "")]), None);
    assert_eq!(proxy_for("http://127.0.0.1:1", &both), None);
}

#[test]
fn who_needs_no_proxy() {
    let listed = |url: &str, list: &str| proxy_for(url, &[("ALL_PROXY", "a:3"), ("no_proxy", list)]).is_none();
    for (url, list) in [
        ("https://api.example.com", "*"),
        ("https://api.example.com", "x.org, example.com"),
        ("https://api.example.com", ".example.com"),
        ("https://api.example.com", "*.example.com"),
        ("https://api.example.com", "API.EXAMPLE.COM:443"),
        ("http://10.0.0.7:8000", "10.0.0.7"),
        ("http://[fd00::1]:8000", "fd00::1"),
    ] {
        assert!(listed(url, list), "{url} in {list}");
    }
    for (url, list) in [
        ("https://api.example.com", "ample.com"),
        ("https://api.example.com", "api.example.com:8443"),
        ("https://api.example.com.evil.org", "api.example.com"),
        ("https://api.example.com", ","),
        ("https://api.example.com", "."),
    ] {
        assert!(!listed(url, list), "{url} not in {list}");
    }
}

#[test]
fn a_proxy_that_cannot_be_used_is_never_gone_around() {
    let place = Place::of("https://api.example.com").unwrap();
    let socks = place.proxy(&variables(&[("ALL_PROXY", "socks5://user:hunter2@h:1")])).unwrap_err();
    assert_eq!(socks, BadProxy::Socks { variable: "ALL_PROXY".into() });
    let odd = place.proxy(&variables(&[("https_proxy", "http://user:hunter2@")])).unwrap_err();
    assert!(!odd.to_string().contains("hunter2"), "{odd}");
}
