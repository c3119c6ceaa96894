//! From a prompt to documents, tasks, tests and documentation: real builds, real test runs, recorded turns.

use std::io::{BufRead, BufReader};

use serde_json::{Value, json};
use testkit::World;

use super::{done, shell, turn, world, write};

pub(super) const REQUIREMENTS: &str = "# Requirements Document

## Introduction
Totals of a list of prices.

## Glossary
- **Calculator**: the module `src/total.mjs`.

## Requirements

### Requirement 1: Sums
**User Story:** As a clerk, I want the sum of prices, so that I can bill it.

#### Acceptance Criteria
1. WHEN a list of prices is given, THE Calculator SHALL return their sum in cents.
2. WHEN the list is empty, THE Calculator SHALL return 0.

### Requirement 2: Taxes
**User Story:** As a clerk, I want the tax of a sum, so that I can show it.

#### Acceptance Criteria
1. WHEN a sum in cents is given, THE Calculator SHALL return 20 percent of it, rounded down to whole cents.
";

pub(super) const DESIGN: &str = "# Design Document

## Overview
Two pure functions.

## Architecture
One module.

## Components and Interfaces
`sum(prices)` and `tax(cents)`.

## Data Models
Cents are integers.

## Correctness Properties

### Property 1: Additive
*For any* two lists of prices, the Calculator SHALL return for both together the sum of what it returns for each.
**Validates: Requirements 1.1**

## Error Handling
None.

## Testing Strategy
Unit tests with `node --test`.
";

pub(super) const TASKS: &str = "# Implementation Plan

## Tasks

- [ ] 1. The calculator
  - [ ] 1.1 Sum prices
    - `sum` in `src/sum.mjs`
    - _Requirements: 1.1, 1.2_
  - [ ] 1.2 Compute the tax
    - `tax` in `src/tax.mjs`
    - _Requirements: 2.1_
  - [ ]* 1.3 Test the property
    - **Property 1: Additive**

## Task Dependency Graph

```json
{\"waves\":[{\"id\":0,\"tasks\":[\"1.1\",\"1.2\"]},{\"id\":1,\"tasks\":[\"1.3\"]}]}
```
";

pub(super) const README: &str = "# Calculator\n\n## Sums\nNothing yet.\n\n## Taxes\nNothing yet.\n";

pub(super) fn project() -> World {
    let world = world();
    let package = json!({"name": "calculator", "version": "1.0.0", "private": true, "type": "module", "scripts": {"test": "node --test"}}).to_string();
    world.project(&[("package.json", &package), ("README.md", README), ("src/currency.mjs", "export const CENTS = 100;\n"), ("test/currency.test.mjs", &test("currency", "CENTS", "CENTS", "100", ""))]);
    world
}

/// A test file of one test.
pub(super) fn test(module: &str, name: &str, what: &str, expected: &str, tag: &str) -> String {
    format!("import test from 'node:test';\nimport assert from 'node:assert/strict';\nimport {{ {name} }} from '../src/{module}.mjs';\n\n{tag}test('{name}', () => {{\n  assert.equal({what}, {expected});\n}});\n")
}

/// Turns of one who works, in the world's folder of recordings; gives the folder.
pub(super) fn recorded(world: &World, whose: &str, turns: &[Value]) -> String {
    let lines: Vec<String> = turns.iter().map(Value::to_string).collect();
    let path = world.write(&format!("turns/{whose}.jsonl"), lines.join("\n") + "\n");
    format!("recorded:{}", path.parent().unwrap().display())
}

pub(super) fn edit(path: &str, old: &str, new: &str) -> (&'static str, Value) {
    ("edit", json!({"path": path, "edits": [{"old": old, "new": new}]}))
}

pub(super) fn sum_turns() -> Vec<Value> {
    let tests = test("sum", "sum", "sum([1, 2])", "3", "// Validates: Requirements 1.1, 1.2\n");
    vec![
        turn("", &[write("test/sum.test.mjs", &tests), shell("npm test")]),
        turn("", &[write("src/sum.mjs", "export const sum = (prices) => prices.reduce((a, b) => a + b, 0);\n"), edit("README.md", "## Sums\nNothing yet.", "## Sums\n`sum(prices)`."), shell("npm test")]),
        turn("Done: sum adds prices.", &[]),
    ]
}

