//! `countersign spec accept`

use std::io::IsTerminal;

use action::{Digest, Event, Reply};
use agent::specs::{Accepted, Part, accept, accepted};
use anyhow::{Context, bail};

use super::authoring::{Authoring, tell_text, trouble};
use crate::args::Common;
use crate::commands::run::WorkArgs;
use crate::commands::sign::question;
use crate::screen::{self, DIM, Ending, GOOD, Misuse};
use crate::words;
use crate::workbench;

/// Take documents as they are, or a task without the evidence for it.
///
/// Signed with your key and recorded with the very text. For a task, what its session did is proposed to land, with the task marked.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign spec accept totals                      all its documents, as they are\n  countersign spec accept totals design.md\n  countersign spec accept totals --task 2.1 --why \"checked by hand on the test rig\"")]
pub(super) struct Args {
    /// The specification.
    name: String,
    /// Documents; all that are not authorized where none is named.
    documents: Vec<String>,
    /// A task that is not done by the evidence.
    #[arg(long, value_name = "NUMBER", conflicts_with = "documents", requires = "why")]
    task: Option<String>,
    /// Why; it is on the ledger.
    #[arg(long, value_parser = crate::args::said)]
    why: Option<String>,
    /// Sign without being asked. Without a terminal it takes this.
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    work: WorkArgs,
}

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let authoring = Authoring::of(common, &args.work, &args.name, "")?;
    match &args.task {
        Some(number) => task(&authoring, args, number),
        None => documents(&authoring, args),
    }
}

fn documents(authoring: &Authoring<'_>, args: &Args) -> anyhow::Result<Ending> {
    for name in &args.documents {
        if Part::of_file(name).is_none() {
            bail!(Misuse(format!("`{}` is no document of a specification: requirements.md, bugfix.md, design.md, tasks.md", words::safe(name))));
        }
    }
    let chosen = |file: &str| args.documents.is_empty() || args.documents.iter().any(|name| name == file);
    let mut accepted = 0;
    for standing in authoring.standings()? {
        if standing.now.is_none() || standing.is_authorized() || !chosen(standing.part.file()) {
            continue;
        }
        let path = authoring.brief.path(standing.part.file());
        let read = || sandbox::read_still(&authoring.root.join(&path), 64 << 20).map(|(bytes, _)| bytes).with_context(|| format!("`{path}` cannot be read"));
        let bytes = read()?;
        if !common_json(authoring) {
            tell_text(&authoring.service, &standing, &bytes);
            if standing.authorized.is_none() && !args.yes {
                String::from_utf8_lossy(&bytes).lines().for_each(|line| screen::say(&format!("    {}", words::safe(line))));
            }
        }
        if !agreed(authoring, args, &format!("Sign {} as it is?", standing.part.file()))? {
            continue;
        }
        if standing.now != Some(Digest::of_bytes(&bytes)) || read()? != bytes {
            bail!("`{path}` was changed while you read it, so it is not signed\nhint: `countersign spec accept {}` shows it as it is now", authoring.brief.name);
        }
        sign(authoring, &Accepted::Document(&path), &bytes, args.why.as_deref().unwrap_or_default())?;
        accepted += 1;
    }
    if accepted == 0 && !authoring.common.json {
        screen::say_in(DIM, "every document that is there is authorized already");
    }
    Ok(Ending::Done)
}

fn common_json(authoring: &Authoring<'_>) -> bool {
    authoring.common.json
}

/// A signature is given by somebody who saw what it is for.
fn agreed(authoring: &Authoring<'_>, args: &Args, question: &str) -> anyhow::Result<bool> {
    if args.yes {
        return Ok(true);
    }
    if authoring.args.headless || !std::io::stdin().is_terminal() {
        bail!(Misuse("nobody can be asked here\nhint: read it (`countersign spec status NAME` shows what changed), then give --yes".into()));
    }
    Ok(matches!(crate::terminal_desk::line(&format!("{question} [y]es, [n]o: ")).as_deref(), Some("y" | "yes")))
}

