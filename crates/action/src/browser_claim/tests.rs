use super::*;

fn read(text: &str) -> Result<BrowserClaim, String> {
    BrowserClaim::read(text.as_bytes())
}

const GOOD: &str = r#"{"type":"webauthn.get","challenge":"AA","origin":"https://a.example","crossOrigin":false}"#;

#[test]
fn what_browsers_write_is_read() {
    let data = read(GOOD).unwrap();
    assert_eq!((data.kind.as_str(), data.challenge.as_str(), data.origin.as_str(), data.crossed), ("webauthn.get", "AA", "https://a.example", false));
    assert!(GOOD.starts_with(&data.beginning()));
    assert!(!GOOD.replace(":\"AA", ": \"AA").starts_with(&data.beginning()));
}

#[test]
fn members_that_are_not_known_may_follow() {
    let more = GOOD.replace('}', r#","other_keys_can_be_added_here":"do not compare clientDataJSON against a template","x":{"y":[1]}}"#);
    assert_eq!(read(&more).unwrap(), read(GOOD).unwrap());
}

#[test]
fn a_page_inside_another_one_is_crossed() {
    for (more, crossed) in [("", false), (r#","crossOrigin":false"#, false), (r#","crossOrigin":true"#, true), (r#","topOrigin":"https://evil.example""#, true)] {
        assert_eq!(read(&GOOD.replace(r#","crossOrigin":false"#, more)).unwrap().crossed, crossed, "{more}");
    }
}

#[test]
fn what_two_readers_could_take_for_two_things_is_not_read() {
    let twice = |member: &str| GOOD.replace('}', &format!(",{member}}}"));
    let cases = [
        (twice(r#""origin":"https://evil.example""#), "`origin` is there twice"),
        (twice(r#""ch\u0061llenge":"BB""#), "`challenge` is there twice"),
        (twice(r#""crossOrigin":true"#), "`crossOrigin` is there twice"),
        (twice(r#""x":1,"x":2"#), "`x` is there twice"),
        (GOOD.replace(r#""challenge":"AA","#, ""), "missing field `challenge`"),
        (GOOD.replace("false", "\"false\""), "invalid type"),
        (format!("{GOOD}{{}}"), "trailing characters"),
        (format!("\u{feff}{GOOD}"), "expected value"),
        ("[]".into(), "expected an object"),
        (GOOD[..40].into(), "EOF"),
    ];
    for (text, why) in cases {
        let said = read(&text).unwrap_err();
        assert!(said.contains(why), "{text}: {said}");
    }
}
