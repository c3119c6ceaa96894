//! `countersign policy set`

use std::path::PathBuf;

use action::Governance;
use guard::{PolicySource, prove};
use serde_json::json;

use super::{Logic, check, not_taken, prove as proving, text};
use crate::args::Common;
use crate::governing::change;
use crate::home::{Home, built_in};
use crate::screen::{self, BAD, Ending};

/// Which, and what it must keep.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign policy backtest ours.cedar\n  countersign policy set ours.cedar --invariants our-invariants.cedar\n  countersign policy set --built-in\n\nExit code 1: it is not taken, or others must sign it too; its id is printed.")]
pub(super) struct Args {
    /// Cedar policies.
    #[arg(required_unless_present = "built_in")]
    file: Option<PathBuf>,
    /// Those in this program.
    #[arg(long, conflicts_with = "file")]
    built_in: bool,
    /// More invariants beside the shipped ones, which it must keep too.
    #[arg(long, value_name = "FILE")]
    invariants: Option<PathBuf>,
    #[command(flatten)]
    logic: Logic,
}

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let home = Home::find(common)?;
    let service = home.service()?;
    let policies = args.file.as_deref().map_or_else(|| Ok(built_in().policies.to_owned()), text)?;
    let source = PolicySource { policies: &policies, ..built_in() };
    let asking = args.logic.asking()?;
    let looked = match check::looked(&source, &asking, false) {
        Ok(looked) if looked.ok() => looked,
        Ok(looked) => {
            looked.tell();
            return Ok(refused(common, "it is not checked whole", &looked.json()));
        }
        Err(bad) => return Ok(not_taken(common, "it", &bad)),
    };
    let invariants = match proving::with_shipped(args.invariants.as_deref())? {
        Ok(invariants) => invariants,
        Err(bad) => return Ok(not_taken(common, "the invariants", &bad)),
    };
    let proofs = match prove(&source, &invariants, &|script| asking.answer(script)) {
        Ok(proofs) => proofs,
        Err(bad) => return Ok(not_taken(common, "it", &bad)),
    };
    let proofs_json = json!(proofs.iter().map(proving::json_of).collect::<Vec<_>>());
    if !proofs.iter().all(|proof| proof.outcome.holds()) {
        proving::tell(&proofs);
        return Ok(refused(common, "it is not proved", &proofs_json));
    }
    let kept = if args.built_in { None } else { Some(service.book.put(policies.as_bytes())?) };
    let transcript = service.book.put_value(&json!({"v": 1, "schema": action::Digest::of_bytes(source.schema.as_bytes()), "check": looked.json(), "proofs": proofs_json}))?;
    let before = service.book.roster()?.standing().policy();
    change(common, &home, &service, Governance::SetPolicy { policies: kept, before, transcript })
}

fn refused(common: &Common, why: &str, found: &serde_json::Value) -> Ending {
    match common.json {
        true => screen::json(&json!({"ok": false, "why": why, "found": found})),
        false => screen::say_in(BAD, &format!("✗ {why}, so nobody was asked to put it in force, and the policy is as it was")),
    }
    Ending::NotDone
}
