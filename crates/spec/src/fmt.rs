//! What can be mended without a person: only what changes no meaning.
//!
//! White space at line ends (not hard breaks, not code), `[X]`, criteria numbered out of order (where nothing cites the
//! numbers that would change), spaces in reference lists, a missing last line end. Code blocks are never touched, and what
//! is mended stays mended: a second time there is nothing to do.

use std::collections::HashSet;

use crate::folder::{SourceFile, Spec};
use crate::reference::Referred;
use crate::requirements::Requirement;
use crate::text::{self, Edit, Line, Span};

/// The edits for each file that has some. They do not overlap.
pub fn mends(spec: &Spec) -> Vec<(String, Vec<Edit>)> {
    let documents = spec.files.iter().filter(|file| DOCUMENTS.contains(&file.name.as_str()));
    let of = |file: &SourceFile| {
        let mut edits = Vec::new();
        if file.name == "tasks.md" {
            edits.extend(boxes(spec, &file.text));
            edits.extend(spaces(spec, &file.text));
        }
        if file.name == "requirements.md" {
            edits.extend(numbers(spec, &file.text));
        }
        edits.extend(line_ends(&file.text));
        edits.extend(last_line(&file.text));
        edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
        (file.name.clone(), edits)
    };
    documents.map(of).filter(|(_, edits)| !edits.is_empty()).collect()
}

const DOCUMENTS: [&str; 4] = ["requirements.md", "bugfix.md", "design.md", "tasks.md"];

/// `[X]` is `[x]`.
fn boxes(spec: &Spec, text: &str) -> Vec<Edit> {
    let marks = spec.tasks.iter().flat_map(|read| &read.tasks).filter(|task| task.boxed).map(|task| task.mark.clone());
    marks.filter(|mark| text.get(mark.clone()) == Some("X")).map(|span| Edit { span, with: "x".into() }).collect()
}

/// `_Requirements:1.1,2.3_` is `_Requirements: 1.1, 2.3_`.
fn spaces(spec: &Spec, text: &str) -> Vec<Edit> {
    let mut edits = Vec::new();
    for task in spec.tasks.iter().flat_map(|read| &read.tasks) {
        let Some(list) = &task.reference_list else { continue };
        let inside: Vec<&Span> = task.references.iter().map(|one| &one.span).filter(|span| list.start <= span.start && span.end <= list.end).collect();
        let gaps = inside.windows(2).filter_map(|pair| match pair {
            [one, next] => Some(one.end..next.start),
            _ => None,
        });
        let is_off = |gap: &Span| text.get(gap.clone()).is_some_and(|says| says.trim_matches(' ') == "," && says != ", ");
        edits.extend(gaps.filter(is_off).map(|span| Edit { span, with: ", ".into() }));
        let label = text.get(..list.start).is_some_and(|before| before.ends_with(':'));
        let first = inside.first().map(|span| list.start..span.start).filter(|gap| label && text.get(gap.clone()) == Some(""));
        edits.extend(first.map(|span| Edit { span, with: " ".into() }));
    }
    edits
}

/// Criteria in the order 1 to n, as they are cited. Where a task cites by a number that is off, a person must look.
fn numbers(spec: &Spec, text: &str) -> Vec<Edit> {
    let cited = cited(spec);
    let requirements = spec.requirements.iter().flat_map(|read| &read.requirements);
    requirements.filter(|one| !cited.contains(&Target::Group(one.number.to_lowercase()))).flat_map(|one| renumbered(one, &cited, text)).collect()
}

/// What tasks and properties cite.
#[derive(PartialEq, Eq, Hash)]
enum Target {
    /// One criterion.
    One(String),
    /// A range that begins or ends in a requirement: which numbers it means is not looked into.
    Group(String),
}

