//! Whose signature would count for an intent, before anybody has signed: the same count as for a permit, over people instead of answers.

use std::collections::BTreeSet;

use action::{Effects, EnvironmentName, Intent, PersonId, Quorum, Reason, Role};

use crate::guard::{Circumstances, Guard};
use crate::permit::NotPermitted;
use crate::quorum::Tally;
use crate::roster::Roster;

/// Somebody whose yes counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voter {
    /// Who.
    pub person: PersonId,
    /// Neither asked for it nor gains by it.
    pub peer: bool,
    /// Counts as an owner there.
    pub owner: bool,
    /// Holds the role `admin`.
    pub admin: bool,
}

impl Roster {
    /// Everybody whose yes to this intent, whose effects land there, would count and who has a key to give it with, by name.
    pub fn voters(&self, intent: &Intent, places: &BTreeSet<EnvironmentName>) -> Vec<Voter> {
        let (ballot, interested) = (self.ballot(intent, places), intent.interested());
        let voices = self.people().filter(|person| ballot.counts(person, self) && self.has_key(person));
        let voter = |person: &PersonId| Voter {
            person: person.clone(),
            peer: !interested.contains(person),
            owner: self.owns(person, &ballot.places),
            admin: self.holds(person, Role::Admin),
        };
        voices.map(voter).collect()
    }
}

impl Guard {
    /// What would come of it if just these people signed, each with a key of theirs: nothing where it would be permitted, else why not. The
    /// quorum is the verdict's.
    pub fn if_signed_by(
        &self,
        intent: &Intent,
        effects: &Effects,
        circumstances: &Circumstances,
        roster: &Roster,
        quorum: Option<Quorum>,
        people: &[PersonId],
    ) -> Result<(), NotPermitted> {
        let places = effects.places();
        let ballot = roster.ballot(intent, &places);
        let voices: Vec<PersonId> = roster.voters(intent, &places).into_iter().map(|voter| voter.person).collect();
        let tally = Tally::of_people(people.iter().filter(|person| voices.contains(person)), &ballot, roster);
        let needs = |quorum| NotPermitted::QuorumNotMet { quorum, signed: tally.words() };
        if let Some(quorum) = quorum.filter(|quorum| !tally.meets(*quorum)) {
            return Err(needs(quorum));
        }
        if let Some(quorum) = ballot.least().filter(|_| !ballot.is_met_by(&tally)) {
            return Err(needs(quorum));
        }
        self.ask_with(intent, effects, circumstances, tally.signatures()).map_err(|reasons: Vec<Reason>| NotPermitted::StillHeld { reasons })
    }
}

#[cfg(test)]
mod tests;
