//! Patterns for paths, as people write them into front matter and hooks: one, several in one string, with braces.
//!
//! Only their form is read here; whoever matches paths compiles them. A pattern that can match nothing is told.

use crate::text::Span;

/// The patterns in one string: commas split it, but not those in braces or brackets. Spans are in the string.
pub fn split(text: &str) -> Vec<Span> {
    let (mut spans, mut start, mut depth) = (Vec::new(), 0, 0_usize);
    for (at, c) in text.char_indices() {
        match c {
            '{' | '[' => depth += 1,
            '}' | ']' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                spans.extend(trimmed(text, start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    spans.extend(trimmed(text, start..text.len()));
    spans
}

fn trimmed(text: &str, span: Span) -> Option<Span> {
    let says = text.get(span.clone())?;
    let start = span.end - says.trim_start().len();
    let trimmed = start..start + says.trim().len();
    (!says.trim().is_empty()).then_some(trimmed)
}

/// Why a pattern can match no path of the project, if that is so.
pub fn fault(pattern: &str) -> Option<&'static str> {
    let is_drive = pattern.get(1..3).is_some_and(|after| after == ":\\" || after == ":/");
    if pattern.is_empty() {
        return Some("it is empty");
    }
    if is_beyond_measure(pattern) {
        return Some("it is longer, or has more braces, than anybody reads");
    }
    if pattern.starts_with('/') || pattern.starts_with('~') || is_drive {
        return Some("it is an absolute path, and paths of the project are relative");
    }
    if pattern.split('/').any(|part| part == "..") {
        return Some("it leads out of the project");
    }
    if pattern.contains('\\') {
        return Some("it has a backslash, and paths are written with `/`");
    }
    unbalanced(pattern)
}

/// Whether compiling it could take more than it is worth: engines go down with every brace.
pub fn is_beyond_measure(pattern: &str) -> bool {
    pattern.len() > 4096 || pattern.matches('{').count() > 64
}

fn unbalanced(pattern: &str) -> Option<&'static str> {
    let (mut braces, mut bracket) = (0_usize, false);
    for c in pattern.chars() {
        match c {
            '[' => bracket = true,
            ']' => bracket = false,
            '{' if !bracket => braces += 1,
            '}' if !bracket && braces == 0 => return Some("it closes a brace that is not open"),
            '}' if !bracket => braces -= 1,
            _ => {}
        }
    }
    match (bracket, braces) {
        (true, _) => Some("it opens a bracket and does not close it"),
        (false, 1..) => Some("it opens a brace and does not close it"),
        (false, 0) => None,
    }
}

#[cfg(test)]
mod tests;
