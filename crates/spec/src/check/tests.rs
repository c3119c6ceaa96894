use super::*;

const REQUIRED: &str = "# Requirements Document\n\n## Glossary\n\n- **Cart_Service**: keeps carts\n\n## Requirements\n\n### Requirement 1: Carts\n\n**User Story:** As a buyer, I want carts, so that I can buy\n\n#### Acceptance Criteria\n\n1. WHEN a thing is added, THE Cart_Service SHALL keep it\n2. THE Cart_Service SHALL answer with status 404\n\n### Requirement 2: Ends\n\n#### Acceptance Criteria\n\n1. WHEN an hour passes, THE Cart_Service SHALL drop the cart\n";
const DESIGNED: &str = "# Design Document\n\n## Overview\n\nWords.\n\n## Correctness Properties\n\n### Property 1: Kept\n\n*For any* thing, the cart SHALL keep it.\n\n**Validates: Requirements 1.1**\n";
const TASKED: &str = "# Implementation Plan\n\n- [ ] 1. Carts\n  - [ ] 1.1 Keep things\n    - _Requirements: 1.1, 1.2_\n  - [ ] 1.2 Test them\n    - **Property 1: Kept**\n    - **Validates: Requirements 1.1**\n- [ ] 2. Drop carts\n  - _Requirements: 2.1_\n";

fn spec(files: &[(&str, &str)]) -> Spec {
    Spec::read("cart", files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect())
}

fn whole(requirements: &str, design: &str, tasks: &str) -> Spec {
    spec(&[("requirements.md", requirements), ("design.md", design), ("tasks.md", tasks)])
}

/// `rule: what the span says`, of the rules that are asked for.
fn found(spec: &Spec, rule: &str) -> Vec<(String, String)> {
    let found = check(spec).into_iter().filter(|finding| finding.rule == rule);
    found.map(|finding| (spec.text(&finding.file).and_then(|text| text.get(finding.span.clone())).unwrap_or_default().trim().to_owned(), finding.text)).collect()
}

fn check_one(spec: &Spec, rule: &str, at: &str, words: &str) {
    let found = found(spec, rule);
    assert_eq!(found.len(), 1, "{rule}: {found:?}");
    assert!(found[0].0.contains(at) && found[0].1.contains(words), "{rule}: {found:?}");
    let severity = rule_of(rule).unwrap().severity;
    assert!(check(spec).iter().filter(|finding| finding.rule == rule).all(|finding| finding.severity == severity));
}

#[test]
fn a_sound_specification_has_no_findings() {
    assert_eq!(check(&whole(REQUIRED, DESIGNED, TASKED)), []);
}

#[test]
fn wording_is_checked_criterion_by_criterion() {
    let off = whole(&REQUIRED.replace("THE Cart_Service SHALL answer with status 404", "THE Cart_Service must answer"), DESIGNED, TASKED);
    check_one(&off, "ears-form", "must answer", "criterion 1.2 is not in EARS form: it says `must`, not SHALL");
    let vague = whole(&REQUIRED.replace("drop the cart", "drop the\n   cart quickly"), DESIGNED, TASKED);
    check_one(&vague, "ambiguous-word", "quickly", "criterion 2.1 says `quickly`");
    let term = whole(&REQUIRED.replace("WHEN a thing", "WHEN the Shop_Front or Shop_Front adds to MAX_SIZE Cart_Services a thing"), DESIGNED, TASKED);
    check_one(&term, "undefined-term", "Shop_Front", "glossary");
    assert_eq!(found(&whole(&REQUIRED.replace("## Glossary", "## Words"), DESIGNED, TASKED), "undefined-term"), []);
}

#[test]
fn a_criterion_that_nothing_cites_is_told_and_every_way_of_citing_counts() {
    let none = TASKED.replace("_Requirements: 2.1_", "words");
    check_one(&whole(REQUIRED, DESIGNED, &none), "uncited-criterion", "WHEN an hour", "criterion 2.1");
    for cite in ["2", "Requirement 2", "1.1-2.1", "1-2", "All", "2.1 ; Property 1"] {
        let tasks = TASKED.replace("_Requirements: 2.1_", &format!("_Requirements: {cite}_"));
        assert_eq!(found(&whole(REQUIRED, DESIGNED, &tasks), "uncited-criterion"), [], "{cite}");
    }
    let through = TASKED.replace("1.1, 1.2", "1.2").replace("    - **Validates: Requirements 1.1**\n", "");
    assert_eq!(found(&whole(REQUIRED, DESIGNED, &through), "uncited-criterion"), [], "by way of property 1");
    assert_eq!(found(&whole(REQUIRED, DESIGNED, "# Tasks\n"), "uncited-criterion"), [], "no plan yet");
}

