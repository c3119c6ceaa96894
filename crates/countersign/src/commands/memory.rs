//! `countersign memory`

use std::io::IsTerminal;
use std::path::PathBuf;

use action::{Decision, IntentId, Reply, Verdict};
use agent::Office;
use agent::memory::{Memories, Memory, NotKept, Waiting, Wanted, projects, propose};
use anyhow::{Context, bail};
use clap::Subcommand;
use serde_json::{Value, json};

use super::sign::question;
use crate::args::Common;
use crate::clock;
use crate::home::Home;
use crate::screen::{self, BOLD, DIM, Ending, GOOD, Misuse, WARN};
use crate::words;

/// What later sessions in this project are told: short texts, each signed by a person.
///
/// A memory informs a model and permits nothing. Agents propose them with the tool `remember`; here you write, change and drop them. Each
/// change is an intent that you sign.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign memory list\n  countersign memory add \"Run make db before the tests.\"\n  countersign memory edit 3f2a \"Run make db-test before the tests.\"\n  countersign memory forget 3f2a --yes\n  countersign memory list --json | jq -r .text\n\nExit code 1: it was refused, it was not signed, or others must sign it too; its id is printed.")]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Print what is kept here, and what waits for a signature.
    List {
        #[command(flatten)]
        place: Place,
        /// Print how many memories each project has instead. A project is known by its path.
        #[arg(long)]
        projects: bool,
    },
    /// Print one memory: its text, who signed it, and when.
    Show {
        /// The memory; the first digits are enough.
        id: String,
        #[command(flatten)]
        place: Place,
    },
    /// Keep a text.
    Add {
        /// At most 2048 bytes.
        text: String,
        #[command(flatten)]
        signing: Signing,
    },
    /// Put another text in the place of a memory.
    Edit {
        /// The memory; the first digits are enough.
        id: String,
        /// At most 2048 bytes.
        text: String,
        #[command(flatten)]
        signing: Signing,
    },
    /// Keep a memory no longer. The ledger still has it.
    Forget {
        /// The memory; the first digits are enough.
        id: String,
        #[command(flatten)]
        signing: Signing,
    },
}

#[derive(Debug, clap::Args)]
struct Place {
    /// The project's folder; this one by default.
    #[arg(long, short = 'C', value_name = "DIR")]
    directory: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct Signing {
    #[command(flatten)]
    place: Place,
    /// Sign without being asked. Without a terminal it takes this.
    #[arg(long)]
    yes: bool,
}

pub(crate) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let home = Home::find(common)?;
    match &args.what {
        What::List { projects: true, .. } => list_projects(common, &home.service()?),
        What::List { place, .. } => list(common, &home.service()?, &root(place)?),
        What::Show { id, place } => show(common, &home.service()?, &root(place)?, id),
        What::Add { text, signing } => change(common, &home, signing, |_, _| Ok(Wanted::Remember(text, None))),
        What::Edit { id, text, signing } => change(common, &home, signing, |service, root| Ok(Wanted::Remember(text, Some(find(service, root, id)?.id)))),
        What::Forget { id, signing } => change(common, &home, signing, |service, root| Ok(Wanted::Forget(find(service, root, id)?.id))),
    }
}

fn root(place: &Place) -> anyhow::Result<String> {
    let root = super::run::project(place.directory.as_deref())?;
    root.to_str().map(str::to_owned).context("the path of the work tree is not UTF-8; move it to a path that is")
}

fn list(common: &Common, service: &Office, root: &str) -> anyhow::Result<Ending> {
    let memories = Memories::of(&service.book, root)?;
    for memory in &memories.kept {
        match common.json {
            true => screen::json(&json_of(memory)),
            false => {
                screen::say_in(BOLD, &format!("{}  {}  signed by {}", words::short(&memory.id), clock::text(memory.at), people(memory)));
                memory.text.lines().for_each(|line| screen::say(&format!("  {}", words::safe(line))));
            }
        }
    }
    for one in &memories.waiting {
        match common.json {
            true => screen::json(&json!({"memory": one.id, "standing": "held", "text": one.text, "of": one.of})),
            false => tell_waiting(one),
        }
    }
    if memories == Memories::default() && !common.json {
        screen::say_in(DIM, "nothing is remembered in this project; `countersign memory add \"…\"` keeps a text for later sessions");
    }
    Ok(Ending::Done)
}

fn tell_waiting(one: &Waiting) {
    let short = words::short(&one.id);
    let of = one.of.as_ref().map(|id| format!(" {}", words::short(id))).unwrap_or_default();
    let what = if one.text.is_some() { "kept" } else { "forgotten" };
    screen::say_in(WARN, &format!("‖ {short}  held, and not{of} {what} yet: countersign sign {short}"));
    one.text.iter().flat_map(|text| text.lines()).for_each(|line| screen::say(&format!("  {}", words::safe(line))));
}

