use super::{Dialect, Phase, Reply};

#[test]
fn a_pass_is_silent_for_every_agent() {
    for (_, dialect) in super::super::dialect::DIALECTS {
        assert_eq!(Reply::go_on(dialect, &Phase::Tool), Reply { status: 0, words: String::new(), line: String::new() });
    }
}

#[test]
fn a_block_is_status_two_and_one_line_whatever_stands_in_it() {
    for (_, dialect) in super::super::dialect::DIALECTS {
        for phase in [Phase::Tool, Phase::Permission] {
            let reply = Reply::block(Some(dialect), &phase, "no\nnot \u{1b}[2J this");
            assert_eq!((reply.status, reply.line.lines().count()), (2, 1));
            assert!(!reply.line.contains('\u{1b}') && reply.line.len() > 10);
            assert_eq!(reply.words.is_empty(), dialect != Dialect::Cursor, "{dialect:?}");
        }
    }
}

#[test]
fn a_grant_has_the_one_shape_that_both_who_know_it_take() {
    let reply = Reply::go_on(Dialect::Codex, &Phase::Permission);
    assert_eq!((reply.status, reply.words.as_str()), (0, r#"{"hookSpecificOutput":{"hookEventName":"PermissionRequest","decision":{"behavior":"allow"}}}"#));
}
