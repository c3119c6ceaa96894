use super::*;

fn folders(names: &[&str]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path().canonicalize().unwrap();
    names.iter().for_each(|name| fs::create_dir_all(base.join(name)).unwrap());
    (folder, base)
}

#[test]
fn an_ordinary_repository_and_none_have_nothing_outside() {
    let (_keep, base) = folders(&["tree/.git/objects", "plain"]);
    assert_eq!(GitFolders::of(&base.join("tree")), GitFolders::default());
    assert_eq!(GitFolders::of(&base.join("plain")), GitFolders::default());
}

#[test]
fn a_work_tree_names_the_common_folder_once() {
    let (_keep, base) = folders(&["tree", "main/.git/worktrees/tree"]);
    fs::write(base.join("tree/.git"), format!("gitdir: {}\n", base.join("main/.git/worktrees/tree").display())).unwrap();
    fs::write(base.join("main/.git/worktrees/tree/commondir"), "../..\n").unwrap();
    assert_eq!(GitFolders::of(&base.join("tree")).outside, [base.join("main/.git")]);
}

#[test]
fn a_submodule_has_a_relative_folder_and_lenders_are_followed() {
    let (_keep, base) = folders(&["main/sub", "main/.git/modules/sub/objects/info", "lender/objects/info", "lender2/objects"]);
    fs::write(base.join("main/sub/.git"), "gitdir: ../.git/modules/sub\n").unwrap();
    fs::write(base.join("main/.git/modules/sub/objects/info/alternates"), format!("{}\n", base.join("lender/objects").display())).unwrap();
    fs::write(base.join("lender/objects/info/alternates"), "../../lender2/objects\n# no\n/no/such\n").unwrap();
    let found = GitFolders::of(&base.join("main/sub"));
    assert_eq!(found.outside, [base.join("main/.git/modules/sub")]);
    assert_eq!(found.borrowed, [base.join("lender/objects"), base.join("lender2/objects")]);
}

#[test]
fn a_circle_of_lenders_and_nonsense_end() {
    let (_keep, base) = folders(&["tree/.git/objects/info", "odd"]);
    fs::write(base.join("tree/.git/objects/info/alternates"), ".\n").unwrap();
    assert_eq!(GitFolders::of(&base.join("tree")).borrowed.len(), MOST_BORROWED);
    fs::write(base.join("odd/.git"), [0xff, 0xfe, 0]).unwrap();
    assert_eq!(GitFolders::of(&base.join("odd")), GitFolders::default());
}
