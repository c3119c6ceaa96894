use super::*;

fn said(path: &str, text: &str) -> Vec<String> {
    check(&Tree::of(&[(path, text)])).iter().map(ToString::to_string).collect()
}

fn function(lines: usize) -> String {
    format!("fn long() {{\n{}}}\n", "    // }\n".repeat(lines - 2))
}

#[test]
fn files_end_at_seven_hundred() {
    assert_eq!(said("crates/a/src/lib.rs", &"\n".repeat(700)), Vec::<String>::new());
    let found = said("crates/a/src/lib.rs", &"\n".repeat(701));
    assert_eq!(found, ["crates/a/src/lib.rs:1: 701 lines, 700 at most: cut it where two words of the glossary meet"]);
    assert_eq!(said("crates/a/src/lib/tests.rs", &"\n".repeat(9000)), Vec::<String>::new(), "tests are as long as they are");
}

#[test]
fn functions_end_at_eighty() {
    assert_eq!(said("crates/a/src/lib.rs", &function(80)), Vec::<String>::new());
    let found = said("crates/a/src/lib.rs", &format!("\n{}", function(81)));
    assert_eq!(found, ["crates/a/src/lib.rs:2: `long` has 81 lines, 80 at most: give its steps names"]);
}

#[test]
fn a_module_for_tests_inside_does_not_count() {
    let text = format!("{}#[cfg(test)]\nmod tests {{\n{}}}\n", "\n".repeat(700), "\n".repeat(500));
    assert_eq!(production_lines(&text, &Rust::read(&text)), 700);
    assert_eq!(said("crates/a/src/lib.rs", &text), Vec::<String>::new());
}
