//! One line of tasks.md: box, star, number, text.
//!
//! The shape is the engine's own: `^(\s*)([-*+])\s+\[([ xX\-~])\](\\?\*?)\s+(.+)$`, outside of code blocks.

use super::{State, Task};
use crate::markup::{bare, heading, id, item, offset};
use crate::text::{Line, Span};
use crate::words;

/// What a task's line says.
pub(super) struct Head {
    state: State,
    mark: Span,
    boxed: bool,
    optional: bool,
    number: Option<String>,
    text: String,
    parallel: bool,
}

impl Head {
    fn of(says: &str, state: State, mark: Span) -> Self {
        let (number, rest) = match number(says) {
            Some((number, rest)) => (Some(number), rest),
            None => (None, says),
        };
        let (text, parallel) = parallel(rest);
        Self { state, mark, boxed: true, optional: false, number, text: whole_bold(text).to_owned(), parallel }
    }

    pub(super) fn into_task(self, line: &Line<'_>) -> Task {
        let margin = crate::markup::margin(line.says).len();
        let start = line.start + margin;
        let end = line.start + line.says.trim_end().len();
        let mut task = Task {
            checkpoint: is_checkpoint(&self.text),
            number: self.number,
            text: self.text,
            state: self.state,
            optional: self.optional,
            parallel: self.parallel,
            span: start..end,
            line: start..end,
            mark: self.mark,
            boxed: self.boxed,
            indent: Task::column(line),
            parent: None,
            children: Vec::new(),
            group: None,
            details: Vec::new(),
            references: Vec::new(),
            reference_list: None,
            depends: Vec::new(),
            boundary: None,
        };
        task.points_at(line);
        task
    }
}

/// The task that this line is, if it has a box.
pub(super) fn boxed(line: &Line<'_>) -> Option<Head> {
    if line.fenced {
        return None;
    }
    let (mark, after) = ticked(line.says)?;
    let state = state(mark)?;
    let starred = after.strip_prefix('\\').unwrap_or(after);
    let rest = starred.strip_prefix('*').unwrap_or(starred);
    let text = rest.trim();
    if text.is_empty() || !rest.starts_with(char::is_whitespace) {
        return None;
    }
    let at = line.start + offset(line.says, mark);
    let mut head = Head::of(text, state, at..at + mark.len());
    head.optional = rest.len() < starred.len();
    Some(head)
}

/// What is in the box of a list item, and what stands behind the box.
fn ticked(says: &str) -> Option<(&str, &str)> {
    let inner = says.trim_start().strip_prefix(['-', '*', '+'])?;
    let spaced = inner.trim_start();
    let inside = spaced.strip_prefix('[').filter(|_| spaced.len() < inner.len())?;
    let end = inside.find(']').filter(|end| *end <= 12)?;
    Some((inside.get(..end)?, inside.get(end + 1..)?))
}

fn state(mark: &str) -> Option<State> {
    match mark {
        " " => Some(State::NotStarted),
        "x" | "X" => Some(State::Completed),
        "-" => Some(State::InProgress),
        "~" => Some(State::Queued),
        _ => None,
    }
}

/// Whether a line means to be a task and has no box that can be read. A link (`[text](…)`) does not.
pub(super) fn looks_boxed(line: &Line<'_>) -> bool {
    let short = |mark: &str| mark.chars().count() <= 3 && !mark.contains(char::is_alphanumeric) || matches!(mark.trim(), "x" | "X");
    !line.fenced && ticked(line.says).is_some_and(|(mark, after)| short(mark) && !after.starts_with(['(', '[', ':']) && !after.trim().is_empty())
}

/// The task that this heading is, in a file without boxes: `## Task 1: … ✅`, `### 1.1 …`.
pub(super) fn headed(line: &Line<'_>) -> Option<Head> {
    let title = heading(line)?.title;
    let (says, mark, state) = told(line, title);
    let bare = bare(says);
    let worded = words::starts(bare, words::TASK).and_then(|end| bare.get(end..)).map(str::trim_start);
    number(worded.unwrap_or(bare))?;
    let mut head = Head::of(bare, state, mark);
    head.boxed = false;
    Some(head)
}

