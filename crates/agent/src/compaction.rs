//! Shortens a conversation that comes near the model's limit: a summary by the model takes the place of the older part.
//!
//! The person's first words and the last exchanges stay verbatim. A cut never separates a call from its result.

use model::{Message, Part, Role};

/// Part of the model's limit that a conversation may fill before it is shortened, in percent.
const FULL_PERCENT: u64 = 80;
/// Messages at the end that stay verbatim, at least.
const KEPT: usize = 6;

/// What the model is asked when the conversation is full.
pub(crate) const REQUEST: &str = "Summarize our work so far for yourself, because older messages will be dropped: the task in the person's words, \
decisions and their reasons, files changed and why, commands run and what they showed, what is held or refused with its id, what is left to do. Do not call tools.";

/// What stands between the person's first words and the summary.
const SUMMARY: &str = "\n\n<summary of the work so far>\n";

/// Whether the last round came too near the limit.
pub(crate) fn is_due(used_tokens: u64, limit: u64) -> bool {
    limit > 0 && used_tokens.saturating_mul(100) >= limit.saturating_mul(FULL_PERCENT)
}

/// Where the verbatim end begins: at a reply, so that no call is separated from its result; 0 if there is nothing to gain.
pub(crate) fn cut_at(messages: &[Message]) -> usize {
    let last = messages.len().saturating_sub(KEPT);
    let starts_round = |m: &Message| m.role == Role::Assistant;
    let cut = messages.iter().take(last + 1).rposition(starts_round).unwrap_or(0);
    if cut > 1 { cut } else { 0 } // a summary of the first words alone would shorten nothing
}

/// The shortened conversation: first words, summary, then the end from `cut`.
pub(crate) fn shorten(messages: &[Message], cut: usize, summary: &str) -> Vec<Message> {
    let mut first = messages.first().map(texts).unwrap_or_default();
    if let Some(earlier) = first.rfind(SUMMARY) {
        first.truncate(earlier); // the new summary was made from it
    }
    first.push_str(SUMMARY);
    first.push_str(summary);
    first.push_str("\n</summary of the work so far>");
    let mut shortened = vec![Message { role: Role::User, parts: vec![Part::Text { text: first }] }];
    shortened.extend(messages.iter().skip(cut).cloned());
    shortened
}

fn texts(message: &Message) -> String {
    let texts = message.parts.iter().filter_map(|part| match part {
        Part::Text { text } => Some(text.as_str()),
        _ => None,
    });
    texts.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests;
