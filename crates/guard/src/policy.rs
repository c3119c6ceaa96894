//! Cedar, and the only place that knows it: loading a policy set, and asking it one question.
//!
//! A policy set is taken only whole: strictly valid against its schema without a warning, no templates, every rule with an
//! `@id` and a `@reason`, and the schema accepts exactly the facts that the guard computes. Cedar skips a rule that errors;
//! here any evaluation error is a fault, which the guard turns into a refusal.

use std::collections::{BTreeMap, HashMap, HashSet};

use action::{Concern, Digest, Reason, Tier, Verb};
use cedar_policy::{
    Authorizer, Context, Decision as CedarDecision, Entities, Entity, EntityId, EntityTypeName, EntityUid, Policy, PolicyId,
    PolicySet, Request, Response, RestrictedExpression, Schema, ValidationMode, Validator,
};

use crate::guard::Circumstances;
use crate::ladder::Signatures;
use crate::question::Question;

/// The texts of a policy set and its schema.
#[derive(Clone, Copy, Debug)]
pub struct PolicySource<'a> {
    /// Cedar policies.
    pub policies: &'a str,
    /// Cedar schema, in Cedar's own syntax.
    pub schema: &'a str,
}

/// A policy set that was checked, and the names that every question needs.
pub(crate) struct Rules {
    set: PolicySet,
    authorizer: Authorizer,
    spoken: BTreeMap<PolicyId, Spoken>,
    names: Names,
}

/// What Cedar said to one question.
pub(crate) struct Saying {
    pub(crate) allowed: bool,
    /// Which rules made it so; of several, those further down the policy text first.
    pub(crate) reasons: Vec<Reason>,
}

/// One question's principal and place, ready to be asked at several rungs.
pub(crate) struct Inquiry {
    principal: EntityUid,
    action: EntityUid,
    resource: EntityUid,
    entities: Entities,
}

pub(crate) struct Spoken {
    place: usize,
    reason: Reason,
}

impl Rules {
    /// Reads and checks a policy set.
    pub(crate) fn load(source: &PolicySource<'_>) -> Result<Self, BadPolicy> {
        let (schema, _) =
            Schema::from_cedarschema_str(source.schema).map_err(|e| BadPolicy::Schema { why: chain(&e) })?;
        let rules = Self::load_checked(source.policies)?;
        validate(&rules.set, &schema)?;
        rules.fits(&schema)?;
        Ok(rules)
    }

    pub(crate) fn load_checked(policies: &str) -> Result<Self, BadPolicy> {
        Self::over(&parsed(policies)?)
    }

    /// Takes what [`crate::prepared`] made of a policy set that was checked whole, as the one in the program is by its tests: a rule that
    /// errors is still a fault of every question.
    pub(crate) fn load_prepared(prepared: &str) -> Result<Self, BadPolicy> {
        let rules: Vec<serde_json::Value> = serde_json::from_str(prepared).map_err(|e| BadPolicy::Unreadable { why: e.to_string() })?;
        let mut read = PolicySet::new();
        for (place, rule) in rules.into_iter().enumerate() {
            let id = PolicyId::new(format!("policy{place}"));
            let rule = Policy::from_json(Some(id), rule).map_err(|e| BadPolicy::Unreadable { why: chain(&e) })?;
            read.add(rule).map_err(|e| BadPolicy::Unreadable { why: chain(&e) })?;
        }
        Self::over(&read)
    }

    fn over(read: &PolicySet) -> Result<Self, BadPolicy> {
        let (set, spoken) = named(read)?;
        Ok(Self { set, authorizer: Authorizer::new(), spoken, names: Names::new()? })
    }

    /// The rules as they stand in the text.
    pub(crate) fn in_order(&self) -> Vec<Reason> {
        let mut rules: Vec<&Spoken> = self.spoken.values().collect();
        rules.sort_by_key(|spoken| spoken.place);
        rules.into_iter().map(|spoken| spoken.reason.clone()).collect()
    }

    /// The rules for Cedar, under their `@id`s.
    pub(crate) fn set(&self) -> &PolicySet {
        &self.set
    }

    /// One of them.
    pub(crate) fn rule(&self, id: &str) -> Option<Policy> {
        self.set.policy(&PolicyId::new(id)).cloned()
    }

