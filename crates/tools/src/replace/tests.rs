use proptest::prelude::*;

use super::*;

fn edit(old: &str, new: &str) -> Replacement {
    Replacement { old: old.into(), new: new.into(), all: false }
}

fn everywhere(old: &str, new: &str) -> Replacement {
    Replacement { all: true, ..edit(old, new) }
}

#[track_caller]
fn check(text: &str, edits: &[Replacement], expected: &str) {
    assert_eq!(replace(text, edits).map(|done| done.text).as_deref(), Ok(expected));
}

#[track_caller]
fn refused(text: &str, edits: &[Replacement], says: &str) {
    let why = replace(text, edits).expect_err("must not match").to_string();
    assert!(why.contains(says), "`{why}` does not say `{says}`");
}

#[test]
fn one_exact_match_is_replaced() {
    check("a b c", &[edit("b", "x")], "a x c");
    check("a b c", &[edit("a b c", "")], "");
    check("ä→ö", &[edit("→", "←")], "ä←ö");
}

#[test]
fn all_matches_only_when_asked() {
    check("a a a", &[everywhere("a", "b")], "b b b");
    refused("a\nb\na\n", &[edit("a", "x")], "matches 2 places (lines 1, 3)");
    refused("aaa", &[edit("aa", "b")], "matches 2 places");
    check("aaa", &[everywhere("aa", "b")], "ba");
}

#[test]
fn replacements_are_done_in_order_each_on_the_result_of_the_last() {
    check("one", &[edit("one", "two"), edit("two", "three")], "three");
    check("a b", &[edit("b", "c"), edit("a", "b")], "b c");
}

#[test]
fn one_that_does_not_match_is_named() {
    refused("a b", &[edit("a", "x"), edit("q", "y")], "edit 2 of 2: `old` was not found; nothing was changed");
    refused("a a", &[edit("a", "x")], "`old` matches 2 places");
}

#[test]
fn trailing_white_space_may_differ() {
    check("fn a() {  \n    x\t\n}\n", &[edit("fn a() {\n    x\n}", "fn b() {}")], "fn b() {}\n");
    check("a\nb\n", &[edit("a  \nb", "c")], "c\n");
    // The line ending goes with it when `old` ends with one.
    check("a \nb\nc\n", &[edit("a\nb\n", "")], "c\n");
    check("x\na ", &[edit("x\na\n", "y\n")], "y");
}

#[test]
fn indentation_may_differ_and_is_kept() {
    let file = "impl A {\n    fn a() {\n        one();\n    }\n}\n";
    check(
        file,
        &[edit("fn a() {\n    one();\n}", "fn a() {\n    if x {\n        two();\n    }\n}")],
        "impl A {\n    fn a() {\n        if x {\n            two();\n        }\n    }\n}\n",
    );
    check(file, &[edit("            one();", "            two();\n            three();")], "impl A {\n    fn a() {\n        two();\n        three();\n    }\n}\n");
}

#[test]
fn tabs_of_the_file_win_over_spaces_of_the_model() {
    let file = "func a() {\n\tif x {\n\t\tone()\n\t}\n}\n";
    check(
        file,
        &[edit("    if x {\n        one()\n    }", "    if x {\n        if y {\n            two()\n        }\n    }")],
        "func a() {\n\tif x {\n\t\tif y {\n\t\t\ttwo()\n\t\t}\n\t}\n}\n",
    );
    let spaced = "a:\n    b:\n        c\n";
    check(spaced, &[edit("\tb:\n\t\tc", "\tb:\n\t\tc:\n\t\t\td")], "a:\n    b:\n        c:\n            d\n");
}

#[test]
fn what_is_further_out_than_all_that_matched_goes_out_as_far() {
    let file = "        x = 1\n";
    check(file, &[edit("      x = 1 ", "    if a:\n      x = 2")], "      if a:\n        x = 2\n");
}

#[test]
fn an_exact_match_is_never_overruled_by_a_tolerant_one() {
    check("  a\na\n", &[edit("\na\n", "\nb\n")], "  a\nb\n");
    refused("    a()\n  a()\n", &[edit("\ta()", "b()")], "matches 2 places (lines 1, 2)");
}

#[test]
fn white_space_alone_never_matches_tolerantly() {
    refused("a\n\n\nb\n", &[edit(" \n ", "x")], "was not found");
}

#[test]
fn line_endings_of_the_file_are_kept() {
    check("a\r\nb\r\nc\r\n", &[edit("a\nb", "x\ny")], "x\r\ny\r\nc\r\n");
    check("a\r\nb\r\n", &[edit("b", "x\ny")], "a\r\nx\r\ny\r\n");
    check("a\r\nb", &[edit("b", "x\ny")], "a\r\nx\r\ny");
    check("a\r\n  b\r\n", &[edit("a \n b", "x\n b")], "x\r\n  b\r\n");
    // Who writes \r\n means it.
    check("a\nb\n", &[edit("a", "x\r\ny")], "x\r\ny\nb\n");
    // A file with both keeps both.
    check("a\r\nb\nc\n", &[edit("c", "x\ny")], "a\r\nb\nx\ny\n");
}

