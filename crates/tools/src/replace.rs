//! Several replacements in one text: all of them or none. Pure text in, text out; it knows no files.
//!
//! Each `old` is looked for exactly as given, then with the file's line endings, then line by line with differences in
//! trailing white space and, last, in indentation tolerated. A tolerant match gives the new text the indentation that the
//! file has. Without `all`, `old` must be there exactly once; more than one match is never settled by guessing.

use std::ops::Range;

use serde::{Deserialize, Serialize};

mod indent;
mod lines;
mod nearest;

use lines::Lines;

/// One replacement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replacement {
    /// What is there; never empty.
    pub old: String,
    /// What is to be there.
    pub new: String,
    /// Whether every match is replaced, instead of the only one.
    #[serde(default)]
    pub all: bool,
}

/// The text after all replacements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Replaced {
    pub(crate) text: String,
    /// How many places were replaced.
    pub(crate) places: usize,
    /// How many of the replacements matched only with white space tolerated.
    pub(crate) tolerated: usize,
}

/// Does all replacements in order, each on the result of those before it.
pub(crate) fn replace(text: &str, edits: &[Replacement]) -> Result<Replaced, Unmatched> {
    let mut done = Replaced { text: text.to_owned(), places: 0, tolerated: 0 };
    for (index, edit) in edits.iter().enumerate() {
        let matches = find(&done.text, edit);
        if matches.found.is_empty() {
            return Err(Unmatched::nowhere(index, edits, &done.text));
        }
        if !edit.all && (matches.found.len() > 1 || matches.overlap) {
            return Err(Unmatched::ambiguous(index, edits, &done.text, &matches.found));
        }
        done.places += matches.found.len();
        done.tolerated += usize::from(matches.tolerant);
        done.text = spliced(&done.text, &matches.found);
    }
    Ok(done)
}

/// A place and what goes there.
struct Found {
    place: Range<usize>,
    new: String,
}

struct Matches {
    /// In order, without overlap.
    found: Vec<Found>,
    /// Whether one more match overlaps the only one.
    overlap: bool,
    tolerant: bool,
}

fn find(text: &str, edit: &Replacement) -> Matches {
    let exact = exactly(text, edit);
    if !exact.found.is_empty() {
        return exact;
    }
    if edit.old.contains('\n') && !edit.old.contains('\r') {
        let new = with_returns(&unreturned(&edit.new));
        let returning = exactly(text, &Replacement { old: with_returns(&edit.old), new, all: edit.all });
        if !returning.found.is_empty() {
            return returning;
        }
    }
    let lines = Lines::of(text);
    let trailing = tolerantly(&lines, edit, Tolerance::Trailing);
    let found = if trailing.is_empty() { tolerantly(&lines, edit, Tolerance::Indentation) } else { trailing };
    Matches { found, overlap: false, tolerant: true }
}

fn exactly(text: &str, edit: &Replacement) -> Matches {
    let starts = text.match_indices(edit.old.as_str()).map(|(start, _)| start);
    let found: Vec<Found> = starts
        .filter(|start| !tears(text, &edit.old, *start))
        .map(|start| {
            let place = start..start + edit.old.len();
            Found { new: fitted(text, &place, edit), place }
        })
        .collect();
    let overlap = found.first().is_some_and(|only| again_after(text, &edit.old, only.place.start));
    Matches { found, overlap, tolerant: false }
}

