//! `countersign spec ask`

use agent::specs::ask;

use super::authoring::Authoring;
use crate::args::Common;
use crate::commands::run::WorkArgs;
use crate::screen::{self, Ending};

/// Ask about a specification and the code that was made for it.
///
/// The model reads both in a copy; nothing that it does there is proposed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  countersign spec ask totals \"which criteria does the rounding of taxes meet, and where?\"")]
pub(super) struct Args {
    /// The specification.
    name: String,
    /// The question.
    question: String,
    #[command(flatten)]
    work: WorkArgs,
}

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let authoring = Authoring::of(common, &args.work, &args.name, &args.question)?;
    let about = format!("a question on {}", authoring.brief.name);
    let (card, answer) = authoring.at_the_desk(&about, "ask", None, |session, desk, watch| ask(session, &authoring.brief, &args.question, desk, watch))?;
    if common.json {
        screen::json(&serde_json::json!({"event": "answered", "session": card.session, "answer": answer}));
    }
    Ok(Ending::Done)
}
