use super::*;

#[test]
fn a_spread_is_of_nearest_ranks() {
    let table: [(&[usize], &str); 5] = [
        (&[], "0/0/0"),
        (&[7], "7/7/7"),
        (&[3, 1, 2], "2/3/3"),
        (&[1, 2, 3, 4], "2/4/4"),
        (&[10, 9, 8, 7, 6, 5, 4, 3, 2, 1], "5/9/10"),
    ];
    for (sizes, expected) in table {
        assert_eq!(spread(sizes), expected, "{sizes:?}");
    }
}

#[test]
fn production_and_tests_are_counted_apart() {
    let tree = Tree::of(&[
        ("crates/action/Cargo.toml", "[dependencies]\n"),
        ("crates/action/src/lib.rs", "//! One.\n\nmod b;\nfn f() {\n}\n#[cfg(test)]\nmod tests {\n    fn g() {}\n}\n"),
        ("crates/action/src/b.rs", "/// Two.\nfn h() {}\n#[cfg(test)]\nmod tests;\n"),
        ("crates/action/src/b/tests.rs", "fn i() {}\nfn j() {}\n"),
        ("crates/effects/Cargo.toml", "[dependencies]\naction.workspace = true\n"),
        ("crates/effects/src/lib.rs", "fn k() {}\n"),
        ("docs/example.rs", "fn of_no_crate() {}\n"),
    ]);
    let text = measure(&tree).unwrap().to_string();
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows[1], ["action", "9", "6", "4/5/5", "1/2/2", "22%"]);
    assert_eq!(rows[2], ["effects", "1", "0", "1/1/1", "1/1/1", "0%", "action"]);
    assert_eq!(rows[3], ["all", "10", "6", "4/5/5", "1/2/2", "20%"]);
    assert_eq!(text.lines().last().unwrap(), "2 crates, 1 edges (30 at most), longest chain 2 (6 at most)");
}
