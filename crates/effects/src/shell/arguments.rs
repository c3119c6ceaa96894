//! A program's arguments, split into options and operands by what its row says. Bundles of short options, joined values,
//! `--name=value` and shortened long names are read as `getopt_long` reads them.

use super::expand::Text;
use super::table::Program;

/// Options with their values, and operands.
#[derive(Debug, Default)]
pub(crate) struct Arguments {
    pub(super) options: Vec<(String, Option<Text>)>,
    pub(super) operands: Vec<Text>,
    /// A word that may be any option.
    pub(super) doubtful: bool,
    /// A glob that may match a file named like an option.
    pub(super) wild: bool,
}

impl Arguments {
    /// Splits. With `stop_early`, everything from the first operand on is operands: programs that run a command.
    pub(super) fn new(words: &[Text], program: &Program, stop_early: bool) -> Self {
        Self::with(words, &[program.valued, program.writes, program.reads], program.runs, stop_early)
    }

    /// The same by lists of options: those that take a value, and those that only matter by being there.
    pub(crate) fn with(words: &[Text], valued: &[&str], noted: &str, stop_early: bool) -> Self {
        let mut arguments = Self::default();
        let mut rest = words.iter();
        while let Some(word) = rest.next() {
            if stop_early && !arguments.operands.is_empty() {
                arguments.operands.push(word.clone());
                continue;
            }
            match word.exact() {
                Some("--") => {
                    arguments.operands.extend(rest.cloned());
                    break;
                }
                Some("-") => arguments.operands.push(word.clone()),
                _ if word.known_prefix().starts_with("--") => arguments.long(word, valued, noted, &mut rest),
                _ if word.known_prefix().starts_with('-') => arguments.short(word, valued, noted, &mut rest),
                _ => {
                    arguments.doubtful |= word.may_be_option() && !word.is_known();
                    arguments.wild |= word.may_be_option() && word.is_known();
                    arguments.operands.push(word.clone());
                }
            }
        }
        arguments
    }

    fn long<'w>(&mut self, word: &Text, valued: &[&str], noted: &str, rest: &mut impl Iterator<Item = &'w Text>) {
        let known = word.known_prefix();
        let Some(at) = known.find('=') else {
            self.doubtful |= !word.is_known();
            let name = full_name(known, valued, noted);
            let value = takes_value(&name, valued).then(|| rest.next().cloned()).flatten();
            self.options.push((name, value));
            return;
        };
        let name = full_name(known.get(..at).unwrap_or_default(), valued, noted);
        self.options.push((name, Some(word.after(at + 1))));
    }

    fn short<'w>(&mut self, word: &Text, valued: &[&str], noted: &str, rest: &mut impl Iterator<Item = &'w Text>) {
        let known = word.known_prefix().to_owned();
        // Some programs have long names behind one dash; such a name is listed whole.
        if known.len() > 2 && (takes_value(&known, valued) || takes_value(&known, &[noted])) {
            let value = takes_value(&known, valued).then(|| rest.next().cloned()).flatten();
            self.options.push((known, value));
            return;
        }
        self.doubtful |= !word.is_known();
        for (at, letter) in known.char_indices().skip(1) {
            let name = format!("-{letter}");
            if !takes_value(&name, valued) {
                self.options.push((name, None));
                continue;
            }
            let joined = word.after(at + letter.len_utf8());
            let value = match joined.text.is_empty() {
                true => rest.next().cloned(),
                false => Some(joined),
            };
            self.options.push((name, value));
            return;
        }
    }

    /// Whether one of these (separated by spaces) was given.
    pub(crate) fn has(&self, names: &str) -> bool {
        self.options.iter().any(|(name, _)| names.split_whitespace().any(|n| n == name))
    }

    /// The values of these.
    pub(crate) fn values<'a>(&'a self, names: &'a str) -> impl Iterator<Item = &'a Text> {
        self.options.iter().filter(move |(name, _)| names.split_whitespace().any(|n| n == name)).filter_map(|(_, value)| value.as_ref())
    }

    /// Whether an option was given whose name begins so.
    pub(crate) fn options_begin(&self, start: &str) -> bool {
        self.options.iter().any(|(name, _)| name.starts_with(start))
    }

    /// Whether there are no options.
    pub(crate) fn options_are_empty(&self) -> bool {
        self.options.is_empty()
    }

    /// What is no option.
    pub(crate) fn operands(&self) -> &[Text] {
        &self.operands
    }

    /// Whether some word may be an option that nobody can read.
    pub(crate) fn is_doubtful(&self) -> bool {
        self.doubtful || self.wild
    }
}

/// A shortened long option stands for what it begins. Where it begins several, the first listed is taken; all listed matter.
fn full_name(given: &str, valued: &[&str], noted: &str) -> String {
    let lists = || valued.iter().copied().chain([noted]).flat_map(str::split_whitespace);
    let exact = lists().any(|n| n == given);
    match lists().find(|n| given.len() > 2 && n.starts_with(given)) {
        Some(full) if !exact => full.to_owned(),
        _ => given.to_owned(),
    }
}

fn takes_value(name: &str, lists: &[&str]) -> bool {
    lists.iter().flat_map(|l| l.split_whitespace()).any(|n| n == name)
}

#[cfg(test)]
mod tests;
