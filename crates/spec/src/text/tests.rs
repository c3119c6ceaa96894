use super::*;

#[test]
fn lines_know_their_fences() {
    let fenced = |text: &str| lines(text).iter().map(|line| line.fenced).collect::<Vec<_>>();
    assert_eq!(fenced("a\n```\nb\n```\nc"), [false, true, true, true, false]);
    assert_eq!(fenced("~~~~\n```\n~~~\n~~~~~\nc"), [true, true, true, true, false]);
    assert_eq!(fenced("```inline```\nb"), [false, false]);
    assert_eq!(fenced("  ```js\n  ```\nb"), [true, true, false]);
    assert_eq!(fenced("```\nopen"), [true, true]);
}

#[test]
fn lines_are_without_their_ends_and_the_byte_order_mark() {
    let text = "\u{feff}a\r\nb\n\nc";
    let says: Vec<_> = lines(text).iter().map(|line| line.says).collect();
    assert_eq!(says, ["a", "b", "", "c"]);
    assert!(lines(text).iter().all(|line| &text[line.span()] == line.says));
}

#[test]
fn an_open_block_is_found_where_it_begins() {
    assert_eq!(open_fence("a\n```\nb\n```\n~~~\nc"), Some("a\n```\nb\n```\n".len()));
    assert_eq!(open_fence("a\n```\nb\n```\n"), None);
}

#[test]
fn the_line_end_is_that_of_the_first_line() {
    assert_eq!((line_end("a\r\nb\n"), line_end("a\nb\r\n"), line_end("a")), ("\r\n", "\n", "\n"));
}

#[test]
fn edits_that_overlap_or_split_a_character_are_refused() {
    let edit = |span, with: &str| Edit { span, with: with.to_owned() };
    assert_eq!(apply("abc", &[edit(2..3, "C"), edit(0..1, "A")]).as_deref(), Some("AbC"));
    assert_eq!(apply("abc", &[edit(0..2, "x"), edit(1..3, "y")]), None);
    assert_eq!(apply("é", &[edit(1..2, "x")]), None);
    assert_eq!(apply("a", &[edit(0..9, "x")]), None);
    assert_eq!(apply("ab", &[edit(1..1, "x"), edit(1..1, "y")]).as_deref(), Some("axyb"));
}

#[test]
fn places_are_lines_and_characters_from_one() {
    assert_eq!(place("a\nбв", 2 + "б".len()), (2, 2));
    assert_eq!(place("a", 0), (1, 1));
    assert_eq!(place("a", 99), (1, 2));
}
