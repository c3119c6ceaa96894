//! What holds of the vocabulary for every value, and what cannot be written at all.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod bytes;
mod effects;
mod environments;
mod locks;
mod permits;
mod stages;
mod strategies;
mod verdicts;
