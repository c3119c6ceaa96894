//! `countersign man`

use crate::screen::Ending;

/// Print the manual page.
///
/// Example: countersign man | man -l -
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

pub(crate) fn run(_: &Args) -> anyhow::Result<Ending> {
    clap_mangen::Man::new(crate::args::grammar()).render(&mut std::io::stdout())?;
    Ok(Ending::Done)
}
