use super::*;
use crate::text::apply;

fn shown(text: &str) -> Vec<(Option<String>, String, Option<usize>)> {
    Tasks::read(text).tasks.into_iter().map(|task| (task.number, task.text, task.parent)).collect()
}

fn one(line: &str) -> Task {
    let mut tasks = Tasks::read(line).tasks;
    assert_eq!(tasks.len(), 1, "{line}");
    tasks.remove(0)
}

#[test]
fn boxes_stars_and_states() {
    for (line, state, optional) in [
        ("- [ ] 1. a", State::NotStarted, false),
        ("* [x] 1. a", State::Completed, false),
        ("+ [X] 1. a", State::Completed, false),
        ("-  [-] 1. a", State::InProgress, false),
        ("- [~] 1. a", State::Queued, false),
        ("- [ ]* 1. a", State::NotStarted, true),
        ("  - [x]\\* 1. a", State::Completed, true),
    ] {
        let task = one(line);
        assert_eq!((task.state, task.optional, &*task.text), (state, optional, "a"), "{line}");
        assert_eq!(&line[task.mark.clone()], &line[line.find('[').unwrap() + 1..line.find(']').unwrap()]);
    }
}

#[test]
fn look_alikes_are_told_and_are_no_tasks() {
    for (line, told) in [("- [⏭️] a", 1), ("- [] a", 1), ("- [ x] a", 1), ("- [link](a.md)", 0), ("- [x](a.md)", 0), ("- [ ]a", 1), ("[ ] a", 0), ("-[ ] a", 0), ("- [ ] ", 0), ("a[]9", 0)] {
        let read = Tasks::read(line);
        assert_eq!((read.tasks.len(), read.unread.len()), (0, told), "{line}");
    }
    assert!(Tasks::read("```\n- [ ] 1. a\n```\n").tasks.is_empty());
}

#[test]
fn numbers_are_taken_from_the_text() {
    for (says, number, text) in [
        ("1. Do", Some("1"), "Do"),
        ("1.1 Do", Some("1.1"), "Do"),
        ("1.1. Do", Some("1.1"), "Do"),
        ("1.2.3 Do", Some("1.2.3"), "Do"),
        ("**1.1** Do", Some("1.1"), "Do"),
        ("**1.1 Do**", Some("1.1"), "Do"),
        ("Task 1: Do", Some("1"), "Do"),
        ("T0.1: Do", Some("T0.1"), "Do"),
        ("1. **CHECKPOINT: Do**", Some("1"), "CHECKPOINT: Do"),
        ("任务 2：Do", Some("2"), "Do"),
        ("3 times Do", None, "3 times Do"),
        ("Do 1.1", None, "Do 1.1"),
        ("Test it", None, "Test it"),
        ("2.1 (P) Do", Some("2.1"), "Do"),
    ] {
        let task = one(&format!("- [ ] {says}"));
        assert_eq!((task.number.as_deref(), &*task.text), (number, text), "{says}");
    }
}

#[test]
fn checkpoints_in_their_languages() {
    for says in ["1. Checkpoint - Ensure all tests pass", "Final checkpoint", "**CHECKPOINT: x**", "检查点 - x", "最终检查点", "Контрольная точка"] {
        assert!(one(&format!("- [ ] {says}")).checkpoint, "{says}");
    }
    assert!(!one("- [ ] 1. Write the checkpoint file").checkpoint);
}

#[test]
fn numbers_go_before_indentation() {
    let parents = |text: &str| shown(text).into_iter().map(|(.., parent)| parent).collect::<Vec<_>>();
    assert_eq!(parents("- [ ] 1. a\n- [ ] 1.1 b\n- [ ] 1.2 c\n- [ ] 2. d\n"), [None, Some(0), Some(0), None]);
    assert_eq!(parents("- [ ] 1. a\n  - [ ] 1.1 b\n    - [ ] 1.1.1 c\n"), [None, Some(0), Some(1)]);
    assert_eq!(parents("- [ ] 1. a\n  - [ ] 2. b\n"), [None, None]);
    assert_eq!(parents("- [ ] a\n  - [ ] b\n    - [ ] c\n  - [ ] d\n- [ ] e\n"), [None, Some(0), Some(1), Some(0), None]);
    assert_eq!(parents("- [ ] 1. a\n  - [ ] b\n- [ ] c\n"), [None, Some(0), None]);
    assert_eq!(parents("- [ ] a\n## Next\n  - [ ] b\n"), [None, None]);
    assert_eq!(parents("- [ ] 1. a\n- [ ] 1. b\n- [ ] 1.1 c\n"), [None, None, Some(1)]);
}

#[test]
fn details_are_joined_and_end_with_the_next_task_or_heading() {
    let text = "- [ ] 1. a\n  - one\n    more\n  - two\n\n  prose\n  ```\n  - code\n  ```\n  _Requirements: 1.1_\n- [ ] 2. b\n\n## Notes\n- _Requirements: 9.9_\n";
    let read = Tasks::read(text);
    let details: Vec<_> = read.tasks[0].details.iter().map(|detail| detail.text.as_str()).collect();
    assert_eq!(details, ["one more", "two", "prose", "_Requirements: 1.1_"]);
    assert!(text[read.tasks[0].span.clone()].ends_with("1.1_"));
    assert_eq!((read.tasks[0].references.len(), read.tasks[1].references.len()), (1, 0));
}

#[test]
fn order_and_bounds_are_read() {
    let task = one("- [ ] 2.1 (P) a\n  - _Boundary: Basket, Store_\n  - _Depends: 1.1, 1.2, T0.1_ _Requirements: 3.1_\n");
    assert!(task.parallel);
    assert_eq!((task.boundary.as_deref(), task.depends), (Some("Basket, Store"), vec!["1.1".to_owned(), "1.2".to_owned(), "T0.1".to_owned()]));
    assert_eq!(task.references.len(), 1);
}

