//! `countersign gate`: any coding agent behind the same guard, desk and ledger.
//!
//! ```text
//! hook JSON ─wire─▶ object ─dialect─▶ what it would do ─agent::hand─▶ told ─reply─▶ silence, or status 2 and a line
//! ```
//!
//! Most agents go on when their hook fails in any way of its own, so nothing here fails in a way of its own: whatever goes
//! wrong, a panic and our own deadline included, is status 2 with a line that says what is true and what to do. What a person
//! must do to put it in force is `install`, and what turns a crash or a hang of this program into a block is the script that it
//! writes.

use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use action::{IntentId, PersonId, Reason};
use agent::Office;
use agent::hand::{Asking, Told};

use crate::args::Common;
use crate::home::Home;

pub(crate) mod boxed;
pub(crate) mod check;
mod dialect;
pub(crate) mod install;
mod reply;
mod wire;

use dialect::{Asked, Dialect, NotUnderstood, Phase};
use reply::Reply;

/// Seconds until the answer is a block, where nobody says otherwise: below what `install` gives agents to wait.
pub(crate) const DEADLINE_SECONDS: u64 = 4;
/// How often the ledger is looked at while a person may answer.
const POLL: Duration = Duration::from_millis(200);

/// What was typed.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// Whose words they are; else their keys say.
    pub(crate) dialect: Option<String>,
    /// The service.
    pub(crate) home: Option<PathBuf>,
    /// Until the answer is a block.
    pub(crate) deadline: Duration,
    /// How much longer a person may take where one must sign.
    pub(crate) wait: Duration,
    /// How a command that its own hands may not run comes to run in our box instead; absent where it does not.
    pub(crate) boxed: Option<boxed::Way>,
}

impl Default for Options {
    fn default() -> Self {
        Self { dialect: None, home: None, deadline: Duration::from_secs(DEADLINE_SECONDS), wait: Duration::ZERO, boxed: None }
    }
}

impl Options {
    /// Reads the words after `gate`; `None` where they are for another part of the program. Misuse is an error like every other.
    pub(crate) fn of(words: &[String]) -> Option<Result<Self, Trouble>> {
        if words.iter().any(|word| ["install", "uninstall", "check", "box", "help", "-h", "--help", "--json", "--key"].contains(&word.as_str())) {
            return None;
        }
        Some(Self::parsed(words))
    }

    fn parsed(words: &[String]) -> Result<Self, Trouble> {
        let mut options = Self::default();
        let mut rest = words.iter();
        while let Some(word) = rest.next() {
            let (name, joined) = word.split_once('=').map_or((word.as_str(), None), |(name, value)| (name, Some(value.to_owned())));
            let value = joined.or_else(|| rest.next().cloned()).ok_or_else(|| Trouble::Option { word: word.clone() })?;
            let seconds = || value.parse::<f64>().ok().and_then(|n| Duration::try_from_secs_f64(n).ok()).ok_or_else(|| Trouble::Option { word: word.clone() });
            match name {
                "--box" => options.boxed = Some(boxed::Way::named(&value).ok_or_else(|| Trouble::Option { word: word.clone() })?),
                "--as" => options.dialect = Some(value),
                "--home" => options.home = Some(PathBuf::from(value)),
                "--deadline" => options.deadline = seconds()?,
                "--wait" => options.wait = seconds()?,
                _ => return Err(Trouble::Option { word: word.clone() }),
            }
        }
        Ok(options)
    }
}

/// Answers one hook: everything from standard input to the exit code.
pub(crate) fn hook(options: Result<Options, Trouble>) -> ExitCode {
    std::panic::set_hook(Box::new(|_| {})); // the line is ours alone
    let reply = match options {
        Ok(options) => decided(options),
        Err(trouble) => Reply::block(None, &Phase::Tool, &trouble.to_string()),
    };
    ExitCode::from(reply.say())
}

/// How far a decision has got, for whoever waits for it.
enum Progress {
    /// What was asked, as it was understood: from here on a block is said in the agent's words.
    Asked(Dialect, Phase),
    /// This is the answer.
    Done(Reply),
}

/// The answer, or a block when it takes too long. The thread that decides is left behind: it can tell nobody to go on.
pub(crate) fn decided(options: Options) -> Reply {
    let limit = options.deadline.saturating_add(options.wait);
    let (tell, told) = channel();
    let begun = std::thread::Builder::new().name("decision".into()).stack_size(32 * 1024 * 1024).spawn(move || decide(&options, &tell));
    match begun {
        Ok(_) => first_answer(&told, limit),
        Err(e) => Reply::block(None, &Phase::Tool, &Trouble::Begin { why: e.to_string() }.to_string()),
    }
}

