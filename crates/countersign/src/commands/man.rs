//! `countersign man`

use crate::screen::{Ending, Misuse};

/// Print the manual page, or that of one command.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign man | man -l -\n  countersign man run | man -l -\n  countersign man spec run | man -l -")]
pub(crate) struct Args {
    /// A command, and one of its own: `spec run`.
    command: Vec<String>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Ending> {
    let mut grammar = crate::args::grammar();
    grammar.build();
    let mut page = &grammar;
    for name in args.command.iter().flat_map(|words| words.split_whitespace()) {
        page = page.find_subcommand(name).ok_or_else(|| Misuse(format!("there is no command `{}`\nhint: `countersign help` lists them", crate::words::safe(name))))?;
    }
    clap_mangen::Man::new(page.clone()).render(&mut std::io::stdout())?;
    Ok(Ending::Done)
}
