use std::os::unix::fs::symlink;

use super::*;

fn layer(files: &[&str]) -> (tempfile::TempDir, PathBuf) {
    let state = tempfile::tempdir().unwrap();
    let upper = upper_of(state.path(), 0);
    put(&upper, files);
    (state, upper)
}

fn put(folder: &Path, files: &[&str]) {
    for file in files {
        let path = folder.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "x").unwrap();
    }
}

/// The person's tree.
fn tree(files: &[&str]) -> tempfile::TempDir {
    let tree = tempfile::tempdir().unwrap();
    put(tree.path(), files);
    tree
}

/// Folders named `target` stay.
fn outputs(folders: &[PathBuf]) -> io::Result<BTreeSet<PathBuf>> {
    Ok(folders.iter().filter(|path| path.ends_with("target")).cloned().collect())
}

fn left(upper: &Path) -> Vec<String> {
    let mut waiting = vec![upper.to_owned()];
    let mut found = Vec::new();
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            found.push(path.strip_prefix(upper).unwrap().to_string_lossy().into_owned());
            if path.is_dir() && !path.is_symlink() {
                waiting.push(path);
            }
        }
    }
    found.sort();
    found
}

#[test]
fn only_build_outputs_of_folders_that_the_tree_has_stay() {
    let (state, upper) = layer(&["a.txt", "src/deep/b.rs", "target/debug/app", "app/target/x", "app/c.txt", "new/target/x", "was/target/x", ".git/refs/heads/main", ".git/target/x"]);
    symlink("/etc", upper.join("out")).unwrap();
    symlink("/etc", upper.join("target/debug/out")).unwrap();
    let tree = tree(&["app/main.rs", "src/deep/b.rs", "was"]);
    renew(state.path(), tree.path(), &mut outputs).unwrap();
    assert_eq!(left(&upper), ["app", "app/target", "app/target/x", "target", "target/debug", "target/debug/app", "target/debug/out"]);
    assert!(Path::new("/etc/passwd").exists());
}

#[test]
fn what_the_tree_has_as_something_else_now_shadows_nothing() {
    let (state, upper) = layer(&["target/x", "app/target/x"]);
    let tree = tree(&["target"]);
    symlink("/etc", tree.path().join("app")).unwrap();
    renew(state.path(), tree.path(), &mut outputs).unwrap();
    assert!(left(&upper).is_empty(), "{:?}", left(&upper));
}

#[test]
fn an_opaque_folder_goes_with_all_in_it() {
    let (state, upper) = layer(&["made-anew/target/x", "same/target/x"]);
    let folder = fs::File::open(upper.join("made-anew")).unwrap();
    rustix::fs::fsetxattr(&folder, "user.overlay.opaque", b"y", rustix::fs::XattrFlags::empty()).unwrap();
    renew(state.path(), tree(&["made-anew/a", "same/a"]).path(), &mut outputs).unwrap();
    assert_eq!(left(&upper), ["same", "same/target", "same/target/x"]);
}

#[test]
fn git_folders_outside_the_tree_go_whole() {
    let (state, _) = layer(&["a.txt"]);
    let (other, tree) = (upper_of(state.path(), 1), tree(&[]));
    put(&other, &["worktrees/w/HEAD"]);
    assert!(wrote_history(state.path(), tree.path()).unwrap());
    renew(state.path(), tree.path(), &mut outputs).unwrap();
    assert!(!other.exists() && !wrote_history(state.path(), tree.path()).unwrap());
}

#[test]
fn a_commit_is_history_in_each_repository_of_the_tree_and_a_look_at_the_status_is_none() {
    let tree = tree(&[".git/HEAD", "lib/.git/HEAD"]);
    let (state, _) = layer(&[".git/index", "refs/heads/not-of-git", "made/.git/HEAD", "HEAD"]);
    assert!(!wrote_history(state.path(), tree.path()).unwrap());
    for name in [".git/HEAD", ".git/packed-refs", ".git/refs/heads/main", "lib/.git/refs/stash", ".git/modules/sub/HEAD", "lib/.git"] {
        let (state, _) = layer(&[name]);
        assert!(wrote_history(state.path(), tree.path()).unwrap(), "{name}");
    }
}

#[test]
fn an_open_box_is_left_alone_and_what_is_not_there_needs_nothing() {
    let (state, upper) = layer(&["a.txt"]);
    let tree = tree(&[]);
    let held = StateFolder::take(state.path()).unwrap().unwrap();
    assert_eq!(renew(state.path(), tree.path(), &mut outputs).unwrap_err().kind(), io::ErrorKind::ResourceBusy);
    assert_eq!(left(&upper), ["a.txt"]);
    drop(held);
    renew(&state.path().join("absent"), tree.path(), &mut outputs).unwrap();
    assert!(!wrote_history(&state.path().join("absent"), tree.path()).unwrap());
}

#[test]
fn where_nobody_can_say_what_stays_the_rest_is_not_taken_for_renewed() {
    let (state, _) = layer(&["src/a.rs"]);
    let mut fails = |_: &[PathBuf]| Err(io::Error::other("git did not answer"));
    assert_eq!(renew(state.path(), tree(&["src/a.rs"]).path(), &mut fails).unwrap_err().to_string(), "git did not answer");
}
