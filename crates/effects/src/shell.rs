//! Reads a shell command and says what it would touch.
//!
//! ```text
//! text ─parse─▶ tree ─walk─▶ commands ─expand─▶ words ─invoke─▶ effects
//! ```
//!
//! The whole text is read: every pipeline, branch, substitution, function body that is called, here-document fed to a shell,
//! script of the tree. Both sides of every branch are taken. What has no reading is opaque: in the box that is bounded by
//! the kernel, on the host it is held.
//!
//! This explains and asks early; it is not what holds a command. Running over any budget is opaque, never silence.

use std::collections::BTreeSet;

use action::{Certainty, Effect, Effects, Verb};

use crate::facts::Facts;
use crate::path::normal;
use crate::place::{Ground, Place, Target, Touch};

mod arguments;
mod builtins;
mod compound;
mod expand;
mod invoke;
mod lex;
mod mentions;
mod names;
mod network;
mod parse;
mod programs;
mod redirect;
mod scope;
mod syntax;
mod table;
mod walk;
mod wrappers;

pub(crate) use arguments::Arguments;
pub(crate) use expand::Text;
pub(crate) use scope::{Scope, Value};

/// More commands than this, loops and calls counted out, are not read.
const MOST_COMMANDS: u32 = 10_000;
/// Calls, substitutions and scripts nested deeper than this are not followed.
const DEEPEST: u32 = 48;
/// More effects than this are cut to the gravest, and said to be more. Keeps a ledger entry in its bounds.
const MOST_EFFECTS: usize = 64;

/// What a command would touch when it starts at the root of the work tree.
pub fn read(text: &str, facts: &Facts, place: Place) -> Effects {
    read_at(text, "", facts, place)
}

/// What a command would touch when it starts in a directory (absolute, or relative to the work tree).
pub fn read_at(text: &str, directory: &str, facts: &Facts, place: Place) -> Effects {
    let mut reader = Reader::new(facts, place);
    let mut scope = Scope::new(normal(&facts.tree, directory), &facts.home);
    reader.text("command", text, &mut scope);
    reader.done()
}

/// One reading: what was found, and how much of the budget is left.
pub(crate) struct Reader<'f> {
    pub(crate) ground: Ground<'f>,
    found: BTreeSet<Effect>,
    commands: u32,
    depth: u32,
    /// The budget is spent; nothing more is read.
    spent: bool,
    /// Paths that the text itself writes: what they held before is no guide.
    written: BTreeSet<String>,
}

impl<'f> Reader<'f> {
    fn new(facts: &'f Facts, place: Place) -> Self {
        let ground = Ground { facts, place };
        Self { ground, found: BTreeSet::new(), commands: 0, depth: 0, spent: false, written: BTreeSet::new() }
    }

    /// Reads a text as a shell would run it in this scope. Returns what it surely prints.
    fn text(&mut self, what: &str, text: &str, scope: &mut Scope) -> Option<String> {
        match parse::parse(text, scope.dialect) {
            Ok(list) => self.deeper(|reader| reader.list(&list, scope)).flatten(),
            Err(why) => {
                scope.forget_all();
                scope.lost();
                self.find(self.ground.opaque("command", what, &why.to_string()));
                None
            }
        }
    }

    /// One level down, unless that is too deep.
    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= DEEPEST {
            self.overrun("it is nested too deep");
            return None;
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        Some(result)
    }

    /// Counts one command; says whether the budget still allows it.
    fn spend(&mut self) -> bool {
        self.commands += 1;
        if self.commands > MOST_COMMANDS && !self.spent {
            self.overrun("it runs too many commands");
        }
        !self.spent
    }

    fn overrun(&mut self, why: &str) {
        self.spent |= self.commands > MOST_COMMANDS;
        self.find(self.ground.opaque("command", "the rest", why));
    }

    pub(crate) fn find(&mut self, effect: Effect) {
        self.found.insert(effect);
    }

    /// A word names a path to which something is done.
    pub(crate) fn touch(&mut self, touch: Touch, word: &Text, scope: &Scope) {
        for target in scope.targets(word) {
            self.touch_target(touch, &target);
        }
    }

    /// Whether the text itself wrote to this path or below it.
    pub(crate) fn has_written_below(&self, path: &str) -> bool {
        self.written.iter().any(|written| crate::path::below(written, path).is_some() || crate::path::below(path, written).is_some())
    }

    pub(crate) fn touch_target(&mut self, touch: Touch, target: &Target) {
        if touch.verb != Verb::Read && let Target::Path(path) = target {
            self.written.insert(path.clone());
        }
        self.found.extend(self.ground.touch(touch, target));
    }

    /// Something runs of which the text says too little.
    pub(crate) fn runs_opaque(&mut self, program: &str) {
        self.find(self.ground.runs(program, Certainty::Opaque));
    }

    fn done(self) -> Effects {
        let all = Effects::new(self.found.into_iter().collect());
        let left = all.len().saturating_sub(MOST_EFFECTS);
        if left == 0 {
            return all;
        }
        let mut kept: Vec<Effect> = all.iter().take(MOST_EFFECTS).cloned().collect();
        let gravest_left = all.iter().nth(MOST_EFFECTS);
        let mut rest = self.ground.opaque("command", "the rest", &format!("{left} more effects"));
        if let Some(gravest) = gravest_left.filter(|e| e.tier > rest.tier) {
            rest = rest.at(gravest.environment.clone(), gravest.tier).that_is(gravest.reversibility);
        }
        kept.push(rest);
        Effects::new(kept)
    }
}

#[cfg(test)]
pub(crate) mod tests;
