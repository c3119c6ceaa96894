use super::*;

#[track_caller]
fn check(bytes: &[u8], expected: &str) {
    assert_eq!(plain(bytes), expected);
}

#[test]
fn text_stays_as_it_is() {
    check("ä\tb\nc".as_bytes(), "ä\tb\nc");
    check(b"", "");
}

#[test]
fn colours_titles_and_cursor_moves_are_gone() {
    check(b"\x1b[1;31merror\x1b[0m: x\n", "error: x\n");
    check(b"\x1b]0;title\x07text", "text");
    check(b"\x1b]8;;http://a\x1b\\link\x1b]8;;\x1b\\ end", "link end");
    check(b"\x1b[2K\x1b[1Ga\x1b(Bb\x1b=c", "abc");
    check(b"a\x1b", "a");
    check(b"a\x1b[", "a");
    check(b"a\x1b[31", "a");
}

#[test]
fn a_broken_sequence_does_not_swallow_the_next_line() {
    check(b"a\x1b]0;never ended\nb\n", "a\nb\n");
    check(b"a\x1b[12\nb", "a\nb");
}

#[test]
fn progress_bars_show_their_last_state() {
    check(b" 10 %\r 50 %\r100 %\ndone\r\n", "100 %\ndone\n");
    check(b"one\rtwo", "two");
    check(b"half\r", "half");
}

#[test]
fn other_control_characters_and_bad_bytes_do_no_harm() {
    check(b"a\x08\x07b\x00c", "abc");
    check(b"caf\xe9", "caf\u{fffd}");
}

#[test]
fn binary_is_told_from_text() {
    assert!(is_binary(b"a\0"));
    assert!(!is_binary("ä\n".as_bytes()));
}
