//! What a line points at: `_Requirements: 1.1, 2.3-2.5_`, `**Validates: Requirements 3.1**`, `**Property 2: …**`, in all the
//! forms and languages that are in use.
//!
//! A list counts only behind one of the known labels, and in a list a number counts only where a part begins: the 2.1 of
//! "WCAG 2.1 Level AA" is none. Whether what is pointed at exists is not known here.

use serde::Serialize;

use crate::markup::{digits, id, offset};
use crate::text::Span;
use crate::words;
use crate::work::steps;

#[cfg(test)]
mod tests;

/// One thing that a line points at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reference {
    /// Where it is written.
    pub span: Span,
    /// What it points at.
    pub to: Referred,
}

/// What can be pointed at.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Referred {
    /// One criterion: `1.2`.
    Criterion(String),
    /// A requirement with all its criteria: `3`, `2a`, `NFR-1`.
    Requirement(String),
    /// From the first to the last, both included: `1.1`, `1.6`.
    Range(String, String),
    /// All requirements.
    All,
    /// A correctness property by its number: `4`.
    Property(String),
    /// A part of the design, by what stands behind the word: `§Storage`.
    Design(String),
}

/// A labelled list of references in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferenceList {
    /// Whether the label says that a property or a test validates them, not that a task is for them.
    pub validates: bool,
    /// Where the label begins.
    pub label: usize,
    /// What is between the label and the end of the emphasis: what a new list replaces.
    pub span: Span,
    /// What it points at.
    pub references: Vec<Reference>,
    /// Whether it ends neither with its emphasis nor without a comma, so that the next line goes on with it.
    pub wraps: bool,
}

/// All that a line points at. The line begins at `start` of its text.
pub fn references(line: &str, start: usize) -> Vec<Reference> {
    let mut found: Vec<Reference> = lists(line, start).into_iter().flat_map(|list| list.references).collect();
    found.extend(property(line, start));
    found.sort_by_key(|reference| reference.span.start);
    found.dedup();
    found
}

/// The labelled lists of a line.
pub fn lists(line: &str, start: usize) -> Vec<ReferenceList> {
    let mut lists = Vec::new();
    let mut rest = line;
    let mut first = true;
    while let Some(label) = Label::find(rest, first) {
        let list = label.list(rest);
        let at = start + offset(line, list);
        let begins = start + offset(line, rest) + label.begin;
        let references = entries(list, at);
        lists.push(ReferenceList { validates: label.validates, label: begins, span: at..at + list.len(), references, wraps: label.wraps(rest, list) });
        let next = offset(rest, list) + list.len();
        rest = rest.get(next.max(1)..).unwrap_or_default();
        first = false;
    }
    lists
}

/// The rest of a list that the line before began: its place, what it points at, and whether it goes on further.
pub(crate) fn continued(line: &str, start: usize) -> (Span, Vec<Reference>, bool) {
    let inner = line.trim();
    let end = inner.find(['_', '*']);
    let list = inner.get(..end.unwrap_or(inner.len())).unwrap_or_default().trim_end();
    let at = start + offset(line, list);
    (at..at + list.len(), entries(list, at), end.is_none() && list.ends_with(COMMAS))
}

/// What stands between the entries of a list.
const COMMAS: [char; 7] = [',', ';', '，', '；', '、', '|', '/'];

/// A label with its colon.
struct Label {
    validates: bool,
    begin: usize,
    /// Where the list begins.
    end: usize,
    /// The emphasis that is open where the label begins.
    open: Option<char>,
    /// Whether that emphasis ends before the list.
    closed: bool,
}

impl Label {
    fn find(text: &str, whole_line: bool) -> Option<Self> {
        let begin = whole_line.then(|| leading(text));
        if let Some(label) = begin.and_then(|at| Self::at(text, at, true)) {
            return Some(label);
        }
        let mut before = None;
        for (at, c) in text.char_indices() {
            steps(1);
            let opened = before.is_some_and(|c| matches!(c, '_' | '*' | '(' | '['));
            let spaced = before.is_some_and(|c: char| c.is_whitespace()) && matches!(c, 'V' | 'v');
            if (opened || spaced) && c.is_alphabetic()
                && let Some(label) = Self::at(text, at, opened)
            {
                return Some(label);
            }
            before = Some(c);
        }
        None
    }

