//! What stands by signed changes beside people: which places are which environments, what is frozen, who has access to what until
//! when, whose glass is broken, and which policy is in force. Whatever is given for a while is over by itself.

use std::collections::{BTreeMap, BTreeSet};

use action::{Access, AgentName, Deputy, Digest, Environment, EnvironmentName, Freeze, Generation, Glass, Governance, IntentId, Moment, PersonId, Terms};
use serde::{Deserialize, Serialize};

use super::NotEnrolled;

/// All of it, and what it was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    environments: BTreeMap<EnvironmentName, Environment>,
    /// Also of environments that are none any more.
    generations: BTreeMap<EnvironmentName, Generation>,
    freezes: Vec<Freeze>,
    accesses: Vec<Granted>,
    glasses: Vec<Broken>,
    deputies: Vec<Deputy>,
    policy: Option<Digest>,
    observed: Option<Digest>,
}

/// Access that was granted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Granted {
    /// The intent by which it was.
    pub intent: IntentId,
    /// What it is.
    pub access: Access,
    /// Since when.
    pub since: Moment,
    /// The first moment at which it is over by itself.
    pub until: Moment,
    /// When it was taken away before that.
    pub revoked: Option<Moment>,
}

impl Granted {
    /// Whether it holds at a moment. What was granted by a clock that was ahead holds when that moment has come.
    pub fn holds(&self, at: Moment) -> bool {
        self.revoked.is_none() && self.since <= at.plus_seconds(CLOCK_SLACK_SECONDS) && at < self.until
    }
}

/// Glass that was broken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Broken {
    /// The intent by which it was.
    pub intent: IntentId,
    /// Whose and where.
    pub glass: Glass,
    /// Since when.
    pub since: Moment,
    /// The first moment at which it is whole again.
    pub until: Moment,
    /// What a review found; owed until then.
    pub finding: Option<String>,
}

impl Standing {
    /// The environments, by name, with their generations.
    pub fn environments(&self) -> impl Iterator<Item = (&Environment, Generation)> {
        self.environments.values().map(|environment| (environment, self.generation(&environment.name)))
    }

    /// One of them.
    pub fn environment(&self, name: &EnvironmentName) -> Option<&Environment> {
        self.environments.get(name)
    }

    /// The generation of an environment; one that nobody ever mapped stays at 0.
    pub fn generation(&self, name: &EnvironmentName) -> Generation {
        self.generations.get(name).copied().unwrap_or_default()
    }

    /// One number that changes whenever the mapping of any of these does: the sum of their generations, which only grow.
    pub fn generation_of(&self, places: &BTreeSet<EnvironmentName>) -> Generation {
        Generation(places.iter().fold(0, |sum, place| sum.saturating_add(self.generation(place).0)))
    }

    /// Whether a person is an owner of a place, of each region of it and of what it is a region of. Where nobody is named all owners are.
    pub(super) fn is_owned_by(&self, place: &EnvironmentName, person: &PersonId) -> bool {
        let there = self.environments.values().filter(|environment| place.includes(&environment.name) || environment.name.includes(place));
        there.map(|environment| &environment.owners).all(|owners| owners.is_empty() || owners.contains(person))
    }

    /// Every freeze that was not taken back, over or to come.
    pub fn freezes(&self) -> &[Freeze] {
        &self.freezes
    }

    /// Whoever does another's duty now, did or will, in order, but for what was ended.
    pub fn deputies(&self) -> &[Deputy] {
        &self.deputies
    }

    /// Whose duty a person does at a moment, besides their own.
    pub(crate) fn does_duty_of<'s>(&'s self, deputy: &'s PersonId, at: Moment) -> impl Iterator<Item = &'s PersonId> {
        self.deputies.iter().filter(move |known| known.deputy == *deputy && known.holds(at)).map(|known| &known.person)
    }

    /// Whether any environment asks for something of signatures.
    pub fn asks_anywhere(&self) -> bool {
        self.environments.values().any(|environment| !environment.terms.is_none())
    }

    /// What the signatures there must be besides what the policy asks for: what each of these places asks, each region of it, and what it is
    /// a region of.
    pub fn terms(&self, places: &BTreeSet<EnvironmentName>) -> Terms {
        let meant = |name: &EnvironmentName| places.iter().any(|place| place.includes(name) || name.includes(place));
        self.environments.values().filter(|environment| meant(&environment.name)).fold(Terms::default(), |terms, environment| terms.and(&environment.terms))
    }