fn first_answer(told: &Receiver<Progress>, limit: Duration) -> Reply {
    let begun = Instant::now();
    let mut known = (None, Phase::Tool);
    loop {
        match told.recv_timeout(limit.saturating_sub(begun.elapsed())) {
            Ok(Progress::Asked(dialect, phase)) => known = (Some(dialect), phase),
            Ok(Progress::Done(reply)) => return reply,
            Err(late) => {
                let trouble = match (late, &known.0) {
                    (RecvTimeoutError::Disconnected, _) => Trouble::Defect,
                    (RecvTimeoutError::Timeout, None) => Trouble::NeverEnded,
                    (RecvTimeoutError::Timeout, Some(_)) => Trouble::TooLate,
                };
                return Reply::block(known.0, &known.1, &trouble.to_string());
            }
        }
    }
}

fn decide(options: &Options, tell: &Sender<Progress>) {
    let (mut dialect, mut phase) = (None, Phase::Tool);
    let reply = match understood(options) {
        Ok((known, asked)) => {
            (dialect, phase) = (Some(known), asked.phase.clone());
            tell.send(Progress::Asked(known, phase.clone())).ok();
            judged(options, known, &asked)
        }
        Err(trouble) => Err(trouble),
    };
    let reply = reply.unwrap_or_else(|trouble| Reply::block(dialect, &phase, &trouble.to_string()));
    tell.send(Progress::Done(reply)).ok();
}

fn understood(options: &Options) -> Result<(Dialect, Asked), Trouble> {
    let named = match &options.dialect {
        Some(name) => Some(Dialect::named(name).ok_or_else(|| Trouble::NoSuchDialect { name: name.clone() })?),
        None => None,
    };
    let said = wire::object(&wire::read(std::io::stdin().lock())?)?;
    let dialect = named.map_or_else(|| Dialect::of(&said), Ok)?;
    let asked = dialect.read(&said, &here()?)?;
    match asked.input.to_string().contains(check::CANARY) {
        true => Err(Trouble::Canary),
        false => Ok((dialect, asked)),
    }
}

fn here() -> Result<String, Trouble> {
    let folder = std::env::current_dir().ok().and_then(|folder| folder.to_str().map(str::to_owned));
    folder.ok_or(Trouble::Nowhere)
}

fn judged(options: &Options, dialect: Dialect, asked: &Asked) -> Result<Reply, Trouble> {
    let named = || crate::home::variables().into_iter().find(|(name, value)| name == "COUNTERSIGN_HOME" && !value.is_empty()).map(|(_, value)| PathBuf::from(value));
    let common = Common { home: options.home.clone().or_else(named), ..Common::default() };
    let home = Home::find(&common).map_err(Trouble::service)?;
    // Never closed: what was written is durable, and the tidying up at a close costs more than all else. The next who opens
    // the ledger finds it as after a crash, which is what it is made for.
    let service = ManuallyDrop::new(home.service_for_one().map_err(Trouble::service)?);
    let person = home.config.person.as_ref().map(PersonId::new).ok_or(Trouble::Nobody)?;
    let mut asking = Asking {
        agent: dialect.name().to_owned(),
        session: asked.session.clone(),
        person,
        folder: real(&asked.folder),
        cwd: real(&asked.cwd),
        tool: asked.tool.clone(),
        acts: asked.acts.clone(),
        input: action::canonical(&asked.input).map_err(|e| Trouble::Judged { why: e.to_string() })?,
        boxable: options.boxed.is_some_and(|way| boxed::can_be(way, dialect, asked)),
        confirms: asked.phase == Phase::Permission,
    };
    let wrapping = boxed::Wrapping::of(&home.folder, &agent::hand::session_of(&asking)).filter(|_| options.boxed.is_some());
    let wrapped = wrapping.as_ref().is_some_and(|wrapping| wrapping.unwrap(&service, &mut asking));
    let ask = || agent::hand::ask(&service, &asking).map_err(|e| Trouble::Judged { why: e.to_string() });
    let mut told = ask()?;
    if let Told::Held { id, .. } = &told
        && waited(&service, id, options.wait)?
    {
        told = ask()?;
    }
    Ok(match told {
        Told::GoOn(_) => Reply::go_on(dialect, &asked.phase),
        Told::InBox { .. } if wrapped => Reply::go_on(dialect, &asked.phase), // it is what it was told to run
        Told::InBox { command, reasons } => {
            let (way, wrapping) = options.boxed.zip(wrapping).ok_or(Trouble::Defect)?;
            match way {
                boxed::Way::Rewrite => Reply::instead(dialect, &wrapping.instead(&asked.input, &command).ok_or(Trouble::Defect)?),
                boxed::Way::Tell => Reply::block(Some(dialect), &asked.phase, &wrapping.telling(&command, &sentences(&reasons))),
            }
        }
        Told::Held { id, quorum, reasons } => Reply::block(Some(dialect), &asked.phase, &held(&id, &quorum.words(), &reasons)),
        Told::Refused { id, reasons } => Reply::block(Some(dialect), &asked.phase, &refused(&id, &reasons)),
    })
}

