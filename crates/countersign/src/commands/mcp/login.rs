//! `countersign mcp login` and `logout`: a person's act, at a terminal. The ledger has that it was done; only the broker has the tokens.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use action::{Event, McpPlace, PersonId, SessionId, visible};
use agent::Office;
use agent::mcp::Wanted;
use broker::mcp::login::{Callback, Client, Forgotten, Found, Kept, Login, LoginError, Pending, Slot, StoreError};
use serde_json::{Value, json};

use super::{find, text};
use crate::args::Common;
use crate::clock;
use crate::home::Home;
use crate::mcp_settings::McpClient;
use crate::screen::{self, BOLD, DIM, Ending, GOOD, Misuse, Outside, WARN};
use crate::terminal_desk;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The server's name.
    name: String,
    /// Ask for this and nothing else; by default for what the server wants. May be given several times.
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<String>,
    /// Where the browser is on another machine: paste the address that it was sent to.
    #[arg(long)]
    headless: bool,
    /// The project's folder; this one by default.
    #[arg(long, short = 'C', value_name = "DIR")]
    directory: Option<PathBuf>,
}

/// So long a person may take at the browser.
const PATIENCE: Duration = Duration::from_secs(600);

pub(super) fn login(common: &Common, home: &Home, args: &Args) -> anyhow::Result<Ending> {
    if !terminal_desk::is_there() {
        return Err(Misuse("logging in takes a person at a terminal, who sees where they log in".into()).into());
    }
    let root = crate::commands::run::project(args.directory.as_deref())?;
    let wanted = find(home, &args.name, &root)?;
    let (slot, url) = place(&wanted)?;
    let service = home.service()?;
    let by = home.person(&service)?;
    let since = service.book.ledger().len();
    let known = home.config.mcp_logins.get(url).cloned().unwrap_or_default();
    let (client, by_itself) = (client(&known)?, known.by_itself);
    let found = Found::of(url, known.issuer.as_deref()).map_err(outside)?;
    let (issuer, scopes) = (found.issuer().to_owned(), found.wanted(&args.scopes));
    if !agrees(common, args, &issuer, url, &scopes) {
        screen::complain("nobody is logged in: that was no yes");
        return Ok(Ending::NotDone);
    }
    let login = match by_itself {
        true => found.by_credentials(&client, &args.scopes, clock::now()).map_err(outside)?,
        false => {
            let callback = Callback::open()?;
            let seeds = [clock::seed()?, clock::seed()?];
            let host = found.host();
            let pending = found.begin(&client, &args.scopes, &callback.address(), seeds).map_err(outside)?;
            tell(common, args, &pending, &host, &issuer);
            at_a_browser(args, &pending, callback)?
        }
    };
    let entry = Event::LoggedIn { root: text(&root)?, server: wanted.server.clone(), issuer, scopes, by: by.clone() };
    if !keep(&service, since, slot, &login, entry, &by)? {
        screen::complain("everything was stopped meanwhile: nobody is logged in, and what came back is forgotten");
        give_back(&[login]);
        return Ok(Ending::NotDone);
    }
    match common.json {
        true => screen::json(&json!({"event": "mcp", "server": args.name, "is": "logged in", "login": shown(&login)})),
        false => screen::say_in(GOOD, &format!("✓ logged in to MCP server {}: {}", visible(&args.name), line(&login))),
    }
    Ok(Ending::Done)
}

/// The place of a login to this server, and its address.
fn place(wanted: &Wanted) -> anyhow::Result<(&Slot, &str)> {
    let name = visible(&wanted.server.name);
    let (Some(slot), McpPlace::At { url, headers }) = (&wanted.login, &wanted.server.at) else {
        return Err(Misuse(format!("MCP server `{name}` runs in the box; there is nobody to log in to")).into());
    };
    if headers.keys().any(|header| header.eq_ignore_ascii_case("authorization")) {
        return Err(Misuse(format!("the project gives MCP server `{name}` an `authorization` header of its own: one of the two must go")).into());
    }
    Ok((slot, url))
}

