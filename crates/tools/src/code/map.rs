//! A map of a source tree for whoever has little room: the files that matter, with their definitions that matter, until the
//! room is used up.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::BYTES_A_TOKEN;
use super::files::{Survey, Unread};
use super::language::Language;
use super::outline::Definition;
use super::rank::{Rank, rank};

/// Smaller maps say nothing.
const LEAST_BUDGET: usize = 100;
/// Kept free for the words at the end.
const END: usize = 360;
/// So many unread files are named.
const MOST_UNREAD: usize = 3;
/// More words of a wish are not looked for.
const MOST_WORDS: usize = 64;

/// What the map is for.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// How many tokens it may have, at [`BYTES_A_TOKEN`].
    pub budget: usize,
    /// What it is about: words of a prompt. Files and definitions that have them in their names matter more, and so does
    /// what these mention.
    pub about: String,
    /// Files that are worked on, as they are named in the survey.
    pub near: Vec<String>,
}

/// A ranked map.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Map {
    /// Those that matter most first.
    pub files: Vec<Entry>,
    /// How many tokens its text has, as estimated.
    pub tokens: usize,
    /// How many files were read, and how many definitions they have.
    pub read: [usize; 2],
    /// Which files were not.
    pub unread: Vec<Unread>,
}

/// One file of a map.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Entry {
    /// Where it is.
    pub path: String,
    /// What it is written in.
    pub language: Language,
    /// Its definitions that are told, in its order.
    pub definitions: Vec<Definition>,
    /// How many it has beside these.
    pub more: usize,
}

impl Map {
    /// The map of what was found.
    pub fn of(survey: &Survey, wish: &Wish) -> Self {
        let rank = rank(&survey.files, wish);
        let chosen = choose(survey, &rank, wish.budget.max(LEAST_BUDGET) * BYTES_A_TOKEN - END);
        let mut order: Vec<(usize, BTreeSet<usize>)> = chosen.into_iter().collect();
        let rank_of = |file: usize| rank.files.get(file).copied().unwrap_or(0.0);
        order.sort_by(|(a, _), (b, _)| rank_of(*b).partial_cmp(&rank_of(*a)).unwrap_or(Ordering::Equal).then(a.cmp(b)));
        let files = order.iter().filter_map(|(file, told)| entry(survey, *file, told)).collect();
        let definitions = survey.files.iter().map(|(_, outline)| outline.definitions.len()).sum();
        let mut map = Self { files, tokens: 0, read: [survey.files.len(), definitions], unread: survey.unread.clone() };
        map.tokens = map.text().len().div_ceil(BYTES_A_TOKEN);
        map
    }

    /// As text: a line a file, a line a definition, and what is not in it.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for entry in &self.files {
            text.push_str(&format!("{}\n", head(&entry.path)));
            entry.definitions.iter().for_each(|one| text.push_str(&row(one)));
        }
        text.push_str(&self.end());
        text
    }

    fn end(&self) -> String {
        let [files, definitions] = self.read;
        let told: usize = self.files.iter().map(|entry| entry.definitions.len()).sum();
        let mut end = format!("[{} of {files} files, {told} of {definitions} definitions; the most mentioned first]\n", self.files.len());
        if !self.unread.is_empty() {
            let named: Vec<String> = self.unread.iter().take(MOST_UNREAD).map(|file| short(&file.path)).collect();
            let more = if self.unread.len() > named.len() { ", …" } else { "" };
            end.push_str(&format!("[{} not read: {}{more}]\n", action::Count::new(self.unread.len() as u64, "files"), named.join(", ")));
        }
        end
    }
}

