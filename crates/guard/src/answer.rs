//! A person's answer: how it is asked for, and what it takes to believe it.
//!
//! An answer counts only if a key that is enrolled for the very person it names signed exactly this matter in exactly these
//! bytes. A no counts even when it is late: who objects need not object in time twice.

use std::collections::BTreeSet;

use action::{
    Answer, BadSignature, BadText, Concern, Deed, Digest, Effects, EnvironmentName, Generation, Intent, Moment, Namespace, PersonId, Quorum, Reply, Role, Signed,
};
use ssh_key::PublicKey;

use crate::ballot::Ballot;
use crate::roster::Roster;

/// What an answer is about; what was shown and what will run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matter {
    /// Digest of the intent.
    pub intent: Digest,
    /// Digest of its effects.
    pub effects: Digest,
    /// Digest of the policy that held it.
    pub policy: Digest,
    /// Where it lands.
    pub environment: EnvironmentName,
    /// That environment's generation.
    pub generation: Generation,
    /// The lines that a person is shown.
    pub shown: Vec<String>,
    /// Every environment that it touches.
    pub(crate) places: BTreeSet<EnvironmentName>,
    /// It concerns those who administer the service, and admins agree to it as well.
    pub(crate) governs: bool,
}

/// An answer, and when it was written down. What its key signed is judged by that moment: signatures carry none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// When it came in.
    pub at: Moment,
    /// The answer.
    pub answer: Signed,
}

/// An answer that was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voice {
    /// Who.
    pub person: PersonId,
    /// Yes or no.
    pub reply: Reply,
    /// Why.
    pub why: String,
    /// Void from here on.
    pub expires: Moment,
    /// Digest of the signed answer.
    pub digest: Digest,
    /// When it was written down.
    pub at: Moment,
    pub(crate) key: PublicKey,
}

impl Voice {
    /// Whether it still counts: its key was not revoked from a moment before it, and who gave it was not removed.
    pub(crate) fn stands(&self, roster: &Roster) -> bool {
        roster.is_enrolled(&self.person) && roster.key(&self.key).is_some_and(|key| key.signs_at(self.at))
    }
}

impl Matter {
    /// The matter of an intent with its effects, under a policy, at a generation.
    pub fn of(intent: &Intent, effects: &Effects, policy: Digest, generation: Generation) -> Result<Self, Unwritable> {
        let written = |e: serde_json::Error| Unwritable { why: e.to_string() };
        Ok(Self {
            intent: Digest::of(intent).map_err(written)?,
            effects: Digest::of(effects).map_err(written)?,
            policy,
            environment: effects.environment(),
            generation,
            shown: effects.lines(),
            places: effects.places(),
            governs: matches!(&intent.deed, Deed::Govern { change } if change.concern() == Concern::Administration),
        })
    }

    /// What a person is to sign.
    pub fn question(&self, expires: Moment, person: PersonId, reply: Reply, why: String) -> Answer {
        Answer {
            v: 1,
            reply,
            person,
            intent: self.intent,
            effects: self.effects,
            policy: self.policy,
            environment: self.environment.clone(),
            generation: self.generation,
            expires,
            shown: self.shown.clone(),
            why,
        }
    }

    /// Verifies one answer to this matter, everything but who else answered: with a key that signed at the moment when it was
    /// written down, and has not expired now.
    pub fn hear(&self, recorded: &Recorded, roster: &Roster, now: Moment) -> Result<Voice, BadAnswer> {
        let signed = &recorded.answer;
        let (answer, person, key) = open(signed, roster, recorded.at)?;
        if answer.intent != self.intent {
            return Err(BadAnswer::OtherIntent { person, signed: answer.intent, asked: self.intent });
        }
        // What a program says is nobody's no either: it would end what people asked for.
        if roster.holds(&person, Role::Service) {
            return Err(BadAnswer::ServiceAccount { person });
        }
        if answer.reply == Reply::Yes {
            self.check_yes(&answer, &person, roster, now)?;
        }
        Ok(Voice { person, reply: answer.reply, why: answer.why, expires: answer.expires, digest: signed.digest(), at: recorded.at, key })
    }

