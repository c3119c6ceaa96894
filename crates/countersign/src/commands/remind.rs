//! `countersign remind`

use agent::notices::{Owed, alarms, reminders};
use serde_json::json;

use crate::args::Common;
use crate::channels;
use crate::clock;
use crate::home::Home;
use crate::screen::{self, DIM, Ending, GOOD};
use crate::words;

/// Tell the channels of the settings what waits for signatures.
///
/// For a timer: what has waited for four hours is told, and then once a day, to each channel once. Channels are `[[channels]]` of
/// `config.toml` with a `name` and a `webhook`. Broken glass is told at once by whoever breaks it, and here where that failed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign remind\n  countersign remind --dry-run --json\n\nExit code 1: a channel was not told, which is tried again the next time.")]
pub(crate) struct Args {
    /// Say what would be told, and tell nobody.
    #[arg(long)]
    dry_run: bool,
}

pub(crate) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let home = Home::find(common)?;
    let service = home.service()?;
    let known = &home.config.channels;
    let mut names = channels::names(known)?;
    if names.is_empty() {
        screen::complain("config.toml has no [[channels]]: what follows is said here alone");
        names.push("here".into());
    }
    let owed: Vec<Owed> = alarms(&service, &names)?.into_iter().chain(reminders(&service, &names, clock::now())?).collect();
    for one in &owed {
        match common.json {
            true => screen::json(&json!({"channel": one.channel, "notice": one.notice, "told": one.json})),
            false => screen::say(&format!("{:<12} {}", words::safe(&one.channel), words::safe(&one.text))),
        }
    }
    if owed.is_empty() && !common.json {
        screen::say_in(DIM, "nobody is to be reminded of anything");
    }
    if args.dry_run || known.is_empty() || owed.is_empty() {
        return Ok(Ending::Done);
    }
    if !channels::tell(&service, known, &owed)? {
        return Ok(Ending::NotDone);
    }
    if !common.json {
        screen::say_in(GOOD, &format!("✓ {} told", words::counted(owed.len(), "notice")));
    }
    Ok(Ending::Done)
}
