//! Who is enrolled, with which keys and roles: a fold over `Enrolled` events, and nothing else.
//!
//! The first enrolment is the founder's own; every later one is by an admin, or it does not count. A key belongs to one
//! person for good. Names are compared byte by byte: `ana` in Latin and in Cyrillic letters are two people.

use std::collections::{BTreeMap, BTreeSet};

use action::{Event, PersonId, Role};
use ssh_key::PublicKey;
use ssh_key::public::KeyData;

/// The enrolled people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roster {
    roles: BTreeMap<PersonId, BTreeSet<Role>>,
    keys: BTreeMap<KeyData, PersonId>,
}

impl Roster {
    /// Nobody.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes one event; those that enrol nobody change nothing. An enrolment that does not count changes nothing either,
    /// and says why.
    pub fn apply(&mut self, event: &Event) -> Result<(), NotEnrolled> {
        let Event::Enrolled { person, key, roles, by } = event else { return Ok(()) };
        self.check_enroller(person, roles, by)?;
        let key = read_key(key)?;
        match self.keys.get(&key) {
            Some(other) if other != person => {
                return Err(NotEnrolled::KeyOfAnother { person: person.clone(), other: other.clone() });
            }
            Some(_) | None => {}
        }
        self.keys.insert(key, person.clone());
        self.roles.insert(person.clone(), roles.iter().copied().collect());
        Ok(())
    }

    /// Whose key this is; its comment does not matter.
    pub fn person_of(&self, key: &PublicKey) -> Option<&PersonId> {
        self.keys.get(key.key_data())
    }

    /// The roles of a person; none for a stranger.
    pub fn roles(&self, person: &PersonId) -> BTreeSet<Role> {
        self.roles.get(person).cloned().unwrap_or_default()
    }

    /// Whether a person holds a role.
    pub fn holds(&self, person: &PersonId, role: Role) -> bool {
        self.roles.get(person).is_some_and(|roles| roles.contains(&role))
    }

    /// Whether a person's yes counts: an engineer's or an owner's. One who only administers does not sign for changes.
    pub fn may_sign(&self, person: &PersonId) -> bool {
        self.holds(person, Role::Engineer) || self.holds(person, Role::Owner)
    }

    /// Everybody, sorted by name.
    pub fn people(&self) -> impl Iterator<Item = &PersonId> {
        self.roles.keys()
    }

    /// The keys of a person.
    pub fn keys_of(&self, person: &PersonId) -> Vec<PublicKey> {
        self.keys.iter().filter(|(_, of)| *of == person).map(|(key, _)| PublicKey::new(key.clone(), person.as_str())).collect()
    }

    fn check_enroller(&self, person: &PersonId, roles: &[Role], by: &PersonId) -> Result<(), NotEnrolled> {
        let first = self.roles.is_empty();
        if first && (person != by || !roles.contains(&Role::Admin)) {
            return Err(NotEnrolled::FirstNotAdmin { person: person.clone() });
        }
        if !first && !self.holds(by, Role::Admin) {
            return Err(NotEnrolled::ByNoAdmin { person: person.clone(), by: by.clone() });
        }
        Ok(())
    }
}

fn read_key(text: &str) -> Result<KeyData, NotEnrolled> {
    let key = PublicKey::from_openssh(text).map_err(|e| NotEnrolled::Key { why: e.to_string() })?;
    match key.key_data() {
        KeyData::Ed25519(_) | KeyData::Ecdsa(_) | KeyData::SkEd25519(_) | KeyData::SkEcdsaSha2NistP256(_) => {
            Ok(key.key_data().clone())
        }
        KeyData::Rsa(rsa) if rsa.n.as_positive_bytes().is_some_and(|n| n.len() * 8 >= MIN_RSA_BITS) => Ok(key.key_data().clone()),
        _ => Err(NotEnrolled::Key { why: format!("`{}` is too weak or not known here", key.algorithm()) }),
    }
}

/// NIST SP 800-131A: shorter RSA keys are not to be used.
const MIN_RSA_BITS: usize = 2048;

/// Why an enrolment does not count. The roster is as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotEnrolled {
    /// The founder enrols themselves, as an admin.
    #[error("the first enrolment must be `{person}`'s own and hold the role admin")]
    FirstNotAdmin {
        /// Who was to be enrolled.
        person: PersonId,
    },
    /// Only admins enrol.
    #[error("`{by}` enrolled `{person}` but is not an admin")]
    ByNoAdmin {
        /// Who was to be enrolled.
        person: PersonId,
        /// Who tried.
        by: PersonId,
    },
    /// One key, one person.
    #[error("the key given for `{person}` is already the key of `{other}`")]
    KeyOfAnother {
        /// Who was to be enrolled.
        person: PersonId,
        /// Whose key it is.
        other: PersonId,
    },
    /// Not a public key that is taken.
    #[error("the public key cannot be used: {why}")]
    Key {
        /// Why.
        why: String,
    },
}

#[cfg(test)]
mod tests;
