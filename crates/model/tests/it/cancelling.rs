//! A cancel is obeyed in any phase, and the server sees that the connection is gone.

use super::*;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Instant;
use testkit::model_server::{Fault, Script, Turn};

/// Far below every other limit, and far above what a busy machine adds to the promised 100 ms.
const SOON: Duration = Duration::from_secs(3);
const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn in_the_middle_of_a_reply() {
    for (who, after) in [(ALL[0], 4), (ALL[1], 5), (ALL[2], 2)] {
        let stall = Turn::say("beginning of something long").with(Fault::Stall { after });
        let server = ModelServer::start([stall, Turn::say("again")].into());
        let (mut model, _) = open(&server, who);
        let cancel = AtomicBool::new(false);
        let mut cancelled = None;
        let error = model.ask(
            &request(vec![Message::user("go")]),
            &mut |_| {
                cancel.store(true, Ordering::SeqCst);
                cancelled.get_or_insert_with(Instant::now);
            },
            &cancel,
        );
        assert!(cancelled.unwrap().elapsed() < SOON, "{who:?}: {:?}", cancelled.unwrap().elapsed());
        assert!(matches!(error, Err(ModelError::Cancelled)), "{who:?}: {error:?}");
        assert!(server.wait_for_hang_up(PATIENCE), "{who:?}");
        assert_eq!(ask_once(&mut *model).unwrap().0.message.text(), "again", "{who:?}");
    }
}

#[test]
fn while_the_model_has_not_said_anything() {
    for who in ALL {
        let server = ModelServer::start([Turn::say("x").with(Fault::Stall { after: 0 })].into());
        let (mut model, _) = open(&server, who);
        let cancel = AtomicBool::new(false);
        thread::scope(|scope| {
            let asking = scope.spawn(|| model.ask(&request(vec![Message::user("go")]), &mut |_| {}, &cancel));
            assert!(server.wait_for_requests(1, PATIENCE));
            cancel.store(true, Ordering::SeqCst);
            let before = Instant::now();
            let error = asking.join().unwrap().unwrap_err();
            assert!(before.elapsed() < SOON, "{who:?}: {:?}", before.elapsed());
            assert!(matches!(error, ModelError::Cancelled));
        });
        assert!(server.wait_for_hang_up(PATIENCE), "{who:?}");
    }
}

#[test]
fn while_nobody_takes_the_connection() {
    // A listener that never accepts, with its queue full: connecting takes for ever.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    while let Ok(stream) = std::net::TcpStream::connect_timeout(&address, Duration::from_millis(50)) {
        waiting.push(stream);
    }
    let base_url = Some(format!("http://{address}"));
    let settings = Settings { choice: Some("vllm/x".into()), base_url, ..Settings::default() };
    let mut model = find_with(&settings, Box::new(|_, _| {})).unwrap();
    let cancel = AtomicBool::new(false);
    thread::scope(|scope| {
        let asking = scope.spawn(|| model.ask(&request(vec![Message::user("go")]), &mut |_| {}, &cancel));
        cancel.store(true, Ordering::SeqCst);
        let before = Instant::now();
        assert!(matches!(asking.join().unwrap(), Err(ModelError::Cancelled)));
        assert!(before.elapsed() < SOON, "{:?}", before.elapsed());
    });
}

#[test]
fn before_anything_is_sent() {
    for who in ALL {
        let server = ModelServer::start(Script::default());
        let (mut model, _) = open(&server, who);
        let error = model.ask(&request(vec![Message::user("go")]), &mut |_| {}, &AtomicBool::new(true)).unwrap_err();
        assert!(matches!(error, ModelError::Cancelled));
        assert_eq!(server.requests().len(), 0, "{who:?}");
    }
}
