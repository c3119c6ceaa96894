//! What a session carries over word for word when its conversation is shortened: computed by the service, never summarized.
//!
//! What people and policy said is folded from the ledger; what was asked and planned from the conversation, so that a rewind
//! takes it back and a fork takes it along. Each kind has a part of the room, newest first; what has no room is counted, with the
//! place where all of it is.

use action::{Decision, Event, IntentId, Parent, RefusedBy, SessionId};

use super::{asked, cut_short, plan};
use crate::book::BookError;
use crate::card::Card;
use crate::conversation::{Conversation, Line};
use crate::guidance::harmless;
use crate::office::Office;
use crate::story::Story;

const OPEN: &str = "<countersign-carried-over>\nFrom older messages, word for word, by the service; each list has the newest first.\n";

/// Everything that stays open or was decided, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// Whose.
    pub session: Option<SessionId>,
    /// What the person said, or the service in their name: prompts, tasks with their criteria, remarks. The first began it, unless it
    /// has a task.
    pub asked: Vec<String>,
    /// What a subagent works on, in the words of the agent that it works for.
    pub task: Option<String>,
    /// What is to be reached.
    pub goal: Option<String>,
    /// The steps of the last plan, each with how far it is.
    pub plan: Vec<String>,
    /// Held intents: id, line, who must sign.
    pub held: Vec<String>,
    /// What people signed or refused, and what came of it.
    pub decided: Vec<String>,
    /// What policy or the service refused.
    pub refused: Vec<String>,
}

impl Carried {
    /// Of a session as it is on the disk; another process may be working in it.
    pub fn of_session(service: &Office, card: &Card) -> Result<Self, BookError> {
        let file = service.session_folder(&card.session).join("conversation.jsonl");
        let lines = Conversation::read(&file).map_err(|e| BookError::Read { why: format!("{}: {e}", file.display()) })?;
        Self::of(service, &card.session, &lines)
    }

    /// Of these messages, and of what the ledger has of this session.
    pub(crate) fn of(service: &Office, session: &SessionId, lines: &[Line]) -> Result<Self, BookError> {
        let mut carried = Self::said(lines);
        carried.session = Some(session.clone());
        for id in intents(service, session)? {
            if let Some(story) = service.book.story(&id)? {
                carried.note(service, &story);
            }
        }
        Ok(carried)
    }

    /// What the conversation alone holds.
    pub(super) fn said(lines: &[Line]) -> Self {
        let plan = plan(lines).map(|arguments| steps(&arguments)).unwrap_or_default();
        let task = lines.first().and_then(|line| line.beside.task.clone());
        Self { asked: asked(lines), task, plan, ..Self::default() }
    }

    fn note(&mut self, service: &Office, story: &Story) {
        let (id, line) = (&story.intent.id, story.intent.deed.line());
        let about = |what: String| format!("{id}: {line}; {}", action::visible(&what));
        let reasons = |reasons: &[action::Reason]| reasons.iter().map(|reason| reason.text.as_str()).collect::<Vec<_>>().join("; ");
        match &story.refused {
            Some((RefusedBy::Person { person }, why)) => return self.decided.push(about(format!("{person} said no: {}", reasons(why)))),
            Some((RefusedBy::Policy | RefusedBy::Void, why)) => return self.refused.push(about(format!("refused: {}", reasons(why)))),
            None => {}
        }
        let Some(Decision::Hold { quorum }) = story.verdict.as_ref().map(|verdict| verdict.decision) else { return };
        let signed: Vec<&str> = story.answers.iter().map(|(person, _)| person.as_str()).collect();
        match story.waits(service.book.now()) {
            true if signed.is_empty() => self.held.push(about(format!("needs {}", quorum.words()))),
            true => self.held.push(about(format!("needs {}; signed so far by {}", quorum.words(), signed.join(", ")))),
            false => self.decided.push(about(ended(story, &signed))),
        }
    }

