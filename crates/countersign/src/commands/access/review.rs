//! `countersign access review`: what somebody who looks after access should look at.

use std::collections::BTreeMap;

use action::{Deed, EnvironmentName, Governance, Moment, PersonId};
use agent::access::{Use, uses};
use agent::{Office, Story};
use guard::Granted;
use serde_json::json;

use crate::args::Common;
use crate::clock;
use crate::screen::{self, DIM, Ending, GOOD, WARN};
use crate::words;

/// What is looked back on.
const DAYS: u64 = 30;
/// Granted on so many of those days, access is standing in all but name.
const STANDING_DAYS: usize = 10;
const DAY: u64 = 24 * 3600 * 1000;

pub(super) fn run(common: &Common, service: &Office) -> anyhow::Result<Ending> {
    let (roster, now) = (service.book.roster()?, clock::now());
    let since = Moment(now.0.saturating_sub(DAYS * DAY));
    let recent: Vec<&Granted> = roster.standing().accesses().iter().filter(|granted| granted.since >= since).collect();
    let used = uses(service, since)?;
    let mut found = waiting(service, now)?;
    found.extend(unused(&recent, &used, now));
    found.extend(standing(&recent));
    for finding in &found {
        match common.json {
            true => screen::json(&json!({"finding": finding.kind, "intent": finding.intent, "text": finding.text})),
            false => screen::say_in(if finding.kind == NOT_YET { DIM } else { WARN }, &format!("‖ {}", finding.text)),
        }
    }
    // What still runs may be used yet: that it is there is said, and nobody has to do anything about it.
    let (running, wrong) = found.iter().fold((0, 0), |(running, wrong), one| if one.kind == NOT_YET { (running + 1, wrong) } else { (running, wrong + 1) });
    if wrong == 0 && !common.json {
        let used = match running {
            0 => "each was used".to_owned(),
            _ => format!("each that is over was used, {running} still running {} not used yet", if running == 1 { "is" } else { "are" }),
        };
        screen::say_in(GOOD, &format!("✓ nothing to look at: of {} in the last {DAYS} days {used}, and none is standing", words::counted(recent.len(), "grant")));
    }
    Ok(if wrong == 0 { Ending::Done } else { Ending::NotDone })
}

/// It runs, and nothing passed by it so far.
const NOT_YET: &str = "not-used-yet";

struct Finding {
    kind: &'static str,
    intent: Option<String>,
    text: String,
}

fn waiting(service: &Office, now: Moment) -> anyhow::Result<Vec<Finding>> {
    let is_access = |story: &Story| matches!(story.intent.deed, Deed::Govern { change: Governance::GrantAccess { .. } });
    let waiting = service.book.held()?.into_iter().filter(|story| is_access(story) && story.waits(now));
    Ok(waiting
        .map(|story| {
            let id = words::short(&story.intent.id);
            let needs = story.quorum().map(|quorum| quorum.words()).unwrap_or_default();
            let text = format!("waits for {needs}: {} · countersign show {id} · countersign sign {id} · countersign refuse {id} --why …", words::safe(&story.intent.deed.line()));
            Finding { kind: "waits", intent: Some(story.intent.id.to_string()), text }
        })
        .collect())
}

fn unused(recent: &[&Granted], used: &[Use], now: Moment) -> Vec<Finding> {
    let is_used = |granted: &Granted| used.iter().any(|used| used.by.contains(&granted.intent));
    let unused = recent.iter().filter(|granted| !is_used(granted));
    unused
        .map(|granted| {
            let (holder, what, id) = (granted.access.holder(), granted.access.words(), words::short(&granted.intent));
            let (kind, text) = match granted.holds(now) {
                true => (NOT_YET, format!("not used yet: {holder} may {what} until {} [{id}] · countersign access revoke {id}", granted.until.text())),
                false => ("unused", format!("never used: {holder} was let {what} at {} [{id}]", granted.since.text())),
            };
            Finding { kind, intent: Some(granted.intent.to_string()), text: words::safe(&text) }
        })
        .collect()
}

fn standing(recent: &[&Granted]) -> Vec<Finding> {
    let mut days: BTreeMap<(&PersonId, &EnvironmentName), Vec<u64>> = BTreeMap::new();
    for granted in recent {
        let known = days.entry((&granted.access.person, &granted.access.environment)).or_default();
        known.push(granted.since.0 / DAY);
        known.dedup();
    }
    let often = days.into_iter().filter(|(_, days)| days.len() >= STANDING_DAYS);
    often
        .map(|((person, environment), days)| {
            let text = format!("standing in all but name: {person} was granted access to {environment} on {} of the last {DAYS} days", days.len());
            Finding { kind: "standing", intent: None, text: words::safe(&text) }
        })
        .collect()
}
