use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use effects::{Facts, FileKind};

use super::{Ground, hooks, is_plain, may_follow_links, state_of};

fn known(root: &Path, command: &str) -> Facts {
    let mut facts = Facts::default();
    let root = root.to_str().unwrap();
    Ground { root, cwd: root }.words(command, &mut facts);
    facts
}

#[test]
fn links_are_known_by_name_by_folder_and_by_pattern() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("a/b")).unwrap();
    symlink("/etc", folder.path().join("out")).unwrap();
    symlink("/etc/passwd", folder.path().join("a/b/deep")).unwrap();
    let links = |command: &str| {
        let facts = known(folder.path(), command);
        facts.files.into_iter().filter(|(_, fact)| matches!(fact.kind, FileKind::Symlink { .. })).map(|(path, _)| path).collect::<Vec<_>>()
    };
    assert_eq!(links("cat out/passwd"), ["out"]);
    assert_eq!(links("cat o*"), ["out"]);
    assert_eq!(links("cat a/b/*"), ["a/b/deep"]);
    assert_eq!(links("cat */b/*"), ["a/b/deep", "out"]);
    assert!(links("cat a").is_empty());
}

#[test]
fn more_than_can_be_looked_at_counts_as_a_link_that_leads_anywhere() {
    let folder = tempfile::tempdir().unwrap();
    for n in 0..super::ENTRIES + 1 {
        fs::write(folder.path().join(n.to_string()), "").unwrap();
    }
    let facts = known(folder.path(), "cat *");
    assert!(facts.files.values().any(|fact| fact.kind == FileKind::Symlink { target: "/".into() }));
}

#[test]
fn hooks_are_surely_absent_only_where_all_places_are_plain() {
    let (tree, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let ask = || hooks(tree.path(), home.path());
    fs::create_dir_all(tree.path().join(".git/hooks")).unwrap();
    assert_eq!(ask(), Some(false));
    let hook = tree.path().join(".git/hooks/pre-commit");
    fs::write(&hook, "#!/bin/sh").unwrap();
    assert_eq!(ask(), Some(false), "it is not executable");
    fs::set_permissions(&hook, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    assert_eq!(ask(), Some(true));
    fs::remove_file(&hook).unwrap();
    fs::write(home.path().join(".gitconfig"), "[core]\n hooksPath = /x").unwrap();
    assert_eq!(ask(), None);
}

#[test]
fn other_names_of_a_file_and_heads_of_repositories_are_known() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("bare/hooks")).unwrap();
    fs::write(folder.path().join("bare/HEAD"), "").unwrap();
    fs::write(folder.path().join("one"), "").unwrap();
    fs::hard_link(folder.path().join("one"), folder.path().join("two")).unwrap();
    fs::write(folder.path().join("alone"), "").unwrap();
    let facts = known(folder.path(), "echo > two; echo > alone; echo > bare/hooks/x");
    assert!(facts.files["two"].linked && !facts.files["alone"].linked);
    assert!(facts.files.contains_key("bare/HEAD"));
    assert!(known(folder.path(), "chmod 600 o*").files["one"].linked, "a pattern may match it");
}

#[test]
fn what_words_do_not_name_is_bound_by_the_state_of_all() {
    for command in ["cd src && sh ../run.sh", "sh $PWD/run.sh", "sh run*.sh", "x=run.sh; sh \"$x\"", "sh a/../run.sh", "sh ~/run.sh"] {
        assert!(!is_plain(command), "{command}");
    }
    assert!(is_plain("sh run.sh --fast"));
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().to_str().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    fs::write(folder.path().join("run.sh"), "echo a").unwrap();
    let state = || state_of(root, root, &["sh run*.sh"]).unwrap();
    let before = state();
    fs::write(folder.path().join(".git/index"), "x").unwrap();
    assert_eq!(state(), before);
    fs::write(folder.path().join("run.sh"), "echo evil").unwrap();
    assert_ne!(state(), before);
}

#[test]
fn programs_that_go_along_links_are_told_by_their_options_or_names() {
    for command in ["grep -R . .", "find -L . -name x", "rg -L x", "cp -rL a b", "tar ch .", "zip -r a.zip .", "grep --dereference-recursive x ."] {
        assert!(may_follow_links(command), "{command}");
    }
    for command in ["grep -r x .", "cargo test", "ls -la"] {
        assert!(!may_follow_links(command), "{command}");
    }
}
