//! The judge: effects and circumstances in, a verdict with reasons out.
//!
//! Each effect is asked about at each rung of the ladder until Cedar allows it; the gravest answer counts. It never fails:
//! whatever goes wrong is a refusal that says what. Nothing is remembered between calls, so nothing can go stale.

use std::collections::BTreeSet;

use action::{Access, AgentName, Concern, Decision, Digest, Effect, Effects, EnvironmentName, Generation, Intent, Moment, PersonId, Reason, Terms, Verdict};
use ssh_key::PublicKey;

use crate::ballot::Electorate;
use crate::explain;
use crate::history::Past;
use crate::key::GuardKey;
use crate::ladder::{EMERGENCY, GOVERNING, LADDER, Rung, Signatures};
use crate::policy::{self, BadPolicy, Fault, PolicySource, Rules};
use crate::question::{Question, at_least, plain_host};
use crate::roster::Standing;

/// What is known of the moment, gathered by the caller from the service and never from the agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Circumstances {
    /// The person that the agent acts for.
    pub asked_by: PersonId,
    /// The agent's role.
    pub agent: AgentName,
    /// Whether kernel bounds are in force round what runs.
    pub boxed: bool,
    /// What is in force for a while.
    pub in_force: InForce,
    /// The environment's generation at present.
    pub generation: Generation,
    /// Whether the session or the intent was stopped.
    pub stopped: bool,
    /// Who could agree, where people are to be changed.
    pub electorate: Electorate,
    /// What the places ask of the signatures, besides what the policy does.
    pub terms: Terms,
}

/// What is in force at a moment, for one agent of one person, and what came before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InForce {
    /// Where nothing leaves the box for.
    pub frozen: Vec<EnvironmentName>,
    /// What they have access to.
    pub access: Vec<Access>,
    /// Where no freeze stops what they ask for.
    pub glass: Vec<EnvironmentName>,
    /// What began lately.
    pub past: Past,
}

impl InForce {
    /// As it stands for an agent of a person at a moment, as if nothing came before; `latest` is when who may do what was last changed.
    pub fn of(standing: &Standing, person: &PersonId, agent: &AgentName, at: Moment, latest: Moment) -> Self {
        Self {
            frozen: standing.frozen(at, latest).cloned().collect(),
            access: standing.access_of(person, agent, at).cloned().collect(),
            glass: standing.broken_for(person, at).cloned().collect(),
            past: Past::default(),
        }
    }
}

/// The hosts that cargo, npm and pip fetch from when nothing is configured.
pub const USUAL_REGISTRIES: [&str; 6] =
    ["index.crates.io", "static.crates.io", "crates.io", "registry.npmjs.org", "pypi.org", "files.pythonhosted.org"];

