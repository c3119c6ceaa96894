use proptest::prelude::*;

use super::*;

fn spec(files: &[(&str, &str)]) -> Spec {
    Spec::read("cart", files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect())
}

/// One file after mending, beside the other one.
fn mended(files: &[(&str, &str)]) -> String {
    let spec = spec(files);
    let (name, text) = files[0];
    let edits = mends(&spec).into_iter().find(|(file, _)| file == name).map(|(_, edits)| edits).unwrap_or_default();
    text::apply(text, &edits).expect("edits that do not overlap")
}

#[test]
fn what_is_safe_is_mended() {
    for (before, after) in [
        ("- [X] 1. A\n", "- [x] 1. A\n"),
        ("- [x] 1. A", "- [x] 1. A\n"),
        ("a\r\nb", "a\r\nb\r\n"),
        ("a \n\t\nb\t\n", "a\n\nb\n"),
        ("- [ ] 1. A\n  - _Requirements:1.1,2.3 ,  2.4_\n", "- [ ] 1. A\n  - _Requirements: 1.1, 2.3, 2.4_\n"),
        ("- [ ] 1. A  \n\n", "- [ ] 1. A\n\n"),
        ("- [ ] 1. A\n    - deep \n", "- [ ] 1. A\n    - deep\n"),
    ] {
        assert_eq!(mended(&[("tasks.md", before)]), after, "{before:?}");
    }
}

#[test]
fn what_means_something_is_left_alone() {
    for text in [
        "one  \ntwo\n",
        "one\\ \ntwo\n",
        "one\r \ntwo\n",
        "```\ncode \n- [X] 1. no\n```\n",
        "~~~\nopen and unended ",
        "    code \n    \n    more \n",
        "<pre>\na \n</pre>\n",
        "- [x] 1. X marks [X]\n",
        "- [ ] 1. A\n  - _Requirements: 1.1; 2.3 and 2.4_\n",
        "",
        "\u{feff}",
    ] {
        assert_eq!(mended(&[("tasks.md", text)]), text, "{text:?}");
    }
    assert_eq!(mends(&spec(&[("notes.md", "a "), (".config.kiro", "{} ")])), []);
}

fn listed(numbers: &[&str]) -> String {
    let criteria: String = numbers.iter().map(|n| format!("{n}. THE App SHALL do {n}\n")).collect();
    format!("### Requirement 1: R\n\n#### Acceptance Criteria\n\n{criteria}\n")
}

#[test]
fn criteria_are_numbered_by_their_places_unless_somebody_cites_the_numbers() {
    let renumbered = |numbers: &[&str], tasks: &str| mended(&[("requirements.md", &listed(numbers)), ("tasks.md", tasks)]);
    let numbers = |text: &str| text.lines().filter_map(|line| line.split_once(". THE").map(|(number, _)| number.to_owned())).collect::<Vec<_>>();
    assert_eq!(numbers(&renumbered(&["1", "2", "4", "5"], "")), ["1", "2", "3", "4"]);
    assert_eq!(numbers(&renumbered(&["1", "2", "2"], "- [ ] 1. A\n  - _Requirements: 1.1_\n")), ["1", "2", "3"]);
    for cite in ["1.4", "1.3", "1.1-1.3"] {
        let tasks = format!("- [ ] 1. A\n  - _Requirements: {cite}_\n");
        assert_eq!(numbers(&renumbered(&["1", "2", "4", "5"], &tasks)), ["1", "2", "4", "5"], "{cite}");
    }
    assert_eq!(numbers(&renumbered(&["1", "1", "1"], "")), ["1", "1", "1"]);
}

#[test]
fn bytes_that_are_not_utf8_stay() {
    let spec = Spec::read("cart", vec![("tasks.md".into(), b"- [X] 1. A \xff \n".to_vec())]);
    let (name, edits) = mends(&spec).remove(0);
    assert_eq!(spec.file(&name).unwrap().apply(&edits).unwrap(), b"- [x] 1. A \xff\n");
}

const PIECES: [&str; 22] = [
    "# Requirements Document", "### Requirement 1: A", "### Requirement 2", "#### Acceptance Criteria", "1. THE A SHALL b", "3. WHEN x, THE A SHALL y ", "2. THE A SHALL c  ",
    "   under it", "- [X] 1. Task", "  - [ ] 1.1 Part ", "  - _Requirements:1.1,1.2_", "    - _Requirements: 1.3 , 2.1_", "```", "~~~", "    code ", "  ", "", "words  ", "words\\ ",
    "| a | b | ", "> quoted ", "**Validates: Requirements 1.2**",
];

proptest! {
    #[test]
    fn mending_is_done_once_and_changes_no_meaning(
        required in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..14),
        planned in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..14),
        end in prop::sample::select(vec!["\n", "\r\n"]), mark in any::<bool>(), last in any::<bool>(),
    ) {
        let write = |lines: &[&str]| format!("{}{}{}", if mark { "\u{feff}" } else { "" }, lines.join(end), if last { end } else { "" });
        let before = spec(&[("requirements.md", &write(&required)), ("tasks.md", &write(&planned))]);
        let edits = mends(&before);
        let mut files = Vec::new();
        for file in &before.files {
            let own = edits.iter().find(|(name, _)| *name == file.name).map(|(_, edits)| edits.clone()).unwrap_or_default();
            files.push((file.name.clone(), file.apply(&own).expect("edits that do not overlap")));
        }
        let after = Spec::read("cart", files);
        prop_assert_eq!(mends(&after), vec![], "a second time");
        let ids = |spec: &Spec| spec.criteria().map(|one| (one.id.clone(), one.text.clone())).collect::<Vec<_>>();
        prop_assert_eq!(ids(&before), ids(&after));
        let tasks = |spec: &Spec| spec.tasks.iter().flat_map(|read| &read.tasks)
            .map(|task| (task.number.clone(), task.text.clone(), task.state, task.parent, task.references.iter().map(|one| one.to.clone()).collect::<Vec<_>>())).collect::<Vec<_>>();
        prop_assert_eq!(tasks(&before), tasks(&after));
        for (old, new) in before.files.iter().zip(&after.files) {
            let fenced = |text: &str| text::lines(text).into_iter().filter(|line| line.fenced).map(|line| line.says.to_owned()).collect::<Vec<_>>();
            prop_assert_eq!(fenced(&old.text), fenced(&new.text));
        }
    }
}
