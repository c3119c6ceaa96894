//! Reads bugfix.md: how a bug behaves, how it should, and what must stay as it is.
//!
//! The ids are printed (`1.1`, `2.1`, `3.1`) and clauses may be wrapped over lines. A section is known by its heading, in
//! whatever language; a heading that is not known is looked at by the number before its first clause.

use serde::Serialize;

use crate::markup::{bare, heading, item, printed};
use crate::requirements::{Criterion, Numbering, criteria};
use crate::text::{Line, lines};
use crate::words;

#[cfg(test)]
mod tests;

/// What a bugfix.md says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Bugfix {
    /// What happens now: `1.N`.
    pub current: Vec<Criterion>,
    /// What should happen: `2.N`.
    pub expected: Vec<Criterion>,
    /// What must go on happening: `3.N`.
    pub unchanged: Vec<Criterion>,
}

impl Bugfix {
    /// Reads a bugfix.md.
    pub fn read(text: &str) -> Self {
        let lines = lines(text);
        let mut bugfix = Self::default();
        let begins: Vec<usize> = lines.iter().enumerate().filter(|(_, line)| heading(line).is_some()).map(|(at, _)| at).collect();
        for (nth, from) in begins.iter().enumerate() {
            let to = begins.get(nth + 1).copied().unwrap_or(lines.len());
            bugfix.section(lines.get(*from..to).unwrap_or_default());
        }
        bugfix
    }

    fn section(&mut self, lines: &[Line<'_>]) {
        let Some((head, body)) = lines.split_first() else { return };
        match part(head, body) {
            Some(1) => self.current.extend(criteria(body, Numbering::of("1"))),
            Some(2) => self.expected.extend(criteria(body, Numbering::of("2"))),
            Some(3) => self.unchanged.extend(criteria(body, Numbering::of("3"))),
            _ => {}
        }
    }

    /// All clauses, in the order of their numbers.
    pub fn criteria(&self) -> impl Iterator<Item = &Criterion> {
        self.current.iter().chain(&self.expected).chain(&self.unchanged)
    }
}

/// Which of the three parts this section is.
fn part(head: &Line<'_>, body: &[Line<'_>]) -> Option<u8> {
    let title = heading(head).map(|head| bare(head.title))?;
    let is = |names| words::starts(title, names).is_some();
    if is(words::CURRENT) {
        return Some(1);
    }
    if is(words::UNCHANGED) {
        return Some(3);
    }
    if is(words::EXPECTED) {
        return Some(2);
    }
    let first = body.iter().filter(|line| !line.fenced).find_map(|line| {
        let inner = item(line.says).map_or(line.says.trim_start(), |item| item.body);
        printed(inner).map(|(id, _)| id)
    })?;
    match first.split_once('.') {
        Some(("1", _)) => Some(1),
        Some(("2", _)) => Some(2),
        Some(("3", _)) => Some(3),
        _ => None,
    }
}