pub(super) fn tax_turns() -> Vec<Value> {
    let tests = test("tax", "tax", "tax(199)", "39", "// Validates: Requirements 2.1\n");
    vec![
        turn("", &[write("test/tax.test.mjs", &tests), shell("npm test")]),
        turn("", &[write("src/tax.mjs", "export const tax = (cents) => Math.floor(cents / 5);\n"), edit("README.md", "## Taxes\nNothing yet.", "## Taxes\n`tax(cents)`."), shell("npm test")]),
        turn("Done: tax is a fifth.", &[]),
    ]
}

/// The documents, drafted at once and signed.
pub(super) fn specified(world: &World) -> String {
    specified_as(world, TASKS)
}

/// The same with other tasks.
pub(super) fn specified_as(world: &World, tasks: &str) -> String {
    let folder = ".kiro/specs/totals";
    let documents = [write(&format!("{folder}/requirements.md"), REQUIREMENTS), write(&format!("{folder}/design.md"), DESIGN), write(&format!("{folder}/tasks.md"), tasks)];
    let model = recorded(world, "quick", &[turn("", &documents), done()]);
    let new = world.call("ana", &["spec", "new", "Totals with taxes", "--quick", "--name", "totals", "--headless", "--model", &model]);
    new.must_end_with(1).must_say("held as").must_not_say("takes protection");
    world.call("ana", &["sign", &world.held("land")]).must_succeed();
    model
}

pub(super) fn run_all(world: &World, model: &str, more: &[&str]) -> testkit::Called {
    let mut arguments = vec!["spec", "run", "totals", "--headless", "--model", model];
    arguments.extend(more);
    world.call("ana", &arguments)
}

#[test]
fn two_tasks_at_once_are_judged_merged_and_held_as_one() {
    let world = project();
    let model = specified(&world);
    world.call("ana", &["spec", "status", "totals"]).must_succeed().must_say("tasks.md         authorized by ana");
    recorded(&world, "task-1.1", &sum_turns());
    recorded(&world, "task-1.2", &tax_turns());
    let run = run_all(&world, &model, &["--all"]);
    run.must_end_with(1).must_say("task 1.1").must_say("✓ failed before").must_say("✓ pass now").must_say("✓ criteria covered: 2.1").must_say("begun again after another task");
    assert!(!world.path("project/src/sum.mjs").exists(), "nothing is in the person's tree before they sign");
    world.call("ana", &["sign", &world.held("land")]).must_succeed();
    assert_eq!(world.read("project/README.md"), "# Calculator\n\n## Sums\n`sum(prices)`.\n\n## Taxes\n`tax(cents)`.\n");
    let tasks = world.read("project/.kiro/specs/totals/tasks.md");
    assert_eq!(tasks, TASKS.replace("- [ ] ", "- [x] "), "only the boxes changed");
    let mut npm = world.bare("npm");
    npm.arg("test").current_dir(world.path("project"));
    testkit::Called::of(npm).must_succeed();
    world.call("ana", &["ledger", "verify"]).must_succeed();
}

/// [`TASKS`], the second one after the first.
pub(super) fn two_waves() -> String {
    TASKS.replace("\"tasks\":[\"1.1\",\"1.2\"]}", "\"tasks\":[\"1.1\"]},{\"id\":1,\"tasks\":[\"1.2\"]}")
}

#[test]
fn a_call_for_one_wave_leaves_the_next_one_to_another() {
    let world = project();
    let tasks = two_waves();
    let model = specified_as(&world, &tasks);
    recorded(&world, "task-1.1", &sum_turns());
    recorded(&world, "task-1.2", &tax_turns());
    let path = "project/.kiro/specs/totals/tasks.md";
    run_all(&world, &model, &["--wave"]).must_end_with(1).must_say("task 1.1 Sum prices").must_not_say("task 1.2 Compute").must_not_say("not done");
    world.call("ana", &["sign", &world.held("land")]).must_succeed();
    assert_eq!(world.read(path), tasks.replace("- [ ] 1.1", "- [x] 1.1"));
    assert!(world.path("project/src/sum.mjs").exists() && !world.path("project/src/tax.mjs").exists());
    run_all(&world, &model, &["--wave"]).must_end_with(1).must_say("task 1.2 Compute the tax").must_not_say("task 1.1 Sum").must_not_say("not done");
    world.call("ana", &["sign", &world.held("land")]).must_succeed();
    assert_eq!(world.read(path), tasks.replace("- [ ] ", "- [x] "));
    run_all(&world, &model, &["--wave"]).must_succeed().must_say("no open task was left to do");
}

