//! Definitions and mentions of a name, out of the outlines and texts of the tree: what there is without a server.

use std::path::Path;
use std::time::Instant;

use action::{Count, Seeks, visible};

use super::super::outline::surveyed;
use super::super::{Answered, MOST_TEXT, Trouble, glob::in_time};
use super::{MOST_ROWS, Tree, Wanted, column, row, text_of};
use crate::code::{Language, Outline, Survey, outline};

pub(super) fn find(tree: &Tree, wanted: &Wanted<'_>, why: &str) -> Result<Answered, Trouble> {
    let start = tree.existing(wanted.path)?;
    let start = if start.is_dir() { start } else { tree.root().to_owned() };
    let survey = surveyed(&start);
    let mut rows = Rows::default();
    let (what, one) = match wanted.seeks {
        Seeks::Definition => {
            definitions(tree, wanted, &start, &survey, &mut rows);
            ("definitions", "is defined")
        }
        Seeks::References => {
            mentions(tree, wanted, &start, &survey, &mut rows)?;
            ("lines", "is mentioned")
        }
    };
    let count = Count::new(rows.count, what);
    let name = visible(wanted.symbol);
    if rows.count == 0 {
        rows.text = format!("`{name}` {one} in no source that is read\n");
    }
    rows.text.push_str(&rows.end(&survey));
    rows.text.push_str(&format!("[by name and not by meaning: {why}]\n"));
    Ok(Answered::done(format!("`{name}`, {count} by name"), rows.text))
}

/// The only definition of this name below a place.
pub(super) fn only_definition(tree: &Tree, wanted: &Wanted<'_>, start: &Path) -> Result<Option<(String, u64)>, Trouble> {
    let survey = surveyed(start);
    let mut all = survey.files.iter().flat_map(|(name, outline)| lines(outline, wanted.symbol).into_iter().map(move |(line, _)| (name, line)));
    match (all.next(), all.next()) {
        (Some((name, line)), None) => Ok(Some((tree.name(&start.join(name)), line))),
        _ => Ok(None),
    }
}

/// The lines on which a source defines a name.
pub(super) fn defined_in(language: Language, text: &str, symbol: &str) -> Vec<u64> {
    let outline = outline(language, text.as_bytes());
    outline.map(|outline| lines(&outline, symbol).into_iter().map(|(line, _)| line).collect()).unwrap_or_default()
}

/// Line and first words of the definitions of a name; what is implemented for a type does not define the type.
fn lines<'o>(outline: &'o Outline, symbol: &str) -> Vec<(u64, &'o str)> {
    let last = |name: &'o str| name.rsplit([':', '.']).next().unwrap_or(name);
    let all = outline.definitions.iter().filter(|one| one.kind != "impl" && last(&one.name) == symbol);
    all.map(|one| (one.line.into(), one.signature.as_str())).collect()
}

fn definitions(tree: &Tree, wanted: &Wanted<'_>, start: &Path, survey: &Survey, rows: &mut Rows) {
    // Those of the file that was named come first: they are the likeliest.
    let is_named = |name: &str| tree.name(&start.join(name)) == wanted.path;
    let (first, rest): (Vec<_>, Vec<_>) = survey.files.iter().partition(|(name, _)| is_named(name));
    for (name, outline) in first.into_iter().chain(rest) {
        for (line, signature) in lines(outline, wanted.symbol) {
            rows.add(&row(&tree.name(&start.join(name)), line, signature));
        }
    }
}

fn mentions(tree: &Tree, wanted: &Wanted<'_>, start: &Path, survey: &Survey, rows: &mut Rows) -> Result<(), Trouble> {
    let begun = Instant::now();
    for (name, _) in survey.files.iter().filter(|(_, outline)| outline.may_mention(wanted.symbol)) {
        in_time(wanted.path, begun)?;
        let place = start.join(name);
        let path = tree.name(&place);
        let Ok(text) = text_of(&place, &path) else { continue }; // gone since the survey
        for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| column(line, wanted.symbol).is_some()) {
            rows.add(&row(&path, number, line));
        }
    }
    Ok(())
}

/// Lines for a model, as far as there is room.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) text: String,
    pub(super) count: u64,
    cut: u64,
}

impl Rows {
    pub(super) fn add(&mut self, row: &str) {
        self.count += 1;
        match self.count <= MOST_ROWS as u64 && self.text.len() + row.len() <= MOST_TEXT {
            true => self.text.push_str(row),
            false => self.cut += 1,
        }
    }

    /// What is missing in them.
    pub(super) fn more(&self) -> String {
        if self.cut > 0 { format!("[and {} more]\n", self.cut) } else { String::new() }
    }

    fn end(&self, survey: &Survey) -> String {
        match survey.unread.len() as u64 {
            0 => self.more(),
            unread => format!("{}[{} not read]\n", self.more(), Count::new(unread, "files")),
        }
    }
}
