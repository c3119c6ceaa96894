//! `countersign spec run`

use agent::Landed;
use agent::specs::{Outcome, Part, Report, Tasks, run as run_tasks};
use anyhow::bail;
use serde_json::json;

use super::authoring::{Authoring, change_json, tell_standing, trouble};
use crate::args::Common;
use crate::commands::run::{self, WorkArgs};
use crate::screen::{self, BOLD, DIM, Ending, GOOD, Misuse, WARN};
use crate::words;

/// Work on tasks of a specification.
///
/// Each task has a session and a copy of its own; those of a wave work at the same time. A task is done when evidence says so: its tests exist, failed on the
/// code from before, and pass now; the criteria it cites are covered by tests that say so; documentation follows. What is done is merged in order
/// and proposed as one change set.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign spec run totals --all\n  countersign spec run totals --wave --at-once 4\n  countersign spec run totals --task 2.1\n\nExit code 1: the change set is held, or a task is not done.")]
pub(super) struct Args {
    /// The specification.
    name: String,
    /// A task by its number, or by its place where it has none of its own: `2.1`, `@3`. May be given several times.
    #[arg(long = "task", value_name = "NUMBER", group = "which")]
    tasks: Vec<String>,
    /// All that are open and not optional (this is what happens without a choice).
    #[arg(long, group = "which")]
    all: bool,
    /// The next wave only.
    #[arg(long, group = "which")]
    wave: bool,
    /// How many tasks are worked on at the same time.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=8))]
    at_once: u8,
    /// The longest that one run of the tests may take; then it is ended, and the task is not done.
    #[arg(long, value_name = "SECONDS", default_value_t = agent::specs::TEST_SECONDS, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    test_seconds: u64,
    #[command(flatten)]
    work: WorkArgs,
}

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let mut authoring = Authoring::of(common, &args.work, &args.name, "")?;
    authoring.brief.test_seconds = args.test_seconds;
    authorized(&authoring)?;
    let tasks = authoring.tasks().unwrap_or_default();
    if let Some(none) = args.tasks.iter().find(|number| !is_task(&tasks, number)) {
        let ids = tasks.ids();
        let numbers: Vec<&str> = tasks.leaves().filter_map(|at| ids.get(at)).map(String::as_str).collect();
        bail!(Misuse(format!("there is no task `{}` that can be worked on\nhint: the tasks are {}", words::safe(none), words::safe(&numbers.join(", ")))));
    }
    let which = match (args.tasks.is_empty(), args.wave) {
        (false, _) => Tasks::These(args.tasks.clone()),
        (true, true) => Tasks::Wave,
        (true, false) => Tasks::All,
    };
    let report = run_tasks(&authoring.service, &authoring, &authoring.brief, &which, usize::from(args.at_once)).map_err(trouble)?;
    match common.json {
        true => screen::json(&json_of(&report)),
        false => tell(&authoring, &report),
    }
    let landed = report.ended.as_ref().is_some_and(|ended| matches!(&ended.change, Landed::Done(_, _, settled) if settled.ok) || matches!(ended.change, Landed::Nothing));
    Ok(if landed && report.stopped.is_none() { Ending::Done } else { Ending::NotDone })
}

/// Whether there is a task of this number that is no heading of others.
fn is_task(tasks: &spec::tasks::Tasks, number: &str) -> bool {
    tasks.find(number).and_then(|at| tasks.tasks.get(at)).is_some_and(|task| task.children.is_empty())
}

/// Nothing is built on a text that nobody signed.
fn authorized(authoring: &Authoring<'_>) -> anyhow::Result<()> {
    let standings = authoring.standings()?;
    if let Some(gone) = standings.iter().find(|standing| standing.now.is_none() && (standing.authorized.is_some() || standing.part == Part::Tasks)) {
        bail!(Misuse(format!("`{}` is not there, and tasks are worked on by it", words::safe(&authoring.brief.path(gone.part.file())))));
    }
    let open: Vec<_> = standings.into_iter().filter(|standing| standing.now.is_some() && !standing.is_authorized()).collect();
    if open.is_empty() {
        return Ok(());
    }
    if !authoring.common.json {
        open.iter().for_each(|standing| tell_standing(&authoring.service, &authoring.root, &authoring.brief, standing));
    }
    let name = &authoring.brief.name;
    bail!(Misuse(format!("tasks are worked on by documents that you signed\nhint: read them, then `countersign spec accept {name}`")))
}

fn tell(authoring: &Authoring<'_>, report: &Report) {
    screen::say("");
    for outcome in &report.outcomes {
        tell_outcome(authoring, outcome);
    }
    if report.outcomes.is_empty() {
        screen::say_in(DIM, "no open task was left to do");
    }
    if let Some(why) = &report.stopped {
        screen::say_in(WARN, &format!("‖ ended before all was done: {}", words::safe(why)));
    }
    if let (Some(ended), Some(main), false) = (&report.ended, &report.main, report.outcomes.is_empty()) {
        run::tell(&authoring.service, main, ended);
    }
}

fn tell_outcome(authoring: &Authoring<'_>, outcome: &Outcome) {
    let (style, word) = if outcome.judgement.done { (GOOD, "done") } else { (WARN, "not done") };
    let again = if outcome.again { ", begun again after another task" } else { "" };
    screen::say_in(BOLD, &format!("task {} {}", outcome.number, words::safe(&outcome.text)));
    let session = outcome.session.as_ref().map_or_else(String::new, |session| format!(" (session {session}{again})"));
    screen::say_in(style, &format!("  {word}{session}"));
    for line in &outcome.judgement.lines {
        let mark = if line.ok { '✓' } else { '✗' };
        screen::say_in(if line.ok { DIM } else { WARN }, &format!("  {mark} {}: {}", line.what, words::safe(&line.text)));
    }
    if !outcome.judgement.done {
        let (name, number) = (&authoring.brief.name, &outcome.number);
        screen::say(&format!("  again: countersign spec run {name} --task {number} · as it is: countersign spec accept {name} --task {number} --why …"));
    }
}

fn json_of(report: &Report) -> serde_json::Value {
    let of = |outcome: &Outcome| json!({"task": outcome.number, "done": outcome.judgement.done, "evidence": outcome.judgement.lines, "session": outcome.session, "again": outcome.again});
    let tasks: Vec<_> = report.outcomes.iter().map(of).collect();
    json!({"event": "ended", "session": report.main, "tasks": tasks, "stopped": report.stopped, "change": report.ended.as_ref().map(change_json)})
}
