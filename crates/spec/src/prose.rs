//! Words of running text, with what is quoted or code told apart.
//!
//! Words of scripts that write without spaces are not told apart here: a character of theirs ends a word, so that English
//! keywords inside Chinese or Japanese are seen. Nothing here knows what a word means.

use crate::text::Span;

/// One word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word<'t> {
    /// Where it begins.
    pub start: usize,
    /// What it says. Hyphens and apostrophes inside it belong to it.
    pub says: &'t str,
}

impl Word<'_> {
    /// Where it is.
    pub fn span(&self) -> Span {
        self.start..self.start + self.says.len()
    }
}

/// The words outside of quotes and code.
pub fn words(text: &str) -> Vec<Word<'_>> {
    let quoted = quoted(text);
    let mut skipped = quoted.iter().peekable();
    let mut words = Vec::new();
    let mut begun: Option<usize> = None;
    let mut end = |from: &mut Option<usize>, to: usize| {
        let Some(start) = from.take() else { return };
        let says = text.get(start..to).unwrap_or_default().trim_end_matches(['-', '\'', '’']);
        words.push(Word { start, says });
    };
    for (at, c) in text.char_indices() {
        while skipped.peek().is_some_and(|span| span.end <= at) {
            skipped.next();
        }
        let outside = skipped.peek().is_none_or(|span| at < span.start);
        let belongs = is_letter(c) || (begun.is_some() && matches!(c, '-' | '\'' | '’'));
        match outside && belongs {
            true => begun = begun.or(Some(at)),
            false => end(&mut begun, at),
        }
    }
    end(&mut begun, text.len());
    words
}

/// Whether a character belongs to a word that spaces set apart.
fn is_letter(c: char) -> bool {
    c == '_' || (c.is_alphanumeric() && !is_unspaced(c))
}

/// Whether a character is of a script that writes without spaces, or of Hangul, whose words we do not read.
pub fn is_unspaced(c: char) -> bool {
    c >= '\u{2e80}'
}

/// The passages in quotation marks or in backticks, with their marks. A mark that nothing closes quotes nothing.
pub fn quoted(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    // Closing marks that do not occur again; so nobody looks for them twice.
    let mut absent: Vec<&str> = Vec::new();
    let (mut at, mut before) = (0, ' ');
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let opened = at + mark_length(text, at, c);
        let closer = closer(text, at, opened, before).filter(|closer| !absent.contains(closer));
        let end = closer.and_then(|closer| {
            let found = end_of(text, opened, closer);
            if found.is_none() {
                absent.push(closer);
            }
            found
        });
        if let Some(end) = end {
            spans.push(at..end);
        }
        before = c;
        at = end.unwrap_or(opened);
    }
    spans
}

/// Whether a place is in one of these passages, which are in order.
pub fn is_inside(quoted: &[Span], at: usize) -> bool {
    quoted.get(quoted.partition_point(|span| span.end <= at)).is_some_and(|span| span.start <= at)
}

/// One character, or a whole run of backticks.
fn mark_length(text: &str, at: usize, c: char) -> usize {
    match c {
        '`' => text.get(at..).unwrap_or_default().bytes().take_while(|b| *b == b'`').count(),
        other => other.len_utf8(),
    }
}

/// What closes the mark at a place, if there is one.
fn closer(text: &str, at: usize, opened: usize, before: char) -> Option<&str> {
    match text.get(at..opened)? {
        // Nobody quotes with more; and so the marks that are looked for in vain are few.
        ticks if ticks.starts_with('`') && ticks.len() <= 4 => Some(ticks),
        "\"" => Some("\""),
        "“" | "„" => Some("”"),
        "«" => Some("»"),
        "「" => Some("」"),
        "『" => Some("』"),
        "‘" if !before.is_alphanumeric() => Some("’"),
        "'" if !before.is_alphanumeric() => Some("'"),
        _ => None,
    }
}

/// The end of the closing mark; an apostrophe inside a word closes nothing.
fn end_of(text: &str, from: usize, closer: &str) -> Option<usize> {
    let mut at = from;
    loop {
        let end = at + text.get(at..)?.find(closer)? + closer.len();
        let next = text.get(end..)?.chars().next();
        let inside = matches!(closer, "'" | "’") && next.is_some_and(char::is_alphanumeric);
        if !inside {
            return Some(end);
        }
        at = end;
    }
}

#[cfg(test)]
mod tests;
