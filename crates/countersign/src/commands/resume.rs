//! `countersign resume`

use std::sync::Arc;

use agent::Card;
use anyhow::{Context, bail};

use super::run::{self, WorkArgs};
use crate::args::Common;
use crate::home::Home;
use crate::screen::{self, DIM, Ending, Misuse};

/// Go on with a session: same conversation, same copy.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign resume 9b1c33f0aa12 \"now add a test for February\"\n  countersign resume 9b1c33f0aa12 --land branch:fix \"land it\"")]
pub(crate) struct Args {
    /// The session.
    session: String,
    /// What you want now.
    #[arg(default_value = "Go on where you stopped.")]
    prompt: String,
    #[command(flatten)]
    work: WorkArgs,
}

pub(crate) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let home = Home::find(common)?;
    let service = Arc::new(home.service()?);
    let card = card(&service, &args.session)?;
    if let Some(other) = args.work.agent.as_deref().filter(|name| *name != card.agent.as_str()) {
        bail!(Misuse(format!("the session's agent is `{}`, and a session keeps its agent\nhint: `countersign run --agent {other}` begins one with it", card.agent)));
    }
    let model = run::model(&args.work, &service, &card.root)?;
    if !common.json {
        screen::say_in(DIM, &format!("session {} · {} · {}", card.session, model.name(), card.root.display()));
    }
    run::work(common, &args.work, &home, &service, model, card, &args.prompt)
}

/// The card of a session that is known here. To go on is to consent anew: stops count from now.
pub(crate) fn card(service: &agent::Office, session: &str) -> anyhow::Result<Card> {
    super::init::check_name(session)?;
    let folder = service.session_folder(&action::SessionId::new(session));
    let card = Card::load(&folder).with_context(|| format!("there is no session `{session}`\nhint: `countersign sessions` lists them"))?;
    Ok(Card { since: service.book.ledger().len(), ..card })
}