    /// What the model is told: at most so many bytes, and a few words.
    pub(crate) fn text(&self, room: usize) -> String {
        let mut text = OPEN.to_owned();
        let part = |percent: usize| room * percent / 100;
        text.push_str(&self.section("held, and waits for people; do not repeat it", &self.held, part(20)));
        text.push_str(&self.section("decided by people", &self.decided, part(20)));
        text.push_str(&self.section("refused; do not look for another way", &self.refused, part(10)));
        text.push_str(&self.section("to be reached", self.goal.as_slice(), part(5)));
        text.push_str(&self.section("your plan", &self.plan, part(10)));
        let first = usize::from(self.task.is_none()); // a task is the first words, and no person's
        text.push_str(&self.section("asked after the first words above", self.asked.get(first..).unwrap_or_default(), part(35)));
        text + "</countersign-carried-over>"
    }

    /// Where all of it can be read.
    pub(crate) fn place(&self) -> String {
        let session = self.session.as_ref().map(|session| format!(" {session}")).unwrap_or_default();
        format!("the person sees all of it with `countersign sessions{session}`")
    }

    /// One list. What is too long is cut, what has no room is counted. Further lines of an item are moved in: none of them looks like a
    /// heading or an item of the service.
    fn section(&self, title: &str, items: &[String], room: usize) -> String {
        if items.is_empty() {
            return String::new();
        }
        let (mut text, mut shown) = (format!("# {title}\n"), 0);
        for item in items.iter().rev() {
            let line = format!("- {}\n", harmless(&cut_short(item, room / 2, &self.place())).replace('\n', "\n  "));
            if shown > 0 && text.len() + line.len() > room {
                break;
            }
            text.push_str(&line);
            shown += 1;
        }
        match items.len() - shown {
            0 => text,
            left => text + &format!("({left} older; {})\n", self.place()),
        }
    }
}

fn ended(story: &Story, signed: &[&str]) -> String {
    let by = if signed.is_empty() { "signed by nobody".to_owned() } else { format!("signed by {}", signed.join(", ")) };
    match (&story.outcome, &story.unknown) {
        (Some((_, outcome)), _) => format!("{by}: {}", outcome.line),
        (_, Some(why)) => format!("{by}; its end is unknown: {why}"),
        (None, None) => format!("{by}; {}", story.stage.word()),
    }
}

/// The intents of a session, and of those that it is a copy of as far as they were proposed before; oldest first.
fn intents(service: &Office, session: &SessionId) -> Result<Vec<IntentId>, BookError> {
    let (mut ids, mut seen) = (Vec::new(), Vec::new());
    let mut next = Some((session.clone(), u64::MAX));
    while let Some((session, until)) = next.take().filter(|(session, _)| !seen.contains(session)) {
        let mut own = Vec::new();
        for (index, entry) in service.book.session(&session)?.into_iter().filter(|(index, _)| *index < until) {
            match entry.event {
                Event::Opened { parent: Some(Parent::Fork { session }), .. } => next = Some((session, index)),
                Event::Proposed { intent, .. } => own.push(intent.id),
                _ => {}
            }
        }
        ids.splice(0..0, own);
        seen.push(session);
    }
    Ok(ids)
}

/// Steps of a plan as the model wrote it; one that cannot be read is carried as it is.
fn steps(arguments: &str) -> Vec<String> {
    #[derive(serde::Deserialize)]
    struct Plan {
        steps: Vec<Step>,
    }
    #[derive(serde::Deserialize)]
    struct Step {
        step: String,
        status: String,
    }
    match serde_json::from_str::<Plan>(arguments) {
        // Lists are given with the newest first; a plan is read from its beginning.
        Ok(plan) => plan.steps.into_iter().rev().map(|one| format!("[{}] {}", one.status, action::visible(&one.step))).collect(),
        Err(_) => vec![arguments.to_owned()],
    }
}

#[cfg(test)]
mod tests;
