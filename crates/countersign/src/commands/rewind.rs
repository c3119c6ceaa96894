//! `countersign rewind`

use std::sync::Arc;

use agent::{Options, Steps, Wish};
use anyhow::Context;

use crate::args::Common;
use crate::home::Home;
use crate::screen::{self, DIM, Ending, GOOD};
use crate::words;
use crate::workbench::{self, Job};

/// Put a session's copy and conversation back to an earlier step.
///
/// Your own tree is not involved.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign rewind 9b1c33f0aa12          lists the steps\n  countersign rewind 9b1c33f0aa12 --to 2")]
pub(crate) struct Args {
    /// The session.
    session: String,
    /// The step.
    #[arg(long)]
    to: Option<u32>,
}

pub(crate) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let home = Home::find(common)?;
    let service = Arc::new(home.service()?);
    let card = super::resume::card(&service, &args.session)?;
    let Some(step) = args.to else {
        return list(common, &service, &card);
    };
    let options = Options { landing: Wish::Worktree, supervise: false, max_turns: 0, max_output: 0, goal: None };
    let job = Job { home: &home, service: Arc::clone(&service), model: None, options, let_through: Vec::new(), headless: true, json: common.json, new: false, label: None, above: Vec::new(), crew: None, boxed: None };
    let back = workbench::with_session(job, card, |session, desk, watch| session.rewind(step, desk, watch))?;
    match common.json {
        true => screen::json(&serde_json::json!({"event": "rewound", "step": step, "paths": back})),
        false => screen::say_in(GOOD, &format!("✓ back at step {step}: {} of the copy put back", words::counted(back.len(), "path"))),
    }
    Ok(Ending::Done)
}

fn list(common: &Common, service: &agent::Office, card: &agent::Card) -> anyhow::Result<Ending> {
    let steps = Steps::list(&service.session_folder(&card.session)).context("the steps cannot be read")?;
    for step in &steps {
        let manifest: agent::Manifest = service.book.get_value(&step.manifest)?;
        let paths: Vec<String> = manifest.paths.keys().map(|path| words::safe(path)).collect();
        match common.json {
            true => screen::json(&serde_json::json!({"step": step.step, "paths": paths, "messages": step.messages})),
            false => screen::say(&format!("{:>4}  {} of the copy differ: {}", step.step, words::counted(paths.len(), "path"), paths.join(", "))),
        }
    }
    if steps.is_empty() && !common.json {
        screen::say_in(DIM, "no step changed the copy yet");
    }
    Ok(Ending::Done)
}
