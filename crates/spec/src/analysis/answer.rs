//! Reads what a solver said. What is not exactly an answer is none: an error, a limit and an empty text are "not decided".

use std::collections::BTreeMap;

use super::formula::{Formula, Numbers, Quantity, Subject, Variable, Variables, name, named};
use super::items::Compare;

/// A solver's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// It can be, as with these values.
    Can(Model),
    /// It cannot be.
    Cannot,
    /// Neither is known.
    Unknown,
}

/// Values by name; truths are 0 and 1.
pub(super) type Model = BTreeMap<String, i128>;

/// Bytes of an answer beyond which it is not read.
const MOST: usize = 1 << 20;

impl Answer {
    /// Reads an answer. That something can be counts only with values that make the questions true.
    pub(super) fn read(text: &str, variables: &Variables, asserted: &[&Formula], numbers: Numbers) -> Self {
        let mut lines = text.trim_start().splitn(2, '\n');
        let (verdict, rest) = (lines.next().unwrap_or_default().trim(), lines.next().unwrap_or_default());
        match verdict {
            "unsat" => Self::Cannot,
            "sat" if numbers == Numbers::Every => Self::Can(Model::new()),
            "sat" => match values(rest).filter(|model| asserted.iter().all(|formula| holds(formula, variables, model) == Some(true))) {
                Some(model) => Self::Can(model),
                None => Self::Unknown,
            },
            _ => Self::Unknown,
        }
    }
}

/// `((q0 150) (s1 (- 2)) (p0 true))`; nothing where it is anything else.
fn values(text: &str) -> Option<Model> {
    let text = text.trim();
    if text.is_empty() {
        return Some(Model::new());
    }
    let inner = text.get(..MOST.min(text.len()))?.strip_prefix('(')?.strip_suffix(')')?;
    let mut model = Model::new();
    let mut rest = inner.trim();
    while !rest.is_empty() {
        let pair = rest.strip_prefix('(')?;
        let (name, after) = pair.split_once(char::is_whitespace)?;
        let (value, after) = value(after.trim_start())?;
        model.insert(name.to_owned(), value);
        rest = after.trim_start().strip_prefix(')')?.trim_start();
    }
    Some(model)
}

fn value(text: &str) -> Option<(i128, &str)> {
    if let Some(negative) = text.strip_prefix("(-") {
        let (value, rest) = plain(negative.trim_start())?;
        return Some((value.checked_neg()?, rest.trim_start().strip_prefix(')')?));
    }
    plain(text)
}

fn plain(text: &str) -> Option<(i128, &str)> {
    let length = text.find(|c: char| c.is_whitespace() || c == ')').unwrap_or(text.len());
    let (word, rest) = text.split_at_checked(length)?;
    let value = match word {
        "true" => 1,
        "false" => 0,
        number => number.parse().ok()?,
    };
    Some((value, rest))
}

/// Whether a formula holds with these values; nothing where a value is missing.
pub(super) fn holds(formula: &Formula, variables: &Variables, model: &Model) -> Option<bool> {
    let value = |variable: Variable| model.get(&name(variable)).copied();
    match formula {
        Formula::Always => Some(true),
        Formula::Compare { quantity, compare, base } => {
            let step = variables.quantities.get(*quantity)?.step.max(1);
            let (value, number) = (value(Variable::Quantity(*quantity))?, base.checked_div(step)?);
            Some(match compare {
                Compare::More => value > number,
                Compare::AtLeast => value >= number,
                Compare::Less => value < number,
                Compare::AtMost => value <= number,
                Compare::Exactly => value == number,
            })
        }
        Formula::State { subject, value: state } => Some(value(Variable::Subject(*subject))? == i128::try_from(*state).ok()?),
        Formula::Phrase(phrase) => Some(value(Variable::Phrase(*phrase))? == 1),
        Formula::Not(inner) => holds(inner, variables, model).map(|holds| !holds),
        Formula::All(parts) => parts.iter().try_fold(true, |all, part| Some(holds(part, variables, model)? && all)),
        Formula::Any(parts) => parts.iter().try_fold(false, |any, part| Some(holds(part, variables, model)? || any)),
    }
}

/// Values in words: `amount = 150 EUR while the account is locked`.
pub(super) fn words(variables: &Variables, model: &Model) -> String {
    let (mut amounts, mut states) = (Vec::new(), Vec::new());
    for (name, value) in model {
        match named(name) {
            Some(Variable::Quantity(index)) => amounts.extend(variables.quantities.get(index).map(|quantity| amount(quantity, *value))),
            Some(Variable::Subject(index)) => states.extend(variables.subjects.get(index).and_then(|subject| state(subject, *value))),
            Some(Variable::Phrase(index)) => states.extend(variables.phrases.get(index).map(|phrase| held(phrase, *value))),
            None => {}
        }
    }
    match (amounts.is_empty(), states.is_empty()) {
        (true, true) => "at any time".to_owned(),
        (true, false) => format!("while {}", states.join(" and ")),
        (false, true) => amounts.join(" and "),
        (false, false) => format!("{} while {}", amounts.join(" and "), states.join(" and ")),
    }
}

fn amount(quantity: &Quantity, value: i128) -> String {
    format!("{} = {}", quantity.name, quantity.unit.words(value.saturating_mul(quantity.step)))
}

/// A state of a thing; an event that is none of those that are told says nothing.
fn state(subject: &Subject, value: i128) -> Option<String> {
    let told = usize::try_from(value).ok()?.checked_sub(1).and_then(|at| subject.values.get(at));
    match told {
        Some(state) if subject.event => Some(subject.name.replace('~', state)),
        Some(state) => Some(format!("the {} is {state}", subject.name)),
        None if subject.event => None,
        None => Some(format!("the {} is in another state", subject.name)),
    }
}

fn held(phrase: &str, value: i128) -> String {
    match value {
        0 => format!("not \"{phrase}\""),
        _ => format!("\"{phrase}\""),
    }
}

#[cfg(test)]
mod tests;
