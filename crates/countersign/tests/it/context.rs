//! How a conversation is laid out, how full it is, and what stays of it when it is shortened, through the real program.

use serde_json::{Value, json};
use testkit::model_server::{ModelServer, Script, Tokens, Turn};
use testkit::{Called, World};

use super::world;

/// A provider's word, the path of its base URL, the variable of its key, and the name of its messages.
const PROTOCOLS: [(&str, &str, &str, &str); 3] = [
    ("anthropic/x", "", "ANTHROPIC_API_KEY", "messages"),
    ("openai/x", "/v1", "OPENAI_API_KEY", "input"),
    ("chat/x", "/v1", "COUNTERSIGN_MODEL_KEY", "messages"),
];

fn call(world: &World, server: &ModelServer, arguments: &[&str]) -> Called {
    let base = format!("{}/v1", server.url());
    world.call("ana", &[arguments, &["--headless", "--model", "chat/x", "--base-url", &base]].concat())
}

fn costing(turn: Turn, input: u64) -> Turn {
    turn.costing(Tokens { input, ..Tokens::default() })
}

fn shell(command: &str) -> Turn {
    Turn::call("shell", &json!({"command": command}))
}

fn session(world: &World) -> String {
    world.call("ana", &["sessions"]).out.split_whitespace().next().unwrap().to_owned()
}

/// Marks for a vendor's cache move from request to request and are no part of what is said.
fn unmarked(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields.iter().filter(|(name, _)| *name != "cache_control").map(|(name, value)| (name.clone(), unmarked(value))).collect(),
        Value::Array(items) => items.iter().map(unmarked).collect(),
        other => other.clone(),
    }
}

fn marks(value: &Value) -> usize {
    match value {
        Value::Object(fields) => fields.iter().map(|(name, value)| if name == "cache_control" { 1 } else { marks(value) }).sum(),
        Value::Array(items) => items.iter().map(marks).sum(),
        _ => 0,
    }
}

/// What stands before the messages in the order in which a vendor reads it.
fn standing(body: &Value) -> Value {
    json!([body["system"], body["instructions"], body["tools"]])
}

#[test]
fn each_request_begins_as_the_one_before_in_each_protocol() {
    for (choice, path, key, messages) in PROTOCOLS {
        let mut world = world();
        world.set(key, "sk-dummy-not-a-real-key");
        world.project(&[("AGENTS.md", "the-guidance"), ("src/AGENTS.md", "guidance-of-a-folder"), ("src/a.rs", "fn a() {}\n")]);
        world.call("ana", &["memory", "add", "A memory.", "--yes"]).must_succeed();
        let read = || Turn::call("read", &json!({"path": "src/a.rs"}));
        let turns = [read(), shell("echo one"), read().and_call("plan", &json!({"steps": [{"step": "look", "status": "doing"}]})), shell("false"), Turn::say("Done.")];
        let server = ModelServer::start(Script::from(turns));
        let base = format!("{}{path}", server.url());
        world.call("ana", &["run", "Look.", "--headless", "--model", choice, "--base-url", &base]).must_succeed();
        let id = session(&world);
        world.call("ana", &["memory", "add", "Another.", "--yes"]).must_succeed();
        let again = ModelServer::start(Script::from([shell("echo two"), Turn::say("Done.")]));
        let base = format!("{}{path}", again.url());
        world.call("ana", &["resume", &id, "Go on.", "--headless", "--model", choice, "--base-url", &base]).must_succeed();

        let asked: Vec<Value> = server.requests().into_iter().chain(again.requests()).map(|request| request.body).collect();
        assert_eq!(asked.len(), 7, "{choice}");
        for (before, after) in asked.iter().zip(&asked[1..]) {
            assert_eq!(unmarked(&standing(before)).to_string(), unmarked(&standing(after)).to_string(), "{choice}");
            let (before, after) = (unmarked(&before[messages]), unmarked(&after[messages]));
            let (before, after) = (before.as_array().unwrap(), after.as_array().unwrap());
            assert_eq!(after[..before.len()], before[..], "{choice}: only appended to");
        }
        let last = asked[6][messages].to_string();
        assert!(last.contains("guidance-of-a-folder") && last.contains("Another."), "{last}");
        if choice.starts_with("anthropic") {
            for body in &asked {
                assert!((1..=4).contains(&marks(body)), "the API takes four marks at most");
                assert!(marks(&body["system"]) == 1 && marks(body["tools"].as_array().unwrap().last().unwrap()) == 1, "{body}");
            }
        }
    }
}