    /// All access that was ever granted, in order.
    pub fn accesses(&self) -> &[Granted] {
        &self.accesses
    }

    /// All glass that was ever broken, in order.
    pub fn glasses(&self) -> &[Broken] {
        &self.glasses
    }

    /// Blob of the policy in force, where it is not the one in the program.
    pub fn policy(&self) -> Option<Digest> {
        self.policy
    }

    /// Blob of the policy that is observed, where one is.
    pub fn observed(&self) -> Option<Digest> {
        self.observed
    }

    /// What this agent of this person has access to.
    pub fn access_of(&self, person: &PersonId, agent: &AgentName, at: Moment) -> impl Iterator<Item = &Access> {
        let holding = self.accesses.iter().filter(move |granted| granted.holds(at));
        holding.map(|granted| &granted.access).filter(move |access| access.is_for(person, agent))
    }

    /// Where no freeze stops what this person asks for.
    pub fn broken_for(&self, person: &PersonId, at: Moment) -> impl Iterator<Item = &EnvironmentName> {
        let broken = self.glasses.iter().filter(move |broken| broken.glass.person == *person && broken.since <= at.plus_seconds(CLOCK_SLACK_SECONDS) && at < broken.until);
        broken.map(|broken| &broken.glass.environment)
    }

    /// Where nothing leaves the box for, at any moment from one to another: a clock that was ahead once ends no freeze.
    pub fn frozen(&self, from: Moment, to: Moment) -> impl Iterator<Item = &EnvironmentName> {
        self.freezes.iter().filter(move |freeze| freeze.from <= to.max(from) && from < freeze.until).map(|freeze| &freeze.environment)
    }

    /// Takes a mapping of a ledger of an older version.
    pub(super) fn mapped(&mut self, environment: &Environment, generation: Generation) -> Result<(), NotEnrolled> {
        let known = self.generation(&environment.name);
        if known > generation {
            return Err(NotEnrolled::GenerationBack { environment: environment.name.clone(), from: known, to: generation });
        }
        self.set(environment.clone(), generation);
        Ok(())
    }

    /// Whether a change can be made as things stand.
    pub(super) fn check(&self, change: &Governance) -> Result<(), NotEnrolled> {
        match change {
            Governance::SetEnvironment { environment, before, generation } => {
                check_environment(environment)?;
                self.check_as_it_was(&environment.name, before.as_deref(), *generation)
            }
            Governance::RemoveEnvironment { environment, generation } => self.check_as_it_was(&environment.name, Some(environment), *generation),
            Governance::Freeze { freeze } => {
                freeze.check()?;
                self.check_mapped(&freeze.environment)?;
                if self.freezes.contains(freeze) { Err(NotEnrolled::FrozenAlready { environment: freeze.environment.clone() }) } else { Ok(()) }
            }
            Governance::Thaw { freeze } if !self.freezes.contains(freeze) => Err(NotEnrolled::NotFrozen { environment: freeze.environment.clone() }),
            Governance::GrantAccess { access } => {
                access.check()?;
                self.check_mapped(&access.environment)
            }
            Governance::RevokeAccess { person, access } => {
                let theirs = self.accesses.iter().any(|known| known.intent == *access && known.access.person == *person && known.revoked.is_none());
                if theirs { Ok(()) } else { Err(NotEnrolled::NoAccess { person: person.clone(), access: access.clone() }) }
            }
            Governance::BreakGlass { glass } => {
                glass.check()?;
                self.check_mapped(&glass.environment)
            }
            Governance::ReviewGlass { person, glass, finding } => self.check_review(person, glass, finding),
            Governance::SetDeputy { deputy } => self.check_deputy(deputy),
            Governance::EndDeputy { deputy } if !self.deputies.contains(deputy) => Err(NotEnrolled::NoDeputy { deputy: deputy.deputy.clone(), person: deputy.person.clone() }),
            Governance::Observe { policies, before } if *before != self.observed || policies == before => Err(NotEnrolled::ObservedMoved),
            Governance::SetPolicy { policies, before, .. } if *before != self.policy || policies == before => Err(NotEnrolled::PolicyMoved),
            _ => Ok(()),
        }
    }

