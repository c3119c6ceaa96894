//! The door from outside: real sockets on loopback, and the real package clients of this machine through it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "tests fail by panicking, and start the real clients"
)]

mod chain;
mod clients;
mod conformance;
mod limits;
mod plain;
mod tunnels;
mod world;
