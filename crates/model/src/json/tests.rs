use super::*;

#[test]
fn an_object_goes_back_byte_for_byte() {
    let emitted = r#"{"b": 1,   "a":"\u00e9"}"#;
    assert_eq!(object(emitted), emitted);
}

#[test]
fn nothing_is_an_empty_object() {
    assert_eq!(object(""), "{}");
    assert_eq!(object(" \n"), "{}");
}

#[test]
fn what_is_no_object_is_wrapped_and_stays_json() {
    for emitted in ["{\"command\": \"rm", "[1]", "\"x\"", "{} {}", &"{\"a\":".repeat(2000)] {
        let sent = object(emitted);
        let value: serde_json::Value = serde_json::from_str(&sent).unwrap();
        assert_eq!(value["unreadable"], *emitted);
    }
}

#[test]
fn strings_are_escaped() {
    let mut out = Vec::new();
    string(&mut out, "a\"b\\c\n\u{1}é");
    assert_eq!(String::from_utf8(out).unwrap(), r#""a\"b\\c\n\u0001é""#);
}
