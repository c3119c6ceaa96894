//! `countersign sessions`

use std::collections::HashMap;

use action::{Event, Moment, Parent, PersonId, SessionId};
use agent::{Card, Carried, Fullness, Office};
use serde_json::{Value, json};

use crate::args::Common;
use crate::clock;
use crate::home::Home;
use crate::screen::{self, BOLD, DIM, Ending};
use crate::words;

/// List the sessions, newest last; or show one.
///
/// Those that worked for another one stand below it. One is shown with how full its context is, and with what is carried over word for word when it is shortened.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign sessions\n  countersign sessions 9b1c33f0aa12          how full its context is, what was asked, held and decided\n  countersign sessions 9b1c33f0aa12 --json")]
pub(crate) struct Args {
    /// The session to show.
    session: Option<String>,
}

/// A session as its opening says.
struct Listed {
    session: SessionId,
    person: PersonId,
    root: String,
    model: String,
    parent: Option<Parent>,
    opened: Moment,
}

impl Listed {
    /// The session that it works for.
    fn works_for(&self) -> Option<&SessionId> {
        self.parent.as_ref().filter(|parent| parent.is_worked_for()).map(Parent::session)
    }
}

pub(crate) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let service = Home::find(common)?.service()?;
    match &args.session {
        Some(session) => show(common, &service, &super::resume::card(&service, session)?),
        None => list(common, &service),
    }
}

fn list(common: &Common, service: &Office) -> anyhow::Result<Ending> {
    let mut listed = Vec::new();
    for (_, entry) in service.book.subject("sessions")? {
        if let Event::Opened { session, person, root, model, parent, .. } = entry.event {
            listed.push(Listed { session, person, root, model, parent, opened: entry.at });
        }
    }
    if listed.is_empty() && !common.json {
        screen::say_in(DIM, "no session yet; start one with `countersign run \"…\"`");
    }
    for (depth, at) in order(&listed) {
        if let Some(one) = listed.get(at) {
            tell(common, service, one, depth);
        }
    }
    Ok(Ending::Done)
}

/// Places in the list, each with how far it is moved in: whatever works for a session follows it at once.
fn order(listed: &[Listed]) -> Vec<(usize, usize)> {
    let mut first: HashMap<&SessionId, usize> = HashMap::new();
    let mut tops: Vec<(usize, usize)> = Vec::new();
    let mut below: HashMap<usize, Vec<usize>> = HashMap::new();
    for (at, one) in listed.iter().enumerate() {
        match one.works_for().and_then(|above| first.get(above)) {
            Some(above) => below.entry(*above).or_default().push(at),
            None => tops.push((0, at)),
        }
        first.entry(&one.session).or_insert(at);
    }
    tops.reverse();
    let (mut waiting, mut order) = (tops, Vec::with_capacity(listed.len()));
    while let Some((depth, at)) = waiting.pop() {
        order.push((depth, at));
        waiting.extend(below.remove(&at).unwrap_or_default().into_iter().rev().map(|place| (depth + 1, place)));
    }
    order
}

fn tell(common: &Common, service: &Office, one: &Listed, depth: usize) {
    let Listed { session, person, root, model, parent, opened } = one;
    let card = Card::load(&service.session_folder(session)).ok();
    let context = card.as_ref().and_then(|card| card.context).as_ref().map(context_json);
    let (turns, about) = card.map_or((0, String::new()), |card| (card.turn, card.about));
    match common.json {
        true => screen::json(&json!({"session": session, "person": person, "root": root, "model": model, "parent": parent, "turns": turns, "about": about, "opened": opened, "context": context})),
        false => {
            let indent = "  ".repeat(depth);
            screen::say(&format!("{indent}{session}  {}  {person}  {}  {}  {}", clock::text(*opened), words::counted(turns, "turn"), words::safe(root), words::safe(&about)));
        }
    }
}

fn show(common: &Common, service: &Office, card: &Card) -> anyhow::Result<Ending> {
    let carried = Carried::of_session(service, card)?;
    if common.json {
        screen::json(&json!({
            "session": card.session, "person": card.person, "root": card.root, "turns": card.turn, "about": card.about, "left_out": card.dropped,
            "context": card.context.as_ref().map(context_json), "asked": carried.asked, "task": carried.task, "plan": carried.plan,
            "held": carried.held, "decided": carried.decided, "refused": carried.refused,
        }));
        return Ok(Ending::Done);
    }
    screen::say(&format!("session    {} of {} · {} · {}", card.session, card.person, words::counted(card.turn, "turn"), words::safe(&card.root.to_string_lossy())));
    let context = card.context.as_ref().map_or_else(|| "not known yet".to_owned(), Fullness::line);
    screen::say(&format!("context    {context}"));
    if card.dropped > 0 {
        screen::say(&format!("left out   {}, in whose place stands what follows and a summary", words::counted(card.dropped, "message")));
    }
    let task: Vec<String> = carried.task.into_iter().collect();
    for (title, items) in [("task, from the agent that it works for", &task), ("asked", &carried.asked), ("plan, last step first", &carried.plan), ("held", &carried.held), ("decided", &carried.decided), ("refused", &carried.refused)] {
        if !items.is_empty() {
            screen::say_in(BOLD, title);
        }
        for item in items {
            item.lines().enumerate().for_each(|(at, line)| screen::say(&format!("  {} {}", if at == 0 { "-" } else { " " }, words::safe(line))));
        }
    }
    Ok(Ending::Done)
}

/// How full a context is, for scripts.
pub(crate) fn context_json(context: &Fullness) -> Value {
    json!({
        "tokens": context.tokens, "limit": context.limit, "percent": context.percent(), "counted": context.counted,
        "parts": {"standing": context.standing, "guidance": context.guidance, "memory": context.memory, "conversation": context.conversation},
    })
}
