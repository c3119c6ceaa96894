use pulldown_cmark::{Event, HeadingLevel, Parser, Tag};

use super::*;

fn levels(text: &str) -> Vec<HeadingLevel> {
    let level = |event: Event<'_>| match event {
        Event::Start(Tag::Heading { level, .. }) => Some(level),
        _ => None,
    };
    Parser::new_ext(text, options()).filter_map(level).collect()
}

#[test]
fn headings_stand_one_level_deeper_and_nothing_else_changes() {
    let table = [
        ("# A\n\ntext # no\n\n###### F\n", "## A\n\ntext # no\n\n###### F\n"),
        ("```\n# code\n```\n", "```\n# code\n```\n"),
        ("> # quoted\n", "> ## quoted\n"),
        ("- # item\n", "- ## item\n"),
        ("Title\n=====\n\nx\n", "Title\n-----\n\nx\n"),
        ("T\n=\n", "T\n--\n"),
        ("Sub\n---\n", "Sub\n---\n"),
        ("\u{feff}# 要件\r\n\r\nمتطلبات\r\n", "## 要件\r\n\r\nمتطلبات\r\n"),
        ("#no heading", "#no heading\n"),
        ("", ""),
    ];
    for (text, wanted) in table {
        assert_eq!(fitted(text, 1), wanted, "{text:?}");
    }
}

#[test]
fn what_stays_open_is_closed_so_that_the_next_part_is_read_as_it_is() {
    for text in ["# A\n```rust\nfn x() {}\n", "~~~~\nx\n```\n", "<!-- never ends\n", "````\n```\n"] {
        let whole = format!("{}\n# After\n", fitted(text, 0));
        assert_eq!(levels(&whole).last(), Some(&HeadingLevel::H1), "{whole}");
        assert!(whole.starts_with(text), "nothing but an end was added: {whole}");
    }
}

#[test]
fn closed_texts_get_no_end() {
    for text in ["```\nx\n```\n", "<!-- note -->\n", "<b>bold</b>\n", "1. a\n\n   b\n"] {
        assert_eq!(fitted(text, 0), text);
    }
}
