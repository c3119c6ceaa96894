//! Who is enrolled, with which keys, roles and teams, and what stands beside them: a fold over the ledger's entries about who may do
//! what, and nothing else.
//!
//! The first enrolment is the founder's own. Every later change is a `governed` event, which counts only if a countersigned
//! intent for exactly that change stands behind it, signed by those whom [`Roster::ballot`] asks for: whoever can write entries,
//! and has no admin's key, changes nobody, and an audit names the entry. Ledgers of older versions have plain enrolments by an
//! admin instead; those count until the first signed change. A key belongs to one person for good. Names are compared byte by
//! byte: `ana` in Latin and in Cyrillic letters are two people.

use std::collections::{BTreeMap, BTreeSet};

use action::{Entry, EnvironmentName, Event, Governance, Intent, IntentId, Moment, PersonId, Role};
use serde::{Deserialize, Serialize};
use ssh_key::PublicKey;
use ssh_key::public::KeyData;

use crate::ballot::Ballot;

mod change;
mod refusal;
mod sealed;
mod standing;

pub use refusal::NotEnrolled;
pub use sealed::Sealed;
pub use standing::{Broken, Granted, Standing};

/// The people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roster {
    people: BTreeMap<PersonId, Person>,
    #[serde(with = "sealed::keys")]
    keys: BTreeMap<KeyData, EnrolledKey>,
    teams: BTreeMap<String, BTreeSet<PersonId>>,
    standing: Standing,
    #[serde(with = "sealed::key")]
    guard: Option<PublicKey>,
    /// Environments are mapped by signed changes alone.
    places_governed: bool,
    /// Only signed changes count.
    governed: bool,
    /// A second admin has been enrolled at some time: from then on nobody gives rights alone.
    past_founding: bool,
    changes: u64,
    /// Numbers of entries that changed nobody. A ledger takes each number once, so the next change passes over them.
    spent: BTreeSet<u64>,
    /// The latest moment at which people were changed.
    latest: Option<Moment>,
}

/// One person, also after they were removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// What they may be; nothing once they are removed.
    pub roles: BTreeSet<Role>,
    /// Since when they are enrolled.
    pub since: Moment,
    /// When they were removed.
    pub removed: Option<Moment>,
}

/// One key, also after it was revoked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolledKey {
    /// Whose.
    pub person: PersonId,
    /// Since when.
    pub since: Moment,
    /// The first moment at which it signs nothing any more.
    pub revoked: Option<Moment>,
}

impl EnrolledKey {
    /// Whether it may sign at a moment.
    pub fn signs_at(&self, at: Moment) -> bool {
        self.revoked.is_none_or(|from| at < from)
    }
}

impl Roster {
    /// Nobody.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes one event that needs no signatures; those that enrol nobody change nothing. An enrolment that does not count changes
    /// nothing either, and says why.
    pub fn apply(&mut self, event: &Event, at: Moment) -> Result<(), NotEnrolled> {
        match event {
            // A second founding would put another guard in the place of the one that people signed under.
            Event::Founded { .. } if self.guard.is_some() || !self.people.is_empty() => Err(NotEnrolled::FoundedAgain),
            Event::Founded { guard, governed, places, .. } => {
                self.guard = PublicKey::from_openssh(guard).ok();
                self.governed |= *governed;
                self.places_governed |= *places;
                Ok(())
            }
            Event::Enrolled { person, key, roles, by } => self.enrolled(person, key, roles, by, at),
            Event::Mapped { environment, .. } if self.places_governed => Err(NotEnrolled::MappedUnsigned { environment: environment.name.clone() }),
            Event::Mapped { environment, generation, .. } => self.standing.mapped(environment, *generation),
            Event::Governed { .. } => Err(NotEnrolled::Unsigned),
            _ => Ok(()),
        }
    }

