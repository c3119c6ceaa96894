use super::*;

fn tree() -> Tree {
    Tree::of(&[
        ("Cargo.toml", ""),
        ("crates/a/Cargo.toml", "[package]\nname = \"a\"\n"),
        ("crates/a/src/lib.rs", "mod b;\n#[cfg(test)]\nmod samples;"),
        ("crates/a/src/main.rs", "mod b;"),
        ("crates/a/src/b.rs", "mod c;\n#[cfg(test)] mod tests;"),
        ("crates/a/src/b/c.rs", ""),
        ("crates/a/src/b/tests.rs", "mod deep;"),
        ("crates/a/src/b/tests/deep.rs", ""),
        ("crates/a/src/samples.rs", "mod more;"),
        ("crates/a/src/samples/more.rs", ""),
        ("crates/a/tests/it/main.rs", "mod x;"),
        ("crates/a/tests/it/x.rs", ""),
        ("crates/a/examples/e.rs", ""),
        ("xtask/src/main.rs", ""),
    ])
}

#[test]
fn tests_are_known_by_place_name_and_declaration() {
    let tree = tree();
    let tests: Vec<&str> = tree.rust().filter(|(file, _)| tree.is_test(file)).map(|(file, _)| file.path.as_str()).collect();
    assert_eq!(
        tests,
        [
            "crates/a/src/b/tests.rs",
            "crates/a/src/b/tests/deep.rs",
            "crates/a/src/samples.rs",
            "crates/a/src/samples/more.rs",
            "crates/a/tests/it/main.rs",
            "crates/a/tests/it/x.rs",
            "crates/a/examples/e.rs",
        ]
    );
    assert_eq!(tree.production().count() + tests.len(), tree.rust().count());
}

#[test]
fn each_module_has_its_parent() {
    let tree = tree();
    let parent = |path: &str| tree.parent(tree.file(path).unwrap()).map(|file| file.path.as_str());
    assert_eq!(parent("crates/a/src/b.rs"), Some("crates/a/src/lib.rs"));
    assert_eq!(parent("crates/a/src/b/c.rs"), Some("crates/a/src/b.rs"));
    assert_eq!(parent("crates/a/src/b/tests/deep.rs"), Some("crates/a/src/b/tests.rs"));
    assert_eq!(parent("crates/a/tests/it/x.rs"), Some("crates/a/tests/it/main.rs"));
    for root in ["crates/a/src/lib.rs", "crates/a/src/main.rs", "crates/a/tests/it/main.rs", "crates/a/examples/e.rs", "xtask/src/main.rs"] {
        assert_eq!(parent(root), None, "{root}");
    }
}

#[test]
fn files_belong_to_crates() {
    let tree = tree();
    let house = |path: &str| tree.file(path).unwrap().house();
    assert_eq!(house("crates/a/src/b/c.rs"), Some("a"));
    assert_eq!(house("xtask/src/main.rs"), Some("xtask"));
    assert_eq!(house("Cargo.toml"), None);
    assert_eq!(tree.file("crates/a/src/b/c.rs").unwrap().module(), "c");
    assert_eq!(tree.file("crates/a/Cargo.toml").unwrap().line_starting("name"), 2);
}

/// The real repository, by the real git.
#[test]
fn this_very_file_is_in_the_tree() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let tree = Tree::read(root).unwrap();
    assert!(tree.file("xtask/src/tree/tests.rs").is_some_and(|file| file.text.contains("this_very_file_is_in_the_tree")));
    assert!(tree.files().is_sorted_by_key(|file| &file.path));
    assert!(tree.files().all(|file| !file.path.starts_with("target/")), "what git ignores is not read");
}

#[test]
fn a_folder_without_git_is_a_complaint() {
    let complaint = Tree::read(Path::new("/proc/self")).err().unwrap();
    assert!(complaint.to_string().contains("git"), "{complaint:#}");
}
