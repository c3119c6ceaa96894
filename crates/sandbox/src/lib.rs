//! Runs one command or one file operation inside bounds no wider than the intent it was shown.
//!
//! A *box* is one process tree of a session, in its own user, mount, pid, net, ipc and uts namespaces: a read-only root by
//! allow-list, an overlay of the person's tree at its own path, no network but the dependency door, no secrets, no agent
//! sockets. Every command in it is cut off once more (own pids, Landlock, seccomp, no capabilities) and nothing of it
//! outlives it. What the box changed is a layer beside the person's tree; [`Sandbox::changes`] reads it and [`land`] is the
//! only way it gets out.
//!
//! ```text
//! service ─open─▶ box ─┬─▶ reader, writer   (`hands`, long-lived, Landlock)
//!                      ├─▶ relay ─▶ door    (the one way out, where the plan gives one)
//!                      └─▶ command          (own pid and mount namespace, one each)
//! ```
//!
//! The crate knows nothing of sessions, models or policies, and does nothing without a [`action::Countersigned`] order. It
//! is the only crate that spawns processes and the only one with `unsafe`. If the power goes, the box is gone and the
//! layer is as the file system kept it; the person's tree was never open for writing.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods, reason = "tests fail by panicking")
)]

#[cfg(not(target_os = "linux"))]
compile_error!("the sandbox is made of Linux namespaces, Landlock and seccomp; other systems have no box yet");

mod beneath;
mod bounds;
mod changes;
mod coded;
mod git;
mod inside;
mod kept_out;
mod land;
mod level;
mod masks;
mod plan;
mod process;
mod protected;
mod renewed;
mod sandbox;
mod solver;
mod state;
mod still;
mod trusted;
mod upper;
mod wire;

pub use beneath::fingerprint;
pub use bounds::{Mismatch, check_call, check_start};
pub use changes::{ChangesError, Differing, Now};
pub use coded::{path_of, text_of};
pub use inside::inside;
pub use land::{Conflict, LandError, Landed, LandedState, clear_left_behind, land, landed_state};
pub use level::{Level, level};
pub use kept_out::{KEPT_OUT, KeptOut, is_beyond_measure, kept_out_fault};
pub use masks::{PLACEHOLDER, is_secret_name, is_secret_path};
pub use plan::{BadPlan, Command, Limits, Place, Plan};
pub use process::{Event, Process, Rehearsal, Served, Why};
pub use protected::PROTECTED;
pub use sandbox::{CallError, CloseError, OpenError, Sandbox, StartError};
pub use solver::{SolverError, solve};
pub use renewed::{Kept, renew, wrote_history};
pub use state::forget;
pub use still::read_still;
pub use trusted::{Input, Output, Trusted, TrustedError, gh_may_see, spawn_peer, spawn_trusted, spawn_trusted_until};
