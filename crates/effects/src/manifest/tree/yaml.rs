//! YAML, by `saphyr-parser`'s events: nothing is expanded but by us, and counted.

use std::collections::BTreeMap;

use saphyr_parser::{Event, Parser, Tag};

use super::{Budget, DEEPEST, Document, Entry, Fault, Keys, Node, Span, TOO_DEEP, TOO_MUCH, TWICE, UNREADABLE, Value, scalar};

/// Reads one chunk, which begins at byte `offset` of the text. What stands before an error is kept.
pub(super) fn read(chunk: &str, offset: usize, budget: &mut Budget, document: &mut Document) {
    let places = Places::of(chunk, offset);
    let mut growing = Growing { open: Vec::new(), anchors: BTreeMap::new(), budget, document };
    for event in Parser::new_from_str(chunk) {
        let (event, span) = match event {
            Ok((event, span)) => (event, Span::new(places.at(span.start.index()), places.at(span.end.index()))),
            Err(e) => {
                let at = places.at(e.marker().index());
                return growing.ends_early(Fault { span: Span::new(at, offset + chunk.len()), why: UNREADABLE });
            }
        };
        if let Err(fault) = growing.take(event, span, chunk, offset) {
            return growing.ends_early(fault);
        }
    }
}

/// From characters, which the parser counts, to bytes of the text.
struct Places<'c> {
    chunk: &'c str,
    offset: usize,
    /// The byte of every [`Self::STEP`]th character; none where every character is one byte.
    steps: Vec<usize>,
}

impl<'c> Places<'c> {
    const STEP: usize = 64;

    fn of(chunk: &'c str, offset: usize) -> Self {
        let steps = if chunk.is_ascii() { Vec::new() } else { chunk.char_indices().step_by(Self::STEP).map(|(at, _)| at).collect() };
        Self { chunk, offset, steps }
    }

    fn at(&self, character: usize) -> usize {
        let end = self.chunk.len();
        if self.steps.is_empty() {
            return self.offset + character.min(end);
        }
        let near = self.steps.get(character / Self::STEP).copied().unwrap_or(end);
        let rest = self.chunk.get(near..).unwrap_or_default();
        self.offset + rest.char_indices().nth(character % Self::STEP).map_or(end, |(at, _)| near + at)
    }
}

/// A list or map that is not closed yet.
struct Open {
    start: usize,
    anchor: usize,
    tag: Option<String>,
    items: Vec<Node>,
    entries: Vec<Entry>,
    keys: Keys,
    /// A key that waits for its value.
    key: Option<(String, Span)>,
    is_map: bool,
}

/// The trees while they grow.
struct Growing<'g> {
    open: Vec<Open>,
    anchors: BTreeMap<usize, Node>,
    budget: &'g mut Budget,
    document: &'g mut Document,
}

