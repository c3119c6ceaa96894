//! `countersign run`

use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

use agent::{Ended, Landed, Options, Why, Wish};
use anyhow::{Context, bail};

use crate::args::Common;
use crate::commands::attach::AttachArgs;
use crate::crew::{self, Crew, CrewArgs};
use crate::goals::{self, GoalArgs};
use crate::home::{Home, variables};
use crate::limits::{self, LimitArgs};
use crate::screen::{self, BAD, BOLD, DIM, Ending, GOOD, Misuse, Outside, WARN};
use crate::words;
use crate::workbench::{self, Job};

/// Let an agent work on a prompt in a copy of this project.
///
/// What it changed is held until you sign it. Your own tree is untouched before that, also if it is dirty, also if you keep editing.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign run \"fix the off-by-one in the month total\"\n  countersign run --land branch:fix/month \"…\"\n  git diff | countersign run --headless --json \"review this: -\"\n  countersign run --attach shot.png \"the total is cut off, as in the picture\"\n\nExit code 1: something is held; its id is printed.")]
pub(crate) struct Args {
    /// What you want. A `-` at the end appends standard input.
    prompt: String,
    #[command(flatten)]
    attach: AttachArgs,
    #[command(flatten)]
    goal: GoalArgs,
    #[command(flatten)]
    pub work: WorkArgs,
    #[command(flatten)]
    pub crew: CrewArgs,
}

/// What `run` and `resume` share.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct WorkArgs {
    /// The project's folder; this one by default.
    #[arg(long, short = 'C', value_name = "DIR")]
    pub directory: Option<PathBuf>,
    /// The model: provider/name, or recorded:FILE.
    #[arg(long, env = "COUNTERSIGN_MODEL")]
    pub model: Option<String>,
    /// Base URL of the provider, for a local or compatible server.
    #[arg(long, env = "COUNTERSIGN_BASE_URL")]
    pub base_url: Option<String>,
    /// Tokens that the model takes at most, where you know better than we do.
    #[arg(long, value_name = "TOKENS")]
    pub context_limit: Option<u64>,
    /// A custom agent of the project (.kiro/agents), by its name. Its tools and rules only narrow.
    #[arg(long, value_name = "NAME")]
    pub agent: Option<String>,
    /// Where the change set lands: `worktree` or `branch:NAME`.
    #[arg(long, default_value = "worktree", value_parser = wish)]
    pub land: Wish,
    /// Show every changing intent before it happens, also inside the box.
    #[arg(long)]
    pub supervise: bool,
    /// Ask nobody: held work ends with exit code 1 and its id.
    #[arg(long)]
    pub headless: bool,
    /// Rounds of the model at most.
    #[arg(long, default_value_t = 200)]
    pub max_turns: u32,
    /// Let a masked secret of the project into the box, by its path.
    #[arg(long = "secret", value_name = "PATH")]
    pub secrets: Vec<String>,
    #[command(flatten)]
    pub limits: LimitArgs,
    /// Record the session's model turns to a file that `--model recorded:FILE` plays.
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
}

pub(crate) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let words = prompt(&args.prompt)?;
    let home = Home::find(common)?;
    let root = root(&args.work)?;
    let service = Arc::new(home.service()?);
    let model = crew::model(&args.work, &service, &root, crew::MAIN)?;
    let files = args.attach.files(model.as_ref())?;
    let card = workbench::open_card(&home, &service, &root, args.work.agent.as_deref(), &words, args.work.limits.limit())?;
    if !common.json {
        screen::say_in(DIM, &format!("session {} · {} · {}", card.session, model.name(), root.display()));
    }
    let crew = Crew { home: &home, service: &service, args: &args.work, json: common.json, at_once: usize::from(args.crew.subagents) };
    work(common, &crew, card, Asked { model, words: &words, files, shortened: false, goal: &args.goal })
}

/// Who is asked, and what.
pub(crate) struct Asked<'a> {
    pub model: Box<dyn model::Model>,
    /// In the person's words.
    pub words: &'a str,
    pub files: Vec<model::Attachment>,
    /// Whether the conversation is shortened first.
    pub shortened: bool,
    pub goal: &'a GoalArgs,
}

