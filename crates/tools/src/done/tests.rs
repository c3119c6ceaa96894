use super::*;

#[test]
fn a_line_is_one_visible_line_of_bounded_length() {
    assert_eq!(short("deleted `a\nb`"), "deleted `a\\nb`");
    assert_eq!(short("a\u{202e}b\u{1b}[2J"), "a\\u{202e}b\\u{1b}[2J");
    let long = short(&"ä".repeat(10_000));
    assert_eq!(long.chars().count(), LONGEST_LINE + 1);
    assert!(long.ends_with('…'));
}

#[test]
fn a_failure_is_told_to_all() {
    let done = Done::failed("the box did not answer\nmore");
    assert!(!done.ok && done.exit.is_none() && done.output.is_empty());
    assert_eq!((done.line.as_str(), done.text_for_model.as_str()), ("the box did not answer\\nmore", "the box did not answer\nmore"));
}
