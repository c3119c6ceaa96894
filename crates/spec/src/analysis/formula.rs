//! Conditions as logic: quantities in whole steps, states out of a list, and phrases that hold or do not.
//!
//! Variables are numbered, and the solver sees numbers only: no word of a specification ever stands in a query.

use std::collections::{BTreeMap, BTreeSet};

use super::items::Compare;
use super::quantity::{Reading, Unit};
use crate::ears::Keyword;

/// A condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Formula {
    /// Holds always.
    Always,
    /// A quantity against a number.
    Compare { quantity: usize, compare: Compare, base: i128 },
    /// A subject is in a state; states of a subject exclude each other.
    State { subject: usize, value: usize },
    /// A phrase, taken as a whole.
    Phrase(usize),
    /// Not.
    Not(Box<Formula>),
    /// All of them.
    All(Vec<Formula>),
    /// One of them, or more.
    Any(Vec<Formula>),
}

/// Which numbers a quantity may take in a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Numbers {
    /// Whole steps, as fine as the texts write them: for what is claimed from an example.
    Steps,
    /// All numbers, but for what is counted: for what is claimed because there is no example.
    Every,
}

/// What the texts speak of.
#[derive(Debug, Default)]
pub(super) struct Variables {
    pub(super) quantities: Vec<Quantity>,
    pub(super) subjects: Vec<Subject>,
    pub(super) phrases: Vec<String>,
    names: BTreeMap<String, usize>,
}

/// A quantity.
#[derive(Debug)]
pub(super) struct Quantity {
    /// In words.
    pub(super) name: String,
    /// How its numbers are written.
    pub(super) unit: Unit,
    /// The finest step that a text has, in base amounts.
    pub(super) step: i128,
}

/// Something that is in one of several states.
#[derive(Debug)]
pub(super) struct Subject {
    /// In words, with `~` for the state where it stands amid the phrase.
    pub(super) name: String,
    /// Its states, from number 1 on; 0 is any other.
    pub(super) values: Vec<String>,
    /// Numbers of those that last: told after WHILE or by the glossary.
    pub(super) lasting: BTreeSet<usize>,
    /// Whether it is an event told in words rather than a thing with states.
    pub(super) event: bool,
    /// Whether some text has a state of it as more than an event: after WHILE, IF, WHERE, or in the glossary.
    pub(super) looked_at: bool,
}

/// A variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Variable {
    /// By its place in `quantities`.
    Quantity(usize),
    /// By its place in `subjects`.
    Subject(usize),
    /// By its place in `phrases`.
    Phrase(usize),
}

impl Variables {
    /// The quantity of this name; where texts write it in units that cannot be compared, the unit that came first.
    pub(super) fn quantity(&mut self, reading: &Reading, step: i128) -> Result<usize, String> {
        let counted = usize::from(reading.unit.is_counted() && reading.thing != reading.name);
        if *self.names.entry(format!("t {}", reading.thing)).or_insert(counted) != counted && !reading.thing.is_empty() {
            return Err("another unit".to_owned());
        }
        let next = self.quantities.len();
        let index = *self.names.entry(format!("q {}", reading.name)).or_insert(next);
        match self.quantities.get_mut(index) {
            Some(known) if !known.unit.is_comparable(&reading.unit) => Err(known.unit.name().to_owned()),
            Some(known) => {
                known.step = common_step(known.step, step);
                Ok(index)
            }
            None => {
                self.quantities.push(Quantity { name: reading.name.clone(), unit: reading.unit.clone(), step });
                Ok(index)
            }
        }
    }

    /// The state of a subject: both by number.
    pub(super) fn state(&mut self, name: &str, value: &str, event: bool) -> (usize, usize) {
        let next = self.subjects.len();
        let subject = *self.names.entry(format!("s {name}")).or_insert(next);
        if subject == next {
            self.subjects.push(Subject { name: name.to_owned(), values: Vec::new(), lasting: BTreeSet::new(), event, looked_at: false });
        }
        let Some(known) = self.subjects.get_mut(subject) else { return (subject, 0) };
        let number = *self.names.entry(format!("v {subject} {value}")).or_insert(known.values.len() + 1);
        if number > known.values.len() {
            known.values.push(value.to_owned());
        }
        (subject, number)
    }

