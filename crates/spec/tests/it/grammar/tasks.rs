//! tasks.md.

use spec::reference::Referred;
use spec::tasks::State;

use super::prose::{Language, wrapped};
use super::{Folder, Page, References, Tape};

#[derive(Clone, Debug)]
pub(crate) struct WantedTask {
    pub(crate) number: Option<String>,
    pub(crate) text: String,
    pub(crate) state: State,
    pub(crate) optional: bool,
    pub(crate) parallel: bool,
    pub(crate) checkpoint: bool,
    pub(crate) parent: Option<usize>,
    pub(crate) details: usize,
    pub(crate) references: Vec<Referred>,
    pub(crate) depends: Vec<String>,
}

/// How the numbers of a file are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Number {
    /// `1.` and `1.1`
    Plain,
    /// `1.` and `1.1.`
    Dotted,
    /// `**1.1** …`
    Bold,
    /// `Task 1: …`
    Worded,
    /// `T0.1: …`
    Lettered,
    /// None, and sub-tasks by indentation.
    None,
}

struct Style {
    number: Number,
    flat: bool,
    bullet: &'static str,
    margin: &'static str,
    gaps: bool,
    sdd: bool,
    /// Two tasks in a row have one number.
    duplicates: bool,
    /// The label before references, and what closes the line.
    label: (&'static str, &'static str),
}

const LABELS: [(usize, (&str, &str)); 12] = [
    (6000, ("- _Requirements: ", "_")),
    (100, ("_Requirements: ", "_")),
    (60, ("- **Requirements: ", "**")),
    (60, ("- Requirements: ", "")),
    (60, ("- **Requirements**: ", "")),
    (40, ("> **Requirements:** ", "")),
    (40, ("- **References: Requirements ", "**")),
    (477, ("- _需求: ", "_")),
    (53, ("- _요구사항: ", "_")),
    (37, ("- _Требования: ", "_")),
    (22, ("- _Persyaratan: ", "_")),
    (40, ("- _需求：", "_")),
];

impl Style {
    fn any(tape: &mut Tape<'_>) -> Self {
        Self {
            number: tape.weighed(&[
                (80, Number::Plain),
                (3, Number::Dotted),
                (3, Number::Bold),
                (3, Number::Worded),
                (3, Number::Lettered),
                (8, Number::None),
            ]),
            flat: tape.odds(22),
            bullet: tape.weighed(&[(95, "-"), (3, "*"), (2, "+")]),
            margin: tape.weighed(&[(90, "  "), (8, "    "), (2, "\t")]),
            gaps: tape.odds(50),
            sdd: tape.odds(4),
            duplicates: tape.odds(2),
            label: tape.weighed(&LABELS),
        }
    }
}

pub(super) fn write(folder: &mut Folder, language: Language, tape: &mut Tape<'_>) {
    let mut page = Page::new(tape);
    page.line(tape.pick(&["# Implementation Plan", "# Implementation Plan: Basket", "# Tasks"]));
    page.gap();
    if tape.odds(30) {
        for line in ["## Overview", "", "Small steps, each with a test.", "", "## Tasks", ""] {
            page.line(line);
        }
    }
    let style = Style::any(tape);
    for nth in 1..=1 + tape.below(9) {
        if style.number == Number::None && tape.odds(50) {
            page.line(format!("## Task {nth}: {} ✅", language.title(tape)));
            page.gap();
        }
        let nth = if style.duplicates { nth.div_ceil(2) } else { nth };
        top(&mut page, folder, nth, &style, language, tape);
    }
    if tape.odds(25) {
        graph(&mut page, folder, tape);
    }
    if tape.odds(30) {
        page.line("## Notes");
        page.gap();
        page.line("- Tasks with a star may be left out");
        page.line("- _Requirements: 99.99_");
    }
    folder.files.push(("tasks.md".to_owned(), page.done(tape)));
}

fn top(page: &mut Page, folder: &mut Folder, nth: usize, style: &Style, language: Language, tape: &mut Tape<'_>) {
    let parent = folder.tasks.len();
    let checkpoint = tape.odds(12);
    task(page, folder, None, &[nth], style, language, checkpoint, tape);
    if checkpoint {
        return;
    }
    for sub in 1..=tape.below(5) {
        let at = folder.tasks.len();
        task(page, folder, Some(parent), &[nth, sub], style, language, false, tape);
        if tape.odds(2) {
            task(page, folder, Some(at), &[nth, sub, 1], style, language, false, tape);
        }
    }
    if style.gaps {
        page.gap();
    }
}

fn number(of: &[usize], style: &Style) -> (Option<String>, String) {
    let dotted = of.iter().map(usize::to_string).collect::<Vec<_>>().join(".");
    let end = if of.len() == 1 { "." } else { "" };
    match style.number {
        Number::Plain => (Some(dotted.clone()), format!("{dotted}{end} ")),
        Number::Dotted => (Some(dotted.clone()), format!("{dotted}. ")),
        Number::Bold => (Some(dotted.clone()), format!("**{dotted}{end}** ")),
        Number::Worded => (Some(dotted.clone()), format!("Task {dotted}: ")),
        Number::Lettered => (Some(format!("T{dotted}")), format!("T{dotted}: ")),
        Number::None => (None, String::new()),
    }
}

