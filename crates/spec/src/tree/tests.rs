use proptest::prelude::*;

use super::*;

#[test]
fn values_know_their_places_in_the_file() {
    let text = "name: ünïcode\ntools: [read, \"write\"]\non: true\nn: 1.5\nnone:\n";
    let node = yaml(text, 10).unwrap();
    let says = |node: &Node| text.get(node.span.start - 10..node.span.end - 10).unwrap().to_owned();
    assert_eq!(says(node.get("name").unwrap()), "ünïcode");
    let tools = node.get("tools").and_then(Node::list).unwrap();
    assert_eq!((says(&tools[1]).as_str(), tools[1].text()), ("\"write\"", Some("write")));
    assert_eq!((node.get("on").unwrap().flag(), node.get("n").unwrap().number()), (Some(true), Some(1.5)));
    assert_eq!(node.get("none").unwrap().kind(), "nothing");
    assert_eq!(node.entries()[1].at, 10 + 16..10 + 21, "bytes, not characters");
}

#[test]
fn json_is_read_strictly_and_with_places() {
    let text = "{\n\t\"a\": {\"b\": [1, \"x\"]},\n\t\"t\": 60\n}";
    let node = json(text, 0).unwrap();
    let b = node.get("a").and_then(|a| a.get("b")).unwrap();
    assert_eq!(text.get(b.list().unwrap()[1].span.clone()), Some("\"x\""));
    assert_eq!(json("{\"face\": \"\\ud83d\\ude00\"}", 0).unwrap().get("face").unwrap().text(), Some("😀"));
    assert_eq!(json("{\"n\": \"\"}", 0).unwrap().get("n").unwrap().text(), Some(""));
    for bad in ["a: 1", "{a: 1}", "{\"a\": 1,}", "", "{\"a\": 1} x", "// c\n{}"] {
        assert!(json(bad, 0).is_err(), "{bad}");
    }
}

#[test]
fn what_cannot_be_replaced_for_certain_is_not() {
    let text = "a: one\nlist: []\nnone:\nmany: |\n  x\n  y\n";
    let node = yaml(text, 0).unwrap();
    let new = Value::Text("two".to_owned());
    let edit = |key: &str, with: &Value| node.get(key).unwrap().replaced(text, with).map(|edit| edit.with);
    assert_eq!(edit("a", &new).as_deref(), Some("\"two\""));
    assert_eq!((edit("list", &new), edit("none", &new), edit("many", &new)), (None, None, None));
    assert_eq!(edit("a", &Value::Plain("[1]".to_owned())), None);
    assert_eq!(edit("a", &Value::List(Vec::new())), None);
    assert_eq!(node.get("a").unwrap().replaced("b: two\n", &new), None, "another file");
    let placeless = "{\"face\": \"\\ud83d\\ude00\", \"a\": 1}";
    assert_eq!(json(placeless, 0).unwrap().get("a").unwrap().replaced(placeless, &new), None);
}

#[test]
fn what_two_readers_would_read_differently_is_refused() {
    for (text, why) in [
        ("a: 1\na: 2\n", "twice"),
        ("a: &x 1\nb: *x\n", "anchors"),
        ("a: !!str 1\n", "tags"),
        ("a: 1\n---\nb: 2\n", "more than one"),
        ("? [a]\n: 1\n", "not text"),
        ("a: [1\n", ""),
        ("", "empty"),
    ] {
        let refused = yaml(text, 0).unwrap_err();
        assert!(refused.why.contains(why), "{text}: {refused:?}");
    }
    assert!(json("{\"a\": 1, \"a\": 2}", 0).unwrap_err().why.contains("twice"));
}

#[test]
fn what_is_too_long_or_too_deep_is_refused_and_not_worked_on() {
    assert!(yaml(&"[".repeat(DEEPEST + 1), 0).unwrap_err().why.contains("deeper"));
    assert!(json(&format!("{}{}", "[".repeat(100), "]".repeat(100)), 0).is_ok_and(|node| node.list().is_some()), "JSON bounds itself");
    assert!(yaml(&" ".repeat(MOST_BYTES + 1), 0).unwrap_err().why.contains("bytes"));
    assert!(json(&" ".repeat(MOST_BYTES + 1), 0).is_err());
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "([a-c:\\-\\[\\]{},&*!|>'\"#%@? \n\t~é用]|---\n){0,60}") {
        for node in yaml(&text, 3).iter().chain(json(&text, 3).iter()) {
            prop_assert!(node.span.start >= 3 && text.get(node.span.start - 3..node.span.end - 3).is_some());
        }
    }

    #[test]
    fn every_json_value_keeps_its_texts(key in "[a-z]{1,6}", text in "\\PC{0,12}") {
        let written = serde_json::json!({ key.clone(): [text.clone(), {"x": text.clone()}] }).to_string();
        let node = json(&written, 0).unwrap();
        let list = node.get(&key).and_then(Node::list).unwrap();
        prop_assert_eq!(list[0].text(), Some(text.as_str()));
        prop_assert_eq!(list[1].get("x").unwrap().text(), Some(text.as_str()));
    }
}
