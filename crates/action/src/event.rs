//! What the ledger keeps of an action. Each is written before what it announces, or after what it reports.

use serde::{Deserialize, Serialize};

use crate::canonical::Digest;
use crate::effect::Effects;
use crate::environment::{Environment, Generation};
use crate::id::{AgentName, IntentId, Moment, PersonId, SessionId};
use crate::intent::Intent;
use crate::mcp::McpServer;
use crate::parent::Parent;
use crate::governance::Governance;
use crate::signature::Signed;
use crate::verdict::{Decision, Reason, Verdict};

/// One ledger entry: when, and what. Its canonical bytes are the leaf.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Version of this shape: 1.
    pub v: u8,
    /// The writer's clock. Order is given by the ledger, never by this.
    pub at: Moment,
    /// What.
    pub event: Event,
}

/// Past participles: what has been prompted, proposed, assessed, …
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Event {
    /// The service was made; the first entry of every ledger.
    Founded {
        /// The guard's public key, OpenSSH form; permits verify with it.
        guard: String,
        /// The log's verifier key (C2SP signed-note vkey).
        log: String,
        /// Whether every change of people after the founder's enrolment is backed by signatures; ledgers of older versions do not say so.
        #[serde(default, skip_serializing_if = "is_false")]
        governed: bool,
        /// Whether environments too are mapped by signed changes alone.
        #[serde(default, skip_serializing_if = "is_false")]
        places: bool,
    },
    /// The founder was enrolled; in ledgers of older versions also everybody else, and further keys.
    Enrolled {
        /// Who.
        person: PersonId,
        /// OpenSSH public key.
        key: String,
        /// Roles held from now on.
        roles: Vec<Role>,
        /// Who enrolled them; the very first enrols themselves.
        by: PersonId,
    },
    /// A signed change of who may do what was made. It is written with the end of its intent, or not at all.
    Governed {
        /// The intent, which was countersigned and started.
        intent: IntentId,
        /// Which of this ledger's changes it is, from 1: of two that were begun at once, one is made.
        number: u64,
        /// What is so from now on: what was signed.
        change: Governance,
    },
    /// A correction-of-error report was opened: what happened is to be explained, and kept from happening again.
    CorrectionOpened {
        /// The intent that it is about.
        intent: IntentId,
        /// What happened, in a line.
        title: String,
    },
    /// What a policy that is observed would have said. It counts for nothing.
    Observed {
        /// The intent.
        about: IntentId,
        /// Which policy: the blob of its text.
        policies: Digest,
        /// How it would have decided.
        would: Decision,
        /// How the policy in force decided by itself; what else was judged (roles, supervision) is not in it.
        was: Decision,
        /// The rules by which it would.
        reasons: Vec<Reason>,
    },
    /// Something that must not be overlooked was told somewhere outside, which took it.
    Notified {
        /// The intent that it is about.
        about: IntentId,
        /// What of it.
        notice: Notice,
        /// Where: the channel's name in the settings.
        channel: String,
    },
    /// In ledgers of older versions: a place in the world was mapped to an environment.
    Mapped {
        /// The environment as it is from now on.
        environment: Environment,
        /// Its generation from now on.
        generation: Generation,
        /// Who.
        by: PersonId,
    },
    /// A person logged in to a server of a project; the tokens are in no entry.
    LoggedIn {
        /// Absolute path of the project's tree.
        root: String,
        /// Which server, as the project asks for it.
        server: McpServer,
        /// Who vouches for the person there.
        issuer: String,
        /// What the login was asked to be for.
        scopes: Vec<String>,
        /// Who.
        by: PersonId,
    },
    /// A login was forgotten.
    LoggedOut {
        /// Absolute path of the project's tree.
        root: String,
        /// Which server.
        server: McpServer,
        /// Who.
        by: PersonId,
    },
    /// A session began.
    Opened {
        /// Which.
        session: SessionId,
        /// For whom.
        person: PersonId,
        /// As what.
        agent: AgentName,
        /// Absolute path of the person's tree.
        root: String,
        /// The model, `provider/name`.
        model: String,
        /// What the box offers here, in words.
        level: String,
        /// The session that it comes from, where it comes from one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parent: Option<Parent>,
    },
    /// The model is about to be asked.
    Prompted {
        /// Which conversation.
        session: SessionId,
        /// Round, from 1.
        turn: u32,
        /// Blob of the person's words; absent when the round only carries tool results.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        words: Option<Digest>,
        /// Blobs of the images and documents that came with them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        images: Vec<Digest>,
    },
    /// What the model answered, and what it cost.
    Replied {
        /// Which conversation.
        session: SessionId,
        /// Round.
        turn: u32,
        /// Blob of the reply as canonical JSON: kept, never evidence.
        reply: Digest,
        /// Input tokens that were neither read from the provider's cache nor, where `written` counts those, written to it.
        input: u64,
        /// Input tokens read from the provider's cache.
        cached: u64,
        /// Input tokens written to the provider's cache; entries of older versions count them under `input`.
        #[serde(default, skip_serializing_if = "is_zero")]
        written: u64,
        /// Output tokens.
        output: u64,
        /// The model that answered, `provider/name`; in entries of older versions it is the one of `Opened`.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        model: String,
    },
    /// A call was read and its effects computed.
    Proposed {
        /// The intent.
        intent: Intent,
        /// What it would touch, where they fit an entry.
        effects: Effects,
        /// Digest of the effects; also the blob that holds them all when `effects` was shortened.
        digest: Digest,
    },
    /// The guard judged it.
    Assessed {
        /// Which.
        intent: IntentId,
        /// How.
        verdict: Verdict,
        /// Generation of the environment at that moment.
        generation: Generation,
        /// A held intent is void from here on.
        expires: Moment,
    },
    /// A person answered.
    Answered {
        /// Which.
        intent: IntentId,
        /// Who.
        person: PersonId,
        /// The [`crate::Answer`] with its signature.
        answer: Signed,
    },
    /// The guard signed the permit.
    Countersigned {
        /// Which.
        intent: IntentId,
        /// The [`crate::Permit`] with its signature.
        permit: Signed,
    },
    /// It will not be done.
    Refused {
        /// Which.
        intent: IntentId,
        /// By whom.
        by: RefusedBy,
        /// Why.
        reasons: Vec<Reason>,
    },
    /// It is about to be executed; from here on something may have happened.
    Started {
        /// Which.
        intent: IntentId,
        /// Digest of the signed permit; one `Started` for each, ever.
        permit: Digest,
    },
    /// It was executed.
    Finished {
        /// Which.
        intent: IntentId,
        /// What came of it.
        outcome: Outcome,
    },
    /// It was executed and failed.
    Failed {
        /// Which.
        intent: IntentId,
        /// What came of it.
        outcome: Outcome,
    },
    /// It was started, and nobody saw the end.
    Unknown {
        /// Which.
        intent: IntentId,
        /// What is known.
        why: String,
    },
    /// Permits and held intents were revoked.
    Stopped {
        /// What.
        scope: StopScope,
        /// Who.
        by: PersonId,
    },
    /// The copy was saved, so that it can be rewound to here.
    Checkpointed {
        /// Which conversation.
        session: SessionId,
        /// Step, from 0.
        step: u32,
        /// Blob of the manifest.
        manifest: Digest,
    },
    /// A task of a spec was judged by evidence.
    Evidenced {
        /// The conversation that worked on it.
        session: SessionId,
        /// The folder of the spec in the tree: `.kiro/specs/totals`.
        spec: String,
        /// The task's number.
        task: String,
        /// Blob of the judgement as canonical JSON: what was asked for, and what was seen.
        judgement: Digest,
        /// Whether all that was asked for was seen.
        done: bool,
    },
    /// A specification and its code were brought together again: from where the change set of this session lands, they agree.
    Synced {
        /// The conversation that did it.
        session: SessionId,
        /// The folder of the spec in the tree: `.kiro/specs/totals`.
        spec: String,
        /// Blob of what was there then, as canonical JSON: digests of documents and of files.
        seen: Digest,
    },
    /// The session ended.
    Closed {
        /// Which.
        session: SessionId,
        /// How, in a word or two.
        how: String,
    },
    /// It was handed to the agent of another maker that asked for it, which does it with its own hands. From here on it may
    /// have happened; whether it did, and how it ended, nobody here sees.
    Handed {
        /// Which.
        intent: IntentId,
        /// Digest of the signed permit; one `Handed` for each, ever.
        permit: Digest,
    },
}

