//! Whatever goes wrong, nothing partial comes out, and the message says what it was.

use super::*;
use model::Fault as Whose;
use testkit::model_server::{Fault, Turn};

/// Asks once and gives the error; every fault here is final at the first try.
fn fails(who: (&str, &str), turn: Turn) -> ModelError {
    let server = ModelServer::start([turn].into());
    let (mut model, waits) = open(&server, who);
    let error = ask_once(&mut *model).unwrap_err();
    assert_eq!(waits.lock().unwrap().len(), 0, "{who:?}: {error}");
    assert_eq!(server.requests().len(), 1);
    assert!(!format!("{error} {error:?}").contains(KEY), "{error:?}");
    error
}

fn speaking() -> Turn {
    Turn::say("I will now do it").and_call("write", &json!({"path": "x"}))
}

#[test]
fn a_stream_that_is_cut_after_something_was_shown_is_no_reply() {
    // From the first event that is shown to the last one before the end of the stream.
    for (who, events) in [(ALL[0], 4..=9), (ALL[1], 5..=11), (ALL[2], 2..=6)] {
        for after in events {
            let cut = || speaking().with(Fault::Cut { after });
            let server = ModelServer::start([cut(), cut(), cut(), speaking()].into());
            let (mut model, waits) = open(&server, who);
            let error = ask_once(&mut *model).unwrap_err();
            assert_eq!((waits.lock().unwrap().len(), server.requests().len()), (2, 3), "{who:?}: asked again twice, and no more");
            assert_eq!((error.code(), error.fault()), ("model-cut", Whose::Outside), "{who:?} after {after}: {error}");
            assert!(error.to_string().contains("cut off") && error.hint().contains("ask again"), "{error}");
        }
    }
}

#[test]
fn a_reply_that_comes_whole_the_second_time_is_the_reply() {
    for who in ALL {
        let server = ModelServer::start([speaking().with(Fault::Cut { after: 5 }), Turn::say("all of it")].into());
        let (mut model, _) = open(&server, who);
        let (reply, live) = ask_once(&mut *model).unwrap();
        assert_eq!(reply.message.text(), "all of it", "{who:?}");
        let told = live.iter().any(|delta| matches!(delta, Delta::Waiting { why, .. } if why.contains("does not count")));
        assert!(told, "{live:?}");
    }
}

#[test]
fn an_event_that_is_no_json_is_an_error() {
    for who in ALL {
        let raw = Fault::Raw { after: 4, text: "data: {\"type\": oops\n\n".into() };
        let error = fails(who, speaking().with(raw));
        assert_eq!(error.code(), "model-garbled", "{who:?}: {error}");
        assert!(error.to_string().contains("oops"), "{error}");
    }
}

#[test]
fn an_event_beyond_all_measure_is_an_error() {
    for who in ALL {
        let raw = Fault::Raw { after: 2, text: format!("data: {}", "x".repeat(9 * 1024 * 1024)) };
        let error = fails(who, speaking().with(raw));
        assert_eq!(error.code(), "model-too-big", "{who:?}: {error}");
    }
}

#[test]
fn comments_and_unknown_events_are_no_faults() {
    for who in ALL {
        let text = ": keep-alive\n\nevent: brand_new\ndata: {\"type\":\"brand_new\",\"choices\":[]}\n\n".to_owned();
        let server = ModelServer::start([speaking().with(Fault::Raw { after: 3, text })].into());
        let (reply, _) = ask_once(&mut *open(&server, who).0).unwrap();
        assert_eq!(reply.message.calls().count(), 1, "{who:?}");
    }
}

#[test]
fn an_answer_that_is_no_stream_is_an_error() {
    for who in ALL {
        let body = Fault::Body { mime: "text/html".into(), body: b"<html>login</html>".to_vec() };
        let error = fails(who, Turn::fault(body));
        assert!(error.to_string().contains("`text/html` instead of a stream"), "{error}");
        assert!(error.hint().contains("base URL"));
    }
}

#[test]
fn each_refusal_says_whose_fault_it_is() {
    for (status, said, code, whose) in [
        (401, "invalid x-api-key sk-test-0123456789abcdef", "model-key-refused", Whose::User),
        (402, "credit balance is too low", "model-key-refused", Whose::User),
        (403, "not allowed", "model-key-refused", Whose::User),
        (404, "model: nope", "model-unknown", Whose::User),
        (400, "messages: field required", "model-rejected", Whose::Ours),
        (422, "bad", "model-rejected", Whose::Ours),
        (302, "moved", "model-rejected", Whose::Ours),
        (400, "prompt is too long: 250000 tokens > 200000 maximum", "model-too-long", Whose::Ours),
        (413, "request too large", "model-too-long", Whose::Ours),
        (429, "You exceeded your current quota, please check your plan", "model-busy", Whose::Outside),
    ] {
        for who in ALL {
            let error = fails(who, Turn::status(status, said));
            assert_eq!((error.code(), error.fault()), (code, whose), "{who:?}: {error}");
            let quoted = said.replace(KEY, "[key]");
            assert!(error.to_string().contains(&quoted) && error.to_string().contains(who.0), "{error}");
        }
    }
}

