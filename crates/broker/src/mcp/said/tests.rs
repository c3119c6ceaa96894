use serde_json::json;

use super::*;
use crate::plain::{LONGEST_LINE, MOST};

fn call(value: serde_json::Value) -> Said {
    Said::of_call(serde_json::from_value(value).unwrap())
}

#[test]
fn text_is_kept_and_what_would_mislead_is_spelled_out() {
    let said = call(json!({"content": [{"type": "text", "text": "a\tb\r\nc\u{1b}[2J\u{202e}d"}]}));
    assert_eq!(said, Said { text: "a\tb\nc\\u{1b}[2J\\u{202e}d".into(), ok: true });
}

#[test]
fn what_is_no_text_is_named() {
    let said = call(json!({"isError": true, "content": [
        {"type": "image", "data": "AAAA", "mimeType": "image/png\u{1b}"},
        {"type": "resource", "resource": {"uri": "demo://1", "text": "one"}},
        {"type": "resource_link", "uri": "demo://2", "name": "two"},
    ]}));
    assert_eq!(said.text, "[image, image/png\\u{1b}, 3 bytes, not shown]\n[resource demo://1]\none\n[resource demo://2]");
    assert!(!said.ok);
}

#[test]
fn structured_content_stands_in_where_there_is_no_other() {
    assert_eq!(call(json!({"content": [], "structuredContent": {"sum": 5}})).text, r#"{"sum":5}"#);
}

#[test]
fn a_long_answer_is_cut_and_says_so() {
    let said = call(json!({"content": [{"type": "text", "text": "ä".repeat(MOST)}]}));
    assert!(said.text.len() < MOST + 100 && said.text.ends_with("[… 1000000 more bytes …]"), "{}", said.text.len());
}

#[test]
fn a_short_line_is_one_line() {
    assert_eq!(short("a\nb"), "a\\nb");
    assert_eq!(short(&"x".repeat(1000)).chars().count(), LONGEST_LINE + 1);
}
