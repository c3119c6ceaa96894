//! What comes out of Markdown as PDF, read back by another program.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods, clippy::indexing_slicing, missing_docs, reason = "tests fail by panicking, and start the program that reads PDF")]

use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};

use paper::{About, Date, Fonts, NotSet, to_pdf};

fn about() -> About {
    About { title: "Specification cart".into(), creator: "countersign".into(), date: Date { year: 2026, month: 2, day: 3, hour: 4, minute: 5, second: 6 } }
}

fn set(markdown: &str) -> Vec<u8> {
    to_pdf(markdown, &about(), &Fonts::embedded()).unwrap()
}

/// What a program of poppler says of a PDF.
fn read_by(program: &str, arguments: &[&str], pdf: &[u8]) -> String {
    let mut child = Command::new(program).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    let bytes = pdf.to_vec();
    let writer = std::thread::spawn(move || pipe.write_all(&bytes));
    let done = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(done.status.success(), "{program}: {}", String::from_utf8_lossy(&done.stderr));
    assert!(done.stderr.is_empty(), "{program} complains: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

fn text(pdf: &[u8]) -> String {
    read_by("pdftotext", &["-layout", "-", "-"], pdf)
}

#[test]
fn text_of_every_kind_of_block_is_there_and_can_be_copied() {
    let markdown = "# Warenkorb – Größe\n\nОдин абзац; ένα; ffi fluffy.\n\n- [ ] 1. Offen\n- [x] 2. Fertig\n\n1. eins\n2. zwei\n\n| A | B |\n|---|---|\n| Zelle | `code` |\n\n```rust\nfn main() {\n    x();\n}\n```\n\n> Zitat\n\n```mermaid\ngraph TD; A-->B\n```\n\n![Bild](b.png) ~~weg~~ <kbd>K</kbd>\n";
    let said = text(&set(markdown));
    for wanted in [
        "Warenkorb – Größe", "Один абзац; ένα; ffi fluffy.", "☐ 1. Offen", "☑ 2. Fertig", "1. eins", "Zelle", "code", "fn main() {", "Zitat",
        "A diagram, shown as its source:", "graph TD; A-->B", "![Bild](b.png) (a picture, not shown)", "weg", "<kbd>K</kbd>", "1/1", "Specification cart",
    ] {
        assert!(said.contains(wanted), "`{wanted}` is not there:\n{said}");
    }
}

#[test]
fn the_same_text_at_the_same_moment_is_the_same_bytes() {
    let markdown = "# A\n\ntext ✓\n\n| a | b |\n|-|-|\n| c | d |\n";
    assert_eq!(set(markdown), set(markdown));
    let later = About { date: Date { second: 7, ..about().date }, ..about() };
    assert_ne!(set(markdown), to_pdf(markdown, &later, &Fonts::embedded()).unwrap());
}

#[test]
fn it_has_title_date_pages_bookmarks_and_links() {
    let paragraphs: String = (0..120).map(|n| format!("Paragraph {n} with [a link](https://example.com/{n}).\n\n")).collect();
    let pdf = set(&format!("# One\n\n## Two\n\n{paragraphs}\n# Three\n\nend\n"));
    let said = read_by("pdfinfo", &["-"], &pdf);
    for wanted in ["Title:           Specification cart", "Creator:         countersign", "2026", "(A4)"] {
        assert!(said.contains(wanted), "{wanted}\n{said}");
    }
    assert!(read_by("pdfinfo", &["-url", "-"], &pdf).contains("https://example.com/119"));
    let pages: usize = said.lines().find_map(|line| line.strip_prefix("Pages:")).unwrap().trim().parse().unwrap();
    assert!((3..8).contains(&pages), "{pages}");
    assert!(text(&pdf).contains(&format!("{pages}/{pages}")));
    let raw = String::from_utf8_lossy(&pdf).into_owned();
    for title in ["One", "Two", "Three"] {
        assert!(raw.contains(&format!("/Title ({title})")) || raw.contains(&format!("/Title({title})")), "no bookmark {title}");
    }
}

#[test]
fn a_character_without_a_glyph_is_named_and_nothing_is_made() {
    let refused = to_pdf("# 要件 and 🚀\n", &about(), &Fonts::embedded()).unwrap_err();
    let NotSet::NoGlyph { characters } = &refused else { panic!("{refused}") };
    assert_eq!(*characters, BTreeSet::from(['要', '件', '🚀']));
    assert!(refused.to_string().contains("`要` (U+8981)"), "{refused}");
    assert_eq!(Fonts::embedded().missing("# 要件 and 🚀, Größe жук αβγ ✓ → ≤\u{200d}\u{fe0f}\n"), *characters);
}

#[test]
fn a_font_is_taken_for_what_is_missing_and_for_nothing_else() {
    let mut fonts = Fonts::embedded();
    let mono = dejavu::sans_mono::regular().to_vec();
    assert!(!fonts.bring(mono.clone(), &BTreeSet::from(['要'])).unwrap(), "it has none of these");
    assert!(fonts.bring(mono, &BTreeSet::from(['a'])).unwrap());
    assert!(fonts.bring(b"no font at all".to_vec(), &BTreeSet::from(['a'])).is_err());
    assert!(to_pdf("text", &about(), &fonts).is_ok());
}

#[test]
fn tables_and_code_that_are_larger_than_a_page_go_on_over_the_next() {
    let rows: String = (0..200).map(|n| format!("| row {n} | {} |\n", "many words in this cell ".repeat(n % 7))).collect();
    let tall = format!("| tall | {} |\n", "a cell that is longer than a whole page. ".repeat(700));
    let wide = "x".repeat(4000);
    let code = "line\n".repeat(300);
    let pdf = set(&format!("| Head | What |\n|---|---|\n{rows}{tall}\n```\n{code}{wide}\n```\n"));
    let said = text(&pdf);
    assert!((0..200).all(|n| said.contains(&format!("row {n}"))), "a row is lost");
    assert!(said.contains("longer than a whole page"), "the tall row is lost");
    assert!(said.matches("Head").count() > 3, "the head is repeated on each page");
    assert_eq!(said.matches("line").count(), 300);
    assert_eq!(said.matches('x').count(), 4000, "a long word is broken and not cut");
}

#[test]
fn hostile_text_is_set_or_refused_and_never_more() {
    let deep = format!("{}x\n", "> ".repeat(300));
    let lists: String = (0..60).map(|n| format!("{}- item\n", "  ".repeat(n))).collect();
    let rtl = "# مرحبا\n\nنص عربي و english\n\nעברית\n";
    let columns = format!("|{}\n|{}\n|{}\n", "a|".repeat(60), "-|".repeat(60), "b c d|".repeat(60));
    for hostile in ["", "\0\u{1b}[2J\u{202e}", "- \n- \n", "# \n", "||\n|-|\n||\n", &deep, &lists, rtl, &columns, "[a](https://x.example/\")\n\\\\", "&#0; &#x202e;"] {
        let pdf = set(hostile);
        text(&pdf);
    }
    assert!(text(&set("a\u{202e}b\u{1b}[2J")).contains("a\\u{202e}b\\u{1b}[2J"), "what hides or moves text is spelled out");
}