#[test]
fn what_points_at_nothing_is_an_error_at_its_place() {
    let cases = [("1.1, 1.2", "1.1, 1.2, 7.3", "7.3", "criterion 7.3"), ("2.1_", "Requirement 9_", "9", "requirement 9"), ("2.1_", "2.1-2.9_", "2.1-2.9", "criterion 2.9"), ("Property 1: Kept", "Property 8: Kept", "8", "property 8")];
    for (from, to, at, words) in cases {
        check_one(&whole(REQUIRED, DESIGNED, &TASKED.replace(from, to)), "dangling-reference", at, words);
    }
    let design = DESIGNED.replace("Requirements 1.1", "Requirements 1.9");
    check_one(&whole(REQUIRED, &design, TASKED), "dangling-reference", "1.9", "criterion 1.9");
    let prose = TASKED.replace("Keep things", "Keep things as WCAG 2.1 and RFC 7.3 have it");
    assert_eq!(found(&whole(REQUIRED, DESIGNED, &prose), "dangling-reference"), []);
    assert_eq!(found(&whole("# Words only\n", DESIGNED, TASKED), "dangling-reference"), [], "nothing to point at");
}

#[test]
fn tasks_say_what_they_are_for() {
    let idle = TASKED.replace("  - _Requirements: 2.1_\n", "");
    check_one(&whole(REQUIRED, DESIGNED, &idle), "task-without-reference", "2. Drop carts", "cites no requirement");
    let above = TASKED.replace("- [ ] 2. Drop carts\n", "- [ ] 3. Checkpoint - ensure all tests pass\n- [ ] 2. Drop carts\n");
    assert_eq!(found(&whole(REQUIRED, DESIGNED, &above), "task-without-reference"), []);
    let section = TASKED.replace("_Requirements: 2.1_", "_Requirements: 2.1; Design §Storage_");
    check_one(&whole(REQUIRED, DESIGNED, &section), "unknown-section", "Storage", "Storage");
    let known = TASKED.replace("_Requirements: 2.1_", "_Requirements: 2.1; Design §Overview_");
    assert_eq!(found(&whole(REQUIRED, DESIGNED, &known), "unknown-section"), []);
}

#[test]
fn a_parent_is_not_done_before_its_required_parts() {
    let done = TASKED.replace("- [ ] 1. Carts", "- [x] 1. Carts").replace("[ ] 1.1", "[X] 1.1");
    check_one(&whole(REQUIRED, DESIGNED, &done), "parent-done", "1. Carts", "its part 1.2");
    let optional = done.replace("[ ] 1.2", "[ ]* 1.2");
    assert_eq!(found(&whole(REQUIRED, DESIGNED, &optional), "parent-done"), []);
    let flat = done.replace("  - [ ] 1.2", "- [ ] 1.2");
    check_one(&whole(REQUIRED, DESIGNED, &flat), "parent-done", "1. Carts", "its part 1.2");
}

#[test]
fn a_number_belongs_to_one_thing() {
    check_one(&whole(&REQUIRED.replace("Requirement 2", "Requirement 1"), DESIGNED, TASKED), "duplicate-id", "Ends", "requirement 1");
    check_one(&whole(REQUIRED, &format!("{DESIGNED}\n### Property 1: Again\n\nWords.\n"), TASKED), "duplicate-id", "Again", "property 1");
    check_one(&whole(REQUIRED, DESIGNED, &TASKED.replace("1.2 Test", "1.1 Test")), "duplicate-id", "1.1 Test", "task 1.1");
}

fn graphed(waves: &str) -> Spec {
    whole(REQUIRED, DESIGNED, &format!("{TASKED}\n## Task Dependency Graph\n\n```json\n{{\"waves\": [{waves}]}}\n```\n"))
}

#[test]
fn the_graph_names_each_task_once_and_no_other() {
    assert_eq!(check(&graphed("{\"id\": 0, \"tasks\": [\"1.1\", \"1.2\"]}, {\"id\": 1, \"tasks\": [\"2\"]}")), []);
    check_one(&graphed("{\"id\": 0, \"tasks\": [\"1.1\", \"1.2\", \"7\"]}, {\"id\": 1, \"tasks\": [\"2\"]}"), "unknown-task", "7", "task 7");
    check_one(&graphed("{\"id\": 0, \"tasks\": [\"1.1\", \"1.2\"]}, {\"id\": 1, \"tasks\": [\"2\", \"1.1\"]}"), "task-in-two-waves", "", "1.1");
    check_one(&graphed("{\"id\": 0, \"tasks\": [\"1.1\", \"1.2\"]}"), "task-in-no-wave", "2. Drop", "task 2");
}

#[test]
fn nothing_waits_for_itself() {
    let ring = TASKED.replace("_Requirements: 1.1, 1.2_", "_Requirements: 1.1, 1.2_\n    - _Depends: 2_").replace("_Requirements: 2.1_", "_Requirements: 2.1_\n  - _Depends: 1.1_");
    check_one(&whole(REQUIRED, DESIGNED, &ring), "dependency-cycle", "", "wait for each other");
    let lost = TASKED.replace("_Requirements: 2.1_", "_Requirements: 2.1_\n  - _Depends: 9.9_");
    check_one(&whole(REQUIRED, DESIGNED, &lost), "unknown-task", "2. Drop", "9.9");
}

