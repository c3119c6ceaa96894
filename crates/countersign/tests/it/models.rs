//! The three protocols through the real program, against a scripted server on loopback.

use std::path::Path;

use serde_json::{Value, json};
use testkit::model_server::{Fault, ModelServer, Request, Script, Tokens, Turn};
use testkit::{Called, World};

use super::world;

const KEY: &str = "sk-dummy-7f3a9c1e5b2d4806-not-a-real-key";

/// A provider's word, the path of its base URL, and the variable of its key.
const PROTOCOLS: [(&str, &str, &str); 3] =
    [("anthropic/x", "", "ANTHROPIC_API_KEY"), ("openai/x", "/v1", "OPENAI_API_KEY"), ("chat/x", "/v1", "COUNTERSIGN_MODEL_KEY")];

fn project() -> World {
    let mut world = world();
    world.project(&[("a.txt", "one\n")]);
    for (_, _, variable) in PROTOCOLS {
        world.set(variable, KEY);
    }
    world
}

fn whole_session() -> Script {
    let tokens = Tokens { input: 1000, cached: 600, cache_written: 0, output: 21 };
    Script::from([
        Turn::call("read", &json!({"path": "a.txt"})).and_call("shell", &json!({"command": "echo from-the-box"})).costing(tokens),
        Turn::call("write", &json!({"path": "a.txt", "content": "two\n"})).costing(tokens),
        Turn::say("I wrote two.").costing(tokens),
    ])
}

fn run(world: &World, server: &ModelServer, (choice, path, _): (&str, &str, &str)) -> Called {
    let base = format!("{}{path}", server.url());
    world.call("ana", &["run", "Please write two.", "--headless", "--model", choice, "--base-url", &base])
}

/// The ledger's `replied` events.
fn replies(world: &World) -> Vec<Value> {
    let shown = world.call("ana", &["ledger", "show", "--json"]);
    let entries = shown.must_succeed().out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["entry"]["event"].clone());
    entries.filter(|event| event["is"] == "replied").collect()
}

#[test]
fn a_whole_session_in_each_protocol_on_one_connection() {
    for protocol in PROTOCOLS {
        let world = project();
        let server = ModelServer::start(whole_session());
        run(&world, &server, protocol).must_end_with(1).must_say("I wrote two.");
        let asked = server.requests();
        assert_eq!((asked.len(), server.connections()), (3, 1), "{protocol:?}");
        let second = String::from_utf8_lossy(&asked[1].bytes).into_owned();
        assert!(second.contains("from-the-box") && second.contains("one"), "both results of the round: {second}");
        world.call("ana", &["sign", &world.held("land")]).must_succeed();
        assert_eq!(world.read("project/a.txt"), "two\n");
    }
}

#[test]
fn what_it_cost_is_on_the_ledger() {
    for protocol in PROTOCOLS {
        let world = project();
        run(&world, &ModelServer::start(whole_session()), protocol).must_end_with(1);
        let replies = replies(&world);
        assert_eq!(replies.len(), 3, "{protocol:?}");
        for reply in replies {
            let count = |name: &str| reply[name].as_u64().unwrap();
            assert_eq!((count("input"), count("cached"), count("output")), (400, 600, 21), "{protocol:?}");
        }
    }
}

#[test]
fn the_key_goes_to_its_server_and_into_no_file() {
    for protocol in PROTOCOLS {
        let world = project();
        let server = ModelServer::start(Script::from([Turn::call("shell", &json!({"command": "env; cat /proc/self/environ /proc/1/environ"})), Turn::say("Done.")]));
        run(&world, &server, protocol).must_succeed();
        let asked = server.requests();
        assert!(asked.iter().all(sends_the_key), "{protocol:?}");
        assert!(!String::from_utf8_lossy(&asked[1].bytes).contains(KEY), "it is not in the box");
        assert_eq!(files_with(&world.path(""), KEY), Vec::<String>::new());
    }
}

fn sends_the_key(request: &Request) -> bool {
    request.header("x-api-key") == Some(KEY) || request.header("authorization") == Some(&format!("Bearer {KEY}"))
}

fn files_with(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let kind = std::fs::symlink_metadata(&path).unwrap();
        if kind.is_dir() {
            found.extend(files_with(&path, text));
        } else if kind.is_file() && std::fs::read(&path).unwrap().windows(text.len()).any(|bytes| bytes == text.as_bytes()) {
            found.push(path.display().to_string());
        }
    }
    found
}

#[test]
fn the_first_request_is_small() {
    for protocol in PROTOCOLS {
        let world = project();
        let server = ModelServer::start(Script::from([Turn::say("Hello.")]));
        run(&world, &server, protocol).must_succeed();
        let size = server.requests()[0].bytes.len();
        assert!(size < 8 * 1024, "{protocol:?}: {size} bytes");
    }
}

#[test]
fn a_server_that_says_wait_is_asked_again() {
    let wait = Fault::Status { code: 429, headers: vec![("retry-after".into(), "0".into())], message: "slow down".into() };
    for protocol in PROTOCOLS {
        let world = project();
        let server = ModelServer::start(Script::from([Turn::fault(wait.clone()), Turn::say("Now I can.")]));
        run(&world, &server, protocol).must_succeed().must_say("Now I can.");
        assert_eq!(server.requests().len(), 2, "{protocol:?}");
        assert_eq!(replies(&world).len(), 1);
    }
}