#[test]
fn a_task_without_the_evidence_is_not_done_until_a_person_takes_it_as_it_is() {
    let world = project();
    let model = specified(&world);
    let untested = [turn("", &[write("src/sum.mjs", "export const sum = () => 3;\n")]), turn("It works, trust me.", &[])];
    let repeated: Vec<Value> = untested.iter().cloned().chain([turn("Really.", &[]), turn("Really, really.", &[])]).collect();
    recorded(&world, "task-1.1", &repeated);
    let run = run_all(&world, &model, &["--task", "1.1"]);
    run.must_end_with(1).must_say("not done").must_say("✗ tests exist: no test was added or changed").must_say("✗ documentation");
    assert!(world.inbox().is_empty(), "what is not done is not proposed");
    world.call("ana", &["spec", "accept", "totals", "--task", "1.1", "--headless"]).must_end_with(2);
    world.call("ana", &["spec", "accept", "totals", "--task", "1.1", "--why", "a throw-away", "--headless", "--yes"]).must_end_with(1).must_say("accepted task 1.1").must_say("held as");
    world.call("ana", &["sign", &world.held("land")]).must_succeed();
    assert!(world.read("project/.kiro/specs/totals/tasks.md").contains("- [x] 1.1") && world.read("project/src/sum.mjs").contains("=> 3"));
    world.call("ana", &["ledger", "verify"]).must_succeed();
}

#[test]
fn what_was_missing_is_told_and_done() {
    let world = project();
    let model = specified(&world);
    let mut turns = sum_turns();
    let without_tag = test("sum", "sum", "sum([1, 2])", "3", "");
    turns[0] = turn("", &[write("test/sum.test.mjs", &without_tag), shell("npm test")]);
    turns.push(turn("", &[write("test/sum.test.mjs", &test("sum", "sum", "sum([1, 2])", "3", "// Validates: Requirements 1.1, 1.2\n"))]));
    turns.push(turn("Now it says so.", &[]));
    recorded(&world, "task-1.1", &turns);
    run_all(&world, &model, &["--task", "1.1"]).must_end_with(1).must_say("✓ criteria covered: 1.1, 1.2").must_say("held as");
}

#[test]
fn a_document_that_was_edited_is_open_again_and_says_what_changed() {
    let world = project();
    let model = specified(&world);
    let path = "project/.kiro/specs/totals/requirements.md";
    world.write(path, REQUIREMENTS.replace("20 percent", "19 percent"));
    let status = world.call("ana", &["spec", "status", "totals"]);
    status.must_end_with(1).must_say("edited since it was authorized").must_say("-1. WHEN a sum in cents is given, THE Calculator SHALL return 20 percent").must_say("+1.");
    run_all(&world, &model, &["--all"]).must_end_with(2).must_say("spec accept totals");
    world.call("ana", &["spec", "accept", "totals", "requirements.md"]).must_end_with(2).must_say("nobody can be asked here").must_say("+1. WHEN a sum in cents");
    world.call("ana", &["spec", "accept", "totals", "requirements.md", "--yes"]).must_succeed().must_say("accepted document");
    world.call("ana", &["spec", "status", "totals"]).must_succeed();
}

#[test]
fn prose_where_a_document_was_asked_is_sent_back_and_then_refused() {
    let world = project();
    let model = recorded(&world, "requirements", &[turn("Here are your requirements: it should be fast.", &[]), turn("As I said.", &[]), turn("Well.", &[])]);
    let new = world.call("ana", &["spec", "new", "Totals", "--name", "totals", "--headless", "--model", &model]);
    new.must_end_with(1).must_say("wrote no usable `.kiro/specs/totals/requirements.md`").must_say("an answer in prose is not a document");
    assert!(world.inbox().is_empty() && !world.path("project/.kiro").exists());
}

