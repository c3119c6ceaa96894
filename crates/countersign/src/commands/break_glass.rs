//! `countersign break-glass`

use action::{EnvironmentName, Glass, Governance, Moment};
use agent::access::{Use, uses};
use agent::Office;
use anyhow::bail;
use clap::Subcommand;
use guard::Broken;
use serde_json::json;

use crate::args::Common;
use crate::clock;
use crate::governing::{change, seconds};
use crate::home::Home;
use crate::screen::{self, DIM, Ending, Misuse, WARN};
use crate::words;

/// In an emergency, let your work pass a freeze for a short while; two owners must agree.
///
/// Nothing else is loosened: what needs signatures needs them all the same. It is said to everybody who looks at what waits, a
/// correction-of-error report is opened with it, and a review is owed that somebody else signs.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign break-glass request --env production --for 30m --why 'payments are down, incident 812'\n  countersign break-glass list\n  countersign break-glass review 3f2a --found 'one fix of 4 lines, as asked'\n\nExit code 1: it was refused, or others must sign it too; its id is printed.")]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Ask for it.
    Request {
        /// Where; a name without a region is all of its regions.
        #[arg(long = "env", value_name = "ENVIRONMENT")]
        environment: String,
        /// For how long, from the moment at which the last one signs: `30m`; at most 4 hours.
        #[arg(long = "for", value_name = "TIME")]
        span: String,
        /// What happened.
        #[arg(long)]
        why: String,
    },
    /// List what was ever broken, with what was done meanwhile.
    List,
    /// Say what a review found; somebody else than whose work went on must sign it.
    Review {
        /// The intent by which it was broken; the first digits are enough.
        id: String,
        /// What was found.
        #[arg(long)]
        found: String,
    },
}

pub(crate) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let home = Home::find(common)?;
    let service = home.service()?;
    let wanted = match &args.what {
        What::List => return list(common, &service),
        What::Request { environment, span, why } => {
            let person = home.person(&service)?;
            Governance::BreakGlass { glass: Glass { person, environment: EnvironmentName::new(environment), seconds: seconds(span)?, why: why.clone() } }
        }
        What::Review { id, found } => {
            let broken = named(&service, id)?;
            Governance::ReviewGlass { person: broken.glass.person, glass: broken.intent, finding: found.clone() }
        }
    };
    change(common, &home, &service, wanted)
}

fn named(service: &Office, id: &str) -> anyhow::Result<Broken> {
    let roster = service.book.roster()?;
    let known: Vec<&Broken> = roster.standing().glasses().iter().filter(|broken| broken.intent.as_str().starts_with(id)).collect();
    match known.as_slice() {
        [one] => Ok((*one).clone()),
        [] => bail!(Misuse(format!("no glass was broken by `{}`\nhint: `countersign break-glass list` lists them", words::safe(id)))),
        _ => bail!(Misuse(format!("`{}` is the beginning of several\nhint: give more of its digits", words::safe(id)))),
    }
}

fn list(common: &Common, service: &Office) -> anyhow::Result<Ending> {
    let roster = service.book.roster()?;
    let used = uses(service, Moment(0))?;
    let all = roster.standing().glasses();
    if all.is_empty() && !common.json {
        screen::say_in(DIM, "no glass was ever broken here");
    }
    for broken in all {
        let done: Vec<&Use> = used.iter().filter(|used| used.through.contains(&broken.intent)).collect();
        match common.json {
            true => screen::json(&json!({
                "glass": broken.intent, "broken": broken.glass, "since": broken.since, "until": broken.until, "finding": broken.finding,
                "done": done.iter().map(|used| json!({"intent": used.intent, "at": used.at, "agent": used.agent, "effect": used.line})).collect::<Vec<_>>(),
            })),
            false => told(broken, &done),
        }
    }
    Ok(Ending::Done)
}

fn told(broken: &Broken, done: &[&Use]) {
    let glass = &broken.glass;
    let state = if clock::now() < broken.until { "until" } else { "ended" };
    screen::say(&format!("{}  {} for {} ({state} {}): {}", words::short(&broken.intent), words::safe(glass.environment.as_str()), words::safe(glass.person.as_str()), broken.until.text(), words::safe(&glass.why)));
    done.iter().for_each(|used| screen::say(&format!("{:<14}{} {} {}: {}", "", used.at.text(), words::short(&used.intent), words::safe(used.agent.as_str()), words::safe(&used.line))));
    match &broken.finding {
        Some(finding) => screen::say_in(DIM, &format!("{:<14}reviewed: {}", "", words::safe(finding))),
        None => screen::say_in(WARN, &format!("{:<14}a review is owed: countersign break-glass review {} --found …", "", words::short(&broken.intent))),
    }
}
