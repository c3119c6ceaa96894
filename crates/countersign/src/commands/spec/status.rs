//! `countersign spec status`

use agent::specs::Workflow;
use serde_json::json;

use super::authoring::{brief, found, standings_of, tell_standing};
use crate::args::Common;
use crate::commands::run;
use crate::home::Home;
use crate::screen::{self, BOLD, Ending};
use crate::words;

/// Say which documents are authorized, by whom, and what was edited since.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  countersign spec status totals\n\nExit code 1: a document that is there is not authorized as it is.")]
pub(super) struct Args {
    /// The specification.
    name: String,
    /// The project's folder; this one by default.
    #[arg(long, short = 'C', value_name = "DIR")]
    directory: Option<std::path::PathBuf>,
}

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let home = Home::find(common)?;
    let service = home.service()?;
    let root = run::project(args.directory.as_deref())?;
    let (folder, spec) = found(&service, &root, &args.name)?;
    let brief = brief(&root, &folder.name, &folder.path, "", Workflow::of(&spec));
    let standings = standings_of(&service, &root, &brief)?;
    match common.json {
        true => {
            let of = |standing: &agent::specs::Standing| {
                let authorized = standing.authorized.as_ref().map(|one| json!({"text": one.text, "by": one.by, "entry": one.index}));
                json!({"document": standing.part.file(), "now": standing.now, "authorized": authorized, "is_authorized": standing.is_authorized()})
            };
            screen::json(&json!({"spec": brief.name, "folder": brief.folder, "documents": standings.iter().map(of).collect::<Vec<_>>()}));
        }
        false => {
            screen::say_in(BOLD, &words::safe(&brief.folder));
            standings.iter().for_each(|standing| tell_standing(&service, &root, &brief, standing));
        }
    }
    let open = standings.iter().any(|standing| standing.now.is_some() && !standing.is_authorized());
    Ok(if open { Ending::NotDone } else { Ending::Done })
}
