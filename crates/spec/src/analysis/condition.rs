//! Reads a condition into a formula, or says which words stand in the way.
//!
//! What is not understood is never guessed at: a clause is a comparison, a state, or a phrase taken as a whole; and `and`
//! and `or` part clauses only where a whole clause stands on both sides.

use super::formula::{Formula, Variables};
use super::items::{Compare, Item};
use super::phrase::{normal, refused};
use super::quantity;
use crate::ears::Keyword;

/// Reads one condition: what stands after a WHEN, WHILE, IF or WHERE. What a state is said with tells whether it
/// lasts (WHILE), is looked at (IF, WHERE), or is an event (WHEN).
pub(super) fn read(items: &[Item], kind: Keyword, variables: &mut Variables) -> Result<Formula, String> {
    let (clauses, joint) = clauses(items);
    if joint == Some(Joint::Mixed) {
        return Err("`and` and `or` without saying which binds first".to_owned());
    }
    let mut parts = Vec::new();
    for clause in clauses {
        parts.push(read_clause(clause, kind, variables)?);
    }
    Ok(match joint {
        Some(Joint::Or) => Formula::Any(parts),
        _ => Formula::all(parts),
    })
}

/// What joins clauses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Joint {
    And,
    Or,
    Mixed,
}

/// Words that make a clause out of words.
const PREDICATES: [&str; 46] = [
    "is", "are", "was", "were", "has", "have", "does", "do", "exists", "exist", "contains", "becomes", "remains", "fails", "succeeds",
    "expires", "submits", "clicks", "enters", "logs", "selects", "requests", "receives", "sends", "opens", "closes", "starts", "stops",
    "ends", "changes", "creates", "deletes", "updates", "uploads", "presses", "confirms", "cancels", "completes", "loses", "provides",
    "attempts", "occurs", "matches", "lacks", "cannot", "connects",
];
/// Copulas, between a subject and its state.
const COPULAS: [&str; 8] = ["is", "are", "was", "were", "becomes", "become", "remains", "remain"];
/// Words with which a complement is more than a state.
const LINKING: [&str; 20] = [
    "in", "on", "at", "by", "to", "for", "from", "with", "of", "as", "within", "during", "after", "before", "into", "through", "via",
    "against", "being", "between",
];
/// Pairs of words that tell two sorts of one thing apart within a phrase.
const SORTS: [&str; 12] = [
    "valid", "invalid", "correct", "incorrect", "wrong", "authenticated", "unauthenticated", "authorized", "unauthorized", "expired",
    "existing", "empty",
];

/// The clauses, and what joins them.
fn clauses(items: &[Item]) -> (Vec<&[Item]>, Option<Joint>) {
    let joints = joints(items);
    let (mut clauses, mut joined, mut start) = (Vec::new(), None, 0);
    for (n, (at, joint)) in joints.iter().enumerate() {
        let next = joints.get(n + 1).map_or(items.len(), |(at, _)| *at);
        let (left, right) = (items.get(start..*at).unwrap_or_default(), items.get(at + 1..next).unwrap_or_default());
        if has_predicate(left) && has_predicate(right) {
            clauses.push(trimmed(left));
            start = at + 1;
            joined = Some(if joined.is_none_or(|known| known == *joint) { *joint } else { Joint::Mixed });
        }
    }
    clauses.push(trimmed(items.get(start..).unwrap_or_default()));
    (clauses, joined)
}

/// Where `and` and `or` stand, but for the one of `between`.
fn joints(items: &[Item]) -> Vec<(usize, Joint)> {
    let mut between = false;
    let mut found = Vec::new();
    for (at, item) in items.iter().enumerate() {
        match item {
            Item::Between => between = true,
            Item::Word(word) if word == "and" && between => between = false,
            Item::Word(word) if word == "and" => found.push((at, Joint::And)),
            Item::Word(word) if word == "or" => found.push((at, Joint::Or)),
            _ => {}
        }
    }
    found
}

fn has_predicate(items: &[Item]) -> bool {
    let predicate = |item: &Item| match item {
        Item::Compare(_) | Item::Between => true,
        Item::Word(word) => PREDICATES.contains(&word.as_str()),
        _ => false,
    };
    items.len() > 1 && items.iter().skip(1).any(predicate)
}

