use proptest::prelude::*;

use super::*;

fn said(text: &str) -> Vec<&str> {
    words(text).into_iter().map(|word| word.says).collect()
}

#[test]
fn words_are_told_apart_in_every_script() {
    let cases: [(&str, &[&str]); 6] = [
        ("WHEN a user's re-try fails,", &["WHEN", "a", "user's", "re-try", "fails"]),
        ("WHEN用户登录THEN系统SHALL返回", &["WHEN", "THEN", "SHALL"]),
        ("Então IF não", &["Então", "IF", "não"]),
        ("КОГДА пользователь SHALL войти", &["КОГДА", "пользователь", "SHALL", "войти"]),
        ("**WHEN** x_1 -- y-", &["WHEN", "x_1", "y"]),
        ("", &[]),
    ];
    for (text, expected) in cases {
        assert_eq!(said(text), expected, "{text}");
    }
}

#[test]
fn what_is_quoted_or_code_has_no_words() {
    let cases: [(&str, &[&str]); 8] = [
        ("say \"SHALL not\" now", &["say", "now"]),
        ("run `a` and ``b ` c`` end", &["run", "and", "end"]),
        ("“one” «two» 「three」 four", &["four"]),
        ("the word 'fast' is", &["the", "word", "is"]),
        ("users' data and admins' data", &["users", "data", "and", "admins", "data"]),
        ("it's 'don't' here", &["it's", "here"]),
        ("an open ` stays", &["an", "open", "stays"]),
        ("an open \" stays", &["an", "open", "stays"]),
    ];
    for (text, expected) in cases {
        assert_eq!(said(text), expected, "{text}");
    }
}

#[test]
fn a_hundred_thousand_open_marks_take_no_time() {
    let text = "` '“«「 ".repeat(100_000);
    let begun = std::time::Instant::now();
    quoted(&text);
    words(&text);
    assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
}

proptest! {
    #[test]
    fn spans_stand_at_character_borders_in_order(text in "[ a-zA-ZéЖ用`'\"“”‘’«»-]{0,60}") {
        let mut at = 0;
        for span in quoted(&text) {
            prop_assert!(span.start >= at && text.get(span.clone()).is_some());
            at = span.end;
        }
        for word in words(&text) {
            prop_assert_eq!(text.get(word.span()), Some(word.says));
            prop_assert!(!word.says.is_empty());
        }
    }
}
