use proptest::prelude::*;

use super::*;

fn read(text: &str) -> String {
    PageUrl::parse(text).map_or_else(|why| format!("no: {why}"), |url| url.to_string())
}

#[test]
fn one_address_has_one_spelling() {
    for (text, is) in [
        ("https://docs.rs", "https://docs.rs/"),
        ("HTTPS://Docs.RS.:443/serde?q=1#top", "https://docs.rs/serde?q=1"),
        ("https://docs.rs?q", "https://docs.rs/?q"),
        ("https://docs.rs:8443/a", "https://docs.rs:8443/a"),
        ("https://[2001:DB8::0:1]/", "https://[2001:db8::1]/"),
        ("http://127.0.0.1:80/", "http://127.0.0.1/"),
        ("http://localhost:443/", "http://localhost:443/"),
        ("http://[::1]:8000/x", "http://[::1]:8000/x"),
        ("https://xn--80ak6aa92e.com/", "https://xn--80ak6aa92e.com/"),
    ] {
        assert_eq!(read(text), is, "{text}");
    }
}

#[test]
fn what_two_readers_could_take_for_two_things_is_no_address() {
    for text in [
        "", "docs.rs", "ftp://docs.rs/", "file:///etc/passwd", "https://", "https:///x", "http://docs.rs/", "http://127.0.0.1.evil.example/",
        "https://user@docs.rs/", "https://a:b@docs.rs/", "https://docs.rs\\@evil.example/", "https://docs.rs:0/", "https://docs.rs:+1/",
        "https://docs.rs:99999/", "https://127.1/", "https://0x7f000001/", "https://2130706433/", "https://аррӏе.com/", "https://docs.rs/a b",
        "https://docs.rs/\r\nHost: x", "https://[::1/", "https://[::1]x/", "https://-a.com/", "https://a..b/", "https://docs.rs/é",
    ] {
        assert!(PageUrl::parse(text).is_err(), "{text}: {}", read(text));
    }
    assert!(PageUrl::parse(&format!("https://docs.rs/{}", "a".repeat(2_000))).is_err());
}

#[test]
fn a_location_is_read_from_where_it_was_said() {
    let from = PageUrl::parse("https://docs.rs/serde/latest/index.html?x=1").unwrap();
    for (location, is) in [
        ("/other", "https://docs.rs/other"),
        ("de/", "https://docs.rs/serde/latest/de/"),
        ("../1.0/a.html?y", "https://docs.rs/serde/1.0/a.html?y"),
        ("?z", "https://docs.rs/serde/latest/index.html?z"),
        ("//evil.example/x", "https://evil.example/x"),
        ("https://evil.example", "https://evil.example/"),
        ("../../../../..", "https://docs.rs/"),
    ] {
        assert_eq!(from.leads_to(location).unwrap().to_string(), is, "{location}");
    }
    for bad in ["javascript:alert(1)", "http://docs.rs/", "data:text/html,x"] {
        assert!(from.leads_to(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_host_is_named_with_its_port_unless_that_is_443() {
    let name = |text| PageUrl::parse(text).unwrap().name();
    assert_eq!(name("https://docs.rs/"), "docs.rs");
    assert_eq!(name("https://docs.rs:444/"), "docs.rs:444");
    assert_eq!(name("http://localhost/"), "localhost:80");
    assert!(PageUrl::parse("https://a.xn--p1ai/").unwrap().is_punycode());
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_and_what_is_read_stays_the_same(text in "(https?://)?[ -~é]{0,40}", location in "[ -~]{0,30}") {
        if let Ok(url) = PageUrl::parse(&text) {
            prop_assert_eq!(PageUrl::parse(&url.to_string()).unwrap(), url.clone());
            prop_assert!(!url.to_string().contains(['@', '\\', '#', ' ']) || url.to_string().split_once("://").unwrap().1.find('@') > url.to_string().split_once("://").unwrap().1.find('/'));
            if let Ok(next) = url.leads_to(&location) {
                prop_assert_eq!(PageUrl::parse(&next.to_string()).unwrap(), next);
            }
        }
    }
}
