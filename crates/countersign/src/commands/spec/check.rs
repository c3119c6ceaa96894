//! `countersign spec check`

use clap::ValueEnum;
use serde_json::{Value, json};
use spec::check;
use spec::finding::{Finding, Severity};
use spec::folder::Spec;
use spec::places::Places;
use spec::sarif::{self, Checked};
use spec::trace::Tag;

use super::folders::{Folder, Project};
use super::history::History;
use super::{Which, sources};
use crate::args::Common;
use crate::screen::{self, BAD, DIM, Ending, GOOD, WARN};
use crate::words;

/// What to check, and how to say it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    which: Which,
    /// End with 1 for any finding, not only for errors.
    #[arg(long)]
    strict: bool,
    /// How to say it; `--json` is a JSON object.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For code hosts: SARIF 2.1.0.
    Sarif,
}

/// One specification, checked.
struct One {
    folder: Folder,
    spec: Spec,
    findings: Vec<Finding>,
}

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<Ending> {
    let project = Project::open(&args.which.place)?;
    let mut all = Vec::new();
    for folder in project.chosen(&args.which)? {
        let spec = project.read(&folder);
        let findings = check::check(&spec);
        all.push(One { folder, spec, findings });
    }
    by_tests(&project, &mut all)?;
    match (args.format, common.json) {
        (Format::Sarif, _) => screen::say(&format!("{:#}", log(&all))),
        (Format::Text, true) => screen::json(&object(&all)),
        (Format::Text, false) => all.iter().for_each(|one| tell(&project, one)),
    }
    if all.is_empty() && args.format == Format::Text && !common.json {
        screen::say_in(DIM, "there is no specification here");
    }
    let fails = |finding: &Finding| args.strict || finding.severity == Severity::Error;
    let clean = !all.iter().flat_map(|one| &one.findings).any(fails);
    Ok(if clean { Ending::Done } else { Ending::NotDone })
}

/// What the project's tests do not show. Without a repository, or with more source than is read, nobody knows, and nothing is said.
fn by_tests(project: &Project, all: &mut [One]) -> anyhow::Result<()> {
    if !all.iter().any(|one| one.spec.design.as_ref().is_some_and(|design| !design.properties.is_empty())) {
        return Ok(());
    }
    let Some(history) = History::open(project.root()) else { return Ok(()) };
    let found = sources::read(project, &history.files());
    if found.cut {
        return Ok(());
    }
    let only = project.folders()?.len() == 1;
    let named = found.tagged.iter().filter(|(_, test)| !test.name.is_empty()).flat_map(|(_, test)| &test.tags);
    let tags: Vec<&Tag> = named.filter(|tag| only || tag.spec.is_some()).collect();
    for one in all {
        one.findings.extend(check::shown_by_none(&one.spec, &tags));
    }
    Ok(())
}

fn log(all: &[One]) -> Value {
    let checked: Vec<Checked<'_>> = all.iter().map(|one| Checked { folder: &one.folder.path, spec: &one.spec, findings: &one.findings }).collect();
    sarif::sarif(env!("CARGO_PKG_VERSION"), &checked)
}

fn object(all: &[One]) -> Value {
    let specs: Vec<Value> = all
        .iter()
        .map(|one| {
            let findings: Vec<Value> = placed(one).into_iter().map(|(finding, place)| finding_object(finding, place)).collect();
            json!({"name": one.folder.name, "folder": one.folder.path, "kind": one.spec.kind, "findings": findings})
        })
        .collect();
    let count = |severity| all.iter().map(|one| counted(&one.findings, severity)).sum::<usize>();
    json!({"specs": specs, "errors": count(Severity::Error), "warnings": count(Severity::Warning), "notes": count(Severity::Note)})
}

fn finding_object(finding: &Finding, place: Option<(usize, usize)>) -> Value {
    let (line, column) = place.unzip();
    json!({
        "rule": finding.rule, "severity": finding.severity, "file": finding.file, "line": line, "column": column,
        "span": finding.span, "text": finding.text, "hint": finding.hint,
    })
}

/// Every finding with its line and column, where its file could be read.
fn placed(one: &One) -> Vec<(&Finding, Option<(usize, usize)>)> {
    let mut placed = Vec::new();
    for file in &one.spec.files {
        let mut places = Places::of(&file.text);
        let here = one.findings.iter().filter(|finding| finding.file == file.name);
        placed.extend(here.map(|finding| {
            let place = places.place(finding.span.start);
            (finding, Some((place.line, place.column)))
        }));
    }
    placed.extend(one.findings.iter().filter(|finding| one.spec.file(&finding.file).is_none()).map(|finding| (finding, None)));
    placed
}

fn counted(findings: &[Finding], severity: Severity) -> usize {
    findings.iter().filter(|finding| finding.severity == severity).count()
}

fn tell(project: &Project, one: &One) {
    let folder = words::safe(&project.shown(&one.folder.path));
    for (finding, place) in placed(one) {
        let at = place.map_or_else(String::new, |(line, column)| format!(":{line}:{column}"));
        let (style, word) = match finding.severity {
            Severity::Error => (BAD, "error"),
            Severity::Warning => (WARN, "warning"),
            Severity::Note => (DIM, "note"),
        };
        let text = words::safe(&finding.text);
        screen::say(&format!("{folder}/{}{at}: {style}{word}{style:#}: {text} [{}]", words::safe(&finding.file), finding.rule));
        if let Some(hint) = &finding.hint {
            screen::say_in(DIM, &format!("    {}", words::safe(hint)));
        }
    }
    let count = |severity, noun| words::counted(counted(&one.findings, severity), noun);
    let name = words::safe(&one.folder.name);
    let counts = format!("{}, {}, {}", count(Severity::Error, "error"), count(Severity::Warning, "warning"), count(Severity::Note, "note"));
    match one.findings.iter().map(|finding| finding.severity).max() {
        None => screen::say_in(GOOD, &format!("✓ {name}: nothing to say")),
        Some(Severity::Error) => screen::say_in(BAD, &format!("✗ {name}: {counts}")),
        Some(_) => screen::say_in(WARN, &format!("‖ {name}: {counts}")),
    }
}