#[expect(clippy::too_many_arguments, reason = "all that a line is made of")]
fn task(page: &mut Page, folder: &mut Folder, parent: Option<usize>, of: &[usize], style: &Style, language: Language, checkpoint: bool, tape: &mut Tape<'_>) {
    let flat = style.flat && style.number != Number::None;
    let margin = if flat { String::new() } else { style.margin.repeat(of.len() - 1) };
    let (name, shown) = number(of, style);
    let text = if checkpoint { "Checkpoint - Ensure all tests pass".to_owned() } else { language.title(tape) };
    let (sign, state) = tape.weighed(&[
        (309, (" ", State::NotStarted)),
        (1165, ("x", State::Completed)),
        (10, ("X", State::Completed)),
        (10, ("-", State::InProgress)),
        (5, ("~", State::Queued)),
    ]);
    let star = tape.weighed(&[(140, ""), (8, "*"), (1, "\\*")]);
    let parallel = style.sdd && tape.odds(40);
    let shown_text = match (parallel, style.number, checkpoint) {
        (true, ..) => format!("(P) {text}"),
        (false, Number::Plain, true) => format!("**{text}**"),
        _ => text.clone(),
    };
    page.line(format!("{margin}{} [{sign}]{star} {shown}{shown_text}", style.bullet));
    let mut wanted = WantedTask {
        number: name,
        text,
        state,
        optional: !star.is_empty(),
        parallel,
        checkpoint,
        parent,
        details: 0,
        references: Vec::new(),
        depends: Vec::new(),
    };
    details(page, folder, &mut wanted, &format!("{margin}{}", style.margin), style, language, tape);
    folder.tasks.push(wanted);
}

fn details(page: &mut Page, folder: &Folder, wanted: &mut WantedTask, margin: &str, style: &Style, language: Language, tape: &mut Tape<'_>) {
    for _ in 0..tape.below(3) {
        let mut lines = wrapped(&language.title(tape), tape, 5);
        page.line(format!("{margin}- {}", lines.remove(0)));
        for line in lines {
            page.line(format!("{margin}  {line}"));
        }
        wanted.details += 1;
    }
    page.code(tape, margin);
    if tape.odds(10) {
        page.line(format!("{margin}- **Property 3: {}**", language.title(tape)));
        let list = References::of(folder, tape, false);
        page.line(format!("{margin}- **Validates: Requirements {}**", list.text));
        wanted.details += 2;
        wanted.references.push(Referred::Property("3".to_owned()));
        wanted.references.extend(list.wanted);
    }
    if !wanted.checkpoint && !tape.odds(10) {
        let list = References::of(folder, tape, true);
        let (open, close) = style.label;
        let list_text = if tape.odds(4) { list.text.replace(", ", &format!(",{}{margin}  ", page.end)) } else { list.text };
        page.line(format!("{margin}{open}{list_text}{close}"));
        wanted.details += 1;
        wanted.references.extend(list.wanted);
    }
    if style.sdd && tape.odds(30) {
        page.line(format!("{margin}- _Boundary: Basket, Store_"));
        wanted.details += 1;
        if let Some(first) = folder.tasks.first().and_then(|task| task.number.clone()) {
            page.line(format!("{margin}- _Depends: {first}_"));
            wanted.details += 1;
            wanted.depends.push(first);
        }
    }
}

fn graph(page: &mut Page, folder: &mut Folder, tape: &mut Tape<'_>) {
    let leaf = |at: usize| !folder.tasks.iter().any(|task| task.parent == Some(at));
    let leaves: Vec<String> = folder.tasks.iter().enumerate().filter(|(at, task)| leaf(*at) && !task.checkpoint).filter_map(|(_, task)| task.number.clone()).collect();
    if leaves.is_empty() {
        return;
    }
    let waves: Vec<Vec<String>> = leaves.chunks(1 + tape.below(3)).map(<[String]>::to_vec).collect();
    let shape = tape.weighed(&[(106, 0), (13, 1), (5, 2), (3, 3), (2, 4), (2, 5), (7, 6)]);
    let mut json = Vec::new();
    for (nth, wave) in waves.iter().enumerate() {
        let tasks = wave.iter().map(|task| format!("\"{task}\"")).collect::<Vec<_>>().join(", ");
        json.push(match shape {
            0 => format!("{{\"id\": {nth}, \"tasks\": [{tasks}]}}"),
            1 => format!("{{\"wave\": {nth}, \"tasks\": [{tasks}], \"description\": \"step {nth}\"}}"),
            2 => format!("{{\"tasks\": [{tasks}]}}"),
            3 => format!("{{\"wave\": {nth}, \"tasks\": [{tasks}]}}"),
            4 => format!("{{\"name\": \"step {nth}\", \"description\": \"d\", \"tasks\": [{tasks}]}}"),
            5 => format!("{{\"wave\": {nth}, \"name\": \"s\", \"parallel\": true, \"dependsOn\": [{}], \"tasks\": [{tasks}]}}", if nth > 0 { (nth - 1).to_string() } else { String::new() }),
            _ => format!("[{tasks}]"),
        });
    }
    page.line("## Task Dependency Graph");
    page.gap();
    page.line("```json");
    if tape.odds(50) {
        page.line("{");
        page.line("  \"waves\": [");
        page.line(format!("    {}", json.join(&format!(",{}    ", page.end))));
        page.line("  ]");
        page.line("}");
    } else {
        page.line(format!("{{\"waves\":[{}]}}", json.join(",")));
    }
    page.line("```");
    page.gap();
    folder.waves = Some(waves);
}
