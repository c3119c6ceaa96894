//! Looks for contradictions, gaps and overlaps between criteria, with logic alone.
//!
//! [`plan`] puts what can be put into logic into queries (SMT-LIB 2, as cvc5 reads it); whoever has a solver runs them;
//! [`conclude`] reads the answers and tells findings, each with an example. Nothing is started here, and no word of a
//! specification stands in a query.
//!
//! It would rather say "not formalized" than invent a meaning: numbers with comparisons, states, and phrases taken as a
//! whole are read, and nothing else. Phrases of different words are never assumed to be able to hold at the same time.
//! Whatever is claimed from an example is claimed only after the example was checked here, and an answer that is not
//! exactly one counts as "not decided".

mod answer;
mod condition;
mod conclude;
mod formula;
mod glossary;
mod items;
mod phrase;
mod quantity;
mod questions;
mod response;

use std::collections::BTreeSet;

use serde::Serialize;

use crate::ears::{Ears, Missing};
use formula::{Formula, Variables};
use questions::Question;
use response::Act;

pub use conclude::{Conclusions, Kind, Told, conclude};

/// One criterion to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CriterionText {
    /// `1.2`: the requirement is what stands before the last point.
    pub id: String,
    /// What it says.
    pub text: String,
}

/// One term of the glossary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// The term.
    pub name: String,
    /// What it says. `Account_State: one of active, suspended or closed` names the states that there are.
    pub says: String,
}

/// Names a query among those of one analysis.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct QueryId(pub String);

/// One question to a solver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// Which.
    pub id: QueryId,
    /// A whole SMT-LIB 2 text.
    pub smt: String,
}

/// A criterion, or a pair of them, that logic does not reach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unformalized {
    /// Which.
    pub criterion: String,
    /// Which words stand in the way.
    pub why: String,
}

/// What is to be asked.
#[derive(Debug)]
pub struct Analysis {
    /// To be answered, in any order.
    pub queries: Vec<Query>,
    /// What was not put into logic.
    pub unformalized: Vec<Unformalized>,
    questions: Vec<Question>,
    undecided: Vec<Told>,
    formal: Vec<Formal>,
    variables: Variables,
}

impl Analysis {
    /// Ids of the criteria that were put into logic.
    pub fn formalized(&self) -> impl Iterator<Item = &str> {
        self.formal.iter().map(|formal| formal.id.as_str())
    }
}

/// A criterion in logic.
#[derive(Debug, PartialEq)]
struct Formal {
    id: String,
    condition: Formula,
    acts: BTreeSet<Act>,
    /// The response as it is written.
    says: String,
}

impl Formal {
    fn requirement(&self) -> &str {
        self.id.rsplit_once('.').map_or(self.id.as_str(), |(requirement, _)| requirement)
    }
}

/// Bytes of a criterion beyond which it is not one.
const LONGEST: usize = 4_000;
/// Bytes of a response that are shown.
const SHOWN: usize = 80;

/// Puts criteria into logic, and says what is to be asked about them.
pub fn plan(criteria: &[CriterionText], glossary: &[Definition]) -> Analysis {
    let (mut variables, mut formal, mut unformalized) = (Variables::default(), Vec::new(), Vec::new());
    for definition in glossary {
        glossary::learn(definition, &mut variables);
    }
    for criterion in criteria {
        match formalized(criterion, &mut variables) {
            Ok(read) => formal.push(read),
            Err(why) => unformalized.push(Unformalized { criterion: criterion.id.clone(), why }),
        }
    }
    let (questions, undecided) = questions::of(&formal, &variables);
    let queries = questions.iter().map(|question| Query { id: question.id.clone(), smt: question.smt(&variables) }).collect();
    Analysis { queries, unformalized, questions, undecided, formal, variables }
}

fn formalized(criterion: &CriterionText, variables: &mut Variables) -> Result<Formal, String> {
    if criterion.text.len() > LONGEST {
        return Err(format!("longer than {LONGEST} bytes"));
    }
    let ears = Ears::read(&criterion.text);
    let words = |span: &crate::text::Span| criterion.text.get(span.clone()).unwrap_or_default();
    let modal = ears.modal.as_ref().filter(|modal| !modal.weak).ok_or("no SHALL")?;
    if ears.for_all.is_some() {
        return Err("`FOR` speaks of many things at once".to_owned());
    }
    if ears.missing.iter().any(|missing| *missing != Missing::Then) {
        return Err("not in EARS form".to_owned());
    }
    let response = ears.response.as_ref().map(words).ok_or("no response")?;
    let system = ears.system.as_ref().map(words).unwrap_or_default();
    let mut parts = Vec::new();
    for condition in &ears.conditions {
        parts.push(condition::read(&items::items(words(&condition.says)), condition.kind, variables)?);
    }
    let condition = Formula::all(parts);
    if let Some(why) = condition::has_states_together(&condition, variables) {
        return Err(why);
    }
    let acts = response::read(&system_name(system), modal.negated, &items::items(response))?;
    Ok(Formal { id: criterion.id.clone(), condition, acts, says: says(modal.negated, response) })
}

fn system_name(system: &str) -> String {
    let words: Vec<String> = items::items(system).iter().filter_map(items::Item::word).map(str::to_owned).collect();
    phrase::normal(&words).join(" ")
}

/// A response in short, on one line.
fn says(negated: bool, response: &str) -> String {
    let mut says = if negated { "not ".to_owned() } else { String::new() };
    says.push_str(&response.split_whitespace().collect::<Vec<_>>().join(" "));
    let says = says.trim_end_matches(['.', ';', ',']);
    match says.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", says.get(..at).unwrap_or_default()),
        None => says.to_owned(),
    }
}

#[cfg(test)]
mod tests;