/// Fields that older versions did not write are left out where they say nothing, so that old entries keep their bytes.
fn is_zero(count: &u64) -> bool {
    *count == 0
}

fn is_false(truth: &bool) -> bool {
    !*truth
}

impl Event {
    /// The intent that this is about, if it is about one.
    pub fn intent(&self) -> Option<&IntentId> {
        match self {
            Self::Proposed { intent, .. } => Some(&intent.id),
            Self::Assessed { intent, .. }
            | Self::Answered { intent, .. }
            | Self::Countersigned { intent, .. }
            | Self::Refused { intent, .. }
            | Self::Started { intent, .. }
            | Self::Finished { intent, .. }
            | Self::Failed { intent, .. }
            | Self::Unknown { intent, .. }
            | Self::Governed { intent, .. }
            | Self::CorrectionOpened { intent, .. }
            | Self::Handed { intent, .. } => Some(intent),
            Self::Founded { .. }
            | Self::Enrolled { .. }
            | Self::Observed { .. }
            | Self::Notified { .. }
            | Self::Mapped { .. }
            | Self::LoggedIn { .. }
            | Self::LoggedOut { .. }
            | Self::Opened { .. }
            | Self::Prompted { .. }
            | Self::Replied { .. }
            | Self::Stopped { .. }
            | Self::Checkpointed { .. }
            | Self::Evidenced { .. }
            | Self::Synced { .. }
            | Self::Closed { .. } => None,
        }
    }

