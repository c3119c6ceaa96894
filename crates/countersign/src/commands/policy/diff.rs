//! `countersign policy diff`

use std::path::{Path, PathBuf};

use guard::{Difference, Outcome, PolicySource, Witness, diff};
use serde_json::json;

use super::{Logic, in_force, json_of_outcome, not_taken, safe_lines, shown, text};
use crate::args::Common;
use crate::home::built_in;
use crate::screen::{self, BAD, Ending, GOOD, WARN};
use crate::words;

/// Which policies.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign policy diff old.cedar new.cedar\n  countersign policy diff in-force ours.cedar --json\n\nExit code 0: the new one provably permits nothing that the old one does not. 1: it permits more, or that is not proved.")]
pub(super) struct Args {
    /// Cedar policies as they were; `in-force` is those in force, `built-in` those in this program.
    old: PathBuf,
    /// Cedar policies as they are to be; the two words likewise.
    new: PathBuf,
    #[command(flatten)]
    logic: Logic,
}

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let (old, new) = (read(common, &args.old)?, read(common, &args.new)?);
    let asking = args.logic.asking()?;
    let differences = match diff(&with(&old), &with(&new), &|script| asking.answer(script)) {
        Ok(differences) => differences,
        Err(bad) => return Ok(not_taken(common, "one of the two", &bad)),
    };
    let no_wider = differences.iter().all(|one| one.wider.holds());
    let equivalent = no_wider && differences.iter().all(|one| one.narrower.holds());
    match common.json {
        true => screen::json(&json!({"ok": no_wider, "equivalent": equivalent, "differences": differences.iter().map(json_of).collect::<Vec<_>>()})),
        false => tell(&differences, no_wider, equivalent),
    }
    Ok(if no_wider { Ending::Done } else { Ending::NotDone })
}

fn read(common: &Common, file: &Path) -> anyhow::Result<String> {
    match file.to_str() {
        Some("built-in") => Ok(built_in().policies.to_owned()),
        Some("in-force") => in_force(common),
        _ => text(file),
    }
}

fn with(policies: &str) -> PolicySource<'_> {
    PolicySource { policies, ..built_in() }
}

fn json_of(one: &Difference) -> serde_json::Value {
    json!({"action": one.action, "wider": json_of_outcome(&one.wider), "narrower": json_of_outcome(&one.narrower)})
}

fn tell(differences: &[Difference], no_wider: bool, equivalent: bool) {
    let mut unproved: Vec<&str> = Vec::new();
    for one in differences {
        for (outcome, style, says, other) in [(&one.wider, BAD, "+ newly permitted", "the old one"), (&one.narrower, GOOD, "- no longer permitted", "the new one")] {
            match outcome {
                Outcome::Holds => {}
                Outcome::Fails(witness) => {
                    screen::say_in(style, &format!("{says}: `{}`, for example", words::safe(&one.action)));
                    shown(witness).iter().for_each(|line| screen::say(line));
                    stopped(witness, other).iter().for_each(|line| screen::say(line));
                }
                Outcome::Unproved(why) => {
                    screen::say_in(WARN, &format!("? {}: `{}`: not proved", says.trim_start_matches(['+', '-', ' ']), words::safe(&one.action)));
                    if !unproved.contains(&why.as_str()) {
                        unproved.push(why);
                    }
                }
            }
        }
    }
    unproved.iter().for_each(|why| screen::say_in(WARN, &format!("not proved: {}", safe_lines(why))));
    let actions = |fails: fn(&Difference) -> &Outcome| words::counted(differences.iter().filter(|one| matches!(fails(one), Outcome::Fails(_))).count(), "action");
    match (no_wider, equivalent) {
        (true, true) => screen::say_in(GOOD, "✓ equivalent: each permits what the other does, and nothing else"),
        (true, false) => screen::say_in(GOOD, &format!("✓ the new one permits nothing that the old one does not; of {} it is shown to permit less", actions(|one| &one.narrower))),
        (false, _) if unproved.is_empty() => screen::say_in(BAD, &format!("✗ the new one permits more, of {}", actions(|one| &one.wider))),
        (false, _) => screen::say_in(BAD, "✗ it is not proved that the new one permits nothing more"),
    }
}

/// Why the other one does not permit it.
fn stopped(witness: &Witness, other: &str) -> Vec<String> {
    if witness.against.is_empty() {
        return vec![format!("      in {other} no rule permits it")];
    }
    witness.against.iter().map(|rule| format!("      stopped in {other} by [{}] {}", words::safe(&rule.rule), words::safe(&rule.text))).collect()
}
