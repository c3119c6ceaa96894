//! What is said of a few specifications, word for word: findings, mends, traces. A change of words is seen here first.
//!
//! Each folder of `tests/golden` has the documents and a file `said.txt`. Where it differs, what is said now is written
//! beside it as `said.new`: read it, and put it in its place if it is right.

use std::fs;
use std::path::Path;

use spec::check::check;
use spec::finding::Severity;
use spec::fmt::mends;
use spec::folder::Spec;
use spec::text::{apply, place};
use spec::trace::{Evidence, Receipt, Test, TestResult, tests_in, to_markdown, trace};

/// Tests that somebody wrote for these specifications, of which the first passed and the second failed.
const TESTS: &str = "// Feature: cart, Property 1: Nothing is lost\nfn keeps() {}\n\n// Validates: Requirements 1.2\nfn answers() {}\n\n// Validates: Requirements 2.1\nfn drops() {}\n";

fn read(folder: &Path) -> Spec {
    let mut files = Vec::new();
    for name in ["requirements.md", "bugfix.md", "design.md", "tasks.md", ".config.kiro", "spec.json"] {
        files.extend(fs::read(folder.join(name)).ok().map(|bytes| (name.to_owned(), bytes)));
    }
    Spec::read(&folder.file_name().unwrap().to_string_lossy(), files)
}

/// All of it as one text.
fn said(spec: &Spec) -> String {
    let mut said = String::from("== check\n");
    for finding in check(spec) {
        let (line, column) = place(spec.text(&finding.file).unwrap_or_default(), finding.span.start);
        let grave = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        said.push_str(&format!("{}:{line}:{column}: {grave}: {} [{}]\n", finding.file, finding.text, finding.rule));
        said.extend(finding.hint.map(|hint| format!("    {hint}\n")));
    }
    said.push_str("== fmt\n");
    for (file, edits) in mends(spec) {
        let text = spec.text(&file).unwrap();
        said.push_str(&format!("{file}: {} places\n{:?}\n", edits.len(), apply(text, &edits).unwrap()));
    }
    said.push_str("== trace\n");
    said + &to_markdown(&trace(spec, &evidence()), &[])
}

fn evidence() -> Evidence {
    let results = [TestResult::Passed, TestResult::Failed, TestResult::NotRun];
    let test = |(found, result): (spec::trace::Tagged, TestResult)| Test { name: found.name, file: "tests/a.rs".into(), line: found.line, tags: found.tags, result, when: String::new() };
    let receipt = Receipt { intent: "i".into(), index: 7, line: "judged done by evidence".into(), task: Some("1.1".into()), criteria: Vec::new() };
    Evidence { tests: tests_in(TESTS).into_iter().zip(results).map(test).collect(), receipts: vec![receipt], ..Evidence::default() }
}

#[test]
fn what_is_said_of_each_folder_is_what_was_said() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut folders: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    assert_eq!(folders.len(), 4);
    let mut differ = Vec::new();
    for folder in folders {
        let now = said(&read(&folder));
        if fs::read_to_string(folder.join("said.txt")).ok().as_deref() != Some(&now) {
            fs::write(folder.join("said.new"), now).unwrap();
            differ.push(folder.join("said.new"));
        }
    }
    assert!(differ.is_empty(), "read these: {differ:?}");
}
