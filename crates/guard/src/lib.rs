//! Decides, counts distinct people, verifies their signatures, and signs what it decides.
//!
//! ```text
//! Intent + Effects + Circumstances ─Cedar─▶ Verdict ─people sign─▶ Signed answers ─counted, judged again─▶ signed Permit
//! ```
//!
//! The guard is pure: no clock, no file, no environment, no randomness; `now` and seeds are passed in. The one exception is
//! [`Signer::Agent`], which talks to an ssh-agent over its socket. It refuses to know how effects are computed, what the agent
//! says about itself, and where entries are kept. Every error is a refusal: of the policy, of an answer, or of the permit.
//! Nothing here is durable, so if the power goes nothing is lost; a permit that was signed and not written never ran.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods, reason = "tests fail by panicking")
)]

mod answer;
pub mod audit;
mod ballot;
mod explain;
mod guard;
mod history;
mod key;
mod ladder;
mod permit;
mod policy;
mod prepared;
mod proof;
mod question;
mod quorum;
mod replay;
mod roster;
mod signer;
mod voters;

pub use answer::{BadAnswer, Matter, Recorded, Unwritable, Voice, question};
pub use ballot::{Ballot, Electorate};
pub use explain::{Explanation, Rung, check};
pub use guard::{Circumstances, Guard, InForce, USUAL_REGISTRIES};
pub use history::{Act, DAY_SECONDS, MOST, Past, Tally, is_kept, kept, whole_of};
pub use key::{BadKey, GuardKey, generate_person_key};
pub use permit::NotPermitted;
pub use policy::{BadPolicy, PolicySource};
pub use prepared::prepared;
pub use proof::{Difference, Finding, Flaw, Invariants, MOST_RULES, NO_RULE_ERRS, Outcome, Proof, Solve, Witness, diff, lint, prove};
pub use replay::{Replay, uses};
pub use roster::{Broken, EnrolledKey, Granted, NotEnrolled, Person, Roster, Sealed, Standing};
pub use signer::{NotSigned, Signer};
pub use voters::Voter;
