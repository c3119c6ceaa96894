//! The block between two `---` lines at the very beginning of a Markdown file.
//!
//! Other tools see it only as the first bytes: what stands behind a blank line or a byte-order mark is told apart, because
//! there it does not do what was meant. Nothing here knows the keys.

use crate::text::{self, Line, Span};
use crate::tree::{self, Node, Unreadable};

/// What stands at the beginning of a file.
#[derive(Clone, Debug, PartialEq)]
pub enum FrontMatter {
    /// Nothing of the kind.
    None,
    /// The first `---` line is there, the second is not.
    Unclosed(Span),
    /// A block that would be front matter if it were first.
    Late(Span),
    /// A block that is no YAML, or more than is read.
    Unreadable(Unreadable, Span),
    /// Keys and values; a block with nothing in it has none.
    Some {
        /// The keys and values.
        keys: Node,
        /// The block with both lines.
        block: Span,
        /// Whether a byte-order mark stands before it.
        marked: bool,
    },
}

/// Reads the front matter, and says where the body begins.
pub fn read(text: &str) -> (FrontMatter, usize) {
    let lines = text::lines(text);
    let Some(first) = lines.iter().position(|line| !line.says.trim().is_empty()) else {
        return (FrontMatter::None, body_of(text));
    };
    let opens = lines.get(first).is_some_and(is_rule);
    if !opens || first > 0 {
        return (late(&lines).map_or(FrontMatter::None, FrontMatter::Late), body_of(text));
    }
    let start = lines.first().map_or(0, |line| line.start);
    let Some(close) = lines.iter().skip(1).position(is_rule).map(|at| at + 1) else {
        return (FrontMatter::Unclosed(lines.first().map_or(0..0, Line::span)), body_of(text));
    };
    let inner = lines.get(1).map_or(start, |line| line.start)..lines.get(close).map_or(text.len(), |line| line.start);
    let block = start..lines.get(close).map_or(text.len(), |line| line.span().end);
    let body = lines.get(close + 1).map_or(text.len(), |line| line.start);
    (keys(text, inner, block), body)
}

fn keys(text: &str, inner: Span, block: Span) -> FrontMatter {
    let says = text.get(inner.clone()).unwrap_or_default();
    let is_empty = says.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#'));
    if is_empty {
        let keys = Node { span: inner, value: tree::Value::Map(Vec::new()) };
        return FrontMatter::Some { keys, marked: block.start > 0, block };
    }
    match tree::yaml(says, inner.start) {
        Ok(keys) if keys.is_map() => FrontMatter::Some { keys, marked: block.start > 0, block },
        Ok(other) => FrontMatter::Unreadable(Unreadable { span: other.span.clone(), why: format!("it is {}", other.kind()) }, block),
        Err(unreadable) => FrontMatter::Unreadable(unreadable, block),
    }
}

/// A block further down that has the look of front matter: `---`, `key: value` lines, `---`.
fn late(lines: &[Line<'_>]) -> Option<Span> {
    let mut open: Option<&Line<'_>> = None;
    for line in lines {
        let is_key = line.says.split_once(':').is_some_and(|(key, _)| !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b)));
        let goes_on = is_key || line.says.starts_with([' ', '-', '#']);
        match open {
            Some(begin) if is_rule(line) && line.start > begin.span().end + 1 => return Some(begin.start..line.span().end),
            _ if is_rule(line) => open = Some(line),
            Some(_) if goes_on && !line.fenced => {}
            _ => open = None,
        }
    }
    None
}

fn is_rule(line: &Line<'_>) -> bool {
    !line.fenced && line.says.trim_end() == "---"
}

fn body_of(text: &str) -> usize {
    text.len() - text.trim_start_matches('\u{feff}').len()
}

#[cfg(test)]
mod tests;