/// Runs a prompt in a session and says how it ended.
pub(crate) fn work(
    common: &Common,
    crew: &Crew<'_>,
    card: agent::Card,
    asked: Asked<'_>,
) -> anyhow::Result<Ending> {
    let Crew { home, service, args, .. } = *crew;
    let Asked { model, words, files, shortened, goal } = asked;
    let new = card.turn == 0;
    let session = card.session.clone();
    let goal = goal.goal(&card.root)?;
    let card = agent::Card { limit: card.limit.replaced_by(&args.limits.limit()), ..card };
    let options = Options { landing: args.land.clone(), supervise: args.supervise, max_turns: args.max_turns, max_output: 32_000, goal };
    let job = Job { home, service: Arc::clone(service), model: Some(model), options, let_through: args.secrets.clone(), headless: args.headless, json: common.json, new, label: None, above: Vec::new(), crew: Some(crew), boxed: None };
    let ended = workbench::with_session(job, card, |session, desk, watch| {
        if shortened {
            session.compact(watch)?;
        }
        session.attach(files)?;
        session.prompt(words, desk, watch)
    })?;
    match common.json {
        true => screen::json(&json_of(&session, &ended, limits::spent(service, &session)?)),
        false => {
            tell(service, &session, &ended);
            ended.context.iter().for_each(|context| screen::say_in(DIM, &format!("context: {}", context.line())));
            limits::tell_spent(service, &session)?;
        }
    }
    let held = !ended.held.is_empty() || matches!(ended.change, Landed::Held(..) | Landed::Refused(..) | Landed::Conflict(_));
    let missed = ended.goal.as_ref().is_some_and(|goal| !goal.is_reached());
    Ok(if held || missed || ended.why != Why::Done { Ending::NotDone } else { Ending::Done })
}

/// The model that was chosen or found; recorded where that was asked.
pub(crate) fn model(args: &WorkArgs, service: &agent::Office, root: &std::path::Path) -> anyhow::Result<Box<dyn model::Model>> {
    let mut fill = vec![("tree".to_owned(), root.display().to_string())];
    for (environment, _) in service.book.environments()? {
        fill.extend(environment.paths.first().map(|path| (environment.name.to_string(), path.clone())));
    }
    let settings = model::Settings {
        variables: variables(),
        choice: args.model.clone(),
        base_url: args.base_url.clone(),
        probe_local: true,
        fill: fill.clone(),
        context_limit: args.context_limit,
    };
    let model = model::find(&settings).map_err(no_model)?;
    match &args.record {
        Some(path) => {
            let recorder = model::Recorder::begin(model, path, model::Scrub::new(&settings.variables), &fill);
            Ok(Box::new(recorder.with_context(|| format!("{} cannot be written", path.display()))?))
        }
        None => Ok(model),
    }
}

/// A wrong word is misuse; what is not there is trouble outside.
fn no_model(why: model::NoModel) -> anyhow::Error {
    use model::NoModel::{NoKey, NoServer, Nothing, Proxy};
    match why {
        Nothing | NoKey { .. } | NoServer { .. } | Proxy(_) => Outside(why.into()).into(),
        wrong => Misuse(wrong.to_string()).into(),
    }
}

/// The project: the top of the git work tree, or the folder itself.
pub(crate) fn root(args: &WorkArgs) -> anyhow::Result<PathBuf> {
    project(args.directory.as_deref())
}

/// The same for whoever was given a folder or none.
pub(crate) fn project(directory: Option<&std::path::Path>) -> anyhow::Result<PathBuf> {
    let folder = match directory {
        Some(folder) => folder.to_path_buf(),
        None => std::env::current_dir().context("this folder cannot be read")?,
    };
    let folder = folder.canonicalize().map_err(|e| Misuse(format!("`{}` cannot be read: {e}", folder.display())))?;
    if agent::is_bare(&folder) {
        bail!("{} is a bare repository: there is no work tree to copy\nhint: clone it, and run in the clone", folder.display());
    }
    Ok(agent::top(&folder).unwrap_or(folder))
}

fn prompt(text: &str) -> anyhow::Result<String> {
    let mut words = text.strip_suffix('-').unwrap_or(text).to_owned();
    if text.ends_with('-') {
        std::io::stdin().read_to_string(&mut words).context("standard input is not text")?;
    }
    if words.trim().is_empty() {
        bail!(Misuse("the prompt is empty\nhint: say what you want, in quotes".into()));
    }
    Ok(words)
}

