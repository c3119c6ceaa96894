//! Which questions are worth asking: about pairs of criteria that speak of the same act, and about holes between criteria
//! that together part a quantity or the states of a thing.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::condition::side;
use super::conclude::Told;
use super::formula::{Formula, Numbers, Variable, Variables, query};
use super::response::{Act, Must};
use super::{Formal, QueryId};

/// A question, with the criteria that it is about, by number.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) id: QueryId,
    pub(super) about: About,
    /// What must hold together.
    pub(super) asserted: Vec<Formula>,
    pub(super) numbers: Numbers,
}

/// What an answer would mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum About {
    /// Both conditions hold, and the responses exclude each other.
    Contradiction { one: usize, other: usize },
    /// A condition can hold.
    Possible { one: usize },
    /// The first condition holds and the second does not, with the same responses.
    Beyond { one: usize, other: usize },
    /// Both conditions hold, with the same responses.
    Overlap { one: usize, other: usize },
    /// The same, for an example where the one may be said by the other.
    Meet { one: usize, other: usize },
    /// None of these conditions holds.
    Gap { requirement: String, members: Vec<usize> },
}

impl Question {
    fn new(name: &str, criteria: &[&Formal], about: About, asserted: Vec<Formula>, numbers: Numbers) -> Self {
        let ids: Vec<&str> = criteria.iter().map(|formal| formal.id.as_str()).collect();
        Self { id: QueryId(format!("{name} {}", ids.join(" "))), about, asserted, numbers }
    }

    /// As a solver reads it.
    pub(super) fn smt(&self, variables: &Variables) -> String {
        query(variables, &self.asserted.iter().collect::<Vec<_>>(), self.numbers)
    }
}

/// Questions about pairs of one kind, beyond which no more are asked.
const MOST_PAIRS: usize = 2_000;
/// Acts that are compared with each other.
const MOST_COMPARED: usize = 1_000_000;
/// Criteria of one requirement, beyond which no gaps between them are looked for.
const MOST_TOGETHER: usize = 200;

/// All questions, and what cannot even be asked.
pub(super) fn of(formal: &[Formal], variables: &Variables) -> (Vec<Question>, Vec<Told>) {
    let mut questions = possible(formal);
    let mut undecided = Vec::new();
    contradictions(formal, variables, &mut questions, &mut undecided);
    overlaps(formal, &mut questions, &mut undecided);
    gaps(formal, variables, &mut questions, &mut undecided);
    for (n, question) in questions.iter_mut().enumerate() {
        question.id = QueryId(format!("{n} {}", question.id.0)); // ids of criteria may repeat
    }
    (questions, undecided)
}

/// Conditions that compare one quantity more than once might never hold.
fn possible(formal: &[Formal]) -> Vec<Question> {
    let narrow = |formal: &&Formal| {
        let quantities = formal.condition.variables().into_iter().filter_map(|variable| if let Variable::Quantity(index) = variable { Some(index) } else { None });
        quantities.into_iter().any(|quantity| formal.condition.comparisons(quantity) > 1)
    };
    let numbered = formal.iter().enumerate().filter(|(_, formal)| narrow(formal));
    numbered.map(|(one, formal)| Question::new("possible", &[formal], About::Possible { one }, vec![formal.condition.clone()], Numbers::Every)).collect()
}

fn contradictions(formal: &[Formal], variables: &Variables, questions: &mut Vec<Question>, undecided: &mut Vec<Told>) {
    let (pairs, all) = excluding(formal);
    for (one, other) in pairs {
        let (Some(a), Some(b)) = (formal.get(one), formal.get(other)) else { continue };
        if strangers(a, b, variables) {
            undecided.push(Told::undecided(&[a, b], format!("{} say opposite things; whether their conditions can hold at once is not said", both(a, b))));
            continue;
        }
        let asserted = vec![a.condition.clone(), b.condition.clone()];
        questions.push(Question::new("contradiction", &[a, b], About::Contradiction { one, other }, asserted, Numbers::Steps));
    }
    if !all {
        undecided.push(Told::undecided(&[], "there are too many opposite responses to ask about each pair".to_owned()));
    }
}

/// Two criteria with what they say.
pub(super) fn both(a: &Formal, b: &Formal) -> String {
    format!("{} (`{}`) and {} (`{}`)", a.id, a.says, b.id, b.says)
}

/// Where an act applies: the same words about another request in another requirement are another act.
fn place(act: &Act, formal: &Formal) -> String {
    let requirement = if act.local { formal.requirement() } else { "" };
    format!("{requirement} {}", act.key)
}