/// The heading without what says how far it is, where that stands, and what it means.
fn told<'t>(line: &Line<'t>, title: &'t str) -> (&'t str, Span, State) {
    let at = |part: &str| line.start + offset(line.says, part);
    let ends = [("✅", State::Completed), ("✔", State::Completed), ("✓", State::Completed), ("[x]", State::Completed), ("[X]", State::Completed)];
    let opens = [("[-]", State::InProgress), ("[~]", State::Queued), ("[ ]", State::NotStarted)];
    for (sign, state) in ends.into_iter().chain(opens) {
        let inner = title.trim_end_matches('\u{fe0f}');
        if let Some(rest) = inner.strip_suffix(sign) {
            let kept = rest.trim_end();
            return (kept, at(kept) + kept.len()..at(title) + title.len(), state);
        }
    }
    let end = at(title) + title.len();
    (title, end..end, State::NotStarted)
}

/// The number before a task's text, and the text: `1.`, `1.1`, `1.1.`, `**1.1** …`, `Task 1: …`, `T0.1: …`.
pub(super) fn number(says: &str) -> Option<(String, &str)> {
    let bold = says.strip_prefix("**");
    let inner = bold.unwrap_or(says);
    let worded = words::starts(inner, words::TASK).and_then(|end| inner.get(end..)).map(|rest| rest.trim_start_matches([' ', '#']));
    let lettered = worded.is_none().then(|| inner.strip_prefix('T')).flatten();
    let digits = worded.or(lettered).unwrap_or(inner);
    let end = id(digits)?;
    let (id, after) = (digits.get(..end)?, digits.get(end..)?);
    let rest = after.trim_start_matches(['.', ':', '：', ')', '、']);
    let closed = if bold.is_some() { rest.strip_prefix("**").map(|rest| rest.trim_start_matches([':', '：', '.'])) } else { None };
    let separated = rest.len() < after.len() || closed.is_some() || worded.is_some() || lettered.is_some() || id.contains('.');
    let text = closed.unwrap_or(rest);
    let wide = after.starts_with(['：', '、']);
    let ends = wide || text.is_empty() || text.starts_with(char::is_whitespace) || text.starts_with(|c: char| !c.is_ascii());
    if !(separated && ends) {
        return None;
    }
    let name = if lettered.is_some() { format!("T{id}") } else { id.to_owned() };
    let text = if worded.is_some() { crate::markup::after_separator(text) } else { text };
    // `**1.1 Whole line in bold**` leaves one half of its marks.
    let text = if bold.is_some() && closed.is_none() { text.trim_end().trim_end_matches('*') } else { text };
    Some((name, text.trim()))
}

/// The number of a task that another names: `1`, `1.2`, `Task 3`, `T0.1`.
pub(super) fn cited(says: &str) -> Option<String> {
    let bare = || id(says).and_then(|end| says.get(..end)).map(str::to_owned);
    number(says).map(|(number, _)| number).or_else(bare)
}

/// The text without `(P)` at one of its ends, and whether it had one.
fn parallel(text: &str) -> (&str, bool) {
    let cut = text.strip_prefix("(P)").or_else(|| text.strip_suffix("(P)"));
    (cut.unwrap_or(text).trim(), cut.is_some())
}

fn whole_bold(text: &str) -> &str {
    let inner = text.strip_prefix("**").and_then(|rest| rest.strip_suffix("**")).filter(|inner| !inner.contains("**"));
    inner.unwrap_or(text).trim()
}

fn is_checkpoint(text: &str) -> bool {
    let inner = bare(text);
    let rest = words::FINAL.iter().find_map(|word| inner.get(words::prefix(inner, word)?..)).unwrap_or(inner);
    words::CHECKPOINT.iter().any(|word| words::prefix(rest.trim_start(), word).is_some())
}

/// What a line says about the order of tasks and their bounds.
pub(super) struct Said<'t> {
    pub(super) depends: Option<&'t str>,
    pub(super) boundary: Option<&'t str>,
}

/// `_Depends: 1.1, 2.3_` and `_Boundary: Store_`, anywhere in a line.
pub(super) fn said(says: &str) -> Said<'_> {
    let mut said = Said { depends: None, boundary: None };
    let whole = item(says).map_or(says.trim(), |item| item.body);
    let parts = whole.split('_').filter(|_| whole.contains('_')).chain(std::iter::once(whole));
    for part in parts {
        let part = part.trim_matches(['*', ' ']);
        said.depends = said.depends.or_else(|| labelled(part, words::DEPENDS));
        said.boundary = said.boundary.or_else(|| labelled(part, words::BOUNDARY));
    }
    said
}

fn labelled<'t>(part: &'t str, names: &[&str]) -> Option<&'t str> {
    let rest = part.get(words::starts(part, names)?..)?.trim_start_matches(['*', ' ']);
    let list = rest.strip_prefix([':', '：'])?;
    Some(bare(list)).filter(|list| !list.is_empty())
}
