//! Drafts one stage of a specification: asks the model, reads what it wrote, has it mended, and proposes it.

use spec::finding::Severity;
use spec::folder::Spec;

use super::brief::Brief;
use super::part::Part;
use super::trouble::SpecTrouble;
use super::words;
use crate::desk::Desk;
use crate::happening::Happening;
use crate::session::{Ended, Session};

/// How often the model may mend what it wrote.
const MENDS: usize = 2;
/// Findings that it is told at once.
const TOLD: usize = 20;

/// Drafts these documents and proposes them as one change set. `words` is what the person says to an earlier draft.
pub fn draft(
    session: &mut Session<'_>,
    brief: &Brief,
    parts: &[Part],
    remark: Option<&str>,
    desk: &mut dyn Desk,
    watch: &mut dyn FnMut(Happening<'_>),
) -> Result<Ended, SpecTrouble> {
    let config = brief.path(".config.kiro");
    if session.file(&config)?.is_none() {
        session.put(&config, Some(brief.workflow.config(&brief.id).as_bytes()), desk, watch)?;
    }
    let asked = match remark {
        None => words::drafting(brief, parts),
        Some(remark) => words::remark(brief, parts, remark),
    };
    let mut course = session.work(&asked, desk, watch)?.whole()?;
    for mend in 0..=MENDS {
        let Some((part, why)) = unusable(session, brief, parts)? else {
            return Ok(session.land(course, desk, watch)?);
        };
        if mend == MENDS || !course.is_done() {
            return Err(SpecTrouble::NoDocument { file: brief.path(part.file()), why });
        }
        course = session.work(&words::mend(&brief.path(part.file()), &why), desk, watch)?.whole()?;
    }
    Ok(session.land(course, desk, watch)?)
}

/// The first document that cannot be used as it is, and why.
pub(super) fn unusable(session: &mut Session<'_>, brief: &Brief, parts: &[Part]) -> Result<Option<(Part, String)>, SpecTrouble> {
    let spec = read(session, brief)?;
    let asked: Vec<String> = parts.iter().map(|part| brief.path(part.file())).chain([brief.path(".config.kiro")]).collect();
    let other: Vec<String> = session.changes()?.changes.into_iter().map(|change| change.path).filter(|path| !is_of(path, &asked)).collect();
    if let (Some(part), false) = (parts.first(), other.is_empty()) {
        return Ok(Some((*part, format!("other files were changed with it; put them back as they were: {}", other.join(", ")))));
    }
    for part in parts {
        let Some(file) = spec.file(part.file()) else {
            return Ok(Some((*part, "the file was not written; an answer in prose is not a document".into())));
        };
        if !has_content(&spec, *part) {
            return Ok(Some((*part, "nothing in it could be read as what such a document consists of".into())));
        }
        let findings = spec::check::check(&spec);
        let wrong = findings.iter().filter(|finding| finding.severity == Severity::Error && finding.file == file.name);
        let told: Vec<String> = wrong.take(TOLD).map(|finding| told(&spec, finding)).collect();
        if !told.is_empty() {
            return Ok(Some((*part, told.join("\n"))));
        }
    }
    Ok(None)
}

/// Whether a path is one of these, or a folder on the way to one.
fn is_of(path: &str, asked: &[String]) -> bool {
    asked.iter().any(|one| one == path || one.strip_prefix(path).is_some_and(|rest| rest.starts_with('/')))
}

fn told(spec: &Spec, finding: &spec::finding::Finding) -> String {
    let line = spec.text(&finding.file).map_or(0, |text| spec::text::place(text, finding.span.start).0);
    format!("{}:{line}: {} [{}]", finding.file, finding.text, finding.rule)
}

fn has_content(spec: &Spec, part: Part) -> bool {
    match part {
        Part::Requirements => spec.requirements.as_ref().is_some_and(|read| read.criteria().next().is_some()),
        Part::Bugfix => spec.bugfix.as_ref().is_some_and(|read| !read.current.is_empty() && !read.expected.is_empty()),
        Part::Design => spec.design.as_ref().is_some_and(|read| !read.sections.is_empty()),
        Part::Tasks => spec.tasks.as_ref().is_some_and(|read| !read.tasks.is_empty()),
        Part::Settings | Part::OldSettings => spec.config.is_some(),
    }
}

/// The specification as the session's copy has it.
pub(super) fn read(session: &mut Session<'_>, brief: &Brief) -> Result<Spec, SpecTrouble> {
    let mut files = Vec::new();
    for file in ["requirements.md", "bugfix.md", "design.md", "tasks.md", ".config.kiro", "spec.json"] {
        if let Some(bytes) = session.file(&brief.path(file))? {
            files.push((file.to_owned(), bytes));
        }
    }
    Ok(Spec::read(&brief.name, files))
}
