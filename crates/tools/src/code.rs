//! What a source tree holds, without running anything: the definitions of a file, and a ranked map of many files.
//!
//! ```text
//! bytes ─outline─▶ Outline ─┐
//! bytes ─outline─▶ Outline ─┼─rank─▶ Map, cut to a budget of tokens
//! …                        ─┘
//! ```
//!
//! Sources are read by tree-sitter, which takes broken text too; nothing is resolved, so a name that two files define
//! stands for both. Outlines are pure functions of bytes and language, and the map of outlines and wishes: the same tree
//! gives the same map. Nothing here follows a link. A file that is not read is named, never left out in silence.

mod apart;
mod files;
mod identifier;
mod language;
mod map;
mod outline;
mod rank;
mod rules;
mod text;
mod weight;

pub use apart::{Apart, apart};
pub use files::{Outlines, Survey, Unread};
pub use language::Language;
pub(crate) use map::row;
pub use map::{Entry, Map, Wish};
pub use outline::{Definition, NoOutline, Outline, outline};

/// How many bytes a token has, as it is estimated: for source text, most tokenizers make one of three to five.
pub const BYTES_A_TOKEN: usize = 4;
