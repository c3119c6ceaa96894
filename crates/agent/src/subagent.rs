//! An agent that works for another one: in a session of its own, in a copy of its own, for the same person, with no more
//! rights. Here is who it is, where its session is had from, and what is told of it in the end.
//!
//! ```text
//! delegate ─ intent, Started ─▶ Crew::sit: box, model, Opened with its parent ─▶ copy as the parent's is ─▶ rounds ─▶ report ─▶ Finished
//!                                                                                 parent: take ─ an intent ─▶ all of it, or nothing
//! ```
//!
//! Its words are claims, marked as such; the rest of the report is read from the ledger and from its copy. If the power goes,
//! the intent that began it is named `Unknown` when its parent goes on, and it is never begun again by itself.

use action::{AgentName, Change, Parent, SessionId};

use crate::act::Order;
use crate::card::{Bounds, Card, agreed_now};
use crate::counted::counted;
use crate::desk::Desk;
use crate::failure::SessionError;
use crate::happening::Happening;
use crate::office::Office;
use crate::session::Session;
use crate::usage::Spent;

/// Subagents that one session may begin in all.
pub(crate) const MOST: u64 = 16;
/// How many agents may stand above one.
pub(crate) const DEEPEST: u8 = 2;
/// Words of it that its parent is told.
const MOST_WORDS: usize = 8_000;
/// Lines of a kind that its parent is told.
const MOST_LINES: usize = 40;

