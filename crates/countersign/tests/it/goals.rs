//! Goals that a command decides, through the real program.

use serde_json::{Value, json};
use testkit::model_server::{ModelServer, Script, Tokens, Turn};
use testkit::{Called, World};

use super::{done, turn, world, write};

/// Passes when `a.txt` says two.
const CHECK: &str = "grep -q two a.txt && echo all is well || { echo 'expected two, got' $(cat a.txt); exit 3; }";

fn project() -> World {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    world
}

fn run(world: &World, turns: &[Value], more: &[&str]) -> Called {
    world.run(turns, more)
}

fn tests_pass<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["--until", "tests pass", "--test-command", CHECK], more].concat()
}

/// What the last line of a `--json` run says of the goal.
fn goal(called: &Called) -> Value {
    serde_json::from_str::<Value>(called.out.lines().last().unwrap()).unwrap()["goal"].clone()
}

fn results(goal: &Value) -> Vec<&str> {
    goal["runs"].as_array().unwrap().iter().map(|run| run["result"].as_str().unwrap()).collect()
}

/// A round that must have been told this as the person's next words.
fn told(words: &str, calls: &[(&str, Value)]) -> Value {
    let mut turn = turn("I see.", calls);
    turn["expect"] = json!({"said": [words, "It is not done yet"]});
    turn
}

#[test]
fn what_the_tests_print_goes_back_until_they_pass() {
    let world = project();
    let turns = [turn("All tests pass.", &[]), told("expected two, got one", &[write("a.txt", "three\n")]), done(), told("expected two, got three", &[write("a.txt", "two\n")]), done()];
    let run = run(&world, &turns, &tests_pass(&["--json"]));
    run.must_end_with(1); // the change set is held
    let goal = goal(&run);
    assert_eq!((&goal["reached"], results(&goal)), (&json!(true), vec!["missed", "missed", "reached"]));
    let seen = goal["runs"][2]["intent"].as_str().unwrap();
    world.call("ana", &["show", seen]).must_succeed().must_say("grep -q two").must_say("exit 0");
    world.call("ana", &["show", goal["runs"][0]["intent"].as_str().unwrap()]).must_say("exit 3");
    world.call("ana", &["sign", &world.held("land")]).must_succeed();
    assert_eq!(world.read("project/a.txt"), "two\n");
    world.call("ana", &["ledger", "verify"]).must_succeed();
}

#[test]
fn a_goal_that_is_reached_is_said_to_be_with_its_run() {
    let world = project();
    let run = run(&world, &[turn("", &[write("a.txt", "two\n")]), done()], &tests_pass(&[]));
    run.must_say("✓ goal `tests pass`, run 1: reached").must_say("✓ goal reached: tests pass").must_say("1 run").must_say("countersign show");
}

#[test]
fn a_goal_with_nothing_to_land_ends_with_0_only_when_it_is_reached() {
    let world = project();
    run(&world, &[done()], &["--until-command", "true"]).must_succeed().must_say("goal reached: true ends with 0");
    run(&world, &[done()], &["--until-command", "false", "--max-rounds", "1"]).must_end_with(1).must_say("goal not reached").must_say("countersign resume");
}

#[test]
fn each_limit_ends_it_and_what_was_done_is_held() {
    for (limit, runs, said) in [
        (&["--max-rounds", "2"][..], vec!["missed", "missed"], "goal not reached"),
        (&["--max-turns", "2"], vec!["missed"], "the limit of rounds was reached"),
        (&["--max-turns", "3"], vec!["missed"], "the limit of rounds was reached"),
    ] {
        let world = project();
        let turns = [turn("", &[write("a.txt", "three\n")]), done(), turn("", &[write("b.txt", "b\n")]), done(), done(), done()];
        let called = run(&world, &turns, &tests_pass(limit));
        called.must_end_with(1).must_say(said).must_say("goal not reached");
        world.held("land");
        let again = project();
        let called = run(&again, &turns, &tests_pass(&[limit, &["--json"]].concat()));
        assert_eq!(results(&goal(&called)), runs, "{limit:?}");
    }
}

