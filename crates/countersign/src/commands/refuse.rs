//! `countersign refuse`

use action::Reply;

use crate::args::Common;
use crate::home::Home;
use crate::screen::{self, Ending, GOOD};
use crate::words;

/// Say no to a held intent, with a reason.
///
/// It is signed and recorded like a yes, and ends the intent.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  countersign refuse 3f2a --why \"the table is still read by billing\"")]
pub(crate) struct Args {
    /// The intent; the first digits are enough.
    id: String,
    /// Why; the person who asked reads it.
    #[arg(long, value_parser = crate::args::said)]
    why: String,
}

pub(crate) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let home = Home::find(common)?;
    let service = home.service()?;
    let story = crate::named::intent(&service, &args.id)?;
    let answer = super::sign::question(&home, &service, &story, Reply::No, &args.why)?;
    let signed = home.signer()?.sign(&answer)?;
    agent::answer(&service, &story.intent.id, signed)?;
    match common.json {
        true => screen::json(&super::show::json_of(&crate::named::intent(&service, story.intent.id.as_str())?)),
        false => screen::say_in(GOOD, &format!("✓ refused {}; nothing happened and nothing will", words::short(&story.intent.id))),
    }
    Ok(Ending::Done)
}
