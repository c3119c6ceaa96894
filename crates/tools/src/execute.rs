//! Executes one countersigned order. There is no other way in: the order is a [`Countersigned`] value, and how far the box
//! opens for it is computed in the box's own crate from that order alone.
//!
//! What leaves the box (landing a change set, passing the dependency door) is not done here. If the power goes in the middle,
//! the box is gone; what the order did is in the copy, and nowhere else.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use action::{Countersigned, Deed, Digest, EnvironmentName, Intent};
use sandbox::{CallError, ChangesError, Command, Differing, StartError};

use crate::done::{Done, short};
use crate::hands::{Hands, NoBox};
use crate::inside::{Answered, Blob, Request};
use crate::languages;
use crate::job::{Ended, Job, News};
use crate::run::{MOST_SHOWN, Run, attend};
use crate::shape::MOST_SECONDS;
use crate::step::{self, Step};
use crate::test_run::{TestRun, looks_like_tests, parse_test_result};

/// More jobs than this at once are not started.
const MOST_JOBS: usize = 32;
/// How long reading a job's output waits for something new.
const PATIENCE: Duration = Duration::from_secs(2);
/// The hands inside are ours, but the box is not trusted: no answer of theirs is larger.
const LARGEST_ANSWER: usize = 2_000_000;

/// Does what the order says, in the box.
///
/// `blob` gives the bytes that the deed names by digest; `live` gets a foreground command's output as it comes; `stop` ends
/// a command within 50 ms of being raised.
pub fn execute(
    order: &Countersigned<Intent>,
    blob: &dyn Fn(&Digest) -> Option<Vec<u8>>,
    hands: &mut Hands,
    live: &mut dyn FnMut(&[u8]),
    stop: &AtomicBool,
) -> Result<Done, ExecuteError> {
    let deed = &order.value().deed;
    match deed {
        Deed::Read { .. }
        | Deed::List { .. }
        | Deed::Glob { .. }
        | Deed::Grep { .. }
        | Deed::Outline { .. }
        | Deed::Map { .. }
        | Deed::Delete { .. }
        | Deed::Move { .. } => call(order, hands, BTreeMap::new()),
        Deed::FindSymbol { .. } => languages::find(order, hands, stop),
        Deed::LanguageStart { language, command } => languages::start(order, hands, language, command, stop),
        Deed::Write { content: digest, .. } | Deed::Edit { edits: digest, .. } => {
            let blob = Blob::from(bytes(digest, blob)?);
            call(order, hands, BTreeMap::from([(*digest, blob)]))
        }
        Deed::Shell { background: true, command, .. } => start_job(order, hands, command),
        Deed::Shell { command, seconds, .. } => run(order, hands, &Foreground { command, seconds: *seconds }, live, stop),
        Deed::Output { job } => Ok(output(*job, hands.job(*job)?, stop)),
        Deed::StopJob { job } => stop_job(*job, hands, stop),
        Deed::Plan { steps } => plan(&text(steps, blob)?),
        Deed::Delegate { .. }
        | Deed::Take { .. }
        | Deed::Change { .. }
        | Deed::Land { .. }
        | Deed::Accept { .. }
        | Deed::Publish { .. }
        | Deed::Remember { .. }
        | Deed::Forget { .. }
        | Deed::Govern { .. }
        | Deed::Reach { .. }
        | Deed::Fetch { .. }
        | Deed::McpStart { .. }
        | Deed::McpTrust { .. }
        | Deed::McpCall { .. }
        | Deed::Hand { .. } => Err(ExecuteError::NotHere { deed: deed.line() }),
    }
}

/// What a rehearsal did to the throw-away copy of an environment.
#[derive(Clone, Debug)]
pub struct Rehearsed {
    /// Exit status, 128 + n for signal n. Anything but 0 means that the changes are not to be used.
    pub exit: i32,
    /// Output, at most 10 MB. It may hold what was read in the environment: for people, not for the model.
    pub output: Vec<u8>,
    /// How the copy differs from the environment.
    pub changes: Vec<Differing>,
    /// One short line: `exit 0 in 0.3 s`.
    pub line: String,
}

