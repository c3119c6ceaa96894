//! `countersign policy prove`

use std::path::{Path, PathBuf};

use guard::{BadPolicy, Invariants, Outcome, PolicySource, Proof, prove};
use serde_json::json;

use super::{Logic, in_force, json_of_outcome, not_taken, safe_lines, shown, text};
use crate::args::Common;
use crate::home::{built_in, invariants};
use crate::screen::{self, BAD, Ending, GOOD, WARN};
use crate::words;

/// What to prove, of what, and with what.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign policy prove\n  countersign policy prove ours.cedar\n  countersign policy prove ours.cedar --invariants our-invariants.cedar --json\n\nExit code 0: all hold. 1: one fails or is not proved, or a file would not be taken.")]
pub(super) struct Args {
    /// Cedar policies; those in force by default.
    file: Option<PathBuf>,
    /// More invariants beside the shipped ones: `forbid` rules, of which nothing that one matches may be permitted.
    #[arg(long, value_name = "FILE")]
    invariants: Option<PathBuf>,
    #[command(flatten)]
    logic: Logic,
}

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let policies = args.file.as_deref().map_or_else(|| in_force(common), text)?;
    let source = PolicySource { policies: &policies, ..built_in() };
    let invariants = match with_shipped(args.invariants.as_deref())? {
        Ok(invariants) => invariants,
        Err(bad) => return Ok(not_taken(common, "the invariants", &bad)),
    };
    let asking = args.logic.asking()?;
    let proofs = match prove(&source, &invariants, &|script| asking.answer(script)) {
        Ok(proofs) => proofs,
        Err(bad) => return Ok(not_taken(common, "it", &bad)),
    };
    let held = proofs.iter().all(|proof| proof.outcome.holds());
    match common.json {
        true => screen::json(&json!({"ok": held, "proofs": proofs.iter().map(json_of).collect::<Vec<_>>()})),
        false => tell(&proofs),
    }
    Ok(if held { Ending::Done } else { Ending::NotDone })
}

/// The shipped invariants, and those of a file.
pub(super) fn with_shipped(more: Option<&Path>) -> anyhow::Result<Result<Invariants, BadPolicy>> {
    let more = more.map(text).transpose()?.unwrap_or_default();
    let all = format!("{}\n{more}", invariants().policies);
    Ok(Invariants::load(&PolicySource { policies: &all, ..invariants() }))
}

pub(super) fn json_of(proof: &Proof) -> serde_json::Value {
    let mut json = json_of_outcome(&proof.outcome);
    json["invariant"] = json!(proof.invariant);
    json
}

pub(super) fn tell(proofs: &[Proof]) {
    let mut hints: Vec<&str> = Vec::new();
    for Proof { invariant, outcome } in proofs {
        let says = format!("[{}] {}", words::safe(&invariant.rule), words::safe(&invariant.text));
        match outcome {
            Outcome::Holds => screen::say_in(GOOD, &format!("✓ holds       {says}")),
            Outcome::Fails(witness) => {
                screen::say_in(BAD, &format!("✗ fails       {says}"));
                shown(witness).iter().for_each(|line| screen::say(line));
            }
            Outcome::Unproved(why) => {
                screen::say_in(WARN, &format!("✗ not proved  {says}"));
                if !hints.contains(&why.as_str()) {
                    hints.push(why);
                }
            }
        }
    }
    hints.iter().for_each(|why| screen::say_in(WARN, &format!("not proved: {}", safe_lines(why))));
    let held = proofs.iter().filter(|proof| proof.outcome.holds()).count();
    if held == proofs.len() {
        screen::say_in(GOOD, &format!("✓ {} proved, for every request that the schema can make", words::counted(held, "invariant")));
    } else {
        screen::say_in(BAD, &format!("✗ {held} of {} proved", words::counted(proofs.len(), "invariant")));
    }
}
