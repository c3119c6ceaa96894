//! bugfix.md.

use super::prose::{Language, wrapped};
use super::{Folder, Page, Tape, WantedCriterion};

pub(super) fn write(folder: &mut Folder, tape: &mut Tape<'_>) {
    let mut page = Page::new(tape);
    for line in ["# Bugfix Requirements Document", "", "## Introduction", "", "The sum is wrong since 2.1 was released.", "", "## Bug Analysis", ""] {
        page.line(line);
    }
    let parts = [("1", "Current Behavior (Defect)"), ("2", "Expected Behavior (Correct)"), ("3", "Unchanged Behavior (Regression Prevention)")];
    for (major, heading) in parts {
        page.line(format!("### {heading}"));
        page.gap();
        part(&mut page, folder, major, tape);
    }
    if tape.odds(40) {
        page.line("## Bug Condition");
        page.gap();
        page.line("```pascal");
        page.line("1.1 WHEN this is code");
        page.line("```");
    }
    folder.files.push(("bugfix.md".to_owned(), page.done(tape)));
}

fn part(page: &mut Page, folder: &mut Folder, major: &str, tape: &mut Tape<'_>) {
    let tight = tape.odds(20);
    for minor in 1..=1 + tape.below(4) {
        let mut text = Language::English.criterion(tape);
        if major == "3" {
            text = text.replace("SHALL ", "SHALL CONTINUE TO ");
        }
        let id = format!("{major}.{minor}");
        let mut lines = wrapped(&text, tape, 10);
        page.line(format!("{id} {}", lines.remove(0)));
        for line in lines {
            page.line(line);
        }
        if !tight {
            page.gap();
        }
        folder.clauses.push(WantedCriterion { id, text });
    }
    if tight {
        page.gap();
    }
}