/// A folder as it really is, so that a link in its own path is not one that leads astray.
fn real(folder: &str) -> String {
    Path::new(folder).canonicalize().ok().and_then(|real| real.to_str().map(str::to_owned)).unwrap_or_else(|| folder.to_owned())
}

/// Whether people have answered before the time was over. Nothing is waited for where nobody is given time.
fn waited(service: &Office, id: &IntentId, wait: Duration) -> Result<bool, Trouble> {
    let mut left = wait;
    while !left.is_zero() {
        std::thread::park_timeout(POLL.min(left));
        if agent::hand::is_answered(service, id).map_err(|e| Trouble::Judged { why: e.to_string() })? {
            return Ok(true);
        }
        left = left.saturating_sub(POLL);
    }
    Ok(false)
}

fn held(id: &IntentId, quorum: &str, reasons: &[Reason]) -> String {
    let short = crate::words::short(id);
    format!(
        "held as {short}, nothing was run: {} It needs {quorum}. A person sees it with `countersign show {short}` and signs it with `countersign sign {short}`, in a terminal of their own; then the very same, asked for again, passes once.",
        sentences(reasons)
    )
}

fn refused(id: &IntentId, reasons: &[Reason]) -> String {
    format!(
        "refused ({}), nothing was run, and no signature permits it: {} What is read for certain, stays in the person's own work tree and loses nothing that git does not have is permitted.",
        crate::words::short(id),
        sentences(reasons)
    )
}

fn sentences(reasons: &[Reason]) -> String {
    reasons.iter().take(3).map(|reason| format!("{} [{}].", reason.text, reason.rule)).collect::<Vec<_>>().join(" ")
}

/// Why the agent may not go on, beside what was judged. Each says what is true now and what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// Misuse.
    #[error("blocked, nothing was run: `{word}` is not an option of `countersign gate`; `countersign gate --help` lists them")]
    Option {
        /// What was typed.
        word: String,
    },
    /// An agent that nobody knows.
    #[error("blocked, nothing was run: `{name}` is no agent that is known here; `countersign gate --help` lists them")]
    NoSuchDialect {
        /// What was typed.
        name: String,
    },
    /// Bytes.
    #[error("blocked, nothing was run: {0}; this gate is for hooks of agents, see `countersign gate --help`")]
    NotRead(#[from] wire::NotRead),
    /// Shapes.
    #[error("blocked, nothing was run: {0}; a person may look for a newer countersign")]
    NotUnderstood(#[from] NotUnderstood),
    /// Input that goes on.
    #[error("blocked, nothing was run: what the agent said never came to its end; a person may look at how its hook is set up")]
    NeverEnded,
    /// Slow.
    #[error("blocked, nothing was run: it was not decided in time; try again, and if it stays so a person may look at the load of this machine")]
    TooLate,
    /// Ours.
    #[error("blocked, nothing was run: a defect of countersign, please report it")]
    Defect,
    /// The system.
    #[error("blocked, nothing was run: deciding could not be begun ({why}); try again")]
    Begin {
        /// The system's words.
        why: String,
    },
    /// What only `gate check` asks for.
    #[error("blocked, nothing was run: {}", check::STOPPED)]
    Canary,
    /// No folder.
    #[error("blocked, nothing was run: the folder that this runs in has no name that can be written; begin in another")]
    Nowhere,
    /// No service.
    #[error("blocked, nothing was run: {why}; a person must see to the service: `countersign doctor` says what it lacks")]
    Service {
        /// Cause by cause.
        why: String,
    },
    /// Nobody to act for.
    #[error("blocked, nothing was run: nobody sits at this service yet; a person must run `countersign init`")]
    Nobody,
    /// No verdict, or none that could be kept.
    #[error("blocked, nothing was run: it could not be judged and kept ({why}); try again, and if it stays so a person may run `countersign ledger verify`")]
    Judged {
        /// Cause by cause.
        why: String,
    },
}

impl Trouble {
    fn service(error: anyhow::Error) -> Self {
        Self::Service { why: crate::screen::complaint(&error).replace("\nhint: ", "; ") }
    }
}

#[cfg(test)]
mod tests;
