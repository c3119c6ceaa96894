//! Shortens a conversation that comes near the model's limit: its older part gives way to what the service carries over word
//! for word ([`Carried`]), and to a summary by the model, marked as one.
//!
//! The last exchanges stay as they are, and a cut never separates a call from its result. The beginning of the first message
//! stays byte for byte from one shortening to the next, so that providers can go on caching it. Whatever the model answers,
//! nothing that is carried over depends on it.

use model::{Message, Part, Role};

use crate::conversation::{Beside, Line};

mod carried;

pub use carried::Carried;

/// Part of the model's limit that a conversation may fill before it is shortened, in percent.
pub(crate) const FULL_PERCENT: u64 = 80;
/// Messages at the end that stay verbatim, at least.
const KEPT: usize = 6;
/// Bytes that may be carried over, whatever the model takes.
const MOST_ROOM: usize = 64 * 1024;
const LEAST_ROOM: usize = 4 * 1024;

/// What the model is asked when the conversation is full.
pub(crate) const REQUEST: &str = "Summarize our work so far for yourself, because older messages will be dropped. The person's words, your plan, and what \
people signed, refused or still hold are carried over word for word; do not repeat them. Say what you found, why you did what you did, files changed and \
why, commands run and what they showed, what is left to do. Do not call tools.";

const SUMMARY: &str = "<countersign-summary>\nOf the older messages, by the model itself; what is carried over above is exact, this may be wrong.\n";
const NO_SUMMARY: &str = "<countersign-summary>\nThere is none of the older messages. The copy is as it was left: look again at what you need to know.\n";

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

/// Bytes that may be carried over: about a quarter of what a model with this limit takes.
pub(crate) fn room(limit_tokens: u64) -> usize {
    match usize::try_from(limit_tokens).unwrap_or(MOST_ROOM) {
        0 => MOST_ROOM, // a limit that nobody knows
        limit => limit.clamp(LEAST_ROOM, MOST_ROOM),
    }
}

/// The shortened conversation: the first words, what is carried over, a summary, then the end from `cut`. Without a new
/// summary an earlier one stays.
pub(crate) fn shorten(lines: &[Line], cut: usize, carried: &Carried, summary: Option<&str>, room: usize) -> Vec<Line> {
    let before = lines.first().map(|line| line.beside.clone()).unwrap_or_default();
    let older = lines.get(..cut).unwrap_or(lines);
    let summary = summary.map(|text| cut_short(text.trim(), room / 2, "the rest of it is left out")).filter(|text| !text.is_empty());
    let summary = summary.or(before.summary.clone()).unwrap_or_default();
    let parts = [first(lines, &carried.place(), room), carried.text(room), told(&summary)];
    let message = Message { role: Role::User, parts: parts.map(|text| Part::Text { text }).into() };
    let beside = Beside { asked: asked(older), task: before.task, plan: plan(older), summary: Some(summary) };
    let mut shortened = vec![Line { message, beside }];
    shortened.extend(lines.iter().skip(cut).cloned());
    shortened
}

/// All that was asked in these messages and those that they stand for, oldest first. The first is in the first message itself, unless
/// that has a task.
fn asked(lines: &[Line]) -> Vec<String> {
    let mut asked: Vec<String> = lines.iter().flat_map(|line| line.beside.asked.iter().cloned()).collect();
    let unmarked = lines.first().filter(|line| line.beside.asked.is_empty() && line.beside.task.is_none()); // begun by an older version
    asked.splice(0..0, unmarked.map(|line| line.message.text()));
    asked
}

/// The arguments of the last plan that was noted.
fn plan(lines: &[Line]) -> Option<String> {
    let mut plan = lines.first().and_then(|line| line.beside.plan.clone());
    let mut noted: Option<(&str, &str)> = None;
    for line in lines {
        for part in &line.message.parts {
            match part {
                Part::Call { id, name, arguments } if name == "plan" => noted = Some((id, arguments)),
                Part::Result { call, is_error: false, .. } => {
                    plan = noted.filter(|(id, _)| id == call).map(|(_, arguments)| arguments.to_owned()).or(plan);
                }
                _ => {}
            }
        }
    }
    plan
}

/// Environments, guidance, memories and the person's first words or the task, with what was attached. Once shortened it stays as it is.
fn first(lines: &[Line], place: &str, room: usize) -> String {
    let Some(line) = lines.first() else { return String::new() };
    if let (Some(_), Some(Part::Text { text })) = (&line.beside.summary, line.message.parts.first()) {
        return text.clone();
    }
    let text = line.message.text();
    let words = line.beside.task.as_ref().or(line.beside.asked.first());
    match words.and_then(|words| Some((text.rsplit_once(words.as_str())?, words))) {
        Some(((opening, attached), words)) => format!("{opening}{}{attached}", cut_short(words, room / 2, place)),
        None => text,
    }
}

fn told(summary: &str) -> String {
    let (about, text) = if summary.is_empty() { (NO_SUMMARY, String::new()) } else { (SUMMARY, format!("{}\n", crate::guidance::harmless(summary))) };
    format!("{about}{text}</countersign-summary>")
}

/// The beginning of a text, and where the rest is.
fn cut_short(text: &str, room: usize, place: &str) -> String {
    if text.len() <= room {
        return text.to_owned();
    }
    let end = (0..=room).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let head = text.get(..end).unwrap_or_default();
    format!("{head}\n(… {} more bytes; {place})", text.len() - end)
}

#[cfg(test)]
mod tests;
