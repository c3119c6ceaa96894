//! Boxes on the real kernel: what works in one, what it changes, and what cannot be done from one.
//!
//! Run as root, every test is run once more as an ordinary user (`again_as_an_ordinary_user`).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "tests fail by panicking"
)]

mod again;
mod changes;
mod door;
mod escapes;
mod files;
mod git;
mod harness;
mod lands;
mod limits;
mod open;
mod rehearses;
mod secrets;
mod serves;
mod works;