/// Who we are to whoever vouches for this address, by the service's own settings.
fn client(known: &McpClient) -> anyhow::Result<Client> {
    let McpClient { client_id, issuer, client_secret_variable, client_metadata_url, by_itself: _ } = known.clone();
    if client_secret_variable.is_some() && issuer.is_none() {
        let what = "`mcp_logins` of config.toml names a `client_secret_variable` and no `issuer`: say whom the secret is for, as a server could name anybody";
        return Err(Misuse(what.into()).into());
    }
    let secret = match client_secret_variable {
        None => None,
        Some(name) => match crate::home::variables().into_iter().find(|(known, _)| *known == name) {
            Some((_, value)) => Some(value),
            None => return Err(Misuse(format!("the variable `{name}`, which `mcp_logins` of config.toml names, is not set")).into()),
        },
    };
    let client = match (client_id, client_metadata_url) {
        (Some(id), _) => Client::Known { id, secret },
        (None, Some(url)) => Client::Document { url },
        (None, None) => Client::Anybody,
    };
    Ok(client)
}

/// Says what a login would give to whom, and asks. Only a typed yes is one.
fn agrees(common: &Common, args: &Args, issuer: &str, url: &str, scopes: &[String]) -> bool {
    match common.json {
        true => screen::json(&json!({"event": "mcp", "server": args.name, "is": "to agree", "issuer": issuer, "sent_to": url, "scopes": scopes})),
        false => {
            let scopes = if scopes.is_empty() { "for whatever the issuer gives".to_owned() } else { format!("for {}", visible(&scopes.join(" "))) };
            screen::say_in(BOLD, &format!("MCP server {} is vouched for by {}", visible(&args.name), visible(issuer)));
            screen::say_in(BOLD, &format!("What you get is sent to {}, {scopes}", visible(url)));
        }
    }
    terminal_desk::line("Log in? [y]es, [n]o: ").is_some_and(|word| matches!(word.as_str(), "y" | "yes"))
}

/// Keeps a login where nobody has stopped everything meanwhile. That is looked at on both sides of the write: a stop that comes
/// before it is seen here, one that comes after it forgets what is there.
fn keep(service: &Office, since: u64, slot: &Slot, login: &Login, entry: Event, by: &PersonId) -> anyhow::Result<bool> {
    let no_session = SessionId::new(""); // only a stop of everything reaches a login
    let is_stopped = || service.book.stopped(since, &no_session, None).map(|by| by.is_some());
    if is_stopped()? {
        return Ok(false);
    }
    // In this order: a crash between them leaves an entry and nobody logged in, and never a token that no entry knows.
    service.book.write(&[entry])?;
    slot.keep(login)?;
    if is_stopped()? {
        slot.forget()?;
        service.book.write(&[logged_out(slot, by)])?;
        return Ok(false);
    }
    Ok(true)
}

fn tell(common: &Common, args: &Args, pending: &Pending, host: &str, issuer: &str) {
    let (name, address) = (visible(&args.name), pending.address());
    if common.json {
        return screen::json(&json!({"event": "mcp", "server": args.name, "is": "asked", "issuer": issuer, "address": address}));
    }
    screen::say_in(BOLD, &format!("Log in to MCP server {name} at {host}:"));
    screen::say("");
    screen::say(&visible(address));
    screen::say("");
    let then = match args.headless {
        true => "Open it in a browser. It will be sent to an address of 127.0.0.1 that it cannot reach: paste that address here.",
        false => "Open it in a browser on this machine; this waits ten minutes. From another machine: --headless",
    };
    screen::say_in(DIM, then);
}

fn at_a_browser(args: &Args, pending: &Pending, callback: Callback) -> anyhow::Result<Login> {
    let came = match args.headless {
        true => terminal_desk::line("address: ").ok_or(LoginError::Stopped)?,
        false => callback.wait(PATIENCE, &AtomicBool::new(false), &|came| pending.is_answer(came)).map_err(outside)?,
    };
    pending.finish(&came, clock::now()).map_err(outside)
}

