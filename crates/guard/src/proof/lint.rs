//! Rules that decide nothing: what matches no request, what is ruled out wherever it matches, and what others decide as well.
//!
//! A rule that shows in one request that it decides something has none of these faults, and most do so at the first kind of request that
//! is asked about; only of the others more is asked. Each question holds all rules, so what all of them take grows with the square of
//! their number: whoever answers sets the bound, and from the first question without an answer on no rule is looked at any more, which is
//! said of each. As in every proof, a request that the solver finds is believed when Cedar confirms
//! it, and what the solver does not decide is said to be unknown.

use std::sync::OnceLock;

use action::Reason;
use cedar_policy::{ActionConstraint, Effect, Entities, Policy, PolicySet};
use cedar_policy_symcc::{CompiledPolicy, CompiledPolicySet, Env};

use super::case::{Case, Witness};
use super::{Outcome, Place, Prover, Solve, deep, each, few_enough};
use crate::policy::{BadPolicy, PolicySource, Rules, chain};

/// One rule with which something is wrong, or may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: Reason,
    /// What.
    pub flaw: Flaw,
}

/// What is wrong with a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It cannot be evaluated on this request: Cedar would go on without it.
    Errs(Box<Witness>),
    /// It matches no request that the schema can make.
    Dead,
    /// It is a `permit`, and whatever it matches is ruled out by these, whoever signs: it never decides anything.
    Contradicted {
        /// The `forbid` rules that do so together; none of them can be left out.
        by: Vec<Reason>,
    },
    /// It matches something, and without it every decision is the same. A request that it matches, with what decides it without it.
    Shadowed(Box<Witness>),
    /// It is not known, and may be any of these. Why, in words.
    Unproved(String),
}

/// Finds the rules that decide nothing, in the order of the text, and those that can fail to be evaluated. Where one can, nothing else is
/// looked for: what Cedar would decide without it is not what the guard decides.
pub fn lint(source: &PolicySource<'_>, solve: Solve<'_>) -> Result<Vec<Finding>, BadPolicy> {
    deep(|| looked_through(source, solve))
}

fn looked_through(source: &PolicySource<'_>, solve: Solve<'_>) -> Result<Vec<Finding>, BadPolicy> {
    let rules = Rules::load(source)?;
    if let Err(why) = few_enough(rules.set()) {
        return Ok(rules.in_order().into_iter().map(|rule| Finding { rule, flaw: Flaw::Unproved(why.clone()) }).collect());
    }
    let prover = Prover::new(source.schema, solve)?;
    let actions = prover.schema.action_entities().map_err(|e| BadPolicy::Schema { why: chain(&e) })?;
    let whole = prover.places.iter().map(|_| OnceLock::new()).collect();
    let lint = Lint { prover: &prover, rules: &rules, actions, whole };
    let each_rule = |flaw: &dyn Fn(&Policy) -> Option<Flaw>| {
        let found = |rule: Reason| Some(Finding { flaw: flaw(&rules.rule(&rule.rule)?)?, rule });
        rules.in_order().into_iter().filter_map(found).collect::<Vec<_>>()
    };
    let errs = each_rule(&|rule| lint.errs(rule));
    Ok(if errs.is_empty() { each_rule(&|rule| lint.flaw(rule)) } else { errs })
}

struct Lint<'a> {
    prover: &'a Prover<'a>,
    rules: &'a Rules,
    /// The actions of the schema, with the groups that they are in.
    actions: Entities,
    /// The whole policy in logic, for each kind of request, made when it is first needed.
    whole: Vec<OnceLock<Result<CompiledPolicySet, String>>>,
}

/// What came of looking for a request.
enum Search {
    Found(Box<Case>),
    /// There is provably none.
    None,
    Unknown(String),
}

