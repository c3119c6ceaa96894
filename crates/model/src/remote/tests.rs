use super::*;

#[test]
fn parts_of_a_body_are_joined_without_a_spare_comma() {
    let joined = |head: &str, old: &str, new: &str| {
        String::from_utf8(join(head.as_bytes(), old.as_bytes(), new.as_bytes())).unwrap()
    };
    assert_eq!(joined("{[", ",1,2", ",3"), "{[1,2,3]}");
    assert_eq!(joined("{[", "", ",3"), "{[3]}");
    assert_eq!(joined("{[", ",1", ""), "{[1]}");
    assert_eq!(joined("{[0", ",1", ",2"), "{[0,1,2]}");
    assert_eq!(joined("{[", "", ""), "{[]}");
}

#[test]
fn the_words_of_an_error_are_found() {
    for (body, said) in [
        (r#"{"error":{"message":"a"}}"#, "a"),
        (r#"{"error":"b"}"#, "b"),
        (r#"{"message":"c"}"#, "c"),
        (r#"{"detail":"d"}"#, "d"),
        (r#"{"error":{"code":1}}"#, r#"{"error":{"code":1}}"#),
        ("plain", "plain"),
        ("", ""),
    ] {
        assert_eq!(words(body.as_bytes()), said);
    }
}
