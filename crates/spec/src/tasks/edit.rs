//! Changes to tasks.md, each as the smallest edit that makes it. Line ends, indentation and bullets are the file's own.
//!
//! Each takes the text that the tasks were read from. `None` means that there is no such task, or no place for the change.

use super::{State, Task, Tasks};
use crate::text::{Edit, line_end, open_fence};
use crate::work::steps;

/// A task to put in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewTask {
    /// `2.3`; `4` is written `4.`.
    pub number: Option<String>,
    /// What is to be done.
    pub text: String,
    /// May be left out.
    pub optional: bool,
}

impl Tasks {
    /// Says how far a task has got: one character.
    pub fn set_state(&self, index: usize, state: State) -> Option<Edit> {
        let task = self.tasks.get(index)?;
        let sign = match state {
            State::NotStarted => " ",
            State::InProgress => "-",
            State::Queued => "~",
            State::Completed => "x",
        };
        let with = match (task.boxed, state) {
            (true, _) => sign.to_owned(),
            (false, State::NotStarted) => String::new(),
            (false, State::Completed) => " ✅".to_owned(),
            (false, _) => format!(" [{sign}]"),
        };
        Some(Edit { span: task.mark.clone(), with })
    }

    /// Puts one more item under a task, behind those that it has.
    pub fn append_detail(&self, text: &str, index: usize, detail: &str) -> Option<Edit> {
        let task = self.tasks.get(index)?;
        let at = task.end(text);
        let words = detail.split_whitespace().collect::<Vec<_>>().join(" ");
        Some(Edit { span: at..at, with: format!("{}{}- {words}", line_end(text), self.inner_margin(text, task)) })
    }

    /// Puts a task behind another and all its parts, in the same column.
    pub fn insert_after(&self, text: &str, index: usize, new: &NewTask) -> Option<Edit> {
        let task = self.tasks.get(index).filter(|task| task.boxed)?;
        let at = self.tasks.get(self.last_part(index))?.end(text);
        let end = line_end(text);
        let line = text.get(task.line.clone())?;
        let bullet = line.get(..1)?;
        let margin = margin_before(text, task.line.start);
        let star = if new.optional { "*" } else { "" };
        let number = new.number.as_deref().map(|number| if number.contains('.') { format!("{number} ") } else { format!("{number}. ") });
        let words = new.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let gap = if has_gap_before(text, task.line.start) { end } else { "" };
        Some(Edit { span: at..at, with: format!("{end}{gap}{margin}{bullet} [ ]{star} {}{words}", number.unwrap_or_default()) })
    }

    /// Makes a task's list of requirements this one; the line is put in where it has none.
    pub fn set_references(&self, text: &str, index: usize, ids: &[&str]) -> Option<Edit> {
        let task = self.tasks.get(index)?;
        let list = ids.join(", ");
        match &task.reference_list {
            Some(span) => Some(Edit { span: span.clone(), with: list }),
            None => self.append_detail(text, index, &format!("_Requirements: {list}_")),
        }
    }

    /// The last task, in the order of the file, of this one and its parts.
    fn last_part(&self, index: usize) -> usize {
        let mut last = index;
        let mut rest = vec![index];
        while let Some(at) = rest.pop() {
            steps(1);
            last = last.max(at);
            rest.extend(self.tasks.get(at).map(|task| task.children.as_slice()).unwrap_or_default());
        }
        last
    }

    /// The white space before the details of this task.
    fn inner_margin<'t>(&self, text: &'t str, task: &Task) -> std::borrow::Cow<'t, str> {
        let own = margin_before(text, task.line.start);
        match task.details.first().map(|detail| margin_before(text, detail.span.start)) {
            Some(margin) if margin.len() > own.len() => margin.into(),
            _ => format!("{own}  ").into(),
        }
    }
}

impl Task {
    /// Where something can be put behind it: its end, or the beginning of a code block that nobody closed.
    fn end(&self, text: &str) -> usize {
        match open_fence(text).filter(|begins| self.span.contains(begins)) {
            Some(begins) => text.get(..begins).map_or(self.line.end, |before| before.trim_end().len()),
            None => self.span.end,
        }
    }
}

/// The white space between the line's beginning and this place.
fn margin_before(text: &str, at: usize) -> &str {
    let before = text.get(..at).unwrap_or_default();
    before.get(before.trim_end_matches([' ', '\t']).len()..).unwrap_or_default()
}

fn has_gap_before(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default().trim_end_matches([' ', '\t']);
    let white = before.get(before.trim_end().len()..).unwrap_or_default();
    white.matches('\n').count() > 1 && !before.trim_end().rsplit('\n').next().is_some_and(|line| line.trim_start().starts_with('#'))
}