    /// What one of them says.
    pub(crate) fn reason(&self, id: &PolicyId) -> Option<Reason> {
        self.spoken.get(id).map(|spoken| spoken.reason.clone())
    }

    /// Prepares what does not change from rung to rung.
    pub(crate) fn inquire(&self, question: &Question<'_>, circumstances: &Circumstances) -> Result<Inquiry, Fault> {
        self.inquiry(question, circumstances, None)
    }

    /// Asks with these signatures.
    pub(crate) fn ask(
        &self,
        inquiry: &Inquiry,
        question: &Question<'_>,
        circumstances: &Circumstances,
        signatures: Signatures,
    ) -> Result<Saying, Fault> {
        let request = inquiry.request(facts(question, circumstances, signatures)?, None)?;
        let response = self.authorizer.is_authorized(&request, &self.set, &inquiry.entities);
        let mut saying = self.saying(&response)?;
        saying.reasons.iter_mut().for_each(|reason| reason.text = question.before.told(&reason.text));
        Ok(saying)
    }

    fn saying(&self, response: &Response) -> Result<Saying, Fault> {
        let errors: Vec<String> = response.diagnostics().errors().map(|e| chain(e)).collect();
        if !errors.is_empty() {
            return Err(Fault { why: errors.join("; ") });
        }
        let mut spoken = Vec::new();
        for id in response.diagnostics().reason() {
            spoken.push(self.spoken.get(id).ok_or_else(|| Fault { why: format!("rule `{id}` has no reason") })?);
        }
        spoken.sort_by_key(|s| std::cmp::Reverse(s.place));
        let allowed = response.decision() == CedarDecision::Allow;
        Ok(Saying { allowed, reasons: spoken.into_iter().map(|s| s.reason.clone()).collect() })
    }

    fn inquiry(&self, question: &Question<'_>, circumstances: &Circumstances, schema: Option<&Schema>) -> Result<Inquiry, Fault> {
        let names = &self.names;
        let principal = names.uid(&names.agent, circumstances.agent.as_str());
        let resource = names.uid(&names.environment, question.environment);
        let tier = names.uid(&names.tier, &question.tier.to_string());
        let agent = HashMap::from([
            ("role".to_owned(), RestrictedExpression::new_string(circumstances.agent.as_str().to_owned())),
            ("person".to_owned(), RestrictedExpression::new_string(circumstances.asked_by.as_str().to_owned())),
        ]);
        let place = HashMap::from([("tier".to_owned(), RestrictedExpression::new_entity_uid(tier))]);
        let entities = [
            Entity::new(principal.clone(), agent, HashSet::new()).map_err(Fault::of)?,
            Entity::new(resource.clone(), place, HashSet::new()).map_err(Fault::of)?,
        ];
        let entities = Entities::from_entities(entities, schema).map_err(Fault::of)?;
        Ok(Inquiry { principal, action: names.uid(&names.action, question.verb.as_str()), resource, entities })
    }

    /// Whether the schema takes every verb and tier with the facts that are computed here.
    fn fits(&self, schema: &Schema) -> Result<(), BadPolicy> {
        let circumstances = Circumstances::probe();
        let verbs = VERBS.map(|verb| Question::probe(verb, Tier::Workspace));
        let tiers = TIERS.map(|tier| Question::probe(Verb::Read, tier));
        for question in verbs.iter().chain(&tiers) {
            self.fits_one(schema, &circumstances, question).map_err(|fault| BadPolicy::Facts { why: fault.why })?;
        }
        Ok(())
    }

    fn fits_one(&self, schema: &Schema, circumstances: &Circumstances, question: &Question<'_>) -> Result<(), Fault> {
        let inquiry = self.inquiry(question, circumstances, Some(schema))?;
        let request = inquiry.request(facts(question, circumstances, Signatures::default())?, Some(schema))?;
        let response = self.authorizer.is_authorized(&request, &self.set, &inquiry.entities);
        self.saying(&response).map(|_| ())
    }
}

