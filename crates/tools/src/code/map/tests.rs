use std::sync::Arc;

use proptest::prelude::*;

use super::super::outline::outline;
use super::*;

fn survey(files: &[(&str, &str)]) -> Survey {
    let mut files: Vec<(&str, &str)> = files.to_vec();
    files.sort_unstable();
    let read = |(path, source): (&str, &str)| (path.to_owned(), Arc::new(outline(Language::of(path).unwrap(), source.as_bytes()).unwrap()));
    Survey { files: files.into_iter().map(read).collect(), unread: Vec::new() }
}

fn wish(budget: usize, about: &str) -> Wish {
    Wish { budget, about: about.to_owned(), near: Vec::new() }
}

fn order(map: &Map) -> Vec<&str> {
    map.files.iter().map(|entry| entry.path.as_str()).collect()
}

/// `core.rs` is what the others use; `alone.rs` is used by nobody; both define as much.
const TREE: &[(&str, &str)] = &[
    ("alone.rs", "pub fn lonely_helper() {}\npub fn lonely_other() {}\n"),
    ("core.rs", "pub struct MonthTotal;\nimpl MonthTotal {\n    pub fn month_sum(&self) {}\n}\nfn unused_inner() {}\n"),
    ("one.rs", "fn caller_one(t: MonthTotal) { t.month_sum(); }\n"),
    ("two.rs", "fn caller_two(t: MonthTotal) { t.month_sum(); }\n"),
    ("tests/it.rs", "fn it_sums() { lonely_helper(); }\n"),
];

#[test]
fn what_is_mentioned_most_comes_first() {
    let map = Map::of(&survey(TREE), &wish(1_000, ""));
    assert_eq!(order(&map), ["core.rs", "alone.rs", "one.rs", "two.rs", "tests/it.rs"]);
    assert_eq!(
        map.text().lines().take(6).collect::<Vec<_>>(),
        ["core.rs", "    1  pub struct MonthTotal;", "    2  impl MonthTotal", "    3    pub fn month_sum(&self)", "    5  fn unused_inner()", "alone.rs"]
    );
    assert!(map.text().ends_with("[5 of 5 files, 9 of 9 definitions; the most mentioned first]\n"), "{}", map.text());
}

#[test]
fn a_small_budget_keeps_what_matters_and_what_it_is_inside_of() {
    // 100 tokens are 400 bytes, of which 360 are kept for the end.
    let map = Map::of(&survey(TREE), &wish(0, ""));
    assert_eq!(order(&map), ["core.rs"]);
    assert!(map.files[0].definitions.len() < 4 && map.files[0].more > 0, "{map:?}");
    let middle = Map::of(&survey(TREE), &wish(115, ""));
    let told: Vec<&str> = middle.files[0].definitions.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(told, ["MonthTotal", "MonthTotal", "month_sum"]);
}

#[test]
fn words_and_files_of_the_wish_move_what_they_name() {
    let first = |wish: &Wish| Map::of(&survey(TREE), wish).files[0].path.clone();
    assert_eq!(first(&wish(1_000, "the lonely helper")), "alone.rs");
    assert_eq!(first(&wish(1_000, "look at `./two.rs`, please")), "two.rs");
    assert_eq!(first(&Wish { near: vec!["tests/it.rs".into()], ..wish(1_000, "") }), "tests/it.rs");
    assert_eq!(first(&wish(1_000, "please fix the code")), "core.rs");
}

#[test]
fn a_name_that_everybody_defines_leads_nowhere() {
    let many: Vec<(String, String)> = (0..40).map(|n| (format!("f{n:02}.go"), "package x\nfunc Name() { Name() }\n".to_owned())).collect();
    let mut files: Vec<(&str, &str)> = many.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    files.push(("user.py", "Name()\n"));
    let rank = rank(&survey(&files).files, &wish(1_000, ""));
    let ranks = &rank.files[..40];
    assert!(ranks.iter().all(|rank| (rank - ranks[0]).abs() < 1e-12), "{ranks:?}");
}

