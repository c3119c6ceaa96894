use proptest::prelude::*;

use super::*;

fn said(text: &str) -> Vec<String> {
    vague(text).into_iter().map(|vague| vague.says).collect()
}

#[test]
fn ambiguous_words_are_found_as_they_are_written() {
    let cases: [(&str, &[&str]); 9] = [
        ("THE App SHALL start Quickly", &["Quickly"]),
        ("THE App SHALL answer as soon as possible", &["as soon as possible"]),
        ("THE App SHALL show a user-friendly page, etc.", &["user-friendly", "etc"]),
        ("THE App SHALL keep several copies if possible", &["several", "if possible"]),
        ("系统应快速返回结果等等", &["快速", "等等"]),
        ("THE система SHALL быстро ответить", &["быстро"]),
        ("o sistema deverá ser rápido", &["rápido"]),
        ("THE App SHALL answer with status 404", &[]),
        ("THE App SHALL store it as, if this is possible, JSON", &[]),
    ];
    for (text, expected) in cases {
        assert_eq!(said(text), expected, "{text}");
    }
}

#[test]
fn quotes_code_and_clear_phrases_are_left_alone() {
    for text in [
        "THE App SHALL show \"try again soon\"",
        "THE App SHALL call `fast()`",
        "THE App SHALL keep at most 3 copies and say how many there are",
        "THE App SHALL answer 429 to too many requests",
        "THE Formatter SHALL add a todo item",
        "系统应显示「快速」",
    ] {
        assert_eq!(said(text), [""; 0], "{text}");
    }
}

#[test]
fn a_number_close_behind_says_what_is_meant() {
    assert_eq!(said("THE App SHALL answer quickly, within 200 ms"), [""; 0]);
    assert_eq!(said("THE App SHALL answer quickly, within 1.5s"), [""; 0]);
    for text in ["THE App SHALL quickly answer 204", "THE App SHALL quickly answer with status 404", "THE App SHALL quickly process 10 files"] {
        assert_eq!(said(text), ["quickly"], "no duration: {text}");
    }
    assert_eq!(said("THE App SHALL show a user-friendly page within 2 s"), ["user-friendly"], "how long is not how friendly");
    assert_eq!(said("THE App SHALL answer quickly. It keeps 200 rows"), ["quickly"]);
    assert_eq!(said("THE App SHALL answer quickly and then wait for at least another 200 ms"), ["quickly"]);
    assert_eq!(said("THE App SHALL, if possible, answer within 200 ms"), ["if possible"], "a way out stays one");
}

#[test]
fn words_with_something_between_them_are_no_phrase() {
    assert_eq!(said("as快速possible"), ["快速"]);
    assert_eq!(said("as (if) soon"), ["soon"]);
    assert_eq!(said("as\n  soon as possible"), ["as\n  soon as possible"]);
}

#[test]
fn the_longest_entry_wins_and_says_why_and_what_instead() {
    let found = vague("THE App SHALL be easy to use");
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].says.as_str(), found[0].why, found[0].why.text()), ("easy to use", Why::Quality, "nobody can measure it"));
    assert!(found[0].instead.contains("what a person can do"));
}

#[test]
fn the_list_is_sorted_has_nothing_twice_and_every_entry_is_found() {
    assert!(list::WORDS.windows(2).all(|pair| pair[0].0 < pair[1].0), "sorted by bytes");
    assert!(list::CLEAR.windows(2).all(|pair| pair[0] < pair[1]), "sorted by bytes");
    for entry in list::WORDS.iter().chain(list::UNSPACED) {
        let text = format!("THE x SHALL {} y", entry.0);
        assert!(said(&text).iter().any(|found| found == entry.0), "{}: {:?}", entry.0, said(&text));
        assert!(!entry.2.is_empty());
    }
}

#[test]
fn a_megabyte_of_it_takes_no_time() {
    let text = "as soon as possible, quickly ".repeat(30_000);
    let begun = std::time::Instant::now();
    assert_eq!(vague(&text).len(), 60_000);
    assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
}

proptest! {
    #[test]
    fn what_is_found_stands_where_it_is_said(text in "((quickly|etc|as|soon|possible|about|5|快速|[a-z]{1,4}|`|\"|\\.|,) ?){0,12}") {
        let mut at = 0;
        for vague in vague(&text) {
            prop_assert_eq!(text.get(vague.span.clone()), Some(vague.says.as_str()));
            prop_assert!(vague.span.start >= at);
            at = vague.span.end;
        }
    }
}
