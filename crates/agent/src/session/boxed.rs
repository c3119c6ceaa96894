//! A command of an agent of another maker, run in our box in place of its own hands.
//!
//! What it may do there is judged as every command in a box; what it leaves is judged as if those hands had changed the tree:
//! ordinary work lands at once, the rest waits for people.

use super::{Landed, Session};
use crate::desk::Desk;
use crate::failure::SessionError;
use crate::happening::Happening;

/// What came of it.
#[derive(Debug)]
pub struct Boxed {
    /// How the command ended.
    pub done: tools::Done,
    /// What became of what it changed; absent where nothing of it may leave the box.
    pub change: Option<Landed>,
    /// Whether it changed what git knows of the tree's history. That stays in the box, and the rest without it is a half.
    pub history: bool,
}

impl Session<'_> {
    /// Runs it in a folder of the tree (relative; empty for the root) and lands what may land: nothing where somebody stopped it.
    /// Its session is one whose copy was renewed just now and whose wish is [`super::Wish::ByHand`].
    pub fn run_boxed(
        &mut self,
        command: &str,
        folder: &str,
        seconds: u64,
        desk: &mut dyn Desk,
        watch: &mut dyn FnMut(Happening<'_>),
    ) -> Result<Boxed, SessionError> {
        self.begin_round(None)?;
        let done = self.command(command, folder, seconds, desk, watch)?;
        self.flush()?; // how it ended stands also where nothing of it can land
        let history = sandbox::wrote_history(&self.folder.join("box"), &self.card.root).unwrap_or(true); // unreadable is changed
        let change = match history || self.is_stopped() {
            true => None,
            false => Some(self.propose(desk, watch)?),
        };
        self.save()?;
        Ok(Boxed { done, change, history })
    }
}
