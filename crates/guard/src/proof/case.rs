//! One concrete request: read from what a solver found, asked of Cedar itself, and made plainer until nothing in it can be left out.

use std::collections::{BTreeMap, HashMap, HashSet};

use action::Reason;
use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityUid, EvalResult, Policy, PolicySet, Request, Response,
    RestrictedExpression,
};
use cedar_policy_symcc::Env;

use super::Bar;
use crate::history::Before;
use crate::policy::Rules;

/// A request that shows something, as a person is told it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// The verb.
    pub action: String,
    /// The tier of the place.
    pub tier: String,
    /// The noun of the resource.
    pub kind: String,
    /// The agent's role.
    pub role: String,
    /// Every fact that is true of it and matters, by its name in the schema.
    pub facts: Vec<String>,
    /// Every signature that it has and that matters, likewise.
    pub signatures: Vec<String>,
    /// The rules that permit it; or, where `errs`, the one that cannot be evaluated.
    pub rules: Vec<Reason>,
    /// What stops it elsewhere: the invariant that it breaks, or rules of the other policy; none where nothing there permits it.
    pub against: Vec<Reason>,
    /// It shows that a rule errs, and not that something is permitted.
    pub errs: bool,
}

impl Witness {
    /// The request in one sentence.
    pub fn story(&self) -> String {
        let facts = if self.facts.is_empty() { String::new() } else { format!(" ({})", self.facts.join(", ")) };
        let signed: Vec<&str> = self.signatures.iter().map(|name| signature(name)).collect();
        let signed = if signed.is_empty() { "with nobody's signature".to_owned() } else { format!("signed by {}", signed.join(" and ")) };
        format!("an agent in the role `{}` does `{}` to `{}` in `{}`{facts}, {signed}", self.role, self.action, self.kind, self.tier)
    }
}

/// A fact about signatures in words.
fn signature(name: &str) -> &str {
    match name {
        "signed" => "an enrolled person",
        "signedByPeer" => "somebody who did not ask",
        "signedByTwoPeers" => "two who did not ask",
        "signedByOwner" => "an owner",
        "signedByTwo" => "two people",
        "signedByAdmin" => "an admin",
        "signedByOtherAdmin" => "an admin who did not ask",
        other => other,
    }
}

/// A request with all its facts.
#[derive(Clone)]
pub(super) struct Case {
    principal: EntityUid,
    action: EntityUid,
    resource: EntityUid,
    tier: EntityUid,
    /// Attributes of the agent.
    agent: BTreeMap<String, String>,
    truths: BTreeMap<String, bool>,
    /// Facts that are texts.
    words: BTreeMap<String, String>,
    /// Facts that are numbers.
    numbers: BTreeMap<String, i64>,
}

impl Case {
    /// `None` for what is no request of the guard's shape.
    pub(super) fn read(found: &Env) -> Option<Self> {
        let (request, entities) = (&found.request, &found.entities);
        let (principal, resource) = (request.principal()?.clone(), request.resource()?.clone());
        let EvalResult::EntityUid(tier) = entities.get(&resource)?.attr("tier")?.ok()? else { return None };
        let agent = entities.get(&principal)?;
        let agent = ["role", "person"].into_iter().map(|name| Some((name.to_owned(), text(agent.attr(name)?.ok()?)?))).collect::<Option<_>>()?;
        let mut case = Self { principal, action: request.action()?.clone(), resource, tier, agent, truths: BTreeMap::new(), words: BTreeMap::new(), numbers: BTreeMap::new() };
        let facts: BTreeMap<String, RestrictedExpression> = request.context()?.clone().into_iter().collect();
        for name in facts.into_keys() {
            match request.context()?.get(&name)? {
                EvalResult::Bool(truth) => drop(case.truths.insert(name, truth)),
                EvalResult::Long(number) => {
                    case.numbers.insert(name, number);
                }
                other => drop(case.words.insert(name, text(other)?)),
            }
        }
        Some(case)
    }

    /// With every truth that does not matter left out, and ordinary words where any do.
    pub(super) fn plainest(mut self, is_one: &impl Fn(&Self) -> bool) -> Self {
        // As many signatures as it can have: then no odd fact has to stand in for one.
        let (signatures, facts): (Vec<String>, Vec<String>) = self.truths.keys().cloned().partition(|name| is_signature(name));
        self.try_each(is_one, &signatures, true);
        // Twice, for what one truth needs is left out only after it.
        for names in [&facts, &signatures, &facts, &signatures] {
            self.try_each(is_one, names, false);
        }
        for (name, usual) in [("kind", "file"), ("kind", "database")] {
            self.try_instead(is_one, |case| drop(case.words.insert(name.to_owned(), usual.to_owned())));
        }
        for (name, usual) in Before::default().numbers() {
            self.try_instead(is_one, |case| {
                case.numbers.insert(name.to_owned(), usual);
            });
        }
        for (name, usual) in [("role", "engineer"), ("person", "somebody")] {
            self.try_instead(is_one, |case| drop(case.agent.insert(name.to_owned(), usual.to_owned())));
        }
        let production = EntityUid::from_type_name_and_id(self.tier.type_name().clone(), EntityId::new("production"));
        self.try_instead(is_one, |case| case.tier = production);
        self
    }

