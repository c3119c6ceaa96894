//! A question on a specification: the model reads documents and code in a copy, and what it says is all that comes of it.

use super::brief::Brief;
use super::trouble::SpecTrouble;
use super::words;
use crate::desk::Desk;
use crate::happening::Happening;
use crate::session::Session;

/// Asks, and gives the model's last words: a claim, never evidence.
pub fn ask(session: &mut Session<'_>, brief: &Brief, question: &str, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<String, SpecTrouble> {
    session.work(&words::question(brief, question), desk, watch)?;
    Ok(session.last_words())
}
