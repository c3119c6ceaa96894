use std::io::{Cursor, repeat};

use super::*;
use crate::commands::read::samples;

fn why(bytes: &[u8]) -> Option<String> {
    text(Cursor::new(bytes)).unwrap().err().map(|unread| format!("{} [{}]", unread.why, unread.bytes))
}

#[test]
fn what_is_no_text_says_where() {
    assert_eq!(why("rm é".as_bytes()), None);
    assert_eq!(why(b"rm\0x").as_deref(), Some("it has a NUL at byte 2 [4]"));
    assert_eq!(why(b"rm \xff").as_deref(), Some("it is not UTF-8 from byte 3 on [4]"));
    assert_eq!(why(b"\xff\xfer\0m\0").as_deref(), Some("it has a NUL at byte 3 [6]"));
}

#[test]
fn an_input_without_an_end_is_read_up_to_a_bound() {
    let unread = text(repeat(b'x')).unwrap().err().unwrap();
    assert_eq!((unread.why.as_str(), unread.bytes as u64), ("it is larger than 64 MiB", MOST_BYTES + 1));
}

#[test]
fn a_title_is_one_line_of_bounded_length() {
    assert_eq!(samples::file("a\nb.sh", "").title(), r"a\nb.sh (shell)");
    assert_eq!(samples::typed("rm -rf x\necho").title(), r"command `rm -rf x\necho`");
    assert!(samples::typed(&"x".repeat(5_000)).title().chars().count() < 120);
}
