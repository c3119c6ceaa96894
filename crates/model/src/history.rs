//! The conversation as it was last written into a request body, so that only what is new is written again.
//!
//! Conversations grow at the end. What was rendered is used again only where the messages are equal, compared in full:
//! a compacted or edited history is rendered afresh from the first difference on.

use crate::message::Message;

/// Rendered messages, each with a leading comma.
#[derive(Debug, Default)]
pub(crate) struct History {
    messages: Vec<Message>,
    ends: Vec<usize>,
    json: Vec<u8>,
}

impl History {
    /// The rendered form of `messages`, rendering only those that differ from last time.
    pub(crate) fn rendered(&mut self, messages: &[Message], mut render: impl FnMut(&Message, &mut Vec<u8>)) -> &[u8] {
        let same = self.messages.iter().zip(messages).take_while(|(kept, new)| kept == new).count();
        self.forget_from(same);
        for message in messages.iter().skip(same) {
            render(message, &mut self.json);
            self.ends.push(self.json.len());
            self.messages.push(message.clone());
        }
        &self.json
    }

    fn forget_from(&mut self, same: usize) {
        self.messages.truncate(same);
        self.ends.truncate(same);
        self.json.truncate(self.ends.last().copied().unwrap_or(0));
    }
}

#[cfg(test)]
mod tests;
