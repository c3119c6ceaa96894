use super::*;
use crate::reference::Referred;

/// A small shop: two requirements, two properties, tasks in every state.
pub(super) fn shop() -> Spec {
    let files = [
        ("requirements.md", "# Requirements Document\n\n## Requirements\n\n### Requirement 1: Cart\n\n#### Acceptance Criteria\n\n1. WHEN a user adds an item, THE Shop SHALL show it in the cart.\n2. IF the item is sold out, THEN THE Shop SHALL say `<sorry>`.\n\n### Requirement 2: Pay | safely\n\n#### Acceptance Criteria\n\n1. THE Shop SHALL book each payment once.\n2. THE Shop SHALL keep receipts.\n3. THE Shop SHALL print invoices.\n"),
        ("design.md", "# Design\n\n## Storage\n\nReceipts are rows.\n_Requirements: 2.2_\n\n## Correctness Properties\n\n### Property 1: Once\n\n*For any* payment, THE Shop SHALL book it once.\n\n**Validates: Requirements 2.1**\n\n### Property 2: Lost\n\n**Validates: Requirements 9.9**\n"),
        ("tasks.md", "# Implementation Plan\n\n- [x] 1. Cart\n  - [x] 1.1 Show items\n    - _Requirements: 1.1_\n  - [ ] 1.2 Say sorry\n    - _Requirements: 1.2_\n- [x] 2. Payments\n  - [x] 2.1 Book once\n    - _Requirements: 2.1_\n  - [ ]* 2.2 Property test\n    - _Requirements: 2.1_\n  - [x] 2.3 Receipts\n    - _Requirements: 2.2, 7.1_\n"),
    ];
    Spec::read("shop", files.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())).into())
}

pub(super) fn test(name: &str, to: Referred, result: TestResult) -> Test {
    let tags = vec![Tag { spec: Some("shop".to_owned()), to: vec![to], line: 3 }];
    Test { name: name.to_owned(), file: "tests/shop.rs".to_owned(), line: 4, tags, result, when: String::new() }
}

fn check(evidence: &Evidence, id: &str, standing: Standing, why: &str) {
    let trace = trace(&shop(), evidence);
    let traced = trace.criteria().find(|criterion| criterion.id == id).unwrap();
    assert_eq!((traced.standing, traced.why.as_str()), (standing, why), "{id}");
}

fn tested(test: Test) -> Evidence {
    Evidence { tests: vec![test], ..Evidence::default() }
}

#[test]
fn what_is_done_without_a_test_is_claimed() {
    let none = Evidence::default();
    check(&none, "1.1", Standing::Claimed, "task 1.1 said to be done; no test names it");
    check(&none, "1.2", Standing::Open, "task 1.2 not done");
    check(&none, "2.3", Standing::Uncited, "no task cites it");
}

#[test]
fn a_passed_test_proves_only_what_is_done_and_cited() {
    let passed = |id: &str| tested(test("t", Referred::Criterion(id.to_owned()), TestResult::Passed));
    check(&passed("1.1"), "1.1", Standing::Proved, "task 1.1 done; the test `t` passed");
    check(&passed("1.2"), "1.2", Standing::Open, "task 1.2 not done; the test `t` passed already");
    check(&passed("2.3"), "2.3", Standing::Uncited, "no task cites it; the test `t` passed all the same");
    check(&passed("2.1"), "2.1", Standing::Proved, "task 2.1 done; the test `t` passed");
}

#[test]
fn a_test_that_was_not_run_proves_nothing_and_a_failed_one_outweighs_all() {
    let of = |result| test("t", Referred::Criterion("1.1".to_owned()), result);
    check(&tested(of(TestResult::NotRun)), "1.1", Standing::Claimed, "task 1.1 said to be done; the test `t` was not run");
    let mut failed = of(TestResult::Failed);
    failed.when = "23 March".to_owned();
    let both = Evidence { tests: vec![of(TestResult::Passed), failed], ..Evidence::default() };
    check(&both, "1.1", Standing::Failing, "the test `t` failed (23 March)");
}

#[test]
fn a_property_passes_its_criteria_on_to_its_tests() {
    let passed = tested(test("once", Referred::Property("1".to_owned()), TestResult::Passed));
    check(&passed, "2.1", Standing::Proved, "task 2.1 done; the test `once` passed");
}

#[test]
fn a_test_of_another_specification_counts_for_nothing() {
    let mut other = test("t", Referred::Criterion("1.1".to_owned()), TestResult::Passed);
    other.tags[0].spec = Some("other".to_owned());
    check(&tested(other), "1.1", Standing::Claimed, "task 1.1 said to be done; no test names it");
}

#[test]
fn commits_and_receipts_come_by_task_and_by_criterion() {
    let commit = |sha: &str, tasks: &[&str], criteria: &[&str]| Commit {
        sha: sha.to_owned(),
        subject: "work".to_owned(),
        files: Vec::new(),
        tasks: tasks.iter().map(|task| (*task).to_owned()).collect(),
        criteria: criteria.iter().map(|id| (*id).to_owned()).collect(),
    };
    let receipt = Receipt { intent: "i".to_owned(), index: 7, line: "landed".to_owned(), task: Some("1.1".to_owned()), criteria: vec!["2.2".to_owned()] };
    let evidence = Evidence { commits: vec![commit("a", &["1.1"], &[]), commit("b", &["1.1"], &["2.1"]), commit("c", &["9"], &["9.9"])], receipts: vec![receipt], ..Evidence::default() };
    let trace = trace(&shop(), &evidence);
    let found = |id: &str| {
        let traced = trace.criteria().find(|criterion| criterion.id == id).unwrap();
        (traced.commits.iter().map(|commit| commit.sha.as_str()).collect::<String>(), traced.receipts.len())
    };
    assert_eq!([found("1.1"), found("2.1"), found("2.2"), found("1.2")], [("ab".to_owned(), 1), ("b".to_owned(), 0), (String::new(), 1), (String::new(), 0)]);
}

