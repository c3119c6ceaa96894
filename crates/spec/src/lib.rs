//! Reads a specification as teams keep it on disk (Kiro's formats and their variants), checks it, and traces each
//! requirement to what was done.
//!
//! Nothing here knows a model, an agent or a ledger; nothing here reads a file or starts a program: bytes come in, and
//! findings, edits and reports go out. A file that is odd is read as far as it goes and gets findings; it is never refused.
//! Whoever changes a file does so with [`text::Edit`]s, so a byte that was not meant to change never does.

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests fail by panicking")
)]

pub mod ambiguity;
pub mod bugfix;
pub mod config;
pub mod design;
pub mod analysis;
pub mod drift;
pub mod ears;
pub mod finding;
pub mod folder;
pub mod graph;
pub mod prose;
pub mod reference;
pub mod requirements;
pub mod tasks;
pub mod text;
mod markup;
mod words;
pub mod trace;
pub mod tree;
pub mod front_matter;
pub mod globs;
pub mod steering;
pub mod skills;
pub mod ignored;
pub mod hooks;
pub mod agents;
pub mod check;
