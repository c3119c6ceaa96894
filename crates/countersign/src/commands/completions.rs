//! `countersign completions`

use clap_complete::Shell;

use crate::screen::Ending;

/// Print a completion script for your shell.
///
/// Example: countersign completions bash > ~/.local/share/bash-completion/completions/countersign
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The shell.
    shell: Shell,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Ending> {
    clap_complete::generate(args.shell, &mut crate::args::grammar(), "countersign", &mut std::io::stdout());
    Ok(Ending::Done)
}
