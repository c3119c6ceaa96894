//! What counts as evidence for a task, and what does not: properties, our own runs as results, what people accept, merges that
//! break off, and bad input while tasks are worked on.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::{Value, json};
use testkit::{Called, World};

use super::spec_work::{DESIGN, README, REQUIREMENTS, TASKS, edit, project, recorded, run_all, specified, specified_as, sum_turns, tax_turns, test, two_waves};
use super::installs::toolchains;
use super::{done, shell, turn, world, write};

const TAG: &str = "// Feature: totals, Property 1: Additive\n// Validates: Requirements 1.1, 1.2\n";

/// A test of property 1 with fast-check.
fn additive() -> String {
    format!(
        "import test from 'node:test';\nimport assert from 'node:assert/strict';\nimport fc from 'fast-check';\nimport {{ sum }} from '../src/sum.mjs';\n\n{TAG}test('both together', () => {{\n  \
         const prices = fc.array(fc.integer());\n  fc.assert(fc.property(prices, prices, (a, b) => sum([...a, ...b]) === sum(a) + sum(b)));\n}});\n"
    )
}

/// Task 1.1 with property 1, carried out with this test file.
fn with_property(packages: &[&str], tests: &str) -> Called {
    let world = project();
    world.write("project/.gitignore", "node_modules/\n");
    world.packages(packages);
    let model = specified_as(&world, &TASKS.replace("    - `sum` in", "    - **Property 1: Additive**\n    - `sum` in"));
    let mut turns = sum_turns();
    turns[0] = turn("", &[write("test/sum.test.mjs", tests), shell("npm test")]);
    turns.extend([turn("It is.", &[]), turn("It is.", &[])]);
    recorded(&world, "task-1.1", &turns);
    let run = run_all(&world, &model, &["--task", "1.1"]);
    run.must_end_with(1);
    assert_eq!(world.inbox().is_empty(), run.out.contains("not done"), "{}", run.out);
    run
}

#[test]
fn a_property_is_tested_with_a_property_based_library_and_not_with_examples() {
    let both = ["fast-check", "pure-rand"];
    let done = with_property(&both, &additive());
    done.must_say("✓ property 1 tested: `both together` in test/sum.test.mjs with fast-check").must_not_say("not done");
    let examples = test("sum", "sum", "sum([1, 2])", "3", TAG);
    with_property(&both, &examples).must_say("not done").must_say("✗ property 1 tested: `sum` in test/sum.test.mjs tries examples, and a property is tested with fast-check");
    let untagged = test("sum", "sum", "sum([1, 2])", "3", "// Validates: Requirements 1.1, 1.2\n");
    with_property(&both, &untagged).must_say("✗ property 1 tested: no test says `Feature: totals, Property 1: …`, to be written with fast-check");
}

/// What stands in the design as "for any …" is not left to whoever writes the tasks.
#[test]
fn a_property_that_no_task_cites_is_the_last_task_s_on_what_it_is_about() {
    let world = project();
    let tasks = TASKS.replace("  - [ ]* 1.3 Test the property\n    - **Property 1: Additive**\n", "").replace(",{\"id\":1,\"tasks\":[\"1.3\"]}", "");
    let model = specified_as(&world, &tasks);
    let mut turns = sum_turns();
    turns.extend([turn("It is.", &[]), turn("It is.", &[])]);
    recorded(&world, "task-1.1", &turns);
    run_all(&world, &model, &["--task", "1.1"]).must_end_with(1).must_say("not done").must_say("✗ property 1 tested: no test says `Feature: totals, Property 1: …`");
    recorded(&world, "task-1.2", &tax_turns());
    run_all(&world, &model, &["--task", "1.2"]).must_end_with(1).must_not_say("not done").must_not_say("property 1");
}

#[test]
fn a_library_that_is_not_there_is_named() {
    let run = with_property(&[], &additive());
    run.must_say("not done").must_say("✗ property 1 tested").must_say("`fast-check` could not be found").must_say("the library is not among the project's dependencies");
}

/// Both tasks carried out, landed and committed.
fn landed() -> World {
    let world = project();
    let model = specified(&world);
    world.git(&["add", "--all"]);
    world.git(&["commit", "--quiet", "-m", "wanted"]);
    recorded(&world, "task-1.1", &sum_turns());
    recorded(&world, "task-1.2", &tax_turns());
    run_all(&world, &model, &["--all"]).must_end_with(1);
    world.call("ana", &["sign", &world.held("land")]).must_succeed();
    world.git(&["add", "--all"]);
    world.git(&["commit", "--quiet", "-m", "totals\n\nSpec: totals\nTask: 1.1, 1.2"]);
    world
}

