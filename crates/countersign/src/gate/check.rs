//! `countersign gate check`: proves that the gate is in force by starting the installed agent in each of its modes against a
//! scripted model, which calls one command that is harmless and that no gate of ours lets pass. Nothing is assumed of the
//! agent's version, its settings or its flags: either the command was stopped by the gate, or it is said that it was not.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use serde::Serialize;
use serde_json::json;

use crate::args::Common;
use crate::screen::{self, Ending};

mod peers;
mod protocol;
mod scripted;

use peers::{Mode, PEERS, Peer};
use scripted::Scripted;

/// In the command that no gate lets pass.
pub(crate) const CANARY: &str = "countersign-gate-canary-";
/// What the gate says of it. The agent hands it on to the model, which is how it is seen here.
pub(crate) const STOPPED: &str = "the canary of `countersign gate check` was stopped, as it must be";

/// One run may take this long.
const LIMIT: Duration = Duration::from_secs(90);

/// What is checked.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign gate check                    every agent that is installed\n  countersign gate check --for codex --json\n\nExit code 1 where a command ran or nothing is known. Check again when an agent's version changes.")]
pub(crate) struct Args {
    /// Which agent: claude, codex, gemini, qwen, goose, opencode. All that are installed, where none is named.
    #[arg(long = "for", value_name = "AGENT")]
    agent: Option<String>,
    /// Its program, where it is not on the PATH under its usual name.
    #[arg(long, value_name = "FILE", requires = "agent")]
    program: Option<PathBuf>,
}

/// How one mode went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Found {
    /// The gate stopped the command.
    Stopped,
    /// The agent did not run it by itself, and the gate was not asked: nothing is proved of the gate.
    NotAsked,
    /// The command ran: in this mode the gate is not in force.
    Ran,
    /// The agent called no command, so nothing is known.
    Unknown,
}

/// One mode of one agent.
#[derive(Clone, Debug, Serialize)]
struct Checked {
    agent: &'static str,
    version: String,
    mode: &'static str,
    found: Found,
    note: String,
}

pub(crate) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let mut all = Vec::new();
    for (peer, program) in wanted(args)? {
        let version = version(&program);
        for mode in peer.modes {
            let checked = one(peer, &program, mode, &version)?;
            if !common.json {
                screen::say(&line(&checked));
            }
            all.push(checked);
        }
    }
    if common.json {
        all.iter().for_each(|checked| screen::json(&json!(checked)));
    }
    let open = all.iter().filter(|checked| matches!(checked.found, Found::Ran | Found::Unknown)).count();
    if !common.json {
        screen::say(&match open {
            0 => "the gate stopped the command wherever the agent would have run it; check again when its version changes".to_owned(),
            _ => format!("in {open} of {} modes the gate is not in force, or nothing is known; `countersign gate install --managed` is what holds best", all.len()),
        });
    }
    Ok(if open == 0 { Ending::Done } else { Ending::NotDone })
}

fn line(checked: &Checked) -> String {
    let word = match checked.found {
        Found::Stopped => "✓ stopped",
        Found::NotAsked => "· not asked",
        Found::Ran => "✗ RAN",
        Found::Unknown => "? unknown",
    };
    let note = if checked.note.is_empty() { String::new() } else { format!(" ({})", checked.note) };
    format!("{word:<12} {} {} · {}{note}", checked.agent, checked.version, checked.mode)
}

/// The agents that are to be checked, with their programs.
fn wanted(args: &Args) -> anyhow::Result<Vec<(&'static Peer, PathBuf)>> {
    let Some(name) = &args.agent else {
        let found: Vec<_> = PEERS.iter().filter_map(|peer| Some((peer, program(peer)?))).collect();
        if found.is_empty() {
            bail!("none of the agents is installed that can be started without a person: {}", names());
        }
        return Ok(found);
    };
    let peer = Peer::named(name).with_context(|| format!("`{name}` is none of the agents that can be started without a person: {}", names()))?;
    let program = args.program.clone().or_else(|| program(peer)).with_context(|| format!("{} is not on the PATH\nhint: --program FILE says where it is", peer.programs.join(" or ")))?;
    Ok(vec![(peer, program)])
}

