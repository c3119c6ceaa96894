//! The guard from outside: its shipped policy, forged answers, real ssh tools, and audits of whole ledgers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods, reason = "tests fail by panicking")]

mod audit;
mod counted;
mod duties;
mod forged;
mod freeze;
mod hardware;
mod lint;
mod many_rules;
mod monotone;
mod people;
mod permit;
mod proof;
mod ssh;
mod standing;
mod table;
mod world;
