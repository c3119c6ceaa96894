//! What an agent's hook says, read strictly: bounded, UTF-8, one JSON object and nothing after it, no key twice.

use std::fmt;
use std::io::Read;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Bytes that are read at most. A file that an agent writes is in there whole.
pub(crate) const LIMIT: u64 = 8 * 1024 * 1024;

/// All of the input, up to the limit. It ends when the agent closes it.
pub(crate) fn read(input: impl Read) -> Result<Vec<u8>, NotRead> {
    let mut bytes = Vec::new();
    input.take(LIMIT + 1).read_to_end(&mut bytes).map_err(|e| NotRead::Input { why: e.to_string() })?;
    match bytes.len() as u64 > LIMIT {
        true => Err(NotRead::TooLong),
        false => Ok(bytes),
    }
}

/// One object, strictly.
pub(crate) fn object(bytes: &[u8]) -> Result<Map<String, Value>, NotRead> {
    let text = std::str::from_utf8(bytes).map_err(|_| NotRead::NotUtf8)?;
    if text.trim().is_empty() {
        return Err(NotRead::Empty);
    }
    match serde_json::from_str::<Strict>(text).map_err(|e| NotRead::NotJson { why: e.to_string() })?.0 {
        Value::Object(object) => Ok(object),
        _ => Err(NotRead::NotJson { why: "it is not an object".into() }),
    }
}

/// A JSON value in which no object has a key twice: which of two would count is for nobody to guess.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader).map(Strict)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        serde_json::Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number that is none"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Strict(item)) = access.next_element()? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((key, Strict(value))) = access.next_entry::<String, Strict>()? {
            if object.contains_key(&key) {
                return Err(de::Error::custom(format!("the key `{}` stands twice", action::visible(&key))));
            }
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

/// Why the input is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotRead {
    /// The system's word.
    #[error("what the agent said could not be read: {why}")]
    Input {
        /// The system's words.
        why: String,
    },
    /// More than anybody looks at.
    #[error("what the agent said is longer than {LIMIT} bytes")]
    TooLong,
    /// Nothing at all.
    #[error("the agent said nothing")]
    Empty,
    /// Other bytes.
    #[error("what the agent said is not UTF-8")]
    NotUtf8,
    /// Other text.
    #[error("what the agent said is not JSON that can be relied on: {why}")]
    NotJson {
        /// The parser's words.
        why: String,
    },
}

#[cfg(test)]
mod tests;