/// Pairs of criteria of which an act excludes an act of the other, each pair once; and whether these are all.
fn excluding(formal: &[Formal]) -> (BTreeSet<(usize, usize)>, bool) {
    let mut acts: BTreeMap<String, Vec<(usize, &Act)>> = BTreeMap::new();
    for (index, criterion) in formal.iter().enumerate() {
        for act in &criterion.acts {
            acts.entry(place(act, criterion)).or_default().push((index, act));
        }
    }
    // Acts that everybody does alike exclude nothing; leaving them out keeps this linear for them.
    let differing = acts.into_values().filter(|acts| acts.iter().any(|(_, act)| acts.first().is_some_and(|(_, first)| first.must != act.must)));
    let (mut pairs, mut compared) = (BTreeSet::new(), 0);
    for acts in differing {
        for (n, (one, act)) in acts.iter().enumerate() {
            for (other, with) in acts.iter().skip(n + 1) {
                compared += 1;
                if compared > MOST_COMPARED || pairs.len() == MOST_PAIRS {
                    return (pairs, false);
                }
                if other != one && act.excludes(with) {
                    pairs.insert((*one, *other));
                }
            }
        }
    }
    (pairs, true)
}

/// Whether each speaks of an event that the other does not: they may be two ways for one thing to go.
fn strangers(a: &Formal, b: &Formal, variables: &Variables) -> bool {
    let opaque = |formal: &Formal| -> BTreeSet<Variable> { formal.condition.variables().into_iter().filter(|variable| variables.is_opaque(*variable)).collect() };
    let (a, b) = (opaque(a), opaque(b));
    a.difference(&b).next().is_some() && b.difference(&a).next().is_some()
}

/// Pairs with the very same responses: is one of them said by the other already?
fn overlaps(formal: &[Formal], questions: &mut Vec<Question>, undecided: &mut Vec<Told>) {
    let mut groups: BTreeMap<Vec<(String, Must)>, Vec<usize>> = BTreeMap::new();
    for (index, criterion) in formal.iter().enumerate() {
        groups.entry(criterion.acts.iter().map(|act| (place(act, criterion), act.must)).collect()).or_default().push(index);
    }
    let mut asked = 0;
    for group in groups.values() {
        for (n, one) in group.iter().enumerate() {
            for other in group.iter().skip(n + 1) {
                let (Some(a), Some(b)) = (formal.get(*one), formal.get(*other)) else { continue };
                if asked == MOST_PAIRS {
                    undecided.push(Told::undecided(&[a, b], "there are too many pairs to ask about".to_owned()));
                    return;
                }
                asked += 1;
                ask_overlap(formal, (*one, *other), (a, b), questions);
            }
        }
    }
}

fn ask_overlap(formal: &[Formal], (one, other): (usize, usize), (a, b): (&Formal, &Formal), questions: &mut Vec<Question>) {
    let (of_a, of_b) = (a.condition.variables(), b.condition.variables());
    let mut beyond = |one: usize, other: usize| {
        let (Some(a), Some(b)) = (formal.get(one), formal.get(other)) else { return };
        let asserted = vec![a.condition.clone(), b.condition.clone().not()];
        questions.push(Question::new("beyond", &[a, b], About::Beyond { one, other }, asserted, Numbers::Every));
    };
    if of_b.is_subset(&of_a) {
        beyond(one, other);
    }
    if of_a.is_subset(&of_b) {
        beyond(other, one);
    }
    let asserted = vec![a.condition.clone(), b.condition.clone()];
    if !of_a.is_empty() && of_a == of_b {
        questions.push(Question::new("overlap", &[a, b], About::Overlap { one, other }, asserted, Numbers::Steps));
    } else if of_a.is_subset(&of_b) || of_b.is_subset(&of_a) {
        questions.push(Question::new("meet", &[a, b], About::Meet { one, other }, asserted, Numbers::Steps));
    }
}

/// Criteria of one requirement that differ in one variable only part it.
fn gaps(formal: &[Formal], variables: &Variables, questions: &mut Vec<Question>, undecided: &mut Vec<Told>) {
    let mut requirements: BTreeMap<&str, Vec<(usize, &Formal)>> = BTreeMap::new();
    for (index, criterion) in formal.iter().enumerate() {
        requirements.entry(criterion.requirement()).or_default().push((index, criterion));
    }
    for (requirement, criteria) in requirements {
        if criteria.len() > MOST_TOGETHER {
            undecided.push(Told::undecided(&[], format!("requirement {requirement} has too many criteria to look for gaps between them")));
            continue;
        }
        questions.extend(gaps_between(requirement, &criteria, variables));
    }
}

fn gaps_between(requirement: &str, criteria: &[(usize, &Formal)], variables: &Variables) -> Vec<Question> {
    let mut groups: BTreeMap<(Variable, String), Vec<(usize, &Formal)>> = BTreeMap::new();
    for (index, criterion) in criteria {
        for variable in criterion.condition.variables().into_iter().filter(|variable| !variables.is_opaque(*variable)) {
            if let Some(rest) = rest(&criterion.condition, variable) {
                groups.entry((variable, format!("{rest:?}"))).or_default().push((*index, criterion));
            }
        }
    }
    let asked = groups.into_iter().filter(|(_, members)| members.len() > 1);
    let holes = |((variable, _), members): ((Variable, String), Vec<(usize, &Formal)>)| -> Vec<Question> {
        let holes = holes(&members, variables, variable);
        holes.into_iter().filter_map(|(members, hole)| gap(requirement, criteria, variable, &members, hole)).collect()
    };
    asked.flat_map(holes).collect()
}