/// Without the commas around.
fn trimmed(mut items: &[Item]) -> &[Item] {
    while let Some((Item::Comma, rest)) = items.split_first() {
        items = rest;
    }
    while let Some((Item::Comma, rest)) = items.split_last() {
        items = rest;
    }
    items
}

fn read_clause(clause: &[Item], kind: Keyword, variables: &mut Variables) -> Result<Formula, String> {
    if clause.is_empty() {
        return Err("a condition without words".to_owned());
    }
    if let Some(why) = refused(clause.iter().filter_map(Item::word)) {
        return Err(why);
    }
    let compared = clause.iter().filter(|item| matches!(item, Item::Compare(_) | Item::Between)).count();
    match compared {
        0 => read_words(clause, kind, variables),
        1 => read_comparison(clause, variables),
        _ => Err("several comparisons in one clause".to_owned()),
    }
}

fn read_comparison(clause: &[Item], variables: &mut Variables) -> Result<Formula, String> {
    let reading = quantity::read(clause)?;
    let mut parts = Vec::new();
    for (compare, number) in &reading.bounds {
        let quantity = variables.quantity(&reading, reading.unit.step(*number));
        let quantity = quantity.map_err(|other| format!("`{}` is told in {} here and in {other} elsewhere", reading.name, reading.unit.name()))?;
        parts.push(Formula::Compare { quantity, compare: *compare, base: reading.unit.base(*number) });
    }
    if !reading.event.is_empty() {
        parts.insert(0, phrase(&reading.event, variables));
    }
    Ok(Formula::all(parts))
}

fn read_words(clause: &[Item], kind: Keyword, variables: &mut Variables) -> Result<Formula, String> {
    if clause.iter().any(|item| matches!(item, Item::Number(_))) {
        return Err("a number without a comparison".to_owned());
    }
    let copula = clause.iter().position(|item| item.word().is_some_and(|word| COPULAS.contains(&word)));
    if let Some(at) = copula.filter(|at| *at > 0)
        && let Some(state) = read_state(clause.get(..at).unwrap_or_default(), clause.get(at + 1..).unwrap_or_default(), kind, variables)?
    {
        return Ok(state);
    }
    if clause.contains(&Item::Comma) {
        return Err("a list that is not put into logic".to_owned());
    }
    let words: Vec<String> = clause.iter().filter_map(Item::word).map(str::to_owned).collect();
    read_phrase(&words, variables)
}

/// `the account is locked`, `the account is not locked or suspended`; nothing where the complement is more than a state.
fn read_state(subject: &[Item], complement: &[Item], kind: Keyword, variables: &mut Variables) -> Result<Option<Formula>, String> {
    let subject: Vec<String> = subject.iter().filter_map(Item::word).map(str::to_owned).collect();
    if let Some(word) = subject.iter().find(|word| matches!(word.as_str(), "and" | "or" | "who" | "which" | "whose" | "not" | "no" | "none")) {
        return Err(format!("`{word}` before what is said of it"));
    }
    let name = normal(&subject);
    let (negative, complement) = negated(complement);
    let Some(values) = states(complement)? else { return Ok(None) };
    if negative && values.len() > 1 {
        return Err("`not` before several states".to_owned());
    }
    if name.is_empty() || name.len() > 5 || subject.iter().any(|word| PREDICATES.contains(&word.as_str())) {
        return Ok(None);
    }
    let name = name.join(" ");
    let states = values.iter().map(|value| {
        let (subject, value) = variables.state(&name, value, false);
        variables.said(subject, value, kind);
        Formula::State { subject, value }
    });
    let mut states: Vec<Formula> = states.collect();
    let state = if states.len() == 1 { states.pop().unwrap_or(Formula::Always) } else { Formula::Any(states) };
    Ok(Some(if negative { state.not() } else { state }))
}

/// Whether it begins with a `not`, and what follows.
fn negated(complement: &[Item]) -> (bool, &[Item]) {
    let mut rest = complement;
    let mut negative = false;
    while let Some((Item::Word(word), after)) = rest.split_first() {
        match (word.as_str(), after.first().and_then(Item::word)) {
            ("currently" | "already" | "still" | "now" | "been", _) => rest = after,
            ("not", _) if !negative => (negative, rest) = (true, after),
            ("no", Some("longer")) if !negative => (negative, rest) = (true, after.get(1..).unwrap_or_default()),
            _ => break,
        }
    }
    (negative, rest)
}

