//! How much of what a model takes a conversation fills, and with what.
//!
//! The whole is the vendor's own count of the last request and its reply; its parts are by their share of the bytes. A server
//! that counts nothing is answered with an estimate, and it is said.

use model::{Message, Part, Usage};
use serde::{Deserialize, Serialize};

use crate::{guidance, memory};

/// From here on a person is told, in percent.
const MUCH_PERCENT: u64 = 60;
/// Bytes of a token, where nobody counts them.
const BYTES: u64 = 4;

/// What the model's context holds, in tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fullness {
    /// All of it.
    pub tokens: u64,
    /// What the model takes; 0 where nobody knows.
    pub limit: u64,
    /// Whether the vendor counted.
    pub counted: bool,
    /// Standing instructions and tools.
    pub standing: u64,
    /// Environments and what the project says to agents.
    pub guidance: u64,
    /// What the project remembers.
    pub memory: u64,
    /// Everything that was said and done.
    pub conversation: u64,
}

impl Fullness {
    /// Of a request that was answered. `standing` is the bytes before the messages.
    pub(crate) fn of(standing: u64, messages: &[Message], usage: Usage, limit: u64) -> Self {
        let texts = || messages.iter().flat_map(|message| &message.parts);
        let said = texts().map(length).fold(0, u64::saturating_add);
        let among = |of: fn(&str) -> usize| texts().map(|part| if let Part::Text { text } = part { of(text) as u64 } else { 0 }).fold(0, u64::saturating_add);
        let (guidance, memory) = (among(guidance::bytes_given), among(memory::bytes_told));
        let all = standing.saturating_add(said).max(1);
        let counted = usage.input > 0;
        let tokens = if counted { usage.input.saturating_add(usage.output) } else { all / BYTES };
        let share = |bytes: u64| u64::try_from(u128::from(tokens) * u128::from(bytes) / u128::from(all)).unwrap_or(tokens);
        let (standing, guidance, memory) = (share(standing), share(guidance), share(memory));
        Self { tokens, limit, counted, standing, guidance, memory, conversation: tokens.saturating_sub(standing + guidance + memory) }
    }

    /// How full it is; 0 where nobody knows the limit.
    pub fn percent(&self) -> u64 {
        self.tokens.saturating_mul(100).checked_div(self.limit).unwrap_or(0)
    }

    /// Whether it came to be so full that a person should know, since the last time.
    pub(crate) fn is_news(&self, before: Option<&Self>) -> bool {
        self.percent() >= MUCH_PERCENT && before.is_none_or(|before| before.percent() < MUCH_PERCENT)
    }

    /// One line: `12000 of 200000 tokens (6 %): instructions and tools 4000, guidance 1000, memory 0, conversation 7000`.
    pub fn line(&self) -> String {
        let about = if self.counted { "" } else { "about " };
        let of = if self.limit == 0 { "tokens".to_owned() } else { format!("of {} tokens ({} %)", self.limit, self.percent()) };
        let parts = [("instructions and tools", self.standing), ("guidance", self.guidance), ("memory", self.memory), ("conversation", self.conversation)];
        let parts: Vec<String> = parts.iter().map(|(name, tokens)| format!("{name} {tokens}")).collect();
        format!("{about}{} {of}: {}", self.tokens, parts.join(", "))
    }
}

fn length(part: &Part) -> u64 {
    let bytes = match part {
        Part::Text { text } => text.len(),
        Part::Reasoning { json, .. } => json.len(),
        Part::Call { name, arguments, .. } => name.len() + arguments.len(),
        Part::Result { content, .. } => content.len(),
        Part::Attached { file } => return file.most_tokens().saturating_mul(BYTES),
    };
    bytes as u64
}

#[cfg(test)]
mod tests;
