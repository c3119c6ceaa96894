use super::*;

fn of(patterns: &[&str]) -> (Patterns, Vec<String>) {
    Patterns::of(&patterns.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())
}

#[test]
fn names_match_at_any_depth_and_paths_from_the_root() {
    let (patterns, bad) = of(&["*.rs", "docs/*.md", "src/**/*.{ts,tsx}"]);
    assert!(bad.is_empty());
    for path in ["a.rs", "x/y/a.rs", "./docs/a.md", "src/a.ts", "src/x/y/b.tsx"] {
        assert!(patterns.matches(path), "{path}");
    }
    for path in ["a.rsx", "docs/x/a.md", "x/docs/a.md", "lib/a.ts"] {
        assert!(!patterns.matches(path), "{path}");
    }
}

#[test]
fn what_is_no_pattern_is_told_and_matches_nothing() {
    let (patterns, bad) = of(&["[z-a]", "", "a{b", "ok.md"]);
    assert_eq!(bad, ["[z-a]", "", "a{b"]);
    assert!(patterns.matches("ok.md") && !patterns.matches("a{b"));
}

#[test]
fn the_tame_beginning_of_a_pattern() {
    for (pattern, expected) in [("src/**/*.rs", "src"), ("*.rs", ""), ("a/b/c.txt", "a/b/c.txt"), ("a/b*/c", "a"), ("./x/y/", "x/y"), ("**/x", "")] {
        assert_eq!(begins(pattern), expected, "{pattern}");
    }
}

#[test]
fn a_pattern_beyond_measure_matches_nothing_and_is_told() {
    let deep = format!("{}a{}", "{".repeat(100_000), "}".repeat(100_000));
    let (patterns, bad) = super::Patterns::of(&[deep, "src/*.rs".to_owned()]);
    assert_eq!((bad.len(), patterns.matches("src/a.rs")), (1, true));
}
