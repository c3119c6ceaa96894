use super::*;

fn gather(events: &[&str]) -> Result<Reply, Complaint> {
    let mut draft = ResponsesDraft { name: "openai/m".into(), ..ResponsesDraft::default() };
    for event in events {
        if draft.event(event, &mut |_| {})? == Progress::Done {
            break;
        }
    }
    draft.finish()
}

const COMPLETED: &str = r#"{"type":"response.completed","response":{"status":"completed"}}"#;

fn done(index: usize, item: &str) -> String {
    format!(r#"{{"type":"response.output_item.done","output_index":{index},"item":{item}}}"#)
}

#[test]
fn items_stand_in_the_order_of_their_index() {
    let second = done(1, r#"{"type":"function_call","call_id":"c","name":"x","arguments":"{}"}"#);
    let first = done(0, r#"{"type":"reasoning","id":"r","summary":[],"encrypted_content":"e","content":null}"#);
    let reply = gather(&[&second, &first, COMPLETED]).unwrap();
    assert!(matches!(&reply.message.parts[..], [Part::Reasoning { .. }, Part::Call { .. }]), "{reply:?}");
    assert_eq!(reply.stop, StopReason::Calls);
}

#[test]
fn items_are_taken_from_the_end_if_they_did_not_come_before() {
    let output = r#"[{"type":"message","content":[{"type":"output_text","text":"late"}]}]"#;
    let end = format!(r#"{{"type":"response.completed","response":{{"status":"completed","output":{output}}}}}"#);
    assert_eq!(gather(&[&end]).unwrap().message.text(), "late");
    let item = done(0, r#"{"type":"message","content":[{"type":"output_text","text":"early"}]}"#);
    assert_eq!(gather(&[&item, &end]).unwrap().message.text(), "early");
}

#[test]
fn how_it_ends_decides_what_it_is() {
    let ended = |rest: &str| gather(&[&format!(r#"{{"type":"response.incomplete","response":{{{rest}}}}}"#)]);
    let stop = |rest: &str| ended(rest).map(|reply| reply.stop);
    let cut = r#""status":"incomplete","incomplete_details":{"reason":"#;
    assert_eq!(stop(&format!(r#"{cut}"max_output_tokens"}}"#)), Ok(StopReason::MaxOutput));
    assert_eq!(stop(&format!(r#"{cut}"content_filter"}}"#)), Ok(StopReason::Refusal));
    assert_eq!(stop(&format!(r#"{cut}"steered"}}"#)), Ok(StopReason::Other("steered".into())));
    let failed = stop(r#""status":"failed","error":{"code":"rate_limit_exceeded","message":"slow"}"#);
    assert_eq!(failed, Err(Complaint::Failed { status: 429, said: "slow".into() }));
    assert!(matches!(stop(r#""status":"cancelled""#), Err(Complaint::Failed { status: 0, .. })));
    assert_eq!(gather(&[]), Err(Complaint::Unfinished));
    assert!(matches!(gather(&[r#"{"type":"response.completed"}"#]), Err(Complaint::Garbled(_))));
}

#[test]
fn a_refusal_within_a_message_is_one() {
    let item = done(0, r#"{"type":"message","content":[{"type":"refusal","refusal":"no"}]}"#);
    let call = done(1, r#"{"type":"function_call","call_id":"c","name":"x","arguments":"{}"}"#);
    let reply = gather(&[&item, &call, COMPLETED]).unwrap();
    assert_eq!((reply.stop, reply.message.text().as_str(), reply.message.calls().count()), (StopReason::Refusal, "no", 0));
}

#[test]
fn reasoning_that_led_to_nothing_is_not_sent_back() {
    let protocol = Responses { model: "m".into(), name: "openai/m".into() };
    let part = |json: &str| Part::Reasoning { from: "openai/m".into(), json: json.into() };
    let parts = vec![part(r#"{"type":"reasoning","id":"a"}"#), Part::Text { text: "x".into() }, part(r#"{"type":"reasoning","id":"b"}"#)];
    let mut out = Vec::new();
    protocol.message(&Message { role: Role::Assistant, parts }, &mut out);
    assert_eq!(String::from_utf8(out).unwrap(), r#",{"type":"reasoning","id":"a"},{"role":"assistant","content":"x"}"#);
}

#[test]
fn a_model_that_does_not_reason_is_not_asked_for_it() {
    let head = |model: &str| {
        let mut out = Vec::new();
        Responses { model: model.into(), name: String::new() }.head(&Request::default(), &mut out);
        String::from_utf8(out).unwrap()
    };
    assert!(head("gpt-6.1-sol").contains("encrypted_content") && !head("gpt-4.1").contains("include"));
}
