//! `countersign policy set`

use std::path::PathBuf;
use std::time::Duration;

use action::{AgentName, Decision, Deed, Digest, Generation, Governance, Intent, IntentId, Moment, PersonId, Role, SessionId};
use guard::{Circumstances, Electorate, Guard, InForce, PolicySource, prove};
use serde_json::json;

use super::{ALL, check, guard_under, not_taken, prove as proving, text};
use crate::args::Common;
use crate::governing::change;
use crate::home::{Home, built_in};
use crate::screen::{self, BAD, Ending};
use crate::solver::Asking;

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
    /// How long the solver may take for one question; what it does not answer by then is not proved.
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    seconds: u16,
}

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let home = Home::find(common)?;
    let service = home.service()?;
    let policies = args.file.as_deref().map_or_else(|| Ok(built_in().policies.to_owned()), text)?;
    let source = PolicySource { policies: &policies, ..built_in() };
    // The installed one, whatever a variable or an option names: who proposes a policy does not choose what proves it.
    let asking = Asking::new(None, Duration::from_secs(args.seconds.into()), ALL);
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
    if let Some(change) = refused_for_ever(&guard_under(&service, &policies)?)? {
        return Ok(refused(common, &format!("under it nobody could ever {change}, whoever signs"), &json!(null)));
    }
    let kept = if args.built_in { None } else { Some(service.book.put(policies.as_bytes())?) };
    let transcript = service.book.put_value(&json!({"v": 1, "schema": Digest::of_bytes(source.schema.as_bytes()), "check": looked.json(), "proofs": proofs_json}))?;
    let before = service.book.roster()?.standing().policy();
    change(common, &home, &service, Governance::SetPolicy { policies: kept, before, transcript })
}

/// A change of who may do what that the policy refuses to admins, whoever signs: then there would be no way back from it.
fn refused_for_ever(guard: &Guard) -> anyhow::Result<Option<String>> {
    let admin = PersonId::new("admin");
    let (key, transcript) = (String::new(), Digest::of_bytes(b""));
    let changes = [
        Governance::SetPolicy { policies: None, before: Some(transcript), transcript },
        Governance::Enrol { person: PersonId::new("new"), key: key.clone(), roles: vec![Role::Engineer] },
        Governance::RevokeKey { person: PersonId::new("other"), key, from: Moment(0) },
        Governance::Remove { person: PersonId::new("other") },
    ];
    for change in changes {
        let intent = Intent { v: 1, id: IntentId::new("none"), session: SessionId::new("desk"), turn: 0, asked_by: admin.clone(), agent: AgentName::new("nobody"), deed: Deed::Govern { change } };
        let effects = effects::of(&intent, &effects::Facts::default());
        for (founding, other_admin) in [(true, false), (false, false), (false, true)] {
            let electorate = Electorate { founding, asked_by_admin: true, other_admin };
            let (asked_by, agent) = (intent.asked_by.clone(), intent.agent.clone());
            let circumstances = Circumstances { asked_by, agent, boxed: true, in_force: InForce::default(), generation: Generation(0), stopped: false, electorate, terms: Default::default() };
            if guard.assess(&intent, &effects, &circumstances).decision == Decision::Refuse {
                return Ok(Some(intent.deed.line()));
            }
        }
    }
    Ok(None)
}

fn refused(common: &Common, why: &str, found: &serde_json::Value) -> Ending {
    match common.json {
        true => screen::json(&json!({"ok": false, "why": why, "found": found})),
        false => screen::say_in(BAD, &format!("✗ {why}, so nobody was asked to put it in force, and the policy is as it was")),
    }
    Ending::NotDone
}
