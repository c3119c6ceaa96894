//! Statements that a database's own program is given on its command line: harmless ones are told from all others by their
//! words alone. Anything that is not plainly a question is opaque, and a deletion where it says so.

use action::{Certainty, Effect, Resource, Verb};

use super::acts::Command;
use crate::place::lasting;
use crate::shell::Reader;
use crate::shell::expand::Text;

/// Functions that a question may call.
const PURE: [&str; 22] = [
    "count", "sum", "min", "max", "avg", "length", "lower", "upper", "coalesce", "now", "version", "round", "date", "date_trunc", "abs",
    "in", "and", "or", "where", "current_database", "pg_size_pretty", "pg_database_size",
];

/// Words of statements that take something away.
const TAKES: [&str; 4] = ["delete", "drop", "truncate", "flushall"];

impl Reader<'_> {
    /// Statements, one effect each.
    pub(super) fn statements(&mut self, command: &Command<'_>, texts: &[Text]) {
        for text in texts {
            let verb = match text.exact() {
                Some(statement) if is_question(statement) => Verb::Read,
                _ if takes(&text.text) => Verb::Delete,
                _ => Verb::Opaque,
            };
            let certainty = if verb == Verb::Read { Certainty::Exact } else { Certainty::Opaque };
            let resource = Resource::new("database", command.name());
            let mut effect = command.landing.placed(Effect::in_workspace(verb, resource)).that_is(lasting(verb)).with_certainty(certainty);
            effect.data_bearing = verb == Verb::Delete;
            self.find(effect);
        }
    }
}

/// Whether a statement surely only asks: one statement, of known words, that calls nothing but known functions.
pub(super) fn is_question(text: &str) -> bool {
    let lower = text.trim().trim_end_matches(';').to_lowercase();
    if let Some(command) = lower.strip_prefix('\\') {
        let name: String = command.chars().take_while(char::is_ascii_alphanumeric).collect();
        return ["l", "d", "dt", "dn", "du", "di", "dv", "df", "conninfo"].contains(&name.as_str()) && !command.contains(['|', '`', '!', '\n']);
    }
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|w| !w.is_empty()).collect();
    let asks = matches!(words.first(), Some(&"select" | &"show" | &"describe" | &"desc"));
    let plain = !lower.contains([';', '\\', '$', '@', '`']) && !lower.contains("--") && !lower.contains("/*") && !lower.contains('#');
    let changes = ["into", "update", "insert", "merge", "alter", "create", "grant", "revoke", "copy", "call", "do", "outfile", "lock"];
    asks && plain && !words.iter().any(|w| changes.contains(w) || TAKES.contains(w)) && calls_only_pure(&lower)
}

fn calls_only_pure(lower: &str) -> bool {
    lower.match_indices('(').all(|(at, _)| {
        let before = lower.get(..at).unwrap_or_default().trim_end();
        let name = before.rsplit(|c: char| !c.is_alphanumeric() && c != '_' && c != '"' && c != '.').next().unwrap_or_default();
        name.is_empty() || PURE.contains(&name)
    })
}

fn takes(text: &str) -> bool {
    text.to_lowercase().split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| TAKES.contains(&word))
}

#[cfg(test)]
mod tests;
