//! Reads requirements.md: requirements with their stories and criteria, and the glossary.
//!
//! A criterion's id is the requirement's number and the place in its list (`2.3`), unless the file prints one. Headings,
//! labels and lists are taken in all the languages and shapes of [`crate::words`]; a file with none of them has no
//! requirements and is not refused. Whether a criterion is well put is not known here.

mod criteria;
mod glossary;
mod story;

use serde::Serialize;

pub(crate) use criteria::{Numbering, criteria};

use crate::markup::{self, Heading, heading};
use crate::reference::prefixed;
use crate::text::{Edit, Line, Span, lines};
use crate::words;

#[cfg(test)]
mod tests;

/// What a requirements.md says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Requirements {
    /// In the order of the file.
    pub requirements: Vec<Requirement>,
    /// The terms of the glossary, in the order of the file.
    pub glossary: Vec<Term>,
}

/// One requirement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Requirement {
    /// `3`, `2a`, `NFR-1`.
    pub number: String,
    /// What stands behind the number; may be empty.
    pub title: String,
    /// From its heading to the last line before the next section.
    pub span: Span,
    /// Its heading's line.
    pub heading: Span,
    /// The user story, without its label.
    pub story: Option<Passage>,
    /// The acceptance criteria.
    pub criteria: Vec<Criterion>,
}

/// One acceptance criterion, or one clause of a bug's behaviour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Criterion {
    /// What tasks and tests cite: `1.2`.
    pub id: String,
    /// The id as the file prints it, if it does.
    pub printed: Option<String>,
    /// The number that its list item has, where it has one.
    pub item: Option<String>,
    /// What it says, in one line.
    pub text: String,
    /// All its lines, with what stands before it.
    pub span: Span,
    /// What it says, as it is written.
    pub wording: Span,
}

impl Criterion {
    /// Makes it say something else. Line ends in the new text become spaces.
    pub fn reword(&self, new: &str) -> Edit {
        let words: Vec<&str> = new.split_whitespace().collect();
        Edit { span: self.wording.clone(), with: words.join(" ") }
    }
}

/// A piece of text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Passage {
    /// What it says, in one line.
    pub text: String,
    /// Where.
    pub span: Span,
}

/// One entry of the glossary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Term {
    /// The term.
    pub name: String,
    /// What it means.
    pub says: String,
    /// Where.
    pub span: Span,
}

impl Requirements {
    /// Reads a requirements.md.
    pub fn read(text: &str) -> Self {
        let lines = lines(text);
        let heads = heads(&lines);
        let requirements = heads.iter().map(|head| requirement(&lines, head)).collect();
        Self { requirements, glossary: glossary::glossary(&lines) }
    }

    /// All criteria, in the order of the file.
    pub fn criteria(&self) -> impl Iterator<Item = &Criterion> {
        self.requirements.iter().flat_map(|requirement| &requirement.criteria)
    }

    /// The first criterion with this id.
    pub fn find(&self, id: &str) -> Option<&Criterion> {
        self.criteria().find(|criterion| criterion.id == id)
    }
}

/// A requirement's heading, and the lines up to the next.
struct Head {
    number: String,
    title: String,
    from: usize,
    to: usize,
}

fn requirement(lines: &[Line<'_>], head: &Head) -> Requirement {
    let all = lines.get(head.from..head.to).unwrap_or_default();
    let heading = all.first().map(Line::span).unwrap_or_default();
    let body = all.get(1..).unwrap_or_default();
    let end = all.iter().rev().find(|line| !line.says.trim().is_empty()).map_or(heading.end, |line| line.span().end);
    let story = story::story(body);
    let scope = criteria::scope(body);
    Requirement {
        span: heading.start..end,
        heading,
        story,
        criteria: criteria(scope, Numbering::of(&head.number)),
        number: head.number.clone(),
        title: head.title.clone(),
    }
}

/// The requirements' headings. Bold lines and bare numbers count only where there is no better form in the file.
fn heads(lines: &[Line<'_>]) -> Vec<Head> {
    let marked = |line: &Line<'_>| heading(line).and_then(|head| Some((head.level, numbered(head.title)?)));
    let bold = |line: &Line<'_>| {
        let is = !line.fenced && markup::is_bold(line.says);
        is.then(|| numbered(line.says.trim())).flatten().map(|name| (3, name))
    };
    let found = collect(lines, marked);
    if !found.is_empty() {
        return found;
    }
    let found = collect(lines, bold);
    if found.is_empty() { collect_listed(lines) } else { found }
}

fn collect<'t>(lines: &[Line<'t>], mut name: impl FnMut(&Line<'t>) -> Option<(usize, (String, String))>) -> Vec<Head> {
    let mut heads: Vec<Head> = Vec::new();
    let mut open: Option<usize> = None;
    for (at, line) in lines.iter().enumerate() {
        let named = name(line);
        let ends = match (&named, heading(line)) {
            (Some(_), _) => true,
            (None, Some(other)) => open.is_some_and(|level| other.level <= level) && !belongs(&other),
            (None, None) => false,
        };
        if ends && open.take().is_some() {
            close(&mut heads, at);
        }
        if let Some((level, (number, title))) = named {
            heads.push(Head { number, title, from: at, to: lines.len() });
            open = Some(level);
        }
    }
    heads
}

fn close(heads: &mut [Head], at: usize) {
    if let Some(head) = heads.last_mut() {
        head.to = at;
    }
}

/// Headings that are part of a requirement whatever their level.
fn belongs(heading: &Heading<'_>) -> bool {
    let title = markup::bare(heading.title);
    words::starts(title, words::ACCEPTANCE).is_some() || words::starts(title, words::STORY).is_some()
}

/// `### 1. Title` under `## Requirements`.
fn collect_listed(lines: &[Line<'_>]) -> Vec<Head> {
    let mut inside: Option<usize> = None;
    collect(lines, |line| {
        let head = heading(line)?;
        match inside {
            Some(level) if head.level > level => {
                let end = markup::digits(head.title);
                let rest = head.title.get(end..)?;
                let named = end > 0 && rest.starts_with(['.', ':', '：', ')']) && rest.get(1..).is_none_or(|more| markup::digits(more) == 0);
                named.then(|| (head.level, (head.title.get(..end).unwrap_or_default().to_owned(), title(rest))))
            }
            _ => {
                inside = words::starts(markup::bare(head.title), words::REQUIREMENT).map(|_| head.level);
                None
            }
        }
    })
}

/// The number and the title of a requirement's heading.
fn numbered(heading: &str) -> Option<(String, String)> {
    let inner = heading.trim_matches(['*', ' ', '\t', '_']);
    let worded = words::starts(inner, words::REQUIREMENT);
    let (own, number) = prefixed(inner);
    let between = inner.get(worded.unwrap_or(0)..inner.len() - number.len()).unwrap_or_default();
    if worded.is_some() && between.contains([':', '：']) || worded.is_none() && between.is_empty() {
        return None;
    }
    let end = markup::id(number)?;
    let rest = number.get(end..)?;
    let separated = rest.trim_start_matches(['*', '_', ' ']);
    let short = words::prefix(inner, "r").is_some_and(|end| inner.get(end..).is_some_and(|rest| markup::digits(rest) > 0));
    if short && !separated.is_empty() && !separated.starts_with([':', '：', '-', '–', '—', '.']) {
        return None;
    }
    Some((format!("{own}{}", number.get(..end)?), title(rest)))
}

fn title(rest: &str) -> String {
    markup::bare(markup::after_separator(rest)).to_owned()
}
