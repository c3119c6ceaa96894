//! Reads what a system shall do into acts that can exclude each other: done or not done, or a setting with a number.
//!
//! Two acts are compared only where system, verb and object are the same. A manner ("with a message", "within 200 ms")
//! qualifies an act: refusing something with a message refuses it, but not showing it with a picture may still show it.

use std::collections::BTreeSet;

use super::items::{Compare, Item, Number};
use super::phrase::{PRONOUNS, normal, refused};
use super::quantity::Unit;

/// One thing that shall be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Act {
    /// System, verb and object.
    pub(super) key: String,
    /// What of it.
    pub(super) must: Must,
    /// Whether its object means something else in every requirement: `the request`.
    pub(super) local: bool,
}

/// What shall be of an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Must {
    /// Done.
    Do,
    /// Not done.
    DoNot,
    /// A number between these base amounts, where they are given.
    Set { least: Option<i128>, most: Option<i128> },
}

impl Act {
    /// Whether both cannot be.
    pub(super) fn excludes(&self, other: &Self) -> bool {
        self.key == other.key
            && match (self.must, other.must) {
                (Must::Do, Must::DoNot) | (Must::DoNot, Must::Do) => true,
                (Must::Set { least: a, most: b }, Must::Set { least: c, most: d }) => {
                    above(a, d) || above(c, b)
                }
                _ => false,
            }
    }
}

fn above(least: Option<i128>, most: Option<i128>) -> bool {
    matches!((least, most), (Some(least), Some(most)) if least > most)
}

/// Verbs that come in pairs: the first does what the second does not.
const PAIRS: [(&str, &str, &str); 22] = [
    ("accept", "accept", ""), ("allow", "accept", ""), ("permit", "accept", ""), ("approve", "accept", ""),
    ("reject", "accept", "not"), ("refuse", "accept", "not"), ("deny", "accept", "not"), ("block", "accept", "not"),
    ("prevent", "accept", "not"), ("forbid", "accept", "not"), ("prohibit", "accept", "not"), ("decline", "accept", "not"),
    ("show", "show", ""), ("display", "show", ""), ("hide", "show", "not"),
    ("enable", "enable", ""), ("disable", "enable", "not"),
    ("lock", "lock", ""), ("unlock", "lock", "not"),
    ("keep", "delete", "not"), ("retain", "delete", "not"), ("delete", "delete", ""),
];
/// Verbs with which a new act may begin after `and`.
const VERBS: [&str; 44] = [
    "accept", "allow", "permit", "approve", "reject", "refuse", "deny", "block", "prevent", "forbid", "prohibit", "decline", "show",
    "display", "hide", "enable", "disable", "lock", "unlock", "keep", "retain", "delete", "return", "respond", "send", "notify", "log",
    "record", "set", "create", "update", "store", "save", "remove", "redirect", "retry", "start", "stop", "close", "open", "require",
    "validate", "not", "emit",
];
/// Verbs whose number is a setting.
const SETTING: [&str; 9] = ["set", "limit", "cap", "lock", "retry", "wait", "keep", "retain", "expire"];
/// Words with which a manner begins.
const MANNER: [&str; 6] = ["with", "within", "by", "using", "via", "immediately"];
/// Objects that are another thing in every requirement.
const GENERIC: [&str; 26] = [
    "", "request", "input", "operation", "action", "file", "data", "change", "submission", "call", "entry", "value", "message", "error",
    "error message", "form", "field", "item", "result", "response", "record", "document", "upload", "button", "dialog", "command",
];

/// Reads a response. `negated` is the NOT of SHALL NOT, which governs the first act only; with several acts it is refused.
pub(super) fn read(system: &str, negated: bool, items: &[Item]) -> Result<BTreeSet<Act>, String> {
    if let Some(why) = refused(items.iter().filter_map(Item::word)) {
        return Err(format!("in the response, {why}"));
    }
    let pieces = pieces(items);
    if negated && (pieces.len() > 1 || items.iter().any(|item| matches!(item.word(), Some("and" | "or")))) {
        return Err("SHALL NOT before several acts".to_owned());
    }
    pieces.iter().map(|piece| act(system, negated, piece)).collect()
}

/// Parts a response before verbs that follow `and` or a comma.
fn pieces(items: &[Item]) -> Vec<&[Item]> {
    let (mut pieces, mut start) = (Vec::new(), 0);
    for at in 1..items.len() {
        let verb = items.get(at).and_then(Item::word).is_some_and(|word| VERBS.contains(&word));
        let joint = items.get(at - 1).is_some_and(|item| *item == Item::Comma || item.word() == Some("and"));
        if verb && joint {
            pieces.push(items.get(start..at).unwrap_or_default());
            start = at;
        }
    }
    pieces.push(items.get(start..).unwrap_or_default());
    pieces
}