impl Growing<'_> {
    fn take(&mut self, event: Event<'_>, span: Span, chunk: &str, offset: usize) -> Result<(), Fault> {
        match event {
            Event::Alias(anchor) => {
                let node = self.anchors.get(&anchor).ok_or(Fault { span, why: "an alias in it stands for nothing that was read" })?;
                let weight = node.weight;
                self.spend(weight, span)?;
                let node = self.anchors.get(&anchor).cloned().unwrap_or_else(|| Node::new(span, Value::Nothing));
                self.put(Node { span, ..node }, span)
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.spend(1 + text.len() / 32, span)?;
                let tag = tag.as_deref().and_then(short);
                let value = if tag.is_some() { Value::Text(text.into_owned()) } else { scalar(text.into_owned(), style) };
                self.finish(Node::new(span, value), anchor, tag)
            }
            Event::SequenceStart(anchor, tag) => self.open(false, anchor, tag.as_deref().and_then(short), span),
            Event::MappingStart(anchor, tag) => self.open(true, anchor, tag.as_deref().and_then(short), span),
            Event::SequenceEnd | Event::MappingEnd => self.close(span, chunk, offset),
            Event::DocumentEnd => {
                self.anchors.clear();
                Ok(())
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) => Ok(()),
        }
    }

    fn spend(&mut self, values: usize, span: Span) -> Result<(), Fault> {
        self.budget.spend(values).map_err(|_| Fault { span, why: TOO_MUCH })
    }

    fn open(&mut self, is_map: bool, anchor: usize, tag: Option<String>, span: Span) -> Result<(), Fault> {
        self.spend(1, span)?;
        if self.open.len() >= DEEPEST {
            return Err(Fault { span, why: TOO_DEEP });
        }
        let (items, entries, keys) = (Vec::new(), Vec::new(), Keys::default());
        self.open.push(Open { start: span.start, anchor, tag, items, entries, keys, key: None, is_map });
        Ok(())
    }

    /// Of a block the parser gives the beginning of what follows as its end: the white space before that is not of it.
    fn close(&mut self, span: Span, chunk: &str, offset: usize) -> Result<(), Fault> {
        let Some(mut open) = self.open.pop() else { return Ok(()) };
        let from = open.start.saturating_sub(offset);
        let says = chunk.get(from..span.end.saturating_sub(offset)).unwrap_or_default();
        let span = Span::new(open.start, open.start + says.trim_end().len());
        let value = if open.is_map {
            self.merge(&mut open)?;
            Value::Map(open.entries)
        } else {
            Value::List(open.items)
        };
        self.finish(Node::new(span, value), open.anchor, open.tag)
    }

    /// `<<: *other` gives the keys of the other that this map has not.
    fn merge(&mut self, open: &mut Open) -> Result<(), Fault> {
        let Some(at) = open.entries.iter().position(|entry| entry.key == "<<") else { return Ok(()) };
        let from = open.entries.remove(at).value;
        let sources = if from.is_list() { from.items().to_vec() } else { vec![from] };
        for source in sources {
            self.spend(source.weight, source.span)?;
            for entry in source.entries() {
                if open.keys.is_new(&entry.key) {
                    open.entries.push(entry.clone());
                }
            }
        }
        Ok(())
    }

    fn finish(&mut self, node: Node, anchor: usize, tag: Option<String>) -> Result<(), Fault> {
        let span = node.span;
        let node = match tag {
            Some(tag) => Node::tagged(&tag, node),
            None => node,
        };
        if anchor > 0 {
            self.spend(node.weight, span)?;
            self.anchors.insert(anchor, node.clone());
        }
        self.put(node, span)
    }

    fn put(&mut self, node: Node, span: Span) -> Result<(), Fault> {
        if self.open.len() + node.height >= DEEPEST {
            return Err(Fault { span, why: TOO_DEEP });
        }
        let Some(open) = self.open.last_mut() else {
            self.document.roots.push(node);
            return Ok(());
        };
        if !open.is_map {
            open.items.push(node);
            return Ok(());
        }
        match open.key.take() {
            Some((key, at)) => {
                // A value that is an alias stands elsewhere than its key; the entry is where it is written.
                let span = Span::new(at.start, node.span.end.max(at.end));
                open.entries.push(Entry { key, span, value: node });
            }
            None => {
                let key = match &node.value {
                    Value::Text(text) => text.clone(),
                    Value::Nothing => String::new(),
                    Value::List(_) | Value::Map(_) => return Err(Fault { span, why: "a key in it is not text" }),
                };
                if !open.keys.is_new(&key) {
                    self.document.faults.push(Fault { span, why: TWICE });
                }
                open.key = Some((key, span));
            }
        }
        Ok(())
    }

    /// What was read so far is closed where it stands, and the fault is told.
    fn ends_early(mut self, fault: Fault) {
        self.document.faults.push(fault);
        while let Some(open) = self.open.pop() {
            let value = if open.is_map { Value::Map(open.entries) } else { Value::List(open.items) };
            let node = Node::new(Span::new(open.start, self.document.span.end), value);
            match self.open.last_mut() {
                None => self.document.roots.push(node),
                Some(outer) if outer.is_map => {
                    if let Some((key, at)) = outer.key.take() {
                        outer.entries.push(Entry { key, span: Span::new(at.start, node.span.end), value: node });
                    }
                }
                Some(outer) => outer.items.push(node),
            }
        }
    }
}

/// The name of a tag of one's own, `!Ref`; nothing for those of YAML itself, `!!str`.
fn short(tag: &Tag) -> Option<String> {
    let says = format!("{}{}", tag.handle, tag.suffix);
    (!tag.is_yaml_core_schema() && says != "!").then(|| says.trim_start_matches('!').to_owned())
}
