//! The things a model may ask for: each with its shape, its reading into a deed, and its hands.
//!
//! ```text
//! call ─read_call─▶ Deed … (judged and signed elsewhere) … Countersigned<Intent> ─execute─▶ Done
//! ```
//!
//! Nothing here decides whether a deed may be done, and nothing here runs without a [`action::Countersigned`] order.
//! Commands and file changes both happen in the box ([`inside`] is what its file hands run). The crate knows no session,
//! no ledger and no model.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::disallowed_methods,
        reason = "tests fail by panicking"
    )
)]

mod call;
pub mod code;
mod done;
mod execute;
mod hands;
mod inside;
mod job;
mod kept;
mod languages;
mod plain;
mod replace;
mod run;
mod runner;
mod shape;
mod step;
mod test_run;

pub use call::{BadCall, LONGEST_MEMORY, read_call};
pub use done::Done;
pub use execute::{ExecuteError, Rehearsed, execute, rehearse};
pub use hands::{Hands, NoBox};
pub use inside::{Answered, Blob, Request, inside};
pub use replace::Replacement;
pub use runner::{PropertyLibraries, Runner, is_changelog, is_documentation, is_test_file, property_libraries_for, runner_of, runners, runners_for};
pub use shape::{Shape, shapes};
pub use step::{Status, Step};
pub use test_run::{Case, TestRun, Went, absent_in, cases, is_run_of, looks_like_tests, parse_test_result};
