//! What was asked and what it cost, and budgets that hold, through the real program.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::model_server::{Fault, ModelServer, Request, Script, Tokens, Turn};
use testkit::{Called, World};

use super::world;

/// Each protocol with the path of its base URL.
const PROTOCOLS: [(&str, &str); 3] = [("anthropic/big", ""), ("openai/big", "/v1"), ("chat/big", "/v1")];

/// 4, 0.20, 5 and 20 dollars a million, whatever the day is.
fn prices() -> String {
    let row = |provider: &str| {
        format!("[[price]]\nprovider = \"{provider}\"\nmodel = \"big\"\nfrom = \"2000-01-01\"\ncurrency = \"USD\"\ninput = \"4\"\ncached_input = \"0.20\"\ncache_write = \"5\"\noutput = \"20\"\nsource = \"what we agreed with them\"\n")
    };
    PROTOCOLS.iter().map(|(model, _)| row(model.split('/').next().unwrap())).collect()
}

/// A project, prices, and this at the end of the service's settings.
fn project(settings: &str) -> World {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    world.write("service/prices.toml", prices());
    set(&world, settings);
    world
}

fn set(world: &World, settings: &str) {
    let known = world.read("service/config.toml");
    let ours = known.split("[budget").next().unwrap();
    world.write("service/config.toml", format!("{ours}\n{settings}"));
}

fn run_as(world: &World, person: &str, server: &ModelServer, (model, path): (&str, &str), more: &[&str]) -> Called {
    let base = format!("{}{path}", server.url());
    let mut arguments = vec!["run", "Please write two.", "--headless", "--model", model, "--base-url", &base];
    arguments.extend(more);
    world.call(person, &arguments)
}

fn run(world: &World, server: &ModelServer, more: &[&str]) -> Called {
    run_as(world, "ana", server, PROTOCOLS[0], more)
}

fn resume(world: &World, server: &ModelServer, more: &[&str]) -> Called {
    let id = session(world);
    let mut arguments = vec!["resume", &id, "--headless", "--model", "anthropic/big", "--base-url", server.url()];
    arguments.extend(more);
    world.call("ana", &arguments)
}

/// The newest session.
fn session(world: &World) -> String {
    let listed = world.call("ana", &["sessions"]);
    listed.must_succeed().out.lines().last().unwrap().split_whitespace().next().unwrap().to_owned()
}