fn traced(world: &World) -> Called {
    world.call("ana", &["spec", "trace", "totals"])
}

#[test]
fn our_own_runs_are_results_until_what_ran_is_no_longer_there() {
    let world = landed();
    traced(&world).must_succeed().must_say("3 criteria: 3 proved").must_say("the test `sum` passed (our run for task 1.2, change set ").must_not_say("no results were given");
    let landed = world.call("ana", &["spec", "trace", "totals"]);
    landed.must_say("requirements.md by ana").must_say("design.md by ana").must_say("tasks.md by ana").must_not_say("changed since");
    let receipts = world.call("ana", &["spec", "trace", "totals", "--json"]).out.clone();
    assert!(receipts.contains("\"line\":\"landed "), "what landed is a receipt of the tasks: {receipts}");
    let json: Value = serde_json::from_str(&world.call("ana", &["spec", "trace", "totals", "--json"]).must_succeed().out).unwrap();
    let test = &json["trace"]["requirements"][0]["criteria"][0]["tests"][0];
    assert_eq!((test["name"].as_str(), test["result"].as_str()), (Some("sum"), Some("passed")));
    let tests = world.read("project/test/sum.test.mjs");
    world.write("project/test/sum.test.mjs", tests.replace("3)", "4)"));
    traced(&world).must_succeed().must_say("3 criteria: 1 proved, 2 claimed").must_say("the test `sum` was not run");
    world.write("project/test/sum.test.mjs", &tests);
    world.write("project/src/sum.mjs", "export const sum = () => 4;\n");
    traced(&world).must_succeed().must_say("3 criteria: 1 proved, 2 claimed").must_say("not counted any more: 2 runs of ours");
}

#[test]
fn a_report_that_is_given_comes_before_our_own_runs() {
    let world = landed();
    world.write("results.xml", "<testsuite><testcase name=\"sum\" classname=\"x\"><failure/></testcase></testsuite>");
    let report = world.path("results.xml");
    let said = world.call("ana", &["spec", "trace", "totals", "--results", report.to_str().unwrap()]);
    said.must_succeed().must_say("1 proved, 2 failing").must_say("the test `sum` failed");
}

#[test]
fn a_task_is_accepted_once_and_what_did_not_land_is_proposed_again() {
    let world = project();
    let model = specified(&world);
    let untested = [turn("", &[write("src/sum.mjs", "export const sum = () => 3;\n")]), done(), done(), done()];
    recorded(&world, "task-1.1", &untested);
    run_all(&world, &model, &["--task", "1.1"]).must_end_with(1).must_say("not done");
    let accept = || world.call("ana", &["spec", "accept", "totals", "--task", "1.1", "--why", "a throw-away", "--headless", "--yes"]);
    let signed = || world.call("ana", &["ledger", "show", "--json"]).out.matches("\"do\":\"accept\",").count();
    let before = signed();
    accept().must_end_with(1).must_say("accepted task 1.1").must_say("held as");
    let after = signed();
    assert!(after > before);
    accept().must_end_with(1).must_say("task 1.1 is accepted already, by ana (receipt: entry").must_say("held as");
    world.call("ana", &["sign", &world.held("land")]).must_succeed();
    accept().must_succeed().must_say("accepted already");
    assert_eq!(signed(), after, "it was signed once");
    world.git(&["add", "--all"]);
    world.git(&["commit", "--quiet", "-m", "x"]);
    traced(&world).must_succeed().must_say("accepted by ana without the evidence");
    world.call("ana", &["ledger", "verify"]).must_succeed();
}

