//! `--box`: a command that an agent's own hands may not run is run in our box instead. The hook tells the agent to call this
//! program, or has it called in the command's place; what that runs is judged again there, whoever calls it.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use action::{AgentName, ByHand, Digest, Parent, SessionId};
use agent::hand::{self, Asking, BOXED_SECONDS, Opened};
use agent::{Bounds, Card, Landed, Limit, Office, Options, Wish};
use anyhow::{Context, bail};
use serde_json::Value;

use super::dialect::{Asked, Dialect, Phase};
use super::install::quoted;
use crate::args::Common;
use crate::home::Home;
use crate::screen::{Ending, Misuse, Outside, complain};
use crate::words;
use crate::workbench::{self, Job};

/// Commands of one agent that run at once.
const BOXES: usize = 8;

/// How an agent is brought to run another command in place of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Its own is blocked, and the line says what to run. Whatever becomes of the line, its own does not run.
    Tell,
    /// It is let go on with another input. Only where nothing can come between this answer and the tool: an agent that heeds the
    /// permission and loses the input, as several do beside another hook, would run its own.
    Rewrite,
}

impl Way {
    /// By its word.
    pub(crate) fn named(word: &str) -> Option<Self> {
        match word {
            "tell" => Some(Self::Tell),
            "rewrite" => Some(Self::Rewrite),
            _ => None,
        }
    }

    /// Its word.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Tell => "tell",
            Self::Rewrite => "rewrite",
        }
    }
}

/// Whether the agent can be brought to run another command in place of what it asks for.
pub(super) fn can_be(way: Way, dialect: Dialect, asked: &Asked) -> bool {
    let ([ByHand::Run { command }], Phase::Tool) = (asked.acts.as_slice(), &asked.phase) else { return false };
    let is_replaceable = || dialect.rewrites() && asked.input.get("command").and_then(Value::as_str) == Some(command);
    way == Way::Tell || is_replaceable()
}

/// How a command is wrapped for one session: named by its digest, so that no shell and no agent can read it as another.
pub(super) struct Wrapping {
    before: String,
}

impl Wrapping {
    /// For the service in this folder; `None` where this program's own path has no text.
    pub(super) fn of(service: &Path, session: &SessionId) -> Option<Self> {
        let program = std::env::current_exe().ok().filter(|program| program.to_str().is_some())?;
        service.to_str()?;
        Some(Self { before: format!("{} gate box --home {} --session {session} ", quoted(&program), quoted(service)) })
    }

    fn around(&self, command: &Digest) -> String {
        format!("{}{command}", self.before)
    }

    /// The tool's input with its command wrapped.
    pub(super) fn instead(&self, input: &Value, command: &Digest) -> Option<Value> {
        let mut input = input.as_object()?.clone();
        input.insert("command".into(), self.around(command).into());
        Some(Value::Object(input))
    }

    /// What a blocked agent is told.
    pub(super) fn telling(&self, command: &Digest, why: &str) -> String {
        format!("nothing was run: {why} It may run in a box instead. To have it run there, run exactly this and nothing else, in the same folder: {}", self.around(command))
    }

    /// What was wrapped already is asked about as what is in it.
    pub(super) fn unwrap(&self, service: &Office, asking: &mut Asking) -> bool {
        let [ByHand::Run { command }] = asking.acts.as_slice() else { return false };
        let Some(digest) = command.trim().strip_prefix(&self.before).and_then(|rest| rest.parse::<Digest>().ok()) else { return false };
        let Ok(inner) = kept(service, &digest) else { return false };
        asking.acts = vec![ByHand::Run { command: inner }];
        asking.boxable = true;
        true
    }
}

fn kept(service: &Office, command: &Digest) -> anyhow::Result<String> {
    String::from_utf8(service.book.get(command)?).context("the command is no text")
}

