//! `countersign env`

use std::path::PathBuf;

use action::{Environment, EnvironmentName, Event, Generation, Role, Tier};
use anyhow::bail;
use clap::{Subcommand, ValueEnum};

use crate::args::Common;
use crate::home::Home;
use crate::screen::{self, Ending, GOOD};

/// List the environments, or map places to one.
///
/// What touches a mapped path, host or git remote is judged by the environment's tier.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign env\n  countersign env add production/region-1 --tier production --path /srv/region-1 --recovery /backup/region-1\n  countersign env add production --tier production --remote git@example.com:team/app.git#main")]
pub(crate) struct Args {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Map an environment, or change its mapping; its generation grows, and permits of the old one are void.
    Add {
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
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum TierWord {
    Development,
    Staging,
    Production,
}

pub(crate) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let home = Home::find(common)?;
    match &args.what {
        None => list(common, &home),
        Some(What::Add { name, tier, paths, hosts, remotes, recovery, identities }) => {
            let environment = Environment {
                name: EnvironmentName::new(name),
                tier: tier.tier(),
                paths: texts(paths)?,
                hosts: hosts.clone(),
                remotes: remotes.clone(),
                recovery: texts(recovery)?,
                identities: identities.clone(),
            };
            add(common, &home, environment)
        }
    }
}

fn list(common: &Common, home: &Home) -> anyhow::Result<Ending> {
    for (environment, generation) in home.service()?.book.environments()? {
        match common.json {
            true => screen::json(&serde_json::json!({"environment": environment, "generation": generation})),
            false => {
                let places: Vec<String> = [&environment.paths, &environment.hosts, &environment.remotes, &environment.identities].into_iter().flatten().cloned().collect();
                screen::say(&format!("{:<24} {:<12} generation {:<3} {}", environment.name.to_string(), environment.tier.to_string(), generation.0, places.join(", ")));
            }
        }
    }
    Ok(Ending::Done)
}

fn add(common: &Common, home: &Home, environment: Environment) -> anyhow::Result<Ending> {
    for part in environment.name.as_str().split('/') {
        super::init::check_name(part)?;
    }
    if environment.paths.is_empty() && environment.hosts.is_empty() && environment.remotes.is_empty() && environment.identities.is_empty() {
        bail!(screen::Misuse("an environment needs a --path, --host, --remote or --identity that is it".into()));
    }
    let reserved = [EnvironmentName::workspace(), EnvironmentName::host(), EnvironmentName::worktree(), EnvironmentName::unknown()];
    if reserved.contains(&environment.name) {
        bail!(screen::Misuse(format!("`{}` is a name of ours; choose another", environment.name)));
    }
    let service = home.service()?;
    let by = home.person(&service)?;
    if !service.book.roster()?.roles(&by).contains(&Role::Admin) {
        bail!("`{by}` is not an admin, and only an admin maps environments");
    }
    let generation = Generation(service.book.generation(&environment.name)?.0 + 1);
    service.book.write(&[Event::Mapped { environment: environment.clone(), generation, by }])?;
    match common.json {
        true => screen::json(&serde_json::json!({"environment": environment, "generation": generation})),
        false => screen::say_in(GOOD, &format!("✓ {} is mapped ({}, generation {})", environment.name, environment.tier, generation.0)),
    }
    for gone in environment.paths.iter().chain(&environment.recovery).filter(|path| !std::path::Path::new(path).exists()) {
        screen::complain(&format!("`{}` is not there now; it is mapped all the same", crate::words::safe(gone)));
    }
    Ok(Ending::Done)
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
