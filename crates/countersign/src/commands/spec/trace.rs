//! `countersign spec trace`

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use agent::specs::Part;
use anyhow::Context;
use clap::ValueEnum;
use spec::drift::{Drifted, Now, drift};
use spec::folder::Spec;
use spec::trace::{Approval, Evidence, Standing, Test, TestResult, Trace, Traced, to_html, to_markdown, trace};

use super::folders::{Folder, Project};
use super::history::History;
use super::junit::{self, Case};
use super::own_runs::OwnRuns;
use super::{Place, Which, made, receipts, sources};
use crate::args::Common;
use crate::home::Home;
use crate::screen::{self, BAD, BOLD, DIM, Ending, GOOD, Misuse, Outside, WARN};
use crate::words;

/// What to trace, by which results, and how to show it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The specification's name, or its folder from the project's root.
    name: String,
    #[command(flatten)]
    place: Place,
    /// A JUnit file with test results; may be given several times.
    #[arg(long, value_name = "FILE")]
    results: Vec<PathBuf>,
    /// How to show it; `--json` is the same as json.
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// Write it there instead of printing it; never through a link.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a terminal.
    Table,
    /// A Markdown matrix.
    Markdown,
    /// One HTML page that loads nothing.
    Html,
    /// A JSON object.
    Json,
}

/// All that was found out about one specification.
pub(super) struct Found {
    pub trace: Trace,
    pub drifted: Vec<Drifted>,
    /// Every file that was made for its tasks, as far as that is known.
    pub made: Vec<String>,
    /// What could not be found out.
    pub notes: Vec<String>,
}

/// Bytes of a report beyond which it is not read.
const MOST_REPORT: u64 = 256 << 20;

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let project = Project::open(&args.place)?;
    let which = Which { names: vec![args.name.clone()], all: false, place: Place { directory: args.place.directory.clone() } };
    let folder = project.chosen(&which)?.into_iter().next().context("there is no such specification")?;
    let cases = reports(&args.results)?;
    let found = find(common, &project, &folder, &cases)?;
    let format = if common.json { Format::Json } else { args.format };
    let text = match format {
        Format::Table => None,
        Format::Markdown => Some(to_markdown(&found.trace, &found.drifted)),
        Format::Html => Some(to_html(&found.trace, &found.drifted)),
        Format::Json => Some(serde_json::json!({"trace": found.trace, "drift": found.drifted, "notes": found.notes}).to_string() + "\n"),
    };
    match (text, &args.out) {
        (Some(text), Some(out)) => {
            project.put(out, text.as_bytes())?;
            found.notes.iter().for_each(|note| screen::complain(&words::safe(note)));
        }
        (Some(text), None) => {
            screen::say(text.trim_end_matches('\n'));
            found.notes.iter().filter(|_| format != Format::Json).for_each(|note| screen::complain(&words::safe(note)));
        }
        (None, Some(_)) => anyhow::bail!(Misuse("--out takes --format markdown, html or json".to_owned())),
        (None, None) => tell(&found),
    }
    Ok(Ending::Done)
}

/// What no longer matches the code that was made for it, a line each; and every file that was made.
pub(super) fn drift_of(common: &Common, root: &std::path::Path, name: &str) -> anyhow::Result<(Vec<String>, Vec<String>)> {
    let place = || Place { directory: Some(root.to_owned()) };
    let project = Project::open(&place())?;
    let which = Which { names: vec![name.to_owned()], all: false, place: place() };
    let folder = project.chosen(&which)?.into_iter().next().context("there is no such specification")?;
    let found = find(common, &project, &folder, &[])?;
    Ok((found.drifted.iter().map(|one| format!("{}: {}", one.part, one.why())).collect(), found.made))
}

