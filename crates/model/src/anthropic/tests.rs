use super::*;

fn gather(events: &[&str]) -> Result<(Reply, Vec<Delta>), Complaint> {
    let mut draft = AnthropicDraft { name: "anthropic/m".into(), ..AnthropicDraft::default() };
    let mut live = Vec::new();
    for event in events {
        if draft.event(event, &mut |delta| live.push(delta))? == Progress::Done {
            break;
        }
    }
    Ok((draft.finish()?, live))
}

const STOP: [&str; 2] = [
    r#"{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":5}}"#,
    r#"{"type":"message_stop"}"#,
];

fn gather_call(events: &[&str]) -> Result<String, Complaint> {
    let (reply, _) = gather(&[events, &STOP].concat())?;
    let arguments = reply.message.calls().map(|(_, _, arguments)| arguments.to_owned()).collect::<Vec<_>>();
    Ok(arguments.join(" | "))
}

const CALL: &str = r#"{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"x","input":{}}}"#;

#[test]
fn arguments_come_in_pieces_whole_or_not_at_all() {
    let piece = |json: &str| {
        serde_json::json!({"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta", "partial_json": json}}).to_string()
    };
    assert_eq!(gather_call(&[CALL, &piece(""), &piece("{\"a\":"), &piece("1}")]).unwrap(), r#"{"a":1}"#);
    assert_eq!(gather_call(&[CALL]).unwrap(), "{}");
    let at_once = CALL.replace("\"input\":{}", r#""input":{"a": 1}"#);
    assert_eq!(gather_call(&[&at_once]).unwrap(), r#"{"a": 1}"#);
}

#[test]
fn what_the_protocol_does_not_allow_is_garbled() {
    let delta = r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"x"}}"#;
    for events in [&[delta][..], &[CALL, delta], &[CALL, CALL], &[], &[r#"{"index":0}"#], &["[]"], &[r#"{"type":"content_block_start"}"#]] {
        let complaint = gather_call(events).unwrap_err();
        assert!(matches!(complaint, Complaint::Garbled(_)), "{events:?}: {complaint:?}");
    }
}

#[test]
fn a_reply_without_its_end_is_unfinished() {
    for count in 0..2 {
        let events = [&[CALL][..], STOP.get(..count).unwrap()].concat();
        assert_eq!(gather(&events).unwrap_err(), Complaint::Unfinished);
    }
    assert_eq!(gather(&[CALL, STOP[1]]).unwrap_err(), Complaint::Unfinished, "a stop without a reason");
}

#[test]
fn later_counts_replace_earlier_ones() {
    let start = r#"{"type":"message_start","message":{"usage":{"input_tokens":10,"cache_read_input_tokens":5,"output_tokens":1}}}"#;
    let (reply, _) = gather(&[start, CALL, STOP[0], STOP[1]]).unwrap();
    assert_eq!(reply.usage, Usage { input: 15, cached: 5, cache_written: 0, output: 5 });
}

fn written(message: &Message, mark: &str) -> String {
    let protocol = Anthropic { model: "claude-sonnet-4-5".into(), name: "anthropic/m".into() };
    let mut out = Vec::new();
    protocol.write(message, mark, &mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn foreign_ids_are_made_acceptable_the_same_on_both_sides() {
    let call = Part::Call { id: "call|1.é".into(), name: "x".into(), arguments: String::new() };
    let result = Part::Result { call: "call|1.é".into(), content: "ok".into(), is_error: false };
    assert!(written(&Message { role: Role::Assistant, parts: vec![call] }, "").contains(r#""id":"call_1__""#));
    assert!(written(&Message::results(vec![result]), "").contains(r#""tool_use_id":"call_1__""#));
}

#[test]
fn a_message_never_ends_with_thinking_and_a_mark_never_stands_on_it() {
    let thought = Part::Reasoning { from: "anthropic/m".into(), json: r#"{"type":"thinking"}"#.into() };
    let text = Part::Text { text: "x".into() };
    let message = Message { role: Role::Assistant, parts: vec![thought.clone(), text, thought.clone()] };
    assert_eq!(
        written(&message, ""),
        r#",{"role":"assistant","content":[{"type":"thinking"},{"type":"text","text":"x"}]}"#
    );
    assert_eq!(written(&Message { role: Role::Assistant, parts: vec![thought] }, ""), "");
}

#[test]
fn settled_is_what_comes_before_the_last_two_user_messages() {
    let protocol = Anthropic { model: "m".into(), name: "anthropic/m".into() };
    let assistant = || Message { role: Role::Assistant, parts: Vec::new() };
    let user = || Message::user("x");
    assert_eq!(protocol.settled(&[]), 0);
    assert_eq!(protocol.settled(&[user()]), 0);
    assert_eq!(protocol.settled(&[user(), assistant(), user()]), 0);
    assert_eq!(protocol.settled(&[user(), assistant(), user(), assistant(), user()]), 2);
}

#[test]
fn only_models_that_think_adaptively_are_asked_to() {
    let head = |model: &str| {
        let mut out = Vec::new();
        Anthropic { model: model.into(), name: String::new() }.head(&Request::default(), &mut out);
        String::from_utf8(out).unwrap()
    };
    assert!(head("claude-opus-5-5").contains("adaptive"));
    assert!(!head("claude-haiku-4-5").contains("thinking"));
}
