//! `countersign env`

use std::path::PathBuf;

use action::{Environment, EnvironmentName, Freeze, Generation, Governance, Moment, PersonId, Terms, Tier};
use agent::Office;
use anyhow::{Context, bail};
use clap::{Subcommand, ValueEnum};
use guard::Standing;

use crate::args::Common;
use crate::clock;
use crate::governing::{change, moment, seconds};
use crate::home::Home;
use crate::screen::{self, DIM, Ending, Misuse, WARN};
use crate::words;

/// List the environments, map places to one, or freeze one.
///
/// What touches a mapped path, host or git remote is judged by the environment's tier. Each change is an intent that you sign as you ask for
/// it, and others where it needs them: mapping and thawing give something, freezing takes one admin.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign env\n  countersign env add production/region-1 --tier production --path /srv/region-1 --recovery /backup/region-1\n  countersign env add production --tier production --remote git@example.com:team/app.git#main --owner olga\n  countersign env add production --tier production --host db.example --other-team --team security=1 --hardware-keys\n  countersign env freeze production --for 3d --why 'quarter end'\n  countersign env thaw production\n  countersign env remove staging\n\nExit code 1: it was refused, or others must sign it too; its id is printed.")]
pub(crate) struct Args {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Map an environment, or change its mapping; its generation grows, and permits of the old one are void.
    Add(Mapping),
    /// Unmap an environment. What was it is then of this machine, or a host that nobody knows, which is judged as production.
    Remove {
        /// Its name.
        name: String,
    },
    /// Freeze an environment: for that time nothing leaves the box for it, whoever signs.
    Freeze {
        /// Its name; one without a region is all of its regions.
        name: String,
        /// From when on: RFC 3339; now by default.
        #[arg(long, value_name = "TIME")]
        from: Option<String>,
        /// Until when: RFC 3339.
        #[arg(long, value_name = "TIME", conflicts_with = "span", required_unless_present = "span")]
        until: Option<String>,
        /// For how long: `3d`, `12h`.
        #[arg(long = "for", value_name = "TIME")]
        span: Option<String>,
        /// What for.
        #[arg(long)]
        why: String,
    },
    /// End a freeze before its time.
    Thaw {
        /// The environment's name, as it was frozen.
        name: String,
        /// Which of several: the moment from which it is frozen, RFC 3339.
        #[arg(long, value_name = "TIME")]
        from: Option<String>,
    },
}

#[derive(Debug, clap::Args)]
struct Mapping {
    /// Its name: `staging`, `production/region-1`.
    name: String,
    /// How much it matters.
    #[arg(long, value_enum)]
    tier: TierWord,
    /// Path prefixes that are it; the first is where changes land.
    #[arg(long = "path")]
    paths: Vec<PathBuf>,
    /// Host names that are it.
    #[arg(long = "host")]
    hosts: Vec<String>,
    /// Git remote URLs that are it, `URL` or `URL#branch`.
    #[arg(long = "remote")]
    remotes: Vec<String>,
    /// Paths that hold its recovery points; one inside it does not count.
    #[arg(long = "recovery")]
    recovery: Vec<PathBuf>,
    /// What clouds and tools call it: `aws:ACCOUNT[/REGION]`, `gcp:PROJECT`, `azure:SUBSCRIPTION`, `state:LINEAGE`.
    #[arg(long = "identity")]
    identities: Vec<String>,
    /// The only owners whose signature counts as an owner's there; all owners by default.
    #[arg(long = "owner", value_name = "PERSON")]
    owners: Vec<String>,
    /// Whoever is in a team with the person who asked does not agree as a peer there.
    #[arg(long)]
    other_team: bool,
    /// What takes two people there is signed with hardware keys (`sk-…`).
    #[arg(long)]
    hardware_keys: bool,
    /// Of those who agree there, so many must be of this team; one by default.
    #[arg(long = "team", value_name = "TEAM[=N]")]
    teams: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum TierWord {
    Development,
    Staging,
    Production,
}

pub(crate) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let home = Home::find(common)?;
    let service = home.service()?;
    let roster = service.book.roster()?;
    let standing = roster.standing();
    let wanted = match &args.what {
        None => return list(common, &home, &service, standing),
        Some(What::Add(mapping)) => add(standing, mapping)?,
        Some(What::Remove { name }) => {
            let environment = Box::new(known(standing, name)?.clone());
            let generation = next(standing, &environment.name);
            Governance::RemoveEnvironment { environment, generation }
        }
        Some(What::Freeze { name, from, until, span, why }) => freeze(name, from.as_deref(), until.as_deref(), span.as_deref(), why)?,
        Some(What::Thaw { name, from }) => Governance::Thaw { freeze: frozen(standing, name, from.as_deref())? },
    };
    change(common, &home, &service, wanted)
}

