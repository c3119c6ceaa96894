//! The bytes of one file, lines of them, and edits that leave every other byte alone.
//!
//! A text keeps its byte-order mark and its line ends as they are. Bytes that are not UTF-8 are kept too: reading sees
//! replacement characters only in what it shows, never in what it writes.

use std::ops::Range;

use crate::work::steps;

#[cfg(test)]
mod tests;

/// A place in a text, in bytes from its beginning.
pub type Span = Range<usize>;

/// One replacement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What goes.
    pub span: Span,
    /// What comes in its place.
    pub with: String,
}

/// One line, without its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'t> {
    /// Where it begins in the text.
    pub start: usize,
    /// What it says. A byte-order mark is not part of the first line.
    pub says: &'t str,
    /// Whether it is inside a fenced code block, or opens or closes one.
    pub fenced: bool,
}

impl Line<'_> {
    /// Where it is in the text, without its end.
    pub fn span(&self) -> Span {
        self.start..self.start + self.says.len()
    }
}

/// The lines of a text, with code fences told apart (``` and ~~~, as CommonMark has them).
pub fn lines(text: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut fence: Option<Fence> = None;
    while let Some(rest) = text.get(start..).filter(|rest| !rest.is_empty()) {
        let whole = rest.find('\n').map_or(rest.len(), |at| at + 1);
        let says = rest.get(..whole).unwrap_or_default().trim_end_matches('\n').trim_end_matches('\r');
        let fenced = match fence {
            Some(open) => {
                if open.is_closed_by(says) {
                    fence = None;
                }
                true
            }
            None => {
                fence = Fence::opened_by(says);
                fence.is_some()
            }
        };
        steps(whole);
        lines.push(Line { start, says, fenced });
        start += whole;
    }
    lines
}

/// An open code fence.
#[derive(Clone, Copy)]
struct Fence {
    mark: char,
    length: usize,
}

impl Fence {
    fn opened_by(line: &str) -> Option<Self> {
        let inner = line.trim_start();
        let mark = inner.chars().next().filter(|c| matches!(c, '`' | '~'))?;
        let length = inner.chars().take_while(|c| *c == mark).count();
        let after = inner.get(length..).unwrap_or_default();
        (length >= 3 && !(mark == '`' && after.contains('`'))).then_some(Self { mark, length })
    }

    fn is_closed_by(self, line: &str) -> bool {
        let inner = line.trim();
        inner.chars().all(|c| c == self.mark) && inner.chars().count() >= self.length
    }
}

/// Where a code block begins that is never closed.
pub fn open_fence(text: &str) -> Option<usize> {
    let mut fence: Option<(Fence, usize)> = None;
    for line in lines(text).iter().filter(|line| line.fenced) {
        fence = match fence {
            Some((open, _)) if open.is_closed_by(line.says) => None,
            Some(open) => Some(open),
            None => Fence::opened_by(line.says).map(|open| (open, line.start)),
        };
    }
    fence.map(|(_, start)| start)
}

/// The line end that the text uses: that of its first line.
pub fn line_end(text: &str) -> &'static str {
    let crlf = text.find('\n').is_some_and(|at| text.get(..at).is_some_and(|line| line.ends_with('\r')));
    if crlf { "\r\n" } else { "\n" }
}

/// The text with the edits in it; `None` where two overlap or one is not at character borders of the text.
pub fn apply(text: &str, edits: &[Edit]) -> Option<String> {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let mut made = String::with_capacity(text.len());
    let mut at = 0;
    for edit in sorted {
        made.push_str(text.get(at..edit.span.start)?);
        text.get(edit.span.clone())?;
        made.push_str(&edit.with);
        at = edit.span.end;
    }
    made.push_str(text.get(at..)?);
    Some(made)
}

/// Line and column of a place, both counted from one; the column in characters.
pub fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let begin = before.rfind('\n').map_or(0, |at| at + 1);
    (line, before.get(begin..).unwrap_or_default().chars().count() + 1)
}
