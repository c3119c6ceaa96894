use super::{Cursor, Value};

fn read(text: &str) -> Option<Value> {
    let mut cursor = Cursor::new(text);
    let value = cursor.value(0)?;
    cursor.is_at_end().then_some(value)
}

#[test]
fn literals_are_read() {
    assert_eq!(read("{}"), Some(Value::Object(vec![])));
    assert_eq!(read("{ a : 1, 'b c': [true, null, -1.5,], }"), Some(Value::Object(vec![("a".into(), Value::Other), ("b c".into(), Value::List(vec![Value::Other, Value::Other, Value::Other]))])));
    assert_eq!(read("'it'"), Some(Value::Text("it".into())));
    for text in ["ObjectId(\"ab\")", "new Date()", "ISODate('2026-01-01')", "NumberLong(1)", "[ObjectId('a'), {x: UUID('b')}]"] {
        assert!(read(text).is_some(), "{text}");
    }
}

#[test]
fn what_is_no_literal_is_not_read() {
    for text in [
        "x", "f()", "{a: x}", "{[a]: 1}", "{...a}", "{a}", "`a`", "/a/", "1+1", "'a' + 'b'", "() => 1", "function(){}", "'a\\x24'", "{'\\u0024where': 1}", "1n", "0x10", "{a: 1 /* */}",
        "// a\n1", "[1,,2]", "{a: 1", "[", "new Function('a')", "Date()", "{__proto__: 1}", "", "-", "{get a() {}}", "undefined", "'a\nb'",
    ] {
        assert_eq!(read(text), None, "{text}");
    }
    assert_eq!(read(&("[".repeat(100) + &"]".repeat(100))), None, "deeper than is read");
}

#[test]
fn keys_are_found_at_any_depth() {
    let value = read("{a: [{b: {$where: 'x'}}]}").unwrap();
    assert!(value.has_key(&["$where"]) && !value.has_key(&["$out", "x"]));
}
