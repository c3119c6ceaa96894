//! `countersign guidance`

use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde_json::{Value, json};
use spec::agents::Agent;
use spec::finding::{Finding, Severity};
use spec::hooks::Hooks;
use spec::ignored::Ignored;
use spec::places::Places;
use spec::skills::Skill;
use spec::steering::Steering;

use super::run;
use crate::args::Common;
use crate::screen::{self, BAD, DIM, Ending, GOOD, WARN};
use crate::words;

/// Check what a project says to agents: steering, skills, hooks, custom agents, ignores.
///
/// Needs nothing of the service, runs nothing and writes nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  countersign guidance check\n  countersign guidance check --strict --json")]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Say what does not do what it seems to. Ends with 1 if there is an error.
    Check {
        /// End with 1 for any finding, not only for errors.
        #[arg(long)]
        strict: bool,
        /// The project's folder; this one by default.
        #[arg(long, short = 'C', value_name = "DIR")]
        directory: Option<PathBuf>,
    },
}

/// The longest file that is read.
const MOST_BYTES: u64 = 1 << 20;
/// More entries of one folder are not read.
const MOST_FILES: usize = 2_000;

/// One file, checked.
struct Checked {
    file: String,
    text: String,
    findings: Vec<Finding>,
}

pub(crate) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let What::Check { strict, directory } = &args.what;
    let root = run::project(directory.as_deref())?;
    let all = checked(&root);
    match common.json {
        true => screen::json(&object(&all)),
        false => tell(&all),
    }
    let fails = |finding: &Finding| *strict || finding.severity == Severity::Error;
    Ok(if all.iter().flat_map(|one| &one.findings).any(fails) { Ending::NotDone } else { Ending::Done })
}

fn checked(root: &Path) -> Vec<Checked> {
    let mut all = Vec::new();
    for name in names(root, ".kiro/steering", &[".md"]) {
        all.push(one(root, format!(".kiro/steering/{name}"), |file, text| Steering::read(file, text).findings));
    }
    for folder in [".kiro/skills", ".claude/skills"] {
        let skills = names(root, folder, &[""]).into_iter().map(|name| (format!("{folder}/{name}/SKILL.md"), name));
        for (file, name) in skills.filter(|(file, _)| root.join(file).symlink_metadata().is_ok()) {
            all.push(one(root, file, |file, text| Skill::read(&name, file, text).findings));
        }
    }
    for name in names(root, ".kiro/hooks", &[""]).into_iter().filter(|name| Hooks::is_one(name)) {
        all.push(one(root, format!(".kiro/hooks/{name}"), hooks));
    }
    for name in names(root, ".kiro/agents", &[".md", ".json"]) {
        all.push(one(root, format!(".kiro/agents/{name}"), |file, text| agent(root, file, text)));
    }
    if root.join(".kiroignore").symlink_metadata().is_ok() {
        all.push(one(root, ".kiroignore".into(), ignored));
    }
    all
}

fn names(root: &Path, folder: &str, ends: &[&str]) -> Vec<String> {
    let entries = std::fs::read_dir(root.join(folder)).into_iter().flatten().take(MOST_FILES);
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|name| ends.iter().any(|end| name.ends_with(end))).collect();
    names.sort();
    names
}

/// Reads and checks a file; what cannot be read is a finding.
fn one(root: &Path, file: String, check: impl FnOnce(&str, &str) -> Vec<Finding>) -> Checked {
    let read = sandbox::read_still(&root.join(&file), MOST_BYTES).map_err(|why| why.to_string());
    match read.and_then(|(bytes, _)| String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())) {
        Ok(text) => Checked { findings: check(&file, &text), file, text },
        Err(why) => {
            let finding = Finding::error("unread-file", &file, 0..0, format!("it was not read: {why}"));
            Checked { file, text: String::new(), findings: vec![finding] }
        }
    }
}

fn hooks(file: &str, text: &str) -> Vec<Finding> {
    let Hooks { hooks, mut findings } = Hooks::read(file, text);
    for hook in hooks {
        let fault = agent::matcher_fault(&hook.applies);
        findings.extend(fault.map(|part| Finding::error("hook-matcher", file, hook.span, format!("`{part}` does not compile, so the hook is not run"))));
    }
    findings
}

fn agent(root: &Path, file: &str, text: &str) -> Vec<Finding> {
    let read = Agent::read(file, text);
    let stem = file.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map_or(file, |(stem, _)| stem);
    let fit = agent::Role::is_fit(root, &read.name).or_else(|why| agent::Role::is_fit(root, stem).map_err(|_| why));
    let mut findings = read.findings.clone();
    if let Err(why) = fit.as_ref().map_err(ToString::to_string)
        && read.is_usable()
    {
        findings.push(Finding::error("agent-unfit", file, 0..0, why));
    }
    findings
}

fn ignored(file: &str, text: &str) -> Vec<Finding> {
    let mut findings = Ignored::read(file, text).findings;
    findings.extend(sandbox::kept_out_fault(text).map(|why| Finding::error("ignore-line", file, 0..0, format!("{why}; no box is opened with it"))));
    findings
}

/// Every finding with its line and column.
fn placed(one: &Checked) -> Vec<(&Finding, usize, usize)> {
    let mut places = Places::of(&one.text);
    let mut placed = Vec::new();
    for finding in &one.findings {
        let place = places.place(finding.span.start);
        placed.push((finding, place.line, place.column));
    }
    placed
}

fn object(all: &[Checked]) -> Value {
    let finding = |(finding, line, column): (&Finding, usize, usize)| {
        json!({
            "rule": finding.rule, "severity": finding.severity, "line": line, "column": column, "span": finding.span, "text": finding.text,
            "hint": finding.hint,
        })
    };
    let files: Vec<Value> = all.iter().map(|one| json!({"file": one.file, "findings": placed(one).into_iter().map(finding).collect::<Vec<_>>()})).collect();
    json!({"files": files, "errors": counted(all, Severity::Error), "warnings": counted(all, Severity::Warning), "notes": counted(all, Severity::Note)})
}

fn counted(all: &[Checked], severity: Severity) -> usize {
    all.iter().flat_map(|one| &one.findings).filter(|finding| finding.severity == severity).count()
}

fn tell(all: &[Checked]) {
    for one in all {
        for (finding, line, column) in placed(one) {
            let (style, word) = match finding.severity {
                Severity::Error => (BAD, "error"),
                Severity::Warning => (WARN, "warning"),
                Severity::Note => (DIM, "note"),
            };
            let (file, text) = (words::safe(&one.file), words::safe(&finding.text));
            screen::say(&format!("{file}:{line}:{column}: {style}{word}{style:#}: {text} [{}]", finding.rule));
            if let Some(hint) = &finding.hint {
                screen::say_in(DIM, &format!("    {}", words::safe(hint)));
            }
        }
    }
    let files = words::counted(all.len(), "file");
    let count = |severity, noun| words::counted(counted(all, severity), noun);
    let counts = format!("{files}: {}, {}, {}", count(Severity::Error, "error"), count(Severity::Warning, "warning"), count(Severity::Note, "note"));
    match all.iter().flat_map(|one| &one.findings).map(|finding| finding.severity).max() {
        None => screen::say_in(GOOD, &format!("✓ {files}: nothing to say")),
        Some(Severity::Error) => screen::say_in(BAD, &format!("✗ {counts}")),
        Some(_) => screen::say_in(WARN, &format!("‖ {counts}")),
    }
}
