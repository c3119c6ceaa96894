//! `countersign spec trace` and `spec analyze` on a real project with real git, a real ledger and the real solver.

use serde_json::Value;
use testkit::World;

use super::{done, turn, write};

const REQUIREMENTS: &str = "# Requirements Document\n\n## Requirements\n\n### Requirement 1: Totals\n\n#### Acceptance Criteria\n\n1. WHEN an item is added, THE Shop SHALL add its price to the total.\n2. WHEN an item is removed, THE Shop SHALL take its price from the total.\n3. THE Shop SHALL print the total.\n";
const DESIGN: &str = "# Design\n\n## Correctness Properties\n\n### Property 1: Sums\n\n*For any* items, THE Shop SHALL show their sum.\n\n**Validates: Requirements 1.1**\n";
const TASKS: &str = "# Implementation Plan\n\n- [x] 1. Add up\n  - _Requirements: 1.1_\n- [x] 2. Take away\n  - _Requirements: 1.2_\n";
const TEST: &str = "// Feature: totals, Property 1: sums\n#[test]\nfn sums() {}\n";
const PASSED: &str = "<testsuites><testsuite name=\"t\"><testcase name=\"totals::sums\" classname=\"shop\"/></testsuite></testsuites>";

fn project(world: &World) {
    world.project(&[
        (".kiro/specs/totals/requirements.md", REQUIREMENTS),
        (".kiro/specs/totals/design.md", DESIGN),
        (".kiro/specs/totals/tasks.md", TASKS),
        ("tests/totals.rs", TEST),
        ("src/totals.rs", "pub fn add() {}\n"),
    ]);
}

/// Nobody is enrolled, and there is no service.
fn bare() -> World {
    let world = World::empty(env!("CARGO_BIN_EXE_countersign"));
    project(&world);
    world
}

fn commit(world: &World, message: &str) {
    world.git(&["add", "--all"]);
    world.git(&["commit", "--quiet", "--allow-empty", "-m", message]);
}

/// Id and standing of each criterion.
fn standings(world: &World, more: &[&str]) -> Vec<(String, String)> {
    let said = world.call("ana", &[&["spec", "trace", "totals", "--json"], more].concat());
    let value: Value = serde_json::from_str(&said.must_succeed().out).unwrap();
    let criteria = value["trace"]["requirements"].as_array().unwrap().iter().flat_map(|row| row["criteria"].as_array().unwrap());
    criteria.map(|criterion| (criterion["id"].as_str().unwrap().to_owned(), criterion["standing"].as_str().unwrap().to_owned())).collect()
}

fn check(world: &World, more: &[&str], expected: [&str; 3]) {
    let expected: Vec<(String, String)> = ["1.1", "1.2", "1.3"].iter().zip(expected).map(|(id, standing)| ((*id).to_owned(), standing.to_owned())).collect();
    assert_eq!(standings(world, more), expected);
}

#[test]
fn what_no_test_shows_is_claimed_and_what_one_shows_is_proved() {
    let world = bare();
    check(&world, &[], ["claimed", "claimed", "uncited"]);
    world.write("project/results.xml", PASSED);
    check(&world, &["--results", "results.xml"], ["proved", "claimed", "uncited"]);
    world.write("project/results.xml", PASSED.replace("/></testsuite>", "><failure/></testcase></testsuite>"));
    check(&world, &["--results", "results.xml"], ["failing", "claimed", "uncited"]);
}

#[test]
fn the_table_says_why_and_what_could_not_be_found_out() {
    let world = bare();
    let said = world.call("ana", &["spec", "trace", "totals"]);
    said.must_succeed().must_say("totals: 3 criteria: 2 claimed, 1 uncited").must_say("task 1 said to be done; the test `sums` was not run");
    said.must_say("task 2 said to be done; no test names it").must_say("note: no results were given").must_say("note: there is no ledger here");
    assert!(!world.service().exists(), "nothing was founded");
}

#[test]
fn commits_are_found_by_their_trailers_and_later_changes_are_drift() {
    let world = bare();
    world.write("project/src/totals.rs", "pub fn add(price: u64) {}\n");
    commit(&world, "totals: add prices\n\nSpec: totals\nTask: 1");
    let said = world.call("ana", &["spec", "trace", "totals"]);
    said.must_succeed().must_say("totals: add prices");
    assert!(!said.out.contains("no longer as it was made"), "{}", said.out);
    world.write("project/src/totals.rs", "pub fn add(price: i64) {}\n");
    world.write("project/.kiro/specs/totals/requirements.md", REQUIREMENTS.replace("add its price to", "count its price in"));
    world.write("project/tests/totals.rs", "// nothing\n");
    commit(&world, "something else");
    let said = world.call("ana", &["spec", "trace", "totals"]);
    said.must_succeed().must_say("criterion 1.1: src/totals.rs changed since task 1 was done");
    said.must_say("criterion 1.1: its words were others when task 1 was done: \"WHEN an item is added, THE Shop SHALL add its price to the total.\"");
}

#[test]
fn a_test_that_went_is_drift() {
    let world = bare();
    world.write("project/tests/totals.rs", TEST.replace("{}", "{ assert!(true); }"));
    commit(&world, "test\n\nSpec: totals\nTask: 1");
    world.git(&["rm", "--quiet", "tests/totals.rs"]);
    commit(&world, "clean");
    let said = world.call("ana", &["spec", "trace", "totals"]);
    said.must_succeed().must_say("the test sums, made for task 1, is gone").must_say("tests/totals.rs, made for task 1, is gone");
}