    /// The session that this is about, if the entry itself says so.
    pub fn session(&self) -> Option<&SessionId> {
        match self {
            Self::Opened { session, .. }
            | Self::Prompted { session, .. }
            | Self::Replied { session, .. }
            | Self::Checkpointed { session, .. }
            | Self::Evidenced { session, .. }
            | Self::Synced { session, .. }
            | Self::Closed { session, .. }
            | Self::Stopped { scope: StopScope::Session { session }, .. } => Some(session),
            Self::Proposed { intent, .. } => Some(&intent.session),
            Self::Founded { .. }
            | Self::Enrolled { .. }
            | Self::Observed { .. }
            | Self::Notified { .. }
            | Self::Mapped { .. }
            | Self::LoggedIn { .. }
            | Self::LoggedOut { .. }
            | Self::Assessed { .. }
            | Self::Answered { .. }
            | Self::Countersigned { .. }
            | Self::Refused { .. }
            | Self::Started { .. }
            | Self::Finished { .. }
            | Self::Failed { .. }
            | Self::Unknown { .. }
            | Self::Governed { .. }
            | Self::CorrectionOpened { .. }
            | Self::Handed { .. }
            | Self::Stopped { .. } => None,
        }
    }

    /// The kebab-case name that the entry carries.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Founded { .. } => "founded",
            Self::Enrolled { .. } => "enrolled",
            Self::Governed { .. } => "governed",
            Self::CorrectionOpened { .. } => "correction-opened",
            Self::Observed { .. } => "observed",
            Self::Notified { .. } => "notified",
            Self::Mapped { .. } => "mapped",
            Self::LoggedIn { .. } => "logged-in",
            Self::LoggedOut { .. } => "logged-out",
            Self::Opened { .. } => "opened",
            Self::Prompted { .. } => "prompted",
            Self::Replied { .. } => "replied",
            Self::Proposed { .. } => "proposed",
            Self::Assessed { .. } => "assessed",
            Self::Answered { .. } => "answered",
            Self::Countersigned { .. } => "countersigned",
            Self::Refused { .. } => "refused",
            Self::Started { .. } => "started",
            Self::Finished { .. } => "finished",
            Self::Failed { .. } => "failed",
            Self::Unknown { .. } => "unknown",
            Self::Stopped { .. } => "stopped",
            Self::Checkpointed { .. } => "checkpointed",
            Self::Evidenced { .. } => "evidenced",
            Self::Synced { .. } => "synced",
            Self::Closed { .. } => "closed",
            Self::Handed { .. } => "handed",
        }
    }
}

/// What a person may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Asks for work, and signs for their own tree and as a peer.
    Engineer,
    /// Counts as an owner where a quorum needs one.
    Owner,
    /// Agrees to changes of people, and maps environments.
    Admin,
    /// No person: an account of a program. It asks for work and never countersigns. It is held alone.
    Service,
}

impl Role {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Engineer => "engineer",
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Service => "service account",
        }
    }

    /// Several, in words: `engineer, owner`.
    pub fn words<'r>(roles: impl IntoIterator<Item = &'r Self>) -> String {
        roles.into_iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ")
    }
}

/// What people are told outside the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "kebab-case")]
pub enum Notice {
    /// Glass was broken.
    Glass,
    /// Something waits for signatures.
    Waiting {
        /// For the how-manieth time, from 1.
        time: u32,
    },
}

/// Who refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "who", rename_all = "lowercase")]
pub enum RefusedBy {
    /// The policy, or the path to it failed: every error is a refusal.
    Policy,
    /// A person said no.
    Person {
        /// Who.
        person: PersonId,
    },
    /// The permit or the held intent was void: expired, stopped, drifted.
    Void,
}

/// What is revoked by a stop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "lowercase")]
pub enum StopScope {
    /// Everything.
    All,
    /// One session.
    Session {
        /// Which.
        session: SessionId,
    },
    /// One intent.
    Intent {
        /// Which.
        intent: IntentId,
    },
}

/// What came of an execution, as we saw it; what the agent says of it is never evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// One line.
    pub line: String,
    /// Exit status of a process, 128 + n for signal n.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit: Option<i32>,
    /// Blob of the output, where there was any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<Digest>,
    /// How long it took, in milliseconds.
    pub ms: u64,
}

/// An outcome with its place in the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The intent.
    pub intent: IntentId,
    /// Index of the entry that ended it.
    pub index: u64,
    /// What came of it.
    pub outcome: Outcome,
}

#[cfg(test)]
mod tests;