impl Inquiry {
    fn request(&self, facts: Context, schema: Option<&Schema>) -> Result<Request, Fault> {
        Request::new(self.principal.clone(), self.action.clone(), self.resource.clone(), facts, schema).map_err(Fault::of)
    }
}

pub(crate) fn parsed(policies: &str) -> Result<PolicySet, BadPolicy> {
    let read: PolicySet = policies.parse().map_err(|e| BadPolicy::Unreadable { why: chain(&e) })?;
    let has_template = read.templates().next().is_some();
    if has_template { Err(BadPolicy::Template) } else { Ok(read) }
}

fn facts(question: &Question<'_>, circumstances: &Circumstances, signatures: Signatures) -> Result<Context, Fault> {
    let truths = [
        ("boxed", circumstances.boxed && !question.by_hand),
        ("byHand", question.by_hand),
        ("inTree", question.in_tree),
        ("exact", question.exact),
        ("registry", question.registry),
        ("documentation", question.documentation),
        ("opaque", question.opaque),
        ("dataBearing", question.data_bearing),
        ("wholeEnvironment", question.whole_environment),
        ("irreversible", question.irreversible),
        ("frozen", question.frozen),
        ("glass", question.glass),
        ("access", question.access),
        ("stopped", circumstances.stopped),
        ("signed", signatures.any),
        ("signedByPeer", signatures.peer),
        ("signedByTwoPeers", signatures.two_peers),
        ("signedByOwner", signatures.owner),
        ("governs", question.governs.is_some()),
        ("administers", question.governs == Some(Concern::Administration)),
        ("own", question.own),
        ("founding", circumstances.electorate.founding),
        ("askedByAdmin", circumstances.electorate.asked_by_admin),
        ("otherAdmin", circumstances.electorate.other_admin),
        ("signedByTwo", signatures.two),
        ("signedByTwoOwners", signatures.two_owners),
        ("signedByAdmin", signatures.admin),
        ("signedByOtherAdmin", signatures.other_admin),
    ];
    let truths = truths.into_iter().map(|(name, truth)| (name.to_owned(), RestrictedExpression::new_bool(truth)));
    let kind = ("kind".to_owned(), RestrictedExpression::new_string(question.kind.to_owned()));
    let numbers = question.before.numbers().map(|(name, number)| (name.to_owned(), RestrictedExpression::new_long(number)));
    Context::from_pairs(truths.chain([kind]).chain(numbers)).map_err(Fault::of)
}

/// The same rules under their own `@id`s, with what they say.
pub(crate) fn named(read: &PolicySet) -> Result<(PolicySet, BTreeMap<PolicyId, Spoken>), BadPolicy> {
    let mut rules: Vec<&Policy> = read.policies().collect();
    rules.sort_by_key(|p| place(p.id()));
    let mut set = PolicySet::new();
    let mut spoken = BTreeMap::new();
    for (place, policy) in rules.into_iter().enumerate() {
        // Asking for one annotation by name parses that name with Cedar's whole grammar each time; looking through all does not.
        let said = |key| policy.annotations().find(|(name, text)| *name == key && !text.trim().is_empty()).map(|(_, text)| text.to_owned());
        let rule = said("id").ok_or_else(|| BadPolicy::Unnamed { number: place + 1 })?;
        let text = said("reason").ok_or_else(|| BadPolicy::Silent { rule: rule.clone() })?;
        let id = PolicyId::new(&rule);
        set.add(policy.new_id(id.clone())).map_err(|_| BadPolicy::TwiceNamed { rule: rule.clone() })?;
        spoken.insert(id, Spoken { place, reason: Reason { rule, text } });
    }
    Ok((set, spoken))
}

/// Cedar numbers the rules of a text `policy0`, `policy1`, …; that is the order they stand in.
pub(crate) fn place(id: &PolicyId) -> usize {
    id.to_string().trim_start_matches("policy").parse().unwrap_or(usize::MAX)
}

fn validate(set: &PolicySet, schema: &Schema) -> Result<(), BadPolicy> {
    let result = Validator::new(schema.clone()).validate(set, ValidationMode::Strict);
    let errors = result.validation_errors().map(|e| chain(e));
    let complaints: Vec<String> = errors.chain(result.validation_warnings().map(|w| chain(w))).collect();
    if complaints.is_empty() { Ok(()) } else { Err(BadPolicy::Invalid { why: complaints.join("; ") }) }
}

