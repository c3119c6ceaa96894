//! Stories through the real binary: real files, real git, real keys, a real ledger; a recorded model.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests fail by panicking, and start the program that they test"
)]

mod access;
mod away;
mod beside;
mod channels;
mod ci;
mod context;
mod crash;
mod desk;
mod duties;
mod environments;
mod face;
mod faults;
mod fetch;
mod gate;
mod goals;
mod guidance;
mod history;
mod hooks;
mod incidents;
mod installs;
mod landing;
mod languages;
mod ledger;
mod map;
mod mcp;
mod mcp_login;
mod memory;
mod models;
mod observed;
mod offline;
mod passkeys;
mod people;
mod policy;
mod races;
mod read;
#[cfg(feature = "peers")]
mod real_agents;
mod scenarios;
mod sessions;
mod spec;
mod spec_bugs;
mod spec_export;
mod spec_proof;
mod spec_runners;
mod spec_trace;
mod spec_work;
mod subagents;
mod typed;
mod usage;

use serde_json::{Value, json};
use testkit::World;

/// A world in which ana may work, for the program under test.
fn world() -> World {
    World::founded(env!("CARGO_BIN_EXE_countersign"))
}

/// One round of the recorded model: words and calls.
fn turn(say: &str, calls: &[(&str, Value)]) -> Value {
    let calls: Vec<Value> = calls.iter().map(|(name, arguments)| json!({"name": name, "arguments": arguments})).collect();
    json!({"say": say, "calls": calls})
}

/// The round that ends a session.
fn done() -> Value {
    turn("Done.", &[])
}

/// A call that writes a whole file.
fn write(path: &str, content: &str) -> (&'static str, Value) {
    ("write", json!({"path": path, "content": content}))
}

/// A call that runs a command.
fn shell(command: &str) -> (&'static str, Value) {
    ("shell", json!({"command": command}))
}