    /// The phrase, by number: the same `key` is the same phrase, `says` is how it is told.
    pub(super) fn phrase(&mut self, key: &str, says: &str) -> usize {
        let next = self.phrases.len();
        let index = *self.names.entry(format!("p {key}")).or_insert(next);
        if index == next {
            self.phrases.push(says.to_owned());
        }
        index
    }

    /// With which keyword this state was said.
    pub(super) fn said(&mut self, subject: usize, value: usize, kind: Keyword) {
        let Some(subject) = self.subjects.get_mut(subject) else { return };
        if kind == Keyword::While {
            subject.lasting.insert(value);
        }
        subject.looked_at |= kind != Keyword::When;
    }

    /// Whether it is told in words that the analysis does not look into.
    pub(super) fn is_opaque(&self, variable: Variable) -> bool {
        match variable {
            Variable::Quantity(_) => false,
            Variable::Subject(index) => self.subjects.get(index).is_none_or(|subject| subject.event || !subject.looked_at),
            Variable::Phrase(_) => true,
        }
    }
}

/// The largest step of which both are multiples.
fn common_step(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a.abs().max(1), b.abs().max(1));
    while b != 0 {
        (a, b) = (b, a.checked_rem(b).unwrap_or(0));
    }
    a
}

impl Formula {
    /// All of these; without any, always.
    pub(super) fn all(parts: Vec<Self>) -> Self {
        let mut parts: Vec<Self> = parts.into_iter().filter(|part| *part != Self::Always).collect();
        match parts.len() {
            0 => Self::Always,
            1 => parts.pop().unwrap_or(Self::Always),
            _ => Self::All(parts),
        }
    }

    /// Not this.
    pub(super) fn not(self) -> Self {
        Self::Not(Box::new(self))
    }

    /// The parts that must all hold.
    pub(super) fn conjuncts(&self) -> Vec<&Self> {
        match self {
            Self::Always => Vec::new(),
            Self::All(parts) => parts.iter().flat_map(Self::conjuncts).collect(),
            other => vec![other],
        }
    }

    /// Every variable in it.
    pub(super) fn variables(&self) -> BTreeSet<Variable> {
        let mut found = BTreeSet::new();
        self.gather(&mut found);
        found
    }

    fn gather(&self, found: &mut BTreeSet<Variable>) {
        match self {
            Self::Always => {}
            Self::Compare { quantity, .. } => found.extend([Variable::Quantity(*quantity)]),
            Self::State { subject, .. } => found.extend([Variable::Subject(*subject)]),
            Self::Phrase(phrase) => found.extend([Variable::Phrase(*phrase)]),
            Self::Not(inner) => inner.gather(found),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.gather(found)),
        }
    }

    /// The numbers that a quantity is compared with.
    pub(super) fn bases(&self, quantity: usize) -> BTreeSet<i128> {
        match self {
            Self::Compare { quantity: of, base, .. } if *of == quantity => BTreeSet::from([*base]),
            Self::Not(inner) => inner.bases(quantity),
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(|part| part.bases(quantity)).collect(),
            _ => BTreeSet::new(),
        }
    }

    /// How often a quantity is compared.
    pub(super) fn comparisons(&self, quantity: usize) -> usize {
        match self {
            Self::Compare { quantity: of, .. } => usize::from(*of == quantity),
            Self::Not(inner) => inner.comparisons(quantity),
            Self::All(parts) | Self::Any(parts) => parts.iter().map(|part| part.comparisons(quantity)).sum(),
            _ => 0,
        }
    }
}

