//! When the same request goes out again, and how long it waits before. No test here waits.

use super::*;
use testkit::model_server::{Fault, Turn};

fn millis(waits: &Waits) -> Vec<u128> {
    waits.lock().unwrap().iter().map(Duration::as_millis).collect()
}

fn turned_away(code: u16, headers: &[(&str, &str)]) -> Turn {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Turn::fault(Fault::Status { code, headers, message: "not now".into() })
}

#[test]
fn what_the_vendor_asks_for_is_waited() {
    for who in ALL {
        let turns = [
            turned_away(429, &[("retry-after", "7")]),
            turned_away(529, &[("retry-after-ms", "250"), ("retry-after", "1")]),
            turned_away(503, &[("retry-after", "Wed, 21 Oct 2037 07:28:00 GMT")]),
            Turn::say("now"),
        ];
        let server = ModelServer::start(turns.into());
        let (mut model, waits) = open(&server, who);
        let (reply, live) = ask_once(&mut *model).unwrap();
        assert_eq!((reply.message.text().as_str(), millis(&waits)), ("now", vec![7000, 250, 2000]), "{who:?}");
        let told = live.iter().filter(|delta| matches!(delta, Delta::Waiting { why, .. } if why == "not now")).count();
        assert_eq!((told, server.connections()), (3, 1), "{who:?}");
        let bodies: Vec<_> = server.requests().into_iter().map(|request| request.bytes).collect();
        assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]), "the same request goes out again");
    }
}

#[test]
fn tries_end() {
    for who in ALL {
        let server = ModelServer::start(vec![Turn::status(500, "broken"); 9].into());
        let (mut model, waits) = open(&server, who);
        let error = ask_once(&mut *model).unwrap_err();
        assert_eq!((server.requests().len(), millis(&waits)), (6, vec![500, 1000, 2000, 4000, 8000]));
        assert!(error.to_string().contains("(500) after 6 tries: broken"), "{error}");
    }
}

#[test]
fn who_asks_for_too_long_is_not_waited_for() {
    let server = ModelServer::start([turned_away(429, &[("retry-after", "3600")])].into());
    let (mut model, waits) = open(&server, ALL[0]);
    let error = ask_once(&mut *model).unwrap_err();
    assert!(error.to_string().ends_with("not now (it asks to wait 3600 s)"), "{error}");
    assert!(millis(&waits).is_empty());
}

#[test]
fn the_vendor_may_say_that_trying_again_is_no_use() {
    let server = ModelServer::start([turned_away(429, &[("x-should-retry", "false")])].into());
    let (mut model, waits) = open(&server, ALL[1]);
    assert_eq!(ask_once(&mut *model).unwrap_err().code(), "model-busy");
    assert!(millis(&waits).is_empty());
}

#[test]
fn a_connection_that_breaks_before_anything_was_shown_is_made_again() {
    for who in ALL {
        let turns = [Turn::fault(Fault::Unanswered), Turn::say("never shown").with(Fault::Cut { after: 1 }), Turn::say("here")];
        let server = ModelServer::start(turns.into());
        let (mut model, waits) = open(&server, who);
        assert_eq!(ask_once(&mut *model).unwrap().0.message.text(), "here", "{who:?}");
        assert_eq!((millis(&waits), server.connections()), (vec![500, 1000], 3), "{who:?}");
    }
}

#[test]
fn an_overload_within_the_stream_is_tried_again_while_nothing_was_shown() {
    let text = "data: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n";
    let early = Turn::say("x").with(Fault::Raw { after: 1, text: text.into() });
    let server = ModelServer::start([early, Turn::say("here")].into());
    let (mut model, waits) = open(&server, ALL[0]);
    let (reply, live) = ask_once(&mut *model).unwrap();
    assert_eq!((reply.message.text().as_str(), millis(&waits)), ("here", vec![500]));
    assert_eq!(shown(&live, false), "here");
}

#[test]
fn nobody_there_is_said_with_the_address() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let base_url = Some(format!("http://{closed}"));
    let settings = Settings { choice: Some("vllm/x".into()), base_url, ..Settings::default() };
    let error = ask_once(&mut *find_with(&settings, Box::new(|_, _| {})).unwrap()).unwrap_err();
    assert_eq!(error.code(), "model-unreachable");
    assert!(error.to_string().contains(&format!("`http://{closed}/v1/chat/completions` after 6 tries")), "{error}");
}

#[test]
fn a_cancel_ends_the_waiting() {
    let server = ModelServer::start(vec![Turn::status(503, "later"); 9].into());
    let cancel = Arc::new(AtomicBool::new(false));
    let pause: Pause = Box::new(|_, cancel| cancel.store(true, std::sync::atomic::Ordering::SeqCst));
    let settings =
        Settings { choice: Some("chat/x".into()), base_url: Some(server.url().into()), ..Settings::default() };
    let mut model = find_with(&settings, pause).unwrap();
    let error = model.ask(&request(vec![Message::user("go")]), &mut |_| {}, &cancel).unwrap_err();
    assert!(matches!(error, ModelError::Cancelled), "{error}");
    assert_eq!(server.requests().len(), 1);
}
