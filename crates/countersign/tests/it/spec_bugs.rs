//! Specifications of bugs: shown on the code as it is, fixed, and what must stay tested before and after.

use serde_json::Value;
use testkit::{Called, World};

use super::spec_work::{edit, project, recorded, test};
use super::{done, shell, turn, write};

const BUG: &str = "# Bugfix Requirements Document

## Introduction
Cents is wrong.

## Bug Analysis

### Current Behavior (Defect)
1.1 WHEN CENTS is read THEN the system gives 100.

### Expected Behavior (Correct)
2.1 WHEN CENTS is read THEN the system SHALL give 1000.

### Unchanged Behavior (Regression Prevention)
3.1 WHEN CENTS is read THEN the system SHALL CONTINUE TO give a number.
";
const TASKS: &str = "# Implementation Plan

## Tasks

- [ ] 1. Bug condition exploration test
  - _Requirements: 2.1_
- [ ] 2. Preservation tests
  - _Requirements: 3.1_
- [ ] 3. Fix the constant
  - _Requirements: 2.1, 3.1_
- [ ] 4. Checkpoint - Ensure all tests pass
";

/// A project with a bug, and a signed specification of it with these tasks.
fn with_bug(tasks: &str) -> World {
    let world = project();
    let design = "# Design\n\n## Overview\nOne constant.\n\n## Bug Details\nIt is 100.\n\n## Expected Behavior\nIt is 1000.\n\n## Hypothesized Root Cause\nA missing zero.\n\n## Fix Implementation\nsrc/currency.mjs\n\n## Testing Strategy\nnode --test\n";
    for (file, text) in [("bugfix.md", BUG), ("design.md", design), ("tasks.md", tasks), (".config.kiro", "{\"specId\":\"x\",\"workflowType\":\"requirements-first\",\"specType\":\"bugfix\"}\n")] {
        world.write(&format!("project/.kiro/specs/rounding/{file}"), text);
    }
    world.call("ana", &["spec", "accept", "rounding", "--yes"]).must_succeed();
    world
}

fn run(world: &World, model: &str, more: &[&str]) -> Called {
    let mut arguments = vec!["spec", "run", "rounding", "--headless", "--model", model];
    arguments.extend(more);
    world.call("ana", &arguments)
}

fn shows() -> Vec<Value> {
    vec![turn("", &[write("test/bug.test.mjs", &test("currency", "CENTS", "CENTS", "1000", "// Validates: Requirements 2.1\n"))]), done()]
}

fn keeps() -> Vec<Value> {
    let test = test("currency", "CENTS", "typeof CENTS", "'number'", "// Validates: Requirements 3.1\n").replace("test('CENTS'", "test('it is a number'");
    vec![turn("", &[write("test/kept.test.mjs", &test)]), done()]
}

fn fixes() -> Vec<Value> {
    let code = [write("src/currency.mjs", "export const CENTS = 1000;\n"), shell("sed -i s/100/1000/ test/currency.test.mjs"), edit("README.md", "# Calculator", "# Calculator in mills")];
    vec![turn("", &code), done()]
}

/// The turns, and twice more nothing: a task that is told what it lacks may mend it twice.
fn and_no_more(mut turns: Vec<Value>) -> Vec<Value> {
    turns.extend([done(), done()]);
    turns
}

#[test]
fn a_bug_is_shown_first_then_fixed_and_what_must_stay_stays() {
    let world = with_bug(TASKS);
    let model = recorded(&world, "task-1", &shows());
    recorded(&world, "task-2", &keeps());
    recorded(&world, "task-3", &fixes());
    recorded(&world, "task-4", &[done()]);
    let run = run(&world, &model, &["--all"]);
    run.must_end_with(1).must_say("✓ fails now").must_say("✓ failed before").must_say("✓ pass now").must_say("✓ code as it was").must_say("✓ kept as it was: 3.1 passed before and pass now").must_say("held as").must_not_say("not done");
    world.call("ana", &["sign", &world.held("land")]).must_succeed();
    assert!(world.read("project/src/currency.mjs").contains("1000"));
}

#[test]
fn a_fix_without_a_test_of_what_must_stay_is_not_done() {
    let world = with_bug(&TASKS.replace("- [ ] 2. Preservation tests\n  - _Requirements: 3.1_\n", ""));
    let model = recorded(&world, "task-1", &shows());
    recorded(&world, "task-3", &and_no_more(fixes()));
    run(&world, &model, &["--all"]).must_end_with(1).must_say("not done").must_say("✗ kept as it was: no test says `Validates: Requirements 3.1`");
}

#[test]
fn a_bug_that_the_task_itself_brought_in_is_not_shown() {
    let world = with_bug(TASKS);
    let broken = test("currency", "CENTS", "CENTS", "100", "// Validates: Requirements 2.1\n");
    let turns = vec![turn("", &[write("test/bug.test.mjs", &broken), write("src/currency.mjs", "export const CENTS = 7;\n"), shell("rm test/currency.test.mjs")]), done()];
    let model = recorded(&world, "task-1", &and_no_more(turns));
    let run = run(&world, &model, &["--task", "1"]);
    run.must_end_with(1).must_say("not done").must_say("✗ failed before").must_say("✗ code as it was: it is to be tested and not changed: src/currency.mjs").must_say("✓ fails now");
}

#[test]
fn a_test_that_cannot_even_be_loaded_shows_no_bug() {
    let world = with_bug(TASKS);
    let unloadable = "import test from 'node:test';\nimport { NOWHERE } from '../src/nowhere.mjs';\n\n// Validates: Requirements 2.1\ntest('CENTS', () => { NOWHERE(); });\n";
    let model = recorded(&world, "task-1", &and_no_more(vec![turn("", &[write("test/bug.test.mjs", unloadable)]), done()]));
    run(&world, &model, &["--task", "1"]).must_end_with(1).must_say("not done");
}

#[test]
fn what_is_to_be_done_is_told_by_the_clauses_where_the_words_are_of_another_language() {
    let tasks = TASKS.replace("Bug condition exploration test", "Den Fehler zeigen").replace("Preservation tests", "Was bleiben muss").replace("Fix the constant", "Die Konstante berichtigen");
    let world = with_bug(&tasks);
    let model = recorded(&world, "task-1", &shows());
    recorded(&world, "task-2", &keeps());
    recorded(&world, "task-3", &fixes());
    recorded(&world, "task-4", &[done()]);
    run(&world, &model, &["--all"]).must_end_with(1).must_say("✓ passed before").must_say("✓ kept as it was").must_not_say("not done");
}

#[test]
fn code_that_is_changed_at_a_checkpoint_mends_what_failed_and_nothing_else() {
    let world = with_bug(TASKS);
    let model = recorded(&world, "task-4", &and_no_more(vec![turn("", &[write("src/currency.mjs", "export const CENTS = 100; // as ever\n")]), done()]));
    run(&world, &model, &["--task", "4"]).must_end_with(1).must_say("not done").must_say("✗ failed before: code was changed at a checkpoint, and no test failed before");
    world.write("project/src/currency.mjs", "export const CENTS = 99;\n");
    recorded(&world, "task-4", &[turn("", &[write("src/currency.mjs", "export const CENTS = 100;\n")]), done()]);
    run(&world, &model, &["--task", "4"]).must_end_with(1).must_say("✓ failed before: `npm test` on the code from before").must_not_say("not done");
}
