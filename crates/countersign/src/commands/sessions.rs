//! `countersign sessions`

use action::Event;
use agent::Card;

use crate::args::Common;
use crate::clock;
use crate::home::Home;
use crate::screen::{self, DIM, Ending};
use crate::words;

/// List the sessions, newest last.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

pub(crate) fn run(common: &Common, _: &Args) -> anyhow::Result<Ending> {
    let service = Home::find(common)?.service()?;
    let mut any = false;
    for (_, entry) in service.book.subject("sessions")? {
        let Event::Opened { session, person, root, model, .. } = entry.event else { continue };
        any = true;
        let card = Card::load(&service.session_folder(&session)).ok();
        let (turns, about) = card.map_or((0, String::new()), |card| (card.turn, card.about));
        match common.json {
            true => screen::json(&serde_json::json!({"session": session, "person": person, "root": root, "model": model, "turns": turns, "about": about, "opened": entry.at})),
            false => screen::say(&format!("{session}  {}  {person}  {turns} turns  {}  {}", clock::text(entry.at), words::safe(&root), words::safe(&about))),
        }
    }
    if !any && !common.json {
        screen::say_in(DIM, "no session yet; start one with `countersign run \"…\"`");
    }
    Ok(Ending::Done)
}