#[test]
fn names_that_libraries_have_and_names_for_nobody_weigh_little() {
    let files = [
        ("lib.rs", "pub fn len() {}\nfn private_helper() {}\npub fn public_helper() {}\n"),
        ("user.rs", "fn user() { len(); len(); len(); private_helper(); private_helper(); public_helper(); }\n"),
        ("stranger.go", "package x\nfunc Stranger() { public_helper() }\n"),
    ];
    let survey = survey(&files);
    let scores = &rank(&survey.files, &wish(1_000, "")).definitions[0];
    assert!(scores[2] > scores[1] && scores[1] > scores[0], "{scores:?}");
}

#[test]
fn ranks_are_shares_of_one_reader() {
    let files = survey(TREE).files;
    for about in ["", "month", "lonely tests"] {
        let all: f64 = rank(&files, &wish(1_000, about)).files.iter().sum();
        assert!((all - 1.0).abs() < 1e-9, "{about}: {all}");
    }
    assert!(rank(&[], &wish(1_000, "")).files.is_empty());
}

#[test]
fn an_empty_tree_and_unread_files_are_told() {
    let mut empty = survey(&[]);
    assert_eq!(Map::of(&empty, &wish(500, "")).text(), "[0 of 0 files, 0 of 0 definitions; the most mentioned first]\n");
    empty.unread = ["a.rs", "\u{1b}[2J.py", &format!("{}ü.c", "long/".repeat(60)), "d.rb"]
        .iter()
        .map(|path| Unread { path: (*path).to_owned(), why: "no".into() })
        .collect();
    let text = Map::of(&empty, &wish(0, "")).text();
    assert!(text.contains("[4 files not read: a.rs, ") && text.contains(", …]") && !text.contains('\u{1b}'), "{text}");
    assert!(text.len() <= 400, "{}", text.len());
}

#[test]
fn words_of_names_are_found_in_every_spelling() {
    for name in ["monthTotals", "MonthTotal", "month_totals", "src/month-total.rs", "MONTH_TOTAL", "the month's totals"] {
        let parts = parts(name);
        assert!(parts.contains(&"month".to_owned()) && parts.contains(&"total".to_owned()), "{name}: {parts:?}");
    }
    assert_eq!(parts("HTTPServer class of a"), ["httpserver", "class"]);
    assert!(wish(0, "the and for").words().is_empty());
    assert!(wish(0, &"word".repeat(3)).words().len() == 1);
}

fn tree() -> impl Strategy<Value = Vec<(String, String)>> {
    let name = prop::sample::select(vec!["alpha_one", "betaTwo", "Gamma", "delta_three_four", "new", "x"]);
    let line = (name.clone(), name).prop_map(|(defined, called)| format!("def {defined}():\n    {called}()\n"));
    let file = ("[a-d]{1,2}(/tests)?/[a-z]{1,6}", prop::collection::vec(line, 0..8));
    prop::collection::vec(file.prop_map(|(path, lines)| (format!("{path}.py"), lines.concat())), 0..12)
}

proptest! {
    #[test]
    fn a_map_is_within_its_budget_and_the_same_every_time(tree in tree(), budget in 0usize..600, about in "[a-z_ ]{0,20}") {
        let mut tree = tree;
        tree.sort();
        tree.dedup_by(|a, b| a.0 == b.0);
        let files: Vec<(&str, &str)> = tree.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let (survey, wish) = (survey(&files), wish(budget, &about));
        let map = Map::of(&survey, &wish);
        prop_assert!(map.text().len() <= budget.max(100) * BYTES_A_TOKEN, "{}", map.text());
        prop_assert_eq!(map.tokens, map.text().len().div_ceil(4));
        prop_assert_eq!(&map, &Map::of(&survey, &wish));
        for entry in &map.files {
            // Nothing is told without what it is inside of, and in the order of the file.
            prop_assert!(entry.definitions.windows(2).all(|two| two[0].line <= two[1].line));
            prop_assert_eq!(entry.definitions.first().map(|one| one.depth), Some(0));
        }
    }
}
