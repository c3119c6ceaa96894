//! What an audit finds wrong, each in a sentence.

use std::fmt;

use action::{BadSignature, Digest, EnvironmentName, Generation, IllegalStep, IntentId, Moment, PersonId, Quorum};
use serde::{Serialize, Serializer};

use crate::answer::{BadAnswer, Unwritable};
use crate::roster::NotEnrolled;

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditFinding {
    /// The entry.
    pub index: u64,
    /// The intent that it is about, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intent: Option<IntentId>,
    /// What is wrong.
    #[serde(serialize_with = "in_words")]
    pub wrong: Wrong,
}

impl fmt::Display for AuditFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.intent {
            Some(intent) => write!(f, "entry {}, intent `{intent}`: {}", self.index, self.wrong),
            None => write!(f, "entry {}: {}", self.index, self.wrong),
        }
    }
}

impl std::error::Error for AuditFinding {}

fn in_words<S: Serializer>(wrong: &Wrong, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(wrong)
}

/// What can be wrong with an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// An entry is missing or doubled.
    #[error("entry {expected} was to come here")]
    Gap {
        /// The index that was to come.
        expected: u64,
    },
    /// Not an entry.
    #[error("the entry cannot be read: {why}")]
    Unreadable {
        /// Why.
        why: String,
    },
    /// `founded` is the first entry and no other.
    #[error("a ledger is founded by its first entry and no other")]
    Founding,
    /// No permit can verify.
    #[error("the guard's key cannot be read: {why}")]
    GuardKey {
        /// The parser's words.
        why: String,
    },
    /// An enrolment that does not count.
    #[error(transparent)]
    Enrolment(NotEnrolled),
    /// Only admins map.
    #[error("`{by}` mapped `{environment}` but is not an admin")]
    MappedByNoAdmin {
        /// Who.
        by: PersonId,
        /// What.
        environment: EnvironmentName,
    },
    /// An event that cannot follow.
    #[error(transparent)]
    Step(IllegalStep),
    /// An event of an intent that was not rightly proposed.
    #[error("the intent was never rightly proposed")]
    NeverProposed,
    /// The intent has no canonical bytes.
    #[error(transparent)]
    Intent(Unwritable),
    /// The effects are not those of the digest.
    #[error("the effects are not those that the digest names")]
    EffectsSwapped,
    /// An answer that does not verify.
    #[error(transparent)]
    Answer(Box<BadAnswer>),
    /// The entry says one person, the signature another.
    #[error("the entry says that `{said}` answered, but `{signed}` signed")]
    AnswerOfAnother {
        /// In the entry.
        said: PersonId,
        /// By the key.
        signed: PersonId,
    },
    /// A permit that is not the guard's.
    #[error("the permit is not to be believed: {0}")]
    Permit(BadSignature),
    /// A permit for something else.
    #[error("the permit is for another {what} than was proposed and judged")]
    PermitForOther {
        /// Version, intent, effects, policy, environment or generation.
        what: &'static str,
    },
    /// A person had stopped it.
    #[error("it went on at {}, after it was stopped at {} (ms since 1970)", at.0, stopped.0)]
    Stopped {
        /// When it was stopped.
        stopped: Moment,
        /// When it went on.
        at: Moment,
    },
    /// It was held longer than it was valid.
    #[error("it was void since {} when the permit was issued at {} (ms since 1970)", expires.0, issued.0)]
    HeldTooLong {
        /// Until.
        expires: Moment,
        /// When the permit was issued.
        issued: Moment,
    },
    /// Permitted in spite of a no.
    #[error("it was countersigned although `{person}` said no")]
    SaidNo {
        /// Who.
        person: PersonId,
    },
    /// The permit names an answer that is not in the ledger.
    #[error("the permit names answer {answer}, which is not recorded for this intent")]
    AnswerMissing {
        /// Its digest.
        answer: Digest,
    },
    /// An answer was too old when the permit was issued.
    #[error("`{person}`'s answer had expired when the permit was issued")]
    AnswerExpired {
        /// Who.
        person: PersonId,
    },
    /// The permit's people are not those who signed.
    #[error("the permit does not name the people who signed: {counted}")]
    PeopleDiffer {
        /// Counted again.
        counted: String,
    },
    /// The permit asks for less than the verdict.
    #[error("the permit asks for fewer people than the verdict did")]
    QuorumLowered,
    /// Not enough distinct people.
    #[error("it needed {}; those who signed: {signed}", quorum.words())]
    QuorumNotMet {
        /// What it needed.
        quorum: Quorum,
        /// Who signed, in words.
        signed: String,
    },
    /// Who agreed was removed, or their key revoked, before it began.
    #[error("it was begun when those who agreed did not all count any more: {counted}")]
    NotAgreedAnyMore {
        /// Who still counted.
        counted: String,
    },
    /// A change of people that is not the one that was signed, or was not begun.
    #[error("people were changed otherwise than this intent was countersigned and begun for")]
    OtherChange,
    /// Started without a permit that was found good.
    #[error("it was started without a permit that holds")]
    NoPermit,
    /// Started on another permit.
    #[error("it was started on permit {named}, but its own is {known}")]
    OtherPermit {
        /// In the entry.
        named: Digest,
        /// The one recorded.
        known: Digest,
    },
    /// Started too late.
    #[error("it was started at {}, when the permit had expired at {} (ms since 1970)", at.0, expires.0)]
    PermitExpired {
        /// Until.
        expires: Moment,
        /// When.
        at: Moment,
    },
    /// It went on in spite of a freeze.
    #[error("it was begun at {} (ms since 1970), when `{environment}` was frozen and no glass was broken there for who asked", at.0)]
    Frozen {
        /// What was frozen.
        environment: EnvironmentName,
        /// When it was begun.
        at: Moment,
    },
    /// A report of what was no emergency.
    #[error("a correction-of-error report was opened by something else than broken glass")]
    NothingToCorrect,
    /// A stale permit (incident 19).
    #[error("it was started for generation {} of an environment that is at {}", permit.0, now.0)]
    OlderGeneration {
        /// In the permit.
        permit: Generation,
        /// At that entry.
        now: Generation,
    },
}
