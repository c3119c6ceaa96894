//! requirements.md.

use super::prose::{Language, wrapped};
use super::{Folder, Page, Tape};

#[derive(Clone, Debug)]
pub(crate) struct WantedRequirement {
    pub(crate) number: String,
    pub(crate) title: String,
    pub(crate) story: Option<String>,
    pub(crate) criteria: Vec<WantedCriterion>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WantedCriterion {
    pub(crate) id: String,
    pub(crate) text: String,
}

/// How a requirement's heading is written; `N` and `T` are number and title.
#[derive(Clone, Copy, Debug)]
enum Heading {
    Untitled,
    Colon,
    Dash,
    Short(&'static str),
    Bold(&'static str),
    Listed,
    BoldLine,
}

/// How criteria are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum List {
    Numbered,
    Ones,
    Printed,
    PrintedDot,
    PrintedBold,
    Bullets,
}

pub(crate) struct Words {
    pub(crate) requirement: &'static str,
    document: &'static str,
    acceptance: &'static str,
    story: &'static str,
    glossary: &'static str,
}

const WORDS: [Words; 7] = [
    Words { requirement: "Requirement", document: "Requirements", acceptance: "Acceptance Criteria", story: "User Story", glossary: "Glossary" },
    Words { requirement: "需求", document: "需求", acceptance: "验收标准", story: "用户故事", glossary: "术语表" },
    Words { requirement: "Требование", document: "Требования", acceptance: "Критерии приемки", story: "Пользовательская история", glossary: "Глоссарий" },
    Words { requirement: "Requisito", document: "Requisitos", acceptance: "Critérios de Aceitação", story: "História de Usuário", glossary: "Glossário" },
    Words { requirement: "요구사항", document: "요구사항", acceptance: "수용 기준", story: "사용자 스토리", glossary: "용어집" },
    Words { requirement: "要件", document: "要件", acceptance: "受け入れ基準", story: "ユーザーストーリー", glossary: "用語集" },
    Words { requirement: "Persyaratan", document: "Persyaratan", acceptance: "Kriteria Penerimaan", story: "Cerita Pengguna", glossary: "Glosarium" },
];

pub(super) fn write(folder: &mut Folder, language: Language, tape: &mut Tape<'_>) {
    let mut page = Page::new(tape);
    let words = &WORDS[language.index()];
    page.line("# Requirements Document");
    page.gap();
    page.line("## Introduction");
    page.gap();
    page.line(format!("{}.", language.story(tape)));
    page.gap();
    glossary(&mut page, folder, language, words, tape);
    page.line(format!("## {}", words.document));
    page.gap();
    let style = Style::any(language, tape);
    for number in 1..=1 + tape.below(8) {
        let wanted = requirement(&mut page, number, &style, language, tape);
        folder.requirements.push(wanted);
    }
    if tape.odds(20) {
        page.line("## Out of Scope");
        page.gap();
        page.line("1. Nothing that is written here counts");
    }
    folder.files.push(("requirements.md".to_owned(), page.done(tape)));
}

struct Style {
    heading: Heading,
    list: List,
    level: &'static str,
    /// The white space before every criterion.
    margin: &'static str,
    /// A label in bold in the place of the acceptance heading.
    labelled: bool,
    wide_colon: bool,
    lettered: bool,
    from_nought: bool,
    duplicates: bool,
    words: &'static Words,
}

impl Style {
    fn any(language: Language, tape: &mut Tape<'_>) -> Self {
        let heading = tape.weighed(&[
            (2397, Heading::Colon),
            (619, Heading::Untitled),
            (60, Heading::Dash),
            (60, Heading::Short("R")),
            (60, Heading::Short("REQ-")),
            (60, Heading::Short("FR-")),
            (40, Heading::Short("NFR-")),
            (60, Heading::Bold("REQ-")),
            (40, Heading::Listed),
            (40, Heading::BoldLine),
        ]);
        let list = tape.weighed(&[
            (15_000, List::Numbered),
            (300, List::Ones),
            (106, List::Printed),
            (89, List::PrintedDot),
            (60, List::PrintedBold),
            (400, List::Bullets),
        ]);
        Self {
            heading,
            list,
            level: tape.weighed(&[(9, "###"), (1, "##"), (1, "####")]),
            margin: tape.weighed(&[(95, ""), (5, "  ")]),
            labelled: tape.odds(5),
            wide_colon: language == Language::Chinese && tape.odds(60),
            lettered: tape.odds(3),
            from_nought: tape.odds(3),
            duplicates: tape.odds(3),
            words: &WORDS[language.index()],
        }
    }

