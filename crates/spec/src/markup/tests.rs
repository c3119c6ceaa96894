use super::*;
use crate::text::lines;

fn title(says: &str) -> Option<(usize, &str)> {
    heading(&lines(says)[0]).map(|heading| (heading.level, heading.title))
}

#[test]
fn headings_are_told_from_hashes() {
    assert_eq!(title("### A ###"), Some((3, "A")));
    assert_eq!(title("# Learn C#"), Some((1, "Learn C#")));
    assert_eq!(title("   ## A"), Some((2, "A")));
    assert_eq!(title("#"), Some((1, "")));
    for none in ["    # A", "#A", "####### A", "a # b", "```"] {
        assert_eq!(title(none), None, "{none}");
    }
}

#[test]
fn items_are_told_from_emphasis_and_numbers() {
    assert_eq!(item("  - a "), Some(Item { mark: Mark::Bullet, body: "a" }));
    assert_eq!(item("12) a"), Some(Item { mark: Mark::Number("12"), body: "a" }));
    assert_eq!(item("1.当用户"), Some(Item { mark: Mark::Number("1"), body: "当用户" }));
    for none in ["**a**", "-a", "1.1 a", "1.5x", "1234567890. a", "---"] {
        assert_eq!(item(none), None, "{none}");
    }
}

#[test]
fn printed_ids_are_dotted_and_end() {
    for says in ["1.1 a", "1.1. a", "**1.1** a", "1.1: a", "[1.1] a"] {
        assert_eq!(printed(says), Some(("1.1", "a")), "{says}");
    }
    assert_eq!(printed("2a.10 a"), Some(("2a.10", "a")));
    for none in ["1. a", "1 a", "1.1xy a", "v1.1 a", "1.1/2 a"] {
        assert_eq!(printed(none), None, "{none}");
    }
}

#[test]
fn ids_end_with_one_letter_at_most() {
    for (text, length) in [("1", 1), ("2a", 2), ("1.2.3b:", 6), ("1.", 1), ("1.2ab", 0), ("a1", 0), ("1.2A", 0), ("1.x", 1)] {
        assert_eq!(id(text).unwrap_or(0), length, "{text}");
    }
}

#[test]
fn wrapped_lines_of_wide_scripts_are_joined_without_a_space() {
    let joined = |first: &str, more: &str| {
        let mut text = first.to_owned();
        join(&mut text, more);
        text
    };
    assert_eq!(joined("系统", "应"), "系统应");
    assert_eq!(joined("시스템", "합계"), "시스템 합계");
    assert_eq!(joined("a", "b"), "a b");
    assert_eq!(joined("系统", "SHALL"), "系统 SHALL");
}

#[test]
fn a_tab_goes_to_the_next_stop() {
    assert_eq!((indent("\ta"), indent("  \ta"), indent("     a")), (4, 4, 5));
}
