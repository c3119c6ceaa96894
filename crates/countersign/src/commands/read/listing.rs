//! What was read, as a person reads it at a terminal: the summary, then every effect in a table as wide as the screen.

use std::io::IsTerminal;

use action::{Certainty, Effect, Reversibility};
use anstyle::Style;
use effects::{Sighting, Weight};

use super::object::Located;
use super::{Report, Seen};
use crate::screen::{self, BAD, BOLD, DIM, WARN};
use crate::table;

/// The column that gives way where the screen is narrow, and what it keeps.
const NAMES: usize = 1;
const NARROWEST: usize = 20;

pub(super) fn tell(report: &Report) {
    lines(report, width()).iter().for_each(|(style, line)| screen::say_in(*style, line));
}

/// Columns of the terminal; a file or a pipe has no edge.
fn width() -> Option<usize> {
    let out = std::io::stdout();
    let size = out.is_terminal().then(|| rustix::termios::tcgetwinsize(&out).ok()).flatten()?;
    Some(usize::from(size.ws_col)).filter(|columns| *columns > 0)
}

/// Every line with its style.
fn lines(report: &Report, width: Option<usize>) -> Vec<(Style, String)> {
    let mut lines: Vec<(Style, String)> = report.radius.lines().into_iter().map(|line| (Style::new(), cut(&line, width))).collect();
    if let (Some((style, _)), Some(worst)) = (lines.first_mut(), &report.radius.worst) {
        *style = of_weight(Weight::of(worst)).bold();
    }
    let titled = report.inputs.len() > 1 || report.inputs.iter().any(|seen| seen.input.name().is_some());
    for seen in &report.inputs {
        lines.push((Style::new(), String::new()));
        if titled {
            lines.push((BOLD, cut(&seen.input.title(), width)));
        }
        lines.extend(list(seen, width));
    }
    if !report.service {
        lines.push((DIM, cut("no service was asked: what is not this machine is unknown", width)));
    }
    lines
}

fn list(seen: &Seen, width: Option<usize>) -> Vec<(Style, String)> {
    let sightings = seen.reading.sightings();
    if sightings.is_empty() {
        return vec![(DIM, "touches nothing".to_owned())];
    }
    let located = Located::of(seen);
    let mut rows = vec![["does", "what", "where", "how many", "undo", "data", "sure", "at"].map(str::to_owned).to_vec()];
    rows.extend(sightings.iter().map(|sighting| row(sighting, &located)));
    fit(&mut rows, width);
    let mut table = table::lines(&rows, usize::MAX).into_iter();
    let mut lines: Vec<(Style, String)> = table.next().map(|head| (DIM, head)).into_iter().collect();
    for (line, sighting) in table.zip(sightings) {
        lines.push((of_weight(Weight::of(&sighting.effect)), line));
        if !sighting.effect.notes.is_empty() {
            let notes = action::visible(&sighting.effect.notes.join(", ")).into_owned();
            lines.push((DIM, cut(&format!("    {notes}"), width)));
        }
    }
    lines
}

fn row(sighting: &Sighting, located: &Located) -> Vec<String> {
    let effect = &sighting.effect;
    let (start, _) = located.span(sighting.span);
    vec![
        effect.verb.to_string(),
        effect.resource.to_string(),
        place(effect),
        effect.count.as_ref().map(|count| action::visible(&count.to_string()).into_owned()).unwrap_or_default(),
        undo(effect.reversibility).to_owned(),
        if effect.data_bearing { "data".to_owned() } else { String::new() },
        sure(effect.certainty).to_owned(),
        format!("{}:{}", start.line, start.column),
    ]
}

/// The environment, and whether it is all of it.
pub(super) fn place(effect: &Effect) -> String {
    let name = action::visible(effect.environment.as_str());
    if effect.whole_environment { format!("all of {name}") } else { name.into_owned() }
}

pub(super) fn undo(reversibility: Reversibility) -> &'static str {
    match reversibility {
        Reversibility::Reversible => "yes",
        Reversibility::Recoverable => "recovery point",
        Reversibility::Irreversible => "no",
    }
}

pub(super) fn sure(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Exact => "exact",
        Certainty::AtLeast => "at least",
        Certainty::Opaque => "opaque",
    }
}

fn of_weight(weight: Weight) -> Style {
    match weight {
        Weight::Light => Style::new(),
        Weight::Heavy => WARN,
        Weight::Grave => BAD,
    }
}

/// Cuts names so that the lines are no wider than the screen, as far as names can give.
fn fit(rows: &mut [Vec<String>], width: Option<usize>) {
    let Some(width) = width else { return };
    let widest = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0);
    let columns = rows.first().map_or(0, Vec::len);
    let others: usize = (0..columns).filter(|column| *column != NAMES).map(|column| widest(column) + 2).sum();
    let most = width.saturating_sub(others).max(NARROWEST);
    for cell in rows.iter_mut().filter_map(|row| row.get_mut(NAMES)) {
        *cell = shortened(cell, most);
    }
}

fn cut(line: &str, width: Option<usize>) -> String {
    width.map_or_else(|| line.to_owned(), |width| shortened(line, width))
}

/// At most so many characters; both ends of a longer one, since a path says most at its end.
fn shortened(text: &str, most: usize) -> String {
    let length = text.chars().count();
    if length <= most {
        return text.to_owned();
    }
    let kept = most.saturating_sub(1);
    let head: String = text.chars().take(kept.div_ceil(2)).collect();
    let tail: String = text.chars().skip(length - kept / 2).collect();
    format!("{head}…{tail}")
}

#[cfg(test)]
mod tests;
