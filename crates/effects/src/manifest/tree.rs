//! JSON and YAML as trees in which every value knows its place: what manifests are written in.
//!
//! A text is cut at its `---` lines first, as `kubectl` and `helm` do it, so that one document that cannot be read hides no
//! other. Each document that cannot be read, or that two tools would read differently (a key written twice, words after `---`),
//! has a fault that says so; what could be read of it is given all the same.
//!
//! Bounded in bytes, values and depth, aliases counted as often as they are used: beyond, the rest is a fault. A short tag of
//! YAML is the one key that JSON writes for it: `!Ref A` is `{Ref: A}`, `!Sub A` is `{Fn::Sub: A}`.

use std::collections::BTreeSet;

use saphyr_parser::ScalarStyle;

use crate::sighting::Span;

mod json;
mod yaml;

/// The longest text that is read, in bytes.
pub(super) const MOST_BYTES: usize = 16 << 20;
/// How deep it may nest, aliases included.
pub(super) const DEEPEST: usize = 128;
/// How many values it may have; a long one counts for several, an alias for all that it stands for.
pub(super) const MOST_VALUES: usize = 500_000;

/// One value and its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub(super) span: Span,
    pub(super) value: Value,
    /// How many values it is, itself included.
    weight: usize,
    /// Levels below it.
    height: usize,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// Nothing, `null`, `~`.
    Nothing,
    /// Text, numbers, flags: as written, without quotes.
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// One key with its value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) key: String,
    /// The key and its value.
    pub(super) span: Span,
    pub(super) value: Node,
}

/// Something that cannot be read, or not surely.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) span: Span,
    pub(super) why: &'static str,
}

/// What stands between two `---` lines.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Document {
    pub(super) span: Span,
    /// Its values that are not nothing: one, as a rule.
    pub(super) roots: Vec<Node>,
    pub(super) faults: Vec<Fault>,
}

impl Node {
    fn new(span: Span, value: Value) -> Self {
        let (weight, height) = match &value {
            Value::Nothing => (1, 0),
            Value::Text(text) => (1 + text.len() / 32, 0),
            Value::List(items) => measure(items.iter()),
            Value::Map(entries) => measure(entries.iter().map(|entry| &entry.value)),
        };
        Self { span, value, weight, height }
    }

    /// Nothing, nowhere.
    pub(super) fn nothing() -> Self {
        Self::new(Span::default(), Value::Nothing)
    }

    /// A map with one key, as JSON writes what YAML has a tag for.
    fn tagged(tag: &str, node: Self) -> Self {
        let key = if matches!(tag, "Ref" | "Condition") { tag.to_owned() } else { format!("Fn::{tag}") };
        let span = node.span;
        Self::new(span, Value::Map(vec![Entry { key, span, value: node }]))
    }

    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            Value::Nothing | Value::List(_) | Value::Map(_) => None,
        }
    }

    /// The items of a list; none of another value.
    pub(super) fn items(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The keys of a map; none of another value.
    pub(super) fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    pub(super) fn is_map(&self) -> bool {
        matches!(self.value, Value::Map(_))
    }

    pub(super) fn is_list(&self) -> bool {
        matches!(self.value, Value::List(_))
    }

    /// The value of a key. Of a key that is written twice the last one, as most tools take it; a fault says that it is.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().rev().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// The value at the end of a path of keys.
    pub(super) fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The text at the end of a path of keys.
    pub(super) fn text_at(&self, path: &[&str]) -> Option<&str> {
        self.at(path).and_then(Self::text)
    }

    /// Whether a flag that is dangerous when on may be on: anything that is not plainly off. YAML 1.1 has more words for it
    /// than YAML 1.2, and tools read either.
    pub(super) fn may_be_on(&self) -> bool {
        match &self.value {
            Value::Nothing => false,
            Value::Text(text) => !matches!(text.to_ascii_lowercase().as_str(), "false" | "no" | "off" | "n" | "0" | ""),
            Value::List(_) | Value::Map(_) => true,
        }
    }

    /// Whether a flag that protects when on may be off: anything that is not plainly on.
    pub(super) fn may_be_off(&self) -> bool {
        !matches!(self.text(), Some("true" | "True" | "TRUE"))
    }
}