#[test]
fn a_commit_of_another_spec_and_a_test_without_a_spec_among_several_count_for_nothing() {
    let world = bare();
    world.write("project/.kiro/specs/totals-two/requirements.md", REQUIREMENTS);
    world.write("project/tests/more.rs", "// Validates: Requirements 1.2\n#[test]\nfn takes() {}\n");
    commit(&world, "two\n\nSpec: totals-two\nTask: 2");
    world.write("project/results.xml", PASSED.replace("totals::sums", "takes"));
    let said = world.call("ana", &["spec", "trace", "totals", "--results", "results.xml"]);
    said.must_succeed().must_say("note: 1 test name criteria without naming a specification");
    assert!(!said.out.contains("commits:"), "{}", said.out);
    check(&world, &["--results", "results.xml"], ["claimed", "claimed", "uncited"]);
}

#[test]
fn pages_are_written_whole_and_escaped() {
    let world = bare();
    world.write("project/.kiro/specs/totals/requirements.md", REQUIREMENTS.replace("print the total", "print `<script>x</script>`"));
    world.call("ana", &["spec", "trace", "totals", "--format", "html", "--out", "trace.html"]).must_succeed();
    let page = world.read("project/trace.html");
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n") && !page.contains("<script"), "{page}");
    world.call("ana", &["spec", "trace", "totals", "--format", "markdown"]).must_succeed().must_say("| 1.1 WHEN an item is added");
}

#[test]
fn misuse_and_bad_reports_are_named() {
    let world = bare();
    world.call("ana", &["spec", "trace", "nothing"]).must_end_with(2);
    world.call("ana", &["spec", "trace", "totals", "--out", "x"]).must_end_with(2);
    world.call("ana", &["spec", "trace", "totals", "--results", "nowhere.xml"]).must_end_with(3);
    world.write("project/results.xml", "not a report");
    world.call("ana", &["spec", "trace", "totals", "--results", "results.xml"]).must_end_with(2);
}

#[test]
fn a_hostile_repository_starts_nothing() {
    let world = bare();
    world.git(&["config", "core.fsmonitor", "touch started; false"]);
    world.git(&["config", "diff.external", "touch started; false"]);
    world.git(&["config", "core.pager", "touch started; false"]);
    world.git(&["config", "diff.x.textconv", "touch started; false"]);
    world.write("project/.gitattributes", "* diff=x\n");
    world.call("ana", &["spec", "trace", "totals"]).must_succeed();
    assert!(!world.path("project/started").exists());
}

#[test]
fn a_ledger_without_this_spec_adds_nothing_and_no_note() {
    let world = super::world();
    project(&world);
    world.run(&[turn("", &[write("a.txt", "x\n")]), done()], &[]);
    let said = world.call("ana", &["spec", "trace", "totals"]);
    said.must_succeed();
    assert!(!said.out.contains("receipts:") && !said.out.contains("no ledger"), "{}", said.out);
}

const CLASH: &str = "# Requirements Document\n\n## Requirements\n\n### Requirement 1: Pay\n\n#### Acceptance Criteria\n\n1. WHEN the amount exceeds 100 EUR, THE Shop SHALL accept the payment.\n2. WHILE the account is locked, THE Shop SHALL reject the payment.\n3. WHEN it is late, THE Shop SHALL close.\n";

#[test]
fn a_contradiction_is_told_with_an_example_and_ends_with_one() {
    let world = bare();
    world.write("project/.kiro/specs/totals/requirements.md", CLASH);
    let said = world.call("ana", &["spec", "analyze", "totals", "--verbose"]);
    said.must_end_with(1).must_say("EUR while the account is locked: 1.1 says `accept the payment`, 1.2 says `reject the payment`");
    said.must_say("2 of 3 criteria put into logic").must_say("1.3 not formalized: `it` could be anything");
    let value: Value = serde_json::from_str(&world.call("ana", &["spec", "analyze", "--all", "--json"]).must_end_with(1).out).unwrap();
    assert_eq!(value["analysis"]["told"][0]["kind"], "contradiction");
}

#[test]
fn what_agrees_ends_with_zero() {
    let world = bare();
    world.write("project/.kiro/specs/totals/requirements.md", CLASH.replace("the account is locked", "the amount is at most 100 EUR"));
    world.call("ana", &["spec", "analyze", "totals"]).must_succeed().must_say("nothing found among what was put into logic");
}

#[test]
fn without_a_solver_nothing_is_claimed_and_the_way_to_get_one_is_told() {
    let world = bare();
    world.write("project/.kiro/specs/totals/requirements.md", CLASH);
    let said = world.call("ana", &["spec", "analyze", "totals", "--solver", "/nowhere/cvc5"]);
    said.must_end_with(3);
    assert!(said.err.contains("no cvc5 could be asked at `/nowhere/cvc5`") && said.err.contains("apt-get install cvc5") && said.out.is_empty(), "{said:?}");
}

#[test]
fn a_solver_that_says_nonsense_decides_nothing() {
    let world = bare();
    world.write("project/.kiro/specs/totals/requirements.md", CLASH);
    // `true` ends with nothing said.
    let said = world.call("ana", &["spec", "analyze", "totals", "--solver", "/bin/true"]);
    said.must_succeed().must_say("not decided");
    assert!(!said.out.contains("nothing found"), "{}", said.out);
}
