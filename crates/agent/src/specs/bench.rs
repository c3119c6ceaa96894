//! Where a session of its own is had from: the face opens boxes, this crate says what is done in them.

use crate::desk::Desk;
use crate::happening::Happening;
use crate::session::Session;

use super::trouble::SpecTrouble;

/// What is done in a session.
pub type Work<'w> = dyn FnMut(&mut Session<'_>, &mut dyn Desk, &mut dyn FnMut(Happening<'_>)) -> Result<(), SpecTrouble> + 'w;

/// Who sits down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sitter {
    /// For lists and live output: `task 2.1 of totals`.
    pub about: String,
    /// For lines of live output: `2.1`.
    pub label: String,
    /// Whose turns a recording has: `task-2.1`; `None` for one without a model.
    pub model: Option<String>,
    /// Whether a person may be asked there.
    pub at_the_desk: bool,
}

/// Opens sessions, each in a copy of its own; several threads may ask at once.
pub trait Bench: Sync {
    /// Opens one, does the work in it, and closes it.
    fn sit(&self, sitter: &Sitter, work: &mut Work<'_>) -> Result<(), SpecTrouble>;
}
