use super::*;

#[test]
fn one_box_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let first = StateFolder::take(folder.path()).unwrap().unwrap();
    assert!(StateFolder::take(folder.path()).unwrap().is_none());
    let copied = first.lock.try_clone().unwrap();
    first.release().unwrap();
    drop(first);
    assert!(StateFolder::take(folder.path()).unwrap().is_some(), "a copy of the descriptor holds nothing");
    drop(copied);
}

#[test]
fn a_layer_keeps_what_was_written_and_gets_a_new_mask() {
    let folder = tempfile::tempdir().unwrap();
    let state = StateFolder::take(folder.path()).unwrap().unwrap();
    let layer = state.layer(0).unwrap();
    fs::write(layer.upper.join("kept"), "").unwrap();
    fs::write(layer.mask.join("old"), "").unwrap();
    let again = state.layer(0).unwrap();
    assert!(again.upper.join("kept").exists() && !again.mask.join("old").exists());
}

#[test]
fn a_rehearsal_begins_empty() {
    let folder = tempfile::tempdir().unwrap();
    let state = StateFolder::take(folder.path()).unwrap().unwrap();
    fs::write(state.rehearsal(1).unwrap().join("old"), "").unwrap();
    assert_eq!(fs::read_dir(state.rehearsal(1).unwrap()).unwrap().count(), 0);
}

#[test]
fn forgetting_removes_what_was_made_unreadable_and_does_not_follow_links() {
    let folder = tempfile::tempdir().unwrap();
    let (state, kept) = (folder.path().join("state"), folder.path().join("kept"));
    fs::create_dir_all(state.join("shut/inner")).unwrap();
    fs::create_dir(&kept).unwrap();
    std::os::unix::fs::symlink(&kept, state.join("shut/inner/link")).unwrap();
    fs::set_permissions(state.join("shut/inner"), fs::Permissions::from_mode(0o000)).unwrap();
    fs::set_permissions(state.join("shut"), fs::Permissions::from_mode(0o000)).unwrap();
    forget(&state).unwrap();
    forget(&state).unwrap();
    assert!(!state.exists() && kept.exists());
}
