use super::*;

fn said(files: &[(&str, &str)]) -> Vec<String> {
    check(&Tree::of(files)).iter().map(ToString::to_string).collect()
}

#[test]
fn what_is_declared_is_compiled() {
    let files = [
        ("crates/a/src/lib.rs", "mod b; pub mod d;"),
        ("crates/a/src/b.rs", "pub(crate) mod c;\n#[cfg(test)]\nmod tests;"),
        ("crates/a/src/b/c.rs", ""),
        ("crates/a/src/b/tests.rs", ""),
        ("crates/a/src/d.rs", ""),
        ("crates/a/src/bin/x.rs", ""),
        ("crates/a/build.rs", ""),
        ("crates/a/tests/it/main.rs", "mod x;"),
        ("crates/a/tests/it/x.rs", "mod y;"),
        ("crates/a/tests/it/x/y.rs", ""),
        ("crates/a/tests/locks/clone.rs", "a file that a test compiles itself"),
        ("scenarios/one/app/src/main.rs", "a file of a story"),
        ("scenarios/one/app/src/lib/lost.rs", ""),
    ];
    assert_eq!(said(&files[..11]), Vec::<String>::new());
    assert_eq!(said(&files), Vec::<String>::new());
}

#[test]
fn a_test_file_that_nobody_names() {
    let said = said(&[
        ("crates/a/src/lib.rs", "mod b; // mod tests;"),
        ("crates/a/src/b.rs", "const S: &str = \"mod tests;\";"),
        ("crates/a/src/b/tests.rs", "#[test] fn never() { panic!() }"),
        ("crates/a/tests/it/main.rs", ""),
        ("crates/a/tests/it/x.rs", ""),
        ("crates/a/src/lost/deep.rs", ""),
        ("xtask/src/main.rs", ""),
        ("xtask/src/lost.rs", ""),
    ]);
    assert_eq!(
        said,
        [
            "crates/a/src/b/tests.rs:1: nothing compiles it: `mod tests;` is not in crates/a/src/b.rs: declare it, or remove the file",
            "crates/a/tests/it/x.rs:1: nothing compiles it: `mod x;` is not in crates/a/tests/it/main.rs: declare it, or remove the file",
            "crates/a/src/lost/deep.rs:1: nothing compiles it: `mod deep;` is not in no file: declare it, or remove the file",
            "xtask/src/lost.rs:1: nothing compiles it: `mod lost;` is not in xtask/src/main.rs: declare it, or remove the file",
        ]
    );
}

#[test]
fn one_test_binary_a_crate() {
    let said = said(&[("crates/a/tests/it/main.rs", ""), ("crates/a/tests/more.rs", ""), ("crates/a/tests/other/main.rs", "")]);
    assert_eq!(said.len(), 2);
    assert!(said[0].starts_with("crates/a/tests/more.rs:1: a second test binary") && said[1].starts_with("crates/a/tests/other/main.rs:1:"));
}

#[test]
fn a_binary_that_the_manifest_argues_for() {
    let said_with = |manifest: &str| said(&[("crates/a/Cargo.toml", manifest), ("crates/a/tests/more.rs", "")]).len();
    assert_eq!(said_with("[[bin]]\nname = \"launcher\"\npath = \"tests/more.rs\"\n"), 0, "a program that tests start");
    assert_eq!(said_with("[[test]]\nname = \"more\"\npath = \"tests/more.rs\"\nrequired-features = [\"more\"]\n"), 0);
    assert_eq!(said_with("[[test]]\nname = \"more\"\npath = \"tests/more.rs\"\nharness = false\n"), 0);
    assert_eq!(said_with("[[test]]\nname = \"more\"\npath = \"tests/more.rs\"\n"), 1, "a name alone is no reason");
    assert_eq!(said_with("[[bin]]\nname = \"other\"\npath = \"tests/other.rs\"\n"), 1);
    assert_eq!(said_with("[["), 1);
}
