//! What was typed. No effect before all of it is known.

use std::path::PathBuf;

use clap::{CommandFactory, Parser, Subcommand};

use crate::commands;

/// An agentic coding service in which nothing takes effect until the people whose signature that needs have countersigned it.
#[derive(Debug, Parser)]
#[command(name = "countersign", version, max_term_width = 100, after_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub common: Common,
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLES: &str = "Examples:
  countersign demo                        the December incident, as it would have gone here
  countersign init                        enrol yourself with your SSH key
  countersign run \"fix the off-by-one in the month total\"
  countersign read 'rm -rf build'          what it would touch; nothing is run
  countersign inbox                       what waits for a signature
  countersign sign 3f2a                   countersign it
  countersign ledger verify               check everything that ever happened

Exit codes: 0 done, 1 held, refused or failed as asked, 2 misuse, 3 trouble outside, 70 a defect of ours.";

/// Options of every command.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Common {
    /// Folder of the service (ledger, keys, sessions).
    #[arg(long, global = true, env = "COUNTERSIGN_HOME", value_name = "DIR")]
    pub home: Option<PathBuf>,
    /// Print JSON instead of text.
    #[arg(long, global = true)]
    pub json: bool,
    /// Sign with this private key file, or with the agent's key of this public key file.
    #[arg(long, global = true, env = "COUNTERSIGN_KEY", value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// Act as this enrolled person (default: the one of the key, or of `init`).
    #[arg(long = "as", global = true, env = "COUNTERSIGN_PERSON", value_name = "PERSON")]
    pub person: Option<String>,
}

/// The table of contents of the product.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Demo(commands::demo::Args),
    Init(commands::init::Args),
    Doctor(commands::doctor::Args),
    People(commands::people::Args),
    Team(commands::team::Args),
    Env(commands::env::Args),
    Access(commands::access::Args),
    BreakGlass(commands::break_glass::Args),
    Run(commands::run::Args),
    Record(commands::record::Args),
    Inbox(commands::inbox::Args),
    Show(commands::show::Args),
    Sign(commands::sign::Args),
    Refuse(commands::refuse::Args),
    Stop(commands::stop::Args),
    Sessions(commands::sessions::Args),
    Resume(commands::resume::Args),
    Rewind(commands::rewind::Args),
    Fork(commands::fork::Args),
    Remind(commands::remind::Args),
    Read(commands::read::Args),
    Map(commands::map::Args),
    Mcp(commands::mcp::Args),
    Guidance(commands::guidance::Args),
    Memory(commands::memory::Args),
    Hook(commands::hook::Args),
    Gate(commands::gate::Args),
    Policy(commands::policy::Args),
    Ledger(commands::ledger::Args),
    Usage(commands::usage::Args),
    Spec(commands::spec::Args),
    Completions(commands::completions::Args),
    Man(commands::man::Args),
    #[command(hide = true)]
    Region(commands::demo::RegionArgs),
}

/// Reads the command line; misuse ends the program with status 2 and a hint.
pub(crate) fn parse() -> Cli {
    Cli::parse()
}

/// The grammar, for completions and the manual page.
pub(crate) fn grammar() -> clap::Command {
    Cli::command()
}

/// Words that say something.
pub(crate) fn said(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("nothing is said in it".into()),
        said => Ok(said.to_owned()),
    }
}
