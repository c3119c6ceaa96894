use std::io::{BufReader, Write, pipe};
use std::thread;

use super::*;

/// A server on a thread: it reads messages and does with its output what it likes.
fn against(server: impl FnOnce(&mut dyn FnMut() -> Option<Value>, &mut dyn Write) + Send + 'static) -> Talk {
    let (server_reads, we_write) = pipe().unwrap();
    let (we_read, mut server_writes) = pipe().unwrap();
    thread::spawn(move || {
        let mut input = BufReader::new(server_reads);
        let mut next = || wire::read(&mut input).ok().flatten().map(|bytes| serde_json::from_slice(&bytes).unwrap());
        server(&mut next, &mut server_writes);
    });
    Talk::over(we_write.into(), we_read.into(), "file:///tree".to_owned()).unwrap()
}

fn say(to: &mut dyn Write, message: &Value) -> bool {
    let mut bytes = Vec::new();
    wire::write(&mut bytes, message.to_string().as_bytes()).unwrap();
    to.write_all(&bytes).is_ok()
}

fn ask(talk: &mut Talk) -> Result<Value, TalkError> {
    talk.ask("m", &json!({}), &Patience::new(Duration::from_secs(60), &AtomicBool::new(false)))
}

#[test]
fn its_own_questions_are_answered_and_other_words_passed_over() {
    let mut talk = against(|next, out| {
        let asked = next().unwrap();
        say(out, &json!({"method": "window/logMessage", "params": {"message": "hello"}}));
        say(out, &json!({"id": 900, "result": "to nobody"}));
        say(out, &json!({"id": "a", "method": "workspace/configuration", "params": {"items": vec![json!({}); MOST_ITEMS + 1]}}));
        say(out, &json!({"id": asked["id"], "method": "workspace/applyEdit", "params": {}}));
        let (settings, refused) = (next().unwrap(), next().unwrap());
        say(out, &json!({"id": asked["id"], "result": [settings, refused]}));
    });
    let answer = ask(&mut talk).unwrap();
    assert_eq!(answer[0], json!({"jsonrpc": "2.0", "id": "a", "result": vec![Value::Null; MOST_ITEMS]}));
    assert_eq!(answer[1]["error"]["code"], -32601);
}

#[test]
fn a_busy_server_is_asked_again_and_a_refusal_is_told_visibly() {
    let mut talk = against(|next, out| {
        let asked = next().unwrap();
        say(out, &json!({"id": asked["id"], "error": {"code": -32801, "message": "content modified"}}));
        let asked = next().unwrap();
        say(out, &json!({"id": asked["id"], "result": 7}));
        let asked = next().unwrap();
        say(out, &json!({"id": asked["id"], "error": {"code": 1, "message": "no\u{1b}[31m"}}));
        while let Some(asked) = next() {
            say(out, &json!({"id": asked["id"], "error": {"code": -32802}}));
        }
    });
    assert_eq!(ask(&mut talk).unwrap(), json!(7));
    assert_eq!(ask(&mut talk).unwrap_err().to_string(), "it refused: no\\u{1b}[31m");
    assert_eq!(ask(&mut talk).unwrap_err().to_string(), "it refused: it was busy");
}

#[test]
fn one_that_ends_talks_nonsense_or_too_much_is_an_error() {
    type Behaviour = fn(&mut dyn FnMut() -> Option<Value>, &mut dyn Write);
    let table: [(&str, Behaviour); 7] = [
        ("it ended", |next, _| drop(next())),
        ("no header", |next, out| {
            next();
            out.write_all(b"Welcome to the language server!\n").ok();
        }),
        ("key must be a string", |next, out| {
            next();
            out.write_all(b"Content-Length: 4\r\n\r\n{{{{").ok();
        }),
        ("recursion limit", |next, out| {
            next();
            let deep = "[".repeat(100_000);
            out.write_all(format!("Content-Length: {}\r\n\r\n{{\"result\":{deep}", deep.len() + 10).as_bytes()).ok();
        }),
        ("floods", |next, out| {
            next();
            while say(out, &json!({"method": "again"})) {}
        }),
        ("wait for it to read them", |next, out| {
            next();
            while say(out, &json!({"id": "x".repeat(1 << 20), "method": "ask"})) {}
        }),
        ("at most", |next, out| {
            next();
            out.write_all(b"Content-Length: 900000000\r\n\r\n").ok();
        }),
    ];
    for (why, behaviour) in table {
        let error = ask(&mut against(behaviour)).unwrap_err().to_string();
        assert!(error.contains(why), "{why}: {error}");
    }
}

#[test]
fn one_that_neither_reads_nor_answers_is_waited_for_until_the_time_is_up_or_somebody_stops() {
    let silent = || against(|_, _| thread::park());
    let large = json!({"text": "x".repeat(1 << 20)});
    let stop = AtomicBool::new(false);
    let late = silent().ask("m", &large, &Patience::new(Duration::from_millis(100), &stop)).unwrap_err();
    assert!(matches!(late, TalkError::Late { .. }), "{late}");
    stop.store(true, Ordering::Release);
    let stopped = silent().ask("m", &large, &Patience::new(Duration::from_secs(600), &stop)).unwrap_err();
    assert!(matches!(stopped, TalkError::Stopped), "{stopped}");
}

#[test]
fn it_says_when_it_has_read_the_project() {
    for (health, ailing) in [(json!({}), None), (json!({"health": "ok", "message": "fine"}), None), (json!({"health": "warning", "message": "no sysroot"}), Some("no sysroot")), (json!({"health": "error"}), Some("something is wrong"))] {
        let mut last = health;
        last["quiescent"] = json!(true);
        let mut talk = against(move |next, out| {
            say(out, &json!({"method": "experimental/serverStatus", "params": {"quiescent": false, "health": "error", "message": "not yet"}}));
            say(out, &json!({"method": "experimental/serverStatus", "params": last}));
            while next().is_some() {}
        });
        let stop = AtomicBool::new(false);
        talk.wait_until_ready(&Patience::new(Duration::from_secs(60), &stop)).unwrap();
        talk.wait_until_ready(&Patience::new(Duration::ZERO, &stop)).unwrap();
        assert_eq!(talk.ailing(), ailing);
    }
}