/// Cedar's type names, parsed once.
struct Names {
    agent: EntityTypeName,
    environment: EntityTypeName,
    tier: EntityTypeName,
    action: EntityTypeName,
}

impl Names {
    fn new() -> Result<Self, BadPolicy> {
        let name = |text: &str| text.parse().map_err(|e| BadPolicy::Facts { why: chain(&e) });
        Ok(Self { agent: name("Agent")?, environment: name("Environment")?, tier: name("Tier")?, action: name("Action")? })
    }

    fn uid(&self, kind: &EntityTypeName, id: &str) -> EntityUid {
        EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(id))
    }
}

/// Every verb; a table of its own, so that a schema that forgets one is found at load.
const VERBS: [Verb; 11] = [
    Verb::Read,
    Verb::Create,
    Verb::Update,
    Verb::Execute,
    Verb::Spend,
    Verb::DisableProtection,
    Verb::Grant,
    Verb::Expose,
    Verb::Replace,
    Verb::Delete,
    Verb::Opaque,
];

/// Every tier.
const TIERS: [Tier; 6] =
    [Tier::Workspace, Tier::Host, Tier::Development, Tier::Staging, Tier::Production, Tier::Unknown];

impl Question<'static> {
    pub(crate) fn probe(verb: Verb, tier: Tier) -> Self {
        Self {
            tier,
            verb,
            environment: "probe",
            kind: "probe",
            registry: false,
            documentation: false,
            opaque: false,
            data_bearing: false,
            whole_environment: false,
            irreversible: false,
            by_hand: false,
            in_tree: false,
            exact: false,
            governs: None,
            own: false,
            access: false,
            frozen: false,
            glass: false,
            before: Default::default(),
        }
    }
}

/// The digest that stands for these rules: texts and named registries.
pub(crate) fn digest(source: &PolicySource<'_>, registries: &[&str]) -> Result<Digest, BadPolicy> {
    Digest::of(&(1, source.policies, source.schema, registries)).map_err(|e| BadPolicy::Facts { why: e.to_string() })
}

pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let more = cause.to_string();
        if !words.contains(&more) {
            words.push_str(": ");
            words.push_str(&more);
        }
        next = cause.source();
    }
    words
}

/// Cedar could not answer. The guard refuses with the rule id `policy-error`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the policy could not be evaluated: {why}")]
pub(crate) struct Fault {
    pub(crate) why: String,
}

impl Fault {
    fn of(error: impl std::error::Error + 'static) -> Self {
        Self { why: chain(&error) }
    }
}

/// Why a policy set is not taken. The old one stays in force.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadPolicy {
    /// The schema does not parse.
    #[error("the schema cannot be read: {why}")]
    Schema {
        /// Cedar's words.
        why: String,
    },
    /// The policies do not parse.
    #[error("the policies cannot be read: {why}")]
    Unreadable {
        /// Cedar's words.
        why: String,
    },
    /// A template, which proofs cannot cover.
    #[error("the policies hold a template; write it out as rules")]
    Template,
    /// A rule without an `@id`.
    #[error("rule number {number} has no `@id`")]
    Unnamed {
        /// From 1, in the order of the text.
        number: usize,
    },
    /// A rule without a `@reason`.
    #[error("rule `{rule}` has no `@reason`")]
    Silent {
        /// Its id.
        rule: String,
    },
    /// Two rules with one `@id`.
    #[error("two rules are named `{rule}`")]
    TwiceNamed {
        /// The id.
        rule: String,
    },
    /// An invariant that is no `forbid`.
    #[error("invariant `{rule}` is a `permit`; an invariant says with `forbid` what is never permitted")]
    Permits {
        /// Its id.
        rule: String,
    },
    /// Strict validation found errors or warnings.
    #[error("the policies do not fit their schema: {why}")]
    Invalid {
        /// Cedar's words, all of them.
        why: String,
    },
    /// The schema does not take the facts that the guard computes.
    #[error("the schema does not fit the guard: {why}")]
    Facts {
        /// Cedar's words.
        why: String,
    },
}

#[cfg(test)]
mod tests;
