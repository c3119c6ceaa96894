use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use effects::{Facts, FileKind};

use super::{Ground, hooks};

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
