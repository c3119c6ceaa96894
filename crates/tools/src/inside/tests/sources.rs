//! Outlines and maps, as the hands give them.

use super::*;

fn outline(path: &str) -> Deed {
    Deed::Outline { path: path.into() }
}

fn map(path: &str, budget: u64, about: &str) -> Deed {
    Deed::Map { path: path.into(), budget, about: about.into() }
}

const SOURCES: &[(&str, &[u8])] = &[
    ("src/total.rs", b"pub struct MonthTotal;\nimpl MonthTotal {\n    pub fn add(&mut self) {}\n}\n"),
    ("src/main.py", b"def main():\n    MonthTotal()\n"),
    ("notes.txt", b"MonthTotal\n"),
    (".gitignore", b"gone.rs\n"),
    ("gone.rs", b"fn gone() {}\n"),
];

#[test]
fn a_file_is_told_by_its_definitions() {
    let here = Here::with(SOURCES);
    let answered = here.ask(outline("src/total.rs"));
    done(&answered, "    1  pub struct MonthTotal;\n    2  impl MonthTotal\n    3    pub fn add(&mut self)\n");
    assert_eq!(answered.line, "`src/total.rs`, 3 definitions");
}

#[test]
fn a_directory_is_told_file_by_file() {
    let here = Here::with(SOURCES);
    let answered = here.ask(outline("."));
    done(&answered, "src/main.py\n    1  def main()\nsrc/total.rs\n    1  pub struct MonthTotal;\n    2  impl MonthTotal\n    3    pub fn add(&mut self)\n");
    assert_eq!(answered.line, "`.`, 4 definitions of 2 files");
    done(&Here::with(&[("a.txt", b"")]).ask(outline(".")), "(no definitions in a language that is read)\n");
}

#[test]
fn what_has_no_outline_is_said_with_what_to_do() {
    let here = Here::with(&[("a.txt", b"x"), ("b.rs", b"\0"), ("c.rs", b"let"), ("d.rs", b"")]);
    refused(&here.ask(outline("a.txt")), "its language is not one that is read; use `read`");
    refused(&here.ask(outline("b.rs")), "it is not text; use `read`");
    refused(&here.ask(outline("none.rs")), "does not exist");
    refused(&here.ask(outline("../x.rs")), "is outside the work tree");
    done(&here.ask(outline("c.rs")), "(nothing is defined)\n[parts of it are not understood; definitions may be missing]\n");
    done(&here.ask(outline("d.rs")), "(nothing is defined)\n");
}

#[test]
fn an_answer_is_bounded_and_says_so() {
    let many: String = (0..1_900).map(|n| format!("pub fn a_function_with_a_long_name_{n}() {{}}\n")).collect();
    let here = Here::with(&[("a.rs", many.as_bytes()), ("b.rs", many.as_bytes())]);
    let file = here.ask(outline("a.rs"));
    assert!(file.text.len() < 31_000 && file.text.ends_with("[there are more definitions; use `grep` or `read`]\n"));
    let folder = here.ask(outline("."));
    assert!(folder.text.len() < 31_000 && folder.text.contains("use `map`]\n"), "{}", folder.text.len());
}

#[test]
fn a_map_begins_with_what_matters() {
    let here = Here::with(SOURCES);
    let answered = here.ask(map(".", 2_000, ""));
    assert!(answered.text.starts_with("src/total.rs\n    1  pub struct MonthTotal;\n"), "{}", answered.text);
    assert_eq!(answered.line, "map of `.`: 2 of 2 files");
    assert!(here.ask(map(".", 2_000, "main")).text.starts_with("src/main.py\n"));
    assert!(here.ask(map("src", 2_000, "")).text.starts_with("total.rs\n"));
    refused(&here.ask(map("src/total.rs", 2_000, "")), "is not a directory");
}

/// The order was signed as it is, and a box may be asked by more than the reader of calls.
#[test]
fn no_budget_is_larger_than_an_answer() {
    let many: String = (0..1_900).map(|n| format!("pub fn a_function_with_a_long_name_{n}() {{}}\n")).collect();
    let here = Here::with(&[("a.rs", many.as_bytes())]);
    assert!(here.ask(map(".", u64::MAX, "")).text.len() <= MOST_TEXT);
}
