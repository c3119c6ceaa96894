use super::*;

struct Folders {
    _keep: tempfile::TempDir,
    base: PathBuf,
}

impl Folders {
    fn new(names: &[&str]) -> Self {
        let keep = tempfile::tempdir().unwrap();
        let base = keep.path().canonicalize().unwrap();
        names.iter().for_each(|name| fs::create_dir_all(base.join(name)).unwrap());
        Self { _keep: keep, base }
    }

    fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        fs::create_dir_all(self.base.join(path).parent().unwrap()).unwrap();
        fs::write(self.base.join(path), text).unwrap();
    }

    /// As far as git looks when it tells one.
    fn git(&self, folder: &str) {
        self.write(&format!("{folder}/HEAD"), "ref: refs/heads/main\n");
        ["objects/info", "refs"].iter().for_each(|name| fs::create_dir_all(self.base.join(folder).join(name)).unwrap());
    }

    fn of(&self, tree: &str) -> GitFolders {
        let plan = Plan {
            tree: self.base.join(tree),
            state: self.base.join("service/sessions/s/box"),
            visible: Vec::new(),
            let_through: Vec::new(),
            environments: vec![crate::plan::Place { name: action::EnvironmentName::new("production"), path: self.base.join("production") }],
            door: None,
            variables: Vec::new(),
            home: self.base.join("home"),
            limits: crate::plan::Limits::default(),
        };
        GitFolders::of(&plan.tree, &OffLimits::of(&plan))
    }

    fn borrowed_from(&self, store: &str) -> Vec<PathBuf> {
        self.write("tree/.git/objects/info/alternates", format!("{}\n", self.base.join(store).display()));
        self.of("tree").borrowed
    }
}

#[test]
fn an_ordinary_repository_and_none_have_nothing_outside() {
    let folders = Folders::new(&["plain"]);
    folders.git("tree/.git");
    assert_eq!(folders.of("tree"), GitFolders::default());
    assert_eq!(folders.of("plain"), GitFolders::default());
}

#[test]
fn a_work_tree_names_the_common_folder_once() {
    let folders = Folders::new(&["tree"]);
    folders.git("main/.git");
    let own = folders.base.join("main/.git/worktrees/tree");
    folders.write("tree/.git", format!("gitdir: {}\n", own.display()));
    folders.write("main/.git/worktrees/tree/commondir", "../..\n");
    assert_eq!(folders.of("tree"), GitFolders::default(), "it does not name the tree");
    folders.write("main/.git/worktrees/tree/gitdir", format!("{}\n", folders.base.join("other/.git").display()));
    assert_eq!(folders.of("tree"), GitFolders::default(), "it names another");
    folders.write("main/.git/worktrees/tree/gitdir", format!("{}\n", folders.base.join("tree/.git").display()));
    assert_eq!(folders.of("tree").outside, [folders.base.join("main/.git")]);
}

#[test]
fn a_submodule_has_a_relative_folder_and_lenders_are_followed() {
    let folders = Folders::new(&["main/sub"]);
    ["main/.git/modules/sub", "lender", "lender2"].iter().for_each(|folder| folders.git(folder));
    folders.write("main/sub/.git", "gitdir: ../.git/modules/sub\n");
    folders.write("main/.git/modules/sub/objects/info/alternates", format!("{}\n", folders.base.join("lender/objects").display()));
    folders.write("lender/objects/info/alternates", "../../lender2/objects\n# no\n/no/such\n");
    assert_eq!(folders.of("main/sub"), GitFolders::default(), "it does not name the tree");
    folders.write("main/.git/modules/sub/config", "[core]\n\tworktree = ../../../sub\n");
    let found = folders.of("main/sub");
    assert_eq!(found.outside, [folders.base.join("main/.git/modules/sub")]);
    assert_eq!(found.borrowed, [folders.base.join("lender/objects"), folders.base.join("lender2/objects")]);
}

#[test]
fn a_git_file_link_or_commondir_brings_no_folder_of_secrets() {
    let folders = Folders::new(&["tree", "other", "home/.ssh", "linked"]);
    folders.write("tree/.git", "gitdir: ../home/.ssh\n");
    assert_eq!(folders.of("tree"), GitFolders::default());
    // Even one that looks like a git folder of the tree's.
    folders.git("home/.ssh");
    folders.write("home/.ssh/config", format!("[core]\n\tworktree = {}\n", folders.base.join("tree").display()));
    assert_eq!(folders.of("tree"), GitFolders::default());
    std::os::unix::fs::symlink(folders.base.join("other"), folders.base.join("linked/.git")).unwrap();
    assert_eq!(folders.of("linked"), GitFolders::default());
    folders.git("shared/.git");
    folders.write("shared/.git/commondir", "../../other\n");
    assert_eq!(folders.of("shared"), GitFolders::default());
}

#[test]
fn alternates_bring_nothing_but_object_stores() {
    let folders = Folders::new(&["service/keys", "plain/objects"]);
    folders.git("tree/.git");
    for git in ["lender", "service/x", "production/app", "home/.ssh/x", "home/project"] {
        folders.git(git);
    }
    for store in ["service/keys", "plain/objects", "lender", "", "service/x/objects", "production/app/objects", "home/.ssh/x/objects"] {
        assert_eq!(folders.borrowed_from(store), Vec::<PathBuf>::new(), "{store}");
    }
    for store in ["lender/objects", "home/project/objects"] {
        assert_eq!(folders.borrowed_from(store), [folders.base.join(store)]);
    }
}

#[test]
fn a_folder_that_holds_the_tree_is_not_laid_over_it() {
    let folders = Folders::new(&["bare/tree"]);
    folders.git("bare");
    folders.write("bare/tree/.git", "gitdir: ../worktrees/tree\n");
    folders.write("bare/worktrees/tree/commondir", "../..\n");
    folders.write("bare/worktrees/tree/gitdir", format!("{}\n", folders.base.join("bare/tree/.git").display()));
    assert_eq!(folders.of("bare/tree"), GitFolders::default());
}

#[test]
fn a_circle_of_lenders_and_nonsense_end() {
    let folders = Folders::new(&[]);
    ["tree/.git", "a", "b"].iter().for_each(|folder| folders.git(folder));
    folders.write("a/objects/info/alternates", "../../b/objects\n.\n");
    folders.write("b/objects/info/alternates", "../../a/objects\n");
    assert_eq!(folders.borrowed_from("a/objects"), [folders.base.join("a/objects"), folders.base.join("b/objects")]);
    folders.write("odd/.git", [0xff, 0xfe, 0]);
    assert_eq!(folders.of("odd"), GitFolders::default());
}