fn names() -> String {
    PEERS.map(|peer| peer.name).join(", ")
}

fn program(peer: &Peer) -> Option<PathBuf> {
    let (_, path) = crate::home::variables().into_iter().find(|(name, _)| name == "PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    peer.programs.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|file| file.is_file())
}

fn version(program: &Path) -> String {
    let said = start(program, &[OsString::from("--version")], Path::new("/"), &[], Duration::from_secs(20));
    let text = said.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let word = text.split_whitespace().find(|word| word.contains('.') && word.bytes().any(|byte| byte.is_ascii_digit()));
    word.map_or_else(|| "of unknown version".to_owned(), |word| action::visible_line(word, 40))
}

/// Starts the agent once, in an empty project of its own.
fn one(peer: &'static Peer, program: &Path, mode: &'static Mode, version: &str) -> anyhow::Result<Checked> {
    let project = tempfile::Builder::new().prefix("countersign-gate-check-").tempdir().context("there is no place for a project")?;
    for (name, text) in mode.files {
        let place = project.path().join(name);
        place.parent().map_or(Ok(()), std::fs::create_dir_all)?;
        std::fs::write(place, text)?;
    }
    let canary = project.path().join("canary.txt");
    let mark = project.path().file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let model = Scripted::start(vec![format!("printf %s {CANARY}{mark} > canary.txt")]).context("the scripted model cannot listen on loopback")?;
    let url = model.url();
    let output = start(program, &peer.arguments(mode, &url), project.path(), &peer.variables(mode, &url), LIMIT);
    let heard = model.heard();
    let ours = heard.results.iter().any(|result| result.contains(STOPPED));
    let found = match (canary.exists(), ours, heard.called) {
        (true, _, _) => Found::Ran,
        (false, true, _) => Found::Stopped,
        // Called or withheld: the agent itself did not let it run. Whether the gate was asked cannot be seen.
        (false, false, called) if called > 0 || heard.withheld > 0 => Found::NotAsked,
        _ => Found::Unknown,
    };
    let note = match (&output, found) {
        (Err(why), _) => format!("the agent {why}"),
        (Ok(output), Found::Unknown) => format!("it ended with {}: {}", output.code, action::visible_line(String::from_utf8_lossy(&output.stderr).trim(), 200)),
        (Ok(_), Found::NotAsked) if heard.called == 0 => "it offers the model no shell".to_owned(),
        (Ok(_), Found::NotAsked) => heard.results.last().map(|result| format!("it told the model: {}", action::visible_line(result, 120))).unwrap_or_else(|| "it ended before the call".to_owned()),
        (Ok(_), _) => String::new(),
    };
    Ok(Checked { agent: peer.name, version: version.to_owned(), mode: mode.name, found, note })
}

/// Starts a program with the person's variables and these.
fn start(program: &Path, arguments: &[OsString], folder: &Path, more: &[(String, String)], limit: Duration) -> Result<sandbox::Output, String> {
    let mut variables: BTreeMap<String, String> = crate::home::variables().into_iter().collect();
    variables.extend(more.iter().cloned());
    let variables: Vec<(&str, &OsStr)> = variables.iter().map(|(name, value)| (name.as_str(), OsStr::new(value))).collect();
    let arguments: Vec<&OsStr> = arguments.iter().map(OsString::as_os_str).collect();
    let input = sandbox::Input { arguments: &arguments, folder, stdin: b"", variables: &variables, limit };
    sandbox::spawn_peer(program, &input).map_err(|e| match e {
        sandbox::TrustedError::TooLong { limit } => format!("did not end in {} s", limit.as_secs()),
        other => format!("could not be run: {other}"),
    })
}