#[test]
fn one_document_after_the_other_each_signed_before_the_next() {
    let world = project();
    let folder = ".kiro/specs/totals";
    let model = recorded(&world, "requirements", &[turn("", &[write(&format!("{folder}/requirements.md"), REQUIREMENTS)]), done()]);
    recorded(&world, "design", &[turn("", &[write(&format!("{folder}/design.md"), DESIGN)]), done()]);
    recorded(&world, "tasks", &[turn("", &[write(&format!("{folder}/tasks.md"), TASKS)]), done()]);
    world.call("ana", &["spec", "new", "Totals", "--name", "totals", "--headless", "--model", &model]).must_end_with(1).must_say("spec next totals");
    world.call("ana", &["sign", &world.held("land")]).must_succeed();
    assert!(world.read(&format!("project/{folder}/.config.kiro")).contains("\"workflowType\":\"requirements-first\""));
    for file in ["design.md", "tasks.md"] {
        assert!(!world.path(&format!("project/{folder}/{file}")).exists());
        world.call("ana", &["spec", "next", "totals", "--headless", "--model", &model]).must_end_with(1);
        world.call("ana", &["sign", &world.held("land")]).must_succeed();
        assert!(world.path(&format!("project/{folder}/{file}")).exists());
    }
    world.call("ana", &["spec", "next", "totals", "--headless", "--model", &model]).must_succeed().must_say("all documents are there");
    world.call("ana", &["spec", "check", "totals"]).must_succeed();
}

#[test]
fn design_first_has_the_requirements_follow_the_design() {
    let world = project();
    let folder = ".kiro/specs/totals";
    let parts = [("design", DESIGN), ("requirements", REQUIREMENTS), ("tasks", TASKS)];
    let recordings = parts.map(|(part, text)| recorded(&world, part, &[turn("", &[write(&format!("{folder}/{part}.md"), text)]), done()]));
    let model = &recordings[0];
    world.call("ana", &["spec", "new", "Totals", "--design-first", "--name", "totals", "--headless", "--model", model]).must_end_with(1).must_say("spec next totals");
    for (at, (part, text)) in parts.iter().enumerate() {
        if at > 0 {
            world.call("ana", &["spec", "next", "totals", "--headless", "--model", model]).must_end_with(1);
        }
        assert!(!world.path(&format!("project/{folder}/{part}.md")).exists());
        world.call("ana", &["sign", &world.held("land")]).must_succeed();
        assert_eq!(world.read(&format!("project/{folder}/{part}.md")), *text);
    }
    assert!(world.read(&format!("project/{folder}/.config.kiro")).contains("\"workflowType\":\"design-first\""));
    world.call("ana", &["spec", "next", "totals", "--headless", "--model", model]).must_succeed().must_say("all documents are there");
    world.call("ana", &["spec", "status", "totals"]).must_succeed();
}

#[test]
fn at_a_terminal_a_no_sends_the_document_back_and_a_yes_goes_on() {
    let world = project();
    let folder = ".kiro/specs/totals";
    let better = REQUIREMENTS.replace("20 percent", "19 percent");
    let model = recorded(&world, "requirements", &[turn("", &[write(&format!("{folder}/requirements.md"), REQUIREMENTS)]), done(), turn("", &[write(&format!("{folder}/requirements.md"), &better)]), done()]);
    recorded(&world, "design", &[turn("", &[write(&format!("{folder}/design.md"), DESIGN)]), done()]);
    let called = world.at_a_terminal("ana", &["spec", "new", "Totals", "--name", "totals", "--model", &model], &["n", "taxes are 19 percent", "y", "l"]);
    called.must_end_with(1).must_say("spec next totals");
    assert_eq!(world.read(&format!("project/{folder}/requirements.md")), better);
    assert_eq!(world.inbox().len(), 1, "the design waits");
}

