//! `countersign fork`

use std::sync::Arc;

use action::Parent;
use agent::{Limit, Options, Origin, Wish};

use crate::args::Common;
use crate::home::Home;
use crate::screen::{self, Ending, GOOD};
use crate::workbench::{self, Job};

/// Begin a new session where another one was, and try something else.
///
/// The new one has the same copy and the same conversation as the other after a step; the other goes on as it was.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign fork 9b1c33f0aa12            where it is now\n  countersign fork 9b1c33f0aa12 --at 3     where it was after step 3 (`countersign rewind SESSION` lists the steps)\n  countersign resume NEW \"try it with a queue instead\"")]
pub(crate) struct Args {
    /// The session.
    session: String,
    /// The step; the last one by default.
    #[arg(long, value_name = "STEP")]
    at: Option<u32>,
}

pub(crate) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let home = Home::find(common)?;
    let service = Arc::new(home.service()?);
    let from = super::resume::card(&service, &args.session)?;
    workbench::whose(&home, &service, &from)?;
    let origin = Origin::of(&service, &from, args.at)?;
    let step = origin.step;
    let agent = Some(from.agent.as_str()).filter(|name| *name != agent::ENGINEER);
    let card = workbench::open_card(&home, &service, &from.root, agent, &from.about, Limit::default())?;
    let card = agent::Card { agreed: from.agreed, base: from.base.clone(), limit: from.limit.clone(), parent: Some(Parent::Fork { session: from.session.clone() }), bounds: from.bounds.clone(), ..card };
    let session = card.session.clone();
    let options = Options { landing: Wish::Worktree, supervise: false, max_turns: 0, max_output: 0, goal: None };
    let job = Job { home: &home, service: Arc::clone(&service), model: None, options, let_through: Vec::new(), headless: true, json: common.json, new: true, label: None, above: Vec::new(), crew: None, boxed: None };
    workbench::with_session(job, card, |session, desk, watch| session.begin_as(origin, desk, watch))?;
    match common.json {
        true => screen::json(&serde_json::json!({"event": "forked", "session": session, "from": from.session, "step": step})),
        false => screen::say_in(GOOD, &format!("✓ session {session} is {} after step {step}: countersign resume {session} \"…\"", from.session)),
    }
    Ok(Ending::Done)
}
