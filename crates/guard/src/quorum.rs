//! Counts people, not keys and not answers. Used when a permit is signed and again, by the same code, when it is audited.

use std::collections::BTreeSet;

use action::{PersonId, Quorum, Reply, Role};

use crate::answer::Voice;
use crate::ballot::Ballot;
use crate::ladder::Signatures;
use crate::roster::Roster;

/// The distinct people who said yes, in the order in which they first did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) people: Vec<PersonId>,
    asked_by: Option<PersonId>,
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
        Self::of_people(yes.map(|voice| &voice.person), ballot, roster)
    }

    /// Counts these people.
    pub(crate) fn of_people<'a>(people: impl IntoIterator<Item = &'a PersonId>, ballot: &Ballot, roster: &Roster) -> Self {
        let mut tally = Self { asked_by: Some(ballot.asked_by.clone()), ..Self::default() };
        people.into_iter().for_each(|person| tally.add(person, ballot, roster));
        tally
    }

    fn add(&mut self, person: &PersonId, ballot: &Ballot, roster: &Roster) {
        if self.people.contains(person) {
            return;
        }
        self.people.push(person.clone());
        let peer = !ballot.interested.contains(person);
        if peer {
            self.peers.insert(person.clone());
        }
        let owns = roster.owns(person, &ballot.places);
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
        let name = |person: &PersonId| match (self.peers.contains(person), self.owners.contains(person)) {
            (true, true) => format!("{person} (owner)"),
            (true, false) => person.to_string(),
            (false, _) if self.asked_by.as_ref() == Some(person) => format!("{person} (asked for it)"),
            (false, _) => format!("{person} (gains by it)"),
        };
        self.people.iter().map(name).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests;
