//! A session that begins where another one was: the same copy and the same conversation, and from then on its own.
//!
//! Read from the checkpoints and blobs of the other session; the other one is not touched. Every file of it comes into the
//! new copy by an intent of the new session.

use model::Message;

use super::Session;
use crate::card::Card;
use crate::conversation::{self, Conversation, Line};
use crate::desk::Desk;
use crate::failure::SessionError;
use crate::happening::Happening;
use crate::office::Office;
use crate::steps::{Manifest, Steps};

/// What a session was like after a step.
pub struct Origin {
    /// The step.
    pub step: u32,
    about: String,
    copy: Manifest,
    lines: Vec<Line>,
}

impl Origin {
    /// After this step, or the last one.
    pub fn of(service: &Office, card: &Card, step: Option<u32>) -> Result<Self, SessionError> {
        let folder = service.session_folder(&card.session);
        let unreadable = |why| SessionError::folder(&folder, why);
        let last = Steps::list(&folder).map_err(unreadable)?.last().map(|step| step.step);
        let step = step.or(last).ok_or(SessionError::NoStep { step: 0, last: 0 })?;
        let (copy, count) = Steps::open(&folder).map_err(unreadable)?.at(&service.book, step)?;
        let mut lines = Conversation::read(&folder.join("conversation.jsonl")).map_err(unreadable)?;
        lines.truncate(count.saturating_sub(card.dropped).max(1));
        conversation::drop_unanswered(&mut lines);
        Ok(Self { step, about: format!("{} after step {step}", card.session), copy, lines })
    }
}

impl Session<'_> {
    /// Begins where the other session was. For a session that has not begun otherwise.
    pub fn begin_as(&mut self, origin: Origin, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<(), SessionError> {
        self.become_like(&origin.copy, desk, watch)?;
        let mut lines = origin.lines;
        let text = format!("(This session is a copy of {}. What was done later there was not done here, and its subagents are not this session's.)", origin.about);
        lines.push(Line::plain(Message::user(text)));
        self.conversation.replace(lines).map_err(|why| SessionError::folder(&self.folder, why))?;
        self.flush()?;
        self.save()
    }
}
