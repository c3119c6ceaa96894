use proptest::prelude::*;
use ureq::http::HeaderValue;

use super::*;

fn read(values: &[&str]) -> Challenge {
    let mut headers = HeaderMap::new();
    for value in values {
        headers.append("www-authenticate", HeaderValue::from_str(value).unwrap());
    }
    Challenge::of(&headers)
}

#[test]
fn what_a_bearer_challenge_names_is_found_among_others() {
    let scopes = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let whole = Challenge { metadata: Some("https://a.example/x".into()), scopes: scopes("a b"), error: Some("insufficient_scope".into()) };
    for header in [
        r#"Bearer resource_metadata="https://a.example/x", scope="a b", error="insufficient_scope""#,
        r#"bearer error=insufficient_scope,scope="a b" , resource_metadata="https://a.example/x""#,
        r#"Basic realm="x, Bearer scope=z", Bearer error="insufficient_scope", scope="a b", resource_metadata="https://a.example/x""#,
        r#"Bearer realm="say \"hi\", all", scope="a b", resource_metadata="https://a.example/x", error="insufficient_scope", Digest scope="no""#,
    ] {
        assert_eq!(read(&[header]), whole, "{header}");
    }
    assert_eq!(read(&["Basic realm=x", "Bearer"]), Challenge::default());
    assert_eq!(read(&[r#"Basic scope="a""#]), Challenge::default());
    assert!(whole.wants_more() && !Challenge::default().wants_more());
}

#[test]
fn scopes_that_are_none_and_challenges_without_end_say_nothing() {
    assert_eq!(read(&[r#"Bearer scope="a \\b""#]).scopes, Vec::<String>::new());
    assert_eq!(read(&[&format!("Bearer scope={}", "a".repeat(LONGEST))]), Challenge::default());
    assert_eq!(read(&[&format!("Bearer scope=\"{}\"", "a ".repeat(MOST_SCOPES + 1))]).scopes, Vec::<String>::new());
}

proptest! {
    #[test]
    fn any_header_is_read_or_not_and_nothing_breaks(text in "[ -~]{0,300}") {
        let found = read(&[&text]);
        prop_assert!(are_scopes(&found.scopes));
    }
}
