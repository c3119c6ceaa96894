//! The user story of a requirement: a label in whatever language, and the paragraph behind it.

use super::Passage;
use crate::markup::{self, bare, heading, item, offset, span_of};
use crate::text::Line;
use crate::words;

/// The story among the lines of one requirement.
pub(super) fn story(lines: &[Line<'_>]) -> Option<Passage> {
    let (at, says) = lines.iter().enumerate().find_map(|(at, line)| Some((at, labelled(line)?)))?;
    let first = lines.get(at)?;
    let mut text = bare(says).to_owned();
    let mut span = span_of(first, says.trim_end());
    for line in lines.get(at + 1..).unwrap_or_default() {
        let blank = line.says.trim().is_empty();
        if blank && text.is_empty() {
            continue;
        }
        if blank || line.fenced || heading(line).is_some() || item(line.says).is_some() || super::criteria::is_label(line) {
            break;
        }
        let more = line.says.trim();
        if text.is_empty() {
            span.start = span_of(line, more).start;
        }
        markup::join(&mut text, bare(more));
        span.end = span_of(line, more).end;
    }
    (!text.is_empty()).then_some(Passage { text, span })
}

/// What stands behind the label; for a heading of that name, nothing yet.
fn labelled<'t>(line: &Line<'t>) -> Option<&'t str> {
    if line.fenced {
        return None;
    }
    if let Some(head) = heading(line) {
        return words::starts(bare(head.title), words::STORY).and_then(|_| line.says.get(line.says.len()..));
    }
    let body = item(line.says).map_or(line.says, |item| item.body);
    let inner = body.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_' | '>'));
    let end = words::starts(inner, words::STORY)?;
    let rest = inner.get(end..)?.trim_start_matches([' ', '*', '_']);
    let says = rest.strip_prefix([':', '：'])?.trim_start_matches(['*', '_', ' ', '\t']);
    line.says.get(offset(line.says, says)..)
}
