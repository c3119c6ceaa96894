use super::*;

fn check(text: &str, expected: &str) {
    let host = Host::parse(text).unwrap();
    assert_eq!(host.to_string(), expected, "{text}");
    let again = Host::parse(host.with_port(1).trim_end_matches(":1")).unwrap();
    assert_eq!(again, host, "one host has one spelling");
}

fn check_bad(text: &str, word: &str) {
    let error = Host::parse(text).unwrap_err().to_string();
    assert!(error.contains(word), "{text}: {error}");
}

#[test]
fn a_name_has_one_spelling() {
    check("PyPI.org", "pypi.org");
    check("pypi.org.", "pypi.org");
    check("xn--bcher-kva.example", "xn--bcher-kva.example");
    check("my_registry.corp", "my_registry.corp");
    check("localhost", "localhost");
}

#[test]
fn addresses_are_read_in_their_full_form_only() {
    check("127.0.0.1", "127.0.0.1");
    check("127.0.0.1.", "127.0.0.1");
    check("[::1]", "::1");
    check("[::FFFF:127.0.0.1]", "::ffff:127.0.0.1");
    for odd in ["127.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "127.0.0.0x1", "0177.0.0.1", "1.2.3.4.5", "256.0.0.1", "0x"] {
        check_bad(odd, "number");
    }
}

#[test]
fn what_no_host_name_has_is_refused() {
    for empty in ["", ".", "a..b", ".a", "a..", "-a.example", "a-.example", &format!("{}.example", "a".repeat(64))] {
        assert!(Host::parse(empty).is_err(), "{empty:?}");
    }
    check_bad("bücher.example", "ASCII");
    check_bad("pypi。org", "ASCII");
    for odd in ["a b", "a/b", "a%2eb", "a\\b", "a@b", "a\0b", "a\r\nb", "::1", "a:1", "[::1", "[fe80::1%eth0]", "[1.2.3.4]"] {
        assert!(Host::parse(odd).is_err(), "{odd:?}");
    }
    check_bad(&vec!["abcdefg"; 33].join("."), "253");
}

#[test]
fn a_port_is_read_strictly() {
    let port = |text: &str| Host::parse_with_port(text, None).map(|(_, port)| port);
    assert_eq!(port("a.example:443"), Ok(443));
    assert_eq!(port("[::1]:8080"), Ok(8080));
    for odd in ["a.example", "a.example:", "a.example:0", "a.example:65536", "a.example:+80", "a.example: 80", "a.example:80:80", "[::1]", "[::1]80"] {
        assert!(port(odd).is_err(), "{odd}");
    }
    assert_eq!(Host::parse_with_port("a.example", Some(80)).map(|(_, port)| port), Ok(80));
}

#[test]
fn a_password_is_refused_and_not_repeated() {
    let error = Host::parse_with_port("ana:hunter2@pypi.org:443", None).unwrap_err().to_string();
    assert!(!error.contains("hunter2"), "{error}");
}
