//! Canonical bytes: they read back, they are those of an independent writer, and no two values share them.

use std::fmt::Debug;

use action::{Digest, canonical};
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::strategies as any_;

/// All that must hold of one value.
fn check<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    let bytes = canonical(value).unwrap();
    let read: T = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(&read, value, "reads back");
    assert_eq!(canonical(&read).unwrap(), bytes, "and is written the same");
    let json = serde_json::to_value(value).unwrap();
    assert_eq!(String::from_utf8(bytes.clone()).unwrap(), written_independently(&json));
    assert_eq!(Digest::of(value).unwrap(), Digest::of_bytes(&bytes));
    let changed = each_field_changed(&json);
    assert!(!changed.is_empty(), "nothing in {json} could be changed");
    for other in changed {
        assert_ne!(canonical(&other).unwrap(), bytes, "{other} for {json}");
        if let Ok(other) = serde_json::from_value::<T>(other) {
            assert_ne!(&other, value, "a field is read and not forgotten");
            assert_ne!(Digest::of(&other).unwrap(), Digest::of(value).unwrap());
        }
    }
}

/// RFC 8785 for JSON without fractions, by the letter of the RFC and without its crate.
fn written_independently(json: &Value) -> String {
    let join = |parts: Vec<String>| parts.join(",");
    match json {
        Value::Array(items) => format!("[{}]", join(items.iter().map(written_independently).collect())),
        Value::Object(fields) => {
            let mut keys: Vec<&String> = fields.keys().collect();
            keys.sort_by_key(|key| key.encode_utf16().collect::<Vec<u16>>());
            let field = |key: &&String| format!("{}:{}", quoted(key), written_independently(&fields[*key]));
            format!("{{{}}}", join(keys.iter().map(field).collect()))
        }
        Value::String(text) => quoted(text),
        Value::Null | Value::Bool(_) | Value::Number(_) => json.to_string(),
    }
}

fn quoted(text: &str) -> String {
    let escaped = text.chars().map(|c| match c {
        '"' | '\\' => format!("\\{c}"),
        '\u{8}' => "\\b".into(),
        '\t' => "\\t".into(),
        '\n' => "\\n".into(),
        '\u{c}' => "\\f".into(),
        '\r' => "\\r".into(),
        '\0'..='\u{1f}' => format!("\\u{:04x}", u32::from(c)),
        c => c.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

/// The same JSON, once for each place in it, with only that place changed; and once for each optional field, without it.
fn each_field_changed(json: &Value) -> Vec<Value> {
    match json {
        Value::Null => vec![Value::from(1)],
        Value::Bool(b) => vec![Value::from(!b)],
        Value::Number(n) => vec![n.as_u64().map_or(Value::from(1), |n| Value::from(n ^ 1))],
        Value::String(text) => {
            let flipped = match text.strip_suffix('0') {
                Some(stem) => format!("{stem}1"),
                None => text.chars().take(text.chars().count().saturating_sub(1)).chain(['0']).collect(),
            };
            vec![Value::from(flipped), Value::from(format!("{text} "))]
        }
        Value::Array(items) => {
            let mut all: Vec<Value> = (0..items.len())
                .flat_map(|i| each_field_changed(&items[i]).into_iter().map(move |other| (i, other)))
                .map(|(i, other)| Value::from_iter(items.iter().enumerate().map(|(j, item)| if i == j { &other } else { item }).cloned()))
                .collect();
            all.extend((0..items.len()).map(|i| Value::from_iter(items.iter().enumerate().filter(|(j, _)| i != *j).map(|(_, item)| item.clone()))));
            all
        }
        Value::Object(fields) => {
            let with = |key: &String, other: Option<Value>| {
                let mut fields = fields.clone();
                fields.remove(key);
                fields.extend(other.map(|other| (key.clone(), other)));
                Value::Object(fields)
            };
            let of = |(key, field): (&String, &Value)| -> Vec<Value> {
                let others = each_field_changed(field).into_iter().map(|other| with(key, Some(other)));
                others.chain([with(key, None)]).collect()
            };
            fields.iter().flat_map(of).collect()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn of_intents(value in any_::intent()) { check(&value) }

    #[test]
    fn of_effects(value in any_::effect()) { check(&value) }

    #[test]
    fn of_verdicts(value in any_::verdict()) { check(&value) }

    #[test]
    fn of_entries(value in any_::entry()) { check(&value) }

    #[test]
    fn of_permits(value in any_::permit()) { check(&value) }

    #[test]
    fn of_answers(value in any_::answer()) { check(&value) }

    #[test]
    fn of_change_sets(value in any_::change_set()) { check(&value) }

    #[test]
    fn of_receipts(value in any_::receipt()) { check(&value) }

    #[test]
    fn two_intents_share_bytes_exactly_when_they_are_the_same(a in any_::intent(), b in any_::intent()) {
        prop_assert_eq!(a == b, canonical(&a).unwrap() == canonical(&b).unwrap());
    }

    #[test]
    fn integers_that_a_double_would_round_have_no_bytes(n in 1_u64 << 53..) {
        prop_assert!(canonical(&n).is_err());
        prop_assert!(canonical(&action::Generation(n)).is_err());
        prop_assert!(canonical(&i128::from(n).wrapping_neg()).is_err());
    }

    #[test]
    fn a_digest_reads_only_its_own_text(digest in any_::digest(), at in 0..71_usize, byte in 0..128_u8) {
        let text = digest.to_string();
        let mut bytes = text.clone().into_bytes();
        bytes[at] = byte;
        let other = String::from_utf8(bytes).unwrap();
        match other.parse::<Digest>() {
            Ok(read) => prop_assert_eq!(read.to_string(), other),
            Err(_) => prop_assert_ne!(text, other),
        }
    }
}