    /// Takes a signed change with all entries of its intent up to it, the newest being the change itself. Every signature in them is
    /// verified and every person counted again. One that does not count takes its number all the same.
    pub fn govern(&mut self, entries: &[Entry]) -> Result<(), NotEnrolled> {
        let Some(Entry { event: Event::Governed { intent, number, change }, at, .. }) = entries.last() else {
            return Err(NotEnrolled::Unsigned);
        };
        self.backed(entries, intent, *number, change, *at).inspect_err(|_| self.spend(*number))
    }

    fn backed(&mut self, entries: &[Entry], intent: &IntentId, number: u64, change: &Governance, at: Moment) -> Result<(), NotEnrolled> {
        let guard = self.guard.clone().ok_or(NotEnrolled::Unsigned)?;
        crate::audit::backed(entries, &guard, self).map_err(|wrong| NotEnrolled::NotBacked { why: wrong.to_string() })?;
        self.take(intent, number, change, at)
    }

    /// A number stands in the ledger and changed nobody.
    pub(crate) fn spend(&mut self, number: u64) {
        self.spent.extend((number > self.changes).then_some(number));
    }

    /// Takes a change whose backing was verified.
    pub(crate) fn take(&mut self, intent: &IntentId, number: u64, change: &Governance, at: Moment) -> Result<(), NotEnrolled> {
        let expected = self.changes() + 1;
        if number != expected {
            return Err(NotEnrolled::OutOfTurn { number, expected });
        }
        self.check(change)?;
        self.make(intent, change, at)?;
        self.changes = number;
        self.governed = true;
        self.places_governed |= matches!(change, Governance::SetEnvironment { .. } | Governance::RemoveEnvironment { .. });
        self.latest = self.latest.max(Some(at));
        Ok(())
    }

    /// Up to which number entries about changes are on the ledger, believed or not; whoever decides from this roster writes only
    /// while there are no more.
    pub fn changes(&self) -> u64 {
        (self.changes..).find(|number| !self.spent.contains(&(number + 1))).unwrap_or(self.changes)
    }

    /// The latest moment at which people were changed. What comes after it in the ledger is not before it, whatever a clock says.
    pub fn latest(&self) -> Moment {
        self.latest.unwrap_or(Moment(0))
    }

    /// Whether unsigned enrolments do not count any more.
    pub(crate) fn is_governed(&self) -> bool {
        self.governed
    }

    /// Who must agree to an intent whose effects land there, and whose voice counts for it.
    pub fn ballot(&self, intent: &Intent, places: &BTreeSet<EnvironmentName>) -> Ballot {
        Ballot::of(intent, places, self)
    }

    /// What stands beside people.
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// Whether a person's signature is an owner's in all of these places.
    pub(crate) fn owns(&self, person: &PersonId, places: &BTreeSet<EnvironmentName>) -> bool {
        self.holds(person, Role::Owner) && places.iter().all(|place| self.standing.is_owned_by(place, person))
    }

    /// Whose key this is, revoked or not; its comment does not matter.
    pub fn person_of(&self, key: &PublicKey) -> Option<&PersonId> {
        self.keys.get(key.key_data()).map(|key| &key.person)
    }

    /// What is known of a key.
    pub fn key(&self, key: &PublicKey) -> Option<&EnrolledKey> {
        self.keys.get(key.key_data())
    }

    /// What is known of a person.
    pub fn person(&self, person: &PersonId) -> Option<&Person> {
        self.people.get(person)
    }

    /// Whether somebody is enrolled, and was not removed.
    pub fn is_enrolled(&self, person: &PersonId) -> bool {
        self.people.get(person).is_some_and(|known| known.removed.is_none())
    }

    /// The roles of a person; none for a stranger.
    pub fn roles(&self, person: &PersonId) -> BTreeSet<Role> {
        self.people.get(person).map(|known| known.roles.clone()).unwrap_or_default()
    }

    /// Whether a person holds a role.
    pub fn holds(&self, person: &PersonId, role: Role) -> bool {
        self.people.get(person).is_some_and(|known| known.roles.contains(&role))
    }

    /// Whether a person's yes counts: an engineer's or an owner's. One who only administers does not sign for changes.
    pub fn may_sign(&self, person: &PersonId) -> bool {
        self.holds(person, Role::Engineer) || self.holds(person, Role::Owner)
    }

