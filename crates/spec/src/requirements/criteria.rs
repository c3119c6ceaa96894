//! The criteria in a list: numbered, bulleted, with printed ids or without, wrapped or not.
//!
//! A list is ordered as soon as one of its lines is numbered; then bullets are parts of a criterion. What is indented under
//! a criterion is part of it.

use super::Criterion;
use crate::markup::{Mark, bare, heading, indent, is_rule, item, join, printed, span_of};
use crate::text::Line;
use crate::words;
use crate::work::steps;

/// How the criteria of a list are numbered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Numbering<'t> {
    /// The part before the dot.
    major: &'t str,
}

impl<'t> Numbering<'t> {
    /// Under the requirement of this number.
    pub(crate) fn of(major: &'t str) -> Self {
        Self { major }
    }

    fn is_own(&self, id: &str) -> bool {
        id.rsplit_once('.').is_some_and(|(major, _)| major == self.major)
    }
}

/// The lines that the criteria of one requirement are in: behind the acceptance heading, or all of them.
pub(super) fn scope<'a, 't>(body: &'a [Line<'t>]) -> &'a [Line<'t>] {
    let Some(at) = body.iter().position(is_acceptance) else { return body };
    let level = body.get(at).and_then(heading).map(|head| head.level);
    let rest = body.get(at + 1..).unwrap_or_default();
    steps(rest.len());
    let ends = |line: &Line<'_>| match (heading(line), level) {
        (Some(head), Some(level)) => head.level <= level && !is_acceptance(line),
        (Some(_), None) => true,
        (None, _) => is_label(line),
    };
    let end = rest.iter().position(ends).unwrap_or(rest.len());
    rest.get(..end).unwrap_or_default()
}

fn is_acceptance(line: &Line<'_>) -> bool {
    if line.fenced {
        return false;
    }
    let title = heading(line).map_or_else(|| item(line.says).map_or(line.says, |item| item.body), |head| head.title);
    let inner = bare(title);
    words::starts(inner, words::ACCEPTANCE).is_some_and(|end| {
        heading(line).is_some() || inner.get(end..).is_some_and(|rest| rest.trim_matches(['*', '_', ' ', ':', '：']).is_empty())
    })
}

/// A label on a line of its own: `**Notes:**`.
pub(super) fn is_label(line: &Line<'_>) -> bool {
    let inner = line.says.trim_end();
    inner.starts_with("**") && !line.fenced && bare(inner.trim_end_matches([':', '：'])).len() < 60 && {
        let inner = inner.trim_end_matches('*');
        inner.ends_with([':', '：'])
    }
}

/// A criterion that is being read.
struct Open {
    criterion: Criterion,
    indent: usize,
    /// Whether a bullet or a number stands before it.
    marked: bool,
}

/// The criteria in these lines.
pub(crate) fn criteria(lines: &[Line<'_>], numbering: Numbering<'_>) -> Vec<Criterion> {
    let ordered = is_ordered(lines, numbering);
    let mut done: Vec<Criterion> = Vec::new();
    let mut open: Option<Open> = None;
    let mut gap = true;
    for line in lines {
        let position = done.len() + usize::from(open.is_some()) + 1;
        let blank = line.says.trim().is_empty();
        if blank {
            gap = true;
            continue;
        }
        let broken = heading(line).is_some() || (!line.fenced && is_rule(line.says));
        let begins = if broken || line.fenced { None } else { begin(line, numbering, ordered, gap, position, open.as_ref()) };
        let outside = gap || line.fenced;
        let goes_on = open.as_ref().is_some_and(|open| !broken && (!outside || indent(line.says) > open.indent));
        if begins.is_some() || !goes_on {
            done.extend(open.take().map(|open| open.criterion));
        }
        match (begins, &mut open) {
            (Some(new), _) => open = Some(new),
            (None, Some(open)) => extend(&mut open.criterion, line),
            (None, None) => {}
        }
        gap = false;
    }
    done.extend(open.map(|open| open.criterion));
    done
}

/// Whether one of the lines is numbered that is not further in than the first of the list. A line with a printed id and no
/// mark says so only where it is the first: further down it can be the rest of a wrapped one.
fn is_ordered(lines: &[Line<'_>], numbering: Numbering<'_>) -> bool {
    let own = |body: &str| printed(body).is_some_and(|(id, _)| numbering.is_own(id));
    let mut outermost = None;
    for line in lines.iter().filter(|line| !line.fenced) {
        let columns = indent(line.says);
        let numbered = match item(line.says) {
            Some(item) => item.mark != Mark::Bullet || own(item.body),
            None if outermost.is_none() && own(line.says.trim_start()) => true,
            None => continue,
        };
        if numbered && outermost.is_none_or(|outermost| columns <= outermost) {
            return true;
        }
        outermost = outermost.or(Some(columns));
    }
    false
}

/// The criterion that begins with this line.
fn begin(line: &Line<'_>, numbering: Numbering<'_>, ordered: bool, gap: bool, position: usize, open: Option<&Open>) -> Option<Open> {
    let columns = indent(line.says);
    if open.is_some_and(|open| columns > open.indent + 1) {
        return None;
    }
    let (number, body) = match item(line.says) {
        Some(item) => match item.mark {
            Mark::Number(digits) => (Some(digits), item.body),
            Mark::Bullet if ordered => (None, printed(item.body).filter(|(id, _)| numbering.is_own(id)).map(|_| item.body)?),
            Mark::Bullet => (None, item.body),
        },
        None => (None, bare_number(line, numbering, gap, open)?),
    };
    let (id, wording) = match printed(body).filter(|(id, _)| number.is_none() || numbering.is_own(id)) {
        Some((id, rest)) => (Some(id.to_owned()), rest),
        None => (None, body),
    };
    let inner = line.says.trim();
    let criterion = Criterion {
        id: id.clone().unwrap_or_else(|| format!("{}.{position}", numbering.major)),
        printed: id,
        item: number.map(str::to_owned),
        text: wording.to_owned(),
        span: span_of(line, inner),
        wording: span_of(line, wording),
    };
    Some(Open { criterion, indent: columns, marked: item(line.says).is_some() })
}

/// A line that begins with a printed id and no mark. In the middle of a paragraph it must be the next of its own list: a
/// wrapped line can begin with a number.
fn bare_number<'t>(line: &Line<'t>, numbering: Numbering<'_>, gap: bool, open: Option<&Open>) -> Option<&'t str> {
    let body = line.says.trim();
    let (id, _) = printed(body)?;
    let minor = |id: &str| id.rsplit_once('.').and_then(|(_, minor)| minor.parse::<u64>().ok());
    let next = match open {
        Some(open) => numbering.is_own(id) && (gap || !open.marked && minor(id) > minor(&open.criterion.id)),
        None => numbering.is_own(id) || gap,
    };
    next.then_some(body)
}

/// A line that goes on with the criterion. Code belongs to it and is not part of what it says.
fn extend(criterion: &mut Criterion, line: &Line<'_>) {
    let inner = line.says.trim_end();
    criterion.span.end = line.start + inner.len();
    criterion.wording.end = criterion.span.end;
    if !line.fenced {
        match item(inner).filter(|item| item.mark == Mark::Bullet) {
            Some(part) => {
                criterion.text.push(' ');
                criterion.text.push_str(part.body);
            }
            None => join(&mut criterion.text, inner.trim_start()),
        }
    }
}

