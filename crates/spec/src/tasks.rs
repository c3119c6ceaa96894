//! Reads tasks.md: the tasks with their states, what they are made of, and what they point at.
//!
//! A task is a line with a box. What it belongs to follows from its number first and from its indentation second, because
//! teams write sub-tasks in the same column as their task. In a file with no box at all, numbered headings are the tasks.
//! Changing a file is `edit`'s part; the order in which tasks can be done is `graph`'s.

mod edit;
mod line;
mod nest;

use std::collections::HashSet;

use serde::Serialize;

pub use edit::NewTask;

use crate::graph::Graph;
use crate::markup::{Heading, bare, heading, indent, is_rule, item, join};
use crate::reference::{Reference, continued, lists, references};
use crate::requirements::Passage;
use crate::text::{self, Line, Span};
use crate::words;
use line::Head;

#[cfg(test)]
mod tests;

/// What a tasks.md says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tasks {
    /// In the order of the file, parents and children alike.
    pub tasks: Vec<Task>,
    /// The headings that tasks stand under: phases, or `## Task 1: …`.
    pub groups: Vec<Group>,
    /// The dependency graph, where the file has one that can be read.
    pub graph: Option<Graph>,
    /// Lines that look like tasks and are none: `- [⏭️] …`, `- [] …`.
    pub unread: Vec<Span>,
}

/// How far a task has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// `[ ]`
    NotStarted,
    /// `[-]`
    InProgress,
    /// `[~]`
    Queued,
    /// `[x]` or `[X]`
    Completed,
}

/// One task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Task {
    /// `2`, `2.1`, `T0.1`.
    pub number: Option<String>,
    /// Without number and marks.
    pub text: String,
    /// How far it has got.
    pub state: State,
    /// Marked with a star: may be left out.
    pub optional: bool,
    /// Marked with `(P)`: may be done beside its neighbours.
    pub parallel: bool,
    /// A stop for checking, not work of its own.
    pub checkpoint: bool,
    /// Its line and its details.
    pub span: Span,
    /// Its line.
    pub line: Span,
    /// The one character in the box; for a task that is a heading, what says that it is done, or where that would stand.
    pub mark: Span,
    /// Whether it has a box.
    pub boxed: bool,
    /// The column in which its line begins.
    pub indent: usize,
    /// The task that it is a part of.
    pub parent: Option<usize>,
    /// The tasks that are parts of it.
    pub children: Vec<usize>,
    /// The heading that it stands under.
    pub group: Option<usize>,
    /// What stands under it, each item in one line.
    pub details: Vec<Passage>,
    /// What it points at.
    pub references: Vec<Reference>,
    /// The list in its first requirements line.
    pub reference_list: Option<Span>,
    /// The tasks that it says must come first.
    pub depends: Vec<String>,
    /// The parts of the system that it says it keeps to.
    pub boundary: Option<String>,
}

/// A heading with tasks under it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Group {
    /// `1` of `## Task 1: …`.
    pub number: Option<String>,
    /// The heading.
    pub title: String,
    /// The heading's line.
    pub span: Span,
}

impl Tasks {
    /// Reads a tasks.md.
    pub fn read(text: &str) -> Self {
        let lines = text::lines(text);
        let boxes = lines.iter().any(|line| line::boxed(line).is_some());
        let mut reading = Reading::new(boxes);
        for line in &lines {
            reading.line(line);
        }
        let mut tasks = reading.tasks;
        nest::nest(&mut tasks.tasks);
        tasks.graph = crate::graph::find(text, &lines).graph;
        tasks
    }

    /// The first task with this number; `2.` and `2` are the same. One without a number of its own goes by its [`Tasks::id`].
    pub fn find(&self, number: &str) -> Option<usize> {
        let wanted = number.trim().trim_end_matches('.');
        let numbered = self.tasks.iter().position(|task| task.number.as_deref() == Some(wanted));
        let placed = || wanted.strip_prefix('@')?.parse::<usize>().ok()?.checked_sub(1).filter(|at| *at < self.tasks.len() && self.id(*at) == wanted);
        numbered.or_else(placed)
    }

    /// The [`Tasks::id`] of each, in one pass.
    pub fn ids(&self) -> Vec<String> {
        let (mut known, mut ids) = (HashSet::new(), Vec::with_capacity(self.tasks.len()));
        for (index, task) in self.tasks.iter().enumerate() {
            let own = task.number.as_deref().filter(|number| known.insert(*number));
            ids.push(own.map_or_else(|| format!("@{}", index + 1), str::to_owned));
        }
        ids
    }

    /// What tells a task from all others: its number; for one that has none, or another one's, its place in the file: `@3`.
    pub fn id(&self, index: usize) -> String {
        let number = self.tasks.get(index).and_then(|task| task.number.as_ref());
        let is_first = |number: &&String| self.tasks.iter().position(|task| task.number.as_ref() == Some(number)) == Some(index);
        number.filter(is_first).cloned().unwrap_or_else(|| format!("@{}", index + 1))
    }