/// What is done in a subagent's session.
pub type Work<'w> = dyn FnMut(&mut Session<'_>, &mut dyn Desk, &mut dyn FnMut(Happening<'_>)) -> Result<(), SessionError> + 'w;

/// Where the sessions of subagents are had from: the face opens boxes, this crate says what is done in them.
pub trait Crew: Sync {
    /// How many may work at the same time.
    fn at_once(&self) -> usize;

    /// Opens the session of one, does the work in it, and closes it. Several threads may ask at once.
    fn sit(&self, subagent: &Subagent, work: &mut Work<'_>) -> Result<(), String>;
}

/// Who is to work.
#[derive(Clone, Debug)]
pub struct Subagent {
    /// Its session. The folder is made, and the card is in it.
    pub card: Card,
    /// For lines of live output: `1`, `1.2`.
    pub label: String,
    /// Sessions that it works for, each with the ledger index from which its stops count: they end this one too.
    pub above: Vec<(SessionId, u64)>,
}

impl Subagent {
    /// For an order to delegate: as its parent's card says, and as the order bounds it.
    pub(crate) fn of(service: &Office, parent: &Card, order: &Order, label: Option<&str>, mut above: Vec<(SessionId, u64)>) -> Result<Self, SessionError> {
        let intent = order.order.value();
        let action::Deed::Delegate { number, agent, within, reads_only, about, .. } = &intent.deed else {
            return Err(SessionError::Confused { line: intent.deed.line() });
        };
        above.push((parent.session.clone(), parent.since));
        let session = service.session_id();
        let folder = service.session_folder(&session);
        let unusable = |why| SessionError::folder(&folder, why);
        std::fs::create_dir_all(&folder).map_err(unusable)?;
        let card = Card {
            session,
            person: parent.person.clone(),
            agent: agent.clone(),
            root: parent.root.clone(),
            base: parent.base.clone(),
            about: about.clone(),
            since: service.book.ledger().len(),
            agreed: agreed_now(&folder).map_err(unusable)?,
            turn: 0,
            dropped: 0,
            limit: parent.limit.clone(),
            context: None,
            parent: Some(Parent::Subagent { session: parent.session.clone(), intent: intent.id.clone() }),
            bounds: Bounds { within: within.clone(), reads_only: *reads_only, depth: parent.bounds.depth.saturating_add(1) },
        };
        card.save(&folder).map_err(unusable)?;
        let label = label.map_or_else(|| number.to_string(), |label| format!("{label}.{number}"));
        Ok(Self { card, label, above })
    }
}

/// What is told of a subagent when it has ended.
pub(crate) struct Report {
    pub(crate) number: u64,
    pub(crate) session: SessionId,
    pub(crate) agent: AgentName,
    /// How it ended, and whether that was by itself.
    pub(crate) how: (String, bool),
    pub(crate) words: String,
    pub(crate) changes: Vec<Change>,
    pub(crate) tests: Vec<tools::TestRun>,
    pub(crate) held: Vec<String>,
    pub(crate) refused: Vec<String>,
    pub(crate) spent: Spent,
}

impl Report {
    /// As the result of the intent that began it.
    pub(crate) fn done(&self) -> tools::Done {
        let text = self.text();
        tools::Done { output: text.clone().into_bytes(), text_for_model: text, exit: None, ok: self.how.1, cut: false, line: self.line(), tests: None }
    }

    fn line(&self) -> String {
        let requests = counted(self.spent.requests, "request");
        format!("subagent {} ({}): {}; {} changed; {requests}, {} tokens", self.number, self.session, self.how.0, counted(self.changes.len(), "path"), self.spent.tokens.all())
    }

    fn text(&self) -> String {
        let (number, session) = (self.number, &self.session);
        let mut text = format!("subagent {number} (agent `{}`, session {session}) has ended: {}. What it said last, which is its claim:\n", self.agent, self.how.0);
        text.push_str(&format!("<subagent number=\"{number}\">\n{}\n</subagent>\n", told(&self.words)));
        match self.changes.is_empty() {
            true => text.push_str("It changed nothing in its copy.\n"),
            false => text.push_str(&format!("It changed these in its own copy; yours is as it was. `take` with subagent {number} takes all of it:\n")),
        }
        text.push_str(&listed(self.changes.iter().map(line_of)));
        text.push_str(&headed("Tests that it ran, as we saw them:", self.tests.iter().map(tools::TestRun::line)));
        text.push_str(&headed("Held for people, in its own session:", self.held.iter().cloned()));
        text.push_str(&headed("Refused:", self.refused.iter().cloned()));
        text.push_str(&format!("It took {}, {} tokens, {}.", counted(self.spent.requests, "request"), self.spent.tokens.all(), money(&self.spent)));
        text
    }
}

/// Bounded, and without what would end the block that it stands in.
fn told(words: &str) -> String {
    let words = words.trim().replace("</subagent", "<\u{200b}/subagent");
    match words.char_indices().nth(MOST_WORDS) {
        Some((at, _)) => format!("{}…", words.get(..at).unwrap_or_default()),
        None if words.is_empty() => "(nothing)".to_owned(),
        None => words,
    }
}

fn headed(head: &str, lines: impl Iterator<Item = String>) -> String {
    let lines = listed(lines);
    if lines.is_empty() { lines } else { format!("{head}\n{lines}") }
}

fn listed(lines: impl Iterator<Item = String>) -> String {
    let lines: Vec<String> = lines.collect();
    let mut text: String = lines.iter().take(MOST_LINES).map(|line| format!("  {line}\n")).collect();
    if let Some(more) = lines.len().checked_sub(MOST_LINES).filter(|more| *more > 0) {
        text.push_str(&format!("  … and {more} more\n"));
    }
    text
}

fn line_of(change: &Change) -> String {
    let mark = match (&change.before, &change.after) {
        (None, _) => "A",
        (_, None) => "D",
        _ => "M",
    };
    format!("{mark} {}", action::visible(&change.path))
}

fn money(spent: &Spent) -> String {
    let mut amounts: Vec<String> = spent.money.all().map(|money| money.short()).collect();
    if !spent.unpriced.is_empty() {
        amounts.push("what nobody knows the price of".to_owned());
    }
    if amounts.is_empty() { "no money".to_owned() } else { amounts.join(" and ") }
}

#[cfg(test)]
mod tests;
