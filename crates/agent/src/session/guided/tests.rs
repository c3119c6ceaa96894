use super::*;

#[test]
fn without_a_box_nothing_is_shown_of_a_project_that_keeps_something_out() {
    let root = tempfile::tempdir().unwrap();
    let hands = tools::Hands::tied();
    assert!(!keeps_out(&hands, root.path(), "AGENTS.md"));
    std::fs::write(root.path().join(".kiroignore"), "private\n").unwrap();
    assert!(keeps_out(&hands, root.path(), "AGENTS.md"));
}
