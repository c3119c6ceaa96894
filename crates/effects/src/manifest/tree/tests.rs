use super::*;

fn one(text: &str) -> Node {
    let documents = documents(text);
    assert_eq!(documents.iter().flat_map(|d| d.faults.clone()).collect::<Vec<_>>(), [], "{text}");
    documents.into_iter().flat_map(|document| document.roots).next().unwrap()
}

fn faults(text: &str) -> Vec<&'static str> {
    documents(text).into_iter().flat_map(|document| document.faults).map(|fault| fault.why).collect()
}

/// Values without their places.
fn plain(node: &Node) -> String {
    match &node.value {
        Value::Nothing => "-".into(),
        Value::Text(text) => text.clone(),
        Value::List(items) => format!("[{}]", items.iter().map(plain).collect::<Vec<_>>().join(" ")),
        Value::Map(entries) => format!("{{{}}}", entries.iter().map(|entry| format!("{}={}", entry.key, plain(&entry.value))).collect::<Vec<_>>().join(" ")),
    }
}

#[test]
fn yaml_and_json_give_the_same_tree() {
    let trees = ["a: 1\nb: [x, null, true]\nc: {d: 'e f'}\n", r#"{"a": 1, "b": ["x", null, true], "c": {"d": "e f"}}"#].map(one);
    assert!(trees.iter().all(|tree| plain(tree) == "{a=1 b=[x - true] c={d=e f}}"), "{trees:?}");
}

#[test]
fn short_tags_are_the_keys_that_json_has_for_them() {
    let tree = one("a: !Ref B\nb: !Sub '${C}-x'\nc: !GetAtt D.Arn\nd: !If [E, !Ref F, 1]\ne: !!str 7\n");
    assert_eq!(plain(&tree), "{a={Ref=B} b={Fn::Sub=${C}-x} c={Fn::GetAtt=D.Arn} d={Fn::If=[E {Ref=F} 1]} e=7}");
}

#[test]
fn aliases_and_merged_keys_are_what_they_stand_for() {
    let tree = one("x: &x {a: 1, b: 2}\ny:\n  <<: *x\n  b: 3\nz: *x\nw: {<<: [*x, {c: 4}]}\n");
    assert_eq!(plain(&tree), "{x={a=1 b=2} y={b=3 a=1} z={a=1 b=2} w={a=1 b=2 c=4}}");
}

#[test]
fn an_entry_is_where_it_is_written_also_behind_other_letters() {
    for text in ["é: ü\nResources:\n  Db:\n    Type: X\n\n  # then\n  Web:\n    Type: Y\n", "{\"é\": \"ü\", \"Resources\": {\"Db\": {\"Type\": \"X\"}}}"] {
        let tree = one(text);
        let db = &tree.get("Resources").unwrap().entries()[0];
        let says = &text[db.value.span.start..db.value.span.end];
        assert!(["Type: X", "{\"Type\": \"X\"}", "Type: X\n\n  # then"].contains(&says), "{says:?}");
    }
}

#[test]
fn a_document_that_cannot_be_read_hides_no_other() {
    let text = "a: 1\n---\n[\n---\nb: \"\n---\nc: {{ x }}\n---\nd: 4\n";
    let documents = documents(text);
    let read: Vec<String> = documents.iter().flat_map(|document| &document.roots).map(plain).collect();
    assert!(read.contains(&"{a=1}".to_owned()) && read.contains(&"{d=4}".to_owned()), "{read:?}");
    assert_eq!(documents.iter().filter(|document| !document.faults.is_empty()).count(), 3);
    let at = documents[1].faults[0].span;
    assert!(at.start >= text.find('[').unwrap() && at.end <= text.find("b:").unwrap(), "{at:?}");
}

#[test]
fn json_documents_may_stand_beside_yaml_ones() {
    let text = "{\"a\": \"\\ud83d\\ude00\"}\n---\nb: 1\n---\n{\"c\": 2} {\"d\": 3}\n";
    let read: Vec<String> = documents(text).iter().flat_map(|document| &document.roots).map(plain).collect();
    assert_eq!(read, ["{a=😀}", "{b=1}", "{c=2}", "{d=3}"]);
}

#[test]
fn what_tools_read_differently_is_a_fault() {
    assert_eq!(faults("a: 1\na: 2\n"), [TWICE]);
    assert_eq!(faults(r#"{"a": 1, "a": 2}"#), [TWICE]);
    assert_eq!(faults("a: 1\0\nb: 2\n").len(), 1);
    assert_eq!(faults("a: 1\n--- b\n").len(), 1);
    assert_eq!(faults("--- # a comment\na: 1\n").len(), 0);
    assert_eq!(faults("? [a]\n: 1\n").len(), 1);
    assert_eq!(faults("{\"a\": [1, 2"), [UNREADABLE]);
    assert_eq!(faults("{\"a\": \"\\ud800\"}").len(), 1);
}

#[test]
fn aliases_of_aliases_stop_at_the_budget() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for n in 1..12 {
        let last = n - 1;
        text.push_str(&format!("a{n}: &a{n} [{}]\n", vec![format!("*a{last}"); 10].join(", ")));
    }
    assert_eq!(faults(&text), [TOO_MUCH]);
    assert_eq!(faults("a: &a [*a]\n").len(), 1);
}

#[test]
fn a_text_as_deep_as_it_likes_is_a_fault_and_no_crash() {
    for text in ["[".repeat(100_000), "- ".repeat(100_000), format!("{}1{}", "[".repeat(5000), "]".repeat(5000)), "{\"a\":".repeat(100_000)] {
        assert_eq!(faults(&text).len(), 1);
    }
    let chain: String = (1..5000).map(|n| format!("a{n}: &a{n} [*a{}]\n", n - 1)).collect();
    assert_eq!(faults(&format!("a0: &a0 [x]\n{chain}")), [TOO_DEEP]);
}

#[test]
fn many_values_stop_at_the_budget_and_what_was_read_stays() {
    let text = format!("a: 1\n---\nb: [{}]\n---\nc: 1\n", "1, ".repeat(MOST_VALUES));
    let documents = documents(&text);
    assert_eq!(plain(&documents[0].roots[0]), "{a=1}");
    assert_eq!(documents[1].faults[0].why, TOO_MUCH);
    assert_eq!(documents[2].faults[0].why, TOO_MUCH);
    assert_eq!(faults(&format!("[{}1]", "1,".repeat(MOST_VALUES))), [TOO_MUCH]);
    let text = "a: 1\n---\n".repeat(MOST_VALUES / DOCUMENT);
    let documents = super::documents(&text);
    let last = documents.last().unwrap();
    assert_eq!((last.faults[0].why, last.span.end), (TOO_MUCH, text.len()));
    assert!(documents.len() < MOST_VALUES / DOCUMENT);
}

#[test]
fn a_flag_is_off_only_if_it_says_so() {
    for (text, on) in [("true", true), ("yes", true), ("on", true), ("'true'", true), ("odd", true), ("false", false), ("no", false), ("", false), ("[]", true)] {
        assert_eq!(one(&format!("a: {text}\n")).get("a").unwrap().may_be_on(), on, "{text}");
    }
    assert!(one("a: no").get("a").unwrap().may_be_off() && !one("a: true").get("a").unwrap().may_be_off());
}
