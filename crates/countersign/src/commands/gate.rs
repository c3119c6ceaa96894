//! `countersign gate`

use std::path::PathBuf;
use std::time::Duration;

use clap::Subcommand;

use crate::args::Common;
use crate::gate::install::{self, Agent, Level, Request};
use crate::gate::check::{self, Args as Check};
use crate::gate::{self, DEADLINE_SECONDS, Options, boxed};
use crate::home::{Home, user_home};
use crate::screen::Ending;

/// Put any coding agent behind the same guard, desk and ledger.
///
/// Reads what an agent's hook says on standard input and answers in the agent's own way: nothing and exit code 0 where it may go on, exit code 2 and a line on
/// standard error where it may not. Whose words they are is seen by their keys; `--as` names it: claude, codex, gemini, qwen, goose, opencode, cursor, kiro, acp.
/// What is held is signed like everything else, and the very same, asked for again, then passes once. Whatever goes wrong is a block.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  countersign gate install --for claude             show what would change, and ask\n  countersign gate install --for codex --user --yes\n  countersign gate check --for claude               is it in force, in each mode?\n  countersign gate install --for claude --box       builds and tests run in our box\n  countersign gate uninstall --for claude\n  countersign gate --as codex < hook.json           what the installed script runs"
)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: Option<What>,
    /// Seconds until the answer is a block, whatever it would have been.
    #[arg(long, value_name = "SECONDS", default_value_t = DEADLINE_SECONDS)]
    deadline: u64,
    /// Seconds more that a person may take to sign what is held, while the agent waits.
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    wait: u64,
    /// Have a command that may not go on by itself run in our box instead: `tell` blocks it and says what to run, `rewrite` puts that in its place.
    #[arg(long = "box", value_name = "WAY", value_parser = |word: &str| boxed::Way::named(word).ok_or("expected `tell` or `rewrite`"))]
    boxed: Option<boxed::Way>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Set an agent's hook up, as high as it goes: shows the change, asks, keeps what was there.
    Install(Install),
    /// Take it away again: what was there before is put back, byte for byte where nobody changed it since.
    Uninstall(Where),
    /// What the hook says to run in place of a command (`--box`): runs it in the agent's box and lands what may land.
    #[command(name = "box", hide = true)]
    InBox(InBox),
    /// Prove that it is in force: starts the installed agent in each of its modes against a scripted model on loopback, which calls a
    /// harmless command that no gate of ours lets pass.
    Check(Check),
}

#[derive(Debug, clap::Args)]
struct Install {
    #[command(flatten)]
    at: Where,
    /// The program that the hook runs; this one by default.
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    /// Seconds that the agent waits for a person to sign what is held.
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    wait: u64,
    /// Have commands that may not go on by themselves (builds, tests, scripts) run in our box.
    #[arg(long = "box")]
    boxed: bool,
}

#[derive(Debug, clap::Args)]
struct InBox {
    /// The session of the agent that asks for it.
    #[arg(long, value_name = "SESSION")]
    session: String,
    /// The digest of the command, as the hook said it.
    command: String,
}

#[derive(Debug, clap::Args)]
struct Where {
    /// Which agent.
    #[arg(long = "for", value_name = "AGENT")]
    agent: Agent,
    /// For everybody on this machine, where nothing in a repository comes after it. The default where the agent has it.
    #[arg(long, conflicts_with_all = ["user", "project"])]
    managed: bool,
    /// For this person.
    #[arg(long, conflicts_with = "project")]
    user: bool,
    /// For this folder.
    #[arg(long)]
    project: bool,
    /// Show what would change, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
    /// Write below this folder instead of `/`: for packages and images.
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
}

pub(crate) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    match &args.what {
        None => {
            let (deadline, wait) = (Duration::from_secs(args.deadline), Duration::from_secs(args.wait));
            let options = Options { dialect: common.person.clone(), home: common.home.clone(), deadline, wait, boxed: args.boxed };
            gate::decided(options).end()
        }
        Some(What::Install(args)) => {
            let program = match &args.program {
                Some(program) => std::path::absolute(program)?,
                None => std::env::current_exe()?,
            };
            install::install(&request(common, &args.at)?, &program, args.wait, args.boxed)
        }
        Some(What::Uninstall(args)) => install::uninstall(&request(common, args)?),
        Some(What::InBox(args)) => boxed::run(common, &args.session, &args.command),
        Some(What::Check(args)) => check::run(common, args),
    }
}

fn request(common: &Common, args: &Where) -> anyhow::Result<Request> {
    let level = match (args.managed, args.user, args.project) {
        (true, ..) => Some(Level::Managed),
        (_, true, _) => Some(Level::User),
        (.., true) => Some(Level::Project),
        _ => None,
    };
    let root = args.root.as_ref().map(std::path::absolute).transpose()?;
    Ok(Request {
        agent: args.agent,
        level,
        root,
        service: Home::find(common)?,
        home: user_home()?,
        project: std::env::current_dir()?,
        dry_run: args.dry_run,
        yes: args.yes,
        json: common.json,
    })
}
