//! The trace as a Markdown matrix.

use super::{Standing, TestResult, Trace, Traced};
use crate::drift::Drifted;
use crate::tasks::State;

/// A page with one table a requirement.
pub fn to_markdown(trace: &Trace, drifted: &[Drifted]) -> String {
    let mut page = format!("# Trace of {}\n\n{}.\n", escaped(&trace.spec), trace.summary());
    for row in &trace.requirements {
        let title = if row.title.is_empty() { String::new() } else { format!(": {}", escaped(&row.title)) };
        page.push_str(&format!("\n## Requirement {}{title}\n\n", escaped(&row.number)));
        page.push_str("| Criterion | Standing | Design | Tasks | Tests | Commits | Receipts |\n|---|---|---|---|---|---|---|\n");
        row.criteria.iter().for_each(|criterion| page.push_str(&line(criterion)));
    }
    list(&mut page, "No longer as it was made", drifted.iter().map(|drifted| format!("{}: {}", drifted.part, drifted.why())));
    list(&mut page, "Approvals", trace.approvals.iter().map(super::html::approval));
    list(&mut page, "Said to be done, and citing no criterion", trace.loose.iter().map(super::Loose::line));
    list(&mut page, "Pointing at nothing", trace.dangling.iter().cloned());
    if trace.cut {
        page.push_str("\nThere are too many links to follow them all.\n");
    }
    page
}

fn line(criterion: &Traced) -> String {
    let standing = match criterion.standing {
        Standing::Proved => "**proved**".to_owned(),
        other => other.word().to_owned(),
    };
    let cells = [
        format!("{} {}", criterion.id, escaped(&criterion.text)),
        format!("{standing}: {}", escaped(&criterion.why)),
        joined(criterion.design.iter().map(|part| escaped(part))),
        joined(criterion.tasks.iter().map(|task| format!("{} {}", mark(task.state), escaped(&task.name)))),
        joined(criterion.tests.iter().map(|test| format!("{} {} ({}:{})", result(test.result), escaped(&test.name), escaped(&test.file), test.line))),
        joined(criterion.commits.iter().map(|commit| format!("{} {}", short(&commit.sha), escaped(&commit.subject)))),
        joined(criterion.receipts.iter().map(|receipt| format!("#{} {}", receipt.index, escaped(&receipt.line)))),
    ];
    format!("| {} |\n", cells.join(" | "))
}

fn list(page: &mut String, title: &str, items: impl Iterator<Item = String>) {
    let items: Vec<String> = items.map(|item| format!("- {}\n", escaped(&item))).collect();
    if !items.is_empty() {
        page.push_str(&format!("\n## {title}\n\n{}", items.concat()));
    }
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    let parts: Vec<String> = parts.collect();
    if parts.is_empty() { "–".to_owned() } else { parts.join("<br>") }
}

pub(super) fn mark(state: State) -> &'static str {
    match state {
        State::Completed => "✓",
        State::InProgress => "…",
        State::Queued | State::NotStarted => "○",
    }
}

pub(super) fn result(result: TestResult) -> &'static str {
    match result {
        TestResult::Passed => "passed",
        TestResult::Failed => "FAILED",
        TestResult::NotRun => "not run",
    }
}

pub(super) fn short(sha: &str) -> &str {
    sha.get(..10).unwrap_or(sha)
}

/// Text that is no markup: on one line, with everything escaped that Markdown or HTML would read.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '\\' | '|' | '`' | '*' | '_' | '[' | ']' | '#' | '!' | '~' => {
                safe.push('\\');
                safe.push(c);
            }
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests;
