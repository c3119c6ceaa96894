use super::*;

fn said(line: &str) -> Vec<String> {
    let short = |one: Reference| match one.to {
        Referred::Criterion(id) => format!("c{id}"),
        Referred::Requirement(number) => format!("r{number}"),
        Referred::Range(from, to) => format!("{from}..{to}"),
        Referred::All => "all".to_owned(),
        Referred::Property(number) => format!("p{number}"),
        Referred::Design(name) => format!("d{name}"),
    };
    references(line, 0).into_iter().map(short).collect()
}

fn check(line: &str, wanted: &[&str]) {
    assert_eq!(said(line), wanted, "{line}");
}

#[test]
fn the_forms_of_a_tasks_line() {
    for line in [
        "  - _Requirements: 1.1, 2.3_",
        "_Requirements: 1.1, 2.3_",
        "- **Requirements: 1.1, 2.3**",
        "- Requirements: 1.1, 2.3",
        "- **Requirements**: 1.1, 2.3",
        "> **Requirements:** 1.1, 2.3",
        "**References: Requirements 1.1, 2.3**",
        "- _Requirements: 1.1 and 2.3_",
        "- _Requirements: Req 1.1; Req 2.3_",
        "- _Requirements: R1.1, REQ-2.3_",
        "- _需求: 1.1, 2.3_",
        "- _需求：1.1、2.3_",
        "- _요구사항: 1.1, 2.3_",
        "- _Требования: 1.1, 2.3_",
        "- _Persyaratan: 1.1, 2.3_",
        "- _Requirements: 1.1 (in part), 2.3_ and so on 4.4",
        "- [ ] 4.4 Write it down _Requirements: 1.1, 2.3_",
        "- _Requirements: 1.1, 2.3_ _Boundary: Store 5.5_",
    ] {
        check(line, &["c1.1", "c2.3"]);
    }
}

#[test]
fn the_forms_of_a_validation() {
    for line in [
        "**Validates: Requirements 1.1, 2.3**",
        "- **Validates: Requirements 1.1, 2.3**",
        "**Validates:** Requirements 1.1, 2.3",
        "*Validates: Requirement 1.1, 2.3*",
        "Validates: 1.1, 2.3",
        "**Validates Requirements 1.1, 2.3**",
        "验证需求: 1.1, 2.3",
        "**验证: 需求 1.1, 2.3**",
        "// Validates: Requirements 1.1, 2.3",
    ] {
        check(line, &["c1.1", "c2.3"]);
    }
}

#[test]
fn ranges_wholes_and_all() {
    check("_Requirements: 1.1-1.6_", &["1.1..1.6"]);
    check("_Requirements: 1.1 – 1.6, 2.1 to 2.3_", &["1.1..1.6", "2.1..2.3"]);
    check("_Requirements: 1-3_", &["1..3"]);
    check("- **Requirements**: R2, R4", &["r2", "r4"]);
    check("_Requirements: 5_", &["r5"]);
    check("_Requirements: NFR-2, FR-3, REQ-2a_", &["rNFR-2", "r3", "r2a"]);
    check("_Requirements: All_", &["all"]);
    check("_Requirements: All requirements_", &["all"]);
    check("_Requirements: all (infrastructure for 3.1 and others)_", &["all"]);
    check("_需求: 全部_", &["all"]);
}

#[test]
fn other_things_in_a_list() {
    check("_Requirements: Req 2.1; Design §Store_", &["c2.1", "d§Store"]);
    check("_Requirements: 2.2; design §D item 1; Property 1 (Fix-Checking)_", &["c2.2", "d§D item 1", "p1"]);
    check("- **Property 3: Round trip**", &["p3"]);
    check("// Feature: basket, Property 12: sums agree", &["p12"]);
    check("  - **Property 1.1 — Sums agree** **Validates: Requirements 4.2**", &["p1.1", "c4.2"]);
}

#[test]
fn a_word_says_what_the_numbers_behind_it_are() {
    check("_Requirements: 1.1; Properties: 1, 2; 3.1_", &["c1.1", "p1", "p2", "c3.1"]);
    check("_Requirements: 1.1, Properties 4, 5, Requirement 2_", &["c1.1", "p4", "p5", "r2"]);
    check("_Requirements: 1.1; Tasks: 2.1, 2.2; 3.1_", &["c1.1", "c3.1"]);
}

#[test]
fn prose_with_numbers_points_at_nothing() {
    for line in [
        "- _Requirements: WCAG 2.1 Level AA compliance_",
        "- follow WCAG 2.1 Level AA",
        "- retry 3 times, wait 1.5 seconds",
        "- requirements 1.1 changed last week",
        "The requirements: see 1.1",
        "- Property tests for 3 kinds",
        "- Write property 3 tests",
        "- _Requirements: 3 retries_",
        "- _Requirements:_",
        "Requirementsy: 1.1",
        "- Validate: all forms show errors",
        "- 验证：所有测试通过",
        "- _Requirements: None_",
    ] {
        let found = said(line);
        assert!(found.is_empty(), "{line}: {found:?}");
    }
}

#[test]
fn a_place_is_where_it_is_written() {
    let line = "  - _需求: 1.1, Req 2.3_";
    let found = references(line, 100);
    let written: Vec<_> = found.iter().map(|one| &line[one.span.start - 100..one.span.end - 100]).collect();
    assert_eq!(written, ["1.1", "Req 2.3"]);
    let list = &lists(line, 100)[0];
    assert_eq!((&line[list.span.start - 100..list.span.end - 100], list.validates), ("1.1, Req 2.3", false));
}
