//! What a session may propose to be remembered. A person decides; this only says no earlier.

use action::{Deed, Digest, IntentId};

use super::Session;
use crate::act::{Acted, act, decline};
use crate::book::BookError;
use crate::desk::Desk;
use crate::failure::SessionError;
use crate::happening::Happening;
use crate::memory::{Memories, NotKept};

impl Session<'_> {
    /// Proposes it, unless the session has read what strangers wrote, or it could not be kept. A no is on the ledger too.
    pub(super) fn remember(&mut self, deed: Deed, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<Acted, SessionError> {
        let Deed::Remember { root, text, instead } = &deed else { return Ok(act(&mut self.seat(desk, watch), deed)?) };
        self.flush()?; // what has begun a moment ago counts
        if let Some(asked) = self.service.book.untrusted_in(&self.card.session)? {
            let why = format!("this session has had text that nobody of this project wrote (`{}`); nothing of it is remembered", asked.deed.line());
            return Ok(decline(&mut self.seat(desk, watch), deed, "untrusted-text", &why)?);
        }
        match self.fits(root, text, instead.as_ref()) {
            Ok(()) => Ok(act(&mut self.seat(desk, watch), deed)?),
            Err(NotKept::Book(e)) => Err(e.into()),
            Err(why) => Ok(decline(&mut self.seat(desk, watch), deed, "memory", &why.to_string())?),
        }
    }

    fn fits(&self, root: &str, text: &Digest, instead: Option<&IntentId>) -> Result<(), NotKept> {
        let unreadable = |_| BookError::Read { why: format!("blob {text} is not text") };
        let words = String::from_utf8(self.service.book.get(text)?).map_err(unreadable)?;
        Memories::of(&self.service.book, root)?.fits(&words, instead)
    }
}