#[test]
fn an_error_body_of_any_shape_is_quoted_short() {
    for (mime, body, expected) in [
        ("application/json", r#"{"error": "plain words"}"#.to_owned(), "plain words"),
        ("application/json", r#"{"detail": "as FastAPI says it"}"#.to_owned(), "as FastAPI says it"),
        ("application/json", r#"{"message": "at the top"}"#.to_owned(), "at the top"),
        ("text/html", "<h1>502</h1>\u{1b}[31m".to_owned(), "<h1>502</h1> [31m"),
        ("text/plain", "x".repeat(200_000), "xxx…"),
    ] {
        let server = raw_server(400, mime, &body);
        let settings =
            Settings { choice: Some("chat/x".into()), base_url: Some(server), ..Settings::default() };
        let error = ask_once(&mut *find_with(&settings, Box::new(|_, _| {})).unwrap()).unwrap_err().to_string();
        assert!(error.contains(expected), "{expected} in {error}");
        assert!(error.len() < 700, "{} bytes", error.len());
    }
}

/// Answers one request with exactly this; the scripted server only says errors as vendors do.
fn raw_server(status: u16, mime: &str, body: &str) -> String {
    use std::io::{Read, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answer = format!("HTTP/1.1 {status} X\r\ncontent-type: {mime}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut seen = Vec::new();
        let mut buffer = [0; 65536];
        while !seen.ends_with(b"]}") {
            let size = stream.read(&mut buffer).unwrap();
            seen.extend_from_slice(&buffer[..size]);
        }
        // The client may hang up before all of it is sent.
        stream.write_all(answer.as_bytes()).ok();
    });
    url
}

#[test]
fn an_error_within_the_stream_is_told_as_what_it_means() {
    let said = |text: &str| Fault::Raw { after: 5, text: format!("data: {text}\n\n") };
    for (who, text, code) in [
        (ALL[0], r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#, "model-busy"),
        (ALL[0], r#"{"type":"error","error":{"type":"invalid_request_error","message":"bad"}}"#, "model-rejected"),
        (ALL[1], r#"{"type":"error","code":"server_is_overloaded","message":"later","param":null}"#, "model-busy"),
        (ALL[1], r#"{"type":"response.failed","response":{"status":"failed","error":{"code":"server_error","message":"oh"}}}"#, "model-busy"),
        (ALL[1], r#"{"type":"response.failed","response":{"status":"failed","error":{"code":"bio_policy","message":"no"}}}"#, "model-failed"),
        (ALL[2], r#"{"error":{"code":502,"message":"upstream"}}"#, "model-busy"),
        (ALL[2], r#"{"error":{"message":"out of memory","type":"server_error"}}"#, "model-busy"),
        (ALL[2], r#"{"error":"plain"}"#, "model-failed"),
    ] {
        let turn = || speaking().with(said(text));
        let server = ModelServer::start([turn(), turn(), turn(), speaking()].into());
        let error = ask_once(&mut *open(&server, who).0).unwrap_err();
        assert_eq!(error.code(), code, "{who:?} {text}: {error}");
        let passing = code == "model-busy";
        assert_eq!(server.requests().len(), if passing { 3 } else { 1 }, "{who:?} {text}");
    }
}

#[test]
fn a_body_that_does_not_end_is_no_fault_and_costs_the_connection() {
    for who in ALL {
        let server = ModelServer::start([speaking().with(Fault::Unended), Turn::say("again")].into());
        let (mut model, _) = open(&server, who);
        assert_eq!(ask_once(&mut *model).unwrap().0.message.calls().count(), 1, "{who:?}");
        assert_eq!(ask_once(&mut *model).unwrap().0.message.text(), "again");
        assert_eq!(server.connections(), 2, "{who:?}");
    }
}

#[test]
fn after_a_fault_the_next_request_goes_well() {
    for who in ALL {
        let cut = || speaking().with(Fault::Cut { after: 5 });
        let server = ModelServer::start([cut(), cut(), cut(), Turn::status(400, "no"), Turn::say("fine")].into());
        let (mut model, _) = open(&server, who);
        ask_once(&mut *model).unwrap_err();
        ask_once(&mut *model).unwrap_err();
        assert_eq!(ask_once(&mut *model).unwrap().0.message.text(), "fine", "{who:?}");
        assert_eq!(server.connections(), 4, "a refusal keeps the connection");
    }
}