#[test]
fn a_wrong_key_is_trouble_outside_and_is_not_repeated() {
    for protocol in PROTOCOLS {
        let world = project();
        let server = ModelServer::start(Script::from([Turn::status(401, "no such key")]));
        run(&world, &server, protocol).must_end_with(3).must_say("no such key").must_not_say(KEY);
        assert_eq!(server.requests().len(), 1, "{protocol:?}");
    }
}

#[test]
fn arguments_that_are_no_json_and_unknown_tools_go_back_to_the_model() {
    for protocol in PROTOCOLS {
        let world = project();
        let broken = Turn::default().and_raw_call("write", "{\"path\": \"a.t").and_call("teleport", &json!({"to": "moon"}));
        let server = ModelServer::start(Script::from([broken, Turn::say("I see.")]));
        run(&world, &server, protocol).must_succeed();
        let asked = server.requests();
        assert_eq!(asked.len(), 2, "{protocol:?}");
        assert!(String::from_utf8_lossy(&asked[1].bytes).contains("teleport"));
        assert_eq!(world.read("project/a.txt"), "one\n");
    }
}

#[test]
fn a_reply_that_is_cut_off_runs_nothing_and_the_session_can_go_on() {
    for protocol in PROTOCOLS {
        let world = project();
        let once = Turn::call("shell", &json!({"command": "echo x >> runs.txt; wc -l < runs.txt"}));
        let cut = || once.clone().with(Fault::Cut { after: 3 });
        let server = ModelServer::start(Script::from([cut(), cut(), cut(), once.clone(), Turn::say("Done.")]));
        run(&world, &server, protocol).must_end_with(3).must_say("cut off");
        let id = world.call("ana", &["sessions"]).out.split_whitespace().next().unwrap().to_owned();
        let base = format!("{}{}", server.url(), protocol.1);
        world.call("ana", &["resume", &id, "Go on.", "--headless", "--model", protocol.0, "--base-url", &base]).must_end_with(1);
        world.call("ana", &["sign", &world.held("land")]).must_succeed();
        assert_eq!(world.read("project/runs.txt"), "x\n", "{protocol:?}");
    }
}

#[test]
fn without_a_model_the_three_ways_are_named() {
    let mut world = world();
    world.project(&[]);
    world.set("PATH", "/usr/bin:/bin");
    let run = world.call("ana", &["run", "--headless", "Please."]);
    run.must_end_with(3).must_say("ANTHROPIC_API_KEY").must_say("local server").must_say("recorded:FILE");
    world.call("ana", &["sessions"]).must_succeed().must_say("no session yet");
    world.call("ana", &["run", "--headless", "--model", "nobody/x", "Please."]).must_end_with(2).must_say("provider/name");
    world.call("ana", &["run", "--headless", "--model", "anthropic/x", "Please."]).must_end_with(3).must_say("ANTHROPIC_API_KEY");
}

#[test]
fn near_the_limit_the_older_part_is_summarized_and_a_rewind_behind_it_still_makes_sense() {
    let world = project();
    let tokens = Tokens { input: 900, ..Tokens::default() };
    let round = |n: u32| Turn::call("shell", &json!({"command": format!("echo round-$(({n} + 100)) | tee file-{n}")})).costing(tokens);
    let turns = [round(1), round(2), round(3), round(4), Turn::say("SUMMARY OF IT"), Turn::say("Done.")];
    let server = ModelServer::start(Script::from(turns));
    let base = format!("{}/v1", server.url());
    let run = world.call("ana", &["run", "Please count.", "--headless", "--model", "chat/x", "--base-url", &base, "--context-limit", "1000"]);
    run.must_end_with(1);
    let asked = server.requests();
    assert_eq!(asked.len(), 6);
    let summarized = asked[4].body["messages"].to_string();
    assert!(summarized.contains("Summarize our work") && summarized.contains("round-101") && !summarized.contains("round-104"), "{summarized}");
    let last = asked[5].body["messages"].to_string();
    assert!(last.contains("Please count.") && last.contains("SUMMARY OF IT") && last.contains("round-104") && !last.contains("round-101"), "{last}");
    drop(server);

    let id = world.call("ana", &["sessions"]).out.split_whitespace().next().unwrap().to_owned();
    world.call("ana", &["rewind", &id, "--to", "2"]).must_succeed();
    let server = ModelServer::start(Script::from([Turn::say("Yes.")]));
    let base = format!("{}/v1", server.url());
    world.call("ana", &["resume", &id, "Go on.", "--headless", "--model", "chat/x", "--base-url", &base]).must_end_with(1).must_say("file-3");
    let messages = server.requests()[0].body["messages"].as_array().unwrap().clone();
    let text = Value::from(messages.clone()).to_string();
    assert!(text.contains("round-103") && !text.contains("round-104") && text.contains("after step 2"), "{text}");
    let calls = messages.iter().filter_map(|m| m["tool_calls"].as_array()).flatten().count();
    assert_eq!(calls, messages.iter().filter(|m| m["role"] == "tool").count(), "every call has its result");
}
