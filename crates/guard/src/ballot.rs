//! Whose voice counts for an intent, and the least that a change of people needs whatever a policy says.
//!
//! The rule, which is the same here, in the live fold and in the audit:
//!
//! 1. Whoever gains by a change, or asked for it, is nobody's peer in it.
//! 2. Taking away is quick: one admin's signature, or for a key the signature of the person whose it is.
//! 3. Giving is slow: two people, one of them an admin who is a peer, and one who asked for it. That somebody asked is the service's
//!    word, their signature is not: without it an admin could ask in another's name, and be the admin who did not ask. Where no admin is
//!    there besides the one who asked, that admin and one peer.
//! 4. Only while there has never been a second admin does the one admin's signature do for giving.
//!
//! Access to an environment is agreed to by peers of who has it, wide access by two with an owner; glass is broken by two owners. For
//! both who asked signs as well, and an owner is one of that environment.
//!
//! Where an environment says so, more is asked for: hardware keys, people of certain teams, nobody of the team of who asked.
//!
//! A policy may ask for more; it cannot make less of it.

use std::collections::BTreeSet;

use action::{Concern, Deed, EnvironmentName, Governance, Intent, Moment, PersonId, Quorum, Role, Terms};

use crate::quorum::Tally;
use crate::roster::Roster;

/// Who is asked about one intent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ballot {
    pub(crate) asked_by: PersonId,
    /// Nobody's peer: who asked, who gains, and whoever the terms say.
    pub(crate) interested: BTreeSet<PersonId>,
    /// Who gains by it.
    pub(crate) gains: BTreeSet<PersonId>,
    /// Whose owners count as owners: of all of them.
    pub(crate) places: BTreeSet<EnvironmentName>,
    terms: Terms,
    governing: Option<Governing>,
}

/// What a change of who may do what needs at least.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Governing {
    concern: Concern,
    least: Quorum,
    /// Whose own signature does instead of an admin's.
    own: Option<PersonId>,
    /// Whose signature must be among them: who asks to give, where their yes counts at all.
    asker: Option<PersonId>,
}

/// What is known of a change of people when it is judged. All false for everything else, which refuses it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Electorate {
    /// There has never been a second admin.
    pub founding: bool,
    /// Who asked is an admin.
    pub asked_by_admin: bool,
    /// There is an admin besides the one who asked.
    pub other_admin: bool,
}

impl Electorate {
    /// As the roster has it now. Nobody gives themselves a role, also while they are the only admin.
    pub fn of(intent: &Intent, roster: &Roster) -> Self {
        let own_role = matches!(&intent.deed, Deed::Govern { change: Governance::SetRoles { person, given, .. } } if !given.is_empty() && roster.holds(person, Role::Admin));
        Self {
            founding: roster.is_founding() && !own_role,
            asked_by_admin: roster.holds(&intent.asked_by, Role::Admin),
            other_admin: roster.has_admin_besides(&intent.asked_by),
        }
    }
}

impl Ballot {
    pub(crate) fn of(intent: &Intent, places: &BTreeSet<EnvironmentName>, roster: &Roster) -> Self {
        let governing = match &intent.deed {
            Deed::Govern { change } => Some(Governing {
                concern: change.concern(),
                least: least(intent, change, roster),
                own: own_key(intent).cloned(),
                asker: Some(&intent.asked_by)
                    .filter(|asker| gives_slowly(intent, change, roster) && roster.may_answer(asker, change.concern() == Concern::Administration))
                    .cloned(),
            }),
            _ => None,
        };
        let places = match &intent.deed {
            Deed::Govern { change: Governance::GrantAccess { access } } => BTreeSet::from([access.environment.clone()]),
            Deed::Govern { change: Governance::BreakGlass { glass } } => BTreeSet::from([glass.environment.clone()]),
            _ => places.clone(),
        };
        let terms = roster.standing().terms(&places);
        let mut interested: BTreeSet<PersonId> = intent.interested().into_iter().cloned().collect();
        if let Deed::Govern { change } = &intent.deed {
            interested.extend(set_apart(change, roster).iter().cloned());
        }
        let gains = interested.clone();
        if terms.other_team {
            interested.extend(roster.team_mates(&intent.asked_by));
        }
        Self { asked_by: intent.asked_by.clone(), interested, gains, places, terms, governing }
    }

