//! What an agent asks to do, what that would touch, and how far it has got.
//!
//! This crate is the vocabulary that everything else speaks, and the canonical bytes (RFC 8785 JSON, versioned) that are
//! digested, shown, signed and kept. It reads no file, no clock and no environment.
//!
//! ```text
//! Call ─read─▶ Intent ─compute─▶ Effects ─judge─▶ Verdict ─sign─▶ Countersigned<Intent> ─execute─▶ Outcome
//! ```
//!
//! The lock of the crate is [`Countersigned`]: it has no constructor but [`Countersigned::verify`], which checks the
//! guard's signature over the digest of the very value that it wraps.

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")
)]

mod access;
mod answer_text;
mod browser_claim;
mod by_hand;
mod canonical;
mod change;
mod countersigned;
mod deputy;
mod effect;
mod envelope;
mod environment;
mod event;
mod governance;
mod id;
mod intent;
mod issues;
mod mcp;
mod page_url;
mod parent;
mod passkey;
mod relying_party;
mod signature;
mod stage;
mod verdict;
mod visible;

#[cfg(test)]
mod samples;

pub use access::{Access, BadAccess, Freeze, Glass};
pub use answer_text::{BadText, NoPage};
pub use by_hand::ByHand;
pub use canonical::{BadDigest, Digest, canonical};
pub use change::{Change, ChangeSet, Content};
pub use countersigned::{Answer, Countersigned, NotCountersigned, Permit, Reply};
pub use deputy::Deputy;
pub use effect::{Certainty, Count, Effect, Effects, Resource, Reversibility, Verb};
pub use environment::{Environment, EnvironmentName, Generation, Terms, Tier};
pub use event::{Entry, Event, Notice, Outcome, Receipt, RefusedBy, Role, StopScope};
pub use governance::{Concern, Governance, fingerprint};
pub use id::{AgentName, IntentId, Moment, PersonId, SessionId};
pub use intent::{Deed, Intent, Landing, Seeks};
pub use issues::{Issue, IssueSet};
pub use mcp::{McpAsk, McpPlace, McpServer};
pub use page_url::{BadPageUrl, PageUrl, is_this_machine};
pub use parent::Parent;
pub use passkey::{Assertion, BadAssertion, claimed_page, is_hardware, passkey, relying_party_of};
pub use relying_party::{BadRelyingParty, RelyingParty};
pub use signature::{BadSignature, Namespace, Signed};
pub use stage::{IllegalStep, Stage};
pub use verdict::{Decision, Quorum, Reason, Verdict};
pub use visible::{visible, visible_line};