#[test]
fn a_property_wants_a_test() {
    let untested = TASKED.replace("    - **Property 1: Kept**\n", "");
    check_one(&whole(REQUIRED, DESIGNED, &untested), "untested-property", "Property 1", "property 1 (Kept)");
    let spec = whole(REQUIRED, &format!("{DESIGNED}\n### Property 2: More\n\nWords.\n"), TASKED);
    let without = |spec: &Spec, text: &str| {
        let tags = crate::trace::tags_in(text);
        let tags: Vec<_> = tags.iter().collect();
        let due = shown_by_none(spec, &tags);
        assert!(due.iter().all(|one| rule_of(one.rule).is_some()));
        (properties_without_test(spec, &tags).iter().map(|one| one.number.clone()).collect::<Vec<_>>(), due.len())
    };
    assert_eq!(without(&spec, "// Feature: cart, Property 2: more"), (vec!["1".to_owned()], 0), "its task is open");
    assert_eq!(without(&spec, "// Feature: cart, Property 1: kept\n// Feature: Cart, Property 2: more").0, [""; 0]);
    assert_eq!(without(&spec, "// Feature: other, Property 1: kept").0, ["1", "2"]);
    let done = whole(REQUIRED, DESIGNED, &TASKED.replace("[ ]", "[x]"));
    assert_eq!(without(&done, ""), (vec!["1".to_owned()], 1));
    assert_eq!(without(&done, "// Feature: cart, Property 1: kept"), (Vec::new(), 0));
}

#[test]
fn later_documents_rest_on_earlier_ones() {
    check_one(&spec(&[("requirements.md", REQUIRED), ("tasks.md", TASKED)]), "missing-document", "", "no design.md");
    let first = |workflow: &str| format!("{{\"workflowType\": \"{workflow}\", \"specType\": \"feature\"}}");
    let designed = |workflow: &str| spec(&[("design.md", DESIGNED), (".config.kiro", &first(workflow))]);
    check_one(&designed("requirements-first"), "missing-document", "", "no requirements.md");
    assert_eq!(found(&designed("design-first"), "missing-document"), []);
    assert_eq!(found(&spec(&[("tasks.md", TASKED), (".config.kiro", &first("fast-task"))]), "missing-document"), []);
    assert_eq!(found(&spec(&[("requirements.md", REQUIRED)]), "missing-document"), []);
    check_one(&spec(&[("notes.md", "x")]), "no-document", "", "neither");
}

const FIX: &str = "# Bugfix Requirements Document\n\n## Introduction\n\nWords.\n\n## Bug Analysis\n\n### Current Behavior (Defect)\n\n1.1 WHEN the cart is empty THEN the system fails quickly\n\n### Expected Behavior (Correct)\n\n2.1 WHEN the cart is empty THEN the system SHALL show a page\n\n### Unchanged Behavior (Regression Prevention)\n\n3.1 WHEN the cart has things THEN the system SHALL CONTINUE TO show them\n";

#[test]
fn a_bug_fix_is_checked_by_what_its_clauses_are_meant_to_be() {
    let tasks = "# Implementation Plan\n\n- [ ] 1. Show the bug\n  - _Requirements: 2.1_\n- [ ] 2. Keep the rest\n  - _Requirements: 3.1_\n";
    let design = "# Design Document\n\n## Bug Details\n\nWords.\n";
    let fix = |text: &str| spec(&[("bugfix.md", text), ("design.md", design), ("tasks.md", tasks)]);
    assert_eq!(check(&fix(FIX)), []);
    check_one(&fix(&FIX.replace("CONTINUE TO show", "show")), "ears-form", "has things", "CONTINUE TO");
    check_one(&fix(&FIX.replace("WHEN the cart is empty THEN the system fails", "the system fails")), "ears-form", "fails", "1.1");
    check_one(&fix(&FIX.replace("3.1 WHEN", "3.2 WHEN")), "dangling-reference", "3.1", "3.1");
}

#[test]
fn findings_come_in_the_order_of_files_and_places() {
    let tasks = TASKED.replace("2.1_", "9.9_").replace("1.1, 1.2", "8.8");
    let findings = check(&whole(&REQUIRED.replace("drop", "quickly drop"), DESIGNED, &tasks));
    let places: Vec<(usize, usize)> = findings.iter().map(|one| (["requirements.md", "design.md", "tasks.md"].iter().position(|file| one.file == *file).unwrap(), one.span.start)).collect();
    assert!(places.is_sorted() && places.len() > 4, "{findings:?}");
}

#[test]
fn every_rule_has_one_name_and_words() {
    let mut names: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), RULES.len());
    assert!(RULES.iter().all(|rule| !rule.what.is_empty() && !rule.why.is_empty()));
}

#[test]
fn ten_thousand_tasks_that_cite_everything_take_no_time() {
    let requirements: String = (1..2000).map(|n| format!("### Requirement {n}: R\n\n#### Acceptance Criteria\n\n1. THE App SHALL do {n}\n\n")).collect();
    let tasks: String = (1..10_000).map(|n| format!("- [ ] {n}. T\n  - _Requirements: All, 1.1-1999.1_\n")).collect();
    let spec = whole(&requirements, DESIGNED, &tasks);
    let begun = std::time::Instant::now();
    check(&spec);
    assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
}