/// A whole query: what is declared, what is asserted, what is asked.
pub(super) fn query(variables: &Variables, asserted: &[&Formula], numbers: Numbers) -> String {
    let used: BTreeSet<Variable> = asserted.iter().flat_map(|formula| formula.variables()).collect();
    let mut smt = String::from("(set-option :produce-models true)\n(set-logic QF_LIRA)\n");
    for variable in &used {
        declare(variables, *variable, numbers, &mut smt);
    }
    for formula in asserted {
        smt.push_str("(assert ");
        write_formula(variables, formula, numbers, &mut smt);
        smt.push_str(")\n");
    }
    smt.push_str("(check-sat)\n");
    if !used.is_empty() {
        let names: Vec<String> = used.iter().map(|variable| name(*variable)).collect();
        smt.push_str(&format!("(get-value ({}))\n", names.join(" ")));
    }
    smt
}

/// The variable of a name.
pub(super) fn named(name: &str) -> Option<Variable> {
    let (kind, index) = name.split_at_checked(1)?;
    let index = index.parse().ok()?;
    match kind {
        "q" => Some(Variable::Quantity(index)),
        "s" => Some(Variable::Subject(index)),
        "p" => Some(Variable::Phrase(index)),
        _ => None,
    }
}

/// The name of a variable in queries and answers.
pub(super) fn name(variable: Variable) -> String {
    match variable {
        Variable::Quantity(index) => format!("q{index}"),
        Variable::Subject(index) => format!("s{index}"),
        Variable::Phrase(index) => format!("p{index}"),
    }
}

fn declare(variables: &Variables, variable: Variable, numbers: Numbers, smt: &mut String) {
    let name = name(variable);
    let text = match variable {
        Variable::Quantity(index) => {
            let sort = if is_whole(variables, index, numbers) { "Int" } else { "Real" };
            let zero = if sort == "Int" { "0" } else { "0.0" };
            format!("(declare-const {name} {sort})\n(assert (>= {name} {zero}))\n")
        }
        Variable::Subject(index) => {
            let most = variables.subjects.get(index).map_or(0, |subject| subject.values.len());
            format!("(declare-const {name} Int)\n(assert (<= 0 {name} {most}))\n")
        }
        Variable::Phrase(_) => format!("(declare-const {name} Bool)\n"),
    };
    smt.push_str(&text);
}

fn is_whole(variables: &Variables, quantity: usize, numbers: Numbers) -> bool {
    numbers == Numbers::Steps || variables.quantities.get(quantity).is_some_and(|quantity| quantity.unit.is_counted())
}

fn write_formula(variables: &Variables, formula: &Formula, numbers: Numbers, smt: &mut String) {
    match formula {
        Formula::Always => smt.push_str("true"),
        Formula::Compare { quantity, compare, base } => {
            let step = variables.quantities.get(*quantity).map_or(1, |quantity| quantity.step).max(1);
            let point = if is_whole(variables, *quantity, numbers) { "" } else { ".0" };
            let sign = match compare {
                Compare::More => ">",
                Compare::AtLeast => ">=",
                Compare::Less => "<",
                Compare::AtMost => "<=",
                Compare::Exactly => "=",
            };
            let steps = base.checked_div(step).unwrap_or(0);
            smt.push_str(&format!("({sign} q{quantity} {steps}{point})"));
        }
        Formula::State { subject, value } => smt.push_str(&format!("(= s{subject} {value})")),
        Formula::Phrase(phrase) => smt.push_str(&format!("p{phrase}")),
        Formula::Not(inner) => write_list("not", std::slice::from_ref(inner), variables, numbers, smt),
        Formula::All(parts) if parts.is_empty() => smt.push_str("true"),
        Formula::Any(parts) if parts.is_empty() => smt.push_str("false"),
        Formula::All(parts) => write_list("and", parts, variables, numbers, smt),
        Formula::Any(parts) => write_list("or", parts, variables, numbers, smt),
    }
}

fn write_list<F: std::borrow::Borrow<Formula>>(word: &str, parts: &[F], variables: &Variables, numbers: Numbers, smt: &mut String) {
    smt.push('(');
    smt.push_str(word);
    for part in parts {
        smt.push(' ');
        write_formula(variables, part.borrow(), numbers, smt);
    }
    smt.push(')');
}

#[cfg(test)]
mod tests;
