//! What goes over the wire, against the vendors' own published types and clients.
//!
//! `COUNTERSIGN_TEST_PYTHON` names a Python that has the packages `openai`, `anthropic` and `pydantic`. Two things are
//! checked: every request that this crate makes fits the types of the vendors' packages with no field too many, and the
//! scripted server is understood by the vendors' own clients, so that what is tested against it is worth something.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "tests fail by panicking"
)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::AtomicBool;

use model::{Attachment, Message, Part, Request, Settings, ToolShape, find};
use serde_json::{Value, json};
use testkit::model_server::{ModelServer, Script, Stop, Tokens, Turn};

/// One pixel.
const DOT: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\xdac\xf8\xff\xff?\0\x05\xfe\x02\xfe\xa7\x35\x81\x84\0\0\0\0IEND\xaeB`\x82";

/// A document of one page.
const PAGE: &[u8] = b"%PDF-1.4\n1 0 obj <</Type/Page>> endobj\n%%EOF\n";

fn python() -> PathBuf {
    std::env::var_os("COUNTERSIGN_TEST_PYTHON")
        .map(PathBuf::from)
        .expect("COUNTERSIGN_TEST_PYTHON names a Python with the packages openai, anthropic and pydantic")
}

/// Runs the script and checks that it says the word.
fn run(arguments: &[&str], word: &str) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/conformance.py");
    let output = Command::new(python()).arg(script).args(arguments).env_remove("HTTP_PROXY").output().unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{text}");
    assert_eq!(text.trim(), word);
}

fn run_on(mode: &str, requests: &[(&str, Value)], word: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("requests.json");
    std::fs::write(&file, json!(requests).to_string()).unwrap();
    run(&[mode, file.to_str().unwrap()], word);
}

fn turns() -> Script {
    let tokens = Tokens { input: 1000, cached: 700, cache_written: 200, output: 50 };
    let both = Turn::say("Both \"at\" once é𝄞.\n")
        .thinking("I think about it for more than one piece of text, so that it is cut.")
        .and_call("read", &json!({"path": "a"}))
        .and_call("read", &json!({"path": "b", "deep": {"list": [1, "x", null, true]}}))
        .costing(tokens);
    let broken = Turn::call("read", &json!({})).and_raw_call("read", "{\"path\": ");
    Script::from([both, broken, Turn::say("half").ending(Stop::MaxOutput), Turn::say("done")])
}

fn tools() -> Vec<ToolShape> {
    let parameters = json!({
        "type": "object", "additionalProperties": false, "required": ["path"],
        "properties": {"path": {"type": "string"}, "lines": {"type": "array", "items": {"type": "integer"}}},
    });
    let tool = |name: &str| ToolShape { name: name.into(), description: "Reads.".into(), parameters: parameters.clone() };
    vec![tool("read"), tool("list")]
}

/// Plays a session through all turns and gives the bodies of its requests.
fn session(choice: &str) -> Vec<Value> {
    let server = ModelServer::start(turns());
    let settings =
        Settings { choice: Some(choice.into()), base_url: Some(server.url().into()), ..Settings::default() };
    let mut model = find(&settings).unwrap();
    let mut messages = vec![Message::user("read both")];
    for _ in 0..4 {
        let request = Request { system: "be brief".into(), messages: messages.clone(), tools: tools(), max_output: 1000 };
        let reply = model.ask(&request, &mut |_| {}, &AtomicBool::new(false)).unwrap();
        let mut answers: Vec<Part> = reply
            .message
            .calls()
            .zip([false, true])
            .map(|((id, _, _), is_error)| Part::Result { call: id.into(), content: "ok".into(), is_error })
            .collect();
        answers.push(Part::Text { text: "go on".into() });
        answers.extend([("dot.png", DOT), ("plan.pdf", PAGE)].map(|(name, bytes)| Part::Attached { file: Attachment::read(name, bytes).unwrap() }));
        messages.extend([reply.message, Message::results(answers)]);
    }
    let bare = Request { messages: vec![Message::user("x")], max_output: 1, ..Request::default() };
    model.ask(&bare, &mut |_| {}, &AtomicBool::new(false)).unwrap_err();
    server.requests().into_iter().map(|request| request.body).collect()
}

#[test]
fn every_request_fits_the_types_of_the_vendors() {
    let mut requests = Vec::new();
    for (kind, choice) in [
        ("anthropic", "anthropic/claude-opus-5-5"),
        ("anthropic", "anthropic/claude-haiku-4-5"),
        ("responses", "openai/gpt-6.1-sol"),
        ("responses", "openai/gpt-4.1"),
        ("chat", "openai-chat/gpt-4.1"),
        ("chat", "chat/local"),
    ] {
        requests.extend(session(choice).into_iter().map(|body| (kind, body)));
    }
    assert_eq!(requests.len(), 30);
    run_on("fit", &requests, "all fit");
}

#[test]
fn a_request_that_does_not_fit_is_found() {
    let whole = |choice: &str| session(choice).remove(1);
    let (anthropic, responses, chat) =
        (whole("anthropic/claude-opus-5-5"), whole("openai/gpt-6.1-sol"), whole("openai-chat/gpt-4.1"));
    let surplus = json!({"type": "tool_result", "tool_use_id": "x", "surplus": 1});
    let spoilt: Vec<(&str, Value)> = [
        ("anthropic", &anthropic, "/max_tokens", json!("many")),
        ("anthropic", &anthropic, "/messages/1/content/0/signature", json!(7)),
        ("anthropic", &anthropic, "/messages/2/content/0", surplus),
        ("anthropic", &anthropic, "/tools/0/input_schemes", json!({})),
        ("responses", &responses, "/input/1/summary", Value::Null),
        ("responses", &responses, "/input/2/surplus", json!(1)),
        ("responses", &responses, "/include/0", json!("nothing")),
        ("chat", &chat, "/messages/2/tool_calls/0/function", json!({"name": "x"})),
        ("chat", &chat, "/messages/3/tool_call_id", Value::Null),
        ("chat", &chat, "/surplus", json!(true)),
    ]
    .into_iter()
    .map(|(kind, request, pointer, value)| (kind, spoil(request.clone(), pointer, value)))
    .collect();
    run_on("misfit", &spoilt, "none fits");
}

/// Puts a value where it does not belong.
fn spoil(mut request: Value, pointer: &str, value: Value) -> Value {
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    match request.pointer_mut(parent).unwrap() {
        Value::Array(items) => items[field.parse::<usize>().unwrap()] = value,
        other => other[field] = value,
    }
    request
}

#[test]
fn the_scripted_server_is_understood_by_the_vendors_clients() {
    for kind in ["anthropic", "responses", "chat"] {
        for how in ["stream", "whole"] {
            let server = ModelServer::start(turns());
            run(&["client", kind, how, server.url()], "understood");
            assert_eq!(server.requests().len(), 1);
        }
    }
}