/// Runs the command of a rehearsal order on a copy of its environment. The real place is not touched.
///
/// A rehearsal order is a [`Deed::Change`] whose change set is the digest of no bytes: what it did is not known yet.
pub fn rehearse(
    order: &Countersigned<Intent>,
    hands: &mut Hands,
    live: &mut dyn FnMut(&[u8]),
    stop: &AtomicBool,
) -> Result<Rehearsed, ExecuteError> {
    let deed = &order.value().deed;
    let Deed::Change { environment, command, .. } = deed else {
        return Err(ExecuteError::NotARehearsal { deed: deed.line() });
    };
    if !deed.is_rehearsal() {
        return Err(ExecuteError::NotARehearsal { deed: deed.line() });
    }
    let command = in_box(command, "", Some(environment.clone()));
    let mut process = hands.sandbox()?.start(order, command)?;
    let run = attend(&mut process, MOST_SECONDS, live, stop);
    let good = run.end.is_good(run.exit);
    let changes = process.changes()?;
    let exit = if good { 0 } else { run.exit.max(1) };
    Ok(Rehearsed { exit, line: run.end.line(run.exit, run.took), output: run.kept.into_bytes(), changes })
}

fn in_box(line: &str, cwd: &str, rehearse: Option<EnvironmentName>) -> Command {
    Command { line: line.to_owned(), cwd: cwd.to_owned(), rehearse }
}

/// A file operation, done by the hands inside.
fn call(order: &Countersigned<Intent>, hands: &Hands, blobs: BTreeMap<Digest, Blob>) -> Result<Done, ExecuteError> {
    ask_inside(order, hands, &Request::new(order.value().deed.clone(), blobs)).map(Done::answered)
}

/// What the hands inside answer to a request of this order.
pub(crate) fn ask_inside(order: &Countersigned<Intent>, hands: &Hands, request: &Request) -> Result<Answered, ExecuteError> {
    let request = serde_json::to_vec(request).map_err(|e| ExecuteError::Request { why: e.to_string() })?;
    let answer = hands.sandbox()?.call(order, &request)?;
    if answer.len() > LARGEST_ANSWER {
        return Err(ExecuteError::Answer { why: format!("it has {} bytes", answer.len()) });
    }
    serde_json::from_slice(&answer).map_err(|e| ExecuteError::Answer { why: e.to_string() })
}

/// A blob, checked against its name.
fn bytes(digest: &Digest, blob: &dyn Fn(&Digest) -> Option<Vec<u8>>) -> Result<Vec<u8>, ExecuteError> {
    let bytes = blob(digest).ok_or(ExecuteError::NoBlob { digest: *digest })?;
    match Digest::of_bytes(&bytes) == *digest {
        true => Ok(bytes),
        false => Err(ExecuteError::OtherBlob { digest: *digest }),
    }
}

/// The same as text.
fn text(digest: &Digest, blob: &dyn Fn(&Digest) -> Option<Vec<u8>>) -> Result<String, ExecuteError> {
    String::from_utf8(bytes(digest, blob)?).map_err(|_| ExecuteError::OtherBlob { digest: *digest })
}

struct Foreground<'a> {
    command: &'a str,
    seconds: u64,
}

fn run(
    order: &Countersigned<Intent>,
    hands: &Hands,
    what: &Foreground<'_>,
    live: &mut dyn FnMut(&[u8]),
    stop: &AtomicBool,
) -> Result<Done, ExecuteError> {
    let mut process = hands.sandbox()?.start(order, shell_command(order)?)?;
    let Run { kept, exit, end, took } = attend(&mut process, what.seconds, live, stop);
    let text = told(&kept.excerpt(MOST_SHOWN), &end.words(exit));
    let output = kept.into_bytes();
    let ok = end.is_good(exit);
    let tests = tests_in(what.command, &output, ok, exit);
    Ok(Done { text_for_model: text, exit: Some(exit), output, ok, cut: end.is_cut(), line: end.line(exit, took), tests })
}

/// The command exactly as it was signed.
fn shell_command(order: &Countersigned<Intent>) -> Result<Command, ExecuteError> {
    match &order.value().deed {
        Deed::Shell { command, cwd, .. } => Ok(in_box(command, cwd, None)),
        other => Err(ExecuteError::NotHere { deed: other.line() }),
    }
}

/// A command that was ended by us did not pass, whatever status it left.
fn tests_in(command: &str, output: &[u8], ok: bool, exit: i32) -> Option<TestRun> {
    let exit = Some(if ok { 0 } else { exit.max(1) });
    looks_like_tests(command).then(|| parse_test_result(command, &String::from_utf8_lossy(output), exit))
}

/// Output and what came of it, each on its own lines.
fn told(output: &str, end: &str) -> String {
    match output {
        "" => format!("(no output)\n{end}"),
        _ if output.ends_with('\n') => format!("{output}{end}"),
        _ => format!("{output}\n{end}"),
    }
}

