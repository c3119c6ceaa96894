//! The few shapes of Markdown that specifications are made of: headings, list items, labels, printed numbers.
//!
//! Every reader looks at lines through these; none of them knows what a line means. All parts are slices of the line, so a
//! part knows its own place in the text.

use crate::text::{Line, Span};
use crate::work::steps;

#[cfg(test)]
mod tests;

/// An ATX heading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Heading<'t> {
    /// One to six.
    pub(crate) level: usize,
    /// Without the marks.
    pub(crate) title: &'t str,
}

/// The heading that this line is.
pub(crate) fn heading<'t>(line: &Line<'t>) -> Option<Heading<'t>> {
    let inner = line.says.trim_start_matches(' ');
    let level = inner.bytes().take_while(|byte| *byte == b'#').count();
    steps(line.says.len() - inner.len() + level);
    if line.fenced || !(1..=6).contains(&level) || line.says.len() - inner.len() > 3 {
        return None;
    }
    let rest = inner.get(level..)?;
    if !rest.is_empty() && !rest.starts_with([' ', '\t']) {
        return None;
    }
    let title = rest.trim();
    let cut = title.trim_end_matches('#');
    let closed = cut.is_empty() || cut.ends_with([' ', '\t']);
    Some(Heading { level, title: if closed { cut.trim_end() } else { title } })
}

/// What stands before an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark<'t> {
    /// `-`, `*`, `+` or a dot.
    Bullet,
    /// `3.` or `3)`: the digits.
    Number(&'t str),
}

/// One item of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Item<'t> {
    /// What stands before it.
    pub(crate) mark: Mark<'t>,
    /// The rest of the line.
    pub(crate) body: &'t str,
}

/// The list item that begins with this line.
pub(crate) fn item(says: &str) -> Option<Item<'_>> {
    let inner = says.trim_start();
    if let Some(rest) = inner.strip_prefix(['-', '*', '+', '•', '·']) {
        let spaced = rest.starts_with(char::is_whitespace);
        return spaced.then_some(Item { mark: Mark::Bullet, body: rest.trim() });
    }
    let digits = digits(inner);
    let rest = inner.get(digits..).filter(|_| (1..=9).contains(&digits))?;
    let body = rest.strip_prefix(['.', ')', '、', '．'])?;
    let spaced = body.is_empty() || body.starts_with(char::is_whitespace) || body.starts_with(|c: char| !c.is_ascii());
    spaced.then_some(Item { mark: Mark::Number(inner.get(..digits)?), body: body.trim() })
}

/// How many ASCII digits the text begins with.
pub(crate) fn digits(text: &str) -> usize {
    let count = text.bytes().take_while(u8::is_ascii_digit).count();
    steps(count);
    count
}

/// The columns before the first character that is not white; a tab goes to the next multiple of four.
pub(crate) fn indent(says: &str) -> usize {
    let mut columns = 0;
    for c in says.chars() {
        match c {
            '\t' => columns = columns / 4 * 4 + 4,
            c if c.is_whitespace() => columns += 1,
            _ => break,
        }
    }
    steps(columns);
    columns
}

/// The white space before the first character.
pub(crate) fn margin(says: &str) -> &str {
    says.get(..says.len() - says.trim_start().len()).unwrap_or_default()
}

/// An id like `3`, `2a`, `1.1` or `1.2.3b` at the beginning of the text: its length.
pub(crate) fn id(text: &str) -> Option<usize> {
    let mut end = component(text)?;
    while let Some(more) = text.get(end..).and_then(|rest| rest.strip_prefix('.')).and_then(component) {
        end += 1 + more;
    }
    let follows = text.get(end..)?.chars().next();
    (!follows.is_some_and(|c| c.is_ascii_alphanumeric())).then_some(end)
}

fn component(text: &str) -> Option<usize> {
    let end = digits(text);
    let rest = text.get(end..)?;
    let mut after = rest.chars();
    let letter = after.next().is_some_and(|c| c.is_ascii_lowercase()) && !after.next().is_some_and(char::is_alphanumeric);
    (end > 0).then_some(end + usize::from(letter))
}

/// A dotted id that is printed before what it names (`1.1 …`, `1.1. …`, `**1.1** …`, `1.1: …`), and the rest.
pub(crate) fn printed(body: &str) -> Option<(&str, &str)> {
    let inner = body.trim_start_matches(['*', '[']);
    steps(body.len() - inner.len());
    let end = id(inner)?;
    let (id, rest) = (inner.get(..end)?, inner.get(end..)?);
    let after = rest.trim_start_matches(['.', ':', '：', ')', ']', '*']);
    let ends = after.is_empty() || after.starts_with(char::is_whitespace) || after.starts_with(|c: char| !c.is_ascii());
    (id.contains('.') && ends).then(|| (id, after.trim_start()))
}

/// The text without emphasis marks and white space around it.
pub(crate) fn bare(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c == '*' || c == '_')
}

/// The text without a separator before it (`: `, `：`, ` - `, ` — `, `. `).
pub(crate) fn after_separator(text: &str) -> &str {
    let rest = text.trim_start_matches(['*', '_', ' ', '\t']);
    rest.strip_prefix([':', '：', '-', '–', '—', '.', ')', '、']).unwrap_or(rest).trim_start()
}

/// Whether all of this line is in bold, as people write headings that are none.
pub(crate) fn is_bold(says: &str) -> bool {
    let inner = says.trim();
    inner.len() > 4 && inner.starts_with("**") && inner.ends_with("**")
}

/// Whether this line is a rule (`---`).
pub(crate) fn is_rule(says: &str) -> bool {
    let inner = says.trim();
    inner.len() >= 3 && (inner.bytes().all(|b| b == b'-') || inner.bytes().all(|b| b == b'*') || inner.bytes().all(|b| b == b'_'))
}

/// Where a part of the line is in the text.
pub(crate) fn span_of(line: &Line<'_>, part: &str) -> Span {
    let start = line.start + offset(line.says, part);
    start..start + part.len()
}

/// Where a part is in its whole. INVARIANT: the part is a slice of the whole.
pub(crate) fn offset(whole: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize).min(whole.len())
}

/// Puts a wrapped line behind the text: with a space, and without one between two characters of scripts that have none.
pub(crate) fn join(text: &mut String, more: &str) {
    let wide = |c: char| ('\u{2e80}'..='\u{ffef}').contains(&c) && !('\u{ac00}'..='\u{d7a3}').contains(&c);
    let tight = text.chars().next_back().is_some_and(wide) && more.chars().next().is_some_and(wide);
    if !(tight || text.is_empty() || more.is_empty()) {
        text.push(' ');
    }
    steps(more.len());
    text.push_str(more);
}
