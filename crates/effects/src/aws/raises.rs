//! Arguments that make an operation graver than its name says, or that keep a way back: `data/aws-arguments.tsv`.

use action::{Reversibility, Verb};

use super::call::{Given, Told};
use super::grammar::Operation;
use crate::shell::Text;

const ARGUMENTS: &str = include_str!("../../data/aws-arguments.tsv");

/// What an argument adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Raise {
    pub(super) verb: Option<Verb>,
    pub(super) lasting: Option<Reversibility>,
    pub(super) reason: &'static str,
}

struct Row {
    argument: &'static str,
    values: &'static str,
    raise: Raise,
}

/// All that the options of an operation add.
pub(super) fn of(operation: &Operation, told: &Told) -> Vec<Raise> {
    let name = operation.name();
    let rows: Vec<Row> = ARGUMENTS.lines().filter_map(|line| row(line, operation.service, &name)).collect();
    let mut raises: Vec<Raise> = Vec::new();
    for option in &told.options {
        // A name in full is that argument and no longer one.
        let exact = rows.iter().any(|row| squashes_to(row.argument, &option.name));
        for row in rows.iter().filter(|row| is(row, option, exact) && fits(row.values, &option.values)) {
            if !raises.contains(&row.raise) {
                raises.push(row.raise);
            }
        }
    }
    raises
}

fn row(line: &'static str, service: &str, name: &str) -> Option<Row> {
    if line.starts_with('#') {
        return None;
    }
    let mut fields = line.split('\t');
    let mut next = || fields.next();
    let applies = matches(next()?, service) && matches(next()?, name);
    let (argument, values, verb, lasting, reason) = (next()?, next()?, next()?, next()?, next()?);
    let raise = Raise { verb: verb_named(verb), lasting: lasting_named(lasting), reason };
    applies.then_some(Row { argument, values, raise })
}

fn is(row: &Row, option: &Given, exact: bool) -> bool {
    match exact {
        true => squashes_to(row.argument, &option.name),
        false => shortened(&option.name, row.argument),
    }
}

/// Whether a name is another without its dashes. Asked for every row; nothing is copied.
fn squashes_to(argument: &str, name: &str) -> bool {
    argument.bytes().filter(|b| *b != b'-').eq(name.bytes())
}

/// Whether a name without dashes may stand for a longer one.
fn shortened(name: &str, argument: &str) -> bool {
    let mut full = argument.bytes().filter(|b| *b != b'-');
    name.len() > 2 && name.bytes().all(|b| full.next() == Some(b))
}

/// Whether the values are such. What is not known may be; so may what a file holds.
fn fits(wanted: &str, values: &[Text]) -> bool {
    if wanted.is_empty() {
        return true;
    }
    let (inside, wanted) = wanted.strip_prefix('~').map_or((false, wanted), |w| (true, w));
    values.iter().any(|value| {
        let text: String = value.text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
        !value.is_known()
            || (inside && text.contains("file://"))
            || wanted.split('|').any(|w| if inside { text.contains(w) } else { text == w.to_lowercase() })
    })
}

fn matches(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |start| name.starts_with(start))
}

fn verb_named(name: &str) -> Option<Verb> {
    let verbs = [Verb::Delete, Verb::Replace, Verb::Expose, Verb::Grant, Verb::DisableProtection, Verb::Spend];
    verbs.into_iter().find(|verb| verb.as_str() == name)
}

fn lasting_named(name: &str) -> Option<Reversibility> {
    match name {
        "irreversible" => Some(Reversibility::Irreversible),
        "recoverable" => Some(Reversibility::Recoverable),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