#[test]
fn every_runner_that_a_change_concerns_must_pass() {
    let world = project();
    world.write("project/tools/requirements.txt", "");
    world.write("project/tools/rate.py", "RATE = 20\n");
    world.write("project/tools/test_rate.py", "import unittest\nfrom rate import RATE\n\n\nclass Rates(unittest.TestCase):\n    def test_rate(self):\n        self.assertEqual(RATE, 20)\n");
    world.git(&["add", "--all"]);
    world.git(&["commit", "--quiet", "-m", "tools"]);
    let model = specified(&world);
    let mut turns = sum_turns();
    turns[1]["calls"].as_array_mut().unwrap().push(turn("", &[write("tools/rate.py", "RATE = 21\n")])["calls"][0].clone());
    turns.extend([turn("Done.", &[]), turn("Done.", &[])]);
    recorded(&world, "task-1.1", &turns);
    let run = run_all(&world, &model, &["--task", "1.1"]);
    run.must_end_with(1).must_say("not done").must_say("✗ pass now: `npm test && python3 -m unittest").must_say("0 passed, 1 failed");
    assert!(world.inbox().is_empty());
}

/// What is built for the modules that are here; what is built for others is somebody else's.
const BUILD: &str = "import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';

const own = ['sum', 'tax'].filter((name) => existsSync(`src/${name}.mjs`));
mkdirSync('build', { recursive: true });
own.forEach((name) => writeFileSync(`build/${name}`, ''));
const others = readdirSync('build').filter((name) => !own.includes(name));
if (others.length > 0) {
  console.error('built by somebody else:', ...others);
  process.exit(1);
}
";

#[test]
fn tasks_at_once_do_not_fight_over_one_build() {
    let world = project();
    let package = json!({"name": "calculator", "version": "1.0.0", "private": true, "type": "module", "scripts": {"test": "node build.mjs && node --test"}});
    world.write("project/package.json", package.to_string());
    world.write("project/build.mjs", BUILD);
    world.write("project/.gitignore", "build/\n");
    world.write("project/docs/build.md", "`npm test` builds into `build/`.\n");
    world.git(&["add", "--all"]);
    world.git(&["commit", "--quiet", "-m", "a build"]);
    let model = specified(&world);
    let (mut sum, mut tax) = (sum_turns(), tax_turns());
    // The two touch no file together, so neither is begun again after the other.
    tax[1] = turn("", &[write("src/tax.mjs", "export const tax = (cents) => Math.floor(cents / 5);\n"), write("docs/tax.md", "`tax(cents)`\n")]);
    for (turns, name, task) in [(&mut sum, "sum", "task-1.1"), (&mut tax, "tax", "task-1.2")] {
        turns.insert(2, turn("", &[shell(&format!("npm test && ls build > docs/built-{name}.txt"))]));
        recorded(&world, task, turns);
    }
    let run = run_all(&world, &model, &["--all", "--at-once", "2"]);
    run.must_end_with(1).must_say("task 1.1").must_say("task 1.2").must_not_say("not done").must_not_say("begun again");
    world.call("ana", &["sign", &world.held("land")]).must_succeed();
    for name in ["sum", "tax"] {
        assert_eq!(world.read(&format!("project/docs/built-{name}.txt")), format!("{name}\n"), "each session has built its own and no other");
        assert!(world.path(&format!("project/src/{name}.mjs")).exists());
    }
    assert!(!world.path("project/build").exists(), "builds stay in the copies");
}

