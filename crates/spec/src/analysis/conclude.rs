//! What the answers mean, in words.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::answer::{self, Answer, Model};
use super::formula::Formula;
use super::questions::{About, Question, both};
use super::{Analysis, Formal, QueryId, Unformalized};

/// All that came out of an analysis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Conclusions {
    /// Findings, the gravest kind first.
    pub told: Vec<Told>,
    /// What was not put into logic, and why.
    pub unformalized: Vec<Unformalized>,
    /// The criteria that were.
    pub formalized: Vec<String>,
}

/// One thing that came out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Told {
    /// What sort.
    pub kind: Kind,
    /// The criteria that it is about.
    pub criteria: Vec<String>,
    /// In a sentence.
    pub text: String,
    /// Values that show it, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<String>,
}

/// Sorts of findings, the gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Two criteria ask for what cannot both be.
    Contradiction,
    /// A condition can never hold.
    Impossible,
    /// Nothing is said about a case between others.
    Gap,
    /// Two criteria ask for the same.
    Overlap,
    /// It is not known: the solver gave no answer, or the texts do not say enough.
    Undecided,
}

impl Conclusions {
    /// Those of one sort.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Told> {
        self.told.iter().filter(move |told| told.kind == kind)
    }
}

impl Told {
    pub(super) fn undecided(criteria: &[&Formal], text: String) -> Self {
        Self::new(Kind::Undecided, criteria, text, None)
    }

    fn new(kind: Kind, criteria: &[&Formal], text: String, example: Option<String>) -> Self {
        Self { kind, criteria: criteria.iter().map(|formal| formal.id.clone()).collect(), text, example }
    }
}

/// Reads the answers. A question without one, or with one that cannot be read, is not decided.
pub fn conclude(analysis: &Analysis, answers: &[(QueryId, String)]) -> Conclusions {
    let texts: BTreeMap<&QueryId, &str> = answers.iter().map(|(id, text)| (id, text.as_str())).collect();
    let answered: Vec<(&Question, Answer)> = analysis.questions.iter().map(|question| (question, read(analysis, question, &texts))).collect();
    let pairs = Pairs::of(analysis, &answered);
    let mut told = analysis.undecided.clone();
    told.extend(answered.iter().filter_map(|(question, answer)| tell(analysis, question, answer, &pairs)));
    told.sort_by_key(|told| told.kind);
    Conclusions { told, unformalized: analysis.unformalized.clone(), formalized: analysis.formalized().map(str::to_owned).collect() }
}

fn read(analysis: &Analysis, question: &Question, texts: &BTreeMap<&QueryId, &str>) -> Answer {
    let asserted: Vec<&Formula> = question.asserted.iter().collect();
    texts.get(&question.id).map_or(Answer::Unknown, |text| Answer::read(text, &analysis.variables, &asserted, question.numbers))
}

/// What is known of several questions together.
struct Pairs {
    impossible: BTreeSet<usize>,
    /// The first says nothing that the second does not.
    within: BTreeSet<(usize, usize)>,
    /// Where both apply, in words.
    meet: BTreeMap<(usize, usize), String>,
}

impl Pairs {
    fn of(analysis: &Analysis, answered: &[(&Question, Answer)]) -> Self {
        let denied = || answered.iter().filter(|(_, answer)| *answer == Answer::Cannot).map(|(question, _)| &question.about);
        let impossible: BTreeSet<usize> = denied().filter_map(|about| if let About::Possible { one } = about { Some(*one) } else { None }).collect();
        let within = denied().filter_map(|about| match about {
            About::Beyond { one, other } if !impossible.contains(one) => Some((*one, *other)),
            _ => None,
        });
        let meet = answered.iter().filter_map(|(question, answer)| match (&question.about, answer) {
            (About::Overlap { one, other } | About::Meet { one, other }, Answer::Can(model)) => Some(((*one, *other), answer::words(&analysis.variables, model))),
            _ => None,
        });
        Self { within: within.collect(), meet: meet.collect(), impossible }
    }

