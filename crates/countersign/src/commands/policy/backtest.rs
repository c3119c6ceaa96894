//! `countersign policy backtest`

use std::collections::BTreeMap;
use std::path::PathBuf;

use action::{Decision, Moment, Verdict};
use agent::Office;
use agent::replay::{Backtest, Past, Replayed, past};
use guard::{Guard, PolicySource};
use serde_json::json;

use super::{guard_under, not_taken, text};
use crate::args::Common;
use crate::clock;
use crate::governing;
use crate::home::{Home, built_in};
use crate::screen::{self, BAD, DIM, Ending, GOOD, Misuse, WARN};
use crate::words;

/// Under which policy, and since when.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign policy backtest new.cedar\n  countersign policy backtest new.cedar --since 14d\n  countersign policy backtest new.cedar --since 2026-11-01 --json\n\nExit code 0: nothing that could be judged again would be decided otherwise. 1: something would, or the policy would not be taken.\nWith --json a line for each flip, and one with the sums.")]
pub(super) struct Args {
    /// Cedar policies as they are to be.
    new: PathBuf,
    /// Only what was decided since: `14d`, `36h`, a day like 2026-11-01, or a moment like 2026-11-23T15:00:00Z.
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
}

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let policies = text(&args.new)?;
    if let Err(bad) = guard::check(&PolicySource { policies: &policies, ..built_in() }) {
        return Ok(not_taken(common, "it", &bad));
    }
    let service = Home::find(common)?.service()?;
    let since = args.since.as_deref().map(since).transpose()?.unwrap_or(Moment(0));
    let new = guard_under(&service, &policies)?;
    let sums = over(&service, &new, since, &mut |flip| flip.tell(common))?;
    match common.json {
        true => screen::json(&json!({"summary": sums.json()})),
        false => sums.tell(),
    }
    Ok(if sums.flips() == 0 { Ending::Done } else { Ending::NotDone })
}

/// Seconds of an hour and of a day.
const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;

/// A moment as it is typed: how long ago, a day, or the moment itself.
fn since(typed: &str) -> anyhow::Result<Moment> {
    let ago = |unit: char, seconds: u64| typed.strip_suffix(unit).and_then(|number| number.parse::<u64>().ok()).map(|number| number.saturating_mul(seconds));
    if let Some(seconds) = ago('d', DAY).or_else(|| ago('h', HOUR)) {
        return Ok(before_now(seconds));
    }
    let is_day = typed.len() == 10 && typed.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let moment = governing::moment(Some(&if is_day { format!("{typed}T00:00:00Z") } else { typed.to_owned() }));
    Ok(moment.map_err(|_| Misuse(format!("--since `{}` is no time\nhint: write it as 14d, 36h, 2026-11-01 or 2026-11-23T15:00:00Z", words::safe(typed))))?)
}

/// So many seconds ago.
pub(super) fn before_now(seconds: u64) -> Moment {
    Moment(clock::now().0.saturating_sub(seconds.saturating_mul(1000)))
}

/// One decision that would be another.
pub(super) struct Flip<'a> {
    past: &'a Past,
    was: &'a Verdict,
    would: &'a Verdict,
    /// The policy in force is the one that decided it.
    recorded: bool,
}

/// What of the decisions was seen.
#[derive(Default)]
pub(super) struct Sums {
    decisions: u64,
    /// Decided under another policy than the one in force.
    other_policy: u64,
    asked: u64,
    kinds: BTreeMap<&'static str, u64>,
    /// By why they could not be judged again: how many, and the first of them.
    not: BTreeMap<&'static str, (u64, Vec<String>)>,
}

/// How many are named that could not be judged again.
const NAMED: usize = 5;

