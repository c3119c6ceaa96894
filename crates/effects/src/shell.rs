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
//!
//! An effect is seen where the simple command or the redirection stands that it was read from; for a command in a `$(…)` that is
//! the one inside. What is not itself in the text that was given (behind `sh -c`, `eval`, a trap, a here-document fed to a shell, a
//! script of the tree) is seen at the command that leads there. So is a function's body: it does nothing until something calls it,
//! and what it does hangs on the call's arguments.

use std::collections::{BTreeMap, BTreeSet};

use action::{Certainty, Effect, Effects, Tier, Verb};

use crate::facts::Facts;
use crate::path::normal;
use crate::place::{Ground, Place, Target, Touch};
use crate::sighting::{Reading, Sighting, Span};

mod arguments;
mod budget;
mod builtins;
mod compound;
mod elsewhere;
mod expand;
mod interpret;
mod invoke;
mod launch;
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
mod variables;
mod walk;
mod wrappers;

pub(crate) use arguments::Arguments;
use budget::Budget;
use walk::Input;
pub(crate) use expand::Text;
pub use parse::Dialect;
pub(crate) use scope::{Scope, Value};

/// More effects than this are cut to the gravest, and said to be more. Keeps a ledger entry in its bounds.
const MOST_EFFECTS: usize = 64;

/// What a command would touch when it starts at the root of the work tree.
pub fn read(text: &str, facts: &Facts, place: Place) -> Effects {
    read_at(text, "", facts, place)
}

/// What a command would touch when it starts in a directory (absolute, or relative to the work tree).
pub fn read_at(text: &str, directory: &str, facts: &Facts, place: Place) -> Effects {
    reader_of(Dialect::Bash, text, directory, facts, place).judged()
}

/// All that a command would touch, and where the text says so. As of [`read_at`], but however many they are, up to 20,000.
pub fn reading(text: &str, directory: &str, facts: &Facts, place: Place) -> Reading {
    reading_as(Dialect::Bash, text, directory, facts, place)
}

/// The same where it is known which shell reads the text.
pub fn reading_as(dialect: Dialect, text: &str, directory: &str, facts: &Facts, place: Place) -> Reading {
    reader_of(dialect, text, directory, facts, place).seen()
}

fn reader_of<'f>(dialect: Dialect, text: &str, directory: &str, facts: &'f Facts, place: Place) -> Reader<'f> {
    let mut reader = Reader::new(facts, place);
    let mut scope = Scope::new(normal(&facts.tree, directory), &facts.home);
    scope.dialect = dialect;
    scope.real = reader.ground.real_directories().map(std::rc::Rc::new);
    reader.outermost(text, &mut scope);
    reader
}

/// One reading: what was found, and how much of the budget is left.
pub(crate) struct Reader<'f> {
    pub(crate) ground: Ground<'f>,
    /// Each with the first place that says so.
    found: BTreeMap<Effect, Span>,
    /// The command that is being read, in the outermost text.
    here: Span,
    /// How many texts and calls lie between here and the outermost text; only in that one are there places.
    within: u32,
    budget: Budget,
    /// Paths that the text itself writes: what they held before is no guide.
    written: BTreeSet<String>,
    /// Folders in which the text writes files whose names it does not say: an archive's, a branch's.
    overwritten: BTreeSet<String>,
    /// Something ran that nobody has read. It may have written any file anew.
    unread: bool,
    /// What is read now runs later, nobody knows after what: a trap.
    late: bool,
    /// Something ran that may have changed which cluster a command means.
    moved: bool,
    /// Plan files that were read: they are long, and say the same each time.
    plans: BTreeSet<String>,
    /// By hand, what is read now is no look of the list: nothing outside this machine is looked at for certain.
    unlisted: bool,
}

impl<'f> Reader<'f> {
    fn new(facts: &'f Facts, place: Place) -> Self {
        let ground = Ground { facts, place };
        Self {
            ground,
            found: BTreeMap::new(),
            here: Span::default(),
            within: 0,
            budget: Budget::default(),
            written: BTreeSet::new(),
            overwritten: BTreeSet::new(),
            unread: false,
            late: false,
            moved: false,
            plans: BTreeSet::new(),
            unlisted: false,
        }
    }

    /// The text that was given.
    fn outermost(&mut self, text: &str, scope: &mut Scope) {
        self.here = Span::whole(text);
        self.read_text("command", text, scope);
    }

    /// Reads a text as a shell would run it in this scope. Returns what it surely prints.
    fn text(&mut self, what: &str, text: &str, scope: &mut Scope) -> Option<String> {
        self.elsewhere(|reader| reader.read_text(what, text, scope))
    }