    /// Whether a yes is given with the kind of key that this quorum takes there. Who is told so before it is written can sign again.
    pub fn check_key(&self, voice: &Voice, quorum: Quorum, ballot: &Ballot) -> Result<(), BadAnswer> {
        let taken = voice.reply == Reply::No || !ballot.terms().takes_hardware(quorum) || action::is_hardware(&voice.key);
        let bad = || BadAnswer::NoHardwareKey {
            person: voice.person.clone(),
            fingerprint: voice.key.fingerprint(ssh_key::HashAlg::Sha256).to_string(),
            place: self.environment.clone(),
        };
        if taken { Ok(()) } else { Err(bad()) }
    }

    fn check_yes(&self, answer: &Answer, person: &PersonId, roster: &Roster, now: Moment) -> Result<(), BadAnswer> {
        let person = person.clone();
        if answer.effects != self.effects {
            return Err(BadAnswer::OtherEffects { person, signed: answer.effects, asked: self.effects });
        }
        if answer.policy != self.policy {
            return Err(BadAnswer::OtherPolicy { person, signed: answer.policy, asked: self.policy });
        }
        if answer.environment != self.environment {
            return Err(BadAnswer::OtherEnvironment { person, signed: answer.environment.clone(), asked: self.environment.clone() });
        }
        if answer.generation != self.generation {
            return Err(BadAnswer::OtherGeneration { person, signed: answer.generation, asked: self.generation });
        }
        if answer.shown != self.shown {
            return Err(BadAnswer::ShownOtherwise { person });
        }
        if now >= answer.expires {
            return Err(BadAnswer::Expired { person, expires: answer.expires, now });
        }
        if !roster.may_answer(&person, self.governs) {
            return Err(BadAnswer::MayNotSign { person });
        }
        Ok(())
    }
}

/// The answer that a person is to sign; [`Matter::question`] of the matter at hand.
#[expect(clippy::too_many_arguments, reason = "these are exactly the things that a countersignature binds together")]
pub fn question(
    intent: &Intent,
    effects: &Effects,
    policy: Digest,
    generation: Generation,
    expires: Moment,
    person: PersonId,
    reply: Reply,
    why: String,
) -> Result<Answer, Unwritable> {
    Ok(Matter::of(intent, effects, policy, generation)?.question(expires, person, reply, why))
}

/// Believes the signature, the key, the person and the bytes; not yet what they are about.
fn open(signed: &Signed, roster: &Roster, at: Moment) -> Result<(Answer, PersonId, PublicKey), BadAnswer> {
    let key = signed.claimed_key()?;
    let fingerprint = || key.fingerprint(ssh_key::HashAlg::Sha256).to_string();
    let known = roster.key(&key).ok_or_else(|| BadAnswer::UnknownKey { fingerprint: fingerprint() })?;
    let owner = &known.person;
    signed.verify(&key, Namespace::Person)?;
    let answer = Answer::read(&signed.text).map_err(|bad| match bad {
        BadText::Content { why } => BadAnswer::Signature(BadSignature::Content { why }),
        BadText::OtherSpelling => BadAnswer::NotCanonical,
    })?;
    if !roster.is_enrolled(owner) {
        return Err(BadAnswer::Removed { person: owner.clone() });
    }
    if let Some(from) = known.revoked.filter(|from| at >= *from) {
        return Err(BadAnswer::RevokedKey { person: owner.clone(), fingerprint: fingerprint(), from });
    }
    if answer.v != 1 {
        return Err(BadAnswer::Version { v: answer.v });
    }
    if answer.person != *owner {
        return Err(BadAnswer::KeyOfAnother { said: answer.person, owner: owner.clone() });
    }
    Ok((answer, owner.clone(), key))
}

/// A value has no canonical bytes, so nobody can sign it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this has no canonical form, so nobody can sign it: {why}")]
pub struct Unwritable {
    /// The writer's words.
    pub why: String,
}

