//! design.md.

use spec::reference::Referred;

use super::prose::Language;
use super::{Folder, Page, References, Tape};

#[derive(Clone, Debug)]
pub(crate) struct WantedProperty {
    pub(crate) number: String,
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) validates: Vec<Referred>,
}

pub(super) fn write(folder: &mut Folder, language: Language, tape: &mut Tape<'_>) {
    let mut page = Page::new(tape);
    page.line("# Design Document");
    page.gap();
    for section in ["Overview", "Architecture", "Components and Interfaces", "Data Models"] {
        page.line(format!("## {section}"));
        page.gap();
        page.line(format!("{}.", language.title(tape)));
        page.gap();
        page.code(tape, "");
    }
    if !tape.odds(30) {
        properties(&mut page, folder, language, tape);
    }
    page.line("## Testing Strategy");
    page.gap();
    page.line("- Property 1 is tested with many values");
    folder.files.push(("design.md".to_owned(), page.done(tape)));
}

fn properties(page: &mut Page, folder: &mut Folder, language: Language, tape: &mut Tape<'_>) {
    page.line("## Correctness Properties");
    page.gap();
    if tape.odds(20) {
        page.line("### Property Reflection");
        page.gap();
        page.line("Two of them say the same, so one went.");
        page.gap();
    }
    let form = tape.weighed(&[(1500, 0), (60, 1), (60, 2), (40, 3), (40, 4), (30, 5), (30, 6), (30, 7), (30, 8)]);
    for nth in 1..=1 + tape.below(5) {
        let (mut number, name) = (nth.to_string(), language.title(tape));
        if form == 7 {
            number = format!("1.{nth}");
        }
        page.line(match form {
            0 | 7 => format!("### Property {number}: {name}"),
            1 => format!("#### Property {number}: {name}"),
            2 => format!("**Property {number}: {name}**"),
            3 => format!("Property {number}: {name}"),
            4 => format!("### 属性 {number}：{name}"),
            5 => format!("### Property {number} — {name}"),
            6 => format!("### Property {number}. {name}"),
            _ => format!("### **Property {number}: {name}**"),
        });
        page.gap();
        let text = format!("*For any* basket, Basket SHALL {}.", language.title(tape));
        page.line(&text);
        page.gap();
        let validates = validates(page, folder, tape);
        page.gap();
        folder.properties.push(WantedProperty { number, name, text, validates });
    }
}

fn validates(page: &mut Page, folder: &Folder, tape: &mut Tape<'_>) -> Vec<Referred> {
    let list = References::of(folder, tape, false);
    let says = &list.text;
    page.line(match tape.below(7) {
        0..=2 => format!("**Validates: Requirements {says}**"),
        3 => format!("**Validates:** Requirements {says}"),
        4 => format!("*Validates: Requirement {says}*"),
        5 => format!("验证需求: {says}"),
        _ => format!("**Validates Requirements {says}**"),
    });
    list.wanted
}
