//! `countersign people`

use std::path::PathBuf;

use action::{Event, PersonId, Role};
use anyhow::{Context, bail};
use clap::{Subcommand, ValueEnum};

use crate::args::Common;
use crate::home::{Home, public_key};
use crate::screen::{self, Ending, GOOD};

/// List who is enrolled, or enrol somebody.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign people\n  countersign people add ben --public-key ben.pub\n  countersign people add olga --public-key olga.pub --role engineer --role owner")]
pub(crate) struct Args {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Enrol a person, or give an enrolled person a further key.
    Add {
        /// Their name.
        name: String,
        /// Their OpenSSH public key file.
        #[arg(long = "public-key", visible_alias = "pub", value_name = "FILE")]
        public: PathBuf,
        /// Their roles.
        #[arg(long = "role", value_enum, default_values_t = [RoleWord::Engineer])]
        roles: Vec<RoleWord>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RoleWord {
    Engineer,
    Owner,
    Admin,
}

pub(crate) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let home = Home::find(common)?;
    match &args.what {
        None => list(common, &home),
        Some(What::Add { name, public, roles }) => {
            add(&home, name, public, roles)
        }
    }
}

fn list(common: &Common, home: &Home) -> anyhow::Result<Ending> {
    let roster = home.service()?.book.roster()?;
    for person in roster.people() {
        let roles: Vec<String> = roster.roles(person).iter().map(|role| format!("{role:?}").to_lowercase()).collect();
        let keys: Vec<String> = roster.keys_of(person).iter().map(|key| key.fingerprint(ssh_key::HashAlg::Sha256).to_string()).collect();
        match common.json {
            true => screen::json(&serde_json::json!({"person": person, "roles": roles, "keys": keys})),
            false => screen::say(&format!("{:<16} {:<22} {}", person.to_string(), roles.join(", "), keys.join(", "))),
        }
    }
    Ok(Ending::Done)
}

fn add(home: &Home, name: &str, file: &std::path::Path, roles: &[RoleWord]) -> anyhow::Result<Ending> {
    super::init::check_name(name)?;
    let service = home.service()?;
    let roster = service.book.roster()?;
    let by = home.person(&service)?;
    if !roster.roles(&by).contains(&Role::Admin) {
        bail!("`{by}` is not an admin, and only an admin enrols people");
    }
    let key = public_key(file)?;
    if let Some(owner) = roster.person_of(&key) {
        bail!("this key is `{owner}`'s already; one key is one person");
    }
    let roles: Vec<Role> = roles.iter().map(|word| word.role()).collect();
    let key = key.to_openssh().context("the key has no OpenSSH form")?;
    service.book.write(&[Event::Enrolled { person: PersonId::new(name), key, roles, by }])?;
    screen::say_in(GOOD, &format!("✓ {name} is enrolled"));
    Ok(Ending::Done)
}

impl RoleWord {
    fn role(self) -> Role {
        match self {
            Self::Engineer => Role::Engineer,
            Self::Owner => Role::Owner,
            Self::Admin => Role::Admin,
        }
    }
}
