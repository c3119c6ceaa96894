//! The glossary: a list of terms in bold, or a table of two columns.

use super::Term;
use crate::markup::{bare, heading, indent, item, join, offset, span_of};
use crate::text::Line;
use crate::words;

/// The terms under every heading that says glossary.
pub(super) fn glossary(lines: &[Line<'_>]) -> Vec<Term> {
    let mut terms: Vec<Term> = Vec::new();
    let mut inside: Option<usize> = None;
    let mut open = false;
    for (at, line) in lines.iter().enumerate() {
        if let Some(head) = heading(line) {
            let named = words::starts(bare(head.title), words::GLOSSARY).is_some();
            inside = inside.filter(|level| head.level > *level).or(named.then_some(head.level));
            open = false;
        } else if inside.is_some() && !line.fenced {
            let next = lines.get(at + 1).map_or("", |line| line.says);
            let term = row(line, next).or_else(|| entry(line));
            let begins = term.is_some() && !(open && indent(line.says) > 1 && item(line.says).is_some());
            match (term, terms.last_mut()) {
                (Some(term), _) if begins => terms.push(term),
                (_, Some(last)) if open && !line.says.trim().is_empty() && !is_row(line.says) => extend(last, line),
                _ => {}
            }
            open = begins || (open && !line.says.trim().is_empty());
        }
    }
    terms
}

fn extend(term: &mut Term, line: &Line<'_>) {
    let inner = line.says.trim_end();
    let more = item(inner).map_or(inner.trim_start(), |item| item.body);
    join(&mut term.says, more);
    term.span.end = line.start + inner.len();
}

fn is_row(says: &str) -> bool {
    says.trim_start().starts_with('|')
}

fn is_separator(says: &str) -> bool {
    let inner = says.trim();
    inner.contains("--") && inner.chars().all(|c| matches!(c, '|' | '-' | ':' | ' ' | '\t'))
}

/// A row of a table that is neither its head nor the line under it.
fn row(line: &Line<'_>, next: &str) -> Option<Term> {
    if !is_row(line.says) || is_separator(line.says) || is_separator(next) {
        return None;
    }
    let mut cells = line.says.trim().trim_matches('|').split('|');
    let name = bare(cells.next()?).trim_matches('`').to_owned();
    let says = cells.next()?.trim().to_owned();
    (!name.is_empty()).then(|| Term { name, says, span: span_of(line, line.says.trim()) })
}

/// `- **Term**: …`, `**Term**：…`, `- Term: …`, `- **Term** — …`.
fn entry(line: &Line<'_>) -> Option<Term> {
    let inner = line.says.trim();
    let listed = item(inner).map(|item| item.body);
    let body = listed.unwrap_or(inner);
    let (name, rest) = if let Some(bold) = body.strip_prefix("**") {
        let end = bold.find("**")?;
        (bold.get(..end)?, bold.get(end + 2..)?)
    } else {
        listed?;
        let end = body.find([':', '：']).filter(|at| *at < 80)?;
        (body.get(..end)?, body.get(end..)?)
    };
    let inside = name.ends_with([':', '：']);
    let rest = rest.trim_start();
    let says = match rest.strip_prefix([':', '：', '-', '–', '—', '=']) {
        Some(says) => says.trim_start_matches(['*', ' ', '\t']),
        None if inside => rest,
        None => return None,
    };
    let name = name.trim_end_matches([':', '：']).trim().trim_matches('`').to_owned();
    let start = line.start + offset(line.says, inner);
    (!name.is_empty()).then(|| Term { name, says: says.to_owned(), span: start..start + inner.len() })
}
