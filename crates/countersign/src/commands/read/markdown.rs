//! What was read, as a comment on a pull request: the summary, and the whole list folded away below it.
//!
//! Names are a stranger's. Each stands in a code span, where nothing is a link, a mention or markup, and without the two characters
//! that end a span or a cell.

use effects::{Sighting, Weight};

use super::listing::{place, sure, undo};
use super::object::Located;
use super::{Report, Seen};

/// A comment on GitHub holds 65,536 characters; the list is cut before.
const LONGEST: usize = 60_000;

pub(super) fn of(report: &Report) -> String {
    let mut page = String::from("### What this would touch\n\n| | |\n|---|---|\n");
    for line in report.radius.lines() {
        let (label, text) = line.split_once(' ').unwrap_or((&line, ""));
        page.push_str(&format!("| **{label}** | {} |\n", code(text.trim_start())));
    }
    for seen in &report.inputs {
        list(&mut page, seen);
    }
    if !report.service {
        page.push_str("\nNo service was asked: what is not the machine where it runs is unknown.\n");
    }
    page
}

fn list(page: &mut String, seen: &Seen) {
    let sightings = seen.reading.sightings();
    let count = action::Count::new(sightings.len() as u64, "effects");
    let title = match seen.input.name() {
        Some(name) => format!("{} ({})", name, seen.input.kind.word()),
        None => seen.input.text().to_owned(),
    };
    page.push_str(&format!("\n<details>\n<summary>{count} of <code>{}</code></summary>\n\n", in_html(&action::visible_line(&title, 200))));
    page.push_str("| | does | what | where | how many | undo | data | sure | at | notes |\n|---|---|---|---|---|---|---|---|---|---|\n");
    let located = Located::of(seen);
    for (written, sighting) in sightings.iter().enumerate() {
        let row = row(sighting, &located);
        if page.len() + row.len() > LONGEST {
            page.push_str(&format!("\nThe {} after these do not fit into a comment.\n", sightings.len() - written));
            break;
        }
        page.push_str(&row);
    }
    page.push_str("\n</details>\n");
}

fn row(sighting: &Sighting, located: &Located) -> String {
    let effect = &sighting.effect;
    let (start, _) = located.span(sighting.span);
    let mark = match Weight::of(effect) {
        Weight::Light => "",
        Weight::Heavy => "⚠️",
        Weight::Grave => "🛑",
    };
    let cells = [
        mark.to_owned(),
        effect.verb.to_string(),
        code(&effect.resource.to_string()),
        code(&place(effect)),
        effect.count.as_ref().map(|count| code(&count.to_string())).unwrap_or_default(),
        undo(effect.reversibility).to_owned(),
        if effect.data_bearing { "data".to_owned() } else { String::new() },
        sure(effect.certainty).to_owned(),
        format!("{}:{}", start.line, start.column),
        if effect.notes.is_empty() { String::new() } else { code(&effect.notes.join(", ")) },
    ];
    format!("| {} |\n", cells.join(" | "))
}

/// Text of a stranger in a code span of a table's cell. What already stands in backticks keeps quotes instead.
fn code(text: &str) -> String {
    let text = action::visible(text).replace('`', "'").replace('|', r"\u{7c}");
    if text.trim().is_empty() { String::new() } else { format!("`{text}`") }
}

/// The same inside a line of HTML.
fn in_html(text: &str) -> String {
    let escape = |c: char| if c.is_ascii_alphanumeric() || c == ' ' || !c.is_ascii() { c.to_string() } else { format!("&#{};", u32::from(c)) };
    text.chars().map(escape).collect()
}

#[cfg(test)]
mod tests;