fn list(common: &Common, home: &Home, service: &Office, standing: &Standing) -> anyhow::Result<Ending> {
    crate::alarm::sound(common, home, service)?;
    let now = clock::now();
    for (environment, generation) in standing.environments() {
        let freezes: Vec<&Freeze> = standing.freezes().iter().filter(|freeze| freeze.environment.includes(&environment.name) && now < freeze.until).collect();
        if common.json {
            screen::json(&serde_json::json!({"environment": environment, "generation": generation, "freezes": freezes}));
            continue;
        }
        let places: Vec<String> = environment.places().map(|place| words::safe(place)).collect();
        screen::say(&format!("{:<24} {:<12} generation {:<3} {}", environment.name.to_string(), environment.tier.to_string(), generation.0, places.join(", ")));
        if !environment.owners.is_empty() {
            let owners: Vec<&str> = environment.owners.iter().map(PersonId::as_str).collect();
            screen::say_in(DIM, &format!("{:<24} owned by {}", "", owners.join(", ")));
        }
        for term in environment.terms.words() {
            screen::say_in(DIM, &format!("{:<24} {}", "", words::safe(&term)));
        }
        for freeze in freezes {
            let since = if freeze.from <= now { "frozen" } else { "will be frozen" };
            screen::say_in(WARN, &format!("{:<24} {since} from {} until {}: {}", "", freeze.from.text(), freeze.until.text(), words::safe(&freeze.why)));
        }
    }
    Ok(Ending::Done)
}

fn add(standing: &Standing, mapping: &Mapping) -> anyhow::Result<Governance> {
    for part in mapping.name.split('/') {
        super::init::check_name(part)?;
    }
    let environment = Environment {
        name: EnvironmentName::new(&mapping.name),
        tier: mapping.tier.tier(),
        paths: texts(&mapping.paths)?,
        hosts: mapping.hosts.clone(),
        remotes: mapping.remotes.clone(),
        recovery: texts(&mapping.recovery)?,
        identities: mapping.identities.clone(),
        owners: mapping.owners.iter().map(PersonId::new).collect(),
        terms: Terms { other_team: mapping.other_team, hardware: mapping.hardware_keys, teams: mapping.teams.iter().map(|text| share(text)).collect::<anyhow::Result<_>>()? },
    };
    if environment.places().next().is_none() {
        bail!(Misuse("an environment needs a --path, --host, --remote or --identity that is it".into()));
    }
    if environment.name.is_reserved() {
        bail!(Misuse(format!("`{}` is a name of ours; choose another", environment.name)));
    }
    for gone in environment.paths.iter().chain(&environment.recovery).filter(|path| !std::path::Path::new(path).exists()) {
        screen::complain(&format!("`{}` is not there now; it is mapped all the same", words::safe(gone)));
    }
    let (before, generation) = (standing.environment(&environment.name).cloned(), next(standing, &environment.name));
    Ok(Governance::SetEnvironment { environment: Box::new(environment), before: before.map(Box::new), generation })
}

/// A team, and how many of it: `security`, `security=2`.
fn share(text: &str) -> anyhow::Result<(String, u8)> {
    let (team, people) = text.split_once('=').unwrap_or((text, "1"));
    let people: Option<u8> = people.parse().ok().filter(|people| *people > 0);
    match people {
        Some(people) if !team.is_empty() => Ok((team.to_owned(), people)),
        _ => bail!(Misuse(format!("`{}` is no team with a number of people\nhint: write it as security or security=2", words::safe(text)))),
    }
}

fn next(standing: &Standing, name: &EnvironmentName) -> Generation {
    Generation(standing.generation(name).0 + 1)
}

fn known<'s>(standing: &'s Standing, name: &str) -> anyhow::Result<&'s Environment> {
    standing.environment(&EnvironmentName::new(name)).with_context(|| Misuse(format!("`{}` is no environment here\nhint: `countersign env` lists them", words::safe(name))))
}

fn freeze(name: &str, from: Option<&str>, until: Option<&str>, span: Option<&str>, why: &str) -> anyhow::Result<Governance> {
    let from = moment(from)?;
    let until = match (until, span) {
        (Some(until), _) => moment(Some(until))?,
        (None, Some(span)) => from.plus_seconds(seconds(span)?),
        (None, None) => bail!(Misuse("until when? --until TIME or --for TIME".into())),
    };
    Ok(Governance::Freeze { freeze: Freeze { environment: EnvironmentName::new(name), from, until, why: why.to_owned() } })
}

fn frozen(standing: &Standing, name: &str, from: Option<&str>) -> anyhow::Result<Freeze> {
    let now = clock::now();
    let from: Option<Moment> = from.map(|text| moment(Some(text))).transpose()?;
    let known = standing.freezes().iter().filter(|freeze| freeze.environment.as_str() == name && now < freeze.until);
    let known: Vec<&Freeze> = known.filter(|freeze| from.is_none_or(|from| freeze.from.0 / 1000 == from.0 / 1000)).collect();
    match known.as_slice() {
        [one] => Ok((*one).clone()),
        [] => bail!(Misuse(format!("no such freeze of `{}` is there now or to come\nhint: `countersign env` lists them", words::safe(name)))),
        several => {
            let from: Vec<String> = several.iter().map(|freeze| freeze.from.text().replace(' ', "T")).collect();
            bail!(Misuse(format!("`{}` is frozen {} times\nhint: say which with --from: {}", words::safe(name), several.len(), from.join(", "))))
        }
    }
}

fn texts(paths: &[PathBuf]) -> anyhow::Result<Vec<String>> {
    paths
        .iter()
        .map(|path| {
            let real = std::fs::canonicalize(path).or_else(|_| std::path::absolute(path))?;
            real.to_str().map(str::to_owned).ok_or_else(|| anyhow::anyhow!("`{}` is not UTF-8", real.display()))
        })
        .collect()
}

impl TierWord {
    fn tier(self) -> Tier {
        match self {
            Self::Development => Tier::Development,
            Self::Staging => Tier::Staging,
            Self::Production => Tier::Production,
        }
    }
}
