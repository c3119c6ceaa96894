//! A change of who may do what at the service: people, their keys, roles and teams; environments, freezes and access to them; the policy.
//!
//! It says by itself all that it does, what is given apart from what is taken, so that what is shown, signed and folded is one
//! value and nothing has to be looked up to read it. Whether it can be made as things stand, and who must agree, is the guard's
//! to say.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use ssh_key::{HashAlg, PublicKey};

use crate::access::{Access, Freeze, Glass, span};
use crate::canonical::Digest;
use crate::deputy::Deputy;
use crate::environment::{Environment, Generation};
use crate::event::Role;
use crate::id::{IntentId, Moment, PersonId};

/// One change. Keys are OpenSSH public keys without a comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Governance {
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
    /// What maps to an environment. What was held or permitted for the generation before it is void.
    SetEnvironment {
        /// All of it from now on.
        environment: Box<Environment>,
        /// What it was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Box<Environment>>,
        /// Its generation from now on.
        generation: Generation,
    },
    /// Nothing maps to an environment any more.
    RemoveEnvironment {
        /// All of it as it was.
        environment: Box<Environment>,
        /// The generation that no permit has: what was held or permitted for the one before it is void.
        generation: Generation,
    },
    /// For a time nothing leaves the box for an environment.
    Freeze {
        /// When, where and what for.
        freeze: Freeze,
    },
    /// A freeze is over before its time.
    Thaw {
        /// Which.
        freeze: Freeze,
    },
    /// Somebody has access to an environment for a while.
    GrantAccess {
        /// Who, where, to what and for how long.
        access: Access,
    },
    /// Access is over before its time.
    RevokeAccess {
        /// Whose it is.
        person: PersonId,
        /// The intent by which it was granted.
        access: IntentId,
    },
    /// For a short while a freeze does not stop what one person asks for. A review is owed from then on.
    BreakGlass {
        /// Who, where and what for.
        glass: Glass,
    },
    /// Somebody has looked at what was done while the glass was broken.
    ReviewGlass {
        /// Whose work went on.
        person: PersonId,
        /// The intent by which it was broken.
        glass: IntentId,
        /// What they found.
        finding: String,
    },
    /// Somebody does another's duty for a while.
    SetDeputy {
        /// Who, for whom, when and what for.
        deputy: Deputy,
    },
    /// They do it no more, before its time.
    EndDeputy {
        /// Which.
        deputy: Deputy,
    },
    /// Another policy is in force.
    SetPolicy {
        /// Blob of its text; absent: the one that is in the program.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        policies: Option<Digest>,
        /// The one that it takes the place of, in the same way.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Digest>,
        /// Blob of what was checked and proved of it, as JSON.
        transcript: Digest,
    },
    /// Another policy is observed: what it would say is written beside what the one in force says, and counts for nothing.
    Observe {
        /// Blob of its text; absent: none is observed any more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        policies: Option<Digest>,
        /// The one that it takes the place of, in the same way.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Digest>,
    },
}

/// Who must agree to a change of who may do what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Concern {
    /// Those who administer the service.
    Administration,
    /// Peers of who asks.
    Access,
    /// Owners.
    Emergency,
}

impl Governance {
    /// Who must agree to it.
    pub fn concern(&self) -> Concern {
        match self {
            Self::GrantAccess { .. } | Self::RevokeAccess { .. } | Self::EndDeputy { .. } => Concern::Access,
            Self::BreakGlass { .. } | Self::ReviewGlass { .. } => Concern::Emergency,
            Self::Enrol { .. }
            | Self::AddKey { .. }
            | Self::RevokeKey { .. }
            | Self::RotateKey { .. }
            | Self::SetRoles { .. }
            | Self::Remove { .. }
            | Self::SetTeam { .. }
            | Self::SetEnvironment { .. }
            | Self::RemoveEnvironment { .. }
            | Self::Freeze { .. }
            | Self::Thaw { .. }
            | Self::SetDeputy { .. }
            | Self::Observe { .. }
            | Self::SetPolicy { .. } => Concern::Administration,
        }
    }

    /// Whether more can be done after it than before, by whomever. Everything else only takes away.
    pub fn gives(&self) -> bool {
        match self {
            // A place that is mapped can be changed by agents, and judged more mildly than one that nobody knows.
            Self::SetEnvironment { .. } | Self::RemoveEnvironment { .. } | Self::Thaw { .. } | Self::SetPolicy { .. } => true,
            Self::Freeze { .. } | Self::ReviewGlass { .. } | Self::Observe { .. } => false,
            other => !other.gainers().is_empty(),
        }
    }

    /// The one person that it is about; nobody where it is about a team, an environment or the policy.
    pub fn person(&self) -> Option<&PersonId> {
        match self {
            Self::Enrol { person, .. }
            | Self::AddKey { person, .. }
            | Self::RevokeKey { person, .. }
            | Self::RotateKey { person, .. }
            | Self::SetRoles { person, .. }
            | Self::Remove { person }
            | Self::GrantAccess { access: Access { person, .. } }
            | Self::RevokeAccess { person, .. }
            | Self::ReviewGlass { person, .. }
            | Self::SetDeputy { deputy: Deputy { person, .. } }
            | Self::EndDeputy { deputy: Deputy { person, .. } }
            | Self::BreakGlass { glass: Glass { person, .. } } => Some(person),
            Self::SetTeam { .. }
            | Self::SetEnvironment { .. }
            | Self::RemoveEnvironment { .. }
            | Self::Freeze { .. }
            | Self::Thaw { .. }
            | Self::Observe { .. }
            | Self::SetPolicy { .. } => None,
        }
    }

