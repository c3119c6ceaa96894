//! `countersign man`

use crate::screen::{Ending, Misuse};

/// Print the manual page, or that of one command.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign man | man -l -\n  countersign man run | man -l -")]
pub(crate) struct Args {
    /// A command.
    command: Option<String>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Ending> {
    let mut grammar = crate::args::grammar();
    grammar.build();
    let page = match &args.command {
        None => &grammar,
        Some(name) => grammar.find_subcommand(name).ok_or_else(|| Misuse(format!("there is no command `{}`", crate::words::safe(name))))?,
    };
    clap_mangen::Man::new(page.clone()).render(&mut std::io::stdout())?;
    Ok(Ending::Done)
}
