//! `countersign mcp`

mod login;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use action::{McpPlace, visible};
use agent::mcp::{Approval, Standing, Wanted};
use agent::{Options, Wish};
use broker::mcp::login::Slot;
use broker::mcp::{Tool, ToolSet};
use clap::Subcommand;
use serde_json::json;

use crate::args::Common;
use crate::home::Home;
use crate::screen::{self, BOLD, DIM, Ending, GOOD, Misuse, WARN};
use crate::words;
use crate::workbench::{self, Job};

pub(crate) use login::{forget_all, give_back};

/// Show and approve the MCP servers that this project asks for, and log in to them.
///
/// A project only asks (`.kiro/settings/mcp.json`, `.mcp.json`). A server's tools are offered to models once a person has signed
/// exactly that set of them; when it changes, it is held again.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign mcp list\n  countersign mcp approve everything\n  countersign mcp show everything --json\n  countersign mcp login tickets\n  countersign mcp login tickets --headless      the browser is on another machine\n\nExit code 1 of `approve`: the tool set is held, and its id is printed.")]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Print every server that the project asks for, and how it stands.
    List(Place),
    /// Print what a server offers: the tool set that was approved, or the one that waits.
    Show(One),
    /// Start a server in a box to see what it offers, and hold that for a signature.
    Approve(One),
    /// Log in to a server at an address, in your browser.
    ///
    /// The tokens stay with the service: no command, model or ledger shows them, and they go to this server's very address alone.
    Login(login::Args),
    /// Forget a login, and give its tokens back where that is possible.
    Logout(One),
}

#[derive(Debug, clap::Args)]
struct Place {
    /// The project's folder; this one by default.
    #[arg(long, short = 'C', value_name = "DIR")]
    directory: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct One {
    /// The server's name.
    name: String,
    #[command(flatten)]
    place: Place,
}

pub(crate) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let home = Home::find(common)?;
    match &args.what {
        What::List(place) => list(common, &home, &super::run::project(place.directory.as_deref())?),
        What::Show(one) => show(common, &home, &one.name, &super::run::project(one.place.directory.as_deref())?),
        What::Login(args) => login::login(common, &home, args),
        What::Logout(one) => login::logout(common, &home, &one.name, &super::run::project(one.place.directory.as_deref())?),
        What::Approve(one) => approve(common, &home, &one.name, &super::run::project(one.place.directory.as_deref())?),
    }
}

fn list(common: &Common, home: &Home, root: &Path) -> anyhow::Result<Ending> {
    let service = home.service()?;
    let (wanted, notes) = home.mcp_servers(root);
    for one in &wanted {
        let standing = Standing::of(&service.book, &text(root)?, &one.server)?;
        let login = one.login.as_ref().map(Slot::login).transpose();
        let in_use = login.as_ref().ok().and_then(|login| login.as_ref()?.as_ref());
        match common.json {
            true => screen::json(&json!({
                "server": one.server, "file": one.file, "enabled": one.enabled,
                "standing": word(one, &standing), "held": held(&standing), "tools": standing.tools(),
                "login": in_use.map(login::shown),
            })),
            false => {
                screen::say_in(BOLD, &format!("{:<20} {}", visible(&one.server.name), word(one, &standing)));
                screen::say(&format!("  {}", place(&one.server.at)));
                match (&login, in_use) {
                    (_, Some(login)) => screen::say(&format!("  logged in {}", login::line(login))),
                    (Err(e), None) => screen::say_in(WARN, &format!("  {e}")),
                    (Ok(_), None) => {}
                }
            }
        }
    }
    for note in &notes {
        match common.json {
            true => screen::json(&json!({"finding": note})),
            false => screen::say_in(WARN, note),
        }
    }
    if wanted.is_empty() && notes.is_empty() && !common.json {
        screen::say_in(DIM, "this project asks for no MCP server");
    }
    Ok(Ending::Done)
}

fn show(common: &Common, home: &Home, name: &str, root: &Path) -> anyhow::Result<Ending> {
    let service = home.service()?;
    let wanted = find(home, name, root)?;
    let standing = Standing::of(&service.book, &text(root)?, &wanted.server)?;
    let set: Option<ToolSet> = standing.tools().map(|tools| service.book.get_value(tools)).transpose()?;
    if common.json {
        screen::json(&json!({"server": wanted.server, "standing": word(&wanted, &standing), "held": held(&standing), "offers": set}));
        return Ok(Ending::Done);
    }
    screen::say_in(BOLD, &format!("{} {}", visible(&wanted.server.name), word(&wanted, &standing)));
    screen::say(&format!("  {}", place(&wanted.server.at)));
    match set {
        Some(set) => tool_lines(&set).iter().for_each(|line| screen::say(line)),
        None => screen::say_in(DIM, "  nobody has looked at what it offers: countersign mcp approve"),
    }
    Ok(Ending::Done)
}