/// Whether `old` is found once more, starting after the first character of the match at `start`.
fn again_after(text: &str, old: &str, start: usize) -> bool {
    let next = start + text.get(start..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    let rest = text.get(next..).unwrap_or("");
    rest.match_indices(old).any(|(at, _)| !tears(text, old, next + at))
}

/// Whether a match here would begin in the middle of `\r\n`.
fn tears(text: &str, old: &str, at: usize) -> bool {
    old.starts_with('\n') && text.get(..at).is_some_and(|before| before.ends_with('\r'))
}

/// `new`, with the line endings of the line it lands in, unless the caller was explicit about line endings.
fn fitted(text: &str, place: &Range<usize>, edit: &Replacement) -> String {
    let explicit = edit.old.contains(['\n', '\r']) || edit.new.contains('\r');
    if explicit || !edit.new.contains('\n') || !lines::returns_at(text, place.start) {
        return edit.new.clone();
    }
    with_returns(&edit.new)
}

fn with_returns(text: &str) -> String {
    text.replace('\n', "\r\n")
}

fn unreturned(text: &str) -> String {
    text.replace("\r\n", "\n")
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tolerance {
    Trailing,
    Indentation,
}

impl Tolerance {
    fn same(self, a: &str, b: &str) -> bool {
        match self {
            Self::Trailing => a.trim_end() == b.trim_end(),
            Self::Indentation => a.trim() == b.trim(),
        }
    }
}

/// Whole-line matches, in order, without overlap.
fn tolerantly(lines: &Lines<'_>, edit: &Replacement, tolerance: Tolerance) -> Vec<Found> {
    let whole = edit.old.ends_with('\n'); // the last line's ending is replaced too
    let old: Vec<&str> = edit.old.strip_suffix('\n').unwrap_or(&edit.old).split('\n').collect();
    if old.iter().all(|line| line.trim().is_empty()) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut next = 0;
    while let Some(window) = lines.window(next, old.len()) {
        if window.iter().zip(&old).all(|(line, old)| tolerance.same(line.body, old)) {
            found.push(landed(lines, window, &old, edit, whole, tolerance));
            next += old.len();
        } else {
            next += 1;
        }
    }
    found
}

fn landed(
    lines: &Lines<'_>,
    window: &[lines::Line<'_>],
    old: &[&str],
    edit: &Replacement,
    whole: bool,
    tolerance: Tolerance,
) -> Found {
    let mut new = unreturned(&edit.new);
    if tolerance == Tolerance::Indentation {
        let pairs = old.iter().copied().zip(window.iter().map(|line| line.body));
        new = indent::moved(&new, pairs);
    }
    let start = window.first().map_or(0, |line| line.start);
    let last = window.last();
    let end = last.map_or(start, |line| if whole { line.end } else { line.start + line.body.len() });
    if whole && last.is_some_and(|line| line.ending().is_empty()) {
        new = new.strip_suffix('\n').unwrap_or(&new).to_owned(); // the file's last line stays without an ending
    }
    if lines::returns_at(lines.text, start) {
        new = with_returns(&new);
    }
    Found { place: start..end, new }
}

fn spliced(text: &str, found: &[Found]) -> String {
    let mut result = String::with_capacity(text.len());
    let mut from = 0;
    for Found { place, new } in found {
        result.push_str(text.get(from..place.start).unwrap_or(""));
        result.push_str(new);
        from = place.end;
    }
    result.push_str(text.get(from..).unwrap_or(""));
    result
}

/// Why nothing was replaced.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unmatched {
    /// `old` is nowhere.
    #[error("{which}`old` was not found; nothing was changed{hint}\nthe nearest lines are:\n{near}")]
    Nowhere { which: String, hint: &'static str, near: String },
    /// `old` is in more places than one.
    #[error("{which}`old` matches {count} places (lines {places}); nothing was changed: give more of the text around it, or set `all`\n{near}")]
    Ambiguous { which: String, count: usize, places: String, near: String },
}

impl Unmatched {
    fn nowhere(index: usize, edits: &[Replacement], text: &str) -> Self {
        let old = edits.get(index).map_or("", |edit| edit.old.as_str());
        let hint = if nearest::has_numbers(old) { " (`old` seems to hold line numbers; leave them out)" } else { "" };
        Self::Nowhere { which: which(index, edits), hint, near: nearest::lines(text, old) }
    }

    fn ambiguous(index: usize, edits: &[Replacement], text: &str, found: &[Found]) -> Self {
        let first = found.iter().take(MOST_PLACES);
        let numbers: Vec<usize> = first.map(|f| lines::number_at(text, f.place.start)).collect();
        let shown: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        let more = if found.len() > MOST_PLACES { ", …" } else { "" };
        let near: Vec<String> = numbers.iter().map(|n| nearest::around(text, *n, 1)).collect();
        let count = found.len().max(2); // one that overlaps itself is two
        Self::Ambiguous { which: which(index, edits), count, places: shown.join(", ") + more, near: near.join("  …\n") }
    }
}

const MOST_PLACES: usize = 5;

fn which(index: usize, edits: &[Replacement]) -> String {
    match edits.len() {
        0 | 1 => String::new(),
        n => format!("edit {} of {n}: ", index + 1),
    }
}

#[cfg(test)]
mod tests;