pub(super) fn reports(paths: &[PathBuf]) -> anyhow::Result<Vec<Case>> {
    let mut cases = Vec::new();
    for path in paths {
        let shown = words::safe(&path.display().to_string());
        let size = std::fs::metadata(path).with_context(|| format!("`{shown}` cannot be read")).map_err(Outside)?.len();
        if size > MOST_REPORT {
            anyhow::bail!(Misuse(format!("`{shown}` is too large for a test report")));
        }
        let bytes = std::fs::read(path).with_context(|| format!("`{shown}` cannot be read")).map_err(Outside)?;
        let read = junit::read(&String::from_utf8_lossy(&bytes));
        cases.extend(read.map_err(|e| Misuse(format!("`{shown}` is no JUnit report: {e}")))?);
    }
    Ok(cases)
}

/// What people signed of the documents, as `spec status` has it.
fn approvals(service: &agent::Office, root: &Path, folder: &str) -> anyhow::Result<Vec<Approval>> {
    let text = |path: &str| sandbox::read_still(&root.join(path), MOST_REPORT).ok().map(|(bytes, _)| bytes);
    let parts = [Part::Requirements, Part::Bugfix, Part::Design, Part::Tasks];
    let standings = agent::specs::standings(&service.book, &root.to_string_lossy(), folder, &parts, &text)?;
    Ok(standings.iter().filter_map(|standing| {
        let signed = standing.authorized.as_ref()?;
        let by = signed.by.iter().map(action::PersonId::as_str).collect::<Vec<_>>().join(", ");
        Some(Approval { document: standing.part.file().to_owned(), by, current: standing.is_authorized() })
    }).collect())
}

pub(super) fn find(common: &Common, project: &Project, folder: &Folder, cases: &[Case]) -> anyhow::Result<Found> {
    let spec = project.read(folder);
    let (mut evidence, mut notes) = (Evidence::default(), Vec::new());
    let (home, mut runs, mut steps) = (Home::find(common)?, OwnRuns::default(), Vec::new());
    let service = if home.is_founded() { Some(home.service()?) } else { None };
    if let Some(service) = &service {
        let known = receipts::read(service, project.root().join(&folder.path))?;
        (evidence.receipts, runs, steps) = (known.receipts, OwnRuns::of(known.runs), known.steps);
        evidence.approvals = approvals(service, project.root(), &folder.path)?;
    }
    let (mut by_commits, mut committed, mut declared) = (Vec::new(), BTreeMap::new(), None);
    match History::open(project.root()) {
        Some(history) => {
            let sources = sources::read(project, &history.files());
            if sources.cut {
                notes.push("there is more source text than is read; tests further on were not found".to_owned());
            }
            let only = project.folders()?.len() == 1;
            evidence.tests = tests((&spec, project), &sources, (cases, &mut runs), only, &mut notes);
            let changes = history.changes(&folder.name);
            (by_commits, committed) = (history.made(folder, &changes), history.now());
            declared = Some(sources.declared.keys().cloned().collect::<BTreeSet<String>>());
            evidence.commits = changes.into_iter().map(|change| change.commit).collect();
        }
        None => notes.push("there is no git repository with a commit here: no commits and no tests were looked for".to_owned()),
    }
    if cases.is_empty() && !evidence.tests.is_empty() && evidence.tests.iter().all(|test| test.result == TestResult::NotRun) {
        notes.push("no results were given, so no test counts as run; give them with --results FILE (JUnit)".to_owned());
    }
    notes.extend(runs.note());
    if !home.is_founded() {
        notes.push("there is no ledger here: no receipts and no approvals were looked for".to_owned());
    }
    let known = match &service {
        Some(service) => made::known(service, project.root(), folder, &steps, by_commits),
        None => made::Known { by_ledger: Vec::new(), by_commits },
    };
    let made: BTreeSet<String> = known.by_ledger.iter().chain(&known.by_commits).flat_map(|one| &one.files).map(|(path, _)| path.clone()).collect();
    let drifted = drifted(&spec, project.root(), known, committed, declared);
    Ok(Found { trace: trace(&spec, &evidence), drifted, made: made.into_iter().collect(), notes })
}

/// What differs from what was made; nothing is said of tests where nobody looked for them.
fn drifted(spec: &Spec, root: &Path, mut known: made::Known, committed: BTreeMap<String, String>, declared: Option<BTreeSet<String>>) -> Vec<Drifted> {
    if declared.is_none() {
        known.by_ledger.iter_mut().for_each(|made| made.tests.clear());
    }
    let tests = declared.unwrap_or_default();
    let now = Now { files: made::now(root, &known.by_ledger), tests: tests.clone() };
    let mut all = drift(spec, &known.by_ledger, &now);
    all.extend(drift(spec, &known.by_commits, &Now { files: committed, tests }));
    all.sort();
    all
}