    /// Why somebody is nobody's peer in it, in words that go on from their name; nothing where they are a peer.
    pub fn apart(&self, person: &PersonId) -> Option<&'static str> {
        match self.interested.contains(person) {
            false => None,
            true if self.asked_by == *person => Some("asked for it"),
            true if self.gains.contains(person) => Some("gains by it"),
            true => Some("is in a team with who asked"),
        }
    }

    /// What the places ask for besides what the policy does.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// Whether these people are enough for a quorum, and for what the places ask besides.
    pub(crate) fn suffices(&self, quorum: Quorum, tally: &Tally, roster: &Roster) -> bool {
        let counted = match self.terms.takes_hardware(quorum) {
            true => tally.on_hardware(self, roster),
            false => tally.clone(),
        };
        let teams = || self.terms.teams.iter().all(|(team, people)| counted.of_team(team, roster) >= usize::from(*people));
        counted.meets(quorum) && (!quorum.takes_others() || teams())
    }

    /// Whether a person's yes counts.
    pub(crate) fn counts(&self, person: &PersonId, roster: &Roster) -> bool {
        let administers = self.governing.as_ref().is_some_and(|governing| governing.concern == Concern::Administration);
        roster.may_answer(person, administers)
    }

    /// The least that is needed, where anything is: such a change is never made without a signature.
    pub fn least(&self) -> Option<Quorum> {
        let least = |governing: &Governing| if governing.own.is_some() { Quorum::ANYONE } else { governing.least };
        self.governing.as_ref().map(least)
    }

    /// Whether these people are enough, whatever a policy says.
    pub(crate) fn is_met_by(&self, tally: &Tally, roster: &Roster) -> bool {
        let signed = |person: &PersonId| tally.people.contains(person);
        let met = |governing: &Governing| self.suffices(governing.least, tally, roster) && governing.asker.as_ref().is_none_or(signed);
        self.governing.as_ref().is_none_or(|governing| met(governing) || governing.own.as_ref().is_some_and(signed))
    }

    /// Whether there are people who could meet a quorum together at a moment. Who has no key left signs nothing.
    pub fn could_meet(&self, quorum: Quorum, roster: &Roster, at: Moment) -> bool {
        let voices: Vec<&PersonId> = roster.people().filter(|person| self.counts(person, roster) && roster.has_key(person)).collect();
        let meets = |without: Option<&PersonId>| self.suffices(quorum, &Tally::of_people(voices.iter().copied().filter(|one| Some(*one) != without), self, roster, at), roster);
        // Somebody's own signature ends their deputy's: what all of them together are not enough for, all but one may be.
        meets(None) || voices.iter().any(|one| meets(Some(one)))
    }
}

fn least(intent: &Intent, change: &Governance, roster: &Roster) -> Quorum {
    match change {
        Governance::GrantAccess { access } if access.is_wide() => Quorum::TWO_WITH_OWNER,
        Governance::GrantAccess { .. } | Governance::ReviewGlass { .. } => Quorum::PEER,
        Governance::BreakGlass { .. } => Quorum::TWO_OWNERS,
        Governance::RevokeAccess { .. } | Governance::EndDeputy { .. } => Quorum::ANYONE,
        change if !gives_slowly(intent, change, roster) => Quorum::ADMIN,
        _ if Electorate::of(intent, roster).other_admin => Quorum::OTHER_ADMIN,
        _ => Quorum::ADMIN_AND_PEER,
    }
}

/// Whether it gives something, and one admin's signature does not do any more.
fn gives_slowly(intent: &Intent, change: &Governance, roster: &Roster) -> bool {
    let alone = change.concern() == Concern::Administration && Electorate::of(intent, roster).founding;
    (change.gives() || !set_apart(change, roster).is_empty()) && !alone
}

/// Who leaves a team while some environment wants nobody of the asker's team for a peer: they become peers by it, so it is no mere taking away.
fn set_apart<'c>(change: &'c Governance, roster: &Roster) -> &'c [PersonId] {
    match change {
        Governance::SetTeam { left, .. } if roster.standing().environments().any(|(environment, _)| environment.terms.other_team) => left,
        _ => &[],
    }
}

/// Who revokes a key of their own.
pub(crate) fn own_key(intent: &Intent) -> Option<&PersonId> {
    match &intent.deed {
        Deed::Govern { change: Governance::RevokeKey { person, .. } } if *person == intent.asked_by => Some(person),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