    /// The people who can do more after it than before, or are cleared by it.
    pub fn gainers(&self) -> BTreeSet<&PersonId> {
        match self {
            Self::Enrol { person, .. } | Self::AddKey { person, .. } | Self::RotateKey { person, .. } => BTreeSet::from([person]),
            Self::SetRoles { person, given, .. } if !given.is_empty() => BTreeSet::from([person]),
            Self::SetTeam { joined, .. } => joined.iter().collect(),
            Self::GrantAccess { access: Access { person, .. } } | Self::BreakGlass { glass: Glass { person, .. } } => BTreeSet::from([person]),
            Self::ReviewGlass { person, .. } | Self::SetDeputy { deputy: Deputy { deputy: person, .. } } => BTreeSet::from([person]),
            Self::SetRoles { .. }
            | Self::RevokeKey { .. }
            | Self::Remove { .. }
            | Self::SetEnvironment { .. }
            | Self::RemoveEnvironment { .. }
            | Self::Freeze { .. }
            | Self::Thaw { .. }
            | Self::RevokeAccess { .. }
            | Self::EndDeputy { .. }
            | Self::Observe { .. }
            | Self::SetPolicy { .. } => BTreeSet::new(),
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
            Self::SetEnvironment { environment, generation, .. } => format!("{} is mapped ({}, generation {})", environment.name, environment.tier, generation.0),
            Self::RemoveEnvironment { environment, .. } => format!("{} is no environment any more", environment.name),
            Self::Freeze { freeze } => format!("{} is frozen from {} until {}", freeze.environment, freeze.from.text(), freeze.until.text()),
            Self::Thaw { freeze } => format!("{} is not frozen any more", freeze.environment),
            Self::GrantAccess { access } => format!("{} may {}", access.holder(), access.words()),
            Self::RevokeAccess { person, access } => format!("{person}'s access {} is over", short(access)),
            Self::BreakGlass { glass } => {
                format!("the glass of {} is broken for {} for {}; a review is owed", glass.environment, glass.person, span(glass.seconds))
            }
            Self::ReviewGlass { glass, .. } => format!("what was done under {} is reviewed", short(glass)),
            Self::SetDeputy { deputy } => {
                format!("{} does {}'s duty from {} until {}", deputy.deputy, deputy.person, deputy.from.text(), deputy.until.text())
            }
            Self::EndDeputy { deputy } => format!("{} does not do {}'s duty any more", deputy.deputy, deputy.person),
            Self::SetPolicy { policies: Some(policies), .. } => format!("the policy {} is in force", head(policies)),
            Self::SetPolicy { policies: None, .. } => "the policy in the program is in force".into(),
            Self::Observe { policies: Some(policies), .. } => format!("the policy {} is observed; it decides nothing", head(policies)),
            Self::Observe { policies: None, .. } => "no policy is observed any more".into(),
        }
    }

    /// In words, for a list. Never the basis of a decision.
    pub fn words(&self) -> String {
        match self {
            Self::Enrol { person, roles, .. } => format!("enrol {person} as {}", Role::words(roles)),
            Self::AddKey { person, key } => format!("give {person} the key {}", fingerprint(key)),
            Self::RevokeKey { person, key, .. } => format!("revoke {person}'s key {}", fingerprint(key)),
            Self::RotateKey { person, key, old, .. } => format!("put the key {} in the place of {person}'s {}", fingerprint(key), fingerprint(old)),
            // Never made, and still one line.
            Self::SetRoles { person, given, taken } if given.is_empty() && taken.is_empty() => format!("leave the roles of {person} as they are"),
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
            Self::SetEnvironment { environment, before: None, .. } => format!("map {} as {}", environment.name, environment.tier),
            Self::SetEnvironment { environment, .. } => format!("map {} otherwise", environment.name),
            Self::RemoveEnvironment { environment, .. } => format!("unmap {}", environment.name),
            Self::Freeze { freeze } => format!("freeze {}", freeze.environment),
            Self::Thaw { freeze } => format!("thaw {}", freeze.environment),
            Self::GrantAccess { access } => format!("let {} {}", access.holder(), access.words()),
            Self::RevokeAccess { person, access } => format!("end {person}'s access {}", short(access)),
            Self::BreakGlass { glass } => format!("break the glass of {} for {}", glass.environment, glass.person),
            Self::ReviewGlass { glass, .. } => format!("review what was done under {}", short(glass)),
            Self::SetDeputy { deputy } => format!("let {} do {}'s duty until {}", deputy.deputy, deputy.person, deputy.until.text()),
            Self::EndDeputy { deputy } => format!("end that {} does {}'s duty", deputy.deputy, deputy.person),
            Self::SetPolicy { policies: Some(policies), .. } => format!("put the policy {} in force", head(policies)),
            Self::SetPolicy { policies: None, .. } => "put the policy in the program in force".into(),
            Self::Observe { policies: Some(policies), .. } => format!("observe the policy {}", head(policies)),
            Self::Observe { policies: None, .. } => "observe no policy any more".into(),
        }
    }
}

/// The first digits of an id, as people are shown it.
fn short(id: &IntentId) -> String {
    id.as_str().chars().take(12).collect()
}

/// The first digits of a digest.
fn head(digest: &Digest) -> String {
    digest.to_string().chars().take("sha256:".len() + 12).collect()
}

/// The SHA-256 fingerprint of an OpenSSH public key, as `ssh-keygen -l` prints it.
pub fn fingerprint(key: &str) -> String {
    PublicKey::from_openssh(key).map_or_else(|_| "(not a key)".into(), |key| key.fingerprint(HashAlg::Sha256).to_string())
}

#[cfg(test)]
mod tests;