    /// Makes a change that was checked.
    pub(super) fn make(&mut self, intent: &IntentId, change: &Governance, at: Moment) {
        match change {
            Governance::SetEnvironment { environment, generation, .. } => {
                self.revoke(at, |known| known.access.environment.includes(&environment.name));
                self.set(environment.as_ref().clone(), *generation);
            }
            Governance::RemoveEnvironment { environment, generation } => {
                self.revoke(at, |known| known.access.environment.includes(&environment.name));
                self.environments.remove(&environment.name);
                self.generations.insert(environment.name.clone(), *generation);
            }
            Governance::Freeze { freeze } => self.freezes.push(freeze.clone()),
            Governance::Thaw { freeze } => self.freezes.retain(|known| known != freeze),
            Governance::GrantAccess { access } => {
                let until = at.plus_seconds(access.seconds);
                self.accesses.push(Granted { intent: intent.clone(), access: access.clone(), since: at, until, revoked: None });
            }
            Governance::RevokeAccess { access, .. } => self.revoke(at, |known| known.intent == *access),
            Governance::BreakGlass { glass } => {
                let until = at.plus_seconds(glass.seconds);
                self.glasses.push(Broken { intent: intent.clone(), glass: glass.clone(), since: at, until, finding: None });
            }
            Governance::ReviewGlass { glass, finding, .. } => {
                if let Some(broken) = self.glasses.iter_mut().find(|broken| broken.intent == *glass) {
                    broken.finding = Some(finding.clone());
                }
            }
            Governance::SetDeputy { deputy } => self.deputies.push(deputy.clone()),
            Governance::EndDeputy { deputy } => self.deputies.retain(|known| known != deputy),
            Governance::Observe { policies, .. } => self.observed = *policies,
            Governance::SetPolicy { policies, .. } => self.policy = *policies,
            // Who is not there any more has nothing; a name is never anybody else's.
            Governance::Remove { person } => {
                self.revoke(at, |known| known.access.person == *person);
                self.deputies.retain(|known| known.person != *person && known.deputy != *person);
            }
            _ => {}
        }
    }

    fn set(&mut self, environment: Environment, generation: Generation) {
        self.generations.insert(environment.name.clone(), generation);
        self.environments.insert(environment.name.clone(), environment);
    }

    fn revoke(&mut self, at: Moment, is_meant: impl Fn(&Granted) -> bool) {
        let meant = self.accesses.iter_mut().filter(|known| is_meant(known) && known.revoked.is_none());
        meant.for_each(|known| known.revoked = Some(at));
    }

    /// What was signed says what it takes the place of: if that is not how things stand any more, it cannot be made.
    fn check_as_it_was(&self, name: &EnvironmentName, before: Option<&Environment>, generation: Generation) -> Result<(), NotEnrolled> {
        let known = self.generation(name);
        match self.environments.get(name) == before && generation.0 == known.0.saturating_add(1) {
            true => Ok(()),
            false => Err(NotEnrolled::EnvironmentMoved { environment: name.clone(), generation: known }),
        }
    }

    fn check_mapped(&self, name: &EnvironmentName) -> Result<(), NotEnrolled> {
        if name.is_reserved() {
            return Err(NotEnrolled::NameOfOurs { environment: name.clone() });
        }
        let is_one = self.environments.keys().any(|known| name.includes(known));
        if is_one { Ok(()) } else { Err(NotEnrolled::NoEnvironment { environment: name.clone() }) }
    }

    /// One deputy at a time: a duty that two people did would be counted twice.
    fn check_deputy(&self, deputy: &Deputy) -> Result<(), NotEnrolled> {
        deputy.check()?;
        match self.deputies.iter().find(|known| known.person == deputy.person && known.overlaps(deputy)) {
            Some(known) => Err(NotEnrolled::DeputyAlready { deputy: known.deputy.clone(), person: known.person.clone(), until: known.until }),
            None => Ok(()),
        }
    }

    fn check_review(&self, person: &PersonId, glass: &IntentId, finding: &str) -> Result<(), NotEnrolled> {
        let owed = self.glasses.iter().any(|broken| broken.intent == *glass && broken.glass.person == *person && broken.finding.is_none());
        match owed && !finding.trim().is_empty() {
            true => Ok(()),
            false => Err(NotEnrolled::NoReviewOwed { glass: glass.clone() }),
        }
    }
}

/// What clocks of several processes may differ by.
const CLOCK_SLACK_SECONDS: u64 = 60;

fn check_environment(environment: &Environment) -> Result<(), NotEnrolled> {
    let name = environment.name.clone();
    if name.is_reserved() {
        return Err(NotEnrolled::NameOfOurs { environment: name });
    }
    match environment.places().next() {
        None => Err(NotEnrolled::Placeless { environment: name }),
        Some(_) => Ok(()),
    }
}
