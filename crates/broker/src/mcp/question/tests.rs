use serde_json::json;

use super::*;

fn read(properties: Value, required: Value) -> Option<Question> {
    Question::read("Who\u{1b} are you?", &json!({"type": "object", "properties": properties, "required": required}))
}

fn form() -> Question {
    let properties = json!({
        "age": {"type": "integer", "default": 30},
        "name": {"type": "string", "description": "your\u{202e} name"},
        "size": {"type": "number"},
        "tier": {"type": "string", "enum": ["a", "b"], "default": "c"},
        "yes": {"type": "boolean", "default": true},
    });
    read(properties, json!(["name"])).unwrap()
}

#[test]
fn a_form_is_read_and_every_word_of_it_is_visible() {
    let form = form();
    assert_eq!(form.message, "Who\\u{1b} are you?");
    let kinds: Vec<(&str, &Kind, bool)> = form.fields.iter().map(|f| (f.name.as_str(), &f.kind, f.needed)).collect();
    let choice = Kind::Choice(vec!["a".into(), "b".into()]);
    let expected = [("age", &Kind::Integer, false), ("name", &Kind::Text, true), ("size", &Kind::Number, false), ("tier", &choice, false), ("yes", &Kind::Flag, false)];
    assert_eq!(kinds, expected);
    let of = |name: &str| form.fields.iter().find(|field| field.name == name).unwrap();
    assert_eq!(of("name").about, "your\\u{202e} name");
    assert_eq!((&of("age").default, &of("tier").default), (&Some(json!(30)), &None), "a default that does not fit is none");
}

#[test]
fn what_cannot_be_shown_as_it_is_meant_is_not_asked() {
    for about in [json!({"type": "array"}), json!({"type": "object"}), json!({}), json!({"type": "string", "enum": [1]}), json!({"type": "number", "enum": ["a"]})] {
        assert_eq!(read(json!({"a": about}), json!([])), None, "{about}");
    }
    assert_eq!(read(json!({"a\u{1b}": {"type": "string"}}), json!([])), None);
    let many: Map<String, Value> = (0..21).map(|n| (n.to_string(), json!({"type": "string"}))).collect();
    assert_eq!(read(Value::Object(many), json!([])), None);
    assert_eq!(Question::read("ok?", &json!({"type": "object"})).map(|form| form.fields.len()), Some(0));
}

#[test]
fn lines_are_read_as_what_the_field_takes() {
    let form = form();
    let parse = |name: &str, line: &str| form.fields.iter().find(|field| field.name == name).unwrap().parse(line);
    assert_eq!(parse("age", "31"), Some(json!(31)));
    assert_eq!(parse("age", "3.5"), None);
    assert_eq!(parse("size", "3.5"), Some(json!(3.5)));
    assert_eq!(parse("size", "NaN"), None);
    assert_eq!((parse("tier", "b"), parse("tier", "c")), (Some(json!("b")), None));
    assert_eq!((parse("yes", "No"), parse("yes", "perhaps")), (Some(json!(false)), None));
    assert_eq!(parse("name", ""), Some(json!("")));
}

#[test]
fn an_answer_has_what_is_needed_its_defaults_and_nothing_else() {
    let given = |value: Value| form().filled(value.as_object().unwrap().clone()).map(Value::Object);
    assert_eq!(given(json!({"name": "ana"})), Some(json!({"age": 30, "name": "ana", "yes": true})));
    for wrong in [json!({}), json!({"name": 1}), json!({"name": "ana", "age": "x"}), json!({"name": "ana", "more": 1})] {
        assert_eq!(given(wrong.clone()), None, "{wrong}");
    }
}
