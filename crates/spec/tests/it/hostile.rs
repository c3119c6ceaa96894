//! Texts that nobody would write: nothing panics, every place is in the text, and work grows with the text and no faster.

use proptest::prelude::*;

use spec::bugfix::Bugfix;
use spec::config::Config;
use spec::design::Design;
use spec::folder::Spec;
use spec::graph::waves;
use spec::reference::references;
use spec::requirements::Requirements;
use spec::tasks::{NewTask, State, Tasks};
use spec::text::{Edit, Span, apply};

/// Pieces that mean something to one of the readers.
const PIECES: [&str; 62] = [
    "\n", "\n", "\n", "\r\n", "\r", " ", "  ", "\t", "# ", "## ", "### ", "#### ", "- ", "* ", "+ ", "> ", "1. ", "2) ", "1.1 ", "1.1. ", "- [ ] ",
    "- [x]* ", "- [~]\\* ", "- [⏭️] ", "- []", "[", "]", "**", "*", "_", "`", "```", "```json\n", "~~~", "|", "|---|", ":", "：", ",", "、", "(", ")",
    "Requirement 1", "REQ-2a: ", "需求 1：", "Требование ", "Acceptance Criteria", "验收标准", "**User Story:** ", "Glossary", "Property 1: ", "属性",
    "_Requirements: ", "Validates: Requirements ", "_Depends: 1.1_", "All", "1.1-1.6", "99999999999999999999.1", "{\"waves\":[[\"1\"],{\"id\":0,\"tasks\":[\"1.1\"]}]}",
    "İ\u{feff}\u{0}", "👩‍👩‍👧", "WHEN x THE y SHALL z",
];

fn soup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![9 => proptest::sample::select(&PIECES[..]).prop_map(str::to_owned), 1 => ".{0,4}"];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

/// All places that reading this text gives.
fn places(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let bugfix = Bugfix::read(text);
    let requirements = Requirements::read(text);
    for criterion in requirements.criteria().chain(bugfix.criteria()) {
        spans.extend([criterion.span.clone(), criterion.wording.clone()]);
    }
    for requirement in &requirements.requirements {
        spans.extend([requirement.span.clone(), requirement.heading.clone()]);
        spans.extend(requirement.story.iter().map(|story| story.span.clone()));
    }
    spans.extend(requirements.glossary.into_iter().map(|term| term.span));
    let design = Design::read(text);
    spans.extend(design.sections.into_iter().map(|section| section.span));
    for property in design.properties {
        spans.push(property.span);
        spans.extend(property.validates.into_iter().map(|one| one.span));
    }
    spans.extend(references(text, 0).into_iter().map(|one| one.span));
    task_places(&Tasks::read(text), &mut spans);
    spans
}

fn task_places(tasks: &Tasks, spans: &mut Vec<Span>) {
    for task in &tasks.tasks {
        spans.extend([task.span.clone(), task.line.clone(), task.mark.clone()]);
        spans.extend(task.details.iter().map(|detail| detail.span.clone()));
        spans.extend(task.references.iter().map(|one| one.span.clone()));
        spans.extend(task.reference_list.clone());
    }
    if let Some(graph) = &tasks.graph {
        spans.push(graph.span.clone());
        spans.extend(graph.waves.iter().map(|wave| wave.span.clone()));
    }
    spans.extend(tasks.groups.iter().map(|group| group.span.clone()));
    spans.extend(tasks.unread.clone());
}

/// Every edit of the tasks of this text can be applied.
fn edits_apply(text: &str) {
    let tasks = Tasks::read(text);
    let new = NewTask { number: None, text: "new".to_owned(), optional: false };
    for at in 0..tasks.tasks.len() {
        let edits = [
            tasks.set_state(at, State::Completed),
            tasks.append_detail(text, at, "more"),
            tasks.insert_after(text, at, &new),
            tasks.set_references(text, at, &["1.1"]),
        ];
        for edit in edits.into_iter().flatten() {
            assert!(apply(text, std::slice::from_ref(&edit)).is_some(), "{edit:?}");
        }
        let done = apply(text, &[tasks.set_state(at, State::Completed).unwrap()]).unwrap();
        assert_eq!(Tasks::read(&done).tasks[at].state, State::Completed);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn every_place_is_in_the_text(text in soup()) {
        for span in places(&text) {
            prop_assert!(text.get(span.clone()).is_some(), "{:?}", span);
        }
        edits_apply(&text);
    }

    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..200), text in soup()) {
        let mixed = [text.as_bytes(), &bytes, text.as_bytes()].concat();
        let names = ["requirements.md", "bugfix.md", "design.md", "tasks.md", ".config.kiro", "spec.json", "notes.md"];
        let files = names.iter().map(|name| ((*name).to_owned(), mixed.clone())).collect();
        let spec = Spec::read("x", files);
        for finding in &spec.findings {
            let text = spec.text(&finding.file).unwrap();
            prop_assert!(text.get(finding.span.clone()).is_some(), "{:?}", finding);
        }
        prop_assert!(spec.files.iter().all(|file| file.bytes() == mixed && file.apply(&[]).as_deref() == Some(&mixed[..])));
        let ordered = spec.tasks.as_ref().map(waves);
        if let (Some(Ok(waves)), Some(tasks)) = (ordered, &spec.tasks) {
            let mut all: Vec<usize> = waves.concat();
            all.sort_unstable();
            prop_assert_eq!(all, tasks.leaves().collect::<Vec<_>>());
        }
    }

    #[test]
    fn an_edit_leaves_bytes_that_are_no_text_alone(bytes in proptest::collection::vec(any::<u8>(), 0..40), text in soup(), at in any::<prop::sample::Index>()) {
        let mixed = [&bytes, text.as_bytes(), &bytes].concat();
        let spec = Spec::read("x", vec![("tasks.md".to_owned(), mixed.clone())]);
        let file = &spec.files[0];
        let borders: Vec<usize> = (0..=file.text.len()).filter(|at| file.text.is_char_boundary(*at)).collect();
        let place = borders[at.index(borders.len())];
        let edit = Edit { span: place..place, with: "@new@".to_owned() };
        let made = file.apply(std::slice::from_ref(&edit)).unwrap();
        prop_assert_eq!(String::from_utf8_lossy(&made).into_owned(), apply(&file.text, &[edit]).unwrap());
        let new = made.windows(5).position(|five| five == b"@new@").unwrap();
        prop_assert_eq!([&made[..new], &made[new + 5..]].concat(), mixed);
    }

    #[test]
    fn any_json_is_a_config(text in "[\\[\\]{}\":,a-z0-9 ]{0,80}") {
        let (_, findings) = Config::read("spec.json", &text);
        prop_assert!(findings.iter().all(|finding| text.get(finding.span.clone()).is_some()));
    }
}