/// A crate that is built and tested in the box, with its tests in a folder of their own; one of them runs what was built.
#[test]
fn a_crate_is_built_and_tested_by_cargo() {
    let mut world = world();
    toolchains(&mut world);
    let manifest = "[package]\nname = \"calculator\"\nversion = \"0.1.0\"\nedition = \"2021\"\n";
    let main = "fn main() {\n    println!(\"{}\", calculator::CENTS);\n}\n";
    let cents = "#[test]\nfn cents() {\n    assert_eq!(calculator::CENTS, 100);\n}\n";
    world.project(&[("Cargo.toml", manifest), (".gitignore", "target/\nCargo.lock\n"), ("README.md", README), ("src/lib.rs", "pub const CENTS: u64 = 100;\n"), ("src/main.rs", main), ("tests/cents.rs", cents)]);
    let model = specified_as(&world, &TASKS.replace("src/sum.mjs", "src/sum.rs"));
    let tests = "use std::process::Command;\n\n// Validates: Requirements 1.1\n#[test]\nfn prices_are_summed_by_the_program() {\n    let ran = Command::new(env!(\"CARGO_BIN_EXE_calculator\")).args([\"1\", \"2\"]).output().unwrap();\n    assert_eq!(ran.stdout, b\"3\\n\");\n}\n\n// Validates: Requirements 1.2\n#[test]\nfn nothing_is_zero() {\n    assert_eq!(calculator::sum::sum(&[]), 0);\n}\n";
    let summing = "fn main() {\n    let prices: Vec<u64> = std::env::args().skip(1).filter_map(|price| price.parse().ok()).collect();\n    println!(\"{}\", calculator::sum::sum(&prices));\n}\n";
    let code = [
        write("src/sum.rs", "pub fn sum(prices: &[u64]) -> u64 {\n    prices.iter().sum()\n}\n"),
        edit("src/lib.rs", "pub const CENTS", "pub mod sum;\n\npub const CENTS"),
        write("src/main.rs", summing),
        edit("README.md", "## Sums\nNothing yet.", "## Sums\n`calculator 1 2` says 3."),
        shell("mkdir -p docs && cargo build && ./target/debug/calculator 20 22 > docs/example.txt"),
    ];
    recorded(&world, "task-1.1", &[turn("", &[write("tests/sum.rs", tests), shell("cargo test")]), turn("", &code), done()]);
    let run = run_all(&world, &model, &["--task", "1.1"]);
    run.must_end_with(1).must_say("✓ tests exist: tests/sum.rs").must_say("✓ failed before: `cargo test").must_say("✓ pass now: `cargo test`").must_say("✓ criteria covered: 1.1, 1.2").must_not_say("not done");
    assert_eq!(world.inbox().len(), 1, "nothing was wanted from the network");
    world.call("ana", &["sign", &world.held("land")]).must_succeed();
    assert_eq!(world.read("project/docs/example.txt"), "42\n", "said by what was built in the box");
    assert!(!world.path("project/target").exists(), "what is built stays in the copies");
    let mut built = world.bare("cargo");
    built.args(["run", "--quiet", "--offline", "--", "19", "23"]).current_dir(world.path("project"));
    assert_eq!(Called::of(built).must_succeed().out, "42\n");
}

#[test]
fn a_merge_that_breaks_off_half_way_is_proposed_to_nobody() {
    let world = project();
    let model = specified_as(&world, &two_waves());
    recorded(&world, "task-1.1", &sum_turns());
    recorded(&world, "task-1.2", &tax_turns());
    // The session that takes over what was done may not touch this; those that are opened later may.
    world.write("project/.kiroignore", "src/tax.mjs\n");
    let mut running = world.start("ana", &["spec", "run", "totals", "--all", "--headless", "--json", "--model", &model]);
    let lines = BufReader::new(running.stdout.take().unwrap()).lines();
    let (mut opened, mut told) = (false, Vec::new());
    for line in lines.map(Result::unwrap) {
        if !opened && line.contains("\"event\":\"output\"") {
            world.write("project/.kiroignore", "# nothing\n");
            opened = true;
        }
        told.push(line);
    }
    assert_eq!(running.wait().unwrap().code(), Some(1));
    let end: Value = serde_json::from_str(told.last().unwrap()).unwrap();
    assert!(end["stopped"].as_str().unwrap().contains("could be taken over only in part, and nobody tested that: nothing is proposed"), "{end}");
    let tasks: Vec<(&str, bool)> = end["tasks"].as_array().unwrap().iter().map(|task| (task["task"].as_str().unwrap(), task["done"].as_bool().unwrap())).collect();
    assert_eq!(tasks, [("1.1", true), ("1.2", false)]);
    assert!(end["tasks"][1]["evidence"].to_string().contains("src/tax.mjs"), "{end}");
    assert!(world.inbox().is_empty() && world.read("project/README.md") == README);
}

// Bad input.

#[test]
fn a_document_that_is_edited_while_tasks_are_worked_on_ends_the_run() {
    let world = project();
    let model = specified(&world);
    recorded(&world, "task-1.1", &sum_turns());
    let mut running = world.start("ana", &["spec", "run", "totals", "--task", "1.1", "--headless", "--json", "--model", &model]);
    let lines = BufReader::new(running.stdout.take().unwrap()).lines();
    let mut last = String::new();
    for line in lines.map(Result::unwrap) {
        if line.contains("\"event\":\"output\"") {
            world.write("project/.kiro/specs/totals/requirements.md", REQUIREMENTS.replace("20 percent", "19 percent"));
        }
        last = line;
    }
    assert_eq!(running.wait().unwrap().code(), Some(1));
    assert!(last.contains("`.kiro/specs/totals/requirements.md` was edited while its tasks were worked on, so nothing more was begun"), "{last}");
    assert!(world.inbox().is_empty());
    run_all(&world, &model, &["--task", "1.1"]).must_end_with(2).must_say("edited since it was authorized");
}

