//! Reads design.md: its sections and its correctness properties.
//!
//! A property is a heading with a number, or where a file has none of those a bold or a bare line; what validates it is
//! listed under it. "Property Reflection" has no number and is prose.

use serde::Serialize;

use crate::markup::{self, Heading, bare, heading, join};
use crate::reference::{Reference, continued, lists};
use crate::text::{Edit, Line, Span, line_end, lines};
use crate::words;
use crate::work::steps;

#[cfg(test)]
mod tests;

/// What a design.md says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Design {
    /// Every heading with what is under it, in the order of the file.
    pub sections: Vec<Section>,
    /// The correctness properties, in the order of the file.
    pub properties: Vec<Property>,
}

/// One heading and what is under it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Section {
    /// One to six.
    pub level: usize,
    /// Without marks.
    pub title: String,
    /// From the heading to the last line before the next heading of this level or a higher one.
    pub span: Span,
}

/// One correctness property.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Property {
    /// `3`, `1.1`.
    pub number: String,
    /// May be empty.
    pub name: String,
    /// What it says, in one line.
    pub text: String,
    /// Which criteria it is about.
    pub validates: Vec<Reference>,
    /// From its first line to its last.
    pub span: Span,
}

impl Design {
    /// Reads a design.md.
    pub fn read(text: &str) -> Self {
        let lines = lines(text);
        Self { sections: sections(&lines), properties: properties(&lines) }
    }

    /// The first property with this number.
    pub fn property(&self, number: &str) -> Option<&Property> {
        self.properties.iter().find(|property| property.number == number)
    }
}

/// Puts a new section behind the one at `after`, or at the end. `None` where the text there is inside a code block that
/// nobody closed, or where there is no such section.
pub fn insert_section(text: &str, after: Option<usize>, section: &NewSection<'_>) -> Option<Edit> {
    let lines = lines(text);
    let at = match after {
        Some(index) => sections(&lines).get(index)?.span.end,
        None => lines.iter().rev().find(|line| !line.says.trim().is_empty()).map_or(text.len(), |line| line.span().end),
    };
    let open = lines.last().is_some_and(|line| line.fenced) && crate::text::open_fence(text).is_some_and(|begins| at > begins);
    if open {
        return None;
    }
    let end = line_end(text);
    let body: Vec<&str> = section.body.lines().collect();
    let gap = if lines.is_empty() { String::new() } else { end.repeat(2) };
    let marks = "#".repeat(section.level.clamp(1, 6));
    let title = section.title.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(Edit { span: at..at, with: format!("{gap}{marks} {title}{end}{end}{}", body.join(end)) })
}

/// A section to put in.
#[derive(Clone, Copy, Debug)]
pub struct NewSection<'t> {
    /// One to six.
    pub level: usize,
    /// Its heading.
    pub title: &'t str,
    /// What is under it; its line ends become those of the file.
    pub body: &'t str,
}

/// The sections of a Markdown text.
pub(crate) fn sections(lines: &[Line<'_>]) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut end = 0;
    for line in lines {
        if let Some(Heading { level, title }) = heading(line) {
            steps(open.len());
            while let Some(last) = open.pop_if(|at| sections.get(*at).is_some_and(|section| section.level >= level)) {
                close(&mut sections, last, end);
            }
            open.push(sections.len());
            sections.push(Section { level, title: bare(title).to_owned(), span: line.span() });
        }
        if !line.says.trim().is_empty() {
            end = line.span().end;
        }
    }
    for last in open {
        close(&mut sections, last, end);
    }
    sections
}

fn close(sections: &mut [Section], at: usize, end: usize) {
    if let Some(section) = sections.get_mut(at) {
        section.span.end = end.max(section.span.end);
    }
}

/// How a file writes its properties, best first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Heading,
    Bold,
    Bare,
}

fn properties(lines: &[Line<'_>]) -> Vec<Property> {
    [Form::Heading, Form::Bold, Form::Bare].into_iter().map(|form| of_form(lines, form)).find(|found| !found.is_empty()).unwrap_or_default()
}

fn of_form(lines: &[Line<'_>], form: Form) -> Vec<Property> {
    let mut found: Vec<Property> = Vec::new();
    let (mut open, mut wraps) = (false, false);
    for line in lines {
        if let Some((number, name)) = begin(line, form) {
            found.push(Property { number, name, text: String::new(), validates: Vec::new(), span: line.span() });
            (open, wraps) = (true, false);
        } else if heading(line).is_some() || (!line.fenced && markup::is_rule(line.says)) {
            open = false;
        } else if open && !line.says.trim().is_empty()
            && let Some(last) = found.last_mut()
        {
            wraps = extend(last, line, wraps);
        }
    }
    found
}

/// The number and the name of the property that begins with this line.
fn begin(line: &Line<'_>, form: Form) -> Option<(String, String)> {
    let inner = match form {
        _ if line.fenced => return None,
        Form::Heading => heading(line)?.title,
        Form::Bold => line.says.trim().strip_prefix("**")?,
        Form::Bare => line.says.trim(),
    };
    let inner = inner.trim_start_matches(['*', '_', ' ']);
    let rest = inner.get(words::starts(inner, words::PROPERTY)?..)?.trim_start_matches([' ', '#']);
    let end = markup::id(rest)?;
    let name = rest.get(end..)?;
    let separated = name.trim_start_matches(['*', '_', ' ']);
    let fits = match form {
        Form::Heading => true,
        Form::Bold => separated.is_empty() || separated.starts_with([':', '：', '-', '–', '—', '.']),
        Form::Bare => separated.starts_with([':', '：', '—', '–']),
    };
    fits.then(|| (rest.get(..end).unwrap_or_default().to_owned(), bare(markup::after_separator(name)).to_owned()))
}

/// Takes one more line; says whether its list of criteria goes on in the next.
fn extend(property: &mut Property, line: &Line<'_>, wraps: bool) -> bool {
    let inner = line.says.trim();
    property.span.end = markup::span_of(line, inner).end;
    if line.fenced {
        return false;
    }
    let cited = lists(line.says, line.start);
    let Some(first) = cited.first() else {
        if wraps {
            let (_, more, wraps) = continued(line.says, line.start);
            property.validates.extend(more);
            return wraps;
        }
        join(&mut property.text, markup::item(inner).map_or(inner, |item| item.body));
        return false;
    };
    let before = line.says.get(..first.label.saturating_sub(line.start)).unwrap_or_default();
    join(&mut property.text, before.trim().trim_end_matches(['*', '_', '-', '(', '>', ' ']));
    let wraps = cited.last().is_some_and(|list| list.wraps);
    property.validates.extend(cited.into_iter().flat_map(|list| list.references));
    wraps
}
