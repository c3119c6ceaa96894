use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::*;

fn put(root: &Path, name: &str, text: &str) {
    let path = root.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A tree with these files, committed; then the second ones are written.
fn tree(committed: &[(&str, &str)], later: &[(&str, &str)]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    committed.iter().for_each(|(name, text)| put(&root, name, text));
    for arguments in [&["init", "--quiet"][..], &["add", "--all"], &["-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--allow-empty", "-m", "x"]] {
        assert!(Command::new("git").args(arguments).current_dir(&root).status().unwrap().success());
    }
    later.iter().for_each(|(name, text)| put(&root, name, text));
    (folder, root)
}

fn look(root: &Path, names: &[&str]) -> Facts {
    let survey = Survey::of_session(root);
    let mut facts = survey.facts_of_text("", "", Path::new("/home/ana"), Vec::new()).unwrap();
    survey.look_at(names.iter().copied(), &mut facts).unwrap();
    facts
}

#[test]
fn files_are_compared_with_git_and_folders_counted() {
    let (_folder, root) = tree(&[("kept.txt", "a"), ("changed.txt", "a"), ("d/one", ""), ("d/e/two", "")], &[("changed.txt", "b"), ("new file.txt", "c"), ("d/.git-not", "")]);
    let facts = look(&root, &["kept.txt", "changed.txt", "new file.txt", "d", "absent", "../outside", ":(glob)*"]);
    let of = |name: &str| facts.files.get(name).map(|fact| (fact.tracked, fact.changed, fact.size));
    assert_eq!(of("kept.txt"), Some((Some(true), false, 1)));
    assert_eq!(of("changed.txt"), Some((Some(true), true, 1)));
    assert_eq!(of("new file.txt"), Some((Some(false), false, 1)));
    assert_eq!(of("d"), Some((None, false, 3)));
    assert_eq!(facts.files.len(), 4, "what is not there, or not in the tree, is no fact");
}

#[test]
fn looking_again_says_that_nothing_is_new() {
    let (_folder, root) = tree(&[("a", "")], &[]);
    let survey = Survey::of_session(&root);
    let mut facts = Facts::default();
    assert!(survey.look_at(["a", "."].into_iter(), &mut facts).unwrap());
    assert!(!survey.look_at(["a", "."].into_iter(), &mut facts).unwrap());
    assert!(facts.files.contains_key(""), "the tree itself");
}

#[test]
fn a_link_on_the_way_is_named_and_never_followed_when_counting() {
    let (_folder, root) = tree(&[("d/one", "")], &[]);
    std::os::unix::fs::symlink("/", root.join("d/out")).unwrap();
    std::os::unix::fs::symlink("d", root.join("way")).unwrap();
    let facts = look(&root, &["way/one", "d"]);
    assert!(matches!(&facts.files["way"].kind, FileKind::Symlink { target } if target == "d"));
    assert_eq!(facts.files["d"].size, 2);
}

#[test]
fn without_a_repository_and_with_filters_in_it_git_says_nothing() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "a", "");
    assert_eq!(look(folder.path(), &["a"]).files["a"].tracked, None);
    let (_folder, root) = tree(&[("a", "")], &[]);
    assert!(Command::new("git").args(["config", "filter.x.clean", "touch ran"]).current_dir(&root).status().unwrap().success());
    assert_eq!(look(&root, &["a"]).files["a"].tracked, None);
    assert!(!root.join("ran").exists());
}

#[test]
fn before_the_first_commit_a_file_that_git_has_is_not_safe_there() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "a", "");
    for arguments in [&["init", "--quiet"][..], &["add", "a"]] {
        assert!(Command::new("git").args(arguments).current_dir(folder.path()).status().unwrap().success());
    }
    let fact = &look(folder.path(), &["a"]).files["a"];
    assert_eq!((fact.tracked, fact.changed), (Some(true), true));
}

#[test]
fn scripts_are_found_from_the_folder_where_the_text_starts() {
    let (_folder, root) = tree(&[("ops/run.sh", "sh inner.sh\n"), ("ops/inner.sh", "true\n"), ("top.sh", "true\n")], &[]);
    let facts = Survey::of_session(&root).facts_of_text("./run.sh; cd ..; sh top.sh", "ops", Path::new("/home/ana"), Vec::new()).unwrap();
    let found: Vec<&str> = facts.scripts.keys().map(String::as_str).collect();
    assert_eq!(found, ["ops/inner.sh", "ops/run.sh", "top.sh"]);
}
