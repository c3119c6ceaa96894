//! `countersign access`

use action::{Access, AgentName, EnvironmentName, Governance, IntentId, Moment, PersonId, Verb};
use agent::Office;
use agent::access::{Use, uses};
use anyhow::{Context, bail};
use clap::{Subcommand, ValueEnum};
use guard::Granted;
use serde_json::{Value, json};

use crate::args::Common;
use crate::clock;
use crate::governing::{change, moment, seconds};
use crate::home::Home;
use crate::screen::{self, DIM, Ending, GOOD, Misuse, WARN};
use crate::words;

mod review;

/// Ask for access to an environment for a while, and see who has it, had it and used it.
///
/// Nobody has standing access: what is done in an environment is signed for each time, or within access that was granted. Granted access
/// stands for a peer's signature where nothing is lost; what is deleted, replaced or irreversible is signed for all the same.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign access request --env staging --actions read,update --resources 'database:orders-*' --for 1h --why 'order 4711'\n  countersign access list\n  countersign access review\n  countersign access revoke 3f2a\n  countersign access report --since 2026-11-01T00:00:00Z --json\n\nExit code 1: it was refused, or others must sign it too; its id is printed. `review`: something was found.")]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Ask for access, for you or for an agent that acts for you; a peer must agree.
    ///
    /// Access to everything (`*`), or for more than four hours, takes two peers, one of them an owner of the environment.
    Request {
        /// Where; a name without a region is all of its regions.
        #[arg(long = "env", value_name = "ENVIRONMENT")]
        environment: String,
        /// To do what.
        #[arg(long, visible_alias = "action", value_delimiter = ',', required = true, value_enum)]
        actions: Vec<Action>,
        /// To what: `KIND`, `KIND:NAME` where `*` stands for any text, or `*` for everything. `countersign read` says what kind a thing is.
        #[arg(long, visible_alias = "resource", value_delimiter = ',', required = true)]
        resources: Vec<String>,
        /// For how long, from the moment at which the last one signs: `30m`, `1h`; at most 24 hours.
        #[arg(long = "for", value_name = "TIME")]
        span: String,
        /// What for. Those who are to agree judge by it.
        #[arg(long)]
        why: String,
        /// Only for this agent of yours; for you and each agent that acts for you by default.
        #[arg(long)]
        agent: Option<String>,
    },
    /// List who has access now.
    List {
        /// Also what is over.
        #[arg(long)]
        all: bool,
    },
    /// Find access that was never used, or that is renewed so often that it is standing, and what waits for a signature.
    Review,
    /// End access before its time. Anybody who signs here may; it takes effect at once.
    Revoke {
        /// The intent by which it was granted; the first digits are enough.
        id: String,
    },
    /// For the auditor: who had access to what, when and why, who agreed, and what was done with it.
    Report {
        /// What was granted from then on: RFC 3339; everything by default.
        #[arg(long, value_name = "TIME")]
        since: Option<String>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Action {
    Read,
    Create,
    Update,
    Execute,
}

pub(crate) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let home = Home::find(common)?;
    let service = home.service()?;
    crate::alarm::sound(common, &home, &service)?;
    let wanted = match &args.what {
        What::List { all } => return list(common, &service, *all),
        What::Review => return review::run(common, &service),
        What::Report { since } => return report(common, &service, since.as_deref()),
        What::Request { environment, actions, resources, span, why, agent } => Governance::GrantAccess {
            access: Access {
                person: home.person(&service)?,
                agent: agent.as_deref().map(|name| super::init::check_name(name).map(|()| AgentName::new(name))).transpose()?,
                environment: EnvironmentName::new(environment),
                verbs: actions.iter().map(|action| action.verb()).collect(),
                resources: resources.clone(),
                seconds: seconds(span)?,
                why: why.clone(),
            },
        },
        What::Revoke { id } => revoke(&service, id)?,
    };
    change(common, &home, &service, wanted)
}

impl Action {
    fn verb(self) -> Verb {
        match self {
            Self::Read => Verb::Read,
            Self::Create => Verb::Create,
            Self::Update => Verb::Update,
            Self::Execute => Verb::Execute,
        }
    }
}

