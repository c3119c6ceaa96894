//! The three protocols through the real program, against a scripted server on loopback.

use std::path::Path;
use std::time::Duration;

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
fn an_answer_that_comes_right_after_a_stop_does_not_end_it_well() {
    let world = project();
    let last = Turn { fault: Some(Fault::Held), ..Turn::say("All is done.") };
    let server = ModelServer::start(Script::from([Turn::call("write", &json!({"path": "a.txt", "content": "two\n"})), last]));
    let base = format!("{}/v1", server.url());
    let mut running = world.start("ana", &["run", "Please write two.", "--headless", "--json", "--model", "chat/x", "--base-url", &base]);
    assert!(server.wait_for_requests(2, Duration::from_secs(60)));
    world.call("ana", &["stop", "--all"]).must_succeed();
    server.let_go(); // before the flag that follows the ledger is up
    assert_eq!(running.wait().unwrap().code(), Some(1));
    assert!(world.inbox().is_empty(), "nothing is proposed after a stop: {:?}", world.inbox());
    world.call("ana", &["ledger", "verify"]).must_succeed();
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

/// One pixel.
const DOT: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\xdac\xf8\xff\xff?\0\x05\xfe\x02\xfe\xa7\x35\x81\x84\0\0\0\0IEND\xaeB`\x82";

fn attach(world: &World, server: &ModelServer, (choice, path): (&str, &str), file: &Path) -> Called {
    let base = format!("{}{path}", server.url());
    world.call("ana", &["run", "What is it?", "--attach", file.to_str().unwrap(), "--headless", "--model", choice, "--base-url", &base])
}

#[test]
fn an_attached_image_goes_to_the_model_and_is_evidence_and_goes_on_with_the_session() {
    for protocol in [("anthropic/claude-opus-5-5", ""), ("openai/gpt-6.1-sol", "/v1"), ("openai-chat/gpt-4.1", "/v1")] {
        let world = project();
        let file = world.write("dot.png", DOT);
        let server = ModelServer::start(Script::from([Turn::say("A dot."), Turn::say("Still a dot.")]));
        attach(&world, &server, protocol, &file).must_succeed().must_say("A dot.");
        let sessions = world.call("ana", &["sessions", "--json"]);
        let session: Value = serde_json::from_str(sessions.must_succeed().out.lines().next().unwrap()).unwrap();
        let base = format!("{}{}", server.url(), protocol.1);
        let id = session["session"].as_str().unwrap();
        world.call("ana", &["resume", id, "And now?", "--headless", "--model", protocol.0, "--base-url", &base]).must_succeed();
        let asked = server.requests();
        for request in &asked {
            let body = request.body.to_string();
            assert!(body.contains("iVBORw0KGgo") && body.contains("[attached: the image `dot.png`, 1 × 1 pixels]"), "{protocol:?}");
        }
        assert_eq!(asked.len(), 2);
        let shown = world.call("ana", &["ledger", "show", "--json"]);
        assert_eq!(shown.must_succeed().out.matches("\"images\":[\"sha256:").count(), 1, "{protocol:?}");
        world.call("ana", &["ledger", "verify"]).must_succeed();
    }
}

/// A document of one page.
const PAGE: &[u8] = b"%PDF-1.4\n1 0 obj <</Type/Page>> endobj\n%%EOF\n";

#[test]
fn an_attached_document_goes_to_the_model_and_is_evidence_and_goes_on_with_the_session_and_its_fork() {
    let data = "JVBERi0xLjQKMSAwIG9iaiA8PC9UeXBlL1BhZ2U+PiBlbmRvYmoKJSVFT0YK";
    let url = format!("data:application/pdf;base64,{data}");
    for (protocol, part) in [
        (("anthropic/claude-opus-5-5", ""), json!({"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": data}})),
        (("openai/gpt-6.1-sol", "/v1"), json!({"type": "input_file", "filename": "plan.pdf", "file_data": url})),
        (("openai-chat/gpt-4.1", "/v1"), json!({"type": "file", "file": {"filename": "plan.pdf", "file_data": url}})),
    ] {
        let world = project();
        let file = world.write("plan.pdf", PAGE);
        let write = Turn::call("write", &json!({"path": "said.txt", "content": "a page\n"}));
        let server = ModelServer::start(Script::from([write, Turn::say("A page."), Turn::say("Still a page."), Turn::say("The same.")]));
        attach(&world, &server, protocol, &file).must_end_with(1).must_say("A page.");
        std::fs::remove_file(&file).unwrap();
        let base = format!("{}{}", server.url(), protocol.1);
        let resumed = |id: &str| world.call("ana", &["resume", id, "And now?", "--headless", "--model", protocol.0, "--base-url", &base]);
        let id = world.call("ana", &["sessions"]).out.split_whitespace().next().unwrap().to_owned();
        resumed(&id).must_end_with(1);
        let forked = world.call("ana", &["fork", &id, "--json"]);
        let forked: Value = serde_json::from_str(forked.must_succeed().out.lines().last().unwrap()).unwrap();
        resumed(forked["session"].as_str().unwrap()).must_end_with(1);
        let asked = server.requests();
        for request in &asked {
            assert!(is_somewhere(&request.body, &part), "{protocol:?}: {}", request.body);
            assert!(request.body.to_string().contains("[attached: the PDF document `plan.pdf`, 1 page]"), "{protocol:?}");
        }
        assert_eq!(asked.len(), 4);
        let shown = world.call("ana", &["ledger", "show", "--json"]);
        assert_eq!(shown.must_succeed().out.matches("\"images\":[\"sha256:").count(), 1, "{protocol:?}");
        world.call("ana", &["ledger", "verify"]).must_succeed();
    }
}

/// Whether it is in there, whether or not the vendor's cache is marked at it.
fn is_somewhere(within: &Value, part: &Value) -> bool {
    match within {
        Value::Object(fields) => {
            let unmarked: serde_json::Map<_, _> = fields.iter().filter(|(field, _)| *field != "cache_control").map(|(field, value)| (field.clone(), value.clone())).collect();
            Value::Object(unmarked) == *part || fields.values().any(|inner| is_somewhere(inner, part))
        }
        Value::Array(items) => items.iter().any(|item| is_somewhere(item, part)),
        _ => false,
    }
}

#[test]
fn what_is_attached_to_a_new_specification_goes_with_the_words_for_its_first_document() {
    let world = project();
    let (dot, page) = (world.write("dot.png", DOT), world.write("plan.pdf", PAGE));
    let server = ModelServer::start(Script::from([Turn::say("No document."), Turn::say("Still none."), Turn::say("None.")]));
    let new = |file: &Path| world.call("ana", &["spec", "new", "Totals", "--name", "totals", "--headless", "--attach", dot.to_str().unwrap(), "--attach", file.to_str().unwrap(), "--model", "anthropic/claude-opus-5-5", "--base-url", server.url()]);
    new(Path::new("/nowhere.pdf")).must_end_with(2).must_say("cannot be attached");
    assert!(server.requests().is_empty());
    new(&page).must_end_with(1).must_say("wrote no usable");
    let first = server.requests()[0].body["messages"].clone();
    let kinds: Vec<&str> = first[0]["content"].as_array().unwrap().iter().filter_map(|block| block["type"].as_str()).collect();
    assert_eq!(kinds, ["text", "image", "document"]);
    assert!(first[0]["content"][0]["text"].as_str().unwrap().contains("[attached: the image `dot.png`, 1 × 1 pixels]\n[attached: the PDF document `plan.pdf`, 1 page]"));
    assert_eq!(server.requests()[2].body.to_string().matches("JVBERi0").count(), 1, "it is attached once");
}

#[test]
fn what_a_model_would_not_take_is_refused_before_anything_is_asked() {
    let world = project();
    let server = ModelServer::start(Script::from([]));
    let claude = ("anthropic/claude-opus-5-5", "");
    for (bytes, why) in [
        (&DOT[..40], "it is not whole"),
        (&[DOT, b"PK\x03\x04"].concat(), "something follows its end"),
        (&b"garbage %PDF-1.7".repeat(70_000), "it is no PNG, JPEG, GIF or WebP image, and no PDF document"),
        (&b"%PDF-1.7 garbage".repeat(70_000), "it is not whole"),
        (&b"%PDF-1.7 1 0 obj<</Type/Page>> trailer<</Encrypt 2 0 R>> %%EOF"[..], "it is encrypted"),
        (&[PAGE, &vec![b' '; 20_000_000], b"%%EOF"].concat(), "models take 20000000"),
        (&b"%PDF-1.7 1 0 obj<</Type/Page>>%%EOF".repeat(601), "with 601 pages"),
        (&[DOT, &vec![0; 4_000_000]].concat(), "models take 3750000"),
    ] {
        let file = world.write("dot.png", bytes);
        attach(&world, &server, claude, &file).must_end_with(2).must_say(why);
    }
    attach(&world, &server, claude, Path::new("/nowhere.png")).must_end_with(2).must_say("cannot be attached");
    let file = world.write("dot.png", DOT);
    attach(&world, &server, ("chat/x", "/v1"), &file).must_end_with(2).must_say("nothing is known of `chat/x` taking images");
    let file = world.write("plan.pdf", PAGE);
    attach(&world, &server, ("chat/x", "/v1"), &file).must_end_with(2).must_say("nothing is known of `chat/x` taking PDF documents").must_say("pdftotext FILE - |");
    assert!(server.requests().is_empty());
    world.call("ana", &["sessions"]).must_succeed().must_not_say("What is it?");
}