    fn number(&self, nth: usize) -> String {
        let own = if matches!(self.heading, Heading::Short("NFR-")) { "NFR-" } else { "" };
        let nth = if self.from_nought { nth - 1 } else { nth };
        let nth = if self.duplicates { nth.div_ceil(2) } else { nth };
        let letter = if self.lettered && !matches!(self.heading, Heading::Listed) { "a" } else { "" };
        format!("{own}{nth}{letter}")
    }
}

fn requirement(page: &mut Page, nth: usize, style: &Style, language: Language, tape: &mut Tape<'_>) -> WantedRequirement {
    let number = style.number(nth);
    let digits = number.trim_start_matches("NFR-");
    let mut title = language.title(tape);
    let word = style.words.requirement;
    let colon = if style.wide_colon { "：" } else { ": " };
    let line = match style.heading {
        Heading::Untitled => {
            title.clear();
            format!("{} {word} {digits}", style.level)
        }
        Heading::Colon => format!("{} {word} {digits}{colon}{title}", style.level),
        Heading::Dash => format!("{} {word} {digits} {} {title}", style.level, tape.pick(&["-", "—", "–"])),
        Heading::Short(short) => format!("{} {short}{digits}: {title}", style.level),
        Heading::Bold(short) => format!("{} **{short}{digits}: {title}**", style.level),
        Heading::Listed => format!("### {digits}. {title}"),
        Heading::BoldLine => format!("**{word} {digits}: {title}**"),
    };
    page.line(line);
    page.gap();
    let story = story(page, style, language, tape);
    let bare_bullets = style.list == List::Bullets && matches!(style.heading, Heading::Short(_)) && tape.odds(50);
    if !bare_bullets {
        let level = if matches!(style.heading, Heading::Listed | Heading::BoldLine) { "####" } else { style.level };
        let mark = if style.labelled || matches!(style.heading, Heading::BoldLine) { format!("**{}{}**", style.words.acceptance, colon.trim_end()) } else { format!("{level}# {}", style.words.acceptance) };
        page.line(mark);
        page.gap();
    }
    let criteria = (1..=1 + tape.below(9)).map(|place| criterion(page, &number, place, style, language, tape)).collect();
    page.gap();
    page.code(tape, "");
    WantedRequirement { number, title, story, criteria }
}

fn story(page: &mut Page, style: &Style, language: Language, tape: &mut Tape<'_>) -> Option<String> {
    if tape.odds(8) {
        return None;
    }
    let story = language.story(tape);
    let label = style.words.story;
    let label = match (style.wide_colon, tape.below(4)) {
        (true, 0) => format!("**{label}**："),
        (true, _) => format!("**{label}：**"),
        (_, 3) => format!("**{label}**: "),
        _ => format!("**{label}:** "),
    };
    page.line(format!("{label}{story}"));
    page.gap();
    Some(story)
}

fn criterion(page: &mut Page, number: &str, place: usize, style: &Style, language: Language, tape: &mut Tape<'_>) -> WantedCriterion {
    let mut text = language.criterion(tape);
    let digits = number.trim_start_matches("NFR-");
    // A printed id is the requirement's own number and the place, so it is the id.
    let printed = number == digits;
    let mark = match style.list {
        List::Printed if printed => format!("{digits}.{place} "),
        List::PrintedDot if printed => format!("{digits}.{place}. "),
        List::PrintedBold if printed => format!("- **{digits}.{place}** "),
        List::Ones => "1. ".to_owned(),
        List::Bullets => "- ".to_owned(),
        _ => format!("{place}. "),
    };
    let mut lines = wrapped(&text, tape, 2);
    let margin = tape.pick(&["", "   "]);
    page.line(format!("{}{mark}{}", style.margin, lines.remove(0)));
    for line in lines {
        page.line(format!("{}{margin}{line}", style.margin));
    }
    if tape.odds(2) {
        let part = language.title(tape);
        page.line(format!("{}   - {part}", style.margin));
        text = format!("{text} {part}");
        page.code(tape, "     ");
    }
    if tape.odds(3) {
        page.gap();
    }
    WantedCriterion { id: format!("{number}.{place}"), text }
}

fn glossary(page: &mut Page, folder: &mut Folder, language: Language, words: &Words, tape: &mut Tape<'_>) {
    if tape.odds(30) {
        return;
    }
    page.line(format!("## {}", words.glossary));
    page.gap();
    let form = tape.weighed(&[(80, 0), (8, 1), (6, 2), (4, 3), (2, 4)]);
    if form == 1 {
        page.line("| Term | Meaning |");
        page.line("|------|:-------:|");
    }
    for nth in 1..=1 + tape.below(5) {
        let (name, says) = (format!("Term_{nth}"), language.title(tape));
        page.line(match form {
            0 => format!("- **{name}**: {says}"),
            1 => format!("| {name} | {says} |"),
            2 => format!("- **{name}**：{says}"),
            3 => format!("- **{name}:** {says}"),
            _ => format!("- {name}: {says}"),
        });
        folder.terms.push((name, says));
    }
    page.gap();
}