#[test]
fn the_nearest_lines_are_shown_with_numbers() {
    let file = "one\ntwo\nfn compute(a: u32) {\n    a + 1\n}\nlast\n";
    refused(file, &[edit("fn compute(b: u32) {", "x")], "    3\tfn compute(a: u32) {");
    refused(file, &[edit("fn compute(x) {\n    a + 1\n}", "x")], "    4\t    a + 1");
    refused(file, &[edit("zzzzqqqq", "x")], "none is like it");
    refused("a\nb\n", &[edit("    1\ta", "x")], "leave them out");
}

#[test]
fn errors_stay_short_however_large_the_file() {
    let file = "the same line, again and again\n".repeat(50_000);
    let why = replace(&file, &[edit("the same line", "x")]).unwrap_err().to_string();
    assert!(why.contains("matches 50000 places") && why.len() < 2_000, "{}", why.len());
    let wide = "y".repeat(1_000_000);
    let why = replace(&wide, &[edit(&"yx".repeat(1000), "x")]).unwrap_err().to_string();
    assert!(why.len() < 2_000, "{}", why.len());
}

#[test]
fn places_and_tolerance_are_counted() {
    let done = replace("a a\n  b\n", &[everywhere("a", "x"), edit("\tb", "\tc")]).unwrap();
    assert_eq!((done.places, done.tolerated, done.text.as_str()), (3, 1, "x x\n  c\n"));
}

/// A file with one kind of line ending, and a span of it that does not tear a line ending apart.
fn file_and_span() -> impl Strategy<Value = (String, std::ops::Range<usize>)> {
    let line = "[ab \t(){}äß]{0,8}";
    (prop::collection::vec(line, 1..12), any::<bool>(), any::<bool>(), any::<(prop::sample::Index, prop::sample::Index)>())
        .prop_map(|(lines, returns, ends, (a, b))| {
            let ending = if returns { "\r\n" } else { "\n" };
            let mut text = lines.join(ending);
            if ends {
                text.push_str(ending);
            }
            let cuts: Vec<usize> = (0..=text.len())
                .filter(|at| text.is_char_boundary(*at) && !(text[..*at].ends_with('\r') && text[*at..].starts_with('\n')))
                .collect();
            let (a, b) = (*a.get(&cuts), *b.get(&cuts));
            (text, a.min(b)..a.max(b))
        })
        .prop_filter("the span must not be empty", |(_, span)| !span.is_empty())
}

fn places(text: &str, part: &str) -> usize {
    (0..text.len()).filter(|at| text.is_char_boundary(*at) && text[*at..].starts_with(part)).count()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn an_edit_and_its_reverse_restore_every_byte((text, span) in file_and_span(), new in "[QRS]{1,4}(\n[QRS \t]{1,4}){0,3}") {
        let old = &text[span.clone()];
        prop_assume!(places(&text, old) == 1);
        let there = replace(&text, &[edit(old, &new)]).unwrap();
        // Line endings of the new text follow the file, so that is what is there now.
        let landed = &there.text[span.start..there.text.len() - (text.len() - span.end)];
        prop_assert_eq!(landed.replace("\r\n", "\n"), new.as_str());
        prop_assume!(places(&there.text, landed) == 1);
        let back = replace(&there.text, &[edit(landed, old)]).unwrap();
        prop_assert_eq!(back.text, text);
    }

    #[test]
    fn a_model_that_sees_no_returns_edits_a_file_that_has_them((text, span) in file_and_span()) {
        let old = text[span.clone()].replace("\r\n", "\n");
        prop_assume!(places(&text, &text[span.clone()]) == 1);
        let there = replace(&text, &[edit(&old, "Q\nR")]).unwrap();
        let all_returns = |text: &str| text.matches('\n').count() == text.matches("\r\n").count();
        let no_returns = |text: &str| !text.contains('\r');
        if text.contains('\n') {
            prop_assert!(if all_returns(&text) { all_returns(&there.text) } else { no_returns(&there.text) }, "{:?}", there.text);
        }
    }

    #[test]
    fn nothing_panics_whatever_is_asked(text in "[ab \t\r\n]{0,30}", old in "[ab \t\r\n]{1,6}", new in "[ab \t\r\n]{0,6}", all in any::<bool>()) {
        if let Ok(done) = replace(&text, &[Replacement { old: old.clone(), new: new.clone(), all }]) {
            prop_assert!(all || done.places == 1);
        }
    }
}
