//! `countersign refuse`

use action::Reply;
use anyhow::bail;

use crate::args::Common;
use crate::home::Home;
use crate::offline::{self, Import};
use crate::screen::{self, Ending, GOOD, Misuse};
use crate::words;

/// Say no to a held intent, with a reason.
///
/// It is signed and recorded like a yes, and ends the intent.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign refuse 3f2a --why \"the table is still read by billing\"\n  countersign refuse 3f2a --import no.txt.sig")]
pub(crate) struct Args {
    /// The intent; the first digits are enough.
    id: String,
    /// Why; the person who asked reads it.
    #[arg(long, value_parser = crate::args::said, required_unless_present = "file", conflicts_with = "file")]
    why: Option<String>,
    #[command(flatten)]
    import: Import,
}

pub(crate) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let home = Home::find(common)?;
    let service = home.service()?;
    let story = crate::named::intent(&service, &args.id)?;
    let signed = match &args.import.file {
        Some(file) => {
            let (signed, answer) = offline::import(&service, &story, file)?;
            if answer.reply == Reply::Yes {
                bail!(Misuse(format!("this says yes, and nothing was recorded\nhint: countersign sign {} --import FILE.sig", words::short(&story.intent.id))));
            }
            signed
        }
        None => home.signer()?.sign(&super::sign::question(&home, &service, &story, Reply::No, args.why.as_deref().unwrap_or_default())?)?,
    };
    agent::answer(&service, &story.intent.id, signed).map_err(offline::with_hint)?;
    match common.json {
        true => screen::json(&super::show::json_of(&crate::named::intent(&service, story.intent.id.as_str())?)),
        false => screen::say_in(GOOD, &format!("✓ refused {}; nothing happened and nothing will", words::short(&story.intent.id))),
    }
    Ok(Ending::Done)
}
