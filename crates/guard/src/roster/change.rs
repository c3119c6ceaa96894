//! Signed changes of people: whether one can be made as things stand, and what is so after it.

use std::collections::BTreeSet;

use action::{Access, Glass, Governance, IntentId, Moment, PersonId, Role};
use ssh_key::PublicKey;
use ssh_key::public::KeyData;

use super::{EnrolledKey, NotEnrolled, Person, Roster};

impl Roster {
    /// Whether this change can be made now, whoever agrees to it. What was signed says what was given and taken: if that is not how
    /// things stand any more, it cannot.
    pub fn check(&self, change: &Governance) -> Result<(), NotEnrolled> {
        match change {
            Governance::Enrol { person, key, roles } => {
                self.check_new_name(person)?;
                check_roles(person, &roles.iter().copied().collect())?;
                self.check_new_key(person, key)
            }
            Governance::AddKey { person, key } => {
                self.check_enrolled(person)?;
                self.check_new_key(person, key)
            }
            Governance::RevokeKey { person, key, from } => {
                self.check_enrolled(person)?;
                self.check_revocable(person, key, *from)?;
                let left = self.keys_of(person).iter().any(|(other, known)| known.revoked.is_none() && read_key(key).ok().as_ref() != Some(other.key_data()));
                if left { Ok(()) } else { self.check_not_last_admin(person) }
            }
            Governance::RotateKey { person, key, old, from } => {
                self.check_enrolled(person)?;
                self.check_new_key(person, key)?;
                self.check_revocable(person, old, *from)
            }
            Governance::SetRoles { person, given, taken } => self.check_roles_change(person, given, taken),
            Governance::Remove { person } => {
                self.check_enrolled(person)?;
                self.check_not_last_admin(person)
            }
            Governance::SetTeam { team, joined, left } => self.check_team(team, joined, left),
            Governance::GrantAccess { access: Access { person, .. } } | Governance::BreakGlass { glass: Glass { person, .. } } => self.check_enrolled(person),
            Governance::SetDeputy { deputy } => self.check_enrolled(&deputy.person).and_then(|()| self.check_signs(&deputy.deputy)),
            Governance::SetEnvironment { environment, .. } => {
                environment.owners.iter().try_for_each(|owner| self.check_owner(owner))?;
                environment.terms.teams.iter().try_for_each(|(team, people)| self.check_of_team(team, *people))
            }
            Governance::RemoveEnvironment { .. }
            | Governance::Freeze { .. }
            | Governance::Thaw { .. }
            | Governance::RevokeAccess { .. }
            | Governance::ReviewGlass { .. }
            | Governance::EndDeputy { .. }
            | Governance::Observe { .. }
            | Governance::SetPolicy { .. } => Ok(()),
        }?;
        self.standing.check(change)
    }

    pub(super) fn make(&mut self, intent: &IntentId, change: &Governance, at: Moment) -> Result<(), NotEnrolled> {
        self.standing.make(intent, change, at);
        match change {
            Governance::Enrol { person, key, roles } => {
                self.add_key(person, key, at)?;
                self.set(person, Person { roles: roles.iter().copied().collect(), since: at, removed: None });
            }
            Governance::AddKey { person, key } => self.add_key(person, key, at)?,
            Governance::RevokeKey { key, from, .. } => self.revoke_key(key, *from)?,
            Governance::RotateKey { person, key, old, from } => {
                self.add_key(person, key, at)?;
                self.revoke_key(old, *from)?;
            }
            Governance::SetRoles { person, given, taken } => {
                if let Some(known) = self.people.get(person).cloned() {
                    let kept = known.roles.iter().filter(|role| !taken.contains(role));
                    self.set(person, Person { roles: kept.chain(given).copied().collect(), ..known });
                }
            }
            Governance::Remove { person } => {
                if let Some(known) = self.people.get_mut(person) {
                    *known = Person { roles: BTreeSet::new(), removed: Some(at), ..known.clone() };
                }
                self.keys.values_mut().filter(|key| key.person == *person).for_each(|key| end(key, at));
                self.teams.values_mut().for_each(|people| people.retain(|member| member != person));
            }
            Governance::SetTeam { team, joined, left } => {
                let people = self.teams.entry(team.clone()).or_default();
                people.retain(|person| !left.contains(person));
                people.extend(joined.iter().cloned());
            }
            _ => {}
        }
        self.teams.retain(|_, people| !people.is_empty());
        Ok(())
    }

    fn add_key(&mut self, person: &PersonId, key: &str, at: Moment) -> Result<(), NotEnrolled> {
        self.keys.insert(read_key(key)?, EnrolledKey { person: person.clone(), since: at, revoked: None });
        Ok(())
    }

    fn revoke_key(&mut self, key: &str, from: Moment) -> Result<(), NotEnrolled> {
        if let Some(known) = self.keys.get_mut(&read_key(key)?) {
            end(known, from);
        }
        Ok(())
    }

    fn check_owner(&self, person: &PersonId) -> Result<(), NotEnrolled> {
        if self.holds(person, Role::Owner) { Ok(()) } else { Err(NotEnrolled::NoOwner { person: person.clone() }) }
    }

    fn check_signs(&self, person: &PersonId) -> Result<(), NotEnrolled> {
        self.check_enrolled(person)?;
        if self.may_sign(person) { Ok(()) } else { Err(NotEnrolled::NoSigner { person: person.clone() }) }
    }