/// How one question gets its verdict.
pub(crate) type Climb<'c> = &'c mut dyn FnMut(&Question<'_>) -> Result<Verdict, Fault>;

/// Decides and signs. One policy set, one key.
pub struct Guard {
    rules: Rules,
    registries: BTreeSet<String>,
    documentation: BTreeSet<String>,
    digest: Digest,
    key: GuardKey,
}

impl Guard {
    /// A guard with these policies, naming no registry. Any fault in the policies is an error.
    pub fn new(source: PolicySource<'_>, key: GuardKey) -> Result<Self, BadPolicy> {
        Self::with_registries(source, [], key)
    }

    /// The same, with the hosts (`name` for port 443, else `name:port`) that the service names as package registries.
    /// They are part of the policy digest.
    pub fn with_registries<'a>(
        source: PolicySource<'_>,
        hosts: impl IntoIterator<Item = &'a str>,
        key: GuardKey,
    ) -> Result<Self, BadPolicy> {
        Self::over(Rules::load(&source)?, &source, hosts, key)
    }

    /// The same for policies that were checked whole before, by the tests of the program that has them inside, as
    /// [`crate::prepared`] has made them. For a process that asks one question and ends.
    pub fn with_prepared<'a>(
        source: PolicySource<'_>,
        prepared: &str,
        hosts: impl IntoIterator<Item = &'a str>,
        key: GuardKey,
    ) -> Result<Self, BadPolicy> {
        Self::over(Rules::load_prepared(prepared)?, &source, hosts, key)
    }

    fn over<'a>(rules: Rules, source: &PolicySource<'_>, hosts: impl IntoIterator<Item = &'a str>, key: GuardKey) -> Result<Self, BadPolicy> {
        let registries: BTreeSet<String> = hosts.into_iter().map(str::to_ascii_lowercase).collect();
        let names: Vec<&str> = registries.iter().map(String::as_str).collect();
        let digest = policy::digest(source, &names)?;
        Ok(Self { rules, registries, documentation: BTreeSet::new(), digest, key })
    }

    /// The same, with the hosts (`name` for port 443, else `name:port`) that the service names for documentation. They are part
    /// of the policy digest.
    pub fn naming_documentation<'a>(self, hosts: impl IntoIterator<Item = &'a str>) -> Result<Self, BadPolicy> {
        let documentation: BTreeSet<String> = hosts.into_iter().map(str::to_ascii_lowercase).collect();
        if documentation.is_empty() {
            return Ok(self);
        }
        let digest = Digest::of(&(self.digest, &documentation)).map_err(|e| BadPolicy::Facts { why: e.to_string() })?;
        Ok(Self { documentation, digest, ..self })
    }

    /// The digest of the policy in force.
    pub fn policy_digest(&self) -> Digest {
        self.digest
    }

    /// The key that permits verify with.
    pub fn public_key(&self) -> PublicKey {
        self.key.public()
    }

    /// Judges. Any error is a refusal with the rule `policy-error`.
    ///
    /// No effects at all are judged as running a program in the copy, and a deed that leaves the box by its nature (landing,
    /// reaching a host, changing an environment) as leaving it, whatever its effects say.
    pub fn assess(&self, intent: &Intent, effects: &Effects, circumstances: &Circumstances) -> Verdict {
        self.assess_by(intent, effects, circumstances, &mut |question| self.climb(question, circumstances))
    }

    /// The same, where each question is answered by `climb`.
    pub(crate) fn assess_by(&self, intent: &Intent, effects: &Effects, circumstances: &Circumstances, climb: Climb<'_>) -> Verdict {
        if intent.asked_by != circumstances.asked_by || intent.agent != circumstances.agent {
            return Verdict::refuse(self.digest, "another-requester", "the intent names another person or agent than the session");
        }
        let verdict = self.judge(intent, effects, &circumstances.in_force, climb);
        let verdict = verdict.unwrap_or_else(|fault| Verdict::refuse(self.digest, "policy-error", fault.to_string()));
        asking(verdict, &circumstances.terms)
    }

    fn judge(&self, intent: &Intent, effects: &Effects, in_force: &InForce, climb: Climb<'_>) -> Result<Verdict, Fault> {
        let stand_in = at_least(intent, effects);
        let mut opinions = Vec::new();
        for question in self.questions(intent, effects.iter().chain(&stand_in), in_force) {
            opinions.push(climb(&question)?);
        }
        // Gravest first; what is allowed gives no reason beside what is not.
        opinions.sort_by_key(|opinion| std::cmp::Reverse(opinion.decision));
        let gravest = opinions.first().map_or(Decision::Refuse, |o| o.decision);
        let told = opinions.into_iter().filter(|o| gravest == Decision::Permit || o.decision != Decision::Permit);
        Ok(told.reduce(Verdict::and).unwrap_or_else(|| {
            Verdict::refuse(self.digest, "policy-error", "there was nothing to judge")
        }))
    }

    /// Whether the policy lets all effects pass with these signatures; the error is what still stands against it.
    pub(crate) fn ask_with(
        &self,
        intent: &Intent,
        effects: &Effects,
        circumstances: &Circumstances,
        signatures: Signatures,
    ) -> Result<(), Vec<Reason>> {
        let stand_in = at_least(intent, effects);
        for question in self.questions(intent, effects.iter().chain(&stand_in), &circumstances.in_force) {
            let asked = self
                .rules
                .inquire(&question, circumstances)
                .and_then(|inquiry| self.rules.ask(&inquiry, &question, circumstances, signatures));
            match asked {
                Ok(saying) if saying.allowed => {}
                Ok(saying) => return Err(or_nothing_permits(saying.reasons)),
                Err(fault) => return Err(vec![Reason { rule: "policy-error".into(), text: fault.to_string() }]),
            }
        }
        Ok(())
    }

    /// The first rung that Cedar allows.
    pub(crate) fn climb(&self, question: &Question<'_>, circumstances: &Circumstances) -> Result<Verdict, Fault> {
        let inquiry = self.rules.inquire(question, circumstances)?;
        let mut at_nobody = None;
        let mut at_top = Vec::new();
        for rung in ladder(question) {
            let saying = self.rules.ask(&inquiry, question, circumstances, rung.signatures)?;
            if saying.allowed {
                let reasons = at_nobody.unwrap_or(saying.reasons);
                return Ok(Verdict { decision: rung.decision, reasons: or_nothing_permits(reasons), policy: self.digest });
            }
            at_top.clone_from(&saying.reasons);
            at_nobody.get_or_insert(saying.reasons);
        }
        Ok(Verdict { decision: Decision::Refuse, reasons: or_nothing_permits(at_top), policy: self.digest })
    }

    fn questions<'a>(&self, intent: &Intent, effects: impl Iterator<Item = &'a Effect>, in_force: &InForce) -> BTreeSet<Question<'a>> {
        effects.map(|effect| self.question(intent, effect, in_force)).collect()
    }

    /// What is asked about one effect.
    pub(crate) fn question<'a>(&self, intent: &Intent, effect: &'a Effect, in_force: &InForce) -> Question<'a> {
        Question::about(effect, intent, in_force, self.is_registry(effect), self.is_documentation(effect))
    }

    /// What Cedar says from the lowest rung to the first that it allows.
    pub(crate) fn rungs(&self, question: &Question<'_>, circumstances: &Circumstances) -> Result<Vec<explain::Rung>, Fault> {
        let inquiry = self.rules.inquire(question, circumstances)?;
        let mut told = Vec::new();
        for rung in ladder(question) {
            let saying = self.rules.ask(&inquiry, question, circumstances, rung.signatures)?;
            told.push(explain::Rung { with: rung.decision, allowed: saying.allowed, rules: saying.reasons });
            if saying.allowed {
                break;
            }
        }
        Ok(told)
    }

    fn is_registry(&self, effect: &Effect) -> bool {
        plain_host(effect, "host").is_some_and(|host| self.registries.contains(host))
    }

    fn is_documentation(&self, effect: &Effect) -> bool {
        plain_host(effect, "page").is_some_and(|host| self.documentation.contains(host))
    }

    /// The rules of its policy, in the order of the text.
    pub fn rules(&self) -> Vec<Reason> {
        self.rules.in_order()
    }

    pub(crate) fn key(&self) -> &GuardKey {
        &self.key
    }
}

