//! `countersign init`

use std::path::{Path, PathBuf};

use action::{Event, PersonId, Role};
use agent::BookError;
use anyhow::{Context, bail};

use crate::args::Common;
use crate::home::{Config, Home, public_key, user_home};
use crate::screen::{self, Ending, GOOD};

/// Make the service and enrol yourself with your SSH key.
///
/// The key is the one given with --key, else the first of ~/.ssh/id_ed25519, id_ecdsa and id_rsa, else a new one. The first person is engineer, owner and admin, and everybody else is enrolled with a signature of theirs. Running it again changes nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign init\n  countersign init --name ana --key ~/.ssh/id_ed25519")]
pub(crate) struct Args {
    /// Your name in the service; your login name by default.
    #[arg(long)]
    name: Option<String>,
    /// Make a new key in the service's folder, even if you have one.
    #[arg(long)]
    new_key: bool,
}

pub(crate) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let home = Home::find(common)?;
    if home.is_founded() {
        return already(common, &home);
    }
    let name = person_name(args)?;
    let (log, guard) = home.found()?;
    let key = match (&common.key, args.new_key) {
        (Some(path), _) => std::path::absolute(path)?,
        (None, true) => home.make_key(&name)?,
        (None, false) => match found_key()? {
            Some(path) => path,
            None => home.make_key(&name)?,
        },
    };
    let public = public_key(&key)?;
    let service = home.service()?;
    let person = PersonId::new(&name);
    let key_text = public.to_openssh().context("the key has no OpenSSH form")?;
    let founded = service.book.write(&[
        Event::Founded { guard: guard.clone(), log: log.clone(), governed: true, places: true },
        Event::Enrolled { person: person.clone(), key: key_text, roles: vec![Role::Engineer, Role::Owner, Role::Admin], by: person },
    ]);
    match founded {
        Ok(_) => {}
        // An earlier init ended between this and the last line: somebody is enrolled, and it is not for us to add another.
        Err(BookError::AlreadyDone { .. }) if service.book.roster()?.person_of(&public).is_some() => {}
        Err(e) => return Err(e.into()),
    }
    home.save(&Config { person: Some(name.clone()), key: Some(key.clone()), ..Config::default() })?;
    if common.json {
        screen::json(&serde_json::json!({"home": home.folder, "person": name, "key": key, "log": log, "guard": guard}));
        return Ok(Ending::Done);
    }
    screen::say_in(GOOD, &format!("✓ {name} is enrolled with {}", key.display()));
    screen::say(&format!("  service   {}", home.folder.display()));
    screen::say(&format!("  log key   {log}"));
    screen::say("  Give the log key to whoever will check the ledger without trusting this machine.");
    screen::say("Next: countersign doctor · countersign run \"…\" in a project · countersign people add NAME --public-key FILE.pub");
    Ok(Ending::Done)
}

fn already(common: &Common, home: &Home) -> anyhow::Result<Ending> {
    let person = home.config.person.clone().unwrap_or_else(|| "nobody".into());
    match common.json {
        true => screen::json(&serde_json::json!({"home": home.folder, "person": person, "already": true})),
        false => screen::say(&format!("there is a service in {} already; {person} sits here. Nothing was changed.", home.folder.display())),
    }
    Ok(Ending::Done)
}

/// Letters, digits, `.`, `_`, `-`: a name that reads the same for everybody.
pub(crate) fn check_name(name: &str) -> anyhow::Result<()> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if name.is_empty() || name.len() > 64 || !name.chars().all(plain) {
        bail!(screen::Misuse(format!("`{}` is not a usable name\nhint: use up to 64 ASCII letters, digits, `.`, `_` or `-`", crate::words::safe(name))));
    }
    Ok(())
}

fn person_name(args: &Args) -> anyhow::Result<String> {
    let login = crate::home::variables().into_iter().find(|(name, _)| name == "USER" || name == "LOGNAME").map(|(_, value)| value);
    let name = args.name.clone().or(login).unwrap_or_else(|| "me".into());
    check_name(&name)?;
    Ok(name)
}

/// The person's usual key, if there is one.
fn found_key() -> anyhow::Result<Option<PathBuf>> {
    let folder = user_home()?.join(".ssh");
    let usual = ["id_ed25519", "id_ecdsa", "id_rsa"];
    Ok(usual.iter().map(|name| folder.join(name)).find(|path| Path::exists(path) && public_key(path).is_ok()))
}
