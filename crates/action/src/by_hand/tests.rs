use super::*;
use crate::Digest;

fn file(executable: bool) -> Option<Content> {
    Some(Content::File { digest: Digest::of_bytes(b"x"), size: 1, executable })
}

fn link() -> Option<Content> {
    Some(Content::Symlink { target: "/etc".into() })
}

fn acts(path: &str, before: Option<Content>, after: Option<Content>) -> Vec<ByHand> {
    ByHand::all_of(&ChangeSet::new("/tree", vec![Change { path: path.into(), before, after }]))
}

#[test]
fn each_change_is_what_hands_would_have_done() {
    let path = || "/tree/a".to_owned();
    let (write, delete) = (ByHand::Write { path: path() }, ByHand::Delete { path: path() });
    assert_eq!(acts("a", None, file(false)), vec![write.clone()]);
    assert_eq!(acts("a", file(false), file(true)), vec![write.clone()]);
    assert_eq!(acts("a", file(false), None), vec![delete.clone()]);
    assert_eq!(acts("a", link(), None), vec![delete.clone()]);
    assert_eq!(acts("a", link(), file(false)), [delete.clone(), write.clone()]);
    assert_eq!(acts("a", file(false), Some(Content::Directory)), vec![delete.clone()]);
    assert_eq!(acts("a", None, Some(Content::Directory)), [write]);
    assert_eq!(acts("a", Some(Content::Directory), None), [], "what was in it is told file by file");
}

#[test]
fn links_and_names_that_are_not_plain_cannot_be_read() {
    for (path, after) in [("a", link()), ("a%0A", file(false)), ("a%0A", None)] {
        let found = acts(path, file(false), after);
        assert!(found.iter().any(|act| matches!(act, ByHand::Unreadable { .. })), "{found:?}");
    }
}