/// The conjuncts without this variable; nothing where one has it together with others.
fn rest(condition: &Formula, variable: Variable) -> Option<Vec<&Formula>> {
    let (with, without): (Vec<&Formula>, Vec<&Formula>) = condition.conjuncts().into_iter().partition(|part| part.variables().contains(&variable));
    with.iter().all(|part| part.variables().len() == 1).then_some(without)
}

/// Criteria that part something, by number, and where a hole between them would be an oversight.
type Hole<'f> = (Vec<(usize, &'f Formal)>, Formula);

fn holes<'f>(group: &[(usize, &'f Formal)], variables: &Variables, variable: Variable) -> Vec<Hole<'f>> {
    match variable {
        Variable::Quantity(quantity) => holes_in_numbers(group, quantity),
        Variable::Subject(subject) => hole_in_states(group, variables, subject).into_iter().collect(),
        Variable::Phrase(_) => Vec::new(),
    }
}

/// Whoever says the same kind of thing under other conditions covers the hole too.
fn gap(requirement: &str, criteria: &[(usize, &Formal)], variable: Variable, members: &[(usize, &Formal)], hole: Formula) -> Option<Question> {
    let group: Vec<&Formal> = members.iter().map(|(_, member)| *member).collect();
    let rest: Vec<Formula> = rest(&group.first()?.condition, variable)?.into_iter().cloned().collect();
    let keys: BTreeSet<&str> = group.iter().flat_map(|formal| &formal.acts).map(|act| act.key.as_str()).collect();
    let members: Vec<usize> = members.iter().map(|(index, _)| *index).collect();
    let covers = |(index, criterion): &&(usize, &Formal)| members.contains(index) || criterion.acts.iter().any(|act| keys.contains(act.key.as_str()));
    let covering = criteria.iter().filter(covers).map(|(_, criterion)| criterion.condition.clone()).collect();
    let asserted = vec![Formula::all(rest), hole, Formula::Any(covering).not()];
    Some(Question::new("gap", &group, About::Gap { requirement: requirement.to_owned(), members }, asserted, Numbers::Steps))
}

/// Anywhere between decisions about one act; else at a number on which both sides meet.
fn holes_in_numbers<'f>(group: &[(usize, &'f Formal)], quantity: usize) -> Vec<Hole<'f>> {
    let decides = |(_, a): &&(usize, &'f Formal)| group.iter().any(|(_, b)| decide_one_act(a, b));
    let deciding: Vec<(usize, &Formal)> = group.iter().filter(decides).copied().collect();
    let mut met: BTreeMap<i128, Vec<(usize, &Formal)>> = BTreeMap::new();
    for (index, formal) in group {
        for base in formal.condition.bases(quantity) {
            met.entry(base).or_default().push((*index, formal));
        }
    }
    let at = |base| Formula::Compare { quantity, compare: super::items::Compare::Exactly, base };
    let meeting = met.into_iter().filter(|(_, members)| !members.iter().all(|member| deciding.contains(member)));
    let mut holes: Vec<Hole<'f>> = meeting.map(|(base, members)| (members, at(base))).collect();
    holes.push((deciding, Formula::Always));
    holes.retain(|(members, _)| {
        let sides: BTreeSet<Ordering> = members.iter().flat_map(|(_, formal)| sides(&formal.condition, quantity)).collect();
        members.len() > 1 && sides.contains(&Ordering::Less) && sides.contains(&Ordering::Greater)
    });
    holes
}

fn sides(condition: &Formula, quantity: usize) -> Vec<Ordering> {
    match condition {
        Formula::Compare { quantity: of, compare, .. } if *of == quantity => vec![side(*compare)],
        Formula::All(parts) | Formula::Any(parts) => parts.iter().flat_map(|part| sides(part, quantity)).collect(),
        _ => Vec::new(),
    }
}

fn decide_one_act(a: &Formal, b: &Formal) -> bool {
    a.acts.iter().any(|act| b.acts.iter().any(|other| act.excludes(other)))
}

/// A lasting state that is named somewhere; only where the group tells at least two states apart.
fn hole_in_states<'f>(group: &[(usize, &'f Formal)], variables: &Variables, subject: usize) -> Option<Hole<'f>> {
    let lasting = &variables.subjects.get(subject)?.lasting;
    let named: BTreeSet<usize> = group.iter().flat_map(|(_, formal)| named(&formal.condition, subject)).filter(|value| lasting.contains(value)).collect();
    let missing: Vec<Formula> = lasting.difference(&named).map(|value| Formula::State { subject, value: *value }).collect();
    (named.len() > 1 && !missing.is_empty()).then(|| (group.to_vec(), Formula::Any(missing)))
}

fn named(condition: &Formula, subject: usize) -> BTreeSet<usize> {
    match condition {
        Formula::State { subject: of, value } if *of == subject => BTreeSet::from([*value]),
        Formula::Not(inner) => named(inner, subject),
        Formula::All(parts) | Formula::Any(parts) => parts.iter().flat_map(|part| named(part, subject)).collect(),
        _ => BTreeSet::new(),
    }
}
