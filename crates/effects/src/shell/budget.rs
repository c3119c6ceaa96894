//! How much one reading may cost. Hostile texts grow: by calls, loops, values that double, scripts that run scripts. Whatever is
//! over a bound is opaque, and nothing more is read, so that time and memory are linear in the text.

use super::Reader;

/// More commands than this, loops and calls counted out, are not read.
const MOST_COMMANDS: u32 = 10_000;
/// Calls, substitutions and scripts nested deeper than this are not followed.
const DEEPEST: u32 = 48;
/// Texts inside texts, all together, of more bytes than this are not read.
pub(super) const MOST_TEXT: usize = 8 << 20;
/// Words of more characters than this, all together and as they are after expansion, are not computed.
const MOST_CHARACTERS: usize = 4 << 20;
/// More functions than this at one time are not kept.
const MOST_FUNCTIONS: usize = 512;
/// More different effects than this are not listed.
const MOST_FOUND: usize = 20_000;

/// What has been spent.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Budget {
    commands: u32,
    depth: u32,
    text: usize,
    characters: usize,
    /// Nothing more is read.
    pub(super) spent: bool,
}

impl Reader<'_> {
    /// One level down, unless that is too deep.
    pub(super) fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.budget.depth >= DEEPEST {
            self.find(self.ground.opaque("command", "the rest", "it is nested too deep"));
            return None;
        }
        self.budget.depth += 1;
        let result = read(self);
        self.budget.depth -= 1;
        Some(result)
    }

    /// Counts one command; says whether the budget still allows it.
    pub(super) fn spend(&mut self) -> bool {
        self.budget.commands += 1;
        self.within_bounds(self.budget.commands <= MOST_COMMANDS, "it runs too many commands")
    }

    /// Counts a text that is about to be parsed.
    pub(super) fn affords_text(&mut self, text: &str) -> bool {
        self.budget.text = self.budget.text.saturating_add(text.len());
        // A text that is too long by itself costs nothing: its parser says so.
        self.within_bounds(self.budget.text <= MOST_TEXT || text.len() > MOST_TEXT, "it runs too much text")
    }

    /// Counts characters of expanded words.
    pub(super) fn affords_characters(&mut self, characters: usize) -> bool {
        self.budget.characters = self.budget.characters.saturating_add(characters);
        self.within_bounds(self.budget.characters <= MOST_CHARACTERS, "its words grow too long")
    }

    /// Whether one more function may be defined beside so many.
    pub(super) fn affords_function(&mut self, functions: usize) -> bool {
        self.within_bounds(functions < MOST_FUNCTIONS, "it defines too many functions")
    }

    /// Whether one more effect may be listed.
    pub(super) fn affords_effect(&mut self) -> bool {
        let affords = self.found.len() < MOST_FOUND;
        self.within_bounds(affords, "it touches too many things");
        affords
    }

    fn within_bounds(&mut self, within: bool, why: &str) -> bool {
        if !within && !self.budget.spent {
            self.budget.spent = true;
            self.found.insert(self.ground.opaque("command", "the rest", why), self.here);
        }
        !self.budget.spent
    }
}
