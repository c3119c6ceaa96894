//! `--box`: a command that an agent's own hands may not run is run in our box instead. The hook puts a call of this program in
//! the command's place; what that runs is judged again there, whoever calls it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use action::{AgentName, ByHand, Parent, SessionId};
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
/// A command longer than this is no argument of a program.
const LONGEST: usize = 96 * 1024;

/// Whether the agent can be told to run another command in place of this one.
pub(super) fn can_be(dialect: Dialect, asked: &Asked) -> bool {
    let [ByHand::Run { command }] = asked.acts.as_slice() else { return false };
    let is_replaceable = asked.input.get("command").and_then(Value::as_str) == Some(command);
    dialect.rewrites() && asked.phase == Phase::Tool && is_replaceable && command.len() <= LONGEST && !command.contains('\0')
}

/// How a command is wrapped for one session.
pub(super) struct Wrapping {
    before: String,
}

impl Wrapping {
    /// For the service in this folder; `None` where this program's own path has no text.
    pub(super) fn of(service: &Path, session: &SessionId) -> Option<Self> {
        let program = std::env::current_exe().ok().filter(|program| program.to_str().is_some())?;
        service.to_str()?;
        Some(Self { before: format!("{} gate box --home {} --session {session} -- ", quoted(&program), quoted(service)) })
    }

    fn around(&self, command: &str) -> String {
        self.before.clone() + &quoted(Path::new(command))
    }

    /// The tool's input with its command wrapped.
    pub(super) fn instead(&self, input: &Value) -> Option<Value> {
        let command = self.around(input.get("command")?.as_str()?);
        let mut input = input.as_object()?.clone();
        input.insert("command".into(), command.into());
        Some(Value::Object(input))
    }

    /// What was wrapped already is asked about as what is in it: an agent that is told to run it may ask whether it may.
    pub(super) fn unwrap(&self, asking: &mut Asking) -> bool {
        let [ByHand::Run { command }] = asking.acts.as_slice() else { return false };
        let inner = command.strip_prefix(&self.before).and_then(|rest| rest.strip_prefix('\'')?.strip_suffix('\''));
        let Some(inner) = inner.map(|inner| inner.replace(r"'\''", "'")) else { return false };
        if self.around(&inner) != *command {
            return false; // more than one word
        }
        asking.acts = vec![ByHand::Run { command: inner }];
        asking.boxable = true;
        true
    }
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
    let here = std::env::current_dir().and_then(|folder| folder.canonicalize()).context("this folder cannot be read")?;
    let folder = here.strip_prefix(&opened.root).ok().and_then(Path::to_str).map(str::to_owned);
    let folder = folder.with_context(|| Misuse(format!("{} is not in the agent's work tree {}", here.display(), opened.root.display())))?;
    let (card, new) = card(&service, &asker, &opened, command)?;
    let state = service.session_folder(&card.session).join("box");
    let options = Options { landing: Wish::ByHand, supervise: false, max_turns: 0, max_output: 0, goal: None };
    let above = vec![(asker, opened.since)];
    let job = Job { home: &home, service: Arc::clone(&service), model: None, options, let_through: Vec::new(), headless: true, json: false, new, label: None, above, crew: None, boxed: true };
    let ran = workbench::with_session(job, card, |session, desk, watch| session.run_boxed(command, &folder, BOXED_SECONDS, desk, watch))?;
    let landed = tell(&ran.change);
    let history = sandbox::wrote_history(&state);
    if history {
        complain("what it did to git's history stays in the box and is lost: commit with a command of its own, which needs no box");
    }
    Ok(match ran.done.exit {
        Some(code) if code != 0 => Ending::Status(u8::try_from(code).unwrap_or(1)),
        Some(_) if landed && !history => Ending::Done,
        _ => Ending::NotDone,
    })
}

/// The session of a box that is free, and whether it begins here.
fn card(service: &Office, asker: &SessionId, opened: &Opened, command: &str) -> anyhow::Result<(Card, bool)> {
    for number in 0..BOXES {
        let session = hand::box_of(asker, number);
        let folder = service.session_folder(&session);
        let unusable = || format!("the session's folder {} cannot be written", folder.display());
        std::fs::create_dir_all(&folder).with_context(unusable)?;
        if !workbench::is_free(&folder) {
            continue;
        }
        let agreed = agent::agreed_now(&folder).with_context(unusable)?;
        let known = service.book.session(&session)?.first().map(|(index, _)| *index);
        let earlier = known.map(|_| Card::load(&folder)).transpose().with_context(|| Outside(anyhow::anyhow!("the card of session {session} cannot be read")))?;
        let new = earlier.is_none();
        let card = match earlier {
            Some(card) => Card { agreed, ..card },
            None => Card {
                session,
                person: opened.person.clone(),
                agent: AgentName::new(agent::ENGINEER), // whose it is, its parent says
                root: opened.root.clone(),
                base: agent::head(&opened.root),
                about: words::safe(command.lines().next().unwrap_or_default()).chars().take(80).collect(),
                since: service.book.ledger().len(),
                agreed,
                turn: 0,
                dropped: 0,
                limit: Limit::default(),
                context: None,
                parent: Some(Parent::Part { session: asker.clone() }),
                bounds: Bounds::default(),
            },
        };
        card.save(&folder).with_context(unusable)?;
        return Ok((card, new));
    }
    bail!("{BOXES} commands of this agent run in boxes now, so nothing was run\nhint: wait until one ends, or `countersign stop {asker}` ends them all")
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