fn cited(spec: &Spec) -> HashSet<Target> {
    let by_tasks = spec.tasks.iter().flat_map(|read| &read.tasks).flat_map(|task| &task.references);
    let by_design = spec.design.iter().flat_map(|read| &read.properties).flat_map(|one| &one.validates);
    let group = |id: &str| Target::Group(id.rsplit_once('.').map_or(id, |(group, _)| group).to_lowercase());
    let mut cited = HashSet::new();
    for reference in by_tasks.chain(by_design) {
        match &reference.to {
            Referred::Criterion(id) => cited.extend([Target::One(id.clone())]),
            Referred::Range(from, to) => cited.extend([group(from), group(to)]),
            Referred::Requirement(_) | Referred::All | Referred::Property(_) | Referred::Design(_) => {}
        }
    }
    cited
}

fn renumbered(requirement: &Requirement, cited: &HashSet<Target>, text: &str) -> Vec<Edit> {
    let criteria = &requirement.criteria;
    // Lists that are all `1.` are Markdown's own way to number.
    if criteria.iter().all(|one| one.item.as_deref() == Some("1")) || criteria.iter().any(|one| one.printed.is_some() || one.item.is_none()) {
        return Vec::new();
    }
    let mut edits = Vec::new();
    for (place, one) in criteria.iter().enumerate() {
        let (item, number) = (one.item.as_deref().unwrap_or_default(), (place + 1).to_string());
        if item == number {
            continue;
        }
        let is_cited = |number: &str| cited.contains(&Target::One(format!("{}.{number}", requirement.number)));
        let Some(edit) = item_edit(text, &one.span, item, &number).filter(|_| !is_cited(item) && !is_cited(&number)) else { return Vec::new() };
        edits.push(edit);
    }
    edits
}

/// The edit of one list number. A longer number would move what is indented under it.
fn item_edit(text: &str, span: &Span, item: &str, number: &str) -> Option<Edit> {
    let says = text.get(span.clone())?;
    let inner = says.trim_start_matches([' ', '\t', '>']);
    let start = span.end - inner.len();
    let fits = number.len() == item.len() || !says.trim_end().contains('\n');
    (inner.starts_with(item) && fits).then(|| Edit { span: start..start + item.len(), with: number.to_owned() })
}

/// White space at line ends that does nothing.
fn line_ends(text: &str) -> Vec<Edit> {
    // What is preformatted shows its spaces.
    if text.contains("<pre") || text.contains("<PRE") {
        return Vec::new();
    }
    let lines = text::lines(text);
    let mut edits = Vec::new();
    let mut in_code = false;
    for (at, line) in lines.iter().enumerate() {
        let kept = line.says.trim_end_matches([' ', '\t']);
        if !kept.is_empty() || line.fenced {
            in_code = !line.fenced && is_code(kept);
        }
        let next = lines.get(at + 1).map_or("", |next| next.says);
        if kept.len() < line.says.len() && !line.fenced && !in_code && !is_break(line, kept, next) {
            edits.push(Edit { span: line.start + kept.len()..line.span().end, with: String::new() });
        }
    }
    edits
}

/// Whether a line may be of an indented code block.
fn is_code(line: &str) -> bool {
    let inner = line.trim_start_matches([' ', '\t']);
    let indent = line.get(..line.len() - inner.len()).unwrap_or_default();
    let is_item = inner.starts_with(['-', '*', '+', '_']) || inner.starts_with(|c: char| c.is_ascii_digit());
    (indent.len() >= 4 || indent.contains('\t')) && !is_item
}

/// Whether the spaces at the end of a line break it, or what stands before them would: a carriage return would be part of its end.
fn is_break(line: &Line<'_>, kept: &str, next: &str) -> bool {
    let breaks = line.says.ends_with("  ") && !next.trim().is_empty();
    !kept.is_empty() && (breaks || kept.ends_with(['\\', '\r']))
}

/// A last line without its end. Inside a code block that nobody closed it stays as it is.
fn last_line(text: &str) -> Option<Edit> {
    let lacks = !text.trim_start_matches('\u{feff}').is_empty() && !text.ends_with('\n') && text::open_fence(text).is_none();
    lacks.then(|| Edit { span: text.len()..text.len(), with: text::line_end(text).to_owned() })
}

#[cfg(test)]
mod tests;