pub(super) fn logout(common: &Common, home: &Home, name: &str, root: &Path) -> anyhow::Result<Ending> {
    let service = home.service()?;
    let by = home.person(&service)?;
    let (all, broken) = home.logins().all()?;
    let root = text(root)?;
    let (mine, _): (Vec<Kept>, Vec<Kept>) = all.into_iter().partition(|kept| kept.slot.project() == root && kept.slot.server().name == name);
    for one in &broken {
        screen::complain(&one.to_string());
    }
    // What cannot be read is forgotten where the project still asks for the server; nothing else has its name.
    let asked_for = home.mcp_servers(Path::new(&root)).0.into_iter().find(|one| one.server.name == name).and_then(|one| one.login);
    let unreadable = asked_for.as_ref().filter(|slot| slot.login().is_err());
    if mine.is_empty() && unreadable.is_none() {
        asked_for.as_ref().map(Slot::forget).transpose()?; // a crash may have left half of one
        return Err(Misuse(format!("nobody is logged in to MCP server `{}` of this project", visible(name))).into());
    }
    if let Some(slot) = unreadable {
        slot.forget()?;
        service.book.write(&[logged_out(slot, &by)])?;
    }
    let (gone, left) = forget(mine);
    let forgotten = written(&service, &by, gone)?;
    let returned = give_back(&forgotten);
    if are_left(&left) {
        return Ok(Ending::NotDone);
    }
    match common.json {
        true => screen::json(&json!({"event": "mcp", "server": name, "is": "logged out", "revoked": returned})),
        false => {
            let tokens = if returned { "its tokens are revoked" } else { "its tokens are forgotten here" };
            screen::say_in(GOOD, &format!("✓ logged out of MCP server {}; {tokens}", visible(name)));
        }
    }
    Ok(Ending::Done)
}

/// Forgets every login of the service, and whether some of it could not be. Giving the tokens back is for afterwards: it takes the
/// network's time.
pub(crate) fn forget_all(home: &Home, service: &Office, by: &PersonId) -> anyhow::Result<(Vec<Login>, bool)> {
    let Forgotten { gone, left } = home.logins().forget_all();
    let are_left = are_left(&left);
    Ok((written(service, by, gone)?, are_left))
}

/// What cannot be removed stands in nobody's way.
fn forget(all: Vec<Kept>) -> (Vec<Kept>, Vec<StoreError>) {
    let (mut gone, mut left) = (Vec::new(), Vec::new());
    for kept in all {
        match kept.slot.forget() {
            Ok(_) => gone.push(kept),
            Err(e) => left.push(e),
        }
    }
    (gone, left)
}

/// Gone first, then on the ledger: a crash between them leaves no token.
fn written(service: &Office, by: &PersonId, gone: Vec<Kept>) -> anyhow::Result<Vec<Login>> {
    let entries: Vec<Event> = gone.iter().map(|kept| logged_out(&kept.slot, by)).collect();
    if !entries.is_empty() {
        service.book.write(&entries)?;
    }
    Ok(gone.into_iter().map(|kept| kept.login).collect())
}

fn logged_out(slot: &Slot, by: &PersonId) -> Event {
    Event::LoggedOut { root: slot.project().to_owned(), server: slot.server().clone(), by: by.clone() }
}

/// Says what is still there.
fn are_left(left: &[StoreError]) -> bool {
    left.iter().for_each(|one| screen::complain(&format!("tokens may be left: {one}")));
    !left.is_empty()
}

/// Whether every issuer took its tokens back.
pub(crate) fn give_back(logins: &[Login]) -> bool {
    let mut all = !logins.is_empty();
    for login in logins {
        match login.revoke() {
            Ok(taken) => all &= taken,
            Err(e) => {
                all = false;
                screen::say_in(WARN, &format!("{} did not take the tokens back: {e}", visible(login.issuer())));
            }
        }
    }
    all
}

/// A login without its tokens.
pub(super) fn shown(login: &Login) -> Value {
    json!({"issuer": login.issuer(), "scopes": login.scopes(), "expires": login.expires(), "renews": login.can_renew()})
}

pub(super) fn line(login: &Login) -> String {
    let scopes = if login.scopes().is_empty() { String::new() } else { format!(" for {}", visible(&login.scopes().join(" "))) };
    let until = match (login.expires(), login.can_renew()) {
        (_, true) => ", renewed as needed".to_owned(),
        (Some(until), false) => format!(", until {}", clock::text(until)),
        (None, false) => String::new(),
    };
    format!("with {}{scopes}{until}", visible(login.issuer()))
}

fn outside(error: LoginError) -> anyhow::Error {
    match error {
        LoginError::NotAsked | LoginError::NoClient | LoginError::NotOurs => Misuse(error.to_string()).into(),
        other => Outside(other.into()).into(),
    }
}
