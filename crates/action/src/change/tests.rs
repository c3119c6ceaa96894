use super::*;

fn file(bytes: &[u8]) -> Content {
    Content::File { digest: Digest::of_bytes(bytes), size: bytes.len() as u64, executable: false }
}

fn change(path: &str, after: Option<Content>) -> Change {
    Change { path: path.into(), before: None, after }
}

#[test]
fn a_change_set_does_not_depend_on_the_order_of_the_walk() {
    let (a, b) = (change("a", Some(file(b"1"))), change("b/c", None));
    let one = ChangeSet::new("/home/ana/app", vec![b.clone(), a.clone(), b.clone()]);
    let other = ChangeSet::new("/home/ana/app", vec![a.clone(), b.clone()]);
    assert_eq!(one.changes, [a, b]);
    assert_eq!(Digest::of(&one).unwrap(), Digest::of(&other).unwrap());
}

#[test]
fn contents_of_different_kinds_never_share_their_bytes() {
    let contents = [
        Some(file(b"x")),
        Some(file(b"y")),
        Some(Content::File { digest: Digest::of_bytes(b"x"), size: 1, executable: true }),
        Some(Content::Symlink { target: "x".into() }),
        Some(Content::Directory),
        None,
    ];
    let mut seen: Vec<Digest> = contents.iter().map(|c| Digest::of(&change("p", c.clone())).unwrap()).collect();
    let before = Change { path: "p".into(), before: Some(Content::Directory), after: None };
    seen.push(Digest::of(&before).unwrap());
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), contents.len() + 1);
}

#[test]
fn the_json_of_a_change_set_is_this() {
    let set = ChangeSet::new("/r", vec![change("l", Some(Content::Symlink { target: "t".into() })), change("d", Some(Content::Directory))]);
    let json = r#"{"changes":[{"after":{"kind":"directory"},"path":"d"},{"after":{"kind":"symlink","target":"t"},"path":"l"}],"root":"/r","v":1}"#;
    assert_eq!(String::from_utf8(crate::canonical(&set).unwrap()).unwrap(), json);
    assert_eq!(serde_json::from_str::<ChangeSet>(json).unwrap(), set);
}
