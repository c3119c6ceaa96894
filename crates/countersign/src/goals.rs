//! What is to be reached, as typed, and how it is told whether it was.

use std::path::Path;

use action::SessionId;
use agent::{Goal, Pursued};
use anyhow::bail;

use crate::own_tests;
use crate::screen::{self, GOOD, Misuse, WARN};
use crate::words;

/// When the work is done: decided by a command, never by the model.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct GoalArgs {
    /// Go on until this holds; "tests pass" is the one goal in words that a machine can decide.
    #[arg(long, value_name = "GOAL", conflicts_with = "until_command")]
    until: Option<String>,
    /// Go on until this command, run in the box, ends with status 0.
    #[arg(long, value_name = "COMMAND")]
    until_command: Option<String>,
    /// The command that runs the project's tests, for --until "tests pass"; found from the project's files by default.
    #[arg(long, value_name = "COMMAND", requires = "until")]
    test_command: Option<String>,
    /// How often the goal's command may be run.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    max_rounds: u32,
}

impl GoalArgs {
    /// The goal that was typed; its command is found in the project where none is named.
    pub(crate) fn goal(&self, root: &Path) -> anyhow::Result<Option<Goal>> {
        let goal = |until: String, command: &str, folder: String| Goal { until, command: command.to_owned(), folder, runs: self.max_rounds };
        match (&self.until, &self.until_command) {
            (_, Some(command)) => Ok(Some(goal(format!("{command} ends with 0"), command, here()))),
            (None, None) => Ok(None),
            (Some(words), None) if !means_tests(words) => bail!(Misuse(undecidable(words))),
            (Some(words), None) => match &self.test_command {
                Some(command) => Ok(Some(goal(words.clone(), command, here()))),
                None => match own_tests::find(root) {
                    Some(runner) => Ok(Some(goal(words.clone(), &runner.all, runner.folder))),
                    None => bail!(Misuse("no way to run this project's tests was found\nhint: name it with --test-command \"…\"".into())),
                },
            },
        }
    }
}

fn here() -> String {
    ".".to_owned()
}

fn means_tests(words: &str) -> bool {
    let plain = words.trim().trim_end_matches('.').to_lowercase();
    ["tests pass", "the tests pass", "all tests pass"].contains(&plain.as_str())
}

fn undecidable(words: &str) -> String {
    format!("no machine can decide whether `{}` holds\nhint: use --until \"tests pass\", or --until-command with a command that ends with 0 when it does; say everything else in the prompt", words::safe(words))
}

/// Whether the goal was reached, and by what run.
pub(crate) fn tell(session: &SessionId, pursued: &Pursued) {
    let Goal { until, command, .. } = &pursued.goal;
    let runs = words::counted(pursued.runs.len(), "run");
    let last = pursued.runs.last().map_or_else(|| "it was never run".to_owned(), |run| format!("{}: {}", run.result.word(), words::safe(&run.line)));
    let by = pursued.runs.last().and_then(|run| run.intent.as_ref()).map_or_else(String::new, |id| format!(" · countersign show {}", words::short(id)));
    match pursued.is_reached() {
        true => screen::say_in(GOOD, &format!("✓ goal reached: {} (`{}`, {runs}; {last}{by})", words::safe(until), words::safe(command))),
        false => {
            screen::say_in(WARN, &format!("✗ goal not reached: {} (`{}`, {runs}; {last}{by})", words::safe(until), words::safe(command)));
            screen::say(&format!("  countersign resume {session} --until …   goes on"));
        }
    }
}

/// The same for scripts.
pub(crate) fn json_of(pursued: &Pursued) -> serde_json::Value {
    let run = |run: &agent::GoalRun| serde_json::json!({"intent": run.intent, "line": run.line, "result": run.result.word()});
    let Goal { until, command, folder, .. } = &pursued.goal;
    let runs: Vec<serde_json::Value> = pursued.runs.iter().map(run).collect();
    serde_json::json!({"until": until, "command": command, "folder": folder, "reached": pursued.is_reached(), "runs": runs})
}
