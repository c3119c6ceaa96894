use proptest::prelude::*;

use super::*;

fn read(html: &str) -> String {
    text(html, &PageUrl::parse("https://docs.example/guide/start.html").unwrap())
}

#[test]
fn a_page_reads_as_a_person_would_read_it() {
    let html = "<!doctype html><head><title>Guide</title><style>p{}</style><script>let a = '<p>no</p>';</script></head>
        <body><h1>Getting&nbsp;started</h1><p>First
        <b>in</b>stall <a href='../install'>it</a>, then <a href=\"#run\">run</a>.</p><ul><li>one</li><li>two<br>lines</li></ul>
        <pre>  fn main() {\n  }</pre><table><tr><th>a<th>b</tr><tr><td>1<td>2</tr></table><img src=x alt='a cat'><!-- no --></body>";
    assert_eq!(
        read(html),
        "Guide\n\n# Getting\u{a0}started\n\nFirst install it[1], then run[2].\n\n- one\n- two\nlines\n\n  fn main() {\n  }\n\na | b\n1 | 2\n\n[image: a cat]\n\n\
         Links:\n[1] https://docs.example/install\n[2] https://docs.example/guide/start.html"
    );
}

#[test]
fn what_is_not_for_readers_is_left_out_even_when_it_is_nested() {
    assert_eq!(read("a<svg><svg><text>no</text></svg>no</svg> b<template>no</template> c<noscript><p>no</noscript>"), "a b c");
    assert_eq!(read("<a href='javascript:alert(1)'>x</a> <a>y</a> <a href='http://plain.example/'>z</a>"), "x y z", "nobody could fetch these");
}

#[test]
fn links_are_listed_once_and_not_without_end() {
    let many: String = (0..1_000).map(|n| format!("<a href='/{n}'>x</a><a href='/{n}'>x</a> ")).collect();
    let read = read(&many);
    assert_eq!(read.matches("\n[").count(), MOST_LINKS);
    assert!(read.contains("x[200]x[200] xx"), "more are not numbered");
}

#[test]
fn what_is_nested_without_end_is_read_to_its_end() {
    // A tree, or anything quadratic, would take hours here, or the stack.
    for tag in ["<div>", "<b>", "<pre>", "<svg>", "<table><td>", "<a href=x>", "</p>", "<", "&", "<!--"] {
        let deep = tag.repeat(1_000_000 / tag.len());
        assert!(read(&format!("a {deep} b")).len() < 3 * MOST, "{tag}");
    }
}

#[test]
fn text_ends_where_nobody_would_read_on() {
    assert!(read(&"<p>word</p>".repeat(1_000_000)).len() < MOST + 100);
}

proptest! {
    #[test]
    fn any_text_is_read(parts in proptest::collection::vec(prop_oneof![
        "[a-z &;#<>/='\"!-]{0,8}",
        proptest::sample::select(vec!["<div>", "</div>", "<pre>", "<script>", "</script>", "<a href='", "'>", "<!--", "-->", "<![CDATA[", "<textarea>", "<plaintext>", "&#x110000;", "&NotEqualTilde;", "<svg/>", "\0", "é"]).prop_map(str::to_owned)
    ], 0..40)) {
        let html: String = parts.concat();
        let read = read(&html);
        prop_assert!(read.len() <= html.len() * 8 + 2_000);
    }
}