#[test]
fn tests_that_hang_are_ended_and_show_nothing() {
    let world = project();
    let model = specified(&world);
    let hangs = "import test from 'node:test';\nimport { sum } from '../src/sum.mjs';\n\n// Validates: Requirements 1.1, 1.2\ntest('sum', () => new Promise(() => setInterval(sum, 1000)));\n";
    let right = write("src/sum.mjs", "export const sum = (prices) => prices.reduce((a, b) => a + b, 0);\n");
    recorded(&world, "task-1.1", &[turn("", &[write("test/sum.test.mjs", hangs), right, edit("README.md", "## Sums\nNothing yet.", "## Sums\n`sum`.")]), done(), done(), done()]);
    let run = run_all(&world, &model, &["--task", "1.1", "--test-seconds", "3"]);
    run.must_end_with(1).must_say("not done").must_say("✗ pass now").must_say("stopped after 3 s, the time limit");
    assert!(world.inbox().is_empty());
    run_all(&world, &model, &["--test-seconds", "0"]).must_end_with(2);
}

#[test]
fn tests_that_need_the_network_say_what_they_want_and_it_is_held() {
    let world = project();
    let model = specified(&world);
    let fetches = test("sum", "sum", "sum([1, 2])", "3", "// Validates: Requirements 1.1, 1.2\n").replace("\n\n//", "\nimport { execFileSync } from 'node:child_process';\n\nexecFileSync('npm', ['view', 'totals', '--registry=http://packages.example.invalid/']);\n\n//");
    let mut turns = sum_turns();
    turns[0] = turn("", &[write("test/sum.test.mjs", &fetches)]);
    turns.extend([turn("Done.", &[]), turn("Done.", &[])]);
    recorded(&world, "task-1.1", &turns);
    let run = run_all(&world, &model, &["--task", "1.1"]);
    run.must_end_with(1).must_say("not done").must_say("✗ network: the tests want packages.example.invalid:80 (held as ");
    let held = world.inbox();
    assert!(!held.is_empty() && held.iter().all(|(_, deed)| deed == "reach"), "{held:?}");
}

#[test]
fn tasks_that_wait_for_each_other_are_not_begun_and_those_with_one_number_go_by_their_places() {
    let world = project();
    let model = specified(&world);
    let path = "project/.kiro/specs/totals/tasks.md";
    let ring = "# Tasks\n\n- [ ] 1. One\n  - _Depends: 2_\n- [ ] 2. Two\n  - _Depends: 1_\n";
    let twice = "# Tasks\n\n- [ ] 1. One\n- [ ] 1. Two\n";
    recorded(&world, "task-@2", &[turn("", &[write("docs/two.md", "two\n")]), done(), done(), done()]);
    for (tasks, says) in [(ring, "the tasks wait for each other"), (twice, "task @2 Two")] {
        world.write(path, tasks);
        world.call("ana", &["spec", "accept", "totals", "--yes"]).must_succeed();
        recorded(&world, "task-1", &[turn("", &[write("docs/one.md", "one\n")]), done(), done(), done()]);
        run_all(&world, &model, &["--all"]).must_end_with(1).must_say(says);
    }
    world.call("ana", &["spec", "check", "totals"]).must_end_with(1).must_say("duplicate-id");
}

/// What a write that was broken off leaves behind is read as far as it goes, and nobody works by it.
#[test]
fn half_a_document_is_read_told_and_not_worked_by() {
    let world = project();
    let model = specified(&world);
    for (file, whole) in [("requirements.md", REQUIREMENTS), ("design.md", DESIGN), ("tasks.md", TASKS)] {
        let path = format!("project/.kiro/specs/totals/{file}");
        for cut in [0, 1, whole.len() / 3, whole.len() / 2, whole.len() - 2] {
            world.write(&path, &whole[..cut]);
            let check = world.call("ana", &["spec", "check", "totals", "--json"]);
            assert!(check.code < 2, "{file} cut at {cut}: {check:?}");
            serde_json::from_str::<Value>(&check.out).unwrap();
            run_all(&world, &model, &["--all"]).must_end_with(2).must_say("documents that you signed");
        }
        world.write(&path, whole);
    }
    let mut null = world.command("ana", &["spec", "trace", "totals"]);
    null.stdin(Stdio::null());
    Called::of(null).must_succeed();
}
