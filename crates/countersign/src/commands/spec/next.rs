//! `countersign spec next`

use super::authoring::{Authoring, tell_standing};
use super::new::stage_of;
use crate::args::Common;
use crate::commands::run::WorkArgs;
use crate::screen::{self, DIM, Ending, Misuse};

/// Draft the next document of a specification.
///
/// The ones before it must be there as you signed them: what was edited since is shown, and `countersign spec accept` signs it as it is.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  countersign spec next totals")]
pub(super) struct Args {
    /// The specification.
    name: String,
    /// Something to keep in mind for this document.
    #[arg(default_value = "What the documents say that are there already.")]
    words: String,
    #[command(flatten)]
    work: WorkArgs,
}

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let authoring = Authoring::of(common, &args.work, &args.name, &args.words)?;
    let standings = authoring.standings()?;
    for stage in authoring.brief.workflow.stages() {
        let of_stage: Vec<_> = standings.iter().filter(|standing| stage.contains(&standing.part)).collect();
        if of_stage.iter().any(|standing| standing.now.is_none()) {
            return stage_of(&authoring, stage, None);
        }
        let open: Vec<_> = of_stage.into_iter().filter(|standing| !standing.is_authorized()).collect();
        if !open.is_empty() {
            if !common.json {
                open.iter().for_each(|standing| tell_standing(&authoring.service, &authoring.root, &authoring.brief, standing));
            }
            anyhow::bail!(Misuse(format!("what comes next relies on this, and nobody signed it as it is\nhint: `countersign spec accept {}` signs it", authoring.brief.name)));
        }
    }
    if !common.json {
        screen::say_in(DIM, &format!("all documents are there and authorized: countersign spec run {} --all", authoring.brief.name));
    }
    Ok(Ending::Done)
}
