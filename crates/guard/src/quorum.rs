//! Counts people, not keys and not answers. Used when a permit is signed and again, by the same code, when it is audited.

use std::collections::{BTreeMap, BTreeSet};

use action::{Moment, PersonId, Quorum, Reply, Role};

use crate::answer::Voice;
use crate::ballot::Ballot;
use crate::ladder::Signatures;
use crate::roster::Roster;

/// Somebody who said yes: when, and whether with a hardware key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signer {
    pub(crate) person: PersonId,
    pub(crate) at: Moment,
    pub(crate) hardware: bool,
}

/// The distinct people who said yes, in the order in which they first did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) people: Vec<PersonId>,
    signers: Vec<Signer>,
    /// Whose duty each signer does, by their places among the signers: one duty is done by one of them, the first who said yes.
    duties: Vec<Vec<PersonId>>,
    /// Why those who are no peers are none.
    apart: BTreeMap<PersonId, &'static str>,
    peers: BTreeSet<PersonId>,
    owners: BTreeSet<PersonId>,
    peer_owners: BTreeSet<PersonId>,
    admins: BTreeSet<PersonId>,
    peer_admins: BTreeSet<PersonId>,
}

impl Tally {
    /// Counts those who say yes and may sign. Who asked is nobody's peer, however many keys they hold, and neither is who gains.
    pub(crate) fn count<'a>(voices: impl IntoIterator<Item = &'a Voice>, ballot: &Ballot, roster: &Roster) -> Self {
        let yes = voices.into_iter().filter(|voice| voice.reply == Reply::Yes && voice.stands(roster) && ballot.counts(&voice.person, roster));
        let signer = |voice: &Voice| Signer { person: voice.person.clone(), at: voice.at, hardware: action::is_hardware(&voice.key) };
        Self::of(yes.map(signer), ballot, roster)
    }

    /// Counts these people as if each signed at that moment, with a hardware key where they have one.
    pub(crate) fn of_people<'a>(people: impl IntoIterator<Item = &'a PersonId>, ballot: &Ballot, roster: &Roster, at: Moment) -> Self {
        let signer = |person: &PersonId| Signer { person: person.clone(), at, hardware: roster.has_hardware_key(person) };
        Self::of(people.into_iter().map(signer), ballot, roster)
    }

    /// Of several answers by one person the first counts.
    fn of(signers: impl IntoIterator<Item = Signer>, ballot: &Ballot, roster: &Roster) -> Self {
        let mut tally = Self::default();
        for signer in signers {
            if !tally.people.contains(&signer.person) {
                tally.people.push(signer.person.clone());
                tally.signers.push(signer);
            }
        }
        tally.duties = tally.duties_done(ballot, roster);
        for (signer, away) in tally.signers.clone().iter().zip(tally.duties.clone()) {
            tally.sort(&signer.person, &away, ballot, roster);
        }
        tally
    }

    /// Nobody's duty who asked for it or gains by it, nobody's who signed themselves, and nobody's that another signer did already, whenever
    /// that was: no duty counts twice.
    fn duties_done(&self, ballot: &Ballot, roster: &Roster) -> Vec<Vec<PersonId>> {
        let mut done: BTreeSet<PersonId> = ballot.interested.iter().chain(&self.people).cloned().collect();
        let mut of = |signer: &Signer| roster.standing().does_duty_of(&signer.person, signer.at).filter(|away| done.insert((*away).clone())).cloned().collect();
        self.signers.iter().map(&mut of).collect()
    }

    /// The same without those who signed with no hardware key.
    pub(crate) fn on_hardware(&self, ballot: &Ballot, roster: &Roster) -> Self {
        Self::of(self.signers.iter().filter(|signer| signer.hardware).cloned(), ballot, roster)
    }

    /// As what somebody counts.
    fn sort(&mut self, person: &PersonId, away: &[PersonId], ballot: &Ballot, roster: &Roster) {
        let apart = ballot.apart(person);
        let peer = apart.is_none();
        match apart {
            None => {
                self.peers.insert(person.clone());
            }
            Some(why) => drop(self.apart.insert(person.clone(), why)),
        }
        let owns = roster.owns(person, &ballot.places) || away.iter().any(|away| roster.owns(away, &ballot.places));
        let administers = roster.holds(person, Role::Admin);
        for (is_one, all, peers) in [(owns, &mut self.owners, &mut self.peer_owners), (administers, &mut self.admins, &mut self.peer_admins)] {
            if is_one {
                all.insert(person.clone());
                if peer {
                    peers.insert(person.clone());
                }
            }
        }
    }

    /// How many peers are of a team, by themselves or for somebody.
    pub(crate) fn of_team(&self, team: &str, roster: &Roster) -> usize {
        let is_of_it = |(signer, away): &(&Signer, &Vec<PersonId>)| roster.is_in_team(&signer.person, team) || away.iter().any(|away| roster.is_in_team(away, team));
        self.signers.iter().zip(&self.duties).filter(|(signer, _)| self.peers.contains(&signer.person)).filter(is_of_it).count()
    }

    /// Whether the quorum is met. Where peers are asked for, only a peer counts as an owner: who asked for it cannot be
    /// the owner who agrees to it.
    pub(crate) fn meets(&self, quorum: Quorum) -> bool {
        let owners = if quorum.peers > 0 { &self.peer_owners } else { &self.owners };
        self.people.len() >= usize::from(quorum.people)
            && self.peers.len() >= usize::from(quorum.peers)
            && owners.len() >= usize::from(quorum.owners)
            && self.admins.len() >= usize::from(quorum.admins)
            && self.peer_admins.len() >= usize::from(quorum.other_admins)
    }

    /// The same as facts for the policy.
    pub(crate) fn signatures(&self) -> Signatures {
        Signatures {
            any: !self.people.is_empty(),
            peer: !self.peers.is_empty(),
            two_peers: self.peers.len() >= 2,
            owner: !self.peer_owners.is_empty(),
            two: self.people.len() >= 2,
            two_owners: self.owners.len() >= 2,
            admin: !self.admins.is_empty(),
            other_admin: !self.peer_admins.is_empty(),
        }
    }

    /// Who has signed, in words.
    pub(crate) fn words(&self) -> String {
        if self.people.is_empty() {
            return "nobody".into();
        }
        let name = |person: &PersonId| match self.apart.get(person) {
            Some(why) => format!("{person} ({why})"),
            None if self.owners.contains(person) => format!("{person} (owner)"),
            None => person.to_string(),
        };
        self.people.iter().map(name).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests;
