use super::{count, matches};
use crate::facts::{Facts, FileFact, FileKind};

fn facts() -> Facts {
    let mut facts = Facts { tree: "/t".into(), ..Facts::default() };
    let mut add = |path: &str, kind: FileKind, size: u64| drop(facts.files.insert(path.into(), FileFact { kind, size, ..FileFact::default() }));
    add("build", FileKind::Directory, 12);
    add("a.log", FileKind::File, 900);
    add("b.log", FileKind::File, 900);
    add(".c.log", FileKind::File, 900);
    add("src", FileKind::Directory, 4);
    add("src/x.o", FileKind::File, 1);
    add("src/deep", FileKind::Directory, 2);
    add("src/deep/y.o", FileKind::File, 1);
    add("evil/*", FileKind::File, 1);
    facts
}

#[test]
fn files_are_counted_as_far_as_the_facts_know_them() {
    for (base, shown, deep, expected) in [
        ("/t", "*.log", false, Some(2)),
        ("/t", ".*.log", false, Some(1)),
        ("/t/build", "build/*", true, Some(12)),
        ("/t/build", "build/*", false, None),
        ("/t/build", "build/**", true, Some(12)),
        ("/t/src", "src/*", true, Some(3)),
        ("/t/src", "src/*", false, Some(1)),
        ("/t/src", "src/**/*.o", true, Some(2)),
        ("/t/src", "src/**", true, Some(4)),
        ("/t", "./**/*.log", true, Some(3)),
        ("/t", "*.txt", false, None),
        ("/t", "[ab].log", false, None),
        ("/t", "*/x.o", false, None),
        ("/etc", "/etc/*", true, None),
        ("/t/made", "made/**", true, None),
    ] {
        assert_eq!(count(&facts(), base, shown, deep), expected, "{shown}");
    }
}

#[test]
fn a_pattern_matches_as_a_shell_does() {
    for (pattern, name) in [("*", ""), ("*.log", "a.log"), ("a*b*c", "aXbYbc"), ("?b", "ab"), ("**", "x"), ("ab", "ab")] {
        assert!(matches(pattern.as_bytes(), name.as_bytes()), "{pattern} {name}");
    }
    for (pattern, name) in [("*.log", "a.logs"), ("?", ""), ("ab", "abc"), ("a*b", "ac"), ("", "a")] {
        assert!(!matches(pattern.as_bytes(), name.as_bytes()), "{pattern} {name}");
    }
    assert!(!matches("*a*a*a*a*a*a*a*a*b".as_bytes(), "a".repeat(4000).as_bytes()), "and never for long");
}
