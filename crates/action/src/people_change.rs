//! A change of who may do what at the service: people, their keys, roles and teams.
//!
//! It says by itself all that it does, what is given apart from what is taken, so that what is shown, signed and folded is one
//! value and nothing has to be looked up to read it. Whether it can be made as things stand, and who must agree, is the guard's
//! to say.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use ssh_key::{HashAlg, PublicKey};

use crate::event::Role;
use crate::id::{Moment, PersonId};

/// One change. Keys are OpenSSH public keys without a comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum PeopleChange {
    /// A person, or a service account, who was not enrolled.
    Enrol {
        /// Their name.
        person: PersonId,
        /// Their first key.
        key: String,
        /// Their roles.
        roles: Vec<Role>,
    },
    /// A further key of somebody who is enrolled.
    AddKey {
        /// Whose.
        person: PersonId,
        /// The key.
        key: String,
    },
    /// A key signs nothing from a moment on; what it signed before stays signed.
    RevokeKey {
        /// Whose.
        person: PersonId,
        /// The key.
        key: String,
        /// The first moment at which it signs nothing any more. It may be past or still to come.
        from: Moment,
    },
    /// A new key in the place of an old one.
    RotateKey {
        /// Whose.
        person: PersonId,
        /// The new one.
        key: String,
        /// The one that signs nothing from then on.
        old: String,
        /// As for a key that is revoked.
        from: Moment,
    },
    /// Roles given and taken.
    SetRoles {
        /// Whose.
        person: PersonId,
        /// Roles that they did not hold.
        given: Vec<Role>,
        /// Roles that they held.
        taken: Vec<Role>,
    },
    /// Somebody is not enrolled any more. Their history stays, and their keys are nobody else's.
    Remove {
        /// Who.
        person: PersonId,
    },
    /// Who is in a team. A team with nobody in it is none.
    SetTeam {
        /// Its name.
        team: String,
        /// Who was not in it.
        joined: Vec<PersonId>,
        /// Who was.
        left: Vec<PersonId>,
    },
}

impl PeopleChange {
    /// The one person that it is about; nobody where it is about a team.
    pub fn person(&self) -> Option<&PersonId> {
        match self {
            Self::Enrol { person, .. }
            | Self::AddKey { person, .. }
            | Self::RevokeKey { person, .. }
            | Self::RotateKey { person, .. }
            | Self::SetRoles { person, .. }
            | Self::Remove { person } => Some(person),
            Self::SetTeam { .. } => None,
        }
    }

    /// Who can do more after it than before. A change by which nobody gains only takes away.
    pub fn gainers(&self) -> BTreeSet<&PersonId> {
        match self {
            Self::Enrol { person, .. } | Self::AddKey { person, .. } | Self::RotateKey { person, .. } => BTreeSet::from([person]),
            Self::SetRoles { person, given, .. } if !given.is_empty() => BTreeSet::from([person]),
            Self::SetTeam { joined, .. } => joined.iter().collect(),
            Self::SetRoles { .. } | Self::RevokeKey { .. } | Self::Remove { .. } => BTreeSet::new(),
        }
    }

    /// What is so once it is made, in words.
    pub fn made(&self) -> String {
        let names = |people: &[PersonId], word: &str| match people {
            [] => None,
            people => Some(format!("{} {word}", people.iter().map(PersonId::as_str).collect::<Vec<_>>().join(", "))),
        };
        match self {
            Self::Enrol { person, roles, .. } => format!("{person} is enrolled as {}", Role::words(roles)),
            Self::AddKey { person, key } => format!("{person} has the key {} too", fingerprint(key)),
            Self::RevokeKey { person, key, from } => format!("{person}'s key {} signs nothing from {} on", fingerprint(key), from.text()),
            Self::RotateKey { person, key, old, from } => {
                format!("{person} has the key {}; {} signs nothing from {} on", fingerprint(key), fingerprint(old), from.text())
            }
            Self::SetRoles { person, given, taken } => {
                let given = (!given.is_empty()).then(|| format!("is now {} too", Role::words(given)));
                let taken = (!taken.is_empty()).then(|| format!("is not {} any more", Role::words(taken)));
                format!("{person} {}", [given, taken].into_iter().flatten().collect::<Vec<_>>().join(", and "))
            }
            Self::Remove { person } => format!("{person} is removed; their history stays"),
            Self::SetTeam { team, joined, left } => {
                let parts = [names(joined, "joined"), names(left, "left")];
                format!("team {team}: {}", parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
            }
        }
    }

    /// In words, for a list. Never the basis of a decision.
    pub fn words(&self) -> String {
        match self {
            Self::Enrol { person, roles, .. } => format!("enrol {person} as {}", Role::words(roles)),
            Self::AddKey { person, key } => format!("give {person} the key {}", fingerprint(key)),
            Self::RevokeKey { person, key, .. } => format!("revoke {person}'s key {}", fingerprint(key)),
            Self::RotateKey { person, key, old, .. } => format!("put the key {} in the place of {person}'s {}", fingerprint(key), fingerprint(old)),
            Self::SetRoles { person, given, taken } => {
                let parts = [("give", "to", given), ("take", "from", taken)];
                let parts = parts.iter().filter(|(.., roles)| !roles.is_empty());
                parts.map(|(verb, word, roles)| format!("{verb} {} {word} {person}", Role::words(*roles))).collect::<Vec<_>>().join(" and ")
            }
            Self::Remove { person } => format!("remove {person}"),
            Self::SetTeam { team, joined, left } => {
                let names = |people: &[PersonId]| people.iter().map(PersonId::as_str).collect::<Vec<_>>().join(", ");
                match (joined.is_empty(), left.is_empty()) {
                    (false, true) => format!("put {} in team {team}", names(joined)),
                    (true, _) => format!("take {} out of team {team}", names(left)),
                    (false, false) => format!("put {} in team {team} and take {} out", names(joined), names(left)),
                }
            }
        }
    }
}

/// The SHA-256 fingerprint of an OpenSSH public key, as `ssh-keygen -l` prints it.
pub fn fingerprint(key: &str) -> String {
    PublicKey::from_openssh(key).map_or_else(|_| "(not a key)".into(), |key| key.fingerprint(HashAlg::Sha256).to_string())
}

#[cfg(test)]
mod tests;
