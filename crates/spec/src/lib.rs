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

pub mod agents;
pub mod ambiguity;
pub mod analysis;
pub mod bugfix;
pub mod check;
pub mod config;
pub mod design;
pub mod drift;
pub mod ears;
pub mod finding;
pub mod fmt;
pub mod folder;
pub mod front_matter;
pub mod globs;
pub mod graph;
pub mod hooks;
pub mod ignored;
pub mod places;
pub mod prose;
pub mod reference;
pub mod requirements;
pub mod sarif;
pub mod servers;
pub mod skills;
pub mod steering;
pub mod tasks;
pub mod text;
pub mod trace;
pub mod tree;
mod markup;
mod words;
mod work;
