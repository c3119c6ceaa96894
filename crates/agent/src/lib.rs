//! The one path from a prompt to a receipt.
//!
//! ```text
//! Session ─ rounds of the model ─▶ act ─▶ Book (ledger)      what is written first
//!                                   ├──▶ effects, guard       what is judged
//!                                   ├──▶ Desk                 who is asked
//!                                   └──▶ tools, sandbox       what is executed, in the box
//! settle ─ answers from any process ─▶ permit ─▶ landing      what leaves the box
//! ```
//!
//! This crate reads no environment variable, clock or randomness: the face hands them in with [`Office`].
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods, reason = "tests fail by panicking")
)]

pub mod access;
mod act;
mod at_once;
mod book;
mod budget;
mod called;
mod card;
pub mod clients;
mod compaction;
mod conversation;
mod copy;
mod counted;
mod databases;
mod desk;
mod failure;
mod fetch;
mod fullness;
mod gh;
mod git;
mod goal;
mod guidance;
mod happening;
mod hooks;
mod landing;
pub mod hand;
pub mod mcp;
pub mod memory;
pub mod notices;
mod office;
mod patterns;
pub mod people;
mod prompt;
mod proposal;
pub mod publish;
mod purse;
mod reach;
mod recovery;
mod rehearsal;
pub mod replay;
mod rights;
mod role;
mod running;
#[cfg(test)]
mod samples;
mod session;
mod settle;
mod shown;
pub mod specs;
mod steps;
mod story;
mod subagent;
mod survey;
mod teams;
mod untrusted;
mod usage;
mod what_if;

pub use act::{Acted, Seat, act};
pub use book::{Book, BookError, Clock, Named};
pub use budget::{Budget, Exhausted, Lack, Limit, Scope};
pub use card::{Bounds, Card, agreed_now};
pub use compaction::Carried;
pub use copy::{CopyError, Difference, Ignored, difference, renew};
pub use counted::counted;
pub use databases::rows_by_table;
pub use desk::{Desk, Nobody, Said};
pub use failure::SessionError;
pub use fullness::Fullness;
pub use git::{GitError, head, is_bare, is_branch_name, top, version as git_version};
pub use goal::{Goal, GoalResult, GoalRun, Pursued};
pub use happening::{Filling, Happening};
pub use hooks::{HookLine, NoHook, hooks_of, matcher_fault};
pub use landing::LandError;
pub use reach::{Doorway, Reaching};
pub use recovery::{look_after, recover};
pub use office::Office;
pub use role::{ENGINEER, NoRole, Role};
pub use session::{Boxed, Ended, Landed, Options, Origin, Session, Why, Wish};
pub use settle::{Answered, SettleError, Settled, answer, execute, sign, waits_for_its_session};
pub use steps::{Manifest, Step, Steps};
pub use story::Story;
pub use subagent::{Crew, Subagent, Work as SubagentWork};
pub use survey::{Survey, SurveyError};
pub use teams::{BadTeams, Teams};
pub use usage::{Asked, Spent, Tally};