impl Lint<'_> {
    fn errs(&self, rule: &Policy) -> Option<Flaw> {
        match each(&self.prover.places, |place| self.prover.never_errs_here(place, self.rules, rule)) {
            Outcome::Holds => None,
            Outcome::Fails(witness) => Some(Flaw::Errs(witness)),
            Outcome::Unproved(why) => Some(Flaw::Unproved(why)),
        }
    }

    fn flaw(&self, rule: &Policy) -> Option<Flaw> {
        if let Err(why) = self.prover.oracle.is_there() {
            return Some(Flaw::Unproved(why));
        }
        let without: Vec<&Policy> = self.rules.set().policies().filter(|other| other.id() != rule.id()).collect();
        let without = match set_of(without) {
            Ok(set) => set,
            Err(why) => return Some(Flaw::Unproved(why)),
        };
        match self.search(rule, |at, place| self.decides(rule, at, place, &without)) {
            Search::Found(_) => None,
            Search::Unknown(why) => Some(Flaw::Unproved(why)),
            Search::None => Some(self.flaw_of_what_decides_nothing(rule, &without)),
        }
    }

    fn flaw_of_what_decides_nothing(&self, rule: &Policy, without: &PolicySet) -> Flaw {
        let example = match self.search(rule, |_, place| self.matches(rule, place)) {
            Search::Found(case) => case.plainest(&|case: &Case| case.is_matched_by(rule)),
            Search::None => return Flaw::Dead,
            Search::Unknown(why) => return Flaw::Unproved(why),
        };
        let forbids: Vec<&Policy> = self.rules.set().policies().filter(|other| other.effect() == Effect::Forbid).collect();
        let ruled_out = if rule.effect() == Effect::Permit { self.is_ruled_out(rule, &forbids) } else { Ok(false) };
        match ruled_out {
            Err(why) => Flaw::Unproved(why),
            Ok(false) => Flaw::Shadowed(Box::new(example.decided_by(self.rules, without))),
            Ok(true) => Flaw::Contradicted { by: self.fewest(rule, forbids) },
        }
    }

    /// Looks through the kinds of request that the rule is about.
    fn search(&self, rule: &Policy, mut one: impl FnMut(usize, &Place) -> Search) -> Search {
        let mut unknown = None;
        for (at, place) in self.about(rule) {
            match one(at, place) {
                found @ Search::Found(_) => return found,
                Search::None => {}
                Search::Unknown(why) if self.prover.oracle.is_gone() => return Search::Unknown(why),
                Search::Unknown(why) => unknown = unknown.or(Some(why)),
            }
        }
        unknown.map_or(Search::None, Search::Unknown)
    }

    fn about(&self, rule: &Policy) -> impl Iterator<Item = (usize, &Place)> {
        let named = match rule.action_constraint() {
            ActionConstraint::Any => None,
            ActionConstraint::Eq(action) => Some(vec![action]),
            ActionConstraint::In(actions) => Some(actions),
        };
        self.prover.places.iter().enumerate().filter(move |(_, place)| {
            let action = place.request.action();
            named.as_ref().is_none_or(|named| named.iter().any(|one| one == action || self.actions.is_ancestor_of(one, action)))
        })
    }

    /// A request that is decided otherwise without the rule. Taking a `forbid` away only permits more, and a `permit` only less.
    fn decides(&self, rule: &Policy, at: usize, place: &Place, without: &PolicySet) -> Search {
        let whole = self.whole.get(at).map(|whole| whole.get_or_init(|| self.prover.compile(place, self.rules.set())));
        let asked = match (whole, self.prover.compile(place, without)) {
            (Some(Ok(whole)), Ok(without)) => {
                let (narrow, wide) = if rule.effect() == Effect::Forbid { (&without, whole) } else { (whole, &without) };
                self.prover.ask(async |solver| solver.check_implies_with_counterexample_opt(narrow, wide).await)
            }
            (Some(Err(why)), _) => Err(why.clone()),
            (_, Err(why)) => Err(why),
            (None, _) => Err("a kind of request was lost".to_owned()),
        };
        found(asked, |case| case.is_permitted(without) != case.is_permitted(self.rules.set()))
    }

    fn matches(&self, rule: &Policy, place: &Place) -> Search {
        let asked = self.one(rule, place).and_then(|compiled| self.prover.ask(async |solver| solver.check_never_matches_with_counterexample_opt(&compiled).await));
        found(asked, |case| case.is_matched_by(rule))
    }

    fn one(&self, rule: &Policy, place: &Place) -> Result<CompiledPolicy, String> {
        self.prover.oracle.is_there()?;
        CompiledPolicy::compile_with_custom_symenv(rule, &place.request, &self.prover.schema, place.symbols.clone()).map_err(|e| chain(&e))
    }

    /// Whether nothing is permitted where there is this one `permit` and these `forbid` rules.
    fn is_ruled_out(&self, permit: &Policy, forbids: &[&Policy]) -> Result<bool, String> {
        let set = set_of(forbids.iter().copied().chain([permit]))?;
        for (_, place) in self.about(permit) {
            let compiled = self.prover.compile(place, &set)?;
            if !self.prover.ask(async |solver| solver.check_always_denies_opt(&compiled).await)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// As few of them as still do it: one alone where one does, else those of which none can be left out.
    fn fewest(&self, permit: &Policy, mut forbids: Vec<&Policy>) -> Vec<Reason> {
        let does = |forbids: &[&Policy]| self.is_ruled_out(permit, forbids) == Ok(true);
        let alone = forbids.iter().copied().find(|forbid| does(&[*forbid]));
        if let Some(alone) = alone {
            return self.rules.reason(alone.id()).into_iter().collect();
        }
        for one in forbids.clone() {
            let fewer: Vec<&Policy> = forbids.iter().copied().filter(|other| other.id() != one.id()).collect();
            if does(&fewer) {
                forbids = fewer;
            }
        }
        let named = |reason: &Reason| forbids.iter().any(|forbid| self.rules.reason(forbid.id()).as_ref() == Some(reason));
        self.rules.in_order().into_iter().filter(named).collect()
    }
}

/// Believes a request only when Cedar confirms it.
fn found(asked: Result<Option<Env>, String>, is_one: impl Fn(&Case) -> bool) -> Search {
    match asked {
        Ok(None) => Search::None,
        Err(why) => Search::Unknown(why),
        Ok(Some(env)) => match Case::read(&env).filter(|case| is_one(case)) {
            Some(case) => Search::Found(Box::new(case)),
            None => Search::Unknown("the solver's example is none for Cedar".to_owned()),
        },
    }
}

fn set_of<'p>(policies: impl IntoIterator<Item = &'p Policy>) -> Result<PolicySet, String> {
    PolicySet::from_policies(policies.into_iter().cloned()).map_err(|e| chain(&e))
}
