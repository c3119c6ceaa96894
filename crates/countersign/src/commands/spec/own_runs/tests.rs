use action::Digest;
use agent::specs::Tested;

use super::*;

/// A run of `test/a.mjs` in a folder, on its `src/a.mjs`, both with this text.
fn run(root: &Path, text: &str) -> Run {
    let of = |path: &str| BTreeMap::from([(path.to_owned(), Digest::of_bytes(text.as_bytes()))]);
    let cases = vec![tools::Case { name: "adds".to_owned(), within: String::new(), went: Went::Passed }];
    let tested = Tested { command: "npm test".to_owned(), change: Digest::of_bytes(b""), tests: of("test/a.mjs"), sources: of("src/a.mjs"), cases };
    Run { task: "1".to_owned(), index: 1, root: root.to_path_buf(), tested }
}

#[test]
fn the_same_path_below_a_nested_kiro_is_another_file() {
    let folder = tempfile::tempdir().unwrap();
    let outer = folder.path().to_path_buf();
    let inner = outer.join("web");
    for (root, text) in [(&outer, "outer"), (&inner, "inner")] {
        for path in [".kiro/specs/x/tasks.md", "src/a.mjs", "test/a.mjs"] {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
    }
    let mut both = OwnRuns::of(vec![run(&inner, "inner"), run(&outer, "outer")]);
    assert_eq!(both.note(), None, "each is still what it ran on");
    for file in ["test/a.mjs", "web/test/a.mjs"] {
        assert_eq!(both.result(&outer, file, "adds", 1).0, TestResult::Passed, "{file}");
    }
    let mut nested = OwnRuns::of(vec![run(&inner, "inner")]);
    assert_eq!(nested.result(&outer, "web/test/a.mjs", "adds", 1).0, TestResult::Passed);
    assert_eq!(nested.result(&outer, "test/a.mjs", "adds", 1).0, TestResult::NotRun, "that one never ran");
    let mut crossed = OwnRuns::of(vec![run(&inner, "inner"), run(&outer, "inner")]);
    assert!(crossed.note().is_some_and(|note| note.contains("1 run of ours")));
    assert_eq!(crossed.result(&outer, "test/a.mjs", "adds", 1).0, TestResult::NotRun);
}