#[test]
fn what_was_asked_planned_held_and_refused_outlives_every_shortening_word_for_word() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    world.call("ana", &["memory", "add", "A memory.", "--yes"]).must_succeed();
    let tokens = 850;
    let round = |n: u32| costing(shell(&format!("echo round-{n}")), tokens);
    let plan = Turn::call("plan", &json!({"steps": [{"step": "count the stars", "status": "doing"}]}));
    let remember = || Turn::call("remember", &json!({"text": "Stars are many."}));
    let first = [remember(), remember(), plan, Turn::call("read", &json!({"path": "/etc/shadow"})), Turn::say("So far.")];
    let server = ModelServer::start(Script::from(first));
    call(&world, &server, &["run", "The first words.\nOn two lines."]).must_end_with(1);
    let id = session(&world);
    let held = world.held("remember");

    let mut turns: Vec<Turn> = (1..=3).map(round).collect();
    turns.extend([Turn::say("SUMMARY ONE"), round(4), Turn::say("SUMMARY TWO"), Turn::say("Done.")]);
    let server = ModelServer::start(Script::from(turns));
    let run = call(&world, &server, &["resume", &id, "The second words.", "--context-limit", "1000", "--json"]);
    run.must_end_with(0);
    let events: Vec<Value> = run.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let named = |name: &str| events.iter().filter(|event| event["event"] == name).count();
    assert!(named("compacted") >= 1 && named("context-full") == named("compacted") && named("context") >= 4, "{}", run.out);
    let last = events.last().unwrap();
    assert_eq!((last["event"].as_str(), last["context"]["limit"].as_u64()), (Some("ended"), Some(1000)), "{last}");

    let messages = server.requests().last().unwrap().body["messages"].clone();
    let (first, all) = (messages[1].to_string(), messages.to_string());
    for once in ["The first words.\\\\nOn two lines.", "[doing] count the stars", &format!("{held}: remember a text in this project; needs one signature"), "refused: exactly this is remembered already, or waits", "/etc/shadow; needs", "A memory."] {
        let once = once.replace("\\\\n", "\\n");
        assert_eq!(first.matches(once.as_str()).count(), 1, "{once} in {first}");
    }
    assert_eq!(all.matches("The second words.").count(), 1, "{all}");
    assert!(all.contains("SUMMARY") && !all.contains("SUMMARY ONE") | !all.contains("SUMMARY TWO"), "one summary at a time: {all}");

    let shown = world.call("ana", &["sessions", &id]);
    shown.must_succeed().must_say("of 1000 tokens").must_say("On two lines.").must_say("The second words.").must_say(&held).must_say("left out");
    let value: Value = serde_json::from_str(&world.call("ana", &["sessions", &id, "--json"]).out).unwrap();
    let count = |name: &str| value[name].as_array().unwrap().len();
    assert_eq!(["asked", "plan", "held", "decided", "refused"].map(count), [2, 1, 2, 0, 1], "{value}");
    assert!(value["context"]["parts"]["memory"].as_u64().is_some() && value["context"]["tokens"].as_u64() > Some(0), "{value}");
}

#[test]
fn a_person_is_told_once_that_the_context_fills_up() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    let turns = [costing(shell("true"), 400), costing(shell("true"), 620), costing(shell("true"), 700), costing(Turn::say("Done."), 710)];
    let server = ModelServer::start(Script::from(turns));
    let run = call(&world, &server, &["run", "Go.", "--context-limit", "1000"]);
    run.must_succeed().must_say("context: 720 of 1000 tokens (72 %): instructions and tools ");
    assert_eq!(run.out.matches("the context fills up: 630 of 1000 tokens (63 %)").count(), 1, "{}", run.out);
    assert_eq!(run.out.matches("fills up").count(), 1, "{}", run.out);
}

