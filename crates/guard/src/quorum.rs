//! Counts people, not keys and not answers. Used when a permit is signed and again, by the same code, when it is audited.

use std::collections::BTreeSet;

use action::{PersonId, Quorum, Reply, Role};

use crate::answer::Voice;
use crate::ladder::Signatures;
use crate::roster::Roster;

/// The distinct people who said yes, in the order in which they first did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) people: Vec<PersonId>,
    peers: BTreeSet<PersonId>,
    owners: BTreeSet<PersonId>,
    peer_owners: BTreeSet<PersonId>,
}

impl Tally {
    /// Counts those who say yes and may sign. The requester is nobody's peer, however many keys they hold.
    pub(crate) fn count<'a>(voices: impl IntoIterator<Item = &'a Voice>, requester: &PersonId, roster: &Roster) -> Self {
        let mut tally = Self::default();
        for voice in voices {
            if voice.reply == Reply::Yes && roster.may_sign(&voice.person) {
                tally.add(&voice.person, requester, roster);
            }
        }
        tally
    }

    fn add(&mut self, person: &PersonId, requester: &PersonId, roster: &Roster) {
        if self.people.contains(person) {
            return;
        }
        self.people.push(person.clone());
        let owner = roster.holds(person, Role::Owner);
        if owner {
            self.owners.insert(person.clone());
        }
        if person != requester {
            self.peers.insert(person.clone());
            if owner {
                self.peer_owners.insert(person.clone());
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
    }

    /// The same as facts for the policy.
    pub(crate) fn signatures(&self) -> Signatures {
        Signatures {
            any: !self.people.is_empty(),
            peer: !self.peers.is_empty(),
            two_peers: self.peers.len() >= 2,
            owner: !self.peer_owners.is_empty(),
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
            (false, _) => format!("{person} (asked for it)"),
        };
        self.people.iter().map(name).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests;