fn sign(authoring: &Authoring<'_>, what: &Accepted<'_>, text: &[u8], why: &str) -> anyhow::Result<()> {
    let (home, service) = (&authoring.home, &authoring.service);
    let person = home.person(service)?;
    let id = accept(service, &person, &authoring.root.to_string_lossy(), what, text, why)?;
    let story = crate::named::intent(service, id.as_str())?;
    let signed = home.signer()?.sign(&question(home, service, &story, Reply::Yes, "")?)?;
    let (_, settled) = agent::sign(service, &id, signed)?;
    let Some(settled) = settled.filter(|settled| settled.ok) else { bail!("it is held as {}: others must sign it too", words::short(&id)) };
    match authoring.common.json {
        true => screen::json(&serde_json::json!({"event": "accepted", "intent": id, "receipt": settled.receipt})),
        false => screen::say_in(GOOD, &format!("✓ {} (receipt: entry {})", words::safe(&settled.receipt.outcome.line), settled.receipt.index)),
    }
    Ok(())
}

/// The task's last session has what was done: that lands, with the task marked, once the person has signed.
fn task(authoring: &Authoring<'_>, args: &Args, number: &str) -> anyhow::Result<Ending> {
    let (session, judgement) = last_judgement(authoring, number)?;
    let seen = serde_json::from_slice::<agent::specs::Judgement>(&judgement).context("the judgement cannot be read")?;
    if !seen.text.is_empty() && authoring.tasks().and_then(|tasks| Some(tasks.tasks.get(tasks.find(number)?)?.text.clone())).as_ref() != Some(&seen.text) {
        bail!(Misuse(format!("task {} is another one than was worked on: that was `{}`", words::safe(number), words::safe(&seen.text))));
    }
    if !common_json(authoring) {
        for line in &seen.lines {
            screen::say(&format!("  {} {}: {}", if line.ok { '✓' } else { '✗' }, line.what, words::safe(&line.text)));
        }
    }
    let what = Accepted::Task(&authoring.brief.folder, number);
    match accepted(&authoring.service, &authoring.root.to_string_lossy(), &what, &judgement)? {
        Some((by, index)) => {
            tell_accepted(authoring, number, &by, index);
            if is_marked(authoring, number) {
                return Ok(Ending::Done);
            }
        }
        None if !agreed(authoring, args, &format!("Take task {number} as it is?"))? => return Ok(Ending::NotDone),
        None => sign(authoring, &what, &judgement, args.why.as_deref().unwrap_or_default())?,
    }
    let card = crate::commands::resume::card(&authoring.service, session.as_str())?;
    let mut ended = None;
    let job = authoring.at_hand();
    workbench::with_session(job, card.clone(), |session, desk, watch| {
        ended = Some(agent::specs::take_as_it_is(session, &authoring.brief, number, desk, watch));
        Ok(())
    })?;
    let ended = ended.context("the session did nothing; this is a defect, please report it")?.map_err(trouble)?;
    Ok(if authoring.tell(&card, &ended) { Ending::Done } else { Ending::NotDone })
}

/// It is signed once; what has not landed since is proposed again.
fn tell_accepted(authoring: &Authoring<'_>, number: &str, by: &[action::PersonId], index: u64) {
    match authoring.common.json {
        true => screen::json(&serde_json::json!({"event": "accepted-already", "task": number, "by": by, "entry": index})),
        false => {
            let by: Vec<&str> = by.iter().map(action::PersonId::as_str).collect();
            screen::say_in(DIM, &format!("task {} is accepted already, by {} (receipt: entry {index}); nothing more is signed", words::safe(number), words::safe(&by.join(", "))));
        }
    }
}

/// Whether the person's own tasks.md has it as done.
fn is_marked(authoring: &Authoring<'_>, number: &str) -> bool {
    authoring.tasks().is_some_and(|tasks| tasks.find(number).and_then(|at| tasks.tasks.get(at)).is_some_and(|task| task.state == spec::tasks::State::Completed))
}

fn last_judgement(authoring: &Authoring<'_>, number: &str) -> anyhow::Result<(action::SessionId, Vec<u8>)> {
    let entries = authoring.service.book.subject("evidenced")?;
    let found = entries.into_iter().rev().find_map(|(_, entry)| match entry.event {
        Event::Evidenced { session, spec, task, judgement, .. } if spec == authoring.brief.folder && task == number && is_here(authoring, &session) => Some((session, judgement)),
        _ => None,
    });
    let Some((session, judgement)) = found else {
        bail!(Misuse(format!("task {} was never worked on here\nhint: `countersign spec run {} --task {}`", words::safe(number), authoring.brief.name, words::safe(number))));
    };
    Ok((session, authoring.service.book.get(&judgement)?))
}

/// Whether a session worked on this very tree: another project may have a specification of the same name.
fn is_here(authoring: &Authoring<'_>, session: &action::SessionId) -> bool {
    agent::Card::load(&authoring.service.session_folder(session)).is_ok_and(|card| card.root == authoring.root)
}