    fn try_each(&mut self, is_one: &impl Fn(&Self) -> bool, names: &[String], truth: bool) {
        for name in names {
            self.try_instead(is_one, |case| {
                case.truths.insert(name.clone(), truth);
            });
        }
    }

    fn try_instead(&mut self, is_one: &impl Fn(&Self) -> bool, change: impl FnOnce(&mut Self)) {
        let mut other = self.clone();
        change(&mut other);
        if is_one(&other) {
            *self = other;
        }
    }

    /// Whether Cedar permits it, with no rule that errs.
    pub(super) fn is_permitted(&self, set: &PolicySet) -> bool {
        self.response(set).is_some_and(|said| said.decision() == Decision::Allow && said.diagnostics().errors().next().is_none())
    }

    /// Whether this rule cannot be evaluated.
    pub(super) fn errs(&self, rule: &Policy) -> bool {
        let alone = PolicySet::from_policies([rule.clone()]).ok();
        alone.and_then(|alone| self.response(&alone)).is_some_and(|said| said.diagnostics().errors().next().is_some())
    }

    /// Whether this rule speaks of it.
    pub(super) fn is_matched_by(&self, rule: &Policy) -> bool {
        let alone = PolicySet::from_policies([rule.clone()]).ok();
        alone.and_then(|alone| self.response(&alone)).is_some_and(|said| said.diagnostics().reason().next().is_some())
    }

    /// It, with those of the rules that decide it where there are only these.
    pub(super) fn decided_by(&self, rules: &Rules, only: &PolicySet) -> Witness {
        let said = self.response(only);
        let mut deciding: Vec<Reason> = said.iter().flat_map(|said| said.diagnostics().reason().filter_map(|id| rules.reason(id))).collect();
        deciding.sort();
        self.witness(deciding, Vec::new(), false)
    }

    pub(super) fn permitted(&self, rules: &Rules, bar: Bar<'_>) -> Witness {
        let against = match bar {
            Bar::Invariant(says) => vec![says.clone()],
            Bar::Rules(other) => self.speaking(other),
        };
        self.witness(self.speaking(rules), against, false)
    }

    pub(super) fn erring(&self, rules: &Rules, rule: &Policy) -> Witness {
        self.witness(rules.reason(rule.id()).into_iter().collect(), Vec::new(), true)
    }

    /// The rules that decide it.
    fn speaking(&self, rules: &Rules) -> Vec<Reason> {
        let said = self.response(rules.set());
        said.iter().flat_map(|said| said.diagnostics().reason().filter_map(|id| rules.reason(id))).collect()
    }

    fn witness(&self, rules: Vec<Reason>, against: Vec<Reason>, errs: bool) -> Witness {
        let (signatures, mut facts): (Vec<String>, Vec<String>) = self.truths.iter().filter(|(_, truth)| **truth).map(|(name, _)| name.clone()).partition(|name| is_signature(name));
        facts.extend(self.numbers.iter().filter(|(name, number)| !Before::default().numbers().contains(&(name.as_str(), **number))).map(|(name, number)| format!("{name} {number}")));
        let word = |words: &BTreeMap<String, String>, name| words.get(name).cloned().unwrap_or_default();
        Witness {
            action: self.action.id().unescaped().to_owned(),
            tier: self.tier.id().unescaped().to_owned(),
            kind: word(&self.words, "kind"),
            role: word(&self.agent, "role"),
            facts,
            signatures,
            rules,
            against,
            errs,
        }
    }

    fn response(&self, set: &PolicySet) -> Option<Response> {
        let string = |text: &String| RestrictedExpression::new_string(text.clone());
        let agent: HashMap<_, _> = self.agent.iter().map(|(name, text)| (name.clone(), string(text))).collect();
        let place = HashMap::from([("tier".to_owned(), RestrictedExpression::new_entity_uid(self.tier.clone()))]);
        let entities = [Entity::new(self.principal.clone(), agent, HashSet::new()).ok()?, Entity::new(self.resource.clone(), place, HashSet::new()).ok()?];
        let entities = Entities::from_entities(entities, None).ok()?;
        let truths = self.truths.iter().map(|(name, truth)| (name.clone(), RestrictedExpression::new_bool(*truth)));
        let numbers = self.numbers.iter().map(|(name, number)| (name.clone(), RestrictedExpression::new_long(*number)));
        let words = self.words.iter().map(|(name, text)| (name.clone(), string(text)));
        let facts = Context::from_pairs(truths.chain(words).chain(numbers)).ok()?;
        let request = Request::new(self.principal.clone(), self.action.clone(), self.resource.clone(), facts, None).ok()?;
        Some(Authorizer::new().is_authorized(&request, set, &entities))
    }
}

fn is_signature(name: &str) -> bool {
    name.starts_with("signed")
}

fn text(value: EvalResult) -> Option<String> {
    if let EvalResult::String(text) = value { Some(text) } else { None }
}
