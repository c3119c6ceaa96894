//! `countersign record`

use std::path::PathBuf;

use super::run;
use crate::args::Common;
use crate::screen::Ending;

/// Run, and record what the model said to a file.
///
/// `--model recorded:FILE` plays it again. Secrets are taken out.
#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(after_help = "Example:\n  countersign record fix.jsonl \"fix the month total\"\n  countersign run --model recorded:fix.jsonl \"fix the month total\"")]
pub(crate) struct Args {
    /// Where to; never written over.
    file: PathBuf,
    #[command(flatten)]
    run: run::Args,
}

pub(crate) fn run(common: &Common, args: Args) -> anyhow::Result<Ending> {
    let mut session = args.run;
    session.work.record = Some(args.file);
    run::run(common, &session)
}
