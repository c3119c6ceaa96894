//! `countersign hook`

use std::sync::Arc;

use agent::{HookLine, Landed, Options};
use anyhow::bail;
use clap::Subcommand;
use serde_json::json;

use super::run::{self, WorkArgs};
use crate::args::Common;
use crate::home::Home;
use crate::screen::{self, DIM, Ending, Misuse, WARN};
use crate::words;
use crate::workbench::{self, Job};

/// Run a hook of the project that a person starts, or list the hooks.
///
/// Hooks are files in .kiro/hooks, in the new and the old form. Each runs in the box as an intent of its own; what it changed is held like
/// everything else. One that is not wholly understood is never run.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign hook list\n  countersign hook run format")]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Run a hook whose trigger is `Manual` (`userTriggered`), by its name. One that says something to the agent needs a model.
    Run {
        /// The hook.
        name: String,
        #[command(flatten)]
        work: Box<WorkArgs>,
    },
    /// Print the hooks that run, when, and why others do not.
    List {
        /// The project's folder; this one by default.
        #[arg(long, short = 'C', value_name = "DIR")]
        directory: Option<std::path::PathBuf>,
    },
}

pub(crate) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    match &args.what {
        What::Run { name, work } => start(common, name, work),
        What::List { directory } => list(common, directory.as_deref()),
    }
}

fn start(common: &Common, name: &str, args: &WorkArgs) -> anyhow::Result<Ending> {
    let (home, root) = (Home::find(common)?, run::root(args)?);
    let service = Arc::new(home.service()?);
    let (hooks, _) = agent::hooks_of(&root);
    let Some(hook) = hooks.iter().find(|hook| hook.name == name && hook.trigger == "Manual") else {
        bail!(Misuse(format!("there is no hook `{}` that a person can start\nhint: `countersign hook list` says what there is", words::safe(name))));
    };
    let model = if hook.needs_model { Some(run::model(args, &service, &root)?) } else { None };
    let card = workbench::open_card(&home, &service, &root, args.agent.as_deref(), &format!("hook {name}"), args.limits.limit())?;
    let session = card.session.clone();
    let options = Options { landing: args.land.clone(), supervise: args.supervise, max_turns: args.max_turns, max_output: 32_000, goal: None };
    let job = Job { home: &home, service: Arc::clone(&service), model, options, let_through: args.secrets.clone(), headless: args.headless, json: common.json, new: true, label: None, above: Vec::new(), crew: None, boxed: None };
    let ended = workbench::with_session(job, card, |session, desk, watch| session.run_hook(name, desk, watch))?;
    match common.json {
        true => screen::json(&json!({"event": "ended", "session": session, "hook": name, "held": ended.held})),
        false => run::tell(&service, &session, &ended),
    }
    let is_over = matches!(&ended.change, Landed::Nothing) || matches!(&ended.change, Landed::Done(_, _, settled) if settled.ok);
    Ok(if is_over && ended.held.is_empty() { Ending::Done } else { Ending::NotDone })
}

fn list(common: &Common, directory: Option<&std::path::Path>) -> anyhow::Result<Ending> {
    let root = run::project(directory)?;
    let (hooks, notes) = agent::hooks_of(&root);
    if common.json {
        let object = |hook: &HookLine| json!({"name": hook.name, "trigger": hook.trigger, "does": hook.does, "needs_model": hook.needs_model});
        screen::json(&json!({"hooks": hooks.iter().map(object).collect::<Vec<_>>(), "notes": notes}));
        return Ok(Ending::Done);
    }
    for hook in &hooks {
        let word = if hook.needs_model { "says" } else { "runs" };
        screen::say(&format!("{}  {}  {word} {}", words::safe(&hook.name), hook.trigger, words::safe(&hook.does)));
    }
    notes.iter().for_each(|note| screen::say_in(WARN, &format!("‖ {}", words::safe(note))));
    if hooks.is_empty() && notes.is_empty() {
        screen::say_in(DIM, "there is no hook here");
    }
    Ok(Ending::Done)
}
