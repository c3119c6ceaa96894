use super::{below, normal, quoted, shown};

#[test]
fn dots_and_slashes_go_and_the_root_holds() {
    for (base, path, expected) in [
        ("/a/b", "c", "/a/b/c"),
        ("/a/b", "./c//d/", "/a/b/c/d"),
        ("/a/b", "../../../../x", "/x"),
        ("/a/b", "/etc/./passwd", "/etc/passwd"),
        ("/a/b", "", "/a/b"),
        ("", "x", "/x"),
    ] {
        assert_eq!(normal(base, path), expected, "{base} {path}");
    }
}

#[test]
fn prefixes_are_whole_components() {
    assert_eq!(below("/srv/prod/db", "/srv/prod"), Some("db"));
    assert_eq!(below("/srv/prod", "/srv/prod"), Some(""));
    assert_eq!(below("/srv/production", "/srv/prod"), None);
    assert_eq!(below("/x", "/"), Some("x"));
    assert_eq!(below("/x", ""), None, "an unknown root holds nothing");
}

#[test]
fn names_are_bounded_and_end_where_they_seem_to() {
    let long = shown(&"x".repeat(5000));
    assert!(long.chars().count() < 170, "{long}");
    assert_ne!(long, shown(&"x".repeat(5001)), "two names stay two");
    assert_eq!(quoted("a`, reversible"), r"`a\u{60}, reversible`".replace("\\\\", "\\"));
}

#[test]
fn two_dots_climb_only_after_a_name() {
    for path in ["a/..", "/a/../b", "../a/..", "./a/./..", "a//..", "*/../x"] {
        assert!(super::climbs(path), "{path}");
    }
    for path in ["..", "../..", "./../a", "a", "a..", "/..", "a/...", ""] {
        assert!(!super::climbs(path), "{path}");
    }
}
