//! Texts that `mongosh` is given on its command line, where it gets nothing else to run.

use super::{Command, Rest};
use crate::shell::Reader;
use crate::shell::expand::Text;
use crate::shell::scope::Scope;
use crate::shell::table::Condition;

/// Files in the home that the shell runs before all else.
const SETTINGS: [&str; 2] = [".mongoshrc.js", ".mongorc.js"];

impl Reader<'_> {
    /// What the texts do. Nothing where one of them, or what else is run, is not known.
    pub(super) fn mongo(&mut self, command: &Command<'_>, conditions: &[Condition], scope: &Scope) -> Option<Rest> {
        let arguments = &command.arguments;
        let texts: Option<Vec<String>> = arguments.values("--eval").map(|text| text.exact().map(str::to_owned)).collect();
        let texts = texts.filter(|texts| !texts.is_empty())?;
        let database = match arguments.operands.as_slice() {
            [] => "test".to_owned(),
            [only] => database_of(only)?,
            _ => return None,
        };
        if command.has_unlisted(conditions) || !self.has_own_settings(&SETTINGS, scope) {
            return None;
        }
        let mut readings = Vec::new();
        for text in texts {
            if !self.affords(&text) {
                return None;
            }
            readings.push(crate::mongo::read(&text, &database, &command.landing.spot(), self.ground.facts)?);
        }
        for reading in readings {
            self.find_all(&reading.no_surer_than(command.sureness));
        }
        Some(command.on_top(conditions))
    }
}

/// `shop`, or the last part of an address. A file of a program, or a host without a scheme, is neither.
fn database_of(word: &Text) -> Option<String> {
    let text = word.exact()?;
    let name = match text.split_once("://") {
        Some(("mongodb" | "mongodb+srv", rest)) => {
            let rest = rest.split(['?', '#']).next().unwrap_or(rest);
            rest.split_once('/').map_or("", |(_, name)| name)
        }
        Some(_) => return None,
        None => text,
    };
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b));
    plain.then(|| if name.is_empty() { "test".to_owned() } else { name.to_owned() })
}

#[cfg(test)]
mod tests;