    /// The same for one kind of matter: to changes of people an admin agrees as well.
    pub(crate) fn may_answer(&self, person: &PersonId, governs: bool) -> bool {
        self.may_sign(person) || (governs && self.holds(person, Role::Admin))
    }

    /// Everybody who is enrolled, sorted by name.
    pub fn people(&self) -> impl Iterator<Item = &PersonId> {
        self.people.iter().filter(|(_, known)| known.removed.is_none()).map(|(person, _)| person)
    }

    /// Everybody who ever was, sorted by name.
    pub fn everybody(&self) -> impl Iterator<Item = (&PersonId, &Person)> {
        self.people.iter()
    }

    /// All keys that a person ever had.
    pub fn keys_of(&self, person: &PersonId) -> Vec<(PublicKey, &EnrolledKey)> {
        let theirs = self.keys.iter().filter(|(_, known)| known.person == *person);
        theirs.map(|(key, known)| (PublicKey::new(key.clone(), person.as_str()), known)).collect()
    }

    /// Whether a person has a key of a hardware token that nobody revoked.
    pub(crate) fn has_hardware_key(&self, person: &PersonId) -> bool {
        self.keys.iter().any(|(key, known)| known.person == *person && known.revoked.is_none() && action::is_hardware(&PublicKey::new(key.clone(), "")))
    }

    /// Whether a person is in a team.
    pub(crate) fn is_in_team(&self, person: &PersonId, team: &str) -> bool {
        self.teams.get(team).is_some_and(|members| members.contains(person))
    }

    /// Everybody who is in a team with a person.
    pub(crate) fn team_mates(&self, person: &PersonId) -> BTreeSet<PersonId> {
        self.teams.values().filter(|members| members.contains(person)).flatten().cloned().collect()
    }

    /// Whether a person has a key that nobody revoked.
    pub(crate) fn has_key(&self, person: &PersonId) -> bool {
        self.keys.values().any(|key| key.person == *person && key.revoked.is_none())
    }

    /// The teams, with who is in them.
    pub fn teams(&self) -> &BTreeMap<String, BTreeSet<PersonId>> {
        &self.teams
    }

    /// Whether there has never been a second admin, so that the one who is there gives rights alone.
    pub fn is_founding(&self) -> bool {
        !self.past_founding
    }

    /// Whether there is an admin besides this person.
    pub(crate) fn has_admin_besides(&self, person: &PersonId) -> bool {
        self.people.iter().any(|(other, known)| other != person && known.roles.contains(&Role::Admin))
    }

    fn enrolled(&mut self, person: &PersonId, key: &str, roles: &[Role], by: &PersonId, at: Moment) -> Result<(), NotEnrolled> {
        let first = self.people.is_empty();
        if first && (person != by || !roles.contains(&Role::Admin)) {
            return Err(NotEnrolled::FirstNotAdmin { person: person.clone() });
        }
        if !first && self.governed {
            return Err(NotEnrolled::Unsigned);
        }
        if !first && !self.holds(by, Role::Admin) {
            return Err(NotEnrolled::ByNoAdmin { person: person.clone(), by: by.clone() });
        }
        let key = change::read_key(key)?;
        match self.keys.get(&key) {
            Some(other) if other.person != *person => {
                return Err(NotEnrolled::KeyOfAnother { person: person.clone(), other: other.person.clone() });
            }
            Some(_) => {}
            None => drop(self.keys.insert(key, EnrolledKey { person: person.clone(), since: at, revoked: None })),
        }
        let since = self.people.get(person).map_or(at, |known| known.since);
        self.set(person, Person { roles: roles.iter().copied().collect(), since, removed: None });
        self.latest = self.latest.max(Some(at));
        Ok(())
    }

    fn set(&mut self, person: &PersonId, now: Person) {
        let admin = now.roles.contains(&Role::Admin);
        self.past_founding |= admin && self.has_admin_besides(person);
        self.people.insert(person.clone(), now);
    }
}

#[cfg(test)]
mod tests;