#[test]
fn a_budget_ends_it_too() {
    let world = project();
    let tokens = Tokens { input: 1000, output: 14_000, ..Tokens::default() };
    let server = ModelServer::start(Script::from([Turn::say("Done.").costing(tokens), Turn::say("Done.")]));
    let mut arguments = vec!["run", "Please.", "--headless", "--json", "--model", "anthropic/x", "--base-url", server.url(), "--max-tokens", "30000"];
    arguments.extend(tests_pass(&["--max-rounds", "5"]));
    let run = world.call("ana", &arguments);
    run.must_end_with(1);
    let last: Value = serde_json::from_str(run.out.lines().last().unwrap()).unwrap();
    assert_eq!((&last["why"], &last["budget"]["scope"], &last["goal"]["reached"]), (&json!("budget"), &json!("given"), &json!(false)), "{last}");
    assert_eq!((results(&last["goal"]), server.requests().len()), (vec!["missed"], 1));
}

#[test]
fn a_goal_that_no_machine_can_decide_is_refused_before_anything_happens() {
    let world = project();
    for (more, said) in [
        (&["--until", "the code is beautiful"][..], "no machine can decide whether `the code is beautiful` holds"),
        (&["--until", "tests pass"], "--test-command"),
        (&["--until", "tests pass", "--until-command", "true"], "cannot be used with"),
        (&["--test-command", "true"], "--until"),
        (&["--until-command", "true", "--max-rounds", "0"], "0"),
    ] {
        run(&world, &[done()], more).must_end_with(2).must_say(said);
    }
    let listed = world.call("ana", &["usage", "--json"]);
    assert_eq!(listed.must_succeed().out, "", "no model was asked");
}

#[test]
fn the_projects_own_tests_are_found_and_run_in_the_box() {
    let world = world();
    world.project(&[("a.txt", "one\n"), ("Makefile", "test:\n\tgrep -q two a.txt\n\techo ran > /tmp/outside || true\n")]);
    let run = run(&world, &[done(), turn("", &[write("a.txt", "two\n")]), done()], &["--until", "tests pass", "--json"]);
    let goal = goal(&run);
    assert_eq!((&goal["command"], results(&goal)), (&json!("make test"), vec!["missed", "reached"]), "{goal}");
    assert_eq!(world.read("project/a.txt"), "one\n", "the copy was tested, not the tree");
}

#[test]
fn a_check_that_is_held_decides_nothing() {
    let world = project();
    let run = run(&world, &[done()], &tests_pass(&["--supervise", "--json"]));
    run.must_end_with(1);
    let goal = goal(&run);
    assert_eq!((&goal["reached"], results(&goal)), (&json!(false), vec!["undecided"]), "{goal}");
    world.held("shell");
}

#[test]
fn a_session_that_goes_on_can_have_a_goal() {
    let world = project();
    run(&world, &[done()], &[]).must_succeed();
    let id = world.call("ana", &["sessions"]).out.split_whitespace().next().unwrap().to_owned();
    let model = world.recording(&[done(), told("expected two, got one", &[write("a.txt", "two\n")]), done()]);
    let mut arguments = vec!["resume", &id, "Go on.", "--headless", "--json", "--model", &model];
    arguments.extend(tests_pass(&[]));
    let resumed = world.call("ana", &arguments);
    assert_eq!(results(&goal(&resumed)), ["missed", "reached"]);
}

#[test]
fn what_a_check_prints_is_bounded_on_its_way_to_the_model() {
    let world = project();
    let server = ModelServer::start(Script::from([Turn::say("Done."), Turn::say("Done.")]));
    let flood = "yes the-flood | head -c 3000000; exit 1";
    let base = format!("{}/v1", server.url());
    let arguments = ["run", "Please.", "--headless", "--model", "chat/x", "--base-url", &base, "--until-command", flood, "--max-rounds", "2"];
    world.call("ana", &arguments).must_end_with(1).must_say("goal not reached");
    let asked = server.requests();
    assert_eq!(asked.len(), 2);
    assert!(String::from_utf8_lossy(&asked[1].bytes).contains("the-flood") && asked[1].size < 100_000, "{}", asked[1].size);
}
