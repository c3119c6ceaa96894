//! Ignore files that would end whoever compiles them.

use super::*;

/// One line with so many braces that compiling it takes a stack without end.
fn absurd() -> String {
    "{".repeat(200_000) + &"}".repeat(200_000)
}

#[test]
fn a_folder_with_an_ignore_file_beyond_measure_is_not_looked_into_and_is_named() {
    let bad = absurd();
    for name in [".gitignore", ".ignore", ".kiroignore"] {
        let here = Here::with(&[("a.rs", b"fn needle() {}\n"), ("sub/b.rs", b"fn needle() {}\n"), (&format!("sub/{name}"), bad.as_bytes())]);
        for told in [here.glob("*.rs"), here.grep("needle", ""), here.ask(Deed::Outline { path: ".".into() }), here.ask(Deed::Map { path: ".".into(), budget: 500, about: String::new() })] {
            assert!(told.ok && told.text.contains("a.rs") && !told.text.contains("b.rs"), "{name}: {}", told.text);
            assert!(told.text.contains(&format!("sub/{name}")), "{name}: {}", told.text);
        }
    }
}

#[test]
fn at_the_top_or_above_it_nothing_is_looked_at() {
    let bad = absurd();
    let here = Here::with(&[("sub/b.rs", b"fn needle() {}\n"), (".gitignore", bad.as_bytes())]);
    assert!(here.glob("*.rs").text.contains("[not looked into: the folder of `.gitignore`"));
    let told = here.ask(Deed::Outline { path: "sub".into() });
    assert!(told.ok && !told.text.contains("needle") && told.text.contains(".gitignore"), "{}", told.text);
}

#[test]
fn a_pipe_in_the_place_of_an_ignore_file_is_not_waited_for() {
    let here = Here::with(&[("sub/b.rs", b"fn needle() {}\n")]);
    let made = std::process::Command::new("mkfifo").arg(here.tree.join("sub/.gitignore")).status().unwrap();
    assert!(made.success());
    let told = here.grep("needle", "");
    assert!(told.text.contains("[not looked into: the folder of `sub/.gitignore`"), "{}", told.text);
}

#[test]
fn ordinary_ignore_files_and_folders_of_that_name_are_as_ever() {
    let here = Here::with(&[("sub/b.rs", b"fn needle() {}\n"), (".gitignore", b"{a,b{c,d}}.txt\ngone/\n"), ("gone/c.rs", b""), ("d/.gitignore/x", b"needle\n")]);
    let told = here.glob("**/*");
    assert!(told.text.contains("sub/b.rs") && told.text.contains("d/.gitignore/x") && !told.text.contains("c.rs") && !told.text.contains("not looked"), "{}", told.text);
}
