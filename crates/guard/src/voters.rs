//! Whose signature would count for an intent, before anybody has signed: the same count as for a permit, over people instead of answers.

use std::collections::BTreeSet;

use action::{Effects, EnvironmentName, Intent, Moment, PersonId, Quorum, Reason, Role};

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
    /// Whose duty they do besides their own.
    pub deputy_of: Vec<PersonId>,
}

impl Roster {
    /// Everybody whose yes to this intent, whose effects land there, would count at a moment and who has a key to give it with, by
    /// name.
    pub fn voters(&self, intent: &Intent, places: &BTreeSet<EnvironmentName>, at: Moment) -> Vec<Voter> {
        let ballot = self.ballot(intent, places);
        let duties = |person: &PersonId| self.standing().does_duty_of(person, at).filter(|away| !ballot.interested.contains(*away)).cloned().collect::<Vec<_>>();
        let voices = self.people().filter(|person| ballot.counts(person, self) && self.has_key(person));
        let voter = |person: &PersonId| Voter {
            person: person.clone(),
            peer: !ballot.interested.contains(person),
            owner: self.owns(person, &ballot.places) || duties(person).iter().any(|away| self.owns(away, &ballot.places)),
            admin: self.holds(person, Role::Admin),
            deputy_of: duties(person),
        };
        voices.map(voter).collect()
    }
}

impl Guard {
    /// What would come of it if just these people signed then, each with a key of theirs, a hardware key where they have one: nothing where
    /// it would be permitted, else why not. The quorum is the verdict's.
    #[expect(clippy::too_many_arguments, reason = "as much is supposed as is known when a permit is signed")]
    pub fn if_signed_by(
        &self,
        intent: &Intent,
        effects: &Effects,
        circumstances: &Circumstances,
        roster: &Roster,
        quorum: Option<Quorum>,
        people: &[PersonId],
        at: Moment,
    ) -> Result<(), NotPermitted> {
        let places = effects.places();
        let ballot = roster.ballot(intent, &places);
        let voices: Vec<PersonId> = roster.voters(intent, &places, at).into_iter().map(|voter| voter.person).collect();
        let tally = Tally::of_people(people.iter().filter(|person| voices.contains(person)), &ballot, roster, at);
        let needs = |quorum| NotPermitted::lacking(quorum, &ballot, &tally);
        if let Some(quorum) = quorum.filter(|quorum| !ballot.suffices(*quorum, &tally, roster)) {
            return Err(needs(quorum));
        }
        if let Some(quorum) = ballot.least().filter(|_| !ballot.is_met_by(&tally, roster)) {
            return Err(needs(quorum));
        }
        self.ask_with(intent, effects, circumstances, tally.signatures()).map_err(|reasons: Vec<Reason>| NotPermitted::StillHeld { reasons })
    }
}

#[cfg(test)]
mod tests;
