use std::time::Duration;

use super::{Options, Trouble};

fn options(words: &[&str]) -> Option<Result<Options, Trouble>> {
    Options::of(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
}

#[test]
fn the_words_of_a_hook_are_read_without_the_grammar_of_all_commands() {
    let read = options(&["--as", "codex", "--home=/s", "--deadline", "2.5", "--wait", "60"]).unwrap().unwrap();
    assert_eq!(read.dialect.as_deref(), Some("codex"));
    assert_eq!((read.home, read.deadline, read.wait), (Some("/s".into()), Duration::from_millis(2500), Duration::from_secs(60)));
    assert!(options(&[]).unwrap().is_ok());
}

#[test]
fn other_words_are_for_other_parts_or_are_misuse() {
    for words in [&["install"][..], &["uninstall", "--for", "x"], &["--help"], &["-h"]] {
        assert!(options(words).is_none(), "{words:?}");
    }
    for words in [&["--as"][..], &["claude"], &["--deadline", "-1"], &["--wait", "soon"], &["--deadline", "inf"]] {
        assert!(options(words).unwrap().is_err(), "{words:?}");
    }
}