/// The states that a complement names: `locked`, `in the locked state`, `locked, suspended or closed`.
fn states(complement: &[Item]) -> Result<Option<Vec<String>>, String> {
    let mut values = Vec::new();
    let parts = complement.split(|item| *item == Item::Comma || item.word() == Some("or")).filter(|part| !part.is_empty());
    for part in parts {
        let words: Vec<String> = part.iter().filter_map(Item::word).map(str::to_owned).collect();
        if words.iter().any(|word| matches!(word.as_str(), "and" | "not" | "no")) {
            return Err("a list that is not put into logic".to_owned());
        }
        let mut value = normal(&words);
        if value.last().is_some_and(|last| matches!(last.as_str(), "state" | "mode" | "status")) && value.len() > 1 {
            value.pop();
            value.retain(|word| word != "in");
        }
        if value.is_empty() || value.len() > 3 || value.iter().any(|word| LINKING.contains(&word.as_str())) {
            return Ok(None);
        }
        values.push(value.join(" "));
    }
    Ok((!values.is_empty()).then_some(values))
}

/// A phrase taken as a whole, with its negation, or with one of two sorts of a thing in it.
fn read_phrase(words: &[String], variables: &mut Variables) -> Result<Formula, String> {
    let (negative, words) = positive(words)?;
    let sort = words.iter().position(|word| SORTS.contains(&word.as_str()));
    let Some(at) = sort.filter(|_| !negative) else {
        let phrase = phrase(&words, variables);
        return Ok(if negative { phrase.not() } else { phrase });
    };
    let value = words.get(at).cloned().unwrap_or_default();
    let mut name = words.clone();
    if let Some(word) = name.get_mut(at) {
        "~".clone_into(word);
    }
    let (subject, value) = variables.state(&normal(&name).join(" "), &value, true);
    Ok(Formula::State { subject, value })
}

fn phrase(words: &[String], variables: &mut Variables) -> Formula {
    Formula::Phrase(variables.phrase(&normal(words).join(" "), &words.join(" ")))
}

/// Takes the negation out: `does not exist`, `has no access`, `cannot connect`.
fn positive(words: &[String]) -> Result<(bool, Vec<String>), String> {
    let mut rest: Vec<String> = Vec::with_capacity(words.len());
    let mut negatives = 0;
    for word in words {
        match (word.as_str(), rest.last().map(String::as_str)) {
            ("not", Some("does" | "do" | "did" | "has" | "have" | "is" | "are" | "was" | "were" | "can" | "could")) => {
                negatives += 1;
                if matches!(rest.last().map(String::as_str), Some("does" | "do" | "did")) {
                    rest.pop();
                }
            }
            ("no", Some("has" | "have")) => negatives += 1,
            ("cannot", Some(_)) => {
                negatives += 1;
                rest.push("can".to_owned());
            }
            ("not" | "no" | "never" | "without" | "none" | "lacks", _) => return Err(format!("`{word}` is not put into logic here")),
            _ => rest.push(word.clone()),
        }
    }
    match negatives {
        0 => Ok((false, rest)),
        1 => Ok((true, rest)),
        _ => Err("several negations in one clause".to_owned()),
    }
}

/// Whether a formula says two different states of one subject at once, as only texts do that mean them to go together.
pub(super) fn has_states_together(formula: &Formula, variables: &Variables) -> Option<String> {
    let mut seen: Vec<(usize, usize)> = Vec::new();
    for part in formula.conjuncts() {
        let Formula::State { subject, value } = part else { continue };
        if seen.iter().any(|(known, other)| known == subject && other != value) {
            let name = variables.subjects.get(*subject).map(|subject| subject.name.clone()).unwrap_or_default();
            return Some(format!("several states of `{name}` at once"));
        }
        seen.push((*subject, *value));
    }
    None
}

/// Which side of its number a comparison is on.
pub(super) fn side(compare: Compare) -> std::cmp::Ordering {
    match compare {
        Compare::More | Compare::AtLeast => std::cmp::Ordering::Greater,
        Compare::Less | Compare::AtMost => std::cmp::Ordering::Less,
        Compare::Exactly => std::cmp::Ordering::Equal,
    }
}

#[cfg(test)]
mod tests;