/// The default: what landed is uncommitted, and whoever commits it names no task.
#[test]
fn drift_is_known_from_the_ledger_where_no_commit_names_a_task() {
    let world = project();
    let model = specified(&world);
    recorded(&world, "task-1.1", &sum_turns());
    recorded(&world, "task-1.2", &tax_turns());
    run_all(&world, &model, &["--all"]).must_end_with(1);
    world.call("ana", &["sign", &world.held("land")]).must_succeed();
    world.git(&["add", "--all"]);
    world.git(&["commit", "--quiet", "-m", "all of it"]);
    let trace = || world.call("ana", &["spec", "trace", "totals"]);
    trace().must_succeed().must_not_say("no longer as it was made");

    world.write("project/src/tax.mjs", "export const tax = () => 0;\n");
    std::fs::remove_file(world.path("project/test/sum.test.mjs")).unwrap();
    let drifted = trace();
    drifted.must_succeed().must_say("criterion 2.1: src/tax.mjs changed since task 1.2 was done").must_say("criterion 1.1: test/sum.test.mjs, made for task 1.1, is gone").must_say("criterion 1.1: the test sum, made for task 1.1, is gone");

    // Nothing of a sync that people refused counts.
    let mended = [write("src/tax.mjs", "export const tax = (cents) => Math.floor((cents * 20) / 100);\n"), write("test/sum.test.mjs", &test("sum", "sum", "sum([])", "0", "// Validates: Requirements 1.1, 1.2\n"))];
    for (answer, left) in [("refuse", true), ("sign", false)] {
        recorded(&world, "sync", &[turn("", &mended), done()]);
        world.call("ana", &["spec", "sync", "totals", "--code", "--headless", "--model", &model]).must_end_with(1).must_say("held as");
        let held = world.held("land");
        let why: &[&str] = if left { &["--why", "not yet"] } else { &[] };
        world.call("ana", &[&[answer, held.as_str()], why].concat()).must_succeed();
        assert_eq!(trace().out.contains("no longer as it was made"), left, "{answer}");
    }
    world.write("project/src/sum.mjs", "export const sum = () => 1;\n");
    trace().must_say("criterion 1.1: src/sum.mjs changed since task 1.1 was done").must_not_say("criterion 2.1:");
}

#[test]
fn a_question_changes_nothing_and_is_answered() {
    let world = project();
    let model = specified(&world);
    recorded(&world, "ask", &[turn("", &[write("src/currency.mjs", "changed\n")]), turn("Criterion 2.1 is not met yet.", &[])]);
    let asked = world.call("ana", &["spec", "ask", "totals", "Which criteria are met?", "--headless", "--json", "--model", &model]);
    let answer: Value = serde_json::from_str(asked.must_succeed().out.lines().last().unwrap()).unwrap();
    assert_eq!(answer["answer"], "Criterion 2.1 is not met yet.");
    assert!(world.inbox().is_empty() && world.read("project/src/currency.mjs").contains("100"));
}

#[test]
fn what_drifted_is_found_and_the_documents_follow() {
    let world = project();
    let model = specified(&world);
    world.git(&["add", "--all"]);
    world.git(&["commit", "--quiet", "-m", "wanted"]);
    recorded(&world, "task-1.1", &sum_turns());
    recorded(&world, "task-1.2", &tax_turns());
    run_all(&world, &model, &["--all", "--land", "branch:totals"]).must_end_with(1);
    world.call("ana", &["sign", &world.held("land")]).must_succeed();
    world.git(&["merge", "--quiet", "--ff-only", "totals"]);
    world.call("ana", &["spec", "sync", "totals", "--spec", "--headless", "--model", &model]).must_succeed().must_say("nothing drifted");
    world.write("project/src/tax.mjs", "export const tax = (cents) => Math.floor(cents * 19 / 100);\n");
    world.git(&["commit", "--quiet", "--all", "-m", "19 percent"]);
    let better = REQUIREMENTS.replace("20 percent", "19 percent");
    recorded(&world, "sync", &[turn("", &[write(".kiro/specs/totals/requirements.md", &better)]), done()]);
    let sync = world.call("ana", &["spec", "sync", "totals", "--spec", "--headless", "--model", &model]);
    sync.must_end_with(1).must_say("criterion 2.1: src/tax.mjs changed since task 1.2 was done").must_say("held as");
    world.call("ana", &["sign", &world.held("land")]).must_succeed();
    assert_eq!(world.read("project/.kiro/specs/totals/requirements.md"), better);
    world.call("ana", &["spec", "sync", "totals", "--spec", "--headless", "--model", &model]).must_succeed().must_say("nothing drifted");
}