    /// What nobody could meet would hold everything there for good.
    fn check_of_team(&self, team: &str, people: u8) -> Result<(), NotEnrolled> {
        let there = self.teams.get(team).into_iter().flatten().filter(|member| self.may_sign(member)).count();
        match people > 0 && there >= usize::from(people) {
            true => Ok(()),
            false => Err(NotEnrolled::TeamTooSmall { team: team.to_owned(), people, there }),
        }
    }

    fn check_enrolled(&self, person: &PersonId) -> Result<(), NotEnrolled> {
        if self.is_enrolled(person) { Ok(()) } else { Err(NotEnrolled::Nobody { person: person.clone() }) }
    }

    /// A name that differs from somebody's only in capitals would be taken for theirs.
    fn check_new_name(&self, person: &PersonId) -> Result<(), NotEnrolled> {
        if self.is_enrolled(person) {
            return Err(NotEnrolled::Already { person: person.clone() });
        }
        // What somebody signed or asked for before they were removed must never be taken for another's.
        if self.people.contains_key(person) {
            return Err(NotEnrolled::NameOfRemoved { person: person.clone() });
        }
        let alike = self.people.keys().find(|known| *known != person && known.as_str().to_lowercase() == person.as_str().to_lowercase());
        match alike {
            Some(other) => Err(NotEnrolled::NameAlike { person: person.clone(), other: other.clone() }),
            None => Ok(()),
        }
    }

    /// A key that is or was anybody's is no new key: what was revoked never signs again.
    fn check_new_key(&self, person: &PersonId, key: &str) -> Result<(), NotEnrolled> {
        match self.keys.get(&read_key(key)?) {
            Some(known) if known.person != *person => Err(NotEnrolled::KeyOfAnother { person: person.clone(), other: known.person.clone() }),
            Some(EnrolledKey { revoked: Some(_), .. }) => Err(NotEnrolled::KeyRevoked { key: action::fingerprint(key), person: person.clone() }),
            Some(_) => Err(NotEnrolled::KeyTwice { person: person.clone() }),
            None => Ok(()),
        }
    }

    /// A revocation may be moved to an earlier moment, never to a later one.
    fn check_revocable(&self, person: &PersonId, key: &str, from: Moment) -> Result<(), NotEnrolled> {
        let theirs = self.keys.get(&read_key(key)?).filter(|known| known.person == *person);
        match theirs {
            None => Err(NotEnrolled::NotTheirKey { person: person.clone(), key: action::fingerprint(key) }),
            Some(known) if !known.signs_at(from) => Err(NotEnrolled::KeyRevoked { key: action::fingerprint(key), person: person.clone() }),
            Some(_) => Ok(()),
        }
    }

    fn check_roles_change(&self, person: &PersonId, given: &[Role], taken: &[Role]) -> Result<(), NotEnrolled> {
        self.check_enrolled(person)?;
        let before = self.roles(person);
        let changed = || NotEnrolled::RolesMoved { person: person.clone(), roles: Role::words(&before) };
        if given.iter().any(|role| before.contains(role)) || taken.iter().any(|role| !before.contains(role)) || (given.is_empty() && taken.is_empty()) {
            return Err(changed());
        }
        let after: BTreeSet<Role> = before.iter().filter(|role| !taken.contains(role)).chain(given).copied().collect();
        check_roles(person, &after)?;
        if before.contains(&Role::Service) || after.contains(&Role::Service) {
            return Err(NotEnrolled::ServiceAccount { person: person.clone() });
        }
        if taken.contains(&Role::Admin) { self.check_not_last_admin(person) } else { Ok(()) }
    }

    /// Without an admin nobody could agree to anything any more. An admin who has no key left is none.
    fn check_not_last_admin(&self, person: &PersonId) -> Result<(), NotEnrolled> {
        let others = self.people.iter().any(|(other, known)| other != person && known.roles.contains(&Role::Admin) && self.has_key(other));
        match self.holds(person, Role::Admin) && !others {
            true => Err(NotEnrolled::LastAdmin { person: person.clone() }),
            false => Ok(()),
        }
    }

    fn check_team(&self, team: &str, joined: &[PersonId], left: &[PersonId]) -> Result<(), NotEnrolled> {
        let nobody = BTreeSet::new();
        let members = self.teams.get(team).unwrap_or(&nobody);
        joined.iter().try_for_each(|person| self.check_enrolled(person))?;
        let is_so = |person: &PersonId| joined.contains(person) != members.contains(person);
        match (joined.is_empty() && left.is_empty()) || !joined.iter().chain(left).all(is_so) || joined.iter().any(|person| left.contains(person)) {
            true => Err(NotEnrolled::TeamMoved { team: team.to_owned(), people: members.iter().map(PersonId::as_str).collect::<Vec<_>>().join(", ") }),
            false => Ok(()),
        }
    }
}

/// A revocation never moves to a later moment.
fn end(key: &mut EnrolledKey, from: Moment) {
    key.revoked = Some(key.revoked.map_or(from, |known| known.min(from)));
}

fn check_roles(person: &PersonId, roles: &BTreeSet<Role>) -> Result<(), NotEnrolled> {
    if roles.is_empty() {
        return Err(NotEnrolled::NoRole { person: person.clone() });
    }
    match roles.contains(&Role::Service) && roles.len() > 1 {
        true => Err(NotEnrolled::ServiceAccount { person: person.clone() }),
        false => Ok(()),
    }
}

pub(super) fn read_key(text: &str) -> Result<KeyData, NotEnrolled> {
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