    /// The same with something on its standard input.
    fn text_from(&mut self, what: &str, text: &str, scope: &mut Scope, input: &Input) -> Option<String> {
        match parse::parse(text, scope.dialect) {
            Ok(list) if self.affords_text(text) => self.elsewhere(|reader| reader.list_from(&list, scope, input)),
            _ => self.text(what, text, scope),
        }
    }

    fn read_text(&mut self, what: &str, text: &str, scope: &mut Scope) -> Option<String> {
        if !self.affords_text(text) {
            return None;
        }
        match parse::parse_so_far(text, scope.dialect) {
            Ok(list) => self.deeper(|reader| reader.list(&list, scope)).flatten(),
            Err((before, why)) => {
                self.deeper(|reader| reader.list(&before, scope));
                scope.forget_all();
                scope.lost();
                let mut effect = self.ground.opaque("command", what, &why.to_string());
                if self.within > 0 {
                    effect.notes.extend(self.digest_of("text", text));
                }
                self.find(effect);
                if text.len() <= budget::MOST_TEXT {
                    self.mentions_in(text);
                }
                None
            }
        }
    }

    /// Reads something that does not stand in the outermost text: all of it is seen where that text leads to it.
    fn elsewhere<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        self.within += 1;
        let result = read(self);
        self.within -= 1;
        result
    }

    /// Reads something that stands there, if that is a place in the outermost text.
    fn placed<T>(&mut self, span: Option<Span>, read: impl FnOnce(&mut Self) -> T) -> T {
        let outer = self.here;
        self.here = span.filter(|_| self.within == 0).unwrap_or(outer);
        let result = read(self);
        self.here = outer;
        result
    }

    pub(crate) fn find(&mut self, mut effect: Effect) {
        let here = self.here;
        if self.unlisted && effect.verb == Verb::Read && effect.tier > Tier::Host {
            effect.certainty = effect.certainty.max(Certainty::AtLeast);
        }
        self.unread |= effect.certainty == Certainty::Opaque;
        if let Some(first) = self.found.get_mut(&effect) {
            *first = here.min(*first);
        } else if self.affords_effect() {
            self.found.insert(effect, here);
        }
    }

    /// A word names a path to which something is done.
    pub(crate) fn touch(&mut self, touch: Touch, word: &Text, scope: &Scope) {
        for target in scope.targets(word) {
            self.touch_target(touch, &target);
        }
    }

    /// Whether the text itself wrote to this path or below it.
    pub(crate) fn has_written_below(&self, path: &str) -> bool {
        let within = format!("{}/", path.trim_end_matches('/'));
        let inside = self.written.range::<String, _>(&within..).next().is_some_and(|written| written.starts_with(&within));
        inside || lies_in(path, &self.written)
    }

    /// Whether the text wrote something into a folder that this path lies in, and does not say what.
    pub(crate) fn is_overwritten(&self, path: &str) -> bool {
        lies_in(path, &self.overwritten)
    }

    pub(crate) fn touch_target(&mut self, touch: Touch, target: &Target) {
        if touch.verb != Verb::Read && let Target::Path(path) = target {
            self.written.insert(path.clone());
        }
        if let (Target::Below { base, .. } | Target::Unknown { base: Some(base), .. }, false) = (target, matches!(touch.verb, Verb::Read | Verb::Delete)) {
            self.overwritten.insert(base.clone());
        }
        for effect in self.ground.touch(touch, target) {
            self.find(effect);
        }
    }

    /// Something runs of which the text says too little.
    pub(crate) fn runs_opaque(&mut self, program: &str) {
        self.find(self.ground.runs(program, Certainty::Opaque));
    }

    fn seen(self) -> Reading {
        Reading::new(self.found.into_iter().map(|(effect, span)| Sighting { effect, span }).collect())
    }

    /// The effects alone, of very many the gravest.
    fn judged(self) -> Effects {
        let ground = self.ground;
        let all = Effects::new(self.found.into_keys().collect());
        let left = all.len().saturating_sub(MOST_EFFECTS);
        if left == 0 {
            return all;
        }
        let mut kept: Vec<Effect> = all.iter().take(MOST_EFFECTS).cloned().collect();
        let gravest_left = all.iter().nth(MOST_EFFECTS);
        let mut rest = ground.opaque("command", "the rest", &format!("{left} more effects"));
        if let Some(gravest) = gravest_left.filter(|e| e.tier > rest.tier) {
            rest = rest.at(gravest.environment.clone(), gravest.tier).that_is(gravest.reversibility);
        }
        kept.push(rest);
        Effects::new(kept)
    }
}

/// Whether a normal absolute path or a folder above it is among these.
fn lies_in(path: &str, folders: &BTreeSet<String>) -> bool {
    let above = path.match_indices('/').map(|(at, _)| path.get(..at.max(1)).unwrap_or_default());
    above.chain([path]).any(|folder| folders.contains(folder))
}

#[cfg(test)]
pub(crate) mod tests;
