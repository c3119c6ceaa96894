//! JSON, by `serde_json`: each value is found raw first, so that its place is known and a key that comes twice is seen.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{Budget, DEEPEST, Document, Entry, Fault, Keys, Node, Span, TOO_DEEP, TOO_MUCH, TWICE, TooMuch, Value};

/// Reads one JSON value after the other; `false`, and nothing kept, where the body is no JSON.
pub(super) fn read(text: &str, body: &str, budget: &mut Budget, document: &mut Document) -> bool {
    let values: Result<Vec<&RawValue>, _> = serde_json::Deserializer::from_str(body).into_iter().collect();
    let Ok(values) = values else { return false };
    for value in values {
        let mut reader = Reader { text, budget, faults: &mut document.faults };
        match reader.node(value, 0) {
            Ok(root) => document.roots.push(root),
            Err(TooMuch) => document.faults.push(Fault { span: document.span, why: TOO_MUCH }),
        }
    }
    true
}

struct Reader<'r> {
    text: &'r str,
    budget: &'r mut Budget,
    faults: &'r mut Vec<Fault>,
}

impl Reader<'_> {
    fn node(&mut self, raw: &RawValue, depth: usize) -> Result<Node, TooMuch> {
        let says = raw.get();
        let span = Span::of(says, self.text).unwrap_or_default();
        self.budget.spend(1 + if says.starts_with('"') { says.len() / 32 } else { 0 })?;
        if depth >= DEEPEST {
            self.faults.push(Fault { span, why: TOO_DEEP });
            return Ok(Node::new(span, Value::Nothing));
        }
        let value = match says.bytes().next() {
            Some(b'{') => self.map(says, depth)?,
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(says).unwrap_or_default(); // raw values are valid already
                Value::List(items.into_iter().map(|item| self.node(item, depth + 1)).collect::<Result<_, _>>()?)
            }
            Some(b'"') => match serde_json::from_str(says) {
                Ok(text) => Value::Text(text),
                Err(_) => {
                    self.faults.push(Fault { span, why: "a text in it has an escape that means nothing" });
                    Value::Nothing
                }
            },
            Some(b'n') | None => Value::Nothing,
            Some(_) => Value::Text(says.to_owned()),
        };
        Ok(Node::new(span, value))
    }

    fn map(&mut self, says: &str, depth: usize) -> Result<Value, TooMuch> {
        let span = Span::of(says, self.text).unwrap_or_default();
        let Ok(Pairs(pairs)) = serde_json::from_str(says) else {
            self.faults.push(Fault { span, why: "a key in it has an escape that means nothing" });
            return Ok(Value::Map(Vec::new()));
        };
        let mut keys = Keys::default();
        let mut entries = Vec::new();
        for (key, raw) in pairs {
            let value = self.node(raw, depth + 1)?;
            if !keys.is_new(&key) {
                self.faults.push(Fault { span: value.span, why: TWICE });
            }
            entries.push(Entry { key, span: value.span, value });
        }
        Ok(Value::Map(entries))
    }
}

/// Keys and raw values of a map, in their order, repeats kept.
struct Pairs<'j>(Vec<(String, &'j RawValue)>);

impl<'de> Deserialize<'de> for Pairs<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collecting;
        impl<'de> Visitor<'de> for Collecting {
            type Value = Pairs<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("keys and values")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Collecting)
    }
}