fn usage(world: &World, more: &[&str]) -> Vec<Value> {
    let mut arguments = vec!["usage", "--json"];
    arguments.extend(more);
    let called = world.call("ana", &arguments);
    called.must_succeed().out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn tokens(output: u64) -> Tokens {
    Tokens { input: 1000, cached: 600, cache_written: 300, output }
}

/// A round that writes the file, then one that ends; each takes so many output tokens.
fn writing(output: u64) -> ModelServer {
    let write = Turn::call("write", &json!({"path": "a.txt", "content": "two\n"}));
    ModelServer::start(Script::from([write.costing(tokens(output)), Turn::say("I wrote two.").costing(tokens(output))]))
}

fn saying(turns: usize, output: u64) -> ModelServer {
    ModelServer::start(vec![Turn::say("Nothing to do.").costing(tokens(output)); turns].into())
}

/// What the last line of a `--json` run says.
fn ended(called: &Called) -> Value {
    serde_json::from_str(called.out.lines().last().unwrap()).unwrap()
}

fn most_output(request: &Request) -> u64 {
    request.body["max_tokens"].as_u64().unwrap()
}

// What was asked.

#[test]
fn each_request_is_shown_with_its_tokens_by_kind_and_its_money() {
    for protocol in PROTOCOLS {
        let world = project("");
        run_as(&world, "ana", &writing(21), protocol, &[]).must_end_with(1).must_say("spent so far: 2 requests, 2042 tokens, 0.00488 USD");
        let id = session(&world);
        let lines = usage(&world, &[&id]);
        assert_eq!(lines.len(), 2, "{protocol:?}: {lines:?}");
        for (line, turn) in lines.iter().zip(1..) {
            assert_eq!(line["tokens"], json!({"input": 100, "cached": 600, "written": 300, "output": 21}), "{protocol:?}");
            assert_eq!(line["cost"], json!({"currency": "USD", "amount": "0.00244"}), "{protocol:?}");
            assert_eq!((&line["model"], &line["turn"], &line["person"]), (&json!(protocol.0), &json!(turn), &json!("ana")));
            assert_eq!(line["price"], json!({"from": "2000-01-01", "source": "what we agreed with them"}));
        }
        let shown = world.call("ana", &["usage", &id]);
        shown.must_succeed().must_say("0.00244 USD").must_say("0.00488 USD").must_say("prices from 2000-01-01: what we agreed with them");
    }
}

#[test]
fn a_model_without_a_price_has_a_cost_that_is_unknown_and_not_zero() {
    let world = project("");
    let server = writing(21);
    let run = run_as(&world, "ana", &server, ("chat/unheard-of", "/v1"), &["--json"]);
    run.must_end_with(1);
    assert_eq!(ended(&run)["usage"]["unpriced"], json!({"chat/unheard-of": 2}));
    assert_eq!(ended(&run)["usage"]["money"], json!([]));
    let id = session(&world);
    world.call("ana", &["usage", &id]).must_succeed().must_say("unknown for 2 requests").must_say("what chat/unheard-of cost is not known").must_not_say("0.00 ");
    assert!(usage(&world, &[&id]).iter().all(|line| line["cost"].is_null() && line["price"].is_null()));
    world.write("service/prices.toml", prices().replace("\"big\"", "\"un*\""));
    world.call("ana", &["usage", &id]).must_succeed().must_say("0.00488 USD").must_not_say("unknown");
}

#[test]
fn a_server_that_counts_no_tokens_has_no_price_and_no_place_in_a_budget() {
    let world = project("");
    let silent = || Turn::say("Nothing to do.").costing(Tokens { input: 0, cached: 0, cache_written: 0, output: 0 });
    let server = ModelServer::start(Script::from([silent(), silent()]));
    run(&world, &server, &[]).must_succeed().must_say("unknown for 1 request");
    world.call("ana", &["usage"]).must_succeed().must_say("did not count tokens");
    resume(&world, &server, &["--max-tokens", "900000"]).must_end_with(1).must_say("did not say how many of them an earlier request took");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn sums_are_by_session_person_model_or_day() {
    let mut world = project("");
    world.enrol("ben", &["engineer"]);
    run(&world, &saying(1, 21), &[]).must_succeed();
    run_as(&world, "ana", &saying(1, 21), PROTOCOLS[1], &[]).must_succeed();
    run_as(&world, "ben", &saying(1, 21), PROTOCOLS[1], &[]).must_succeed();
    let sums = |by: &str| -> Vec<(String, u64, Value)> {
        let lines = usage(&world, &["--by", by]);
        lines.iter().map(|line| (line[by].as_str().unwrap().to_owned(), line["sum"]["requests"].as_u64().unwrap(), line["sum"]["money"][0]["amount"].clone())).collect()
    };
    let (one, two) = (json!("0.00244"), json!("0.00488"));
    assert_eq!(sums("person"), [("ana".into(), 2, two.clone()), ("ben".into(), 1, one.clone())]);
    assert_eq!(sums("model"), [("anthropic/big".into(), 1, one), ("openai/big".into(), 2, two)]);
    assert_eq!(sums("session").len(), 3);
    let days = sums("day");
    assert_eq!(days.iter().map(|(_, requests, _)| requests).sum::<u64>(), 3);
    world.call("ana", &["usage"]).must_succeed().must_say("0.00732 USD");
    world.clock_off_by(10 * 86_400);
    run(&world, &saying(1, 21), &[]).must_succeed();
    let last = usage(&world, &["--by", "day"]).last().unwrap()["day"].as_str().unwrap().to_owned();
    assert_eq!(usage(&world, &["--by", "day", "--since", &last]).len(), 1);
    assert_eq!(usage(&world, &["--since", "2999-01-01"]).len(), 0);
    world.call("ana", &["usage", "--since", "soon"]).must_end_with(2).must_say("2026-11-23");
    world.call("ana", &["usage", "nobodys"]).must_end_with(2).must_say("there is no session `nobodys`");
}

#[test]
fn a_summary_of_a_long_conversation_costs_and_is_on_the_ledger() {
    let world = project("");
    let round = |n: u32| Turn::call("shell", &json!({"command": format!("echo {n}")})).costing(Tokens { input: 900, ..Tokens::default() });
    let turns = [round(1), round(2), round(3), round(4), Turn::say("SUMMARY OF IT").costing(tokens(77)), Turn::say("Done.")];
    let server = ModelServer::start(Script::from(turns));
    run(&world, &server, &["--context-limit", "1000"]).must_succeed().must_say("messages were summarized");
    let lines = usage(&world, &[&session(&world)]);
    assert_eq!((server.requests().len(), lines.len()), (6, 6));
    assert!(lines.iter().any(|line| line["tokens"]["output"] == 77), "{lines:?}");
    world.call("ana", &["ledger", "verify"]).must_succeed();
}

#[test]
fn a_round_that_was_never_answered_is_named_and_costs_what_nobody_knows() {
    let world = project("");
    let server = ModelServer::start(Script::from([Turn::status(401, "no such key")]));
    run(&world, &server, &[]).must_end_with(3);
    world.call("ana", &["usage", &session(&world)]).must_succeed().must_say("1 round without an answer");
}

// Budgets.

#[test]
fn what_a_session_was_given_ends_it_cleanly_and_more_lets_it_go_on() {
    let world = project("");
    let server = writing(30_000);
    let run = run(&world, &server, &["--max-cost", "0.70USD"]);
    run.must_end_with(1).must_say("the budget given for this session is 0.70 USD, 0.60202 USD of it is spent").must_say("--max-cost").must_say("countersign resume");
    assert_eq!(server.requests().len(), 1, "the second request was never sent");
    world.held("land"); // what was done is proposed, and nothing has landed
    assert_eq!(world.read("project/a.txt"), "one\n");
    world.call("ana", &["ledger", "verify"]).must_succeed();

    let again = saying(1, 21);
    resume(&world, &again, &[]).must_end_with(1).must_say("0.70 USD");
    assert_eq!(again.requests().len(), 0, "the limit is kept with the session");
    let more = resume(&world, &again, &["--max-cost", "2 USD"]);
    more.must_end_with(1).must_say("held as");
    let sent = again.requests()[0].body["messages"].to_string();
    assert!(sent.contains("Please write two.") && sent.contains("tool_result"), "the same conversation: {sent}");
    world.call("ana", &["sign", &world.held("land")]).must_succeed();
    assert_eq!(world.read("project/a.txt"), "two\n");
}

#[test]
fn a_script_is_told_which_limit_it_was_and_how_to_go_on() {
    let world = project("[budget.session]\ntokens = 5000\n");
    let server = saying(1, 21);
    let run = run(&world, &server, &["--json"]);
    run.must_end_with(1);
    let last = ended(&run);
    assert_eq!((&last["why"], &last["budget"]["scope"], &last["budget"]["lack"]["is"]), (&json!("budget"), &json!("session"), &json!("tokens")));
    assert_eq!((&last["budget"]["lack"]["limit"], &last["budget"]["lack"]["spent"]), (&json!(5000), &json!(0)));
    assert!(last["budget"]["hint"].as_str().unwrap().contains("[budget.session]"), "{last}");
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn a_reply_may_be_no_longer_than_the_budget_has_room_for() {
    let world = project("");
    let free = saying(1, 21);
    run(&world, &free, &[]).must_succeed();
    assert_eq!(most_output(&free.requests()[0]), 32_000);
    let bounded = saying(1, 21);
    run(&world, &bounded, &["--max-cost", "0.30USD"]).must_succeed();
    let most = most_output(&bounded.requests()[0]);
    assert!((4096..15_000).contains(&most), "20 dollars a million: {most}");
    let tokens = saying(1, 21);
    run(&world, &tokens, &["--max-tokens", "30000"]).must_succeed();
    assert!(most_output(&tokens.requests()[0]) < 30_000);
}

#[test]
fn a_new_session_does_not_begin_a_new_day() {
    let mut world = project("[budget.day]\nmoney = [\"0.70 USD\"]\n");
    world.enrol("ben", &["engineer"]);
    run(&world, &saying(1, 30_000), &[]).must_succeed();
    let server = saying(2, 21);
    for person in ["ana", "ben"] {
        run_as(&world, person, &server, PROTOCOLS[0], &[]).must_end_with(1).must_say("the budget of the day is 0.70 USD").must_say("tomorrow");
    }
    assert_eq!(server.requests().len(), 0);
    world.clock_off_by(86_400);
    run(&world, &server, &[]).must_succeed();
}

#[test]
fn a_persons_budget_is_theirs_alone() {
    for (scope, ends) in [("person", false), ("person_day", true)] {
        let mut world = project(&format!("[budget.{scope}]\ntokens = 42000\n"));
        world.enrol("ben", &["engineer"]);
        run(&world, &saying(1, 30_000), &[]).must_succeed();
        let server = saying(2, 21);
        run(&world, &server, &[]).must_end_with(1).must_say("42000 tokens, 31000 of them are spent");
        assert_eq!(server.requests().len(), 0);
        run_as(&world, "ben", &server, PROTOCOLS[0], &[]).must_succeed();
        world.clock_off_by(86_400);
        run(&world, &server, &[]).must_end_with(if ends { 0 } else { 1 });
    }
}

#[test]
fn what_has_no_price_is_not_asked_for_within_a_budget_of_money() {
    let world = project("[budget.day]\nmoney = [\"100 USD\"]\n");
    let server = saying(2, 21);
    let unheard = ("anthropic/unheard-of", "");
    run_as(&world, "ana", &server, unheard, &[]).must_end_with(1).must_say("the price of `anthropic/unheard-of` is not known").must_say("prices.toml");
    set(&world, "[budget.day]\nmoney = [\"100 EUR\"]\n");
    run(&world, &server, &[]).must_end_with(1).must_say("names no amount in USD");
    assert_eq!(server.requests().len(), 0);
    set(&world, "");
    run_as(&world, "ana", &server, unheard, &[]).must_succeed();
    set(&world, "[budget.day]\nmoney = [\"100 USD\"]\n");
    run(&world, &server, &[]).must_end_with(1).must_say("what earlier requests to `anthropic/unheard-of` cost is not known");
    world.write("service/prices.toml", prices() + &prices().replace("\"big\"", "\"unheard-of\""));
    run(&world, &server, &[]).must_succeed();
}

#[test]
fn settings_that_cannot_be_meant_let_nothing_be_asked() {
    let server = saying(1, 21);
    for (settings, said) in [
        ("[budget.squad]\ntokens = 5\n", "unknown field `squad`"),
        ("[teams]\nshop = \"ana\"\n", "config.toml cannot be read"),
        ("[budget.day]\ntoken = 5\n", "unknown field `token`"),
        ("[budget.day]\nmoney = [\"5 dollars\"]\n", "`dollars` is not a currency"),
        ("[budget.day]\nmoney = [5.0]\n", "config.toml cannot be read"),
        ("[budgets.day]\ntokens = 5\n", "unknown field `budgets`"),
    ] {
        let world = project("");
        let known = world.read("service/config.toml");
        world.write("service/config.toml", format!("{known}\n{settings}"));
        run(&world, &server, &[]).must_end_with(2).must_say(said);
    }
    let world = project("");
    world.write("service/prices.toml", prices().replacen("\"4\"", "\"four\"", 1));
    run(&world, &server, &[]).must_end_with(2).must_say("prices.toml cannot be read").must_say("`anthropic/big`");
    run(&world, &server, &["--max-cost", "1.00"]).must_end_with(2).must_say("2.50 USD");
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn the_drafting_of_a_specification_keeps_to_budgets_too() {
    let world = project("");
    let server = saying(1, 21);
    let base = server.url().to_owned();
    let mut arguments = vec!["spec", "new", "a total that is right", "--headless", "--model", "anthropic/big", "--base-url", &base, "--max-tokens", "1000"];
    world.call("ana", &arguments).must_end_with(1).must_say("the budget given for this session is 1000 tokens");
    arguments.extend(["--until-command", "true"]);
    world.call("ana", &arguments).must_end_with(2).must_say("unexpected argument '--until-command'");
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn a_repository_has_no_say_in_what_may_be_spent() {
    let world = project("[budget.session]\ntokens = 5000\n");
    let generous = "[budget.session]\ntokens = 500000000\n";
    for name in ["config.toml", ".countersign/config.toml", "countersign.toml", "prices.toml"] {
        world.write(&format!("project/{name}"), generous);
    }
    let server = saying(1, 21);
    run(&world, &server, &[]).must_end_with(1).must_say("the budget of a session is 5000 tokens");
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn two_sessions_at_once_cannot_both_take_what_is_left_and_a_killed_one_keeps_nothing() {
    let world = project("[budget.day]\nmoney = [\"0.75 USD\"]\n");
    let silent = ModelServer::start(Script::from([Turn::say("never whole").with(Fault::Stall { after: 0 })]));
    let mut first = world.start("ana", &["run", "Please write two.", "--headless", "--model", "anthropic/big", "--base-url", silent.url()]);
    assert!(silent.wait_for_requests(1, Duration::from_secs(60)), "the first request is under way");
    let server = saying(1, 21);
    run(&world, &server, &[]).must_end_with(1).must_say("the budget of the day is 0.75 USD");
    assert_eq!(server.requests().len(), 0);
    first.kill().unwrap();
    first.wait().unwrap();
    run(&world, &server, &[]).must_succeed();
}

#[test]
fn a_subagent_spends_from_what_its_parent_was_given() {
    let world = project("");
    let delegate = Turn::call("delegate", &json!({"task": "Say so."})).costing(tokens(10_000));
    let server = ModelServer::start(Script::from([delegate, Turn::say("So.").costing(tokens(20_000)), Turn::say("It said so.").costing(tokens(21))]));
    let run = run(&world, &server, &["--max-cost", "0.70USD"]);
    run.must_end_with(1).must_say("the budget given for this session is 0.70 USD, 0.60404 USD of it is spent").must_say("spent so far: 2 requests");
    assert_eq!(server.requests().len(), 2, "the parent's next request was never sent");
    let id = session(&world);
    let listed = world.call("ana", &["sessions", "--json"]);
    let main: Value = serde_json::from_str(listed.out.lines().next().unwrap()).unwrap();
    assert_ne!(main["session"], json!(id), "the subagent's session is listed below");
    world.call("ana", &["ledger", "verify"]).must_succeed();
}

#[test]
fn a_subagent_is_not_asked_for_what_its_parent_has_left_no_room_for() {
    for settings in ["[budget.session]\ntokens = 56000\n", "[budget.person_day]\ntokens = 56000\n"] {
        let world = project(settings);
        let delegate = || Turn::call("delegate", &json!({"task": "Say so."})).costing(tokens(45_000));
        let server = ModelServer::start(Script::from([delegate(), Turn::say("So.")]));
        run(&world, &server, &[]).must_end_with(1).must_say("56000 tokens, 46000 of them are spent").must_say("1 │ ");
        assert_eq!(server.requests().len(), 1, "{settings}");
        world.call("ana", &["ledger", "verify"]).must_succeed();
    }
}

#[test]
fn a_fork_spends_from_what_the_other_was_given() {
    let world = project("");
    let write = || Turn::call("write", &json!({"path": "a.txt", "content": "two\n"})).costing(tokens(30_000));
    let server = ModelServer::start(Script::from([write(), Turn::say("Done.").costing(tokens(21))]));
    run(&world, &server, &["--max-cost", "1.30USD"]).must_end_with(1);
    let first = session(&world);
    let forked = world.call("ana", &["fork", &first, "--json"]);
    let fork = ended(&forked)["session"].as_str().unwrap().to_owned();
    let server = saying(1, 21);
    let resume = |id: &str, more: &[&str]| world.call("ana", &[&["resume", id, "--headless", "--model", "anthropic/big", "--base-url", server.url()], more].concat());
    resume(&fork, &["--max-cost", "0.65USD"]).must_end_with(1).must_say("0.65 USD, 0.60446 USD of it is spent");
    assert_eq!(server.requests().len(), 0, "it does not begin with nothing spent");
    resume(&fork, &["--max-cost", "1.30USD"]).must_end_with(1).must_say("held as");
    resume(&first, &["--max-cost", "0.61USD"]).must_end_with(1).must_say("0.6069 USD of it is spent");
}

#[test]
fn a_teams_budget_is_its_peoples_together() {
    for (scope, ends) in [("team", false), ("team_day", true)] {
        let mut world = project(&format!("[budget.{scope}]\ntokens = 42000\n[teams]\nshop = [\"ana\", \"ben\"]\nbilling = [\"olga\"]\n"));
        for person in ["ben", "olga"] {
            world.enrol(person, &["engineer"]);
        }
        run(&world, &saying(1, 30_000), &[]).must_succeed();
        let server = saying(3, 21);
        run_as(&world, "ben", &server, PROTOCOLS[0], &[]).must_end_with(1).must_say("42000 tokens, 31000 of them are spent").must_say(&format!("[budget.{scope}]"));
        assert_eq!(server.requests().len(), 0, "{scope}");
        run_as(&world, "olga", &server, PROTOCOLS[0], &[]).must_succeed();
        world.clock_off_by(86_400);
        run_as(&world, "ben", &server, PROTOCOLS[0], &[]).must_end_with(if ends { 0 } else { 1 });
        let sums: Vec<String> = usage(&world, &["--by", "team"]).iter().map(|line| format!("{} {}", line["team"].as_str().unwrap(), line["sum"]["requests"])).collect();
        assert_eq!(sums, ["billing 1".to_owned(), format!("shop {}", if ends { 2 } else { 1 })]);
    }
}

#[test]
fn teams_that_cannot_be_meant_let_nothing_be_asked() {
    let server = saying(2, 21);
    for (teams, said) in [
        ("[teams]\nshop = [\"ana\", \"nobody\"]\n", "`nobody` in the team `shop` of config.toml is not enrolled"),
        ("[teams]\nshop = [\"ana\"]\nempty = []\n", "nobody is in the team `empty`"),
        ("", "is for people in teams, and `ana` is in none"),
    ] {
        let world = project(&format!("[budget.team]\ntokens = 1000000\n{teams}"));
        run(&world, &server, &[]).must_end_with(1).must_say(said);
    }
    assert_eq!(server.requests().len(), 0);
    let world = project("[teams]\nshop = [\"ana\", \"nobody\"]\n");
    run(&world, &server, &[]).must_succeed(); // no budget speaks of them
    world.call("ana", &["usage", "--by", "team"]).must_end_with(1).must_say("`nobody`");
}
