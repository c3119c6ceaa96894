//! Small pieces of JSON written straight into a request body, without a tree in between.

use std::borrow::Cow;

use serde::de::IgnoredAny;

/// Appends `text` as a JSON string.
pub(crate) fn string(out: &mut Vec<u8>, text: &str) {
    value(out, text);
}

/// Appends any serializable value.
pub(crate) fn value<T: serde::Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    let start = out.len();
    // Writing to memory cannot fail, and every type written here has string keys.
    if serde_json::to_writer(&mut *out, value).is_err() {
        out.truncate(start);
        out.extend_from_slice(b"null");
    }
}

/// Appends bytes that are JSON already.
pub(crate) fn raw(out: &mut Vec<u8>, json: &str) {
    out.extend_from_slice(json.as_bytes());
}

/// The arguments of a call as a JSON object, whatever the model emitted: an object as it is, byte for byte; nothing as
/// an empty one; anything else wrapped, so that the history stays sendable and the model sees what it did.
pub(crate) fn object(arguments: &str) -> Cow<'_, str> {
    let trimmed = arguments.trim();
    if trimmed.is_empty() {
        return Cow::Borrowed("{}");
    }
    if trimmed.starts_with('{') && serde_json::from_str::<IgnoredAny>(trimmed).is_ok() {
        return Cow::Borrowed(trimmed);
    }
    let mut wrapped = br#"{"unreadable":"#.to_vec();
    string(&mut wrapped, arguments);
    wrapped.push(b'}');
    Cow::Owned(String::from_utf8(wrapped).unwrap_or_else(|_| "{}".into()))
}

#[cfg(test)]
mod tests;