#[test]
fn what_drifted_is_found_and_the_code_follows() {
    let world = project();
    let model = specified(&world);
    let fifth = "export const tax = (cents) => Math.floor(cents / 5);\n";
    world.write("project/src/tax.mjs", fifth);
    world.write("project/test/tax.test.mjs", test("tax", "tax", "tax(199)", "39", "// Validates: Requirements 2.1\n"));
    world.write("project/.kiro/specs/totals/tasks.md", TASKS.replace("- [ ] 1.2", "- [x] 1.2"));
    world.git(&["add", "--all"]);
    world.git(&["commit", "--quiet", "-m", "tax\n\nSpec: totals\nTask: 1.2"]);
    world.write("project/src/tax.mjs", "export const tax = (cents) => Math.floor(cents * 19 / 100);\n");
    world.git(&["commit", "--quiet", "--all", "-m", "19 percent"]);
    recorded(&world, "sync", &[turn("", &[write("src/tax.mjs", fifth), shell("npm test")]), done()]);
    let sync = world.call("ana", &["spec", "sync", "totals", "--code", "--headless", "--model", &model]);
    sync.must_end_with(1).must_say("criterion 2.1: src/tax.mjs changed since task 1.2 was done").must_say("held as");
    assert!(world.read("project/src/tax.mjs").contains("19"), "held");
    world.call("ana", &["sign", &world.held("land")]).must_succeed();
    assert_eq!(world.read("project/src/tax.mjs"), fifth);
    assert_eq!(world.read("project/.kiro/specs/totals/requirements.md"), REQUIREMENTS);
    world.git(&["commit", "--quiet", "--all", "-m", "20 percent again"]);
    world.call("ana", &["spec", "sync", "totals", "--code", "--headless", "--model", &model]).must_succeed().must_say("nothing drifted");
}

/// A hook of the project that runs around each task.
fn around(world: &World, trigger: &str, command: &str) {
    let hook = json!({"name": "around", "trigger": trigger, "action": {"type": "command", "command": command}});
    world.write("project/.kiro/hooks/around.json", json!({"version": "v1", "hooks": [hook]}).to_string());
}

#[test]
fn a_hook_before_a_task_stops_it() {
    let world = project();
    let model = specified(&world);
    around(&world, "PreTaskExec", "echo the tree is frozen; exit 1");
    recorded(&world, "task-1.1", &sum_turns());
    let run = run_all(&world, &model, &["--task", "1.1"]);
    run.must_end_with(1).must_say("hook `around` stopped it").must_say("the tree is frozen");
    assert!(world.inbox().is_empty());
    let used = world.call("ana", &["ledger", "show", "--json"]).out.matches("\"is\":\"replied\"").count();
    around(&world, "PreTaskExec", "true");
    run_all(&world, &model, &["--task", "1.1"]).must_end_with(1).must_say("✓ pass now").must_say("held as");
    assert!(world.call("ana", &["ledger", "show", "--json"]).out.matches("\"is\":\"replied\"").count() > used);
}

#[test]
fn what_a_hook_after_a_task_changes_is_judged_with_it() {
    let world = project();
    let model = specified(&world);
    around(&world, "PostTaskExec", "echo 'export const sum = () => 4;' > src/sum.mjs");
    recorded(&world, "task-1.1", &[sum_turns(), vec![turn("It passed for me.", &[]), turn("It did.", &[])]].concat());
    run_all(&world, &model, &["--task", "1.1"]).must_end_with(1).must_say("not done").must_say("✗ pass now");
    assert!(world.inbox().is_empty(), "what is not done is not proposed");
}

/// Runs task 1.1 with these turns of the agent, and twice more nothing.
fn judged(turns: &[Value]) -> (World, testkit::Called) {
    let world = project();
    let model = specified(&world);
    let turns: Vec<Value> = turns.iter().cloned().chain([turn("Done.", &[]), turn("Done.", &[]), turn("Done.", &[])]).collect();
    recorded(&world, "task-1.1", &turns);
    let run = run_all(&world, &model, &["--task", "1.1"]);
    (world, run)
}

