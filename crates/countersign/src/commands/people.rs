//! `countersign people`

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use action::{Governance, PersonId, Role};
use agent::Office;
use anyhow::{Context, bail};
use clap::{Subcommand, ValueEnum};
use guard::{EnrolledKey, Person, Roster};
use ssh_key::{HashAlg, PublicKey};

use crate::args::Common;
use crate::clock;
use crate::governing::{self, change, moment, spelled};
use crate::home::{Home, public_key};
use crate::offline;
use crate::passkeys;
use crate::screen::{self, DIM, Ending, GOOD, Misuse};
use crate::words;

mod deputy;

/// List who is enrolled, or change who may do what.
///
/// Each change is an intent: you sign it with your key as you ask for it, and others sign it where it needs them. Taking away is quick: one
/// admin, or you for a key of yours. Giving is slow: as soon as there has been a second admin, it takes two people, one of them an admin who
/// neither asked for it nor gains by it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign people --all\n  countersign people add ben --public-key ben.pub\n  countersign people add olga --public-key olga.pub --role engineer --role owner\n  countersign people add ci --public-key ci.pub --service\n  countersign people passkey ben --out ask.json\n  countersign people add ben --passkey answer.json\n  countersign people rotate ben --public-key new.pub\n  countersign people revoke ben SHA256:YMjp --from 2026-11-23T15:00:00Z\n  countersign people roles ben --role engineer --role owner\n  countersign people deputy ben --for olga --until 2026-12-18T08:00:00Z --why 'on holiday'\n  countersign people remove ben\n\nExit code 1: it was refused, or others must sign it too; its id is printed.")]
pub(crate) struct Args {
    /// Also who was removed, and keys that were revoked.
    #[arg(long)]
    all: bool,
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Enrol a person, or give an enrolled person a further key.
    Add {
        /// Their name.
        name: String,
        #[command(flatten)]
        key: NewKey,
        /// Their roles; `engineer` by default.
        #[arg(long = "role", value_enum)]
        roles: Vec<RoleWord>,
        /// A program's account: it may ask, and never countersigns.
        #[arg(long, conflicts_with = "roles")]
        service: bool,
    },
    /// Write what a browser is asked to make a passkey of; its answer is enrolled with `add` or `rotate`, within an hour.
    Passkey {
        /// For whom.
        name: String,
        /// Where to; to standard output by default.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Put a new key in the place of an old one.
    Rotate {
        /// Whose.
        name: String,
        #[command(flatten)]
        key: NewKey,
        /// The old one: its fingerprint or the beginning of it, or its file; not needed where they have one key.
        #[arg(long, value_name = "KEY")]
        old: Option<String>,
        /// From when on the old one signs nothing: RFC 3339; now by default.
        #[arg(long, value_name = "TIME")]
        from: Option<String>,
    },
    /// Take a key away. What it signed before stays signed; what it signs from then on does not count.
    Revoke {
        /// Whose.
        name: String,
        /// The key: its fingerprint or the beginning of it, or its file; not needed where they have one key.
        #[arg(value_name = "KEY")]
        which: Option<String>,
        /// From when on it signs nothing: RFC 3339, past or to come; now by default.
        #[arg(long, value_name = "TIME")]
        from: Option<String>,
    },
    /// Say which roles somebody holds from now on.
    Roles {
        /// Whose.
        name: String,
        /// All of them.
        #[arg(long = "role", value_enum, required = true)]
        roles: Vec<RoleWord>,
    },
    /// List who does whose duty, or let somebody do another's while they are away.
    ///
    /// A deputy counts as the owner, and as of the teams, that the other is: never for what the other asked for, and never beside the
    /// other's own signature, so that nobody counts twice. It ends by itself.
    Deputy(deputy::Args),
    /// Remove somebody. Their history stays; their keys sign nothing, and what waits for them is void.
    Remove {
        /// Who.
        name: String,
    },
}

/// The key that is given.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct NewKey {
    /// The OpenSSH public key file.
    #[arg(long = "public-key", visible_alias = "pub", value_name = "FILE")]
    public: Option<PathBuf>,
    /// A browser's answer to `people passkey`.
    #[arg(long, value_name = "FILE")]
    passkey: Option<PathBuf>,
}

