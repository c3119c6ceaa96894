//! `countersign people deputy`

use action::{Deputy, Governance, PersonId};
use agent::Office;
use anyhow::{Context, bail};
use serde_json::json;

use crate::args::Common;
use crate::clock;
use crate::governing::{moment, seconds};
use crate::screen::{self, DIM, Ending, Misuse};
use crate::words;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign people deputy\n  countersign people deputy ben --for olga --until 2026-12-18T08:00:00Z --why 'on holiday'\n  countersign people deputy ben --for olga --days 10 --why 'on holiday'\n  countersign people deputy ben --for olga --end")]
pub(super) struct Args {
    /// Who does it.
    #[arg(requires = "away")]
    deputy: Option<String>,
    /// Whose duty.
    #[arg(long = "for", value_name = "PERSON", requires = "deputy")]
    away: Option<String>,
    /// From when on: RFC 3339; now by default.
    #[arg(long, value_name = "TIME", conflicts_with = "end")]
    from: Option<String>,
    /// Until when: RFC 3339; at most 60 days.
    #[arg(long, value_name = "TIME", conflicts_with_all = ["days", "end"])]
    until: Option<String>,
    /// For how many days.
    #[arg(long, value_name = "N", conflicts_with = "end")]
    days: Option<u32>,
    /// What for.
    #[arg(long, conflicts_with = "end")]
    why: Option<String>,
    /// End it before its time. Anybody who signs here may.
    #[arg(long, requires = "deputy")]
    end: bool,
}

/// What is asked for; nothing where they are to be listed.
pub(super) fn wanted(service: &Office, args: &Args) -> anyhow::Result<Option<Governance>> {
    let (Some(deputy), Some(person)) = (&args.deputy, &args.away) else { return Ok(None) };
    let (deputy, person) = (PersonId::new(deputy), PersonId::new(person));
    if args.end {
        return Ok(Some(Governance::EndDeputy { deputy: running(service, &deputy, &person)? }));
    }
    let from = moment(args.from.as_deref())?;
    let until = match (&args.until, args.days) {
        (Some(until), _) => moment(Some(until))?,
        (None, Some(days)) => from.plus_seconds(seconds(&format!("{days}d"))?),
        (None, None) => bail!(Misuse("until when? --until TIME or --days N".into())),
    };
    let why = args.why.clone().context(Misuse("what for? --why 'on holiday'".into()))?;
    Ok(Some(Governance::SetDeputy { deputy: Deputy { person, deputy, from, until, why } }))
}

/// The one that is not over yet.
fn running(service: &Office, deputy: &PersonId, person: &PersonId) -> anyhow::Result<Deputy> {
    let (roster, now) = (service.book.roster()?, clock::now());
    let meant = |known: &&Deputy| known.deputy == *deputy && known.person == *person && now < known.until;
    let found = roster.standing().deputies().iter().find(meant).cloned();
    found.with_context(|| Misuse(format!("`{deputy}` does not do `{person}`'s duty, now or later\nhint: `countersign people deputy` lists who does whose")))
}

pub(super) fn list(common: &Common, service: &Office) -> anyhow::Result<Ending> {
    let (roster, now) = (service.book.roster()?, clock::now());
    let known: Vec<&Deputy> = roster.standing().deputies().iter().filter(|known| now < known.until).collect();
    if known.is_empty() && !common.json {
        screen::say_in(DIM, "nobody does another's duty: each counts as themselves alone");
    }
    for one in known {
        let holds = one.holds(now);
        if common.json {
            screen::json(&json!({"deputy": one, "holds": holds}));
            continue;
        }
        let word = if holds { "does" } else { "will do" };
        let (deputy, person) = (words::safe(one.deputy.as_str()), words::safe(one.person.as_str()));
        screen::say(&format!("{deputy:<16} {word} {person}'s duty from {} until {}", one.from.text(), one.until.text()));
        screen::say_in(DIM, &format!("{:<16} because: {}", "", words::safe(&one.why)));
    }
    Ok(Ending::Done)
}