#[test]
fn tricks_that_make_tests_pass_are_no_evidence() {
    let tests = |tag: &str| test("sum", "sum", "sum([1, 2])", "3", tag);
    let tag = "// Validates: Requirements 1.1, 1.2\n";
    let right = write("src/sum.mjs", "export const sum = (prices) => prices.reduce((a, b) => a + b, 0);\n");
    let readme = edit("README.md", "## Sums\nNothing yet.", "## Sums\n`sum(prices)`.");
    let wrong = write("src/sum.mjs", "export const sum = () => 4;\n");
    let package = json!({"name": "calculator", "version": "1.0.0", "private": true, "type": "module", "scripts": {"test": "true"}}).to_string();
    let skipped = tests(tag).replace("test('sum', ", "test('sum', { skip: existsSync('src/sum.mjs') }, ").replace("import test", "import { existsSync } from 'node:fs';\nimport test");
    let only_a_tag = "import { sum } from '../src/sum.mjs';\n// Validates: Requirements 1.1, 1.2\nexport default sum;\n";
    let tricks: [(&str, Vec<(&str, Value)>); 4] = [
        ("how tests run was changed: package.json", vec![write("test/sum.test.mjs", &tests(tag)), wrong.clone(), write("package.json", &package), readme.clone()]),
        ("deleted: test/currency.test.mjs", vec![write("test/sum.test.mjs", &tests(tag)), right.clone(), shell("rm test/currency.test.mjs"), readme.clone()]),
        ("✗ pass now", vec![write("test/sum.test.mjs", &skipped), wrong, readme.clone()]),
        ("no test says `Validates", vec![write("test/sum.test.mjs", only_a_tag), right, readme]),
    ];
    for (says, calls) in tricks {
        let (world, run) = judged(&[turn("", &calls)]);
        run.must_end_with(1).must_say("not done").must_say(says);
        assert!(world.inbox().is_empty(), "{says}");
    }
}

#[test]
fn a_test_that_writes_changes_nothing_of_what_is_proposed() {
    let writes = "import test from 'node:test';\nimport { appendFileSync } from 'node:fs';\nimport assert from 'node:assert/strict';\nimport { tax } from '../src/tax.mjs';\n\n// Validates: Requirements 2.1\ntest('tax', () => {\n  appendFileSync('README.md', 'by a test\\n');\n  appendFileSync('.kiro/specs/totals/requirements.md', 'by a test\\n');\n  assert.equal(tax(199), 39);\n});\n";
    let world = project();
    let model = specified(&world);
    recorded(&world, "task-1.1", &sum_turns());
    let mut tax = tax_turns();
    tax[0] = turn("", &[write("test/tax.test.mjs", writes)]);
    tax[1] = turn("", &[write("src/tax.mjs", "export const tax = (cents) => Math.floor(cents / 5);\n"), write("docs/tax.md", "`tax(cents)`\n")]);
    recorded(&world, "task-1.2", &tax);
    run_all(&world, &model, &["--all"]).must_end_with(1).must_say("task 1.2").must_not_say("not done");
    world.call("ana", &["sign", &world.held("land")]).must_succeed();
    assert!(!world.read("project/README.md").contains("by a test"));
    assert_eq!(world.read("project/.kiro/specs/totals/requirements.md"), REQUIREMENTS);
}

#[test]
fn trouble_with_one_task_leaves_what_the_other_did() {
    let world = project();
    let model = specified(&world);
    recorded(&world, "task-1.1", &sum_turns());
    recorded(&world, "task-1.2", &tax_turns()[..1]);
    let run = run_all(&world, &model, &["--all"]);
    run.must_end_with(1).must_say("✗ worked on: ").must_say("is over").must_say("task 1.1").must_say("held as");
    world.call("ana", &["sign", &world.held("land")]).must_succeed();
    assert!(world.read("project/.kiro/specs/totals/tasks.md").contains("- [x] 1.1") && world.path("project/src/sum.mjs").exists());
}

#[test]
fn other_files_than_the_one_that_was_asked_for_are_sent_back() {
    let world = project();
    let folder = ".kiro/specs/totals";
    let both = [write(&format!("{folder}/requirements.md"), REQUIREMENTS), write("package.json", "{}\n")];
    let model = recorded(&world, "requirements", &[turn("", &both), done(), turn("No.", &[]), turn("No.", &[])]);
    let new = world.call("ana", &["spec", "new", "Totals", "--name", "totals", "--headless", "--model", &model]);
    new.must_end_with(1).must_say("other files were changed with it; put them back as they were: package.json");
    assert!(world.inbox().is_empty());
}

#[test]
fn a_document_that_went_or_a_kind_that_changed_stops_the_tasks() {
    let world = project();
    let model = specified(&world);
    let folder = "project/.kiro/specs/totals";
    let config = world.read(&format!("{folder}/.config.kiro"));
    world.write(&format!("{folder}/.config.kiro"), config.replace("feature", "bugfix"));
    run_all(&world, &model, &["--all"]).must_end_with(2).must_say(".config.kiro");
    world.write(&format!("{folder}/.config.kiro"), &config);
    std::fs::remove_file(world.path(&format!("{folder}/requirements.md"))).unwrap();
    run_all(&world, &model, &["--all"]).must_end_with(2).must_say("requirements.md` is not there");
}

