//! The documents of a specification as one Markdown text: not a word of them is changed, their headings stand one level deeper.

use agent::Office;
use agent::specs::{Part, Standing, Workflow, standings};
use anyhow::bail;

use super::Source;
use crate::words;

/// The text; what is known of signatures is in its first table.
pub(super) fn of(source: &Source, service: Option<&Office>) -> anyhow::Result<String> {
    let parts: Vec<Part> = Workflow::of(&source.spec).stages().iter().flat_map(|stage| stage.iter().copied()).collect();
    let there: Vec<(Part, &str)> = parts.iter().filter_map(|part| Some((*part, source.spec.text(part.file())?))).collect();
    if there.is_empty() {
        bail!("specification `{}` has no document to export", words::safe(&source.spec.name));
    }
    for (part, _) in &there {
        if source.spec.file(part.file()).is_some_and(|file| !file.is_utf8) {
            bail!("{} is not UTF-8, and would not be exported as it is\nhint: `countersign spec check {}` says where", part.file(), words::safe(&source.folder.name));
        }
    }
    let standings = service.map(|service| standings_of(source, service, &parts)).transpose()?;
    let mut text = format!("# Specification {}\n\n", escaped(&source.spec.name));
    text.push_str(&table(source, &there, standings.as_deref()));
    for (_, document) in ordered(&there) {
        text.push('\n');
        text.push_str(&paper::fitted(document, 1));
    }
    Ok(text)
}

/// Readers want to know what before how, whichever was written first.
fn ordered<'a>(there: &[(Part, &'a str)]) -> Vec<(Part, &'a str)> {
    let place = |part: Part| match part {
        Part::Requirements | Part::Bugfix => 0,
        Part::Design => 1,
        Part::Tasks => 2,
        Part::Settings | Part::OldSettings => 3,
    };
    let mut ordered = there.to_vec();
    ordered.sort_by_key(|(part, _)| place(*part));
    ordered
}

fn standings_of(source: &Source, service: &Office, parts: &[Part]) -> anyhow::Result<Vec<Standing>> {
    let root = source.project.root().to_string_lossy();
    let bytes = |path: &str| source.project.bytes(path).ok().flatten();
    Ok(standings(&service.book, &root, &source.folder.path, parts, &bytes)?)
}

fn table(source: &Source, there: &[(Part, &str)], standings: Option<&[Standing]>) -> String {
    let mut table = String::from("| Document | SHA-256 of its bytes | Authorized |\n|---|---|---|\n");
    for (part, _) in ordered(there) {
        let digest = source.spec.file(part.file()).map(|file| action::Digest::of_bytes(file.bytes()).to_string()).unwrap_or_default();
        let digest = digest.strip_prefix("sha256:").unwrap_or(&digest);
        let standing = standings.map(|all| all.iter().find(|standing| standing.part == part));
        let said = match standing {
            None => "not known: there is no ledger here".to_owned(),
            Some(standing) => standing.map_or_else(|| "no".to_owned(), authorized),
        };
        table.push_str(&format!("| {} | `{digest}` | {said} |\n", part.file()));
    }
    table
}

fn authorized(standing: &Standing) -> String {
    let Some(one) = &standing.authorized else { return "no".to_owned() };
    let by: Vec<String> = one.by.iter().map(|person| escaped(person.as_str())).collect();
    match standing.is_authorized() {
        true => format!("by {} (entry {})", by.join(", "), one.index),
        false => format!("no: edited since {} did (entry {})", by.join(", "), one.index),
    }
}

/// A name that is no markup, on one line.
fn escaped(name: &str) -> String {
    let mut safe = String::with_capacity(name.len());
    for c in name.chars() {
        if "\\`*_[]<>#|~&!".contains(c) {
            safe.push('\\');
        }
        safe.push(if c.is_control() { ' ' } else { c });
    }
    safe
}