    /// Values with which both apply.
    fn example(&self, one: usize, other: usize) -> Option<String> {
        self.meet.get(&(one, other)).or_else(|| self.meet.get(&(other, one))).cloned()
    }

    fn relate(&self, one: usize, other: usize) -> bool {
        self.within.contains(&(one, other)) || self.within.contains(&(other, one))
    }
}

fn tell(analysis: &Analysis, question: &Question, answer: &Answer, pairs: &Pairs) -> Option<Told> {
    let formal = |index: usize| analysis.formal.get(index);
    match (&question.about, answer) {
        (About::Contradiction { one, other }, Answer::Can(model)) => Some(contradiction(analysis, formal(*one)?, formal(*other)?, model)),
        (About::Possible { one }, Answer::Cannot) => {
            let one = formal(*one)?;
            Some(Told::new(Kind::Impossible, &[one], format!("the condition of {} can never hold", one.id), None))
        }
        (About::Beyond { one, other }, Answer::Cannot) => within(analysis, pairs, *one, *other),
        (About::Overlap { one, other }, Answer::Can(model)) if !pairs.relate(*one, *other) && !pairs.impossible.contains(one) => {
            let (a, b) = (formal(*one)?, formal(*other)?);
            let example = answer::words(&analysis.variables, model);
            let text = format!("{} and {} both say `{}` where their conditions meet: {example}", a.id, b.id, a.says);
            Some(Told::new(Kind::Overlap, &[a, b], text, Some(example)))
        }
        (About::Gap { requirement, members }, Answer::Can(model)) => {
            let members: Vec<&Formal> = members.iter().filter_map(|member| formal(*member)).collect();
            let example = answer::words(&analysis.variables, model);
            let text = format!("{example}: no criterion of requirement {requirement} says what happens ({} do for other cases)", ids(&members));
            Some(Told::new(Kind::Gap, &members, text, Some(example)))
        }
        (About::Meet { .. }, _) => None,
        (about, Answer::Unknown) => {
            let (criteria, what) = asked(about);
            let criteria: Vec<&Formal> = criteria.into_iter().filter_map(formal).collect();
            Some(Told::undecided(&criteria, format!("{what} {}: the solver gave no answer that can be used", ids(&criteria))))
        }
        _ => None,
    }
}

fn contradiction(analysis: &Analysis, a: &Formal, b: &Formal, model: &Model) -> Told {
    let example = answer::words(&analysis.variables, model);
    let text = format!("{example}: {} says `{}`, {} says `{}`", a.id, a.says, b.id, b.says);
    Told::new(Kind::Contradiction, &[a, b], text, Some(example))
}

/// One condition within another, or both the same; a pair is told once.
fn within(analysis: &Analysis, pairs: &Pairs, one: usize, other: usize) -> Option<Told> {
    if !pairs.within.contains(&(one, other)) {
        return None;
    }
    let (a, b) = (analysis.formal.get(one)?, analysis.formal.get(other)?);
    let example = pairs.example(one, other);
    let such_as = example.as_ref().map_or_else(String::new, |example| format!(": {example}"));
    if pairs.within.contains(&(other, one)) {
        return (one < other).then(|| Told::new(Kind::Overlap, &[a, b], format!("{} say the same{such_as}", both(a, b)), example));
    }
    let text = format!("whenever {} applies, {} says `{}` already{such_as}", a.id, b.id, b.says);
    Some(Told::new(Kind::Overlap, &[a, b], text, example))
}

fn asked(about: &About) -> (Vec<usize>, &'static str) {
    match about {
        About::Contradiction { one, other } => (vec![*one, *other], "whether the opposite responses meet in"),
        About::Possible { one } => (vec![*one], "whether the condition can hold of"),
        About::Beyond { one, other } => (vec![*one, *other], "whether the first is said by the second of"),
        About::Overlap { one, other } | About::Meet { one, other } => (vec![*one, *other], "whether the conditions meet of"),
        About::Gap { members, .. } => (members.clone(), "whether there is a gap between"),
    }
}

fn ids(formal: &[&Formal]) -> String {
    formal.iter().map(|formal| formal.id.as_str()).collect::<Vec<_>>().join(", ")
}
