use super::*;

#[test]
fn keys_are_read_from_the_first_bytes_on() {
    let text = "---\ninclusion: manual\n---\n\n# Body\n";
    let (FrontMatter::Some { keys, block, marked }, body) = read(text) else { panic!("{:?}", read(text)) };
    assert_eq!(keys.get("inclusion").unwrap().text(), Some("manual"));
    assert_eq!((text.get(block), text.get(body..), marked), (Some("---\ninclusion: manual\n---"), Some("\n# Body\n"), false));
    let (windows, body) = read("\u{feff}---\r\na: 1\r\n---\r\nBody");
    assert!(matches!(windows, FrontMatter::Some { marked: true, .. }), "{windows:?}");
    assert_eq!(body, "\u{feff}---\r\na: 1\r\n---\r\n".len());
    let (empty, _) = read("---\n# only a comment\n---\n");
    assert!(matches!(empty, FrontMatter::Some { keys, .. } if keys.entries().is_empty()));
}

#[test]
fn each_way_to_miss_is_told_apart() {
    let late = "\n---\ninclusion: manual\n---\n";
    assert_eq!(read(late).0, FrontMatter::Late(1..late.len() - 1));
    assert!(matches!(read("# Title\n\n---\ninclusion: manual\n---\n").0, FrontMatter::Late(_)));
    assert!(matches!(read("---\ninclusion: manual\n# Title\n").0, FrontMatter::Unclosed(_)));
    assert!(matches!(read("---\na: [\n---\n").0, FrontMatter::Unreadable(..)));
    assert!(matches!(read("---\njust words\n---\n").0, FrontMatter::Unreadable(..)));
}

#[test]
fn rules_and_code_in_a_body_are_no_front_matter() {
    for text in ["", "# Title\n", "# A\n\n---\n\nwords\n\n---\n", "# A\n```\n---\na: 1\n---\n```\n", "\u{feff}# A\n", "--- a\n", "# A\n---\n---\n"] {
        assert_eq!(read(text).0, FrontMatter::None, "{text}");
    }
}
