//! What the hands inside do to find a symbol: see where it stands, look it up by name, and read what a server names.
//!
//! Servers run beside these hands and are believed nothing: what they name is shown only as far as it is a file of the tree that
//! an agent may read, with the text that it has now. By name means: a word of the text, whatever it means there.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use action::{Seeks, visible};
use serde::{Deserialize, Serialize};

use super::tree::{Tree, open_file};
use super::{Answered, Trouble};
use crate::code::Language;
use crate::languages::Family;

mod by_name;
mod named;
mod server;

/// What is to be found.
pub(super) struct Wanted<'a> {
    pub(super) symbol: &'a str,
    pub(super) path: &'a str,
    /// 0: no line was named.
    pub(super) line: u64,
    pub(super) seeks: Seeks,
}

/// One step of it; a server is asked between them, by somebody else.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Step {
    /// Where it stands, and which server could be asked: one of the tree or of these folders.
    Locate { programs: Vec<String> },
    /// By name, since there is no other way.
    ByName { why: String },
    /// What these files hold.
    Texts { paths: Vec<String> },
    /// What stands where a server said.
    Places(Places),
}

impl Default for Step {
    fn default() -> Self {
        Self::Locate { programs: Vec::new() }
    }
}

/// Where a symbol stands that a server can be asked about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Located {
    pub(crate) path: String,
    /// From 0, as in the protocol.
    pub(crate) line: u32,
    /// In UTF-16 units, as in the protocol.
    pub(crate) column: u32,
    pub(crate) family: Family,
    /// The command line of the server that is there.
    pub(crate) command: Option<String>,
    /// The files of its languages, each with what changes when it does; nothing where they are too many.
    pub(crate) stamps: Option<BTreeMap<String, u64>>,
}

/// What a server said, as far as it names a place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Places {
    /// Which server.
    pub(crate) server: String,
    /// Places in the tree.
    pub(crate) inside: Vec<Place>,
    /// Places outside of it, in words.
    pub(crate) outside: Vec<String>,
    /// How many it named beside these.
    pub(crate) more: u64,
    /// What it says is wrong with itself or the project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ailing: Option<String>,
}

/// A file of the tree, and a line from 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Place {
    pub(crate) path: String,
    pub(crate) line: u64,
}

/// A file and what it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Text {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// A larger source is generated, or data.
const LARGEST: u64 = 1 << 20;
/// Places that are told.
const MOST_ROWS: usize = 200;
/// Characters of a line that are told.
const WIDEST: usize = 200;

pub(super) fn find(tree: &Tree, wanted: &Wanted<'_>, step: &Step) -> Result<Answered, Trouble> {
    match step {
        Step::Locate { programs } => locate(tree, wanted, programs),
        Step::ByName { why } => by_name::find(tree, wanted, why),
        Step::Texts { paths } => Ok(server::texts(tree, paths)),
        Step::Places(places) => Ok(named::told(tree, wanted, places)),
    }
}

fn locate(tree: &Tree, wanted: &Wanted<'_>, programs: &[String]) -> Result<Answered, Trouble> {
    let start = tree.existing(wanted.path)?;
    let spot = match (start.is_dir(), wanted.seeks) {
        (true, Seeks::Definition) => return by_name::find(tree, wanted, "no place was named where it stands"),
        (true, Seeks::References) => by_name::only_definition(tree, wanted, &start)?,
        (false, _) => in_file(tree, wanted, &start)?,
    };
    let Some((path, line)) = spot else { return by_name::find(tree, wanted, "it is not known which one is meant: name `path` and `line`") };
    let Some(family) = Family::of(&path) else { return by_name::find(tree, wanted, "no language server is known for this language") };
    let text = tree.existing(&path).ok().and_then(|place| text_of(&place, &path).ok()).unwrap_or_default();
    let column = text.lines().nth(index(line)).and_then(|text| column(text, wanted.symbol)).unwrap_or_default();
    let command = server::command(tree, family, &path, programs);
    let stamps = command.as_ref().and_then(|_| server::stamps(tree, family));
    let line = u32::try_from(index(line)).unwrap_or(u32::MAX);
    Ok(Answered { located: Some(Located { path, line, column, family, command, stamps }), ..Answered::said("located") })
}

/// Where it stands in a file; nothing where the file defines several of this name.
fn in_file(tree: &Tree, wanted: &Wanted<'_>, place: &Path) -> Result<Option<(String, u64)>, Trouble> {
    let path = wanted.path;
    let text = text_of(place, path)?;
    let there: Vec<u64> = (1..).zip(text.lines()).filter(|(_, line)| column(line, wanted.symbol).is_some()).map(|(number, _)| number).collect();
    let absent = |there| Trouble::NotOnLine { symbol: wanted.symbol.to_owned(), path: path.to_owned(), line: wanted.line, there };
    let name = tree.name(place);
    match wanted.line {
        0 => {
            let defined = Language::of(path).map(|language| by_name::defined_in(language, &text, wanted.symbol)).unwrap_or_default();
            match defined.as_slice() {
                [] => there.first().map(|line| Some((name, *line))).ok_or_else(|| absent(Vec::new())),
                [line] => Ok(Some((name, *line))),
                _ => Ok(None),
            }
        }
        line if there.contains(&line) => Ok(Some((name, line))),
        _ => Err(absent(there.into_iter().take(20).collect())),
    }
}

/// A line's place in a list.
fn index(line: u64) -> usize {
    usize::try_from(line).unwrap_or(usize::MAX).saturating_sub(1)
}

/// The text of a source; what is not UTF-8 in it is marked.
fn text_of(place: &Path, path: &str) -> Result<String, Trouble> {
    let (file, meta) = open_file(place, path)?;
    if meta.len() > LARGEST {
        return Err(Trouble::TooLarge { path: path.to_owned(), size: super::bytes(meta.len()), most: super::bytes(LARGEST) });
    }
    let mut bytes = Vec::new();
    file.take(LARGEST).read_to_end(&mut bytes).map_err(|e| Trouble::of(path, &e))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Where a line has a name as a whole word, in UTF-16 units.
fn column(line: &str, symbol: &str) -> Option<u32> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
    let found = line.match_indices(symbol).find(|(at, _)| {
        let before = line.get(..*at).and_then(|text| text.chars().next_back());
        let after = line.get(at + symbol.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    });
    found.map(|(at, _)| u32::try_from(line.get(..at).unwrap_or("").encode_utf16().count()).unwrap_or(u32::MAX))
}

/// One place as a line.
fn row(path: &str, line: u64, text: &str) -> String {
    let text = text.trim();
    let cut = match text.char_indices().nth(WIDEST) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or("")),
        None => text.to_owned(),
    };
    format!("{path}:{line}: {}\n", visible(&cut))
}

#[cfg(test)]
mod tests;
