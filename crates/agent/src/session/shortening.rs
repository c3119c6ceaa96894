//! When a conversation is shortened, and what of it a person is told: how full it is, round by round.
//!
//! Nothing of it can be lost: what must stay is computed before the model is asked for a summary, and the conversation is
//! replaced in one step after it. If the power goes in between, it is as it was; the ledger has every word in any case.

use model::{Message, ModelError, Part, Reply, Request, Role};

use super::{Session, text_part};
use crate::compaction::{self, Carried};
use crate::failure::SessionError;
use crate::fullness::Fullness;
use crate::happening::{Filling, Happening};
use crate::memory;
use crate::prompt;

/// Why it is shortened, which decides what follows where the model makes no summary.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// It comes near the limit: it can wait a round.
    Due,
    /// The model takes it no longer: it cannot wait.
    TooLong,
    /// A person asks for it.
    ByHand,
}

/// What came of asking for a summary.
enum Summary {
    Made(String),
    /// Go on with what is carried over word for word; this is why.
    None(String),
    /// Leave the conversation as it is.
    NotNow,
}

impl Session<'_> {
    /// Shortens the conversation now. Returns how many messages were left out; 0 where there was nothing to gain.
    pub fn compact(&mut self, watch: &mut dyn FnMut(Happening<'_>)) -> Result<usize, SessionError> {
        let before = self.card.dropped;
        self.shorten(When::ByHand, watch)?;
        self.flush()?;
        Ok(self.card.dropped - before)
    }

    /// How full the context is after a reply, for whoever watches; said aloud when it comes to be much.
    pub(super) fn tell_context(&mut self, reply: &Reply, watch: &mut dyn FnMut(Happening<'_>)) {
        let limit = self.model.as_ref().map_or(0, |model| model.context_limit());
        let tools: usize = self.shapes.iter().map(|shape| shape.name.len() + shape.description.len() + shape.parameters.to_string().len()).sum();
        let context = Fullness::of((prompt::SYSTEM.len() + tools) as u64, self.conversation.messages(), reply.usage, limit);
        let filling = if context.is_news(self.card.context.as_ref()) { Filling::Much } else { Filling::Quiet };
        watch(Happening::Context { context: &context, filling });
        self.card.context = Some(context);
    }

    pub(super) fn compact_if_due(&mut self, reply: &Reply, watch: &mut dyn FnMut(Happening<'_>)) -> Result<(), SessionError> {
        let used = reply.usage.input.saturating_add(reply.usage.output);
        let limit = self.model.as_ref().map_or(0, |model| model.context_limit());
        if !compaction::is_due(used, limit) {
            return Ok(());
        }
        if let Some(context) = &self.card.context {
            watch(Happening::Context { context, filling: Filling::Full });
        }
        self.shorten(When::Due, watch).map(drop)
    }

    /// Puts what is carried over, and the model's own summary, in the place of the older messages; `false` where it stays as it is.
    pub(super) fn shorten(&mut self, when: When, watch: &mut dyn FnMut(Happening<'_>)) -> Result<bool, SessionError> {
        let cut = compaction::cut_at(self.conversation.messages());
        if cut == 0 {
            return Ok(false);
        }
        self.flush()?; // what was decided a moment ago is carried over too
        let mut carried = Carried::of(self.service, &self.card.session, &self.conversation.lines())?;
        carried.goal = self.options.goal.as_ref().map(|goal| format!("`{}` ends with 0", goal.command));
        let summary = match self.summarize(cut, when, watch)? {
            Summary::Made(text) => Some(text),
            Summary::None(why) => {
                watch(Happening::Complaint { text: &format!("the older messages could not be summarized ({why}); the session goes on with what is carried over word for word") });
                None
            }
            Summary::NotNow => return Ok(false),
        };
        self.put_shortened(cut, &carried, summary.as_deref())?;
        watch(Happening::Compacted { messages: cut, summarized: summary.is_some() });
        Ok(true)
    }

    fn put_shortened(&mut self, cut: usize, carried: &Carried, summary: Option<&str>) -> Result<(), SessionError> {
        let room = compaction::room(self.model.as_ref().map_or(0, |model| model.context_limit()));
        let mut shortened = compaction::shorten(&self.conversation.lines(), cut, carried, summary, room);
        let messages: Vec<Message> = shortened.iter().map(|line| line.message.clone()).collect();
        let told = memory::telling(&self.project.memory, &messages);
        if let Some(first) = shortened.first_mut().filter(|_| !told.is_empty()) {
            first.message.parts.push(Part::Text { text: told }); // told later than at the beginning, and left out with the rest
        }
        self.conversation.replace(shortened).map_err(|why| SessionError::folder(&self.folder, why))?;
        self.project.guidance.saw(self.conversation.messages());
        self.card.dropped += cut - 1; // the first words and the summary are one message
        self.save()
    }

    /// Asks with the same instructions and tools, so that the provider's cache serves all that it has seen.
    fn summarize(&mut self, cut: usize, when: When, watch: &mut dyn FnMut(Happening<'_>)) -> Result<Summary, SessionError> {
        let mut messages: Vec<Message> = self.conversation.messages().iter().take(cut).cloned().collect();
        messages.push(Message { role: Role::User, parts: vec![Part::Text { text: compaction::REQUEST.to_owned() }] });
        self.begin_round(Some(compaction::REQUEST))?;
        let mut request = Request { system: prompt::SYSTEM.to_owned(), messages, tools: std::mem::take(&mut self.shapes), max_output: self.options.max_output };
        self.purse.forget();
        let reply = self.put_to_model(&mut request, &mut |_| {});
        self.shapes = request.tools;
        self.purse.forget();
        match reply {
            Ok(reply) => {
                let text: String = reply.message.parts.iter().filter_map(text_part).collect();
                let nothing = || Summary::None("the model said nothing".to_owned());
                Ok(if text.trim().is_empty() { nothing() } else { Summary::Made(text) })
            }
            Err(SessionError::Model(e)) if when != When::ByHand => Ok(self.without_one(&e, when, watch)),
            Err(e) => Err(e), // a budget that ends it ends it as ever, with the conversation as it was
        }
    }

    fn without_one(&self, why: &ModelError, when: When, watch: &mut dyn FnMut(Happening<'_>)) -> Summary {
        if self.stop.load(std::sync::atomic::Ordering::Relaxed) {
            return Summary::NotNow;
        }
        if when == When::TooLong || matches!(why, ModelError::TooLong { .. }) {
            return Summary::None(why.to_string());
        }
        watch(Happening::Complaint { text: &format!("the older messages could not be summarized ({why}); the conversation stays as it is, and it is tried again") });
        Summary::NotNow
    }
}
