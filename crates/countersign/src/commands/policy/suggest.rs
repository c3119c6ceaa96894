//! `countersign policy suggest`

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};

use action::{AgentName, Decision, Tier, Verb};
use agent::Office;
use agent::replay::past;
use anyhow::{Context, bail};
use guard::{Outcome, PolicySource, diff, uses};
use serde_json::json;

use super::backtest::{self, Sums};
use super::{Logic, guard_under, safe_lines};
use crate::args::Common;
use crate::home::{Home, built_in};
use crate::screen::{self, BAD, Ending, GOOD, Misuse, WARN};
use crate::words;

mod narrower;

use narrower::{Narrower, Role};

/// From how much history, and where to.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign policy suggest > narrower.cedar\n  countersign policy suggest --days 30 --out narrower.cedar\n  countersign policy check narrower.cedar\n\nExit code 1: there is too little history, it is not proved, or something that was used would be decided otherwise; then nothing is written.")]
pub(super) struct Args {
    /// How many days back.
    #[arg(long, value_name = "DAYS", default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..))]
    days: u32,
    /// Write the policy into this file, whole or not at all; to standard output by default.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write it also where such a file is there.
    #[arg(long, requires = "out")]
    force: bool,
    #[command(flatten)]
    logic: Logic,
}

/// Decisions of a role below which nothing is said of it: what was not used in so few may be used tomorrow.
const FEWEST: u64 = 20;

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    if let Some(file) = args.out.as_deref().filter(|file| !args.force && file.symlink_metadata().is_ok()) {
        bail!(Misuse(format!("`{}` is there already\nhint: name another file, or write over it with --force", words::safe(&file.display().to_string()))));
    }
    let service = Home::find(common)?.service()?;
    let present = crate::home::policy_of(&service.book)?;
    let since = backtest::before_now(u64::from(args.days) * 24 * 3600);
    let (enough, few): (Vec<Role>, Vec<Role>) = roles(&service, since)?.into_iter().partition(|role| role.decisions >= FEWEST);
    if enough.is_empty() {
        return Ok(too_little(common, args.days, &few));
    }
    let narrower = Narrower::of(&present, args.days, &enough)?;
    let shown = shown(&service, args, &present, &narrower, since)?;
    if common.json {
        let text = shown.holds().then_some(&narrower.policies);
        screen::json(&json!({"ok": shown.holds(), "days": args.days, "roles": narrower.json(), "too_few": few.iter().map(Role::json).collect::<Vec<_>>(),
            "left_out": narrower.left_out, "proved": shown.unproved.is_none(), "why": shown.unproved, "backtest": shown.sums.json(), "policy": text}));
    } else if !shown.holds() {
        shown.tell();
    }
    if !shown.holds() {
        return Ok(Ending::NotDone);
    }
    let text = narrower.with_comment(&shown.line());
    match &args.out {
        Some(file) => write(file, args.force, &format!("{text}\n"))?,
        None if common.json => {}
        None => screen::say(&text),
    }
    if args.out.is_some() && !common.json {
        tell(&narrower, &few, &shown, args);
    }
    Ok(Ending::Done)
}

/// What each role of an agent was let do, by name. What people propose themselves is no agent's.
fn roles(service: &Office, since: action::Moment) -> anyhow::Result<Vec<Role>> {
    let mut roles: BTreeMap<AgentName, Role> = BTreeMap::new();
    past(&service.book, since, &mut |past| {
        if past.intent.turn == 0 && past.intent.agent.as_str() == "nobody" {
            return Ok(());
        }
        let used: BTreeSet<(Verb, Tier)> = match past.verdict.decision {
            Decision::Refuse => BTreeSet::new(), // what is refused is no use of a right
            Decision::Permit | Decision::Hold { .. } => uses(&past.intent, &past.effects).into_iter().collect(),
        };
        for (at, agent) in std::iter::once(&past.intent.agent).chain(&past.within).enumerate() {
            let role = roles.entry(agent.clone()).or_insert_with(|| Role { name: agent.clone(), decisions: 0, used: BTreeSet::new() });
            role.decisions += u64::from(at == 0);
            role.used.extend(used.iter().copied());
        }
        Ok(())
    })?;
    Ok(roles.into_values().collect())
}

