//! What the guard says of an intent. Verdicts are ordered `Permit < Hold < Refuse` and combine by [`Verdict::and`]: one more judge can only move right.

use serde::{Deserialize, Serialize};

use crate::canonical::Digest;

/// Who must sign. Fields only grow when quorums combine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Quorum {
    /// How many distinct people.
    pub people: u8,
    /// How many of them must be somebody else than the person that the agent acts for.
    pub peers: u8,
    /// How many of them must hold the role `owner`.
    pub owners: u8,
    /// How many of them must hold the role `admin`; asked for changes of people alone.
    #[serde(default, skip_serializing_if = "is_none")]
    pub admins: u8,
    /// How many of those must neither have asked for it nor gain by it.
    #[serde(default, skip_serializing_if = "is_none")]
    pub other_admins: u8,
}

/// Entries of older versions have no such field, and keep their bytes.
fn is_none(count: &u8) -> bool {
    *count == 0
}

impl Quorum {
    /// The person who asked, or anybody else.
    pub const ANYONE: Self = Self { people: 1, peers: 0, owners: 0, admins: 0, other_admins: 0 };
    /// One person who did not ask.
    pub const PEER: Self = Self { peers: 1, ..Self::ANYONE };
    /// Two people who did not ask, one of them an owner.
    pub const TWO_WITH_OWNER: Self = Self { people: 2, peers: 2, owners: 1, ..Self::ANYONE };
    /// An admin, who may be the one who asked.
    pub const ADMIN: Self = Self { admins: 1, ..Self::ANYONE };
    /// An admin, and somebody who neither asked nor gains.
    pub const ADMIN_AND_PEER: Self = Self { people: 2, peers: 1, admins: 1, ..Self::ANYONE };
    /// Two people, one of them an admin who neither asked nor gains.
    pub const OTHER_ADMIN: Self = Self { other_admins: 1, ..Self::ADMIN_AND_PEER };
    /// Two owners, of whom one may be the one who asked.
    pub const TWO_OWNERS: Self = Self { people: 2, owners: 2, ..Self::ANYONE };

    /// What both ask for.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            people: self.people.max(other.people),
            peers: self.peers.max(other.peers),
            owners: self.owners.max(other.owners),
            admins: self.admins.max(other.admins),
            other_admins: self.other_admins.max(other.other_admins),
        }
    }

    /// Whether somebody besides the person who asked must agree.
    pub fn takes_others(&self) -> bool {
        self.people >= 2 || self.peers >= 1 || self.other_admins >= 1
    }

    /// In words: "two people who did not ask for it, one of them an owner".
    pub fn words(&self) -> String {
        let number = |n: u8| match n {
            0 => "nobody".to_owned(),
            1 => "one person".to_owned(),
            2 => "two people".to_owned(),
            n => format!("{n} people"),
        };
        let mut words = match (self.people, self.peers) {
            (1, 0) if self.admins == 1 => return "one admin, who may be the one who asked".to_owned(),
            (2, 1) if self.other_admins == 1 => return "two people, one of them an admin who neither asked for it nor gains by it".to_owned(),
            (2, 1) if self.admins == 1 => return "two people, an admin and one who neither asked for it nor gains by it".to_owned(),
            (2, 0) if self.owners == 2 => return "two owners, of whom one may be the one who asked".to_owned(),
            (1, 0) => "one signature, which the person who asked may give".to_owned(),
            (people, 0) => number(people),
            (people, peers) if people == peers => format!("{} who did not ask for it", number(people)),
            (people, peers) => format!("{}, {peers} of them not the one who asked for it", number(people)),
        };
        match self.owners {
            0 => {}
            1 => words.push_str(if self.people == 1 { " and is an owner" } else { ", one of them an owner" }),
            n => words.push_str(&format!(", {n} of them owners")),
        }
        if self.admins > 0 {
            words.push_str(&format!(", {} of them admins", self.admins));
        }
        if self.other_admins > 0 {
            words.push_str(&format!(", {} of these neither asked for it nor gain by it", self.other_admins));
        }
        words
    }
}

/// The three answers, ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "lowercase")]
pub enum Decision {
    /// The policy itself signs.
    Permit,
    /// People sign first.
    Hold {
        /// Who.
        quorum: Quorum,
    },
    /// It is not done.
    Refuse,
}

/// Which rule spoke, and what it says to a person.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Reason {
    /// The rule's id in the policy.
    pub rule: String,
    /// A sentence.
    pub text: String,
}

/// The answer with its reasons; never a bare bool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The answer.
    pub decision: Decision,
    /// Why, gravest first, without repeats.
    pub reasons: Vec<Reason>,
    /// Digest of the policy that was in force.
    pub policy: Digest,
}

impl Verdict {
    /// A refusal for one reason.
    pub fn refuse(policy: Digest, rule: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            decision: Decision::Refuse,
            reasons: vec![Reason { rule: rule.into(), text: text.into() }],
            policy,
        }
    }

    /// Both verdicts at once: the graver decision, and the reasons for it, the graver verdict's first. Why one of them would have
    /// permitted is no reason once the other does not. Two policies at once are a disagreement, hence a refusal (that carries
    /// this verdict's policy).
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let policy = self.policy;
        let one_policy = (policy != other.policy)
            .then(|| Self::refuse(policy, "one-policy", "two versions of the policy judged one intent"));
        let decision = match (self.decision, other.decision) {
            (Decision::Hold { quorum: a }, Decision::Hold { quorum: b }) => Decision::Hold { quorum: a.and(b) },
            (a, b) => a.max(b),
        };
        let (graver, lighter) = if other.decision > self.decision { (other, self) } else { (self, other) };
        let both_permit = graver.decision == Decision::Permit && one_policy.is_none();
        let speaks = |verdict: &Self| both_permit || verdict.decision != Decision::Permit;
        let mut reasons = Vec::new();
        for reason in one_policy.iter().cloned().chain([graver, lighter]).filter(speaks).flat_map(|verdict| verdict.reasons) {
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
        Self { decision: one_policy.map_or(decision, |refusal| refusal.decision), reasons, policy }
    }
}

#[cfg(test)]
mod tests;
