//! What a command carries for another reader: statements for a database, manifests, compose files, plans. Where all of it is
//! known, that reader says what the command does, and its row only what it does besides; where any of it is not, the row stands.
//!
//! A file counts as it is known in the facts, and only while nothing in the text has written it, and nothing unread has run.

use action::Verb;

use super::acts::{Command, denies};
use super::lands::Landing;
use crate::environment::Spot;
use crate::sighting::Reading;
use crate::shell::Reader;
use crate::shell::expand::Text;
use crate::shell::scope::Scope;
use crate::shell::table::{Condition, Deed};
use crate::shell::walk::Input;
use crate::sql::Dialect;

mod compose;
mod manifests;
mod mongo;
mod plans;
mod statements;

/// Deeds of a row that still count.
type Rest = Vec<Option<Deed>>;

impl Reader<'_> {
    /// Reads what the command carries. Nothing where not all of it is known: then the row says what it does.
    pub(super) fn carried(&mut self, command: &Command<'_>, conditions: &[Condition], words: &[Text], scope: &Scope, input: &Input) -> Option<Rest> {
        let found = command.found;
        if found.hidden || command.instead(conditions, words).is_some() || command.arguments.is_doubtful() {
            return None;
        }
        let path: Vec<&str> = found.path.iter().map(String::as_str).collect();
        match (found.top.name, path.as_slice()) {
            ("kubectl", ["apply" | "create" | "replace" | "delete"]) => self.manifests(command, conditions, scope, input),
            ("docker", ["compose", act]) => self.composed(act, command, scope, input),
            ("terraform", ["apply"]) => self.plan(command, scope),
            ("mongosh", []) => self.mongo(command, conditions, scope),
            ("bq", ["query"]) => self.statements_of(Dialect::Bigquery, command, conditions, scope, input),
            (name, []) => self.statements_of(Dialect::of_program(name)?, command, conditions, scope, input),
            _ => None,
        }
    }

    /// What another reader saw is seen at the command.
    fn find_all(&mut self, reading: &Reading) {
        for sighting in reading.sightings() {
            // `.output`, `\o`: a client writes files by itself.
            self.unread |= sighting.effect.resource.kind == "file" && sighting.effect.verb != Verb::Read;
            self.find(sighting.effect.clone());
        }
    }

    /// The file that a word names, or what is on the standard input where it is `-`.
    fn carried_text(&mut self, word: &Text, scope: &Scope, input: &Input) -> Option<String> {
        match (word.exact()?, input) {
            ("-" | "/dev/stdin", Input::Text(text)) => self.affords_text(text).then(|| text.clone()),
            ("-" | "/dev/stdin", Input::Inherited | Input::Unknown) => None,
            (name, _) if name.contains("://") => None,
            _ => self.text_of(word, scope),
        }
    }

    /// Whether the settings that a client reads by itself are the person's own, as far as this text goes.
    fn has_own_settings(&self, files: &[&str], scope: &Scope) -> bool {
        let home = self.ground.facts.home.as_str();
        scope.has_home(home) && files.iter().all(|file| !self.has_written_below(&format!("{home}/{file}")))
    }
}

impl Landing {
    fn spot(&self) -> Spot {
        match self {
            Self::Here => Spot::host(),
            Self::There(spot) => spot.clone(),
        }
    }
}

/// Whether one of these options is given and not taken back by `=false`.
fn is_on(arguments: &crate::shell::Arguments, names: &str) -> bool {
    arguments.options.iter().any(|(name, value)| names.split_whitespace().any(|n| n == name) && !denies(value.as_ref()))
}

#[cfg(test)]
mod tests;
