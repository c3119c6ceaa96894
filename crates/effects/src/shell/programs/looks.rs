//! Looks at systems elsewhere that may be sure, by hand: a list of what goes on, `data/looks.txt`, and nothing beside it.
//!
//! The tables of programs say what a command does as far as its words go. What it is steered by besides (settings of the project,
//! variables, plug-ins, options that nobody thought of) is without end, so no row is enough for going on without a signature: only
//! a command that fits this list word by word is read for certain.

use std::sync::LazyLock;

use super::Reader;
use super::super::expand::Text;
use super::super::scope::Scope;

const TEXT: &str = include_str!("../../../data/looks.txt");
/// Longer words are no names.
const LONGEST: usize = 200;

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| rows(TEXT).filter_map(Row::read).collect());

/// One look.
#[derive(Debug, Default)]
struct Row {
    words: Vec<&'static str>,
    operands: usize,
    flags: Vec<&'static str>,
    /// With the only values that are taken, where it says so.
    valued: Vec<(&'static str, Option<Vec<&'static str>>)>,
    kinds: Vec<&'static str>,
}

impl Reader<'_> {
    /// Whether it is a look of the list, in the root of the work tree, and nothing in the text comes before it that it could notice.
    pub(super) fn is_listed_look(&self, program: &str, words: &[Text], scope: &Scope) -> bool {
        let (tree, home) = (self.ground.facts.tree.as_str(), self.ground.facts.home.as_str());
        // Without a home some programs find their settings in the folder where they are: the project's.
        let at_home = scope.has_settings_of(home) && !scope.sets_other_than(&["HOME"]);
        let untouched = !self.unread && !self.moved && !self.has_written_below(tree) && !self.is_overwritten(tree);
        let here = !tree.is_empty() && scope.directory() == Some(tree);
        untouched && here && at_home && ROWS.iter().any(|row| row.fits(program, words))
    }
}

/// The list without comments, each row in one piece.
fn rows(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    let mut all: Vec<Vec<&'static str>> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        match (line.starts_with(' '), all.last_mut()) {
            (true, Some(row)) => row.push(line),
            _ => all.push(vec![line]),
        }
    }
    all.into_iter()
}

impl Row {
    /// A row as it is written; nothing where a word of it is not understood.
    fn read(lines: Vec<&'static str>) -> Option<Self> {
        let mut row = Self::default();
        let mut key = "words";
        for word in lines.iter().flat_map(|line| line.split_whitespace()) {
            match (key, word) {
                (_, "|") => key = "",
                ("", "flags" | "valued" | "kinds") => key = word,
                ("words", word) => match word.strip_prefix('@') {
                    Some(number) => row.operands = number.parse().ok()?,
                    None => row.words.push(word),
                },
                ("flags", flag) => row.flags.push(flag),
                ("valued", option) => row.valued.push(match option.split_once('=') {
                    Some((name, values)) => (name, Some(values.split(',').collect())),
                    None => (option, None),
                }),
                ("kinds", kind) => row.kinds.push(kind),
                _ => return None,
            }
        }
        (!row.words.is_empty() && !key.is_empty()).then_some(row)
    }

    /// Whether a command is this look and nothing more.
    fn fits(&self, program: &str, words: &[Text]) -> bool {
        let (Some((name, rest)), Some(given)) = (self.words.split_first(), words.iter().map(Text::exact).collect::<Option<Vec<_>>>()) else { return false };
        *name == program && self.takes(rest, &given)
    }

    fn takes(&self, mut wanted: &[&'static str], given: &[&str]) -> bool {
        let mut operands: Vec<&str> = Vec::new();
        let mut given = given.iter();
        while let Some(word) = given.next() {
            match (wanted.split_first(), word.strip_prefix('-')) {
                (Some((next, rest)), _) if next == word => wanted = rest,
                (None, None) => operands.push(word),
                (_, Some(_)) if self.flags.contains(word) || self.is_bundle(word) => {}
                (_, Some(_)) => {
                    let (name, value) = match word.split_once('=').filter(|_| word.starts_with("--")) {
                        Some((name, value)) => (name, Some(value)),
                        None => (*word, given.next().copied()),
                    };
                    if !value.is_some_and(|value| self.takes_value(name, value)) {
                        return false;
                    }
                }
                (Some(_), None) => return false,
            }
        }
        wanted.is_empty() && operands.len() <= self.operands && operands.iter().all(|operand| is_name(operand)) && self.are_of_kind(&operands)
    }

    /// `-aq`: letters that are flags each.
    fn is_bundle(&self, word: &str) -> bool {
        let letters = word.strip_prefix('-').filter(|letters| letters.len() > 1 && !letters.starts_with('-'));
        letters.is_some_and(|letters| letters.chars().all(|letter| self.flags.contains(&format!("-{letter}").as_str())))
    }

    fn takes_value(&self, name: &str, value: &str) -> bool {
        let row = self.valued.iter().find(|(option, _)| *option == name);
        row.is_some_and(|(_, only)| match only {
            Some(values) => values.contains(&value),
            None => is_value(value),
        })
    }

    fn are_of_kind(&self, operands: &[&str]) -> bool {
        let is_kind = |kind: &str| self.kinds.iter().any(|known| kind.eq_ignore_ascii_case(known));
        let is_of_kind = |operand: &&str| operand.split('/').next().unwrap_or_default().split(',').all(is_kind);
        let named = operands.iter().skip(1).filter(|operand| operand.contains('/'));
        self.kinds.is_empty() || (operands.first().is_some_and(is_of_kind) && named.into_iter().all(is_of_kind))
    }
}

/// A name or a few words: no path out of the tree, no address, nothing that a program would fetch or run.
fn is_name(word: &str) -> bool {
    is_value(word) && !word.starts_with(['-', '.', ':', '@', '%', '{'])
}

fn is_value(word: &str) -> bool {
    let odd = |c: char| c.is_control() || "@`$\\|<>;&!*".contains(c);
    let leads_out = word.starts_with(['/', '~', '-']) || word.contains("..") || word.contains("://") || word.contains("::") || word.starts_with("file:");
    !word.is_empty() && word.len() <= LONGEST && !leads_out && !word.chars().any(odd)
}

#[cfg(test)]
mod tests;