/// The definitions with the highest ranks, each with what it is inside of, while they have room.
fn choose(survey: &Survey, rank: &Rank, room: usize) -> BTreeMap<usize, BTreeSet<usize>> {
    let mut all: Vec<(f64, usize, usize)> = Vec::new();
    for (file, ranks) in rank.definitions.iter().enumerate() {
        all.extend(ranks.iter().enumerate().map(|(at, rank)| (*rank, file, at)));
    }
    all.sort_by(|a, b| b.0.partial_cmp(&a.0).unwrap_or(Ordering::Equal).then((a.1, a.2).cmp(&(b.1, b.2))));
    let mut chosen: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    let mut used = 0;
    for (_, file, at) in all {
        let Some((path, outline)) = survey.files.get(file) else { continue };
        let told = chosen.get(&file);
        let new: Vec<usize> = around(&outline.definitions, at).into_iter().filter(|at| !told.is_some_and(|told| told.contains(at))).collect();
        let rows: usize = new.iter().filter_map(|at| outline.definitions.get(*at)).map(|one| row(one).len()).sum();
        let cost = rows + if told.is_none() { head(path).len() + 1 } else { 0 };
        if used + cost > room {
            break;
        }
        used += cost;
        chosen.entry(file).or_default().extend(new);
    }
    chosen
}

/// A definition and those that it is inside of.
fn around(definitions: &[Definition], at: usize) -> Vec<usize> {
    let mut all = vec![at];
    let mut depth = definitions.get(at).map_or(0, |one| one.depth);
    for (before, one) in definitions.iter().enumerate().take(at).rev() {
        if depth == 0 {
            break;
        }
        if one.depth < depth {
            depth = one.depth;
            all.push(before);
        }
    }
    all
}

fn entry(survey: &Survey, file: usize, told: &BTreeSet<usize>) -> Option<Entry> {
    let (path, outline) = survey.files.get(file)?;
    let definitions: Vec<Definition> = told.iter().filter_map(|at| outline.definitions.get(*at)).cloned().collect();
    let more = outline.definitions.len() - definitions.len();
    Some(Entry { path: path.clone(), language: outline.language, definitions, more })
}

fn head(path: &str) -> String {
    action::visible(path).into_owned()
}

/// `   12  pub fn parse(text: &str) -> Tree`, what is inside further to the right.
pub(crate) fn row(one: &Definition) -> String {
    format!("{:>5}  {}{}\n", one.line, "  ".repeat(usize::from(one.depth.min(8))), one.signature)
}

/// The end of a long path.
fn short(path: &str) -> String {
    let path = head(path);
    let from = path.char_indices().map(|(at, _)| at).find(|at| path.len() - at <= 60).unwrap_or(0);
    if from == 0 { path } else { format!("…{}", path.get(from..).unwrap_or("")) }
}

impl Wish {
    /// The words of what it is about that a name could have.
    pub(super) fn words(&self) -> Vec<String> {
        let mut words: Vec<String> = parts(&self.about).into_iter().filter(|word| !COMMON.contains(&word.as_str())).collect();
        words.sort_unstable();
        words.dedup();
        words.truncate(MOST_WORDS);
        words
    }

    /// Whether a file is worked on, or named in what the map is about.
    pub(super) fn is_near(&self, path: &str) -> bool {
        let named = |text: &str| text.split(|c: char| c.is_whitespace() || "`'\",;()".contains(c)).any(|word| word.trim_start_matches("./") == path);
        self.near.iter().any(|near| near == path) || path.len() > 2 && named(&self.about)
    }
}

/// Words that are in every wish.
const COMMON: &[&str] = &[
    "the", "and", "for", "with", "that", "this", "from", "into", "not", "are", "was", "has", "have", "when", "then", "should", "must",
    "can", "all", "any", "new", "add", "fix", "make", "use", "file", "code", "function", "please", "change", "test", "src", "lib",
    "return", "error", "bug", "where", "what", "how", "which", "you", "its",
];

/// The words of a text or a name, in small letters, without an s at the end: `MonthTotals` and `month_totals` have `month`
/// and `total`.
pub(super) fn parts(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut before = ' ';
    for c in text.chars() {
        let turn = c.is_uppercase() && !before.is_uppercase();
        if turn || !c.is_alphanumeric() {
            parts.push(String::new());
        }
        if let (true, Some(last)) = (c.is_alphanumeric(), parts.last_mut()) {
            last.extend(c.to_lowercase());
        }
        before = c;
    }
    let plain = |word: String| match word.strip_suffix('s') {
        Some(one) if one.len() >= 3 && !one.ends_with('s') => one.to_owned(),
        _ => word,
    };
    parts.into_iter().filter(|word| word.chars().count() >= 3).map(plain).collect()
}

#[cfg(test)]
mod tests;