impl NewKey {
    /// The key in its one spelling. An answer of a browser is used up by it.
    fn read(&self, service: &Office, person: &PersonId) -> anyhow::Result<String> {
        match (&self.public, &self.passkey) {
            (Some(file), _) => spelled(&public_key(file)?),
            (None, Some(file)) => spelled(&passkeys::finish(service, person, file)?),
            (None, None) => bail!(Misuse("no key was given".into())),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RoleWord {
    Engineer,
    Owner,
    Admin,
}

pub(crate) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let home = Home::find(common)?;
    let service = home.service()?;
    let wanted = match &args.what {
        None => return list(common, &service, args.all),
        Some(What::Add { name, key, roles, service: is_service }) => add(&home, &service, name, key, roles, *is_service)?,
        Some(What::Passkey { name, out }) => return passkey(common, &service, name, out.as_deref()),
        Some(What::Rotate { name, key, old, from }) => {
            let person = PersonId::new(name);
            let old = key_of(&service.book.roster()?, &person, old.as_deref())?;
            let from = moment(from.as_deref())?;
            home.person(&service)?; // an answer of a browser is used up below, so nothing simple may fail after it
            Governance::RotateKey { key: key.read(&service, &person)?, person, old, from }
        }
        Some(What::Revoke { name, which, from }) => {
            let person = PersonId::new(name);
            let key = key_of(&service.book.roster()?, &person, which.as_deref())?;
            Governance::RevokeKey { person, key, from: moment(from.as_deref())? }
        }
        Some(What::Roles { name, roles }) => roles_change(&service.book.roster()?, PersonId::new(name), roles)?,
        Some(What::Deputy(args)) => match deputy::wanted(&service, args)? {
            Some(wanted) => wanted,
            None => return deputy::list(common, &service),
        },
        Some(What::Remove { name }) => Governance::Remove { person: PersonId::new(name) },
    };
    change(common, &home, &service, wanted)
}

fn list(common: &Common, service: &Office, all: bool) -> anyhow::Result<Ending> {
    let roster = service.book.roster()?;
    for (person, known) in roster.everybody().filter(|(_, known)| all || known.removed.is_none()) {
        let teams: Vec<&str> = roster.teams().iter().filter(|(_, people)| people.contains(person)).map(|(team, _)| team.as_str()).collect();
        let keys: Vec<(PublicKey, &EnrolledKey)> = roster.keys_of(person).into_iter().filter(|(_, key)| all || key.signs_at(clock::now())).collect();
        match common.json {
            true => screen::json(&serde_json::json!({
                "person": person, "roles": known.roles, "teams": teams, "since": known.since, "removed": known.removed,
                "keys": keys.iter().map(|(key, _)| fingerprint(key)).collect::<Vec<_>>(),
                "key_history": keys.iter().map(|(key, known)| governing::key_json(key, known)).collect::<Vec<_>>(),
            })),
            false => lines(person, known, &teams, &keys),
        }
    }
    Ok(Ending::Done)
}

fn lines(person: &PersonId, known: &Person, teams: &[&str], keys: &[(PublicKey, &EnrolledKey)]) {
    let roles = match known.removed {
        Some(at) => format!("removed {}", at.text()),
        None => Role::words(&known.roles),
    };
    let teams = if teams.is_empty() { String::new() } else { format!(", in {}", teams.join(", ")) };
    let mut keys = keys.iter().map(|(key, known)| match known.revoked {
        Some(from) => format!("{}{} revoked from {}", fingerprint(key), governing::kind(key), from.text()),
        None => format!("{}{}", fingerprint(key), governing::kind(key)),
    });
    screen::say(&format!("{:<16} {:<22} {}", words::safe(person.as_str()), roles, keys.next().unwrap_or_else(|| "no key".into())));
    keys.for_each(|key| screen::say(&format!("{:<39} {key}", "")));
    screen::say_in(DIM, &format!("{:<16} since {}{}", "", known.since.text(), words::safe(&teams)));
}

fn passkey(common: &Common, service: &Office, name: &str, out: Option<&Path>) -> anyhow::Result<Ending> {
    super::init::check_name(name)?;
    let (options, until) = passkeys::begin(service, &PersonId::new(name))?;
    let Some(file) = out else {
        screen::json(&options);
        return Ok(Ending::Done);
    };
    offline::write_new(file, serde_json::to_string_pretty(&options)?.as_bytes())?;
    if common.json {
        screen::json(&serde_json::json!({"file": file, "person": name, "until": until}));
        return Ok(Ending::Done);
    }
    screen::say_in(GOOD, &format!("✓ {} holds what a browser is asked to make a passkey for {name}", file.display()));
    screen::say(&format!("  give it to a page of {}: navigator.credentials.create", service.passkeys.id()));
    screen::say(&format!("  and send its answer back until {}: countersign people add {name} --passkey FILE", until.text()));
    Ok(Ending::Done)
}

fn add(home: &Home, service: &Office, name: &str, key: &NewKey, roles: &[RoleWord], is_service: bool) -> anyhow::Result<Governance> {
    super::init::check_name(name)?;
    let person = PersonId::new(name);
    let is_enrolled = service.book.roster()?.is_enrolled(&person);
    if is_enrolled && (is_service || !roles.is_empty()) {
        bail!(Misuse(format!("`{name}` is enrolled already, and this would give them a further key\nhint: leave --role and --service out; `countersign people roles {name} --role …` says what they may be")));
    }
    home.person(service)?; // an answer of a browser is used up below, so nothing simple may fail after it
    let key = key.read(service, &person)?;
    if !is_enrolled {
        let roles = match (is_service, roles) {
            (true, _) => vec![Role::Service],
            (false, []) => vec![Role::Engineer],
            (false, roles) => distinct(roles).into_iter().collect(),
        };
        return Ok(Governance::Enrol { person, key, roles });
    }
    Ok(Governance::AddKey { person, key })
}

fn roles_change(roster: &Roster, person: PersonId, roles: &[RoleWord]) -> anyhow::Result<Governance> {
    let (before, after) = (roster.roles(&person), distinct(roles));
    if before == after {
        bail!("`{person}` holds exactly these roles already; nothing was changed");
    }
    let given = after.difference(&before).copied().collect();
    let taken = before.difference(&after).copied().collect();
    Ok(Governance::SetRoles { person, given, taken })
}

/// The one key of a person that is meant: by its fingerprint or the beginning of it, or by its file.
fn key_of(roster: &Roster, person: &PersonId, typed: Option<&str>) -> anyhow::Result<String> {
    if !roster.is_enrolled(person) {
        bail!("`{person}` is not enrolled\nhint: `countersign people` lists who is");
    }
    let theirs = roster.keys_of(person);
    let live: Vec<&PublicKey> = theirs.iter().filter(|(_, known)| known.revoked.is_none()).map(|(key, _)| key).collect();
    let listed = || theirs.iter().map(|(key, _)| fingerprint(key)).collect::<Vec<_>>().join(", ");
    let Some(typed) = typed else {
        return match live.as_slice() {
            [one] => spelled(one),
            _ => bail!(Misuse(format!("`{person}` has {}: say which\nhint: {}", words::counted(live.len(), "key"), listed()))),
        };
    };
    if Path::new(typed).is_file() {
        return spelled(&public_key(Path::new(typed)).with_context(|| format!("`{}` holds no public key", words::safe(typed)))?);
    }
    let begins = |key: &PublicKey| fingerprint(key).strip_prefix("SHA256:").is_some_and(|hash| hash.starts_with(typed.trim_start_matches("SHA256:")));
    let found: Vec<&PublicKey> = theirs.iter().map(|(key, _)| key).filter(|key| begins(key)).collect();
    match found.as_slice() {
        [one] if !typed.is_empty() => spelled(one),
        _ => bail!(Misuse(format!("`{}` is not the beginning of one key of `{person}`\nhint: they have {}", words::safe(typed), listed()))),
    }
}

fn distinct(roles: &[RoleWord]) -> BTreeSet<Role> {
    roles.iter().map(|word| word.role()).collect()
}

fn fingerprint(key: &PublicKey) -> String {
    key.fingerprint(HashAlg::Sha256).to_string()
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
