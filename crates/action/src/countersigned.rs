//! The lock: nothing is executed but a [`Countersigned`] value, and only a verified signature makes one.

use serde::{Deserialize, Serialize};
use ssh_key::PublicKey;

use crate::canonical::Digest;
use crate::environment::{EnvironmentName, Generation};
use crate::id::{Moment, PersonId};
use crate::signature::{BadSignature, Namespace, Signed};
use crate::verdict::Quorum;

/// A person's yes or no to exactly one intent with exactly these effects. This is what a person's SSH key signs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Version of this shape: 1.
    pub v: u8,
    /// Yes or no.
    pub reply: Reply,
    /// Who answers; the key must be enrolled for this person.
    pub person: PersonId,
    /// Digest of the intent.
    pub intent: Digest,
    /// Digest of its effects.
    pub effects: Digest,
    /// Digest of the policy that held it.
    pub policy: Digest,
    /// Where it lands.
    pub environment: EnvironmentName,
    /// That environment's generation when it was shown.
    pub generation: Generation,
    /// The answer is void from here on.
    pub expires: Moment,
    /// The lines that were shown: what the person read is part of what the person signed.
    pub shown: Vec<String>,
    /// Why; required for a no.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
}

/// Yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reply {
    /// Let it run.
    Yes,
    /// It ends here.
    No,
}

/// The guard's word that an intent may run once, until it expires, while the environment stays at this generation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permit {
    /// Version of this shape: 1.
    pub v: u8,
    /// Digest of the intent that may run.
    pub intent: Digest,
    /// Digest of the effects that were judged.
    pub effects: Digest,
    /// Digest of the policy in force.
    pub policy: Digest,
    /// Where it lands.
    pub environment: EnvironmentName,
    /// The generation that it was judged at.
    pub generation: Generation,
    /// The quorum that was met; absent when the policy itself permitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quorum: Option<Quorum>,
    /// Who signed, in order, each once.
    pub people: Vec<PersonId>,
    /// Digests of their signed answers.
    pub answers: Vec<Digest>,
    /// When it was issued.
    pub issued: Moment,
    /// It is void from here on.
    pub expires: Moment,
}

impl Permit {
    /// The only version that is believed.
    const VERSION: u8 = 1;
}

/// A value that may be executed. Private fields, no constructor but [`Countersigned::verify`], not cloneable, not readable from JSON.
///
/// Reading it is all that a stranger can do:
/// ```
/// fn read(c: &action::Countersigned<u8>) -> (&u8, &action::Permit) { (c.value(), c.permit()) }
/// ```
/// Each of these differs from the one above, or from a line that compiles, in one thing only, so that the reason for which it
/// fails is the one named. Its fields are private:
/// ```compile_fail,E0616
/// fn read(c: &action::Countersigned<u8>) -> (&u8, &action::Permit) { (&c.value, &c.permit) }
/// ```
/// also to write:
/// ```compile_fail,E0616
/// fn swap(c: &mut action::Countersigned<u8>) { c.value = 2; }
/// ```
/// It cannot be written down:
/// ```compile_fail,E0451
/// fn forge(value: u8, permit: action::Permit) -> action::Countersigned<u8> { action::Countersigned { value, permit } }
/// ```
/// nor taken from another one:
/// ```compile_fail,E0451
/// fn forge(c: action::Countersigned<u8>) -> action::Countersigned<u8> { action::Countersigned { value: 2, ..c } }
/// ```
/// It cannot be used twice, while its permit, which is only text, can:
/// ```
/// fn twice(c: action::Permit) -> (action::Permit, action::Permit) { (c.clone(), c) }
/// ```
/// ```compile_fail,E0599
/// fn twice(c: action::Countersigned<u8>) -> (action::Countersigned<u8>, action::Countersigned<u8>) { (c.clone(), c) }
/// ```
/// It cannot be read from JSON, while a permit can:
/// ```
/// fn read(json: &str) -> Option<action::Permit> { serde_json::from_str(json).ok() }
/// ```
/// ```compile_fail,E0277
/// fn read(json: &str) -> Option<action::Countersigned<u8>> { serde_json::from_str(json).ok() }
/// ```
#[derive(Debug)]
pub struct Countersigned<T> {
    value: T,
    permit: Permit,
}

impl<T: Serialize> Countersigned<T> {
    /// Checks that `signed` is the guard's permit for exactly `value` and `effects`, at this moment and generation.
    ///
    /// `authority` is the guard's public key. Single use is not decided here: the ledger takes one `Started` a permit.
    pub fn verify(
        value: T,
        effects: Digest,
        signed: &Signed,
        authority: &PublicKey,
        generation: Generation,
        now: Moment,
    ) -> Result<Self, NotCountersigned> {
        let permit: Permit = signed.open(authority, Namespace::Permit)?;
        if permit.v != Permit::VERSION {
            let why = format!("a permit of version {}, not {}", permit.v, Permit::VERSION);
            return Err(BadSignature::Content { why }.into());
        }
        let digest = Digest::of(&value).map_err(|e| NotCountersigned::Unwritable { why: e.to_string() })?;
        if permit.intent != digest {
            return Err(NotCountersigned::OtherIntent { signed: permit.intent, asked: digest });
        }
        if permit.effects != effects {
            return Err(NotCountersigned::EffectsDrifted { signed: permit.effects, now: effects });
        }
        if permit.generation != generation {
            return Err(NotCountersigned::OtherGeneration { signed: permit.generation, now: generation });
        }
        if now >= permit.expires || now.plus_seconds(CLOCK_SLACK_SECONDS) < permit.issued {
            return Err(NotCountersigned::Expired { issued: permit.issued, expires: permit.expires, now });
        }
        Ok(Self { value, permit })
    }
}

/// A clock may jump back this far between issuing and executing before the permit is void.
const CLOCK_SLACK_SECONDS: u64 = 5;

impl<T> Countersigned<T> {
    /// What may be executed.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// The permit that says so.
    pub fn permit(&self) -> &Permit {
        &self.permit
    }
}

/// Why a value may not run. Nothing happened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotCountersigned {
    /// The permit's signature is not the guard's.
    #[error(transparent)]
    Signature(#[from] BadSignature),
    /// The value has no canonical bytes.
    #[error("the intent has no canonical form: {why}")]
    Unwritable {
        /// The writer's words.
        why: String,
    },
    /// The permit is for something else.
    #[error("the permit is for intent {signed}, not {asked}")]
    OtherIntent {
        /// In the permit.
        signed: Digest,
        /// What was to run.
        asked: Digest,
    },
    /// The world changed between judging and executing.
    #[error("the effects are not those that were signed (signed {signed}, now {now})")]
    EffectsDrifted {
        /// In the permit.
        signed: Digest,
        /// Computed again just now.
        now: Digest,
    },
    /// The environment has changed since.
    #[error("the environment moved from generation {} to {}", signed.0, now.0)]
    OtherGeneration {
        /// In the permit.
        signed: Generation,
        /// At present.
        now: Generation,
    },
    /// Too late, or the clock is not to be trusted.
    #[error("the permit is not valid now (issued {}, expires {}, now {}; ms since 1970)", issued.0, expires.0, now.0)]
    Expired {
        /// From.
        issued: Moment,
        /// Until.
        expires: Moment,
        /// At present.
        now: Moment,
    },
}

#[cfg(test)]
mod tests;
