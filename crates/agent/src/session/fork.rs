//! A session that begins where another one was: the same copy and the same conversation, and from then on its own.
//!
//! Read from the checkpoints and blobs of the other session; the other one is not touched. Every file of it comes into the
//! new copy by an intent of the new session.

use action::{Change, Content};
use model::{Message, Part, Role};

use super::Session;
use crate::card::Card;
use crate::conversation::{self, Conversation};
use crate::desk::Desk;
use crate::failure::SessionError;
use crate::happening::Happening;
use crate::office::Office;
use crate::steps::Steps;

/// What a session was like after a step.
pub struct Origin {
    /// The step.
    pub step: u32,
    about: String,
    changes: Vec<Change>,
    messages: Vec<Message>,
}

impl Origin {
    /// After this step, or the last one.
    pub fn of(service: &Office, card: &Card, step: Option<u32>) -> Result<Self, SessionError> {
        let folder = service.session_folder(&card.session);
        let unreadable = |why| SessionError::folder(&folder, why);
        let last = Steps::list(&folder).map_err(unreadable)?.last().map(|step| step.step);
        let step = step.or(last).ok_or(SessionError::NoStep { step: 0, last: 0 })?;
        let (manifest, count) = Steps::open(&folder).map_err(unreadable)?.at(&service.book, step)?;
        let mut messages = Conversation::open(&folder.join("conversation.jsonl")).map_err(unreadable)?.messages().to_vec();
        messages.truncate(count.saturating_sub(card.dropped).max(1));
        conversation::drop_unanswered(&mut messages);
        let change = |(path, after): (String, Option<Content>)| Change { path, before: None, after };
        let changes = manifest.paths.into_iter().map(change).collect();
        Ok(Self { step, about: format!("{} after step {step}", card.session), changes, messages })
    }
}

impl Session<'_> {
    /// Begins where the other session was. For a session that has not begun otherwise.
    pub fn begin_as(&mut self, origin: Origin, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<(), SessionError> {
        self.take_over(&origin.changes, desk, watch)?;
        let mut messages = origin.messages;
        let text = format!("(This session is a copy of {}. What was done later there was not done here.)", origin.about);
        messages.push(Message { role: Role::User, parts: vec![Part::Text { text }] });
        self.conversation.replace(messages).map_err(|why| SessionError::folder(&self.folder, why))?;
        self.flush()?;
        self.save()
    }
}
