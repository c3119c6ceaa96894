//! Orders executed in a box on the real kernel: what comes back, how it is bounded, and how it is stopped.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "tests fail by panicking"
)]

mod commands;
mod files;
mod harness;
mod jobs;
mod languages;
mod order;
mod rehearsals;
