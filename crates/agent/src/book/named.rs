//! Intents and sessions by the beginning of their ids, as people type them.

use action::{Event, IntentId, SessionId};

use super::{Book, BookError};
use crate::story::Story;

/// What the beginning of an id names. An empty one names nothing, also where there is only one: a script's variable was not set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named<T> {
    /// The one thing that it can mean.
    One(T),
    /// Nothing that is known here.
    Nothing,
    /// The ids that it may be.
    Several(Vec<String>),
}

impl Book {
    /// The one intent whose id is `prefix`, or begins with it.
    pub fn find(&self, prefix: &str) -> Result<Named<Story>, BookError> {
        if let Some(story) = self.story(&IntentId::new(prefix))? {
            return Ok(Named::One(story));
        }
        let mut ids: Vec<IntentId> = Vec::new();
        if prefix.is_empty() {
            return Ok(Named::Nothing);
        }
        for subject in ["held", "proposed", "started"] {
            for (_, entry) in self.subject(subject)? {
                let found = entry.event.intent().filter(|id| id.as_str().starts_with(prefix) && !ids.contains(id));
                ids.extend(found.cloned());
            }
        }
        Ok(match one_of(ids, |id| id.as_str()) {
            Named::One(id) => self.story(&id)?.map_or(Named::Nothing, Named::One),
            Named::Nothing => Named::Nothing,
            Named::Several(ids) => Named::Several(ids),
        })
    }

    /// The one session whose id is `prefix`, or begins with it.
    pub fn find_session(&self, prefix: &str) -> Result<Named<SessionId>, BookError> {
        let exact = SessionId::new(prefix);
        if !self.session(&exact)?.is_empty() {
            return Ok(Named::One(exact));
        }
        let mut ids: Vec<SessionId> = Vec::new();
        if prefix.is_empty() {
            return Ok(Named::Nothing);
        }
        for (_, entry) in self.subject("sessions")? {
            if let Event::Opened { session, .. } = entry.event
                && session.as_str().starts_with(prefix)
                && !ids.contains(&session)
            {
                ids.push(session);
            }
        }
        Ok(one_of(ids, |id| id.as_str()))
    }
}

fn one_of<T>(mut ids: Vec<T>, text: impl Fn(&T) -> &str) -> Named<T> {
    match ids.len() {
        0 => Named::Nothing,
        1 => ids.pop().map_or(Named::Nothing, Named::One),
        _ => Named::Several(ids.iter().map(|id| text(id).to_owned()).collect()),
    }
}