/// Runs a command in the box of this agent's session. Ends as the command does, or with 1 where what it changed did not land.
pub(crate) fn run(common: &Common, session: &str, command: &str) -> anyhow::Result<Ending> {
    let home = Home::find(common)?;
    let service = Arc::new(home.service()?);
    let asker = SessionId::new(session);
    let opened = hand::opened(&service, &asker)?;
    let opened = opened.with_context(|| Misuse(format!("`{}` is no session of another maker's agent\nhint: the hook of `countersign gate --box` says which", words::safe(session))))?;
    if home.person(&service)? != opened.person {
        bail!("the agent works for {}, and you are somebody else", opened.person);
    }
    let digest: Digest = command.parse().map_err(|_| Misuse(format!("`{}` is no digest\nhint: the hook of `countersign gate --box` says it", words::safe(command))))?;
    let command = kept(&service, &digest).with_context(|| Misuse("nobody asked for such a command".into()))?;
    let here = std::env::current_dir().and_then(|folder| folder.canonicalize()).context("this folder cannot be read")?;
    let folder = here.strip_prefix(&opened.root).ok().and_then(Path::to_str).map(str::to_owned);
    let folder = folder.with_context(|| Misuse(format!("{} is not in the agent's work tree {}", here.display(), opened.root.display())))?;
    let Free { lock, card, new } = free(&service, &asker, &opened, &command)?;
    let options = Options { landing: Wish::ByHand, supervise: false, max_turns: 0, max_output: 0, goal: None };
    let above = vec![(asker, opened.since)];
    let job = Job { home: &home, service: Arc::clone(&service), model: None, options, let_through: Vec::new(), headless: true, json: false, new, label: None, above, crew: None, boxed: Some(lock) };
    let ran = workbench::with_session(job, card, |session, desk, watch| session.run_boxed(&command, &folder, BOXED_SECONDS, desk, watch))?;
    let landed = ran.change.as_ref().is_some_and(tell);
    if ran.change.is_none() {
        complain(match ran.history {
            true => "it changed git's history, which stays in the box, so nothing of what it changed landed: commit, stash and rebase with commands of their own, which need no box",
            false => "it was stopped, and nothing of what it changed landed",
        });
    }
    Ok(match ran.done.exit {
        Some(code) if code != 0 => Ending::Status(u8::try_from(code).unwrap_or(1)),
        Some(_) if landed => Ending::Done,
        _ => Ending::NotDone,
    })
}

/// A session whose box is free, and stays so while its lock is held.
struct Free {
    lock: File,
    card: Card,
    /// Whether it begins here.
    new: bool,
}

fn free(service: &Office, asker: &SessionId, opened: &Opened, command: &str) -> anyhow::Result<Free> {
    for number in 0..BOXES {
        let session = hand::box_of(asker, number);
        let folder = service.session_folder(&session);
        let unusable = || format!("the session's folder {} cannot be written", folder.display());
        std::fs::create_dir_all(&folder).with_context(unusable)?;
        let Ok(lock) = workbench::lock(&folder) else { continue };
        let agreed = agent::agreed_now(&folder).with_context(unusable)?;
        let is_known = !service.book.session(&session)?.is_empty();
        let earlier = is_known.then(|| Card::load(&folder)).transpose().with_context(|| Outside(anyhow::anyhow!("the card of session {session} cannot be read")))?;
        let new = earlier.is_none();
        let card = earlier.map_or_else(|| first_card(session, asker, opened, command), |card| Card { agreed, ..card });
        card.save(&folder).with_context(unusable)?;
        return Ok(Free { lock, card: Card { agreed, ..card }, new });
    }
    bail!("{BOXES} commands of this agent run in boxes now, so nothing was run\nhint: wait until one ends, or `countersign stop {asker}` ends them all")
}

fn first_card(session: SessionId, asker: &SessionId, opened: &Opened, command: &str) -> Card {
    Card {
        session,
        person: opened.person.clone(),
        agent: AgentName::new(agent::ENGINEER),
        root: opened.root.clone(),
        base: agent::head(&opened.root),
        about: words::safe(command.lines().next().unwrap_or_default()).chars().take(80).collect(),
        since: opened.since,
        agreed: (0, 0),
        turn: 0,
        dropped: 0,
        limit: Limit::default(),
        context: None,
        parent: Some(Parent::Part { session: asker.clone() }),
        bounds: Bounds::default(),
    }
}

/// Says what became of what it changed; whether that is as by its own hands.
fn tell(change: &Landed) -> bool {
    match change {
        Landed::Nothing => true,
        Landed::Done(_, _, settled) if settled.ok => true,
        Landed::Done(_, _, settled) => {
            complain(&format!("what it changed did not land whole: {}", words::safe(&settled.receipt.outcome.line)));
            false
        }
        Landed::Held(id, set) => {
            let short = words::short(id);
            complain(&format!("it ran in a box, and what it changed waits as {short}: {}. Your other tools do not see that yet. A person sees it with `countersign show {short}` and signs it with `countersign sign {short}`, in a terminal of their own; then it lands", paths(set)));
            false
        }
        Landed::Refused(id, _, reasons) => {
            let why: Vec<&str> = reasons.iter().map(|reason| reason.text.as_str()).collect();
            complain(&format!("it ran in a box, and what it changed was refused ({}) and is gone: {}", words::short(id), words::safe(&why.join("; "))));
            false
        }
        Landed::Conflict(paths) => {
            complain(&format!("it ran in a box, and nothing of what it changed landed: these changed in the tree meanwhile: {}. Run it again", words::safe(&paths.join(", "))));
            false
        }
    }
}

fn paths(set: &action::ChangeSet) -> String {
    const MOST: usize = 5;
    let named: Vec<PathBuf> = set.changes.iter().take(MOST).map(|change| PathBuf::from(&change.path)).collect();
    let named = named.iter().map(|path| words::safe(&path.to_string_lossy())).collect::<Vec<_>>().join(", ");
    match set.changes.len().saturating_sub(MOST) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

#[cfg(test)]
mod tests;
