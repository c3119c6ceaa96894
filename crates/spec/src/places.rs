//! Lines and columns of many places in one text, in linear time for places that come in order.

use crate::text::Span;

/// Where lines begin.
pub struct Places<'t> {
    text: &'t str,
    starts: Vec<usize>,
    /// The last place that was asked for: its line's start, itself, its column.
    last: (usize, usize, usize),
}

/// A place as people count it, from one. Columns are in characters; a byte-order mark is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl<'t> Places<'t> {
    /// Of a text.
    pub fn of(text: &'t str) -> Self {
        let first = text.len() - text.trim_start_matches('\u{feff}').len();
        let starts: Vec<usize> = std::iter::once(first).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts, last: (first, first, 1) }
    }

    /// Where a place is. One that is not in the text is at its end.
    pub fn place(&mut self, at: usize) -> Place {
        let at = at.min(self.text.len());
        let line = self.starts.partition_point(|start| *start <= at).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        let (last_start, last_at, last_column) = self.last;
        let (from, column) = if last_start == start && last_at <= at { (last_at, last_column) } else { (start, 1) };
        let column = column + self.text.get(from..at).unwrap_or_default().chars().count();
        self.last = (start, at, column);
        Place { line, column }
    }

    /// Where a span begins and ends.
    pub fn span(&mut self, span: &Span) -> (Place, Place) {
        (self.place(span.start), self.place(span.end.max(span.start)))
    }
}

#[cfg(test)]
mod tests;