fn too_little(common: &Common, days: u32, few: &[Role]) -> Ending {
    if common.json {
        screen::json(&json!({"ok": false, "days": days, "why": "too little history", "too_few": few.iter().map(Role::json).collect::<Vec<_>>()}));
        return Ending::NotDone;
    }
    screen::say_in(BAD, &format!("✗ there is too little history: no agent's role has {FEWEST} decisions in the last {}", words::counted(u64::from(days), "day")));
    few.iter().for_each(|role| screen::say(&format!("  `{}` has {}", words::safe(role.name.as_str()), role.decisions)));
    screen::say("hint: look further back with --days, or come back later");
    Ending::NotDone
}

/// What is known of a narrower policy.
struct Shown {
    /// Why it is not proved that it permits nothing more.
    unproved: Option<String>,
    sums: Sums,
}

fn shown(service: &Office, args: &Args, present: &str, narrower: &Narrower, since: action::Moment) -> anyhow::Result<Shown> {
    let asking = args.logic.asking()?;
    let new = PolicySource { policies: &narrower.policies, ..built_in() };
    let differences = diff(&PolicySource { policies: present, ..built_in() }, &new, &|script| asking.answer(script))?;
    let unproved = differences.iter().find_map(|one| match &one.wider {
        Outcome::Holds => None,
        Outcome::Unproved(why) => Some(why.clone()),
        Outcome::Fails(witness) => Some(format!("it would permit: {}", witness.story())),
    });
    let sums = backtest::over(service, &guard_under(service, &narrower.policies)?, since, &mut |_| {})?;
    Ok(Shown { unproved, sums })
}

impl Shown {
    fn holds(&self) -> bool {
        self.unproved.is_none() && self.sums.flips() == 0
    }

    fn line(&self) -> String {
        format!(
            "proved: it permits nothing that the present one does not. Judged again: {} with no other verdict, {} of them not replayed.",
            words::counted(self.sums.decisions(), "decision"),
            self.sums.not_replayed()
        )
    }

    fn tell(&self) {
        if let Some(why) = &self.unproved {
            screen::say_in(BAD, "✗ it is not proved that the narrower policy permits nothing more, so it is not shown");
            screen::say_in(WARN, &safe_lines(why));
        }
        if self.sums.flips() > 0 {
            screen::say_in(BAD, &format!("✗ {} would be decided otherwise under it, so it is not shown", self.sums.flips()));
        }
    }
}

fn tell(narrower: &Narrower, few: &[Role], shown: &Shown, args: &Args) {
    narrower.lines().iter().for_each(|line| screen::say(line));
    for role in few {
        screen::say_in(WARN, &format!("`{}` is left as it is: {} are too few", words::safe(role.name.as_str()), words::counted(role.decisions, "decision")));
    }
    narrower.left_out.iter().for_each(|name| screen::say_in(WARN, &format!("`{}` is left as it is: no policy may hold such a name", words::safe(name))));
    shown.sums.tell_not_replayed();
    screen::say_in(GOOD, &format!("✓ {}", shown.line()));
    let file = args.out.as_deref().unwrap_or(Path::new("-")).display().to_string();
    screen::say_in(GOOD, &format!("✓ {} written", words::safe(&file)));
}

/// Whole or not at all: what is there stays until all of it is on the disk.
fn write(file: &Path, force: bool, policies: &str) -> anyhow::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let shown = words::safe(&file.display().to_string());
    let not_written = || format!("`{shown}` could not be written, and is as it was");
    let mut temporary = tempfile::NamedTempFile::new_in(folder).with_context(not_written)?;
    temporary.write_all(policies.as_bytes()).and_then(|()| temporary.as_file().sync_all()).with_context(not_written)?;
    match force {
        true => drop(temporary.persist(file).map_err(|e| e.error).with_context(not_written)?),
        false => drop(temporary.persist_noclobber(file).map_err(|e| e.error).with_context(not_written)?),
    }
    Ok(())
}