#[test]
fn a_task_without_a_number_is_worked_on_under_its_place() {
    let world = project();
    let model = specified(&world);
    let path = "project/.kiro/specs/totals/tasks.md";
    world.write(path, "# Tasks\n\n- [x] Begin\n- [ ] Sum prices\n  - _Requirements: 1.1, 1.2_\n- [ ]* The property\n  - **Property 1: Additive**\n");
    world.call("ana", &["spec", "accept", "totals", "--yes"]).must_succeed();
    world.git(&["add", "--all"]);
    world.git(&["commit", "--quiet", "-m", "wanted"]);
    recorded(&world, "task-@2", &sum_turns());
    run_all(&world, &model, &["--task", "@1"]).must_say("no open task was left to do");
    run_all(&world, &model, &["--task", "@9"]).must_end_with(2).must_say("the tasks are @1, @2, @3");
    run_all(&world, &model, &["--all", "--land", "branch:sums"]).must_end_with(1).must_say("task @2 Sum prices").must_not_say("not done");
    world.call("ana", &["sign", &world.held("land")]).must_succeed();
    assert!(world.git(&["show", "sums:.kiro/specs/totals/tasks.md"]).contains("- [x] Sum prices"));
    assert!(world.git(&["log", "-1", "--format=%B", "sums"]).contains("Spec: totals\nTask: @2\n"));
    world.call("ana", &["spec", "trace", "totals"]).must_succeed().must_not_say("no longer as it was made"); // nobody has merged it yet
    world.git(&["merge", "--quiet", "sums"]);
    world.call("ana", &["spec", "trace", "totals"]).must_succeed().must_say("judged done by evidence").must_say("proved");
    let reworded = REQUIREMENTS.replace("their sum in cents", "their sum in euros");
    world.write("project/.kiro/specs/totals/requirements.md", reworded);
    world.call("ana", &["spec", "trace", "totals"]).must_succeed().must_say("criterion 1.1: its words were others when task @2 was done");
}

#[test]
fn a_task_is_taken_by_its_words_where_another_one_has_its_place_now() {
    let world = project();
    let model = specified(&world);
    let path = "project/.kiro/specs/totals/tasks.md";
    let accept = || world.call("ana", &["spec", "accept", "totals", "--yes"]);
    world.write(path, "# Tasks\n\n- [ ] Sum prices\n  - _Requirements: 1.1, 1.2_\n");
    accept().must_succeed();
    recorded(&world, "task-@1", &[turn("", &[write("src/sum.mjs", "export const sum = () => 0;\n")]), done(), done(), done()]);
    run_all(&world, &model, &["--all"]).must_end_with(1).must_say("not done");
    world.write(path, "# Tasks\n\n- [ ] Something else\n- [ ] Sum prices\n  - _Requirements: 1.1, 1.2_\n");
    accept().must_succeed();
    let take = |task: &str| world.call("ana", &["spec", "accept", "totals", "--task", task, "--why", "seen by hand", "--yes", "--headless"]);
    take("@1").must_end_with(2).must_say("task @1 is another one than was worked on: that was `Sum prices`");
    assert!(world.inbox().is_empty());
}

#[test]
fn stopping_the_run_stops_its_tasks() {
    let world = project();
    let model = specified(&world);
    for (whose, word) in [("task-1.1", "one"), ("task-1.2", "two")] {
        recorded(&world, whose, &[turn("", &[shell(&format!("echo {word}; sleep 60"))]), done()]);
    }
    let mut running = world.start("ana", &["spec", "run", "totals", "--all", "--headless", "--json", "--model", &model]);
    let mut lines = BufReader::new(running.stdout.take().unwrap()).lines();
    let mut begun = 0;
    while begun < 2 {
        let line = lines.next().expect("both tasks begin").unwrap();
        begun += usize::from(line.contains("\"event\":\"output\""));
    }
    let sessions = world.call("ana", &["sessions", "--json"]);
    let main = sessions.out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).find(|one| one["about"] == "tasks of totals").unwrap();
    world.call("ana", &["stop", main["session"].as_str().unwrap()]).must_succeed();
    let end = running.wait().unwrap();
    assert_eq!(end.code(), Some(1), "well before the sleep is over");
    assert!(world.inbox().is_empty());
}
