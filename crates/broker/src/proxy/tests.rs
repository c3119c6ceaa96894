use super::*;

#[test]
fn a_proxy_is_read_with_and_without_its_parts() {
    let proxy = Proxy::parse("http://Proxy.Corp.example:3128/").unwrap();
    assert_eq!((proxy.host.to_string().as_str(), proxy.port), ("proxy.corp.example", 3128));
    assert_eq!(proxy.authorization_line(), "");
    assert_eq!(Proxy::parse("10.0.0.1:8080").unwrap().port, 8080);
    assert_eq!(Proxy::parse(" HTTP://a.example ").unwrap().port, 80);
}

#[test]
fn a_credential_goes_into_one_field_and_nowhere_else() {
    let proxy = Proxy::parse("http://ana:p%40ss@a.example:3128").unwrap();
    assert_eq!(proxy.authorization_line(), "proxy-authorization: Basic YW5hOnBAc3M=\r\n");
    assert_eq!(format!("{proxy:?}"), "a.example:3128 (with a credential)");
    assert_eq!(Proxy::parse("http://ana@a.example").unwrap().authorization_line(), "proxy-authorization: Basic YW5hOg==\r\n");
}

#[test]
fn what_cannot_be_chained_is_named_without_its_secret() {
    for (text, word) in [("socks5://a:hunter2@b.example", "socks5"), ("https://a.example", "https"), ("http://a:hunter2%zz@b.example", "password"), ("http://a:hunter2@b example", "host")] {
        let error = Proxy::parse(text).unwrap_err().to_string();
        assert!(error.contains(word) && !error.contains("hunter2"), "{text}: {error}");
    }
}
