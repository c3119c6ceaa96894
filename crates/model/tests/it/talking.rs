//! What is said and what comes back.

use super::*;
use model::{Attachment, Medium, Role, StopReason, Usage};
use testkit::model_server::{Script, Stop, Tokens, Turn};

const LONG: &str = "A text long enough to come in several pieces, with \"quotes\", a \\ and é€𝄞\nin it.";

fn thinking_turn() -> Turn {
    Turn::say(LONG)
        .thinking("Two files, so both at once; that takes more than one piece to think.")
        .and_call("read", &json!({"path": "a \"b\""}))
        .and_call("read", &json!({"path": "c/d"}))
        .costing(Tokens { input: 1000, cached: 700, cache_written: 200, output: 50 })
}

#[test]
fn a_reply_comes_whole_and_live() {
    for who in ALL {
        let server = ModelServer::start([thinking_turn()].into());
        let (mut model, _) = open(&server, who);
        let (reply, live) = ask_once(&mut *model).unwrap();
        assert_eq!(reply.stop, StopReason::Calls, "{who:?}");
        assert_eq!(reply.message.role, Role::Assistant);
        assert_eq!(reply.message.text(), LONG);
        assert_eq!(shown(&live, false), LONG, "{who:?}");
        assert!(shown(&live, true).starts_with("Two files"), "{who:?}: {live:?}");
        let calls: Vec<_> = reply.message.calls().map(|(_, name, arguments)| (name, arguments)).collect();
        assert_eq!(calls, [("read", r#"{"path":"a \"b\""}"#), ("read", r#"{"path":"c/d"}"#)]);
        let ids: Vec<_> = reply.message.calls().map(|(id, _, _)| id).collect();
        assert_ne!(ids[0], ids[1]);
        let started = live.iter().filter(|delta| matches!(delta, Delta::CallStarted { name } if name == "read")).count();
        assert_eq!(started, 2, "{who:?}");
        assert_eq!(reply.usage, Usage { input: 1000, cached: 700, cache_written: 200, output: 50 }, "{who:?}");
    }
}

#[test]
fn the_key_goes_where_the_vendor_wants_it() {
    for (who, header, value) in [
        (ALL[0], "x-api-key", KEY.to_owned()),
        (ALL[1], "authorization", format!("Bearer {KEY}")),
        (ALL[2], "authorization", format!("Bearer {KEY}")),
    ] {
        let server = ModelServer::start([Turn::say("x")].into());
        ask_once(&mut *open(&server, who).0).unwrap();
        let request = server.requests().remove(0);
        assert_eq!(request.header(header), Some(value.as_str()));
        assert_eq!(request.header("accept-encoding"), Some("identity"));
        assert!(request.header("user-agent").unwrap().starts_with("countersign/"));
        assert!(!request.body.to_string().contains(KEY));
    }
}

/// Two turns, with results in between: what the second request says of the first reply.
fn second_request(who: (&str, &str)) -> (serde_json::Value, Message) {
    let server = ModelServer::start([thinking_turn(), Turn::say("done")].into());
    let (mut model, _) = open(&server, who);
    let (reply, _) = ask_once(&mut *model).unwrap();
    let ids: Vec<String> = reply.message.calls().map(|(id, _, _)| id.to_owned()).collect();
    let answers = Message::results(vec![
        Part::Text { text: "and hurry".into() },
        result(&ids[0], "contents", false),
        result(&ids[1], "no such file", true),
    ]);
    let (last, _) = ask(&mut *model, vec![Message::user("go"), reply.message.clone(), answers]).unwrap();
    assert_eq!((last.message.text().as_str(), last.stop), ("done", StopReason::EndOfTurn));
    (server.requests().remove(1).body, reply.message)
}

#[test]
fn anthropic_gets_its_history_back() {
    let (body, _) = second_request(ALL[0]);
    assert_eq!(body["messages"][1]["role"], "assistant");
    assert_eq!(
        body["messages"][1]["content"],
        json!([
            {"type": "thinking", "thinking": "Two files, so both at once; that takes more than one piece to think.", "signature": "sig+/0=="},
            {"type": "redacted_thinking", "data": "sealed-0"},
            {"type": "text", "text": LONG},
            {"type": "tool_use", "id": "toolu_0_0", "name": "read", "input": {"path": "a \"b\""}},
            {"type": "tool_use", "id": "toolu_0_1", "name": "read", "input": {"path": "c/d"}},
        ])
    );
    let mark = json!({"type": "ephemeral"});
    assert_eq!(
        body["messages"][2]["content"],
        json!([
            {"type": "tool_result", "tool_use_id": "toolu_0_0", "content": "contents"},
            {"type": "tool_result", "tool_use_id": "toolu_0_1", "content": "no such file", "is_error": true},
            {"type": "text", "text": "and hurry", "cache_control": mark},
        ])
    );
    assert_eq!(body["messages"][0]["content"][0]["cache_control"], mark);
    assert_eq!(body["system"], json!([{"type": "text", "text": "be brief", "cache_control": mark}]));
    assert_eq!((&body["tools"][0]["cache_control"], &body["tools"][1]["cache_control"]), (&json!(null), &mark));
    assert_eq!(body["tools"][1]["input_schema"]["required"], json!(["path"]));
    assert_eq!((&body["max_tokens"], &body["stream"]), (&json!(4096), &json!(true)));
    assert_eq!(body["thinking"], json!({"type": "adaptive", "display": "summarized"}));
}

#[test]
fn responses_gets_its_history_back() {
    let (body, _) = second_request(ALL[1]);
    let thought = "Two files, so both at once; that takes more than one piece to think.";
    assert_eq!(
        body["input"],
        json!([
            {"role": "user", "content": "go"},
            {"id": "rs_0", "type": "reasoning", "summary": [{"type": "summary_text", "text": thought}], "encrypted_content": "sealed+/0=="},
            {"role": "assistant", "content": LONG, "phase": "commentary"},
            {"type": "function_call", "call_id": "call_0_0", "name": "read", "arguments": r#"{"path":"a \"b\""}"#},
            {"type": "function_call", "call_id": "call_0_1", "name": "read", "arguments": r#"{"path":"c/d"}"#},
            {"type": "function_call_output", "call_id": "call_0_0", "output": "contents"},
            {"type": "function_call_output", "call_id": "call_0_1", "output": "no such file"},
            {"role": "user", "content": "and hurry"},
        ])
    );
    assert_eq!((&body["store"], &body["stream"], &body["instructions"]), (&json!(false), &json!(true), &json!("be brief")));
    assert_eq!(body["include"], json!(["reasoning.encrypted_content"]));
    assert_eq!((&body["tools"][0]["name"], &body["tools"][0]["strict"]), (&json!("read"), &json!(false)));
}

#[test]
fn chat_gets_its_history_back() {
    let (body, _) = second_request(ALL[2]);
    let call = |id: &str, arguments: &str| json!({"id": id, "type": "function", "function": {"name": "read", "arguments": arguments}});
    assert_eq!(
        body["messages"],
        json!([
            {"role": "system", "content": "be brief"},
            {"role": "user", "content": "go"},
            {
                "role": "assistant", "content": LONG,
                "reasoning_content": "Two files, so both at once; that takes more than one piece to think.",
                "tool_calls": [call("call_0_0", r#"{"path":"a \"b\""}"#), call("call_0_1", r#"{"path":"c/d"}"#)],
            },
            {"role": "tool", "tool_call_id": "call_0_0", "content": "contents"},
            {"role": "tool", "tool_call_id": "call_0_1", "content": "no such file"},
            {"role": "user", "content": "and hurry"},
        ])
    );
    assert_eq!((&body["max_tokens"], &body["stream_options"]), (&json!(4096), &json!({"include_usage": true})));
}

#[test]
fn reasoning_goes_to_no_other_model() {
    for who in ALL {
        let (_, message) = second_request(who);
        assert!(message.parts.iter().any(|part| matches!(part, Part::Reasoning { .. })), "{who:?}");
        for other in ALL.iter().filter(|other| **other != who) {
            let server = ModelServer::start([Turn::say("x")].into());
            let ids: Vec<String> = message.calls().map(|(id, _, _)| id.to_owned()).collect();
            let answers = Message::results(ids.iter().map(|id| result(id, "ok", false)).collect());
            ask(&mut *open(&server, *other).0, vec![Message::user("go"), message.clone(), answers]).unwrap();
            let body = server.requests().remove(0).body.to_string();
            assert!(!body.contains("sealed") && !body.contains("sig+") && !body.contains("Two files"), "{who:?} to {other:?}: {body}");
            assert!(body.contains(&ids[0]), "{body}");
        }
    }
}

#[test]
fn a_reply_that_ends_otherwise_has_no_calls() {
    for (stop, expected) in [(Stop::MaxOutput, StopReason::MaxOutput), (Stop::Refusal, StopReason::Refusal)] {
        for who in ALL {
            let turn = Turn::say("half").and_raw_call("write", r#"{"path": "/et"#).ending(stop);
            let server = ModelServer::start([turn].into());
            let (reply, _) = ask_once(&mut *open(&server, who).0).unwrap();
            assert_eq!((reply.stop, reply.message.calls().count()), (expected.clone(), 0), "{who:?}");
            assert_eq!(reply.message.text(), "half", "{who:?}");
        }
    }
}

#[test]
fn arguments_that_are_no_json_come_as_they_were_and_can_be_sent_back() {
    for who in ALL {
        let turn = Turn::default().and_raw_call("read", r#"{"path": "#);
        let server = ModelServer::start([turn, Turn::say("sorry")].into());
        let (mut model, _) = open(&server, who);
        let (reply, _) = ask_once(&mut *model).unwrap();
        let (id, _, arguments) = reply.message.calls().next().unwrap();
        assert_eq!(arguments, r#"{"path": "#, "{who:?}");
        let answer = Message::results(vec![result(id, "not JSON", true)]);
        ask(&mut *model, vec![Message::user("go"), reply.message.clone(), answer]).unwrap();
        let body = server.requests().remove(1).body.to_string();
        assert!(body.contains("unreadable"), "{who:?}: {body}");
    }
}

#[test]
fn one_connection_serves_a_session_and_requests_only_grow() {
    for who in ALL {
        let turns: Vec<Turn> = (0..20).map(|n| Turn::call("read", &json!({"path": format!("f{n}")}))).collect();
        let server = ModelServer::start(Script::from(turns));
        let (mut model, _) = open(&server, who);
        let mut messages = vec![Message::user("go")];
        for _ in 0..20 {
            let (reply, _) = ask(&mut *model, messages.clone()).unwrap();
            let id = reply.message.calls().next().unwrap().0.to_owned();
            messages.extend([reply.message, Message::results(vec![result(&id, "ok", false)])]);
        }
        assert_eq!(server.connections(), 1, "{who:?}");
        let requests = server.requests();
        assert_eq!(requests.len(), 20);
        for pair in requests.windows(2) {
            assert!(stable_prefix(&pair[0].bytes, &pair[1].bytes), "{who:?}: what was sent before is sent again, byte for byte");
        }
    }
}

/// Whether the second body begins with all of the first but its end and the marks in its last two messages.
fn stable_prefix(first: &[u8], second: &[u8]) -> bool {
    let plain = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap().replace(r#","cache_control":{"type":"ephemeral"}"#, "");
    let (first, second) = (plain(first), plain(second));
    second.starts_with(first.trim_end_matches("]}").trim_end_matches("]}"))
}

#[test]
fn messages_without_anything_to_send_are_left_out() {
    for who in ALL {
        let server = ModelServer::start([Turn::say("x")].into());
        let silent = Message { role: Role::Assistant, parts: Vec::new() };
        let blank = Message { role: Role::Assistant, parts: vec![Part::Text { text: String::new() }] };
        let thought = Part::Reasoning { from: who.0.into(), json: r#"{"type":"thinking","thinking":"t","signature":"s"}"#.into() };
        let only_thought = Message { role: Role::Assistant, parts: vec![thought] };
        let messages = vec![Message::user("one"), silent, blank, only_thought, Message::user("two")];
        ask(&mut *open(&server, who).0, messages).unwrap();
        let body = server.requests().remove(0).body;
        assert!(!body.to_string().contains("assistant"), "{who:?}: {body}");
        assert!(body.to_string().contains("one") && body.to_string().contains("two"));
    }
}

#[test]
fn a_bare_request_has_neither_tools_nor_system() {
    for who in ALL {
        let server = ModelServer::start([Turn::say("x")].into());
        let request = Request { messages: vec![Message::user("go")], max_output: 10, ..Request::default() };
        open(&server, who).0.ask(&request, &mut |_| {}, &AtomicBool::new(false)).unwrap();
        let body = server.requests().remove(0).body;
        for field in ["tools", "system", "instructions", "parallel_tool_calls"] {
            assert!(body.get(field).is_none(), "{who:?}: {body}");
        }
    }
}

/// One pixel.
const DOT: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\xdac\xf8\xff\xff?\0\x05\xfe\x02\xfe\xa7\x35\x81\x84\0\0\0\0IEND\xaeB`\x82";

/// A document of one page.
const PAGE: &[u8] = b"%PDF-1.4\n1 0 obj <</Type/Page>> endobj\n%%EOF\n";

/// A prompt of words and a file: whether the model takes it, and what the request says.
fn with_a_file(who: (&str, &str), name: &str, bytes: &[u8]) -> (bool, serde_json::Value) {
    let server = ModelServer::start([Turn::say("a dot")].into());
    let (mut model, _) = open(&server, who);
    let file = Attachment::read(name, bytes).unwrap();
    let takes = model.takes(file.medium());
    let parts = vec![Part::Text { text: "what is it?".into() }, Part::Attached { file }];
    ask(&mut *model, vec![Message { role: Role::User, parts }]).unwrap();
    (takes, server.requests().remove(0).body)
}

fn with_an_image(who: (&str, &str)) -> (bool, serde_json::Value) {
    with_a_file(who, "dot.png", DOT)
}

#[test]
fn an_image_goes_to_each_vendor_in_its_own_form() {
    let data = Attachment::read("dot.png", DOT).unwrap().data;
    let url = format!("data:image/png;base64,{data}");
    let (takes, body) = with_an_image(ALL[0]);
    let source = json!({"type": "base64", "media_type": "image/png", "data": data});
    let content = json!([{"type": "text", "text": "what is it?"}, {"type": "image", "source": source, "cache_control": {"type": "ephemeral"}}]);
    assert_eq!((takes, &body["messages"][0]["content"]), (true, &content));
    let (takes, body) = with_an_image(ALL[1]);
    let image = json!({"role": "user", "content": [{"type": "input_image", "detail": "high", "image_url": url}]});
    assert_eq!((takes, &body["input"]), (true, &json!([{"role": "user", "content": "what is it?"}, image])));
    let (takes, body) = with_an_image(("openai-chat/gpt-4.1", ALL[1].1));
    let content = json!([{"type": "text", "text": "what is it?"}, {"type": "image_url", "image_url": {"detail": "high", "url": url}}]);
    assert_eq!((takes, &body["messages"][1]["content"]), (true, &content));
}

#[test]
fn a_document_goes_to_each_vendor_in_its_own_form() {
    let data = Attachment::read("a", PAGE).unwrap().data;
    let url = format!("data:application/pdf;base64,{data}");
    let (takes, body) = with_a_file(ALL[0], "a \"plan\".pdf", PAGE);
    let source = json!({"type": "base64", "media_type": "application/pdf", "data": data});
    let content = json!([{"type": "text", "text": "what is it?"}, {"type": "document", "source": source, "cache_control": {"type": "ephemeral"}}]);
    assert_eq!((takes, &body["messages"][0]["content"]), (true, &content));
    let (takes, body) = with_a_file(ALL[1], "a \"plan\".pdf", PAGE);
    let file = json!({"role": "user", "content": [{"type": "input_file", "filename": "a \"plan\".pdf", "file_data": url}]});
    assert_eq!((takes, &body["input"]), (true, &json!([{"role": "user", "content": "what is it?"}, file])));
    let (takes, body) = with_a_file(("openai-chat/gpt-4.1", ALL[1].1), "plan", PAGE);
    let content = json!([{"type": "text", "text": "what is it?"}, {"type": "file", "file": {"filename": "plan.pdf", "file_data": url}}]);
    assert_eq!((takes, &body["messages"][1]["content"]), (true, &content));
}

#[test]
fn a_model_that_takes_images_and_no_documents_is_told_that_there_is_one() {
    let old = ("anthropic/claude-3-haiku-20240307", ALL[0].1);
    let server = ModelServer::start([Turn::say("a dot")].into());
    let (mut model, _) = open(&server, old);
    assert!(model.takes(Medium::Images) && !model.takes(Medium::Pdfs));
    let file = |name: &str, bytes: &[u8]| Part::Attached { file: Attachment::read(name, bytes).unwrap() };
    ask(&mut *model, vec![Message { role: Role::User, parts: vec![file("dot.png", DOT), file("plan.pdf", PAGE)] }]).unwrap();
    let body = server.requests().remove(0).body;
    let note = "[the PDF document `plan.pdf` is here, and is not shown to you: you take no PDF documents]";
    assert_eq!((&body["messages"][0]["content"][0]["type"], &body["messages"][0]["content"][1]["text"]), (&json!("image"), &json!(note)));
    assert!(!body.to_string().contains("JVBERi0"));
}

#[test]
fn a_model_of_which_nothing_is_known_is_told_that_there_is_an_image() {
    let note = "[the image `dot.png` is here, and is not shown to you: you take no images]";
    for (who, pointer, is) in [
        (ALL[2], "/messages/1/content", json!(format!("what is it?\n{note}"))),
        (("anthropic/x", ALL[0].1), "/messages/0/content/1/text", json!(note)),
        (("openai/x", ALL[1].1), "/input/1/content", json!(note)),
    ] {
        let (takes, body) = with_an_image(who);
        assert_eq!((takes, body.pointer(pointer)), (false, Some(&is)), "{who:?}");
        assert!(!body.to_string().contains("base64"), "{who:?}");
    }
}