fn measure<'n>(parts: impl Iterator<Item = &'n Node>) -> (usize, usize) {
    parts.fold((1, 0), |(weight, height), part| (weight.saturating_add(part.weight), height.max(part.height + 1)))
}

/// What a document costs, however little is in it: the parser is set up anew for each.
const DOCUMENT: usize = 8;

/// What may still be read.
struct Budget {
    values: usize,
}

/// It is more than is read.
struct TooMuch;

impl Budget {
    /// Once it is overdrawn nothing is left for what follows.
    fn spend(&mut self, values: usize) -> Result<(), TooMuch> {
        let left = self.values.checked_sub(values);
        self.values = left.unwrap_or(0);
        left.map(drop).ok_or(TooMuch)
    }
}

const TOO_MUCH: &str = "it has more values than are read";
const TOO_DEEP: &str = "it nests deeper than is read";
const TWICE: &str = "a key is written twice";
const UNREADABLE: &str = "it is neither YAML nor JSON";

/// Every document of a text, in order. The text has at most [`MOST_BYTES`]: who calls looks first.
pub(super) fn documents(text: &str) -> Vec<Document> {
    let mut budget = Budget { values: MOST_VALUES };
    let mut documents = Vec::new();
    for span in chunks(text) {
        if budget.spend(DOCUMENT).is_err() {
            let rest = Span::new(span.start, text.len());
            documents.push(Document { span: rest, roots: Vec::new(), faults: vec![Fault { span: rest, why: TOO_MUCH }] });
            break;
        }
        documents.push(document(text, span, &mut budget));
    }
    documents
}

/// Where a text is cut: before each line that begins with `---`.
fn chunks(text: &str) -> Vec<Span> {
    let mut chunks = Vec::new();
    let (mut start, mut at) = (text.len() - text.trim_start_matches('\u{feff}').len(), 0);
    for line in text.split_inclusive('\n') {
        if line.starts_with("---") && at > start {
            chunks.push(Span::new(start, at));
            start = at;
        }
        at += line.len();
    }
    chunks.push(Span::new(start, text.len()));
    chunks
}

fn document(text: &str, span: Span, budget: &mut Budget) -> Document {
    let chunk = text.get(span.start..span.end).unwrap_or_default();
    let mut document = Document { span: trimmed(text, span), roots: Vec::new(), faults: Vec::new() };
    if let Some(nul) = chunk.find('\0') {
        let span = Span::new(span.start + nul, span.start + nul + 1);
        document.faults.push(Fault { span, why: "there is a NUL byte in it, behind which tools read differently" });
        return document;
    }
    let body = match chunk.strip_prefix("---") {
        Some(rest) => {
            let line = rest.lines().next().unwrap_or_default();
            let is_blank = line.trim().is_empty() || (line.starts_with([' ', '\t']) && line.trim_start().starts_with('#'));
            if !is_blank {
                let span = Span::new(span.start, span.start + 3 + line.len());
                document.faults.push(Fault { span, why: "what follows `---` on its line is left out by some tools" });
            }
            if is_blank { rest.get(line.len()..).unwrap_or_default() } else { chunk }
        }
        None => chunk,
    };
    let is_json = body.trim_start().starts_with(['{', '[']);
    if !(is_json && json::read(text, body, budget, &mut document)) {
        yaml::read(chunk, span.start, budget, &mut document);
    }
    document.roots.retain(|root| root.value != Value::Nothing);
    document
}

/// The span without white space at its end.
fn trimmed(text: &str, span: Span) -> Span {
    let part = text.get(span.start..span.end).unwrap_or_default();
    Span::new(span.start, span.start + part.trim_end().len())
}

/// Keys of one map, to see one that comes again.
#[derive(Default)]
struct Keys(BTreeSet<String>);

impl Keys {
    fn is_new(&mut self, key: &str) -> bool {
        self.0.insert(key.to_owned())
    }
}

fn scalar(text: String, style: ScalarStyle) -> Value {
    match style {
        ScalarStyle::Plain if matches!(text.as_str(), "" | "null" | "~" | "Null" | "NULL") => Value::Nothing,
        _ => Value::Text(text),
    }
}

#[cfg(test)]
mod tests;
