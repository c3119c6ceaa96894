use super::*;

fn read(text: &str) -> Result<Recorded, BadRecording> {
    Recorded::read("demo/fix.jsonl", text, &[("tree".into(), "/home/\"me\"".into())])
}

fn ask(model: &mut Recorded, last: Message) -> Result<(Reply, Vec<Delta>), ModelError> {
    let mut live = Vec::new();
    let request = Request { messages: vec![last], ..Request::default() };
    let reply = model.ask(&request, &mut |delta| live.push(delta), &AtomicBool::new(false))?;
    Ok((reply, live))
}

fn result(content: &str) -> Message {
    Message::results(vec![Part::Result { call: "c".into(), content: content.into(), is_error: false }])
}

#[test]
fn turns_are_played_in_order() {
    let mut model = read(concat!(
        r#"{"note": "two turns"}"#,
        "\n\n",
        r#"{"think": "hm", "say": "looking", "calls": [{"name": "read", "arguments": {"path": "{{tree}}/a"}}, {"name": "odd", "arguments": "{\"cut"}], "usage": {"input": 9, "cached": 4, "output": 2}}"#,
        "\n",
        r#"{"say": "done"}"#,
        "\n",
    ))
    .unwrap();
    assert_eq!((model.name(), model.left()), ("recorded/fix", 2));
    let (reply, live) = ask(&mut model, Message::user("go")).unwrap();
    let calls: Vec<_> = reply.message.calls().collect();
    assert_eq!(calls, [("call_1_1", "read", r#"{"path":"/home/\"me\"/a"}"#), ("call_1_2", "odd", r#"{"cut"#)]);
    assert_eq!(reply.stop, StopReason::Calls);
    assert_eq!(reply.usage, Usage { input: 9, cached: 4, cache_written: 0, output: 2 });
    let call = |name: &str| Delta::CallStarted { name: name.into() };
    assert_eq!(live, [Delta::Reasoning("hm".into()), Delta::Text("looking".into()), call("read"), call("odd")]);
    let (reply, _) = ask(&mut model, result("x")).unwrap();
    assert_eq!((reply.message.text().as_str(), reply.stop), ("done", StopReason::EndOfTurn));
    let over = ask(&mut model, result("x")).unwrap_err();
    assert_eq!(over.to_string(), "the recording `demo/fix.jsonl` is over: it has 2 turns");
}

#[test]
fn a_turn_that_was_refused_has_no_calls() {
    let mut model = read(r#"{"stop": "refusal", "say": "no", "calls": [{"name": "rm", "arguments": {}}]}"#).unwrap();
    let (reply, _) = ask(&mut model, Message::user("go")).unwrap();
    assert_eq!((reply.message.calls().count(), reply.stop), (0, StopReason::Refusal));
}

#[test]
fn expectations_are_checked_and_the_turn_is_kept() {
    let mut model = read(r#"{"expect": {"said": ["typo", "{{tree}}"], "results": "exit 0"}, "say": "ok"}"#).unwrap();
    let wrong = ask(&mut model, Message::user("typo in /home/\"me\"")).unwrap_err().to_string();
    assert_eq!(wrong, "line 1 of the recording `demo/fix.jsonl` expects `exit 0` in a result, which is not there: ``");
    let wrong = ask(&mut model, result("exit 0")).unwrap_err().to_string();
    assert!(wrong.contains("`typo` in the message"), "{wrong}");
    let mut both = result("… exit 0 …");
    both.parts.push(Part::Text { text: "typo in /home/\"me\"".into() });
    assert_eq!(ask(&mut model, both).unwrap().0.message.text(), "ok");
}

#[test]
fn mistakes_are_found_before_the_first_turn() {
    for (text, expected) in [
        ("{\"say\": \"a\"}\n{\"say\": ", "line 2 of the recording `demo/fix.jsonl` is not a turn"),
        (r#"{"says": "a"}"#, "unknown field `says`"),
        (r#"{"say": "{{home}}"}"#, "line 1 of the recording `demo/fix.jsonl` needs a value for `{{home}}`"),
        (r#"{"calls": [{"name": "x", "arguments": [1]}]}"#, "the arguments of `x` are neither"),
        ("\n{\"note\": \"nothing\"}\n", "has no turns"),
        ("", "has no turns"),
    ] {
        let why = read(text).unwrap_err().to_string();
        assert!(why.contains(expected), "{expected} in {why}");
    }
}

#[test]
fn only_names_are_filled_in() {
    let fill = [("a".to_owned(), "1".to_owned())];
    for (text, out) in [
        ("{{a}}{{a}}", "11"),
        ("x {{a}} y", "x 1 y"),
        ("{{!a}} {{!b}}", "{{a}} {{b}}"),
        ("docker -f '{{.Name}}' {{ a }} {{", "docker -f '{{.Name}}' {{ a }} {{"),
        ("{{{{a}}}}", "{{1}}"),
        ("{{}}", "{{}}"),
    ] {
        assert_eq!(filled(text, &fill).as_deref(), Ok(out), "{text}");
    }
    assert_eq!(filled("{{b}}", &fill), Err("b".into()));
}
