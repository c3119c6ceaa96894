//! The only place where a session asks its model: what that may cost is granted before, and what it took is written after.

use action::Event;
use model::{Delta, Reply, Request, Tokens};

use super::Session;
use crate::failure::SessionError;
use crate::purse::{NotGranted, Payer};

impl Session<'_> {
    /// Asks, if every budget has room for whatever it may cost. A crash after the reply came leaves it unwritten, and its cost with it.
    pub(super) fn put_to_model(&mut self, request: &mut Request, live: &mut dyn FnMut(Delta)) -> Result<Reply, SessionError> {
        let model = self.model.as_mut().ok_or(SessionError::NoModel)?;
        let name = model.name().to_owned();
        let payer = Payer { service: self.service, session: &self.card.session, person: &self.card.person, given: &self.card.limit, model: &name };
        request.max_output = self.purse.grant(&payer, request)?;
        let reply = match model.ask(request, live, &self.stop) {
            Ok(reply) => reply,
            Err(e) => {
                self.purse.let_go();
                return Err(SessionError::Model(e));
            }
        };
        self.purse.answered(request, &reply);
        self.note(&reply, name)?;
        Ok(reply)
    }

    /// The model is about to be asked: a round of its own, also where it only sums up. Durable before it is asked.
    pub(super) fn begin_round(&mut self, words: Option<&str>) -> Result<(), SessionError> {
        let words = words.map(|words| self.service.book.put(words.as_bytes())).transpose()?;
        self.card.turn += 1;
        self.pending.push(Event::Prompted { session: self.card.session.clone(), turn: self.card.turn, words, images: Vec::new() });
        self.flush()
    }

    /// Writes what a reply took. Where others spend from the same limits it is durable at once, before the promise is gone.
    fn note(&mut self, reply: &Reply, model: String) -> Result<(), SessionError> {
        let Tokens { input, cached, written, output } = Tokens::from(reply.usage);
        let digest = self.service.book.put_value(&reply.message)?;
        let (session, turn) = (self.card.session.clone(), self.card.turn);
        self.pending.push(Event::Replied { session, turn, reply: digest, input, cached, written, output, model });
        if self.purse.has_promised() {
            self.flush()?;
            self.purse.let_go();
        }
        Ok(())
    }
}

impl From<NotGranted> for SessionError {
    fn from(why: NotGranted) -> Self {
        match why {
            NotGranted::Exhausted(exhausted) => Self::Exhausted(exhausted),
            NotGranted::Teams(why) => Self::Teams(why),
            NotGranted::Book(e) => Self::Book(e),
            NotGranted::Promises(why) => Self::Promises(why),
        }
    }
}