#[test]
fn design_parts_and_dangling_references_are_told() {
    let trace = trace(&shop(), &Evidence::default());
    let design = |id: &str| trace.criteria().find(|criterion| criterion.id == id).unwrap().design.clone();
    assert_eq!([design("2.1"), design("2.2"), design("1.1")], [vec!["Property 1: Once".to_owned()], vec!["Storage".to_owned()], vec![]]);
    assert_eq!(trace.dangling, ["design.md, Property 2: Lost: criterion 9.9", "tasks.md, 2.3: criterion 7.1"]);
    assert_eq!(trace.summary(), "5 criteria: 3 claimed, 1 open, 1 uncited");
}

#[test]
fn ranges_and_all_reach_along_the_file() {
    let spec = shop();
    let ids = Ids::of(&spec);
    let reach = |to: Referred| ids.reach(&to).map(|ids| ids.join(" "));
    let text = str::to_owned;
    assert_eq!(reach(Referred::Range(text("1.2"), text("2.1"))).as_deref(), Some("1.2 2.1"));
    assert_eq!(reach(Referred::Range(text("1"), text("2"))).as_deref(), Some("1.1 1.2 2.1 2.2 2.3"));
    assert_eq!(reach(Referred::Requirement(text("2"))).as_deref(), Some("2.1 2.2 2.3"));
    assert_eq!(reach(Referred::All).as_deref(), Some("1.1 1.2 2.1 2.2 2.3"));
    assert_eq!(reach(Referred::Range(text("2.1"), text("1.1"))), None);
    assert_eq!(reach(Referred::Criterion(text("3.1"))), None);
}

#[test]
fn a_bugfix_is_traced_by_its_expected_and_unchanged_behaviour() {
    let files = [
        ("bugfix.md", "# Bugfix Requirements Document\n\n## Bug Analysis\n\n### Current Behavior (Defect)\n\n1.1 WHEN a cart is empty THEN the system crashes\n\n### Expected Behavior (Correct)\n\n2.1 WHEN a cart is empty THEN the system SHALL say so\n\n### Unchanged Behavior (Regression Prevention)\n\n3.1 WHEN a cart has items THEN the system SHALL CONTINUE TO show them\n"),
        ("tasks.md", "- [x] 1. Fix\n  - _Requirements: 2.1, 3.1_\n"),
    ];
    let spec = Spec::read("bug", files.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())).into());
    let trace = trace(&spec, &Evidence::default());
    let rows: Vec<(&str, usize)> = trace.requirements.iter().map(|row| (row.title.as_str(), row.criteria.len())).collect();
    assert_eq!(rows, [("Expected Behavior", 1), ("Unchanged Behavior", 1)]);
    assert_eq!(trace.summary(), "2 criteria: 2 claimed");
}

#[test]
fn a_flood_of_links_is_cut_and_said() {
    let mut requirements = String::from("### Requirement 1\n\n#### Acceptance Criteria\n\n");
    (1..3_000).for_each(|n| requirements.push_str(&format!("{n}. THE Shop SHALL do {n}.\n")));
    let tasks = "- [ ] 1. x\n  - _Requirements: All_\n".repeat(1_000);
    let spec = Spec::read("flood", vec![("requirements.md".to_owned(), requirements.into()), ("tasks.md".to_owned(), tasks.into())]);
    assert!(trace(&spec, &Evidence::default()).cut);
}

#[test]
fn a_task_leads_from_a_criterion_to_the_design_that_it_cites_and_one_that_cites_none_is_listed() {
    let files = [
        ("requirements.md", "### Requirement 1\n\n#### Acceptance Criteria\n\n1. THE Shop SHALL sell.\n"),
        ("design.md", "# Design\n\n## Storage\n\nRows.\n"),
        ("tasks.md", "- [x] 1. Sell\n  - _Requirements: 1.1, Design §Storage_\n- [x] 2. Tidy up\n- [x] 3. Checkpoint - Ensure all tests pass\n- [ ] 4. Later\n- [x] 5. Parts\n  - [x] 5.1 One\n- [x] 6. Cited\n  - _Requirements: 1.1_\n  - [x] 6.1 By what it is a part of\n- [x] Nameless\n"),
    ];
    let spec = Spec::read("shop", files.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())).into());
    let receipt = Receipt { intent: "s".to_owned(), index: 7, line: "judged done by evidence".to_owned(), task: Some("5.1".to_owned()), criteria: Vec::new() };
    let trace = trace(&spec, &Evidence { receipts: vec![receipt], ..Evidence::default() });
    let design: Vec<&str> = trace.criteria().flat_map(|criterion| &criterion.design).map(String::as_str).collect();
    assert!(design.iter().any(|part| part.contains("Storage") && part.contains("by task 1")), "{design:?}");
    let loose: Vec<String> = trace.loose.iter().map(Loose::line).collect();
    assert_eq!(loose, ["2 Tidy up: claimed, and nothing shows it", "5.1 One: #7 judged done by evidence", "Nameless: claimed, and nothing shows it"]);
    for page in [to_markdown(&trace, &[]), to_html(&trace, &[])] {
        assert!(page.contains("Said to be done, and citing no criterion") && page.contains("2 Tidy up: claimed, and nothing shows it"));
    }
}