/// Why an answer does not count. Nothing happened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadAnswer {
    /// Forged, truncated, or made for another purpose.
    #[error(transparent)]
    Signature(#[from] BadSignature),
    /// Nobody's key.
    #[error("the answer is signed with a key that nobody is enrolled with ({fingerprint})")]
    UnknownKey {
        /// SHA-256 fingerprint, as ssh-keygen prints it.
        fingerprint: String,
    },
    /// The key was taken away.
    #[error("the key {fingerprint} of `{person}` is revoked and signs nothing from {} on (ms since 1970); sign with another key of theirs", from.0)]
    RevokedKey {
        /// Whose it was.
        person: PersonId,
        /// SHA-256 fingerprint.
        fingerprint: String,
        /// The first moment at which it signs nothing.
        from: Moment,
    },
    /// Who signed is not enrolled any more.
    #[error("`{person}` was removed, and signs nothing any more")]
    Removed {
        /// Who.
        person: PersonId,
    },
    /// A program's account.
    #[error("`{person}` is a service account: it may ask, and neither agrees nor refuses")]
    ServiceAccount {
        /// Which.
        person: PersonId,
    },
    /// The key is another person's.
    #[error("the answer says it is by `{said}`, but the key is `{owner}`'s")]
    KeyOfAnother {
        /// In the answer.
        said: PersonId,
        /// By the key.
        owner: PersonId,
    },
    /// A shape from another time.
    #[error("the answer has version {v}, not 1")]
    Version {
        /// What it says.
        v: u8,
    },
    /// The same meaning in other bytes is not what was shown.
    #[error("the answer is not spelled as it was shown; sign the exported text byte for byte, with nothing after it")]
    NotCanonical,
    /// No role that signs.
    #[error("`{person}` holds no role that may sign")]
    MayNotSign {
        /// Who.
        person: PersonId,
    },
    /// The place asks for more than a key in a file.
    #[error("{} asks that this is signed with a hardware key, and `{person}` signed with the key {fingerprint}, which is none\nhint: sign with a key of yours that begins with `sk-` (`ssh-keygen -t ed25519-sk` makes one on a token)", place)]
    NoHardwareKey {
        /// Who.
        person: PersonId,
        /// SHA-256 fingerprint of the key that they signed with.
        fingerprint: String,
        /// Where it lands.
        place: EnvironmentName,
    },
    /// Replayed from another intent.
    #[error("`{person}` answered intent {signed}, not {asked}")]
    OtherIntent {
        /// Who.
        person: PersonId,
        /// What was signed.
        signed: Digest,
        /// What is asked.
        asked: Digest,
    },
    /// The effects drifted, or were swapped.
    #[error("`{person}` signed other effects ({signed}, now {asked})")]
    OtherEffects {
        /// Who.
        person: PersonId,
        /// What was signed.
        signed: Digest,
        /// What is asked.
        asked: Digest,
    },
    /// The policy changed since.
    #[error("`{person}` signed under another policy ({signed}, now {asked})")]
    OtherPolicy {
        /// Who.
        person: PersonId,
        /// What was signed.
        signed: Digest,
        /// What is in force.
        asked: Digest,
    },
    /// Replayed from another place.
    #[error("`{person}` signed for environment `{signed}`, not `{asked}`")]
    OtherEnvironment {
        /// Who.
        person: PersonId,
        /// What was signed.
        signed: EnvironmentName,
        /// What is asked.
        asked: EnvironmentName,
    },
    /// The environment moved on.
    #[error("`{person}` signed for generation {} of the environment, now {}", signed.0, asked.0)]
    OtherGeneration {
        /// Who.
        person: PersonId,
        /// What was signed.
        signed: Generation,
        /// At present.
        asked: Generation,
    },
    /// The lines in the signature are not the lines of the effects.
    #[error("`{person}` was shown other lines than the effects have")]
    ShownOtherwise {
        /// Who.
        person: PersonId,
    },
    /// Too late.
    #[error("`{person}`'s answer expired (at {}, now {}; ms since 1970)", expires.0, now.0)]
    Expired {
        /// Who.
        person: PersonId,
        /// When.
        expires: Moment,
        /// At present.
        now: Moment,
    },
}
