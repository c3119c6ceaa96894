//! `countersign spec sync`

use agent::specs::{Drift, Toward, sync};

use super::authoring::Authoring;
use super::trace::drift_of;
use crate::args::Common;
use crate::commands::run::WorkArgs;
use crate::screen::{self, DIM, Ending};
use crate::words;

/// Bring a specification and its code together again, as a proposal.
///
/// What drifted is found from commits, files and tests, without a model; then the model writes the one after the other, and the change set is held.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign spec sync totals --spec       the documents follow the code\n  countersign spec sync totals --code       the code follows the documents\n\nExit code 1: the change set is held.")]
pub(super) struct Args {
    /// The specification.
    name: String,
    /// Change the documents, so that they say what the code does.
    #[arg(long, group = "toward", required_unless_present = "code")]
    spec: bool,
    /// Change the code, its tests and its documentation, so that they do what the documents say.
    #[arg(long, group = "toward")]
    code: bool,
    #[command(flatten)]
    work: WorkArgs,
}

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let authoring = Authoring::of(common, &args.work, &args.name, "")?;
    let (lines, files) = drift_of(common, &authoring.root, &authoring.brief.folder)?;
    if lines.is_empty() {
        if !common.json {
            screen::say_in(DIM, "nothing drifted that the ledger, commits, files and tests could show: what landed here is known, other commits name their tasks with `Spec:` and `Task:`");
        }
        return Ok(Ending::Done);
    }
    if !common.json {
        lines.iter().for_each(|line| screen::say(&format!("  {}", words::safe(line))));
    }
    let toward = if args.spec { Toward::Documents } else { Toward::Code };
    let about = format!("{} and its code", authoring.brief.name);
    let (card, ended) = authoring.at_the_desk(&about, "sync", None, |session, desk, watch| sync(&authoring.service, session, &authoring.brief, toward, &Drift { lines: &lines, files: &files }, desk, watch))?;
    Ok(if authoring.tell(&card, &ended) { Ending::Done } else { Ending::NotDone })
}