    /// The label at this place. One in the middle of prose must be a validation.
    fn at(text: &str, at: usize, alone: bool) -> Option<Self> {
        let open = text.get(..at)?.chars().next_back().filter(|c| matches!(c, '_' | '*' | '(' | '['));
        let inner = text.get(at..)?;
        let validates = words::starts(inner, words::VALIDATES);
        let word = match validates {
            Some(end) => end,
            None if alone => words::starts(inner, words::REQUIREMENT).or_else(|| words::starts(inner, words::REFERENCES))?,
            None => return None,
        };
        let behind = inner.get(word..)?;
        let after = behind.trim_start_matches([' ', '\t', '*', '_']);
        steps(behind.len() - after.len());
        let end = match after.strip_prefix([':', '：']) {
            Some(list) => list,
            None if open.is_some_and(|c| matches!(c, '_' | '*')) && colonless(behind, validates.is_some()) => after,
            None => return None,
        };
        let end = offset(text, skip_word(skip_marks(end, open)));
        let closed = text.get(at + word..end).is_some_and(|between| between.contains(['*', '_']));
        Some(Self { validates: validates.is_some(), begin: at, end, open, closed })
    }

    /// From behind the label to where the emphasis ends.
    fn list<'t>(&self, text: &'t str) -> &'t str {
        let list = text.get(self.end..).unwrap_or_default();
        let until = match self.open {
            Some('(') => list.find(')'),
            Some('[') => list.find(']'),
            _ => list.find(['_', '*', '\r']),
        };
        steps(until.unwrap_or(list.len()));
        list.get(..until.unwrap_or(list.len())).unwrap_or_default().trim_end()
    }

    /// Whether the list, which is what is behind this label, goes on in the next line.
    fn wraps(&self, text: &str, list: &str) -> bool {
        let last = text.get(offset(text, list) + list.len()..).is_some_and(|rest| rest.trim().is_empty());
        let open = self.open.is_some_and(|c| matches!(c, '_' | '*')) && !self.closed;
        last && (open || list.ends_with(COMMAS))
    }
}

/// Where a line's words begin: behind quotes, bullets, boxes and emphasis.
fn leading(line: &str) -> usize {
    let rest = line.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '>' | '-' | '*' | '+' | '•' | '_'));
    offset(line, rest)
}

/// `_Requirements 1.1_` and `**Validates Requirements 1.1**`: no colon, and a number or the word behind it.
fn colonless(behind: &str, validates: bool) -> bool {
    let rest = behind.trim_start();
    rest.len() < behind.len() && (digits(rest) > 0 || validates && words::starts(rest, words::REQUIREMENT).is_some())
}

/// `**Requirements:** 1.1`: the emphasis ends before the list.
fn skip_marks(list: &str, open: Option<char>) -> &str {
    match open {
        Some('_' | '*') | None => list.trim_start_matches(['*', '_']).trim_start(),
        Some(_) => list.trim_start(),
    }
}

/// `References: Requirements 1.1`: the second word says nothing more.
fn skip_word(list: &str) -> &str {
    let behind = words::starts(list, words::REQUIREMENT).and_then(|end| list.get(end..));
    behind.map_or(list, |rest| rest.trim_start_matches([' ', '\t', ':', '：', '*', '_']))
}

/// The entries of a list that begins at `start`.
pub fn entries(list: &str, start: usize) -> Vec<Reference> {
    let mut found = Vec::new();
    let mut subject = Subject::Requirements;
    let mut depth = 0usize;
    let mut from = 0;
    for (at, c) in list.char_indices() {
        steps(1);
        match c {
            '(' | '（' => depth += 1,
            ')' | '）' => depth = depth.saturating_sub(1),
            c if depth == 0 && COMMAS.contains(&c) => {
                part(list, from..at, start, &mut subject, &mut found);
                from = at + c.len_utf8();
                if matches!(c, ';' | '；' | '|') {
                    subject = Subject::Requirements;
                }
            }
            _ => {}
        }
    }
    part(list, from..list.len(), start, &mut subject, &mut found);
    found
}