/// Tests that name a criterion, with their results. One that names no specification counts only where there is just one.
fn tests((spec, project): (&Spec, &Project), sources: &sources::Sources, (cases, runs): (&[Case], &mut OwnRuns), only: bool, notes: &mut Vec<String>) -> Vec<Test> {
    let (mut tests, mut nameless) = (Vec::new(), 0);
    for (file, tagged) in &sources.tagged {
        let named = |tag: &&spec::trace::Tag| tag.spec.as_ref().map_or(only, |name| *name == spec.name);
        let tags: Vec<_> = tagged.tags.iter().filter(named).cloned().collect();
        nameless += usize::from(!only && tagged.tags.iter().any(|tag| tag.spec.is_none()));
        if !tags.is_empty() {
            let declared = sources.declared.get(&tagged.name).copied().unwrap_or(0);
            let (result, when) = match junit::result(cases, &tagged.name, declared) {
                (TestResult::NotRun, _) => runs.result(project.root(), file, &tagged.name, declared),
                reported => reported,
            };
            let name = if tagged.name.is_empty() { file.clone() } else { tagged.name.clone() };
            tests.push(Test { name, file: file.clone(), line: tagged.line, tags, result, when });
        }
    }
    if nameless > 0 {
        notes.push(format!("{} name criteria without naming a specification, and there are several: they count for none", words::counted(nameless, "test")));
    }
    tests
}

fn tell(found: &Found) {
    let trace = &found.trace;
    screen::say_in(BOLD, &format!("{}: {}", words::safe(&trace.spec), trace.summary()));
    for row in &trace.requirements {
        screen::say("");
        screen::say_in(BOLD, &format!("{} {}", words::safe(&row.number), words::safe(&row.title)));
        row.criteria.iter().for_each(criterion);
    }
    list("no longer as it was made", found.drifted.iter().map(|drifted| format!("{}: {}", drifted.part, drifted.why())));
    list("approvals", trace.approvals.iter().map(|approval| {
        format!("{} by {}{}", approval.document, approval.by, if approval.current { "" } else { ", changed since" })
    }));
    list("said to be done, and citing no criterion", trace.loose.iter().map(spec::trace::Loose::line));
    list("pointing at nothing", trace.dangling.iter().cloned());
    found.notes.iter().for_each(|note| screen::say_in(DIM, &format!("note: {}", words::safe(note))));
}

fn criterion(traced: &Traced) {
    let style = match traced.standing {
        Standing::Proved => GOOD,
        Standing::Failing => BAD,
        Standing::Claimed | Standing::Open | Standing::Uncited => WARN,
    };
    let word = format!("{:<8}", traced.standing.word());
    screen::say(&format!("  {style}{word}{style:#} {}  {}", words::safe(&traced.id), action::visible_line(&traced.text, 110)));
    screen::say_in(DIM, &format!("           {}", words::safe(&traced.why)));
    part("design", traced.design.iter().cloned());
    part("tests", traced.tests.iter().map(|test| format!("{} {}:{}", test.name, test.file, test.line)));
    part("commits", traced.commits.iter().map(|commit| format!("{} {}", commit.sha.get(..10).unwrap_or_default(), commit.subject)));
    part("receipts", traced.receipts.iter().map(|receipt| format!("#{} {}", receipt.index, receipt.line)));
}

fn part(name: &str, items: impl Iterator<Item = String>) {
    for item in items {
        screen::say_in(DIM, &format!("           {name}: {}", words::safe(&item)));
    }
}

fn list(title: &str, items: impl Iterator<Item = String>) {
    for (n, item) in items.enumerate() {
        if n == 0 {
            screen::say("");
            screen::say_in(BOLD, title);
        }
        screen::say_in(WARN, &format!("  {}", words::safe(&item)));
    }
}
