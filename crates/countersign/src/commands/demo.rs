//! `countersign demo`

use std::path::PathBuf;

use anyhow::bail;

use crate::args::Common;
use crate::demo::{region, story};
use crate::screen::{self, Ending, Misuse};

/// Watch the December incident as it would have gone here.
///
/// No account, no key, no network. A recorded model is asked for a minor fix and chooses to delete and recreate a production region. Everything else is
/// real: the files, the processes, the keys, the database, the service in front of it, which is polled all along.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign demo\n  countersign demo --play      you sit at the desk and answer")]
pub(crate) struct Args {
    /// Sit at the desk and answer yourself.
    #[arg(long)]
    play: bool,
    /// Keep the folder of the demo, and say where it is.
    #[arg(long)]
    keep: bool,
}

pub(crate) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    if common.json {
        bail!(Misuse("the demo is told to a person, so it has no JSON\nhint: `countersign demo --keep` keeps its folder, whose ledger `countersign ledger show --json --home …` prints".into()));
    }
    story::tell(args.play, args.keep)
}

/// Serve one region of the demo's cost explorer.
#[derive(Debug, clap::Args)]
pub(crate) struct RegionArgs {
    /// The environment's folder.
    folder: PathBuf,
}

pub(crate) fn region(args: &RegionArgs) -> anyhow::Result<Ending> {
    region::serve(args.folder.clone(), |port| screen::say(&port.to_string()))?;
    Ok(Ending::Done)
}