/// What a bare number in a list stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Subject {
    Requirements,
    /// Behind "Properties 1".
    Properties,
    /// Behind a word with a colon that is not known.
    Unknown,
}

/// One part between two commas: as many entries as stand at its beginning.
fn part(list: &str, span: Span, start: usize, subject: &mut Subject, found: &mut Vec<Reference>) {
    steps(span.len());
    let mut rest = conjunction(list.get(span).unwrap_or_default().trim_start_matches(white));
    if let Some(told) = told(rest) {
        *subject = told;
    }
    while let Some((to, length)) = entry(rest) {
        steps(length);
        let at = start + offset(list, rest);
        let to = match (*subject, to) {
            (Subject::Properties, Referred::Requirement(number)) => Some(Referred::Property(number)),
            (Subject::Unknown, Referred::Requirement(_) | Referred::Criterion(_) | Referred::Range(..)) => None,
            (_, to) => Some(to),
        };
        found.extend(to.map(|to| Reference { span: at..at + length, to }));
        rest = conjunction(rest.get(length..).unwrap_or_default().trim_start_matches(white));
    }
}

/// What a part that begins with a word says that the numbers behind it are.
fn told(part: &str) -> Option<Subject> {
    if !part.starts_with(char::is_alphabetic) {
        return None;
    }
    if words::starts(part, words::PROPERTIES).is_some() {
        return Some(Subject::Properties);
    }
    if words::starts(part, words::PROPERTY).is_some() || prefixed(part).1.len() < part.len() {
        return Some(Subject::Requirements);
    }
    let word = part.find(|c: char| !c.is_alphabetic()).and_then(|end| part.get(end..));
    word.is_some_and(|rest| rest.starts_with([':', '：'])).then_some(Subject::Unknown)
}

fn white(c: char) -> bool {
    c.is_whitespace() || matches!(c, '*' | '_' | '`' | '[' | ']')
}

/// The text without an "and" before it.
fn conjunction(text: &str) -> &str {
    let words = ["and ", "& ", "和", "及", "与", "и ", "e ", "y ", "dan ", "und ", "et "];
    words.iter().find_map(|word| text.strip_prefix(word)).unwrap_or(text).trim_start()
}

/// What the text begins with, and how long that is.
fn entry(text: &str) -> Option<(Referred, usize)> {
    if let Some(end) = words::starts(text, words::ALL).filter(|end| is_whole(text.get(*end..).unwrap_or_default())) {
        return Some((Referred::All, end));
    }
    if let Some(end) = words::starts(text, words::PROPERTIES).or_else(|| words::starts(text, words::PROPERTY)) {
        let number = text.get(end..)?.trim_start_matches([' ', ':', '：']);
        let length = id(number)?;
        return Some((Referred::Property(number.get(..length)?.to_owned()), offset(text, number) + length));
    }
    if let Some(end) = words::starts(text, words::DESIGN).or_else(|| text.starts_with('§').then_some(0)) {
        let named = text.get(end..)?.trim_matches([' ', ':', '：']);
        return (!named.is_empty()).then(|| (Referred::Design(named.to_owned()), text.trim_end().len()));
    }
    numbered(text)
}

/// Whether "all" is all that is said: "all forms show errors" is prose.
fn is_whole(rest: &str) -> bool {
    let rest = rest.trim_start_matches(white);
    let said = rest.is_empty() || rest.starts_with(['(', '（', '-', '–', '—', ':', '.']);
    said || [words::REQUIREMENT, words::ACCEPTANCE, &["criteria"]].into_iter().any(|words| words::starts(rest, words).is_some())
}