fn list_projects(common: &Common, service: &Office) -> anyhow::Result<Ending> {
    for (root, kept) in projects(&service.book)? {
        match common.json {
            true => screen::json(&json!({"root": root, "kept": kept})),
            false => screen::say(&format!("{kept:>4}  {}", words::safe(&root))),
        }
    }
    Ok(Ending::Done)
}

fn show(common: &Common, service: &Office, root: &str, id: &str) -> anyhow::Result<Ending> {
    let memory = find(service, root, id)?;
    if common.json {
        screen::json(&json_of(&memory));
        return Ok(Ending::Done);
    }
    screen::say(&format!("memory     {}", memory.id));
    screen::say(&format!("asked by   {} (session {})", memory.asked_by, memory.session));
    screen::say(&format!("signed by  {}", people(&memory)));
    screen::say(&format!("at         {}", clock::text(memory.at)));
    screen::say(&format!("receipt    entry {} · countersign ledger prove {}", memory.entry, words::short(&memory.id)));
    memory.text.lines().for_each(|line| screen::say(&format!("  {}", words::safe(line))));
    Ok(Ending::Done)
}

fn find(service: &Office, root: &str, id: &str) -> anyhow::Result<Memory> {
    let found = Memories::of(&service.book, root)?.find(id).cloned();
    found.with_context(|| format!("no memory here begins with `{}`, or several do\nhint: `countersign memory list` lists them", words::safe(id)))
}

/// Proposes a change and has it signed by whoever typed it. What is not signed now waits like everything that is held.
fn change<'a>(
    common: &Common,
    home: &Home,
    signing: &Signing,
    wanted: impl FnOnce(&Office, &str) -> anyhow::Result<Wanted<'a>>,
) -> anyhow::Result<Ending> {
    if !signing.yes && !std::io::stdin().is_terminal() {
        bail!(Misuse("nobody can be asked here\nhint: give --yes to sign it".into()));
    }
    let service = home.service()?;
    let root = root(&signing.place)?;
    let wanted = wanted(&service, &root)?;
    let (id, verdict) = propose(&service, &home.person(&service)?, &root, &wanted).map_err(not_kept)?;
    if verdict.decision == Decision::Refuse {
        return Ok(refused(common, &id, &verdict));
    }
    let story = crate::named::intent(&service, id.as_str())?;
    if !common.json {
        story.effects.lines().iter().for_each(|line| screen::say(line));
    }
    if !signing.yes && !is_yes("Sign it? [y]es, [n]o: ") {
        return Ok(held(common, &id));
    }
    let signed = home.signer()?.sign(&question(home, &service, &story, Reply::Yes, "")?)?;
    let (_, settled) = agent::sign(&service, &id, signed)?;
    let Some(settled) = settled else { return Ok(held(common, &id)) };
    match (common.json, settled.ok) {
        (true, _) => screen::json(&json!({"event": "memory", "intent": id, "ok": settled.ok, "receipt": settled.receipt})),
        (false, true) => screen::say_in(GOOD, &format!("✓ {} (memory {}, receipt: entry {})", words::safe(&settled.receipt.outcome.line), words::short(&id), settled.receipt.index)),
        (false, false) => screen::say_in(WARN, &format!("✗ {}", words::safe(&settled.receipt.outcome.line))),
    }
    Ok(if settled.ok { Ending::Done } else { Ending::NotDone })
}

fn is_yes(question: &str) -> bool {
    matches!(crate::terminal_desk::line(question).as_deref(), Some("y" | "yes"))
}

fn held(common: &Common, id: &IntentId) -> Ending {
    match common.json {
        true => screen::json(&json!({"event": "memory", "intent": id, "ok": false, "held": true})),
        false => screen::say_in(WARN, &format!("held as {0}: countersign show {0} · countersign sign {0} · countersign refuse {0} --why …", words::short(id))),
    }
    Ending::NotDone
}

fn refused(common: &Common, id: &IntentId, verdict: &Verdict) -> Ending {
    match common.json {
        true => screen::json(&json!({"event": "memory", "intent": id, "ok": false, "refused": verdict.reasons})),
        false => verdict.reasons.iter().for_each(|reason| screen::say_in(WARN, &format!("✗ refused: {} [{}]", words::safe(&reason.text), reason.rule))),
    }
    Ending::NotDone
}

/// A text that cannot be kept is misuse; a ledger that cannot be read is not.
fn not_kept(why: NotKept) -> anyhow::Error {
    match why {
        NotKept::Book(e) => e.into(),
        wrong => Misuse(wrong.to_string()).into(),
    }
}

fn people(memory: &Memory) -> String {
    memory.by.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn json_of(memory: &Memory) -> Value {
    json!({
        "memory": memory.id, "standing": "kept", "text": memory.text, "asked_by": memory.asked_by, "session": memory.session,
        "signed_by": memory.by, "at": memory.at, "entry": memory.entry,
    })
}
