//! Sets a Markdown text as a PDF or as an HTML page.
//!
//! ```text
//! Markdown ─▶ events ─▶ blocks ─▶ lines (shaped, broken) ─▶ pages ─▶ PDF
//!                   └─▶ HTML
//! ```
//!
//! Nothing here knows a specification, a file or a clock: text, fonts and a date come in, bytes go out, and equal inputs give
//! equal bytes. Fonts for Latin, Greek, Cyrillic and many signs are part of the crate; for what they lack the caller brings
//! others. A character that no font has is an error that names it, never an empty box. Nothing of a text is run or loaded:
//! markup of HTML is shown as it is written, pictures and diagrams as their source.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests fail by panicking"))]

mod blocks;
mod fitted;
mod fonts;
mod html;
mod pages;
mod pdf;
mod said;
mod setter;
mod table;

pub use fitted::fitted;
pub use fonts::{Fonts, Unusable};
pub use html::to_html;
pub use pdf::{About, Date, NotSet, to_pdf};