fn act(system: &str, negated: bool, piece: &[Item]) -> Result<Act, String> {
    let mut piece: &[Item] = piece;
    while let Some((Item::Comma, rest)) = piece.split_last() {
        piece = rest;
    }
    if let Some((Item::Word(word), rest)) = piece.split_last()
        && word == "and"
    {
        piece = rest.strip_suffix(&[Item::Comma]).unwrap_or(rest);
    }
    let (negated, piece) = match piece.split_first() {
        Some((Item::Word(word), rest)) if (word == "not" || word == "never") && !negated => (true, rest),
        _ => (negated, piece),
    };
    let (verb, object) = piece.split_first().ok_or("a response without words")?;
    let verb = verb.word().ok_or("a response that begins with a number")?;
    if let Some(word) = object.iter().filter_map(Item::word).find(|word| PRONOUNS.contains(word) || *word == "not") {
        return Err(format!("in the response, `{word}` is not put into logic"));
    }
    if !negated && let Some(act) = status(system, verb, object).or_else(|| setting(system, verb, object)) {
        return Ok(act);
    }
    Ok(doing(system, verb, negated, object))
}

/// `return HTTP 403`, `respond with status code 404`: one status at a time.
fn status(system: &str, verb: &str, object: &[Item]) -> Option<Act> {
    let says_status = object.iter().filter_map(Item::word).any(|word| matches!(word, "http" | "status"));
    let mut numbers = object.iter().filter_map(|item| if let Item::Number(number) = item { Some(*number) } else { None });
    let number = numbers.next()?;
    let alone = numbers.next().is_none() && (100..600).contains(&number.digits) && number.decimals == 0;
    (matches!(verb, "return" | "respond") && says_status && alone).then(|| {
        let base = Some(i128::from(number.digits));
        Act { key: format!("{system}: status"), must: Must::Set { least: base, most: base }, local: true }
    })
}

/// `set the timeout to 30 seconds`, `retry at most 3 times`: one number at a time.
fn setting(system: &str, verb: &str, object: &[Item]) -> Option<Act> {
    let at = object.iter().position(|item| matches!(item, Item::Number(_)))?;
    let (before, after) = (object.get(..at)?, object.get(at + 1..)?);
    let Some(Item::Number(number)) = object.get(at) else { return None };
    let (compare, before) = match before.split_last() {
        Some((Item::Compare(compare), before)) => (*compare, before),
        _ => (Compare::Exactly, before),
    };
    let plain = before.iter().chain(after).all(|item| item.word().is_some_and(|word| !MANNER.contains(&word) && word != "and"));
    if !SETTING.contains(&verb) || !plain || after.len() > 2 {
        return None;
    }
    let unit = Unit::of(&texts(after)).ok()?;
    let key = format!("{system}: {verb} {} in {}", normal(&texts(before)).join(" "), unit.dimension());
    let what = normal(&texts(before)).join(" ");
    Some(Act { key, must: bound(compare, *number, &unit)?, local: is_generic(what.trim_end_matches(" to").trim_end_matches(" for")) })
}

fn bound(compare: Compare, number: Number, unit: &Unit) -> Option<Must> {
    let base = unit.base(number);
    match compare {
        Compare::Exactly => Some(Must::Set { least: Some(base), most: Some(base) }),
        Compare::AtLeast => Some(Must::Set { least: Some(base), most: None }),
        Compare::AtMost => Some(Must::Set { least: None, most: Some(base) }),
        Compare::More | Compare::Less => None,
    }
}

/// An act that is done or not.
fn doing(system: &str, verb: &str, negated: bool, object: &[Item]) -> Act {
    let manner = object.iter().position(|item| item.word().is_some_and(|word| MANNER.contains(&word)));
    let pair = PAIRS.iter().find(|(word, ..)| *word == verb);
    let (verb, opposite) = pair.map_or((verb, false), |(_, class, not)| (*class, *not == "not"));
    // What is denied with its manner is denied in that manner only.
    let bare = if negated { object } else { object.get(..manner.unwrap_or(object.len())).unwrap_or_default() };
    let what = normal(&shown(bare)).join(" ");
    let must = if negated == opposite { Must::Do } else { Must::DoNot };
    Act { key: format!("{system}: {verb} {what}"), must, local: is_generic(&what) }
}

fn is_generic(what: &str) -> bool {
    GENERIC.contains(&what)
}

fn texts(items: &[Item]) -> Vec<String> {
    items.iter().filter_map(Item::word).map(str::to_owned).collect()
}

/// Words, with numbers and comparisons as they are told apart.
fn shown(items: &[Item]) -> Vec<String> {
    let shown = |item: &Item| match item {
        Item::Word(word) => word.clone(),
        Item::Number(number) => format!("{}e-{}", number.digits, number.decimals),
        Item::Compare(compare) => format!("{compare:?}"),
        Item::Between => "between".to_owned(),
        Item::Comma => ",".to_owned(),
    };
    items.iter().map(shown).collect()
}

#[cfg(test)]
mod tests;