fn revoke(service: &Office, id: &str) -> anyhow::Result<Governance> {
    let roster = service.book.roster()?;
    let known: Vec<&Granted> = roster.standing().accesses().iter().filter(|granted| granted.intent.as_str().starts_with(id)).collect();
    match known.as_slice() {
        [one] if one.holds(clock::now()) => Ok(Governance::RevokeAccess { person: one.access.person.clone(), access: one.intent.clone() }),
        [one] => bail!("{}'s access {} is over already", one.access.person, words::short(&one.intent)),
        [] => bail!(Misuse(format!("no access was granted by `{}`\nhint: `countersign access list` lists them", words::safe(id)))),
        _ => bail!(Misuse(format!("`{}` is the beginning of several\nhint: give more of its digits", words::safe(id)))),
    }
}

fn list(common: &Common, service: &Office, all: bool) -> anyhow::Result<Ending> {
    let (roster, now) = (service.book.roster()?, clock::now());
    let known: Vec<&Granted> = roster.standing().accesses().iter().filter(|granted| all || granted.holds(now)).collect();
    if known.is_empty() && !common.json {
        screen::say_in(DIM, "nobody has access to an environment now: each thing done there is signed for");
    }
    for granted in known {
        match common.json {
            true => screen::json(&json_of(granted, now)),
            false => lines(granted, now).iter().for_each(|line| screen::say(line)),
        }
    }
    Ok(Ending::Done)
}

fn lines(granted: &Granted, now: Moment) -> Vec<String> {
    let access = &granted.access;
    let state = match granted.revoked {
        Some(at) => format!("revoked {}", at.text()),
        None if granted.holds(now) => format!("until {}", granted.until.text()),
        None => format!("ended {}", granted.until.text()),
    };
    let first = format!("{}  {:<10} {}  ({state})", words::short(&granted.intent), words::safe(&access.holder()), words::safe(&access.words()));
    vec![first, format!("{:<14}because: {}", "", words::safe(&access.why))]
}

fn json_of(granted: &Granted, now: Moment) -> Value {
    let holds = granted.holds(now);
    json!({"access": granted.intent, "grant": granted.access, "since": granted.since, "until": granted.until, "revoked": granted.revoked, "holds": holds})
}

fn report(common: &Common, service: &Office, since: Option<&str>) -> anyhow::Result<Ending> {
    let since = since.map(|text| moment(Some(text))).transpose()?.unwrap_or(Moment(0));
    let (roster, now, used) = (service.book.roster()?, clock::now(), uses(service, since)?);
    let granted: Vec<&Granted> = roster.standing().accesses().iter().filter(|granted| granted.since >= since).collect();
    for one in &granted {
        let agreed = agreed(service, &one.intent)?;
        let used: Vec<&Use> = used.iter().filter(|used| used.by.contains(&one.intent)).collect();
        if common.json {
            let mut value = json_of(one, now);
            value["agreed"] = json!(agreed);
            value["uses"] = used.iter().map(|used| json_of_use(used)).collect();
            screen::json(&value);
            continue;
        }
        lines(one, now).iter().for_each(|line| screen::say(line));
        screen::say(&format!("{:<14}granted {}, agreed to by {}", "", one.since.text(), agreed.iter().map(PersonId::as_str).collect::<Vec<_>>().join(", ")));
        used.iter().for_each(|used| screen::say(&format!("{:<14}{} {} {}: {}", "", used.at.text(), words::short(&used.intent), words::safe(used.agent.as_str()), words::safe(&used.line))));
        if used.is_empty() {
            screen::say_in(if one.holds(now) { DIM } else { WARN }, &format!("{:<14}never used", ""));
        }
    }
    if !common.json {
        screen::say_in(GOOD, &format!("{} of access, {}; each is on the ledger, and `countersign ledger verify` counts its signatures again", words::counted(granted.len(), "grant"), words::counted(used.iter().filter(|used| !used.by.is_empty()).count(), "use")));
    }
    Ok(Ending::Done)
}

fn json_of_use(used: &Use) -> Value {
    json!({"intent": used.intent, "session": used.session, "at": used.at, "person": used.person, "agent": used.agent, "effect": used.line})
}

/// Who signed for it, besides who has it.
fn agreed(service: &Office, id: &IntentId) -> anyhow::Result<Vec<PersonId>> {
    let story = service.book.story(id)?.with_context(|| format!("intent {id} is not on the ledger"))?;
    Ok(story.answers.into_iter().map(|(person, _)| person).filter(|person| *person != story.intent.asked_by).collect())
}
