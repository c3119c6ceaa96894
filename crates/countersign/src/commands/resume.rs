//! `countersign resume`

use std::sync::Arc;

use agent::{Card, Options, Wish};
use anyhow::{Context, bail};

use super::attach::AttachArgs;
use super::run::{self, Asked, WorkArgs};
use crate::args::Common;
use crate::crew::{self, Crew, CrewArgs};
use crate::goals::GoalArgs;
use crate::home::Home;
use crate::screen::{self, DIM, Ending, Misuse, Outside};
use crate::workbench::{self, Job};

/// Go on with a session: same conversation, same copy.
///
/// `--compact` shortens the conversation first: older messages give way to what was asked, planned, held and decided, word for word, and to a
/// summary by the model.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign resume 9b1c33f0aa12 \"now add a test for February\"\n  countersign resume 9b1c33f0aa12 --land branch:fix \"land it\"\n  countersign resume 9b1c33f0aa12 --compact              shorten the conversation, and nothing else")]
pub(crate) struct Args {
    /// The session.
    session: String,
    /// What you want now; "Go on where you stopped." where nothing is said.
    prompt: Option<String>,
    /// Shorten the conversation before anything else; without a prompt that is all.
    #[arg(long)]
    compact: bool,
    #[command(flatten)]
    attach: AttachArgs,
    #[command(flatten)]
    goal: GoalArgs,
    #[command(flatten)]
    work: WorkArgs,
    #[command(flatten)]
    crew: CrewArgs,
}

pub(crate) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let home = Home::find(common)?;
    let service = Arc::new(home.service()?);
    let card = card(&service, &args.session)?;
    if let Some(other) = args.work.agent.as_deref().filter(|name| *name != card.agent.as_str()) {
        bail!(Misuse(format!("the session's agent is `{}`, and a session keeps its agent\nhint: `countersign run --agent {other}` begins one with it", card.agent)));
    }
    let model = crew::model(&args.work, &service, &card.root, crew::MAIN)?;
    if !common.json {
        screen::say_in(DIM, &format!("session {} · {} · {}", card.session, model.name(), card.root.display()));
    }
    if let (Some(action::Parent::Subagent { session, .. }), false) = (&card.parent, common.json) {
        screen::say_in(DIM, &format!("a subagent of {session}: what it changes is for that session to take, and is not proposed to you"));
    }
    let files = args.attach.files(model.as_ref())?;
    let crew = Crew { home: &home, service: &service, args: &args.work, json: common.json, at_once: usize::from(args.crew.subagents) };
    match (&args.prompt, args.compact, files.is_empty()) {
        (None, true, true) => compact(common, &crew, model, card),
        (words, shortened, _) => {
            let words = words.as_deref().unwrap_or("Go on where you stopped.");
            run::work(common, &crew, card, Asked { model, words, files, shortened, goal: &args.goal })
        }
    }
}

/// Shortens the conversation by hand.
fn compact(common: &Common, crew: &Crew<'_>, model: Box<dyn model::Model>, card: Card) -> anyhow::Result<Ending> {
    let Crew { home, service, args, .. } = *crew;
    let card = Card { limit: card.limit.replaced_by(&args.limits.limit()), ..card };
    let options = Options { landing: Wish::Worktree, supervise: false, max_turns: 0, max_output: 32_000, goal: None };
    let job = Job { home, service: Arc::clone(service), model: Some(model), options, let_through: Vec::new(), headless: true, json: common.json, new: false, label: None, above: Vec::new(), crew: None, boxed: None };
    let left_out = workbench::with_session(job, card, |session, _, watch| session.compact(watch))?;
    if left_out == 0 && !common.json {
        screen::say_in(DIM, "the conversation is too short for that; nothing was changed");
    }
    Ok(Ending::Done)
}

/// The card of a session that is known here. To go on is to consent anew: stops count from now.
pub(crate) fn card(service: &agent::Office, session: &str) -> anyhow::Result<Card> {
    // One whose box could not be opened is not on the ledger yet.
    let whole = super::init::check_name(session).ok().map(|()| action::SessionId::new(session)).filter(|id| service.session_folder(id).is_dir());
    let session = whole.map_or_else(|| crate::named::session(service, session), Ok)?;
    let folder = service.session_folder(&session);
    let unread = || format!("the session {session} cannot be gone on with here: it is another maker's agent's, or its folder is gone");
    let card = Card::load(&folder).with_context(unread).map_err(Outside)?;
    Ok(Card { since: service.book.ledger().len(), ..card })
}
