//! `countersign policy observe` and `observed`

use std::path::PathBuf;

use action::{Decision, Digest, Event, Governance, IntentId, Moment, Reason};
use agent::Office;
use guard::PolicySource;
use serde_json::json;

use super::{not_taken, text};
use crate::args::Common;
use crate::governing::change;
use crate::home::{Home, built_in};
use crate::screen::{self, BAD, DIM, Ending, GOOD, WARN};
use crate::words;

/// Which.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign policy observe ours.cedar\n  countersign policy observed\n  countersign policy observe --stop\n\nExit code 1: it would not be taken, or others must sign it too; its id is printed.")]
pub(super) struct Args {
    /// Cedar policies.
    #[arg(required_unless_present = "stop")]
    file: Option<PathBuf>,
    /// None any more.
    #[arg(long, conflicts_with = "file")]
    stop: bool,
}

/// Which of them.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign policy observed\n  countersign policy observed --all --json\n\nExit code 0: nothing would be decided otherwise. 1: something would.")]
pub(super) struct Listing {
    /// Also under policies that were observed before.
    #[arg(long)]
    all: bool,
}

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let home = Home::find(common)?;
    let service = home.service()?;
    let before = service.book.roster()?.standing().observed();
    let policies = match &args.file {
        None => None,
        Some(file) => {
            let policies = text(file)?;
            if let Err(bad) = guard::check(&PolicySource { policies: &policies, ..built_in() }) {
                return Ok(not_taken(common, "it", &bad));
            }
            Some(service.book.put(policies.as_bytes())?)
        }
    };
    change(common, &home, &service, Governance::Observe { policies, before })
}

/// What was recorded of one decision.
struct Seen {
    at: Moment,
    about: IntentId,
    policies: Digest,
    would: Decision,
    was: Decision,
    reasons: Vec<Reason>,
}

pub(super) fn list(common: &Common, args: &Listing) -> anyhow::Result<Ending> {
    let service = Home::find(common)?.service()?;
    let now = service.book.roster()?.standing().observed();
    let seen: Vec<Seen> = seen(&service)?.into_iter().filter(|seen| args.all || Some(seen.policies) == now).collect();
    let flips: Vec<&Seen> = seen.iter().filter(|seen| seen.would != seen.was).collect();
    for flip in &flips {
        tell(common, &service, flip)?;
    }
    let stricter = flips.iter().filter(|flip| flip.would > flip.was).count();
    let milder = flips.len() - stricter;
    if common.json {
        screen::json(&json!({"summary": {"observed": now, "decisions": seen.len(), "stricter": stricter, "milder": milder}}));
    } else if now.is_none() && !args.all {
        screen::say_in(DIM, "no policy is observed: countersign policy observe FILE");
    } else {
        let style = if flips.is_empty() { GOOD } else { WARN };
        screen::say_in(style, &format!("{} observed, {stricter} would be stricter, {milder} milder", words::counted(seen.len(), "decision")));
    }
    Ok(if flips.is_empty() { Ending::Done } else { Ending::NotDone })
}

fn seen(service: &Office) -> anyhow::Result<Vec<Seen>> {
    let entries = service.book.subject("observed")?.into_iter();
    Ok(entries
        .filter_map(|(_, entry)| match entry.event {
            Event::Observed { about, policies, would, was, reasons } => Some(Seen { at: entry.at, about, policies, would, was, reasons }),
            _ => None,
        })
        .collect())
}

fn tell(common: &Common, service: &Office, flip: &Seen) -> anyhow::Result<()> {
    if common.json {
        screen::json(&json!({"intent": flip.about, "at": flip.at, "policy": flip.policies, "was": flip.was, "would": flip.would, "reasons": flip.reasons}));
        return Ok(());
    }
    let what = service.book.story(&flip.about)?.map(|story| story.intent.deed.line()).unwrap_or_default();
    let style = if flip.would > flip.was { WARN } else { BAD };
    screen::say_in(style, &format!("{} {} {} → {}: {}", flip.at.text(), words::short(&flip.about), said(flip.was), said(flip.would), words::safe(&what)));
    flip.reasons.iter().for_each(|reason| screen::say_in(DIM, &format!("  {} [{}]", words::safe(&reason.text), words::safe(&reason.rule))));
    Ok(())
}

fn said(decision: Decision) -> String {
    match decision {
        Decision::Permit => "permitted".into(),
        Decision::Hold { quorum } => format!("held for {}", quorum.words()),
        Decision::Refuse => "refused".into(),
    }
}
