use super::*;

fn call(name: &str) -> Part {
    Part::Call { id: "c1".into(), name: name.into(), arguments: "{}".into() }
}

#[test]
fn calls_survive_only_a_stop_that_waits_for_them() {
    for (stop, left) in [
        (StopReason::Calls, 1),
        (StopReason::EndOfTurn, 1),
        (StopReason::MaxOutput, 0),
        (StopReason::Refusal, 0),
        (StopReason::Other("pause_turn".into()), 0),
    ] {
        let reply = Reply::settled(vec![call("shell")], stop.clone(), Usage::default());
        assert_eq!(reply.message.calls().count(), left, "{stop}");
    }
}

#[test]
fn an_ordinary_end_with_calls_waits_for_results() {
    let reply = Reply::settled(vec![call("shell")], StopReason::EndOfTurn, Usage::default());
    assert_eq!(reply.stop, StopReason::Calls);
}

#[test]
fn messages_come_back_from_json_as_they_were() {
    let message = Message {
        role: Role::Assistant,
        parts: vec![
            Part::Reasoning { from: "a/b".into(), json: r#"{"type":"thinking","thinking":"é\n"}"#.into() },
            Part::Text { text: "line\u{2028}end".into() },
            call("shell"),
        ],
    };
    let json = serde_json::to_string(&message).unwrap();
    assert!(json.contains(r#""kind":"reasoning""#) && json.contains(r#""role":"assistant""#), "{json}");
    assert_eq!(serde_json::from_str::<Message>(&json).unwrap(), message);
}

#[test]
fn a_kept_reply_has_no_floating_point_number() {
    let reply = Reply::settled(vec![call("x")], StopReason::Calls, Usage { input: 3, cached: 2, cache_written: 1, output: 9 });
    let value = serde_json::to_value(&reply).unwrap();
    fn floats(value: &serde_json::Value) -> usize {
        match value {
            serde_json::Value::Number(n) => usize::from(!n.is_u64()),
            serde_json::Value::Array(items) => items.iter().map(floats).sum(),
            serde_json::Value::Object(map) => map.values().map(floats).sum(),
            _ => 0,
        }
    }
    assert_eq!(floats(&value), 0);
}
