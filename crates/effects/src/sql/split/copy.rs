//! The lines of data that follow `COPY … FROM STDIN` in a script for `psql`, up to `\.`.

use super::{Kind, Piece, Splitter};
use crate::sighting::Span;

/// Words that begin statements.
const VERBS: &[&str] = &[
    "alter", "call", "copy", "create", "delete", "do", "drop", "execute", "grant", "insert", "merge", "reassign", "revoke", "select", "set",
    "truncate", "update", "with",
];

impl Splitter<'_> {
    /// Where the server refuses the `COPY`, psql takes its data for statements. So data is skipped only where it cannot be any.
    pub(super) fn data_of_copy(&mut self) {
        if self.no_more_data {
            return;
        }
        let first = self.line_end(self.at);
        if !self.text.get(self.at..first).unwrap_or_default().trim().is_empty() {
            return; // more statements on the same line: read as such
        }
        let start = (first + 1).min(self.bytes.len());
        let mut at = start;
        while at < self.bytes.len() {
            let end = self.line_end(at);
            if self.text.get(at..end).unwrap_or_default().trim_end() == r"\." {
                let data = self.text.get(start..at).unwrap_or_default();
                if is_perhaps_sql(data) {
                    let kind = Kind::Broken("data that would be run as statements if the copying failed");
                    self.pieces.push(Piece { kind, span: Span::new(start, at) });
                }
                return self.blank(start, end);
            }
            at = end + 1;
        }
        self.no_more_data = true;
        self.at = start; // without an end it is read as statements
    }
}

fn is_perhaps_sql(data: &str) -> bool {
    let words = data.split(|c: char| !c.is_alphanumeric() && c != '_');
    data.contains(r"\!") || words.filter(|word| word.len() <= 8).any(|word| VERBS.contains(&word.to_ascii_lowercase().as_str()))
}
