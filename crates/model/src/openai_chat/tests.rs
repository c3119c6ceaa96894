use super::*;

fn gather(events: &[&str]) -> Result<Reply, Complaint> {
    let mut draft = ChatDraft { name: "chat/m".into(), ..ChatDraft::default() };
    for event in events {
        if draft.event(event, &mut |_| {})? == Progress::Done {
            break;
        }
    }
    draft.finish()
}

fn delta(json: &str) -> String {
    format!(r#"{{"choices":[{{"index":0,"delta":{json}}}]}}"#)
}

fn finish(reason: &str) -> String {
    format!(r#"{{"choices":[{{"index":0,"delta":{{}},"finish_reason":"{reason}"}}]}}"#)
}

/// Calls as `id name arguments`, from deltas that each hold these tool calls.
fn calls(deltas: &[&str], reason: &str) -> Result<Vec<String>, Complaint> {
    let mut events: Vec<String> = deltas.iter().map(|calls| delta(&format!(r#"{{"tool_calls":[{calls}]}}"#))).collect();
    events.push(finish(reason));
    let events: Vec<&str> = events.iter().map(String::as_str).collect();
    let reply = gather(&events)?;
    Ok(reply.message.calls().map(|(id, name, arguments)| format!("{id} {name} {arguments}")).collect())
}

#[test]
fn calls_are_put_together_by_index() {
    let got = calls(
        &[
            r#"{"index":0,"id":"a","function":{"name":"x","arguments":""}}"#,
            r#"{"index":1,"id":"b","function":{"name":"y","arguments":"{"}}"#,
            r#"{"index":0,"function":{"arguments":"{\"n\":1}"}}"#,
            r#"{"index":1,"id":"b","function":{"arguments":"}"}}"#,
        ],
        "tool_calls",
    );
    assert_eq!(got.unwrap(), [r#"a x {"n":1}"#, "b y {}"]);
}

#[test]
fn servers_that_give_every_call_the_same_index_or_none() {
    let whole = |index: &str, id: &str| format!(r#"{{{index}"id":"{id}","function":{{"name":"x","arguments":"{{}}"}}}}"#);
    for index in ["\"index\":0,", ""] {
        let got = calls(&[&whole(index, "a"), &whole(index, "b")], "stop").unwrap();
        assert_eq!(got, ["a x {}", "b x {}"], "index {index:?}");
    }
    let got = calls(&[&format!("{},{}", whole("", "a"), whole("", "b"))], "tool_calls").unwrap();
    assert_eq!(got, ["a x {}", "b x {}"]);
}

#[test]
fn servers_that_give_no_ids() {
    let nameless = r#"{"function":{"name":"x","arguments":"{}"}}"#;
    assert_eq!(calls(&[nameless, nameless], "tool_calls").unwrap(), ["call_0 x {}", "call_1 x {}"]);
    assert!(matches!(calls(&[r#"{"index":0,"function":{"arguments":"{}"}}"#], "stop"), Err(Complaint::Garbled(_))));
}

#[test]
fn how_it_ends_decides_what_it_is() {
    let text = delta(r#"{"content":"x"}"#);
    for (reason, stop) in [
        ("stop", StopReason::EndOfTurn),
        ("length", StopReason::MaxOutput),
        ("content_filter", StopReason::Refusal),
        ("odd", StopReason::Other("odd".into())),
    ] {
        assert_eq!(gather(&[&text, &finish(reason), "[DONE]"]).unwrap().stop, stop);
        assert_eq!(gather(&[&text, &finish(reason)]).unwrap().stop, stop, "without [DONE]");
    }
    assert_eq!(gather(&[&text, "[DONE]"]), Err(Complaint::Unfinished));
    assert_eq!(gather(&[]), Err(Complaint::Unfinished));
    assert!(matches!(gather(&[&text, &finish("tool_calls")]), Err(Complaint::Garbled(_))));
    let refusal = delta(r#"{"refusal":"no"}"#);
    assert_eq!(gather(&[&refusal, &finish("stop")]).unwrap().stop, StopReason::Refusal);
}

#[test]
fn reasoning_goes_back_under_the_name_it_came_with() {
    let kept = |deltas: &[&str]| {
        let mut events: Vec<String> = deltas.iter().map(|json| delta(json)).collect();
        events.extend([delta(r#"{"content":"x"}"#), finish("stop")]);
        let events: Vec<&str> = events.iter().map(String::as_str).collect();
        let message = gather(&events).unwrap().message;
        let mut out = Vec::new();
        let protocol = Chat { model: "m".into(), name: "chat/m".into(), max_field: "max_tokens", mark_cache: false };
        protocol.message(&message, &mut out);
        String::from_utf8(out).unwrap()
    };
    let sent = kept(&[r#"{"reasoning_content":"a"}"#, r#"{"reasoning_content":"b","content":""}"#]);
    assert_eq!(sent, r#",{"role":"assistant","content":"x","reasoning_content":"ab"}"#);
    let sent = kept(&[r#"{"reasoning":"a"}"#]);
    assert_eq!(sent, r#",{"role":"assistant","content":"x","reasoning":"a"}"#);
    let details = |text: &str| format!(r#"{{"reasoning":"{text}","reasoning_details":[{{"type":"t", "text":"{text}"}}]}}"#);
    let sent = kept(&[&details("a"), &details("b")]);
    assert_eq!(
        sent,
        r#",{"role":"assistant","content":"x","reasoning_details":[{"type":"t", "text":"a"},{"type":"t", "text":"b"}]}"#
    );
    assert_eq!(kept(&[]), r#",{"role":"assistant","content":"x"}"#);
}

#[test]
fn usage_may_come_with_every_chunk() {
    let usage = |count: u64| format!(r#"{{"choices":[],"usage":{{"prompt_tokens":9,"completion_tokens":{count}}}}}"#);
    let reply = gather(&[&usage(1), &finish("stop"), &usage(2), r#"{"choices":null,"usage":null}"#, "[DONE]"]).unwrap();
    assert_eq!(reply.usage, Usage { input: 9, output: 2, ..Usage::default() });
}

#[test]
fn each_server_gets_its_own_words() {
    let head = |max_field, mark_cache| {
        let mut out = Vec::new();
        Chat { model: "m".into(), name: String::new(), max_field, mark_cache }.head(&Request::default(), &mut out);
        String::from_utf8(out).unwrap()
    };
    assert!(head("max_completion_tokens", false).contains(r#""max_completion_tokens":0"#));
    assert!(head("max_tokens", true).contains(r#""cache_control":{"type":"ephemeral"}"#));
    assert!(!head("max_tokens", false).contains("cache_control"));
}
