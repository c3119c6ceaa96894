use super::*;

fn spec(criterion: &str, task: &str) -> Spec {
    let requirements = format!("### Requirement 1\n\n#### Acceptance Criteria\n\n1. {criterion}\n");
    let tasks = format!("- [x] {task} Do it\n  - _Requirements: 1.1_\n");
    Spec::read("shop", vec![("requirements.md".to_owned(), requirements.into()), ("tasks.md".to_owned(), tasks.into())])
}

fn made() -> Made {
    Made {
        task: "1.1".to_owned(),
        criteria: vec![("1.1".to_owned(), "THE Shop SHALL sell.".to_owned())],
        files: vec![("src/a.rs".to_owned(), "d1".to_owned())],
        tests: vec!["sells".to_owned()],
        ..Made::default()
    }
}

fn check(criterion: &str, task: &str, files: &[(&str, &str)], tests: &[&str], expected: &[&str]) {
    let now = Now { files: files.iter().map(|(path, digest)| ((*path).to_owned(), (*digest).to_owned())).collect(), tests: tests.iter().map(|test| (*test).to_owned()).collect() };
    let told: Vec<String> = drift(&spec(criterion, task), &[made()], &now).iter().map(|drifted| format!("{}: {}", drifted.part, drifted.why())).collect();
    assert_eq!(told, expected);
}

const SAME: &str = "THE Shop SHALL sell.";

#[test]
fn what_is_as_it_was_has_not_drifted() {
    check(SAME, "1.1", &[("src/a.rs", "d1"), ("src/b.rs", "x")], &["sells", "more"], &[]);
    check("THE Shop\n   SHALL sell.", "1.1", &[("src/a.rs", "d1")], &["sells"], &[]);
}

#[test]
fn every_difference_is_told_with_its_part() {
    check(SAME, "1.1", &[("src/a.rs", "d2")], &["sells"], &["criterion 1.1: src/a.rs changed since task 1.1 was done"]);
    check(SAME, "1.1", &[], &["sells"], &["criterion 1.1: src/a.rs, made for task 1.1, is gone"]);
    check(SAME, "1.1", &[("src/a.rs", "d1")], &[], &["criterion 1.1: the test sells, made for task 1.1, is gone"]);
    check(SAME, "3", &[("src/a.rs", "d1")], &["sells"], &["criterion 1.1: task 1.1, which was done for it, is gone"]);
    check("THE Shop SHALL buy.", "1.1", &[("src/a.rs", "d1")], &["sells"], &["criterion 1.1: its words were others when task 1.1 was done: \"THE Shop SHALL sell.\""]);
}

#[test]
fn a_part_that_is_gone_is_told() {
    let drifted = drift(&Spec::read("shop", Vec::new()), &[Made { files: Vec::new(), tests: Vec::new(), ..made() }], &Now::default());
    assert_eq!(drifted.iter().map(Drifted::why).collect::<Vec<_>>(), ["it is gone, and what task 1.1 made for it stays"]);
}

#[test]
fn a_task_that_cited_nothing_stands_for_itself() {
    let bare = Made { criteria: Vec::new(), tests: Vec::new(), ..made() };
    let drifted = drift(&spec(SAME, "1.1"), &[bare], &Now::default());
    assert_eq!(drifted.iter().map(|drifted| drifted.part.as_str()).collect::<Vec<_>>(), ["task 1.1"]);
}

#[test]
fn a_section_of_the_design_that_a_task_cited_drifts_too() {
    let design = |storage: &str| format!("# Design\n\n## Overview\nAs ever.\n\n## Storage\n{storage}\n\n### Files\nOne each.\n\n## Storage of logs\nNone.\n");
    let with = |storage: &str| Spec::read("shop", vec![("design.md".to_owned(), design(storage).into())]);
    let then = with("A table.");
    let (title, text) = then.design_section("§storage").unwrap();
    assert_eq!((title, text.contains("A table."), text.contains("One each."), text.contains("None.")), ("Storage", true, true, false));
    assert_eq!(then.design_section("§Over").map(|(title, _)| title), Some("Overview"));
    assert_eq!((then.design_section("§Nowhere"), then.design_section("§")), (None, None));
    let made = Made { task: "2".to_owned(), sections: vec![(title.to_owned(), text.to_owned())], ..Made::default() };
    let told = |spec: &Spec| drift(spec, std::slice::from_ref(&made), &Now::default()).iter().map(|drifted| format!("{}: {}", drifted.part, drifted.why())).collect::<Vec<_>>();
    assert_eq!(told(&then), Vec::<String>::new());
    assert_eq!(told(&with("A file.")), ["design section Storage: its words were others when task 2 was done: \"## Storage A table. ### Files One each.\""]);
    let long = Made { sections: vec![("Storage".to_owned(), "é ".repeat(500))], ..made };
    assert!(drift(&then, &[long], &Now::default())[0].why().chars().count() < 400);
}
