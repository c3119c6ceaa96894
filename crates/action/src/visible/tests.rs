use super::*;

#[test]
fn what_shows_as_itself_is_left() {
    for text in ["", "src/lib.rs", "naïve café 😀 文件 שלום", r"C:\new", "a `b` \"c\" 'd'"] {
        assert!(matches!(visible(text), Cow::Borrowed(same) if same == text), "{text}");
    }
}

#[test]
fn what_would_mislead_is_spelled_out() {
    let table = [
        ("notes\nreads file `x`", r"notes\nreads file `x`"),
        ("a\rb\tc", r"a\rb\tc"),
        ("\u{1b}[2K\u{7}\0", r"\u{1b}[2K\u{7}\u{0}"),
        ("\u{9b}31m\u{85}\u{7f}", r"\u{9b}31m\u{85}\u{7f}"),
        ("safe\u{202e}txt.sh", r"safe\u{202e}txt.sh"),
        ("\u{2066}a\u{2069}\u{200f}", r"\u{2066}a\u{2069}\u{200f}"),
        ("pro\u{200b}duction\u{feff}", r"pro\u{200b}duction\u{feff}"),
        ("a\u{2028}b\u{2029}c", r"a\u{2028}b\u{2029}c"),
        ("tag\u{e0041}\u{e007f}", r"tag\u{e0041}\u{e007f}"),
    ];
    for (text, shown) in table {
        assert_eq!(visible(text), shown, "{text:?}");
        assert_eq!(visible(&visible(text)), shown, "done twice: {text:?}");
    }
}

#[test]
fn no_line_break_survives() {
    // All of Unicode's mandatory breaks (UAX 14: BK, CR, LF, NL).
    for c in ['\n', '\u{b}', '\u{c}', '\r', '\u{85}', '\u{2028}', '\u{2029}'] {
        assert!(visible(&format!("a{c}b")).starts_with("a\\"), "{c:?}");
    }
}

#[test]
fn a_line_that_is_cut_says_so_and_is_counted_as_it_shows() {
    for (text, shown) in [("", ""), ("çab", "çab"), ("çabd", "çab…"), ("a\nb", "a\\n…"), ("\n", "\\n")] {
        assert_eq!(visible_line(text, 3), shown, "{text:?}");
    }
}
