use proptest::prelude::*;

use super::*;

#[test]
fn commas_split_but_not_in_braces() {
    let said = |text: &'static str| split(text).into_iter().map(|span| &text[span]).collect::<Vec<_>>();
    assert_eq!(said("**/*.ts, **/*.{js,jsx},src/[a,b].c ,"), ["**/*.ts", "**/*.{js,jsx}", "src/[a,b].c"]);
    assert_eq!(said("README.md"), ["README.md"]);
    assert_eq!(said(" , "), [""; 0]);
}

#[test]
fn what_can_match_nothing_is_told() {
    for bad in ["", "/etc/*", "~/x", "C:\\x", "c:/x", "../x", "a/../b", "a\\b", "*.{ts", "*.ts}", "[ab"] {
        assert!(fault(bad).is_some(), "{bad}");
    }
    for good in ["**/*.ts", "*.{ts,tsx}", "src/[!a-c]*.rs", "a..b", "[{]x"] {
        assert_eq!(fault(good), None, "{good}");
    }
}

proptest! {
    #[test]
    fn the_parts_are_the_text_without_commas(parts in prop::collection::vec("[a-z*./é]{1,6}", 0..6)) {
        let text = parts.join(" , ");
        let said: Vec<&str> = split(&text).into_iter().map(|span| text.get(span).unwrap()).collect();
        prop_assert_eq!(said, parts);
    }
}

#[test]
fn a_pattern_beyond_measure_is_told_before_anybody_compiles_it() {
    let deep = format!("{}a{}", "{".repeat(100_000), "}".repeat(100_000));
    assert!(super::fault(&deep).is_some_and(|why| why.contains("braces")));
    assert!(super::fault(&"a".repeat(5000)).is_some());
    assert_eq!(super::fault("src/{a,{b,c}}/*.{ts,tsx}"), None);
}