fn approve(common: &Common, home: &Home, name: &str, root: &Path) -> anyhow::Result<Ending> {
    let wanted = find(home, name, root)?;
    let service = Arc::new(home.service()?);
    let earlier = match agent::mcp::session_to_approve_in(&service.book, &wanted.server)? {
        Some(session) => Some(super::resume::card(&service, session.as_str())?).filter(|card| card.root == root),
        None => None,
    };
    let new = earlier.is_none();
    let card = match earlier {
        Some(card) => card,
        None => workbench::open_card(home, &service, root, None, &format!("approve MCP server {}", visible(name)), agent::Limit::default())?,
    };
    let options = Options { landing: Wish::Worktree, supervise: false, max_turns: 0, max_output: 0, goal: None };
    let job = Job { home, service: Arc::clone(&service), model: None, options, let_through: Vec::new(), headless: common.json, json: common.json, new, label: None, above: Vec::new(), crew: None, boxed: None };
    let approval = workbench::with_session(job, card, |session, desk, watch| session.approve_server(name, desk, watch))?;
    let (word, id, why) = match &approval {
        Approval::Already(_) => ("approved", None, "exactly these tools were approved before".to_owned()),
        Approval::Done(_) => ("approved", None, "its tools may be offered to models in this project".to_owned()),
        Approval::Held(id) => ("held", Some(id), format!("held as {0}: countersign show {0} · countersign sign {0}", words::short(id))),
        Approval::Not(why) => ("not approved", None, visible(why).into_owned()),
    };
    match common.json {
        true => screen::json(&json!({"event": "mcp", "server": name, "is": word, "held": id, "why": why})),
        false if matches!(approval, Approval::Already(_) | Approval::Done(_)) => screen::say_in(GOOD, &format!("✓ {}: {why}", visible(name))),
        false => screen::say_in(WARN, &format!("‖ {} {why}", visible(name))),
    }
    Ok(if word == "approved" { Ending::Done } else { Ending::NotDone })
}

fn find(home: &Home, name: &str, root: &Path) -> anyhow::Result<Wanted> {
    let (wanted, notes) = home.mcp_servers(root);
    let known: Vec<String> = wanted.iter().map(|one| format!("`{}`", visible(&one.server.name))).collect();
    wanted.into_iter().find(|one| one.server.name == name).ok_or_else(|| {
        let known = if known.is_empty() { "it asks for none".to_owned() } else { format!("it asks for {}", known.join(", ")) };
        let more: String = notes.iter().map(|note| format!("\n{note}")).collect();
        Misuse(format!("this project asks for no MCP server `{}`; {known}{more}", visible(name))).into()
    })
}

fn text(root: &Path) -> anyhow::Result<String> {
    Ok(root.to_string_lossy().into_owned())
}

fn word(wanted: &Wanted, standing: &Standing) -> &'static str {
    match standing {
        _ if !wanted.enabled => "disabled",
        Standing::Unknown => "not approved",
        Standing::Held(..) => "held",
        Standing::Trusted(_) => "approved",
        Standing::Refused(_) => "refused",
    }
}

fn held(standing: &Standing) -> Option<&action::IntentId> {
    match standing {
        Standing::Held(id, _) => Some(id),
        _ => None,
    }
}

fn place(at: &McpPlace) -> String {
    match at {
        McpPlace::InBox { command, variables } if variables.is_empty() => format!("in the box: {}", visible(command)),
        McpPlace::InBox { command, variables } => format!("in the box, sees {}: {}", visible(&variables.join(", ")), visible(command)),
        McpPlace::At { url, .. } => format!("outside the box: {}", visible(url)),
    }
}

/// Characters of a description or a schema that a person is shown; all of it is in `--json`.
const MOST: usize = 600;

/// A tool set as a person reads it: everything in it is the server's own words.
pub(crate) fn tool_lines(set: &ToolSet) -> Vec<String> {
    let mut lines = vec!["it offers, in its own words:".to_owned()];
    lines.extend(set.tools.iter().flat_map(lines_of));
    if set.resources {
        lines.push("  resources to read".to_owned());
    }
    if set.prompts {
        lines.push("  prompts to get".to_owned());
    }
    lines
}

fn lines_of(tool: &Tool) -> [String; 2] {
    let schema = serde_json::Value::Object(tool.schema.clone()).to_string();
    [format!("  {}: {}", visible(&tool.name), cut(&tool.description)), format!("      {}", cut(&schema))]
}

fn cut(text: &str) -> String {
    let text = visible(text);
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}… ({} bytes)", text.get(..at).unwrap_or(""), text.len()),
        None => text.into_owned(),
    }
}
