//! JSON and YAML as a tree in which every value knows its place, so that a finding can point at it.
//!
//! Bounded: [`MOST_BYTES`] of text, [`DEEPEST`] levels, [`MOST_KEYS`] to a map; anchors, aliases and tags are refused, since nothing that we read needs
//! them. A key that is written twice is refused too: two readers would take different ones. Nothing here knows what the keys
//! mean.

use saphyr_parser::{Event, Parser, ScalarStyle};

use crate::text::Span;

mod edit;

/// The longest text that is read.
pub const MOST_BYTES: usize = 256 * 1024;
/// How deep it may nest.
pub const DEEPEST: usize = 40;
/// How many keys one map may have.
pub const MOST_KEYS: usize = 1000;

/// One value and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where it is in the file.
    pub span: Span,
    /// What it is.
    pub value: Value,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing, `null`, `~`.
    Nothing,
    /// Text in quotes, or anything else that is not one of the others.
    Text(String),
    /// `true`, `false`; also `3` and `1.5`: as written.
    Plain(String),
    /// A list.
    List(Vec<Node>),
    /// Keys and values, in order.
    Map(Vec<Entry>),
}

/// One key with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key is.
    pub at: Span,
    /// Its value.
    pub value: Node,
}

/// Why a text cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct Unreadable {
    /// Where, in the file.
    pub span: Span,
    /// Why, in a few words.
    pub why: String,
}

impl Node {
    /// Text, quoted or not.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) | Value::Plain(text) => Some(text),
            Value::Nothing | Value::List(_) | Value::Map(_) => None,
        }
    }

    /// `true` or `false`, not in quotes.
    pub fn flag(&self) -> Option<bool> {
        match &self.value {
            Value::Plain(text) if text == "true" => Some(true),
            Value::Plain(text) if text == "false" => Some(false),
            _ => None,
        }
    }

    /// A number, not in quotes.
    pub fn number(&self) -> Option<f64> {
        match &self.value {
            Value::Plain(text) => text.parse().ok().filter(|number: &f64| number.is_finite()),
            _ => None,
        }
    }

    /// The items of a list.
    pub fn list(&self) -> Option<&[Node]> {
        match &self.value {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The keys of a map; none of another value.
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// Whether it has keys.
    pub fn is_map(&self) -> bool {
        matches!(self.value, Value::Map(_))
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// What it is, for a message.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Nothing => "nothing",
            Value::Text(_) => "text",
            Value::Plain(_) => "a plain value",
            Value::List(_) => "a list",
            Value::Map(_) => "keys and values",
        }
    }
}

/// Reads YAML that begins at a place of a file.
pub fn yaml(text: &str, offset: usize) -> Result<Node, Unreadable> {
    let whole = offset..offset + text.len();
    if text.len() > MOST_BYTES {
        return Err(Unreadable { span: whole, why: format!("it has more than {MOST_BYTES} bytes") });
    }
    let places = Places::of(text, offset);
    let mut growing = Growing::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|e| Unreadable { span: places.point(e.marker().index()), why: e.info().to_owned() })?;
        let span = places.span(span.start.index(), span.end.index());
        growing.take(event, span)?;
    }
    growing.root.ok_or(Unreadable { span: whole, why: "it is empty".into() })
}

/// Reads JSON that begins at a place of a file. What YAML reads and JSON does not is refused.
pub fn json(text: &str, offset: usize) -> Result<Node, Unreadable> {
    let whole = offset..offset + text.len();
    if text.len() > MOST_BYTES {
        return Err(Unreadable { span: whole, why: format!("it has more than {MOST_BYTES} bytes") });
    }
    let value: serde_json::Value = serde_json::from_str(text).map_err(|e| Unreadable { span: point_of(text, offset, &e), why: e.to_string() })?;
    match yaml(text, offset) {
        Ok(node) => Ok(node),
        Err(unreadable) if unreadable.why == TWICE => Err(unreadable),
        // JSON has escapes that YAML has not: the places are lost then, the values are not.
        Err(_) => Ok(placeless(value, &whole)),
    }
}

const TWICE: &str = "a key is written twice";