#[test]
fn a_summary_that_fails_leaves_the_conversation_and_one_that_is_empty_leaves_what_is_carried_over() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    let round = |n: u32| costing(shell(&format!("echo round-$(({n} + 100))")), 900);
    let turns = [round(1), round(2), round(3), round(4), Turn::status(400, "not today"), round(5), Turn::say(""), Turn::say("Done.")];
    let server = ModelServer::start(Script::from(turns));
    let run = call(&world, &server, &["run", "Please count.", "--context-limit", "1000"]);
    run.must_succeed().must_say("the conversation stays as it is").must_say("were left out without a summary");
    let asked = server.requests();
    let after = |n: usize| asked[n].body["messages"].to_string();
    assert!(after(5).contains("round-101") && after(5).contains("round-104"), "nothing was lost: {}", after(5));
    assert!(after(7).contains("Please count.") && after(7).contains("There is none of the older messages") && after(7).contains("round-105") && !after(7).contains("round-101"), "{}", after(7));
    world.call("ana", &["ledger", "verify"]).must_succeed();
}

#[test]
fn a_summary_is_asked_for_with_what_the_vendor_has_cached() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    let round = |n: u32| costing(shell(&format!("echo {n}")), 900);
    let server = ModelServer::start(Script::from([round(1), round(2), round(3), round(4), Turn::say("So far."), Turn::say("Done.")]));
    call(&world, &server, &["run", "Please count.", "--context-limit", "1000"]).must_succeed();
    let asked = server.requests();
    let (before, summary) = (&asked[3].body, &asked[4].body);
    assert_eq!(standing(before).to_string(), standing(summary).to_string());
    let (before, summary) = (before["messages"].as_array().unwrap(), summary["messages"].as_array().unwrap());
    let (question, same) = summary.split_last().unwrap();
    assert_eq!(before[..same.len()], same[..]);
    assert!(question.to_string().contains("Summarize our work so far"), "{question}");
}

#[test]
fn a_person_shortens_a_conversation_by_hand() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    let rounds: Vec<Turn> = (1..=5).map(|n| shell(&format!("echo round-$(({n} + 100))"))).chain([Turn::say("Done.")]).collect();
    let server = ModelServer::start(Script::from(rounds));
    call(&world, &server, &["run", "Please count."]).must_succeed();
    let id = session(&world);

    let failing = ModelServer::start(Script::from([Turn::status(400, "not today")]));
    let file = format!("service/sessions/{id}/conversation.jsonl");
    let before = world.read(&file);
    call(&world, &failing, &["resume", &id, "--compact"]).must_end_with(3).must_say("not today");
    assert_eq!(world.read(&file), before, "nothing was lost");

    let server = ModelServer::start(Script::from([Turn::say("SUMMARY BY HAND")]));
    call(&world, &server, &["resume", &id, "--compact"]).must_succeed().must_say("older messages were summarized");
    assert_eq!(server.requests().len(), 1, "and nothing else is asked");
    let server = ModelServer::start(Script::from([Turn::say("Yes.")]));
    call(&world, &server, &["resume", &id, "--compact", "Go on."]).must_succeed();
    let asked = server.requests();
    let last = asked.last().unwrap().body["messages"].to_string();
    assert!(last.contains("Please count.") && last.contains("SUMMARY BY HAND") && last.contains("Go on.") && !last.contains("round-101"), "{last}");

    let short = ModelServer::start(Script::from([Turn::say("Yes.")]));
    call(&world, &short, &["run", "Short."]).must_succeed();
    let sessions = world.call("ana", &["sessions", "--json"]);
    let newest: Value = serde_json::from_str(sessions.out.lines().last().unwrap()).unwrap();
    call(&world, &short, &["resume", newest["session"].as_str().unwrap(), "--compact"]).must_succeed().must_say("too short for that");
}