/// Judges all decisions since a moment again, and tells of each that would be another.
pub(super) fn over(service: &Office, new: &Guard, since: Moment, told: &mut dyn FnMut(Flip<'_>)) -> anyhow::Result<Sums> {
    let (mut backtest, mut sums) = (Backtest::new(&service.guard, new), Sums::default());
    past(&service.book, since, &mut |past| {
        let recorded = backtest.is_in_force(&past);
        sums.decisions += 1;
        sums.other_policy += u64::from(!recorded);
        match backtest.replay(&past) {
            Replayed::Same => {}
            Replayed::Flipped { was, would } => {
                *sums.kinds.entry(kind(&was.decision, &would.decision)).or_default() += 1;
                told(Flip { past: &past, was: &was, would: &would, recorded });
            }
            Replayed::Not(why) => {
                let (count, named) = sums.not.entry(why).or_default();
                *count += 1;
                if named.len() < NAMED {
                    named.push(past.intent.id.to_string());
                }
            }
        }
        Ok(())
    })?;
    sums.asked = backtest.asked();
    Ok(sums)
}

fn kind(was: &Decision, would: &Decision) -> &'static str {
    match (was, would) {
        (Decision::Permit, Decision::Hold { .. }) => "permit → hold",
        (Decision::Permit, Decision::Refuse) => "permit → refuse",
        (Decision::Hold { .. }, Decision::Permit) => "hold → permit",
        (Decision::Hold { .. }, Decision::Refuse) => "hold → refuse",
        (Decision::Refuse, Decision::Permit) => "refuse → permit",
        (Decision::Refuse, Decision::Hold { .. }) => "refuse → hold",
        (Decision::Hold { quorum: was }, Decision::Hold { quorum: would }) if was.and(*would) == *would => "hold → more people",
        (Decision::Hold { quorum: was }, Decision::Hold { quorum: would }) if was.and(*would) == *was => "hold → fewer people",
        (Decision::Hold { .. }, Decision::Hold { .. }) => "hold → other people",
        (Decision::Permit, Decision::Permit) | (Decision::Refuse, Decision::Refuse) => "the same",
    }
}

impl Flip<'_> {
    fn tell(&self, common: &Common) {
        let Past { at, intent, .. } = self.past;
        if common.json {
            return screen::json(&json!({
                "kind": kind(&self.was.decision, &self.would.decision), "intent": intent.id, "at": at, "person": intent.asked_by, "agent": intent.agent,
                "what": intent.deed.line(), "was": self.was.decision, "would_be": self.would.decision, "was_by": self.was.reasons, "would_be_by": self.would.reasons,
                "recorded": self.recorded,
            }));
        }
        let style = if self.would.decision > self.was.decision { WARN } else { BAD };
        screen::say_in(style, &format!("{}  {}", kind(&self.was.decision, &self.would.decision), words::what(&intent.deed)));
        screen::say(&format!("    {}  {}  asked by {} (agent `{}`)", words::short(&intent.id), clock::text(*at), words::safe(intent.asked_by.as_str()), words::safe(intent.agent.as_str())));
        let said = |when: &str, verdict: &Verdict| {
            screen::say(&format!("    {when:<9} {}", words::decision(&verdict.decision)));
            verdict.reasons.iter().for_each(|reason| screen::say(&format!("      [{}] {}", words::safe(&reason.rule), words::safe(&reason.text))));
        };
        said("is", self.was);
        said("would be", self.would);
        if !self.recorded {
            screen::say_in(DIM, "      another policy was in force then; `is` is what the one in force now says");
        }
    }
}

impl Sums {
    /// How many would be decided otherwise.
    pub(super) fn flips(&self) -> u64 {
        self.kinds.values().sum()
    }

    /// How many decisions there were.
    pub(super) fn decisions(&self) -> u64 {
        self.decisions
    }

    /// How many could not be judged again.
    pub(super) fn not_replayed(&self) -> u64 {
        self.not.values().map(|(count, _)| count).sum()
    }

    pub(super) fn json(&self) -> serde_json::Value {
        let not: Vec<serde_json::Value> = self.not.iter().map(|(why, (count, named))| json!({"why": why, "count": count, "first": named})).collect();
        json!({
            "decisions": self.decisions, "flips": self.flips(), "kinds": self.kinds, "under_another_policy": self.other_policy,
            "not_replayed": self.not_replayed(), "not_replayed_why": not, "questions": self.asked,
        })
    }

    fn tell(&self) {
        self.kinds.iter().for_each(|(kind, count)| screen::say(&format!("{count:>8}  {kind}")));
        self.tell_not_replayed();
        if self.other_policy > 0 {
            screen::say_in(DIM, &format!("{} decided under another policy than the one in force (another text, or other registries): what is recorded was not compared", self.other_policy));
        }
        let of = format!("of {} ({} put to the two policies)", words::counted(self.decisions, "decision"), words::counted(self.asked, "different question"));
        match self.flips() {
            0 => screen::say_in(GOOD, &format!("✓ nothing that could be judged again would be decided otherwise, {of}")),
            flips => screen::say_in(BAD, &format!("✗ {flips} would be decided otherwise, {of}")),
        }
    }

    /// What is not known, so that nobody takes it for the same.
    pub(super) fn tell_not_replayed(&self) {
        for (why, (count, named)) in &self.not {
            screen::say_in(WARN, &format!("{count:>8}  not replayed: {why}"));
            let more = if *count > named.len() as u64 { ", …" } else { "" };
            screen::say_in(WARN, &format!("          {}{more}", named.iter().map(|id| words::safe(id)).collect::<Vec<_>>().join(", ")));
        }
    }
}

#[cfg(test)]
mod tests;
