use proptest::prelude::*;
use serde_json::json;

use super::{LIMIT, NotRead, object, read};

#[test]
fn one_object_is_read_as_it_is() {
    let text = r#" {"a": [1, -2, 2.5, null, true, "ü\u0000"], "b": {"c": {}}} "#;
    assert_eq!(serde_json::Value::Object(object(text.as_bytes()).unwrap()), json!({"a": [1, -2, 2.5, null, true, "ü\u{0}"], "b": {"c": {}}}));
}

#[test]
fn whatever_else_is_not_read() {
    for text in ["", " ", "[]", "1", "{", "{} {}", "{}x", "{\"a\":1,\"a\":1}", "{\"b\":[{\"a\":1,\"\\u0061\":2}]}", "{\"a\":\"\\ud800\"}", "{'a':1}", "{\"a\":1,}", "{\"a\":NaN}"] {
        assert!(object(text.as_bytes()).is_err(), "{text}");
    }
    assert_eq!(object(b"{\"a\":\"\xff\"}"), Err(NotRead::NotUtf8));
}

#[test]
fn more_than_the_limit_is_not_read() {
    let full = vec![b' '; LIMIT as usize];
    assert_eq!(read(full.as_slice()).unwrap().len() as u64, LIMIT);
    assert_eq!(read([full.as_slice(), b"x"].concat().as_slice()), Err(NotRead::TooLong));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_not_and_nothing_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        object(&bytes).ok();
    }
}
