//! The trace as one HTML page: nothing is loaded, nothing runs, everything from outside is escaped.

use super::markdown::{mark, result, short};
use super::{Approval, Trace, Traced};
use crate::drift::Drifted;

/// The looks: light and dark as the reader has it, and plain on paper.
const STYLE: &str = include_str!("page.css");

/// A whole page.
pub fn to_html(trace: &Trace, drifted: &[Drifted]) -> String {
    let mut page = String::from("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.push_str("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n");
    page.push_str(&format!("<title>Trace of {}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n", escaped(&trace.spec)));
    page.push_str(&format!("<h1>Trace of {}</h1>\n<p>{}</p>\n", escaped(&trace.spec), escaped(&trace.summary())));
    for row in &trace.requirements {
        let title = if row.title.is_empty() { String::new() } else { format!(": {}", escaped(&row.title)) };
        page.push_str(&format!("<h2>Requirement {}{title}</h2>\n<table>\n", escaped(&row.number)));
        page.push_str("<thead><tr><th scope=\"col\">Criterion</th><th scope=\"col\">Standing</th><th scope=\"col\">Design</th><th scope=\"col\">Tasks</th><th scope=\"col\">Tests</th><th scope=\"col\">Commits</th><th scope=\"col\">Receipts</th></tr></thead>\n<tbody>\n");
        row.criteria.iter().for_each(|criterion| page.push_str(&line(criterion)));
        page.push_str("</tbody>\n</table>\n");
    }
    list(&mut page, "No longer as it was made", drifted.iter().map(|drifted| format!("{}: {}", drifted.part, drifted.why())));
    list(&mut page, "Approvals", trace.approvals.iter().map(approval));
    list(&mut page, "Said to be done, and citing no criterion", trace.loose.iter().map(super::Loose::line));
    list(&mut page, "Pointing at nothing", trace.dangling.iter().cloned());
    if trace.cut {
        page.push_str("<p>There are too many links to follow them all.</p>\n");
    }
    page.push_str("</body>\n</html>\n");
    page
}

fn line(criterion: &Traced) -> String {
    let word = criterion.standing.word();
    let cells = [
        joined(criterion.design.iter().cloned()),
        joined(criterion.tasks.iter().map(|task| format!("{} {} {}", mark(task.state), task.name, if task.text == task.name { "" } else { &task.text }))),
        joined(criterion.tests.iter().map(|test| format!("{} {} ({}:{})", result(test.result), test.name, test.file, test.line))),
        joined(criterion.commits.iter().map(|commit| format!("{} {}", short(&commit.sha), commit.subject))),
        joined(criterion.receipts.iter().map(|receipt| format!("#{} {}", receipt.index, receipt.line))),
    ];
    format!(
        "<tr id=\"c{id}\"><th scope=\"row\">{id}<p>{}</p></th><td class=\"{word}\"><b>{word}</b><p>{}</p></td>{}</tr>\n",
        escaped(&criterion.text),
        escaped(&criterion.why),
        cells.map(|cell| format!("<td>{cell}</td>")).concat(),
        id = escaped(&criterion.id),
    )
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    let parts: Vec<String> = parts.map(|part| format!("<li>{}</li>", escaped(part.trim()))).collect();
    if parts.is_empty() { "–".to_owned() } else { format!("<ul>{}</ul>", parts.concat()) }
}

fn list(page: &mut String, title: &str, items: impl Iterator<Item = String>) {
    let items: Vec<String> = items.map(|item| format!("<li>{}</li>\n", escaped(&item))).collect();
    if !items.is_empty() {
        page.push_str(&format!("<h2>{title}</h2>\n<ul>\n{}</ul>\n", items.concat()));
    }
}

/// An approval in a sentence.
pub(super) fn approval(approval: &Approval) -> String {
    let changed = if approval.current { "as it is now" } else { "and changed since" };
    format!("{} was approved by {}, {changed}", approval.document, approval.by)
}

/// Text that is no markup.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c if c.is_control() && c != '\n' => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}