/// A number, a range of them, with or without a word before it.
fn numbered(text: &str) -> Option<(Referred, usize)> {
    let (own, number) = prefixed(text);
    let length = id(number)?;
    let first = number.get(..length)?;
    let end = offset(text, number) + length;
    let rest = text.get(end..)?;
    if let Some((last, more)) = range_end(rest) {
        return Some((Referred::Range(format!("{own}{first}"), format!("{own}{last}")), end + more));
    }
    let dotted = first.contains('.');
    if !dotted && rest.trim_start_matches(white).starts_with(char::is_alphabetic) && !is_joined(rest) {
        return None;
    }
    let name = format!("{own}{first}");
    Some((if dotted { Referred::Criterion(name) } else { Referred::Requirement(name) }, end))
}

fn is_joined(rest: &str) -> bool {
    let rest = rest.trim_start_matches(white);
    conjunction(rest).len() < rest.len()
}

/// The name that counts for itself (`NFR-`), and the text from the digits on.
pub(crate) fn prefixed(text: &str) -> (String, &str) {
    for (names, own) in [(words::OWN_PREFIX, true), (words::PLAIN_PREFIX, false)] {
        for name in names {
            let Some(rest) = words::prefix(text, name).and_then(|end| text.get(end..)) else { continue };
            let number = rest.trim_start_matches(['-', '_', ' ', '.']);
            if digits(number) > 0 && number.len() + 2 > rest.len() {
                return (if own { format!("{}-", name.to_uppercase()) } else { String::new() }, number);
            }
        }
    }
    let behind = words::starts(text, words::REQUIREMENT).and_then(|end| text.get(end..));
    match behind.map(|rest| rest.trim_start_matches([' ', ':', '：', '#', '*', '_', '-', '№'])) {
        // `Requirements R2` and `Requirement REQ-3`: the word says nothing that the name does not.
        Some(rest) if digits(rest) == 0 && !rest.is_empty() && words::starts(rest, words::REQUIREMENT).is_none() => prefixed(rest),
        Some(rest) => (String::new(), rest),
        None => (String::new(), text),
    }
}

/// The end of a range, and how many bytes there are up to it: `-1.6`, ` – 1.6`, ` to 1.6`.
fn range_end(rest: &str) -> Option<(&str, usize)> {
    let inner = rest.trim_start();
    let signs = ["-", "–", "—", "~", "～", "..", "…", "to ", "through ", "至", "到", "по ", "a ", "até ", "hasta ", "sampai ", "から"];
    let behind = signs.iter().find_map(|sign| inner.strip_prefix(sign))?;
    let (_, number) = prefixed(behind.trim_start_matches(['.', ' ']));
    let length = id(number)?;
    let end = offset(rest, number) + length;
    Some((number.get(..length)?, end))
}

/// `**Property 3: Round trip**` and `Feature: cart, Property 3: …`: the property that a task or a test is for.
fn property(line: &str, start: usize) -> Option<Reference> {
    let begin = leading(line);
    let inner = line.get(begin..)?;
    let at = match words::starts(inner, words::PROPERTY) {
        Some(_) => begin,
        None => begin + tagged(inner)?,
    };
    let text = line.get(at..)?;
    let end = words::starts(text, words::PROPERTY)?;
    let number = text.get(end..)?.trim_start();
    let length = id(number)?;
    let after = number.get(length..)?.trim_start_matches([' ', '*']);
    let ends = after.is_empty() || after.starts_with([':', '：', '-', '–', '—', '.', '(', '（', ',']);
    let span = start + at..start + at + offset(text, number) + length;
    ends.then(|| Reference { span, to: Referred::Property(number.get(..length).unwrap_or_default().to_owned()) })
}

/// Where the property is named in a test's tag.
fn tagged(text: &str) -> Option<usize> {
    let feature = text.find("Feature:").or_else(|| text.find("feature:"))?;
    let rest = text.get(feature..)?;
    rest.find(", Property ").or_else(|| rest.find(", property ")).map(|at| feature + at + 2)
}