fn point_of(text: &str, offset: usize, error: &serde_json::Error) -> Span {
    let line = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum::<usize>();
    let mut at = (line + error.column().saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let end = text.get(at..).and_then(|rest| rest.chars().next()).map_or(at, |c| at + c.len_utf8());
    offset + at..offset + end
}

fn placeless(value: serde_json::Value, span: &Span) -> Node {
    let value = match value {
        serde_json::Value::Null => Value::Nothing,
        serde_json::Value::String(text) => Value::Text(text),
        serde_json::Value::Array(items) => Value::List(items.into_iter().map(|item| placeless(item, span)).collect()),
        serde_json::Value::Object(map) => {
            Value::Map(map.into_iter().map(|(key, value)| Entry { key, at: span.clone(), value: placeless(value, span) }).collect())
        }
        plain => Value::Plain(plain.to_string()),
    };
    Node { span: span.clone(), value }
}

/// From characters, which the parser counts, to bytes of the file.
struct Places {
    starts: Vec<usize>,
    end: usize,
}

impl Places {
    fn of(text: &str, offset: usize) -> Self {
        Self { starts: text.char_indices().map(|(at, _)| at + offset).collect(), end: offset + text.len() }
    }

    fn at(&self, character: usize) -> usize {
        self.starts.get(character).copied().unwrap_or(self.end)
    }

    fn span(&self, from: usize, to: usize) -> Span {
        self.at(from)..self.at(to.max(from))
    }

    fn point(&self, character: usize) -> Span {
        self.span(character, character + 1)
    }
}

/// The tree while it grows.
#[derive(Default)]
struct Growing {
    open: Vec<Open>,
    root: Option<Node>,
}

/// A list or map that is not closed yet.
struct Open {
    start: usize,
    items: Vec<Node>,
    entries: Vec<Entry>,
    /// A key that waits for its value.
    key: Option<(String, Span)>,
    is_map: bool,
}

impl Growing {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Unreadable> {
        let refuse = |why: &str| Err(Unreadable { span: span.clone(), why: why.to_owned() });
        match event {
            Event::Alias(_) => refuse("anchors and aliases are not read"),
            Event::Scalar(_, _, anchor, tag) | Event::SequenceStart(anchor, tag) | Event::MappingStart(anchor, tag) if anchor > 0 || tag.is_some() => {
                refuse("anchors and tags are not read")
            }
            Event::SequenceStart(..) => self.open(false, span),
            Event::MappingStart(..) => self.open(true, span),
            Event::Scalar(text, style, _, _) => self.put(scalar(text.into_owned(), style), span),
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::DocumentStart(_) if self.root.is_some() => refuse("there is more than one document"),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => Ok(()),
        }
    }

    fn open(&mut self, is_map: bool, span: Span) -> Result<(), Unreadable> {
        if self.open.len() >= DEEPEST {
            return Err(Unreadable { span, why: format!("it nests deeper than {DEEPEST} levels") });
        }
        self.open.push(Open { start: span.start, items: Vec::new(), entries: Vec::new(), key: None, is_map });
        Ok(())
    }

    fn close(&mut self, span: Span) -> Result<(), Unreadable> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let value = if open.is_map { Value::Map(open.entries) } else { Value::List(open.items) };
        self.put(value, open.start..span.end.max(open.start))
    }

    fn put(&mut self, value: Value, span: Span) -> Result<(), Unreadable> {
        let node = Node { span, value };
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        if !open.is_map {
            open.items.push(node);
            return Ok(());
        }
        match open.key.take() {
            Some((key, at)) => open.entries.push(Entry { key, at, value: node }),
            None => {
                let key = node.text().ok_or(Unreadable { span: node.span.clone(), why: "a key is not text".into() })?.to_owned();
                if open.entries.iter().any(|entry| entry.key == key) {
                    return Err(Unreadable { span: node.span, why: TWICE.into() });
                }
                if open.entries.len() >= MOST_KEYS {
                    return Err(Unreadable { span: node.span, why: format!("it has more than {MOST_KEYS} keys") });
                }
                open.key = Some((key, node.span));
            }
        }
        Ok(())
    }
}

fn scalar(text: String, style: ScalarStyle) -> Value {
    match style {
        ScalarStyle::Plain if matches!(text.as_str(), "" | "null" | "~" | "Null" | "NULL") => Value::Nothing,
        ScalarStyle::Plain => Value::Plain(text),
        _ => Value::Text(text),
    }
}

#[cfg(test)]
mod tests;