    /// The same for a task of these.
    pub fn id_of(&self, task: &Task) -> String {
        self.tasks.iter().position(|one| one.span == task.span).map_or_else(|| task.number.clone().unwrap_or_default(), |index| self.id(index))
    }

    /// The tasks that have no parts, in the order of the file.
    pub fn leaves(&self) -> impl Iterator<Item = usize> {
        self.tasks.iter().enumerate().filter(|(_, task)| task.children.is_empty()).map(|(at, _)| at)
    }

    /// How a person would name this task.
    pub fn name(&self, index: usize) -> &str {
        self.tasks.get(index).map_or("", |task| task.number.as_deref().unwrap_or(&task.text))
    }
}

/// Tasks, while the lines go by.
struct Reading {
    boxes: bool,
    tasks: Tasks,
    /// Whether the last task still takes lines.
    open: bool,
    gap: bool,
    /// Whether the last line's list of references goes on.
    wraps: bool,
}

impl Reading {
    fn new(boxes: bool) -> Self {
        Self { boxes, tasks: Tasks::default(), open: false, gap: false, wraps: false }
    }

    fn line(&mut self, line: &Line<'_>) {
        if line.says.trim().is_empty() {
            self.gap = true;
            return;
        }
        let task = if self.boxes { line::boxed(line) } else { line::headed(line) };
        if let Some(task) = task {
            self.begin(line, task);
        } else if let Some(head) = heading(line) {
            self.open = false;
            self.group(line, head);
        } else if !line.fenced && is_rule(line.says) {
            self.open = false;
        } else {
            if line::looks_boxed(line) {
                self.tasks.unread.push(line.span());
            }
            self.detail(line);
        }
        self.gap = false;
    }

    fn begin(&mut self, line: &Line<'_>, head: Head) {
        let mut task = head.into_task(line);
        task.group = self.tasks.groups.len().checked_sub(1);
        self.tasks.tasks.push(task);
        (self.open, self.wraps) = (true, false);
    }

    fn group(&mut self, line: &Line<'_>, head: Heading<'_>) {
        if words::starts(head.title, words::GRAPH).is_some() {
            return;
        }
        let title = bare(head.title);
        let number = words::starts(title, words::TASK).and_then(|end| line::number(title.get(end..)?.trim_start())).map(|(number, _)| number);
        self.tasks.groups.push(Group { number, title: title.to_owned(), span: line.span() });
    }

    /// A line under a task: a new item, or more of the last one.
    fn detail(&mut self, line: &Line<'_>) {
        let Some(task) = self.tasks.tasks.last_mut().filter(|_| self.open) else { return };
        let inner = line.says.trim();
        let span = crate::markup::span_of(line, inner);
        task.span.end = span.end;
        if line.fenced {
            return;
        }
        let listed = item(inner);
        let goes_on = listed.is_none() && !self.gap && !starts_label(inner);
        self.wraps = if self.wraps && goes_on { task.points_on(line) } else { task.points_at(line) };
        match (listed, task.details.last_mut()) {
            (None, Some(last)) if goes_on => {
                join(&mut last.text, inner);
                last.span.end = span.end;
            }
            (listed, _) => task.details.push(Passage { text: listed.map_or(inner, |item| item.body).to_owned(), span }),
        }
    }
}

/// Lines in emphasis stand for themselves even without a bullet.
fn starts_label(inner: &str) -> bool {
    inner.starts_with(['_', '>']) || inner.starts_with("**")
}

impl Task {
    /// Takes what the line says about other tasks, requirements and properties; says whether its list goes on.
    fn points_at(&mut self, line: &Line<'_>) -> bool {
        let said = line::said(line.says);
        if let Some(list) = said.depends {
            self.depends.extend(list.split([',', ';', '、', '，']).filter_map(|one| line::cited(one.trim())));
        }
        self.boundary = said.boundary.map(str::to_owned).or_else(|| self.boundary.take());
        let lists = lists(line.says, line.start);
        if self.reference_list.is_none() {
            self.reference_list = lists.iter().find(|list| !list.validates).map(|list| list.span.clone());
        }
        self.references.extend(references(line.says, line.start));
        lists.last().is_some_and(|list| list.wraps)
    }

    /// Takes the rest of a list of references that the line before began; says whether it goes on further.
    fn points_on(&mut self, line: &Line<'_>) -> bool {
        let (span, references, wraps) = continued(line.says, line.start);
        let before = self.references.last().map_or(0, |last| last.span.end);
        if let Some(list) = self.reference_list.as_mut().filter(|list| list.end >= before) {
            list.end = span.end;
        }
        self.references.extend(references);
        wraps
    }

    /// The column of its box.
    fn column(line: &Line<'_>) -> usize {
        indent(line.says)
    }
}
