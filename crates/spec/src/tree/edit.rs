//! One value of a JSON or YAML file in the place of another: `.config.kiro`, `spec.json`, hooks, the front matter of steering files.
//!
//! What cannot be replaced for certain gives no edit: a list, keys and values, text over several lines, a value that is not written
//! out, and one whose place is not known.

use super::{Node, Value, yaml};
use crate::text::Edit;

impl Node {
    /// Puts `with` into the place of this value and leaves every other byte of the file alone. `file` is the whole text that this
    /// was read from; text is written in double quotes, which JSON and YAML read alike.
    pub fn replaced(&self, file: &str, with: &Value) -> Option<Edit> {
        let says = file.get(self.span.clone()).filter(|says| !says.is_empty() && !says.contains(['\n', '\r']))?;
        // A place that does not say this value is not its place.
        let is_here = yaml(says, 0).is_ok_and(|read| read.value == self.value);
        let with = written(with).filter(|_| is_here && is_one(&self.value))?;
        Some(Edit { span: self.span.clone(), with })
    }
}

fn is_one(value: &Value) -> bool {
    matches!(value, Value::Nothing | Value::Text(_) | Value::Plain(_))
}

/// As both JSON and YAML have it; nothing for what only one of them would read so.
fn written(value: &Value) -> Option<String> {
    match value {
        Value::Nothing => Some("null".to_owned()),
        Value::Text(text) => Some(serde_json::to_string(text).ok()?.chars().map(escaped).collect()),
        Value::Plain(plain) => {
            let read: serde_json::Value = serde_json::from_str(plain).ok()?;
            (read.is_boolean() || read.is_number()).then(|| plain.trim().to_owned())
        }
        Value::List(_) | Value::Map(_) => None,
    }
}

/// YAML takes less than JSON without an escape: no control characters, and it ends lines at more of them.
fn escaped(c: char) -> String {
    match c {
        '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => format!("\\u{:04x}", u32::from(c)),
        c if c.is_control() => format!("\\u{:04x}", u32::from(c)),
        c => c.to_string(),
    }
}