fn ladder(question: &Question<'_>) -> &'static [Rung] {
    match question.governs {
        Some(Concern::Administration) => &GOVERNING,
        Some(Concern::Emergency) => &EMERGENCY,
        Some(Concern::Access) | None => &LADDER,
    }
}

/// A hold says what the places ask for besides. What is counted when it is signed is the ballot's.
fn asking(mut verdict: Verdict, terms: &Terms) -> Verdict {
    if let Decision::Hold { quorum } = verdict.decision {
        let text = terms.of(quorum).words().join("; ");
        verdict.reasons.extend((!text.is_empty()).then(|| Reason { rule: "environment-asks".into(), text }));
    }
    verdict
}

/// Default deny has no rule to speak for it.
fn or_nothing_permits(reasons: Vec<Reason>) -> Vec<Reason> {
    match reasons.is_empty() {
        false => reasons,
        true => vec![Reason { rule: "nothing-permits".into(), text: "no rule of the policy permits this".into() }],
    }
}

impl Circumstances {
    /// Stands for any circumstances when a schema is tried.
    pub(crate) fn probe() -> Self {
        Self {
            asked_by: PersonId::new("probe"),
            agent: AgentName::new("probe"),
            boxed: false,
            in_force: InForce::default(),
            generation: Generation(0),
            stopped: false,
            electorate: Electorate::default(),
            terms: Terms::default(),
        }
    }
}

#[cfg(test)]
mod tests;
