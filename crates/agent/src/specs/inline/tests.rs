use std::collections::BTreeSet;

use action::{Change, Content};

use super::Inline;
use crate::samples::Sample;
use crate::specs::brief::Brief;
use crate::specs::evidence::Own;
use crate::specs::part::Workflow;
use crate::specs::tagged::Texts;

const OLD: &str = "pub fn add(a: u8, b: u8) -> u8 {\n    a\n}\n\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn adds() {}\n}\n";
const NEW: &str = "pub fn add(a: u8, b: u8) -> u8 {\n    a + b\n}\n\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn adds() {\n        assert_eq!(super::add(1, 2), 3);\n    }\n}\n";

fn brief() -> Brief {
    let paths = ["Cargo.toml".to_owned(), "src/lib.rs".to_owned()];
    let runners = tools::runners(&paths, &|path| (path == "Cargo.toml").then(|| "[package]\nname = \"x\"\nversion = \"0.1.0\"\n".to_owned()));
    let (name, folder, wish, id) = ("x".into(), ".kiro/specs/x".into(), String::new(), String::new());
    Brief { name, folder, wish, workflow: Workflow::RequirementsFirst, id, runners, has_docs: true, changelog: None, tests: Vec::new(), test_seconds: 600 }
}

fn found(sample: &Sample, base: &[Change], change: Change) -> Inline {
    let own = Own::of(&[change]);
    Inline::of(&Texts { book: sample.book(), root: &sample.root() }, &brief(), base, &own).unwrap()
}

fn change(sample: &Sample, path: &str, before: Option<&str>, after: &str) -> Change {
    Change { path: path.into(), before: before.map(|text| sample.file(text)), after: Some(sample.file(after)) }
}

fn text(sample: &Sample, content: Option<&Content>) -> String {
    let Some(Content::File { digest, size, .. }) = content else { panic!("no file") };
    let bytes = sample.book().get(digest).unwrap();
    assert_eq!(bytes.len() as u64, *size);
    String::from_utf8(bytes).unwrap()
}

#[test]
fn the_tests_of_now_are_put_into_the_code_from_before() {
    let sample = Sample::new();
    let inline = found(&sample, &[], change(&sample, "src/lib.rs", Some(OLD), NEW));
    let grafted = text(&sample, inline.grafts[0].after.as_ref());
    assert!(grafted.contains("    a\n}") && grafted.contains("assert_eq!(super::add(1, 2), 3)") && !grafted.contains("a + b"), "{grafted}");
    assert_eq!(inline.grafts[0].before, Some(sample.file(OLD)));
    assert!(inline.tests_only.is_empty());
}

#[test]
fn the_code_from_before_is_that_of_the_tasks_before() {
    let sample = Sample::new();
    let base = [change(&sample, "src/lib.rs", Some("// as it was\n"), OLD)];
    let inline = found(&sample, &base, change(&sample, "src/lib.rs", Some("// as it was\n"), NEW));
    assert!(text(&sample, inline.grafts[0].after.as_ref()).contains("    a\n}"));
}

#[test]
fn what_differs_in_its_tests_alone_is_told() {
    let sample = Sample::new();
    let tests = NEW.split_once("#[cfg(test)]").unwrap().1;
    let only = format!("{}#[cfg(test)]{tests}", OLD.split_once("#[cfg(test)]").unwrap().0);
    let inline = found(&sample, &[], change(&sample, "src/lib.rs", Some(OLD), &only));
    assert_eq!(inline.tests_only, BTreeSet::from(["src/lib.rs".to_owned()]));
    assert_eq!(inline.grafts.len(), 1);
}

#[test]
fn what_is_new_has_no_tests_or_is_no_rust_is_not_grafted() {
    let sample = Sample::new();
    let without = NEW.replace("a + b", "b + a");
    for change in [
        change(&sample, "src/new.rs", None, NEW),
        change(&sample, "src/lib.rs", Some(NEW), &without),
        change(&sample, "src/lib.rs", Some("fn ("), NEW),
        change(&sample, "src/a.py", Some(OLD), NEW),
    ] {
        let inline = found(&sample, &[], change.clone());
        assert!(inline.grafts.is_empty() && inline.tests_only.is_empty(), "{}", change.path);
        assert_eq!(inline.has_new, change.path == "src/new.rs");
    }
}
