//! What is odd about a folder, as far as reading it is concerned.

use super::{Kind, SourceFile, Spec};
use crate::finding::{Finding, Severity};
use crate::requirements::Requirement;
use crate::text::{Span, lines, open_fence};

/// Everything that is odd.
pub(super) fn odd(spec: &Spec) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in &spec.files {
        found.extend(file_odd(file));
    }
    found.extend(kind_odd(spec));
    if let Some(requirements) = &spec.requirements {
        if requirements.requirements.is_empty() {
            found.push(whole(spec, "requirements.md", "free-form", "it has no requirement that can be told apart, so nothing can be traced to it"));
        }
        found.extend(requirements.requirements.iter().filter_map(misnumbered));
    }
    if let Some(bugfix) = &spec.bugfix
        && bugfix.criteria().next().is_none()
    {
        found.push(whole(spec, "bugfix.md", "free-form", "it has no clause with a number, so nothing can be traced to it"));
    }
    found.extend(tasks_odd(spec));
    found
}

fn finding(rule: &'static str, severity: Severity, file: &str, span: Span, text: impl Into<String>) -> Finding {
    Finding { rule, severity, file: file.to_owned(), span, text: text.into(), hint: None, mend: Vec::new() }
}

fn whole(spec: &Spec, file: &str, rule: &'static str, text: &str) -> Finding {
    let end = spec.text(file).map_or(0, str::len);
    finding(rule, Severity::Note, file, 0..end, text)
}

/// What is odd about the bytes.
fn file_odd(file: &SourceFile) -> Vec<Finding> {
    let mut found = Vec::new();
    if !file.is_utf8 {
        let at = file.text.find('\u{fffd}').unwrap_or(0);
        found.push(finding("not-utf8", Severity::Warning, &file.name, at..at + '\u{fffd}'.len_utf8(), "from here on there are bytes that are not UTF-8"));
    }
    let markdown = file.name.ends_with(".md");
    if markdown && let Some(at) = open_fence(&file.text) {
        let end = lines(&file.text).iter().find(|line| line.start == at).map_or(at, |line| line.span().end);
        found.push(finding("open-fence", Severity::Warning, &file.name, at..end, "this code block is never closed, so the rest of the file is code"));
    }
    if let Some(at) = file.text.find('\0') {
        found.push(finding("half-written", Severity::Warning, &file.name, at..at + 1, "here is a zero byte, as a write leaves it that did not end"));
    }
    found
}

/// Files and configuration that do not agree on what this is.
fn kind_odd(spec: &Spec) -> Option<Finding> {
    let said = spec.config.as_ref().and_then(|config| config.kind);
    let text = match (said, &spec.requirements, &spec.bugfix) {
        (_, Some(_), Some(_)) => "there is a requirements.md and a bugfix.md; both are read",
        (Some(Kind::Bugfix), Some(_), None) => "the configuration says that this is a bug fix, and there is no bugfix.md",
        (Some(Kind::Feature), None, Some(_)) => "the configuration says that this is a feature, and it has a bugfix.md",
        _ => return None,
    };
    let file = if spec.bugfix.is_some() { "bugfix.md" } else { "requirements.md" };
    Some(whole(spec, file, "unclear-kind", text))
}

/// List numbers that are not the places which ids are made of. Lists that are all `1.` are Markdown's own way and fine.
fn misnumbered(requirement: &Requirement) -> Option<Finding> {
    let all_ones = requirement.criteria.iter().all(|criterion| criterion.item.as_deref() == Some("1"));
    let (place, criterion) = requirement.criteria.iter().enumerate().find(|(place, criterion)| {
        criterion.printed.is_none() && criterion.item.as_deref().is_some_and(|item| item.parse() != Ok(place + 1))
    })?;
    let item = criterion.item.as_deref().unwrap_or_default();
    let text = format!("it is numbered {item} and stands at place {}, so it is cited as {}", place + 1, criterion.id);
    (!all_ones).then(|| finding("number-not-place", Severity::Note, "requirements.md", criterion.span.clone(), text))
}

fn tasks_odd(spec: &Spec) -> Vec<Finding> {
    let (Some(tasks), Some(text)) = (&spec.tasks, spec.text("tasks.md")) else { return Vec::new() };
    let mut found = Vec::new();
    for span in &tasks.unread {
        found.push(finding("unread-task", Severity::Note, "tasks.md", span.clone(), "this looks like a task, and its box is none of [ ] [x] [-] [~]"));
    }
    if tasks.tasks.is_empty() {
        found.push(whole(spec, "tasks.md", "no-tasks", "it has no task that can be told apart"));
    } else if tasks.tasks.iter().all(|task| !task.boxed) {
        found.push(whole(spec, "tasks.md", "no-boxes", "no task has a box; numbered headings are read as tasks"));
    }
    if let Some((span, why)) = crate::graph::find(text, &lines(text)).odd {
        found.push(finding("odd-graph", Severity::Warning, "tasks.md", span, why));
    }
    found
}
