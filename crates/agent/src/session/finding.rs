//! Finding a symbol by a language server: where one is to be started first, that is an intent of its own, judged and kept like
//! any other. If it is not started, the symbol is found by name.

use action::Deed;

use super::Session;
use super::by_hand::words;
use crate::act::{Acted, act};
use crate::called::Called;
use crate::desk::Desk;
use crate::failure::SessionError;
use crate::happening::Happening;

impl Session<'_> {
    /// Finds a symbol; starts the server that it wants, once.
    pub(super) fn find(&mut self, deed: Deed, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<Acted, SessionError> {
        let found = act(&mut self.seat(desk, watch), deed.clone())?;
        let Some(start) = self.hands.wanted_language() else { return Ok(found) };
        let Deed::LanguageStart { language, .. } = &start else { return Ok(found) };
        let language = language.clone();
        if let Err(why) = self.start_language(start, desk, watch)? {
            self.hands.renounce_language(&language, &why);
        }
        Ok(act(&mut self.seat(desk, watch), deed)?)
    }

    /// A server is a command: it takes the tool for commands, and the yes of the hooks before them. Why not, where one lacks.
    fn start_language(&mut self, start: Deed, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<Result<(), String>, SessionError> {
        let called = Called::offered("shell");
        if !self.project.rights.has(&called) {
            return Ok(Err("the agent runs no commands, and a language server is one".to_owned()));
        }
        let acted = match self.before_call(&called, &start, desk, watch)? {
            Some(stopped) => stopped,
            None => act(&mut self.seat(desk, watch), start)?,
        };
        Ok(match acted {
            Acted::Done(_) => Ok(()),
            Acted::Held(id, _) => Err(format!("starting a language server is held as {id}")),
            other => Err(format!("a language server may not be started: {}", words(&other))),
        })
    }
}
