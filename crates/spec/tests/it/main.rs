//! The crate as strangers use it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests fail by panicking")]

mod analysis;
mod editing;
mod golden;
mod grammar;
mod hostile;
mod mutated;
mod reading;
mod tracing;
mod rules;