fn wish(text: &str) -> Result<Wish, String> {
    match text.split_once(':') {
        None if text == "worktree" => Ok(Wish::Worktree),
        Some(("branch", name)) if !name.is_empty() => Ok(Wish::Branch(name.to_owned())),
        _ => Err("expected `worktree` or `branch:NAME`".into()),
    }
}

pub(crate) fn tell(service: &agent::Office, session: &action::SessionId, ended: &Ended) {
    screen::say("");
    for test in &ended.tests {
        screen::say_in(if test.ok { GOOD } else { WARN }, &format!("tests   {}", test.line()));
    }
    match ended.why {
        Why::Done => {}
        Why::Stopped => screen::say_in(WARN, &format!("stopped; the copy is kept: countersign resume {session}")),
        Why::TurnLimit => screen::say_in(WARN, &format!("the limit of rounds was reached: countersign resume {session}")),
        Why::Budget => {} // said with the budget
    }
    ended.exhausted.iter().for_each(|exhausted| limits::tell(session, exhausted));
    ended.goal.iter().for_each(|goal| goals::tell(session, goal));
    match &ended.change {
        Landed::Nothing => screen::say_in(DIM, "the copy does not differ from your tree; there is nothing to land"),
        Landed::Held(id, change) => {
            let short = words::short(id);
            summary(service, change);
            screen::say_in(WARN, &format!("held as {short}: your tree is untouched. countersign show {short} · countersign sign {short} · countersign refuse {short} --why …"));
        }
        Landed::Done(_, change, settled) => {
            summary(service, change);
            let (style, mark) = if settled.ok { (GOOD, '✓') } else { (BAD, '✗') };
            screen::say_in(style, &format!("{mark} {} (receipt: entry {})", settled.receipt.outcome.line, settled.receipt.index));
        }
        Landed::Refused(_, _, reasons) => {
            let why: Vec<&str> = reasons.iter().map(|reason| reason.text.as_str()).collect();
            screen::say_in(BAD, &format!("✗ not landed: {}. The copy is kept: countersign resume {session}", words::safe(&why.join("; "))));
        }
        Landed::Conflict(paths) => {
            screen::say_in(BAD, "✗ not proposed: these changed in your tree since the session began, and nothing is overwritten:");
            paths.iter().for_each(|path| screen::say(&format!("  {}", words::safe(path))));
            screen::say(&format!("  countersign resume {session} --land branch:countersign/{session} \"land it\"   lands it as a commit beside your edits"));
        }
    }
    for id in &ended.held {
        let short = words::short(id);
        screen::say_in(WARN, &format!("held as {short}: countersign show {short} · countersign sign {short}"));
    }
}

fn summary(service: &agent::Office, change: &action::ChangeSet) {
    let lines = words::file_lines(&service.book, change);
    screen::say_in(BOLD, &format!("change set: {}", words::counted(lines.len(), "path")));
    lines.iter().for_each(|line| screen::say(&format!("  {line}")));
    let documents: Vec<&str> = change.changes.iter().map(|c| c.path.as_str()).filter(|path| tools::is_documentation(path)).collect();
    if !documents.is_empty() {
        screen::say(&format!("documentation touched: {}", words::safe(&documents.join(", "))));
    }
}

fn json_of(session: &action::SessionId, ended: &Ended, usage: serde_json::Value) -> serde_json::Value {
    use serde_json::json;
    let change = match &ended.change {
        Landed::Nothing => json!({"is": "nothing"}),
        Landed::Held(id, change) => json!({"is": "held", "intent": id, "change": change}),
        Landed::Done(id, change, settled) => json!({"is": "landed", "intent": id, "change": change, "receipt": settled.receipt, "ok": settled.ok}),
        Landed::Refused(id, _, reasons) => json!({"is": "refused", "intent": id, "reasons": reasons}),
        Landed::Conflict(paths) => json!({"is": "conflict", "paths": paths}),
    };
    let why = match ended.why {
        Why::Done => "done",
        Why::Stopped => "stopped",
        Why::TurnLimit => "turn-limit",
        Why::Budget => "budget",
    };
    let (goal, budget) = (ended.goal.as_ref().map(goals::json_of), ended.exhausted.as_ref().map(|exhausted| limits::json_of(session, exhausted)));
    json!({"event": "ended", "session": session, "why": why, "change": change, "held": ended.held, "tests": ended.tests, "goal": goal, "budget": budget, "usage": usage, "context": ended.context.as_ref().map(super::sessions::context_json)})
}
