use super::*;

/// One broken rule of each check, and the line that says so.
#[test]
fn each_check_is_run() {
    let tree = Tree::of(&[
        ("CHANGELOG.md", "# Changes\n\n## Unreleased\n"),
        ("crates/new/Cargo.toml", ""),
        ("crates/action/src/lib.rs", "mod util;\nfn f() {\n    unsafe {}\n    todo!()\n}\n"),
        ("crates/action/src/util.rs", &"\n".repeat(701)),
        ("crates/action/src/lost.rs", concat!("const HOME: &str = \"/ro", "ot/x\";")),
    ]);
    let report = check(&tree).unwrap();
    assert!(!report.is_clean());
    let text = report.to_string();
    for line in [
        "edges          1  arrows",
        "sizes          1  files",
        "crates/new/Cargo.toml:1: crate `new` is in no floor: make it a module",
        "crates/action/src/util.rs:1: 701 lines, 700 at most: cut it",
        "crates/action/src/util.rs:1: a file named `util.rs`: name it",
        "crates/action/src/lib.rs:3: unsafe outside the sandbox: use a safe call",
        "crates/action/src/lost.rs:1: nothing compiles it: `mod lost;` is not in crates/action/src/lib.rs: declare it",
        "crates/action/src/lib.rs:4: `todo!`: real, or not at all",
        concat!("crates/action/src/lost.rs:1: `/ro", "ot/` is a folder of one machine: use"),
    ] {
        assert!(text.contains(line), "no `{line}` in\n{text}");
    }
}

#[test]
fn a_tidy_tree_is_clean() {
    let tree = Tree::of(&[
        ("CHANGELOG.md", "## [Unreleased]"),
        ("crates/action/Cargo.toml", "[dependencies]\nserde.workspace = true\n"),
        ("crates/action/src/lib.rs", "mod effect;"),
        ("crates/action/src/effect.rs", "/// One.\npub struct Effect;"),
    ]);
    let report = check(&tree).unwrap();
    assert!(report.is_clean(), "{report}");
    assert!(report.to_string().lines().all(|line| line.contains("  ok  ")), "{report}");
}

#[test]
fn a_broken_manifest_is_a_complaint() {
    let complaint = check(&Tree::of(&[("crates/action/Cargo.toml", "[")])).err().unwrap();
    assert!(complaint.to_string().contains("crates/action/Cargo.toml is no TOML"));
}
