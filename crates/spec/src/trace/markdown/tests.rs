use super::super::tests::{shop, test};
use super::super::{Approval, Commit, Evidence, Receipt, Trace, to_html, trace};
use super::*;
use crate::drift::Difference;
use crate::reference::Referred;

/// A trace with something of everything, some of it hostile.
fn sample() -> (Trace, Vec<Drifted>) {
    let evidence = Evidence {
        commits: vec![Commit { sha: "0123456789abcdef".to_owned(), subject: "<b>cart</b> | `shown`".to_owned(), files: Vec::new(), tasks: vec!["1.1".to_owned()], criteria: Vec::new() }],
        tests: vec![
            test("shows_items", Referred::Criterion("1.1".to_owned()), TestResult::Passed),
            test("books_once", Referred::Property("1".to_owned()), TestResult::Failed),
            test("keeps\nreceipts", Referred::Criterion("2.2".to_owned()), TestResult::NotRun),
        ],
        receipts: vec![Receipt { intent: "i".to_owned(), index: 12, line: "landed 3 files".to_owned(), task: Some("1.1".to_owned()), criteria: Vec::new() }],
        approvals: vec![Approval { document: "design.md".to_owned(), by: "ana".to_owned(), current: false }],
    };
    let drifted = Drifted { part: "criterion 1.1".to_owned(), task: "1.1".to_owned(), what: Difference::FileGone("src/<cart>.rs".to_owned()) };
    (trace(&shop(), &evidence), vec![drifted])
}

#[test]
fn the_markdown_page_is_as_agreed() {
    let (trace, drifted) = sample();
    assert_eq!(to_markdown(&trace, &drifted), include_str!("../golden/trace.md"));
}

#[test]
fn the_html_page_is_as_agreed() {
    let (trace, drifted) = sample();
    assert_eq!(to_html(&trace, &drifted), include_str!("../golden/trace.html"));
}

#[test]
fn nothing_from_outside_is_markup() {
    let (mut trace, _) = sample();
    trace.spec = "</title><script>alert(1)</script>".to_owned();
    let page = to_html(&trace, &[]);
    assert!(!page.contains("<script") && !page.contains("<b>cart") && !page.contains("<sorry>"), "{page}");
    let page = to_markdown(&trace, &[]);
    assert!(!page.contains("<script") && !page.contains("<sorry>"), "{page}");
    let tables = page.lines().filter(|line| line.starts_with("| 1") || line.starts_with("| 2"));
    for line in tables {
        assert_eq!(line.replace("\\|", "").matches('|').count(), 8, "{line}");
    }
}