#[test]
fn a_list_of_references_may_be_wrapped() {
    for text in ["- [ ] 1. a\n  - _Requirements: 1.1,\n    1.2, 1.3_\n", "- [ ] 1. a\n  - Requirements: 1.1,\n    1.2,\n    1.3\n", "- [ ] 1. a\n  _Requirements: 1.1\n  , 1.2, 1.3_\n"] {
        let read = Tasks::read(text);
        assert_eq!(read.tasks[0].references.len(), 3, "{text}");
        let made = apply(text, &[read.set_references(text, 0, &["7.7"]).unwrap()]).unwrap();
        assert_eq!(Tasks::read(&made).tasks[0].references.len(), 1, "{made}");
    }
    assert_eq!(Tasks::read("- [ ] 1. a\n  - **Requirements:** 1.1\n    2.2 is done elsewhere\n").tasks[0].references.len(), 1);
}

#[test]
fn groups_are_the_headings_above() {
    let read = Tasks::read("## Task 1: A ✅\n- [x] a\n## Phase 2: B\n- [ ] b\n");
    let groups: Vec<_> = read.groups.iter().map(|group| (group.number.as_deref(), group.title.as_str())).collect();
    assert_eq!(groups, [(Some("1"), "Task 1: A ✅"), (None, "Phase 2: B")]);
    assert_eq!(read.tasks.iter().map(|task| task.group).collect::<Vec<_>>(), [Some(0), Some(1)]);
}

#[test]
fn without_boxes_numbered_headings_are_the_tasks() {
    let text = "# Plan\n\n## Task 1: A ✅\n\n- do it\n- _Requirements: 1.1_\n\n### 1.1 B\n\n## 2. C [-]\n";
    let read = Tasks::read(text);
    let found: Vec<_> = read.tasks.iter().map(|task| (task.number.as_deref().unwrap(), task.text.as_str(), task.state, task.parent)).collect();
    assert_eq!(found, [("1", "A", State::Completed, None), ("1.1", "B", State::NotStarted, Some(0)), ("2", "C", State::InProgress, None)]);
    assert_eq!(read.tasks[0].references.len(), 1);
    for (at, state, line) in [(0, State::NotStarted, "## Task 1: A\n"), (0, State::Completed, "## Task 1: A ✅\n"), (1, State::Completed, "### 1.1 B ✅\n"), (2, State::Queued, "## 2. C [~]\n")] {
        let made = apply(text, &[read.set_state(at, state).unwrap()]).unwrap();
        assert!(made.contains(line), "{made}");
        assert_eq!(Tasks::read(&made).tasks[at].state, state);
    }
    assert_eq!(read.insert_after(text, 0, &NewTask::default()), None);
}

#[test]
fn edits_follow_the_file() {
    let text = "- [ ] 1. a\r\n\r\n* [ ] 2. b\r\n\t* [ ] 2.1 c\r\n\t\t- d\r\n\r\n* [ ] 3. e";
    let read = Tasks::read(text);
    let new = NewTask { number: Some("2.2".to_owned()), text: "new".to_owned(), optional: true };
    let made = |edit: Option<crate::text::Edit>| apply(text, &[edit.unwrap()]).unwrap();
    assert!(made(read.insert_after(text, 2, &new)).contains("\t\t- d\r\n\t* [ ]* 2.2 new\r\n\r\n* [ ] 3."));
    assert!(made(read.append_detail(text, 2, "more")).contains("\t\t- d\r\n\t\t- more\r\n\r\n"));
    let last = NewTask { number: Some("4".to_owned()), text: "f".to_owned(), optional: false };
    assert!(made(read.insert_after(text, 3, &last)).ends_with("* [ ] 3. e\r\n\r\n* [ ] 4. f"));
    assert!(made(read.set_references(text, 0, &["1.1", "2.1"])).starts_with("- [ ] 1. a\r\n  - _Requirements: 1.1, 2.1_\r\n\r\n"));
    assert_eq!(read.set_state(9, State::Queued), None);
}

#[test]
fn nothing_is_put_into_a_block_that_nobody_closed() {
    let text = "- [ ] 1. a\n  - b\n  ```\n  code\n";
    let read = Tasks::read(text);
    let made = apply(text, &[read.append_detail(text, 0, "c").unwrap()]).unwrap();
    assert_eq!(made, "- [ ] 1. a\n  - b\n  - c\n  ```\n  code\n");
}

#[test]
fn the_first_of_two_with_one_number_is_found() {
    let read = Tasks::read("- [ ] 1. a\n- [ ] 1. b\n- [ ] 2. c\n");
    assert_eq!((read.find("1"), read.find("2."), read.find("3")), (Some(0), Some(2), None));
    assert_eq!(read.leaves().collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!(read.name(2), "2");
}

#[test]
fn each_task_is_told_from_all_others_by_its_number_or_its_place() {
    let tasks = Tasks::read("- [ ] 1. One\n  - [ ] Part\n- [ ] Plain\n- [ ] 1. Again\n");
    let ids: Vec<String> = (0..tasks.tasks.len()).map(|at| tasks.id(at)).collect();
    assert_eq!(ids, ["1", "@2", "@3", "@4"]);
    assert_eq!(tasks.ids(), ids);
    for (at, id) in ids.iter().enumerate() {
        assert_eq!(tasks.find(id), Some(at), "{id}");
        assert_eq!(tasks.id_of(&tasks.tasks[at]), *id);
    }
    for none in ["@0", "@1", "@5", "@", "@-1", "@99999999999999999999", "2"] {
        assert_eq!(tasks.find(none), None, "{none}");
    }
}
