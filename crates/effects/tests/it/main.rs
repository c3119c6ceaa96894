//! The readers, through the one door, against properties and against a real bash.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "tests fail by panicking, and compare with a real bash"
)]

mod bash;
mod corpora;
mod door;
mod properties;
mod texts;
