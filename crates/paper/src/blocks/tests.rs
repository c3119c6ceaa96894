use super::*;

fn shown(markdown: &str) -> Vec<String> {
    let text = |rich: &Rich| rich.text.clone();
    let one = |block: Block| {
        let what = match &block.what {
            What::Heading(level, rich) => format!("h{level} {}", text(rich)),
            What::Text(rich) => text(rich),
            What::Code(rich) => format!("code {}", text(rich)),
            What::Table(rows) => rows.iter().map(|row| row.iter().map(text).collect::<Vec<_>>().join("|")).collect::<Vec<_>>().join("/"),
            What::Rule => "rule".to_owned(),
        };
        format!("{}{}{}{what}", ">".repeat(block.quoted), " ".repeat(block.depth), block.marker.map(|marker| marker + " ").unwrap_or_default())
    };
    blocks(markdown).into_iter().map(one).collect()
}

#[test]
fn every_kind_of_block_is_read() {
    let table: [(&str, &[&str]); 12] = [
        ("# A\n\nb\nc\n", &["h1 A", "b c"]),
        ("- [ ] 1. Do\n  - part\n- [x] 2. Done\n", &[" ☐ 1. Do", "  • part", " ☑ 2. Done"]),
        ("3. a\n4. b\n\n   more\n", &[" 3. a", " 4. b", " more"]),
        ("```rust\nfn a() {\n\tb\n}\n```\n", &["code fn a() {\n    b\n}"]),
        ("```mermaid\ngraph TD\n```\n", &["A diagram, shown as its source:", "code graph TD"]),
        ("|a|b|\n|-|-|\n|1|x<br>y|\n", &["a|b/1|x\ny"]),
        ("> said\n\n---\n", &[">said", "rule"]),
        ("![alt](http://x/y.png)", &["![alt](http://x/y.png) (a picture, not shown)"]),
        ("a <b>c</b>\n\n<div>\nx\n</div>\n", &["a <b>c</b>", "<div>\nx\n</div>\n"]),
        ("```\n```\n", &["code "]),
        ("-\n- x\n", &[" • ", " • x"]),
        ("a\u{202e}b\u{1b}c", &["a\\u{202e}b\\u{1b}c"]),
    ];
    for (markdown, wanted) in table {
        assert_eq!(shown(markdown), wanted, "{markdown:?}");
    }
}

#[test]
fn only_links_to_the_web_lead_anywhere() {
    let links = |markdown: &str| blocks(markdown).into_iter().filter_map(|block| match block.what {
        What::Text(rich) => Some(rich.pieces.into_iter().filter_map(|(_, look)| look.link).collect::<Vec<_>>()),
        _ => None,
    }).flatten().collect::<Vec<_>>();
    assert_eq!(links("[a](https://x.example) <mailto:a@b.example>"), ["https://x.example", "mailto:a@b.example"]);
    assert_eq!(links("[a](javascript:alert(1)) [b](../design.md) [c](file:///etc/passwd) [d](#x)"), Vec::<String>::new());
}