fn start_job(order: &Countersigned<Intent>, hands: &mut Hands, command: &str) -> Result<Done, ExecuteError> {
    let running = hands.running_jobs().len();
    if running >= MOST_JOBS {
        return Err(ExecuteError::TooManyJobs { running });
    }
    let process = hands.sandbox()?.start(order, shell_command(order)?)?;
    let job = Job::start(command.to_owned(), process).map_err(ExecuteError::NoThread)?;
    hands.last_job += 1;
    let number = hands.last_job;
    hands.jobs.insert(number, job);
    let line = format!("started job {number}");
    let text = format!("{line}; read what it prints with `output`, end it with `stop`");
    Ok(Done::said(true, &line, text))
}

fn output(number: u64, job: &Job, stop: &AtomicBool) -> Done {
    report(number, job, job.news(PATIENCE, stop))
}

fn stop_job(number: u64, hands: &mut Hands, stop: &AtomicBool) -> Result<Done, ExecuteError> {
    let known = hands.known_jobs();
    let job = hands.jobs.get_mut(&number).ok_or(ExecuteError::NoJob { number, known })?;
    job.stop();
    let mut done = report(number, job, job.news(Duration::ZERO, stop));
    done.ok = true; // it was to end, and it has
    Ok(done)
}

fn report(number: u64, job: &Job, news: News) -> Done {
    let News { unread, ended } = news;
    let excerpt = unread.excerpt(MOST_SHOWN);
    let output = unread.into_bytes();
    let Some(Ended { exit, end, took }) = ended else {
        let text = told(&excerpt, &format!("[job {number} still runs]"));
        let line = format!("job {number} still runs");
        return Done { output, ..Done::said(true, &line, text) };
    };
    let good = end.is_good(exit);
    let tests = tests_in(&job.command, &output, good, exit);
    let line = short(&format!("job {number}: {}", end.line(exit, took)));
    let text = told(&excerpt, &format!("[job {number} has ended] {}", end.words(exit)));
    Done { text_for_model: text, exit: Some(exit), output, ok: good, cut: end.is_cut(), line, tests }
}

fn plan(steps: &str) -> Result<Done, ExecuteError> {
    let steps: Vec<Step> = serde_json::from_str(steps).map_err(|e| ExecuteError::Request { why: e.to_string() })?;
    let line = step::line(&steps);
    Ok(Done::said(true, &line, format!("noted: {line}")))
}

impl Hands {
    fn job(&self, number: u64) -> Result<&Job, ExecuteError> {
        self.jobs.get(&number).ok_or_else(|| ExecuteError::NoJob { number, known: self.known_jobs() })
    }

    fn known_jobs(&self) -> String {
        match self.jobs.keys().map(ToString::to_string).collect::<Vec<_>>() {
            none if none.is_empty() => "there are no jobs".to_owned(),
            known => format!("the jobs are {}", known.join(", ")),
        }
    }
}

/// Why an order was not executed, or nobody saw what came of it.
#[derive(Debug, thiserror::Error)]
pub enum ExecuteError {
    /// There is no box to do it in. Nothing happened.
    #[error(transparent)]
    NoBox(#[from] NoBox),
    /// The deed leaves the box, and is done elsewhere. Nothing happened.
    #[error("`{deed}` is not done in the box")]
    NotHere {
        /// The deed in a line.
        deed: String,
    },
    /// The order is not one to rehearse. Nothing happened.
    #[error("`{deed}` is not a rehearsal")]
    NotARehearsal {
        /// The deed in a line.
        deed: String,
    },
    /// The bytes that the deed names are not kept. Nothing happened.
    #[error("the bytes of {digest} are not there")]
    NoBlob {
        /// Their name.
        digest: Digest,
    },
    /// The bytes are not those that were signed. Nothing happened.
    #[error("the bytes kept as {digest} are not those that were signed")]
    OtherBlob {
        /// Their name.
        digest: Digest,
    },
    /// The request cannot be written. Nothing happened.
    #[error("the request cannot be written: {why}")]
    Request {
        /// The writer's words.
        why: String,
    },
    /// The file operation did not end well; what it did is in the copy.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The answer makes no sense; what was done is in the copy.
    #[error("the answer of the hands in the box cannot be read: {why}")]
    Answer {
        /// The reader's words.
        why: String,
    },
    /// The command did not start. Nothing ran.
    #[error(transparent)]
    Start(#[from] StartError),
    /// No thread could be had for a background command; it was ended.
    #[error("the command cannot be attended in the background, and was ended")]
    NoThread(#[source] std::io::Error),
    /// Too many run already. Nothing ran.
    #[error("{running} jobs run already; stop one first")]
    TooManyJobs {
        /// How many.
        running: usize,
    },
    /// No such job. Nothing happened.
    #[error("there is no job {number}; {known}")]
    NoJob {
        /// What was asked for.
        number: u64,
        /// What there is.
        known: String,
    },
    /// What a rehearsal did cannot be read; the environment was not touched.
    #[error(transparent)]
    Changes(#[from] ChangesError),
}
