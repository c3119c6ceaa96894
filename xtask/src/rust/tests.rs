use super::*;

/// The code that is left, without runs of white space.
fn code(text: &str) -> String {
    let (code, comments) = split(text);
    assert_eq!((code.len(), comments.len()), (text.len(), text.len()), "places stay");
    assert_eq!(code.lines().count(), text.lines().count(), "lines stay");
    code.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn comments(text: &str) -> String {
    split(text).1.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn strings_and_comments_are_no_code() {
    let table = [
        ("a // b\nc", "a c"),
        ("a /* b /* c */ d */ e", "a e"),
        ("a /* never closed", "a"),
        (r#"f("x // y { \" }", z)"#, "f( , z)"),
        (r##"f(r#"x " y"#, z)"##, "f( , z)"),
        (r#"f(b"x", br"\", c"y")"#, "f(b , , c )"),
        ("f('{', '\\'', '\\u{7d}', b'\"', z)", "f( , , , b , z)"),
        ("fn f<'a>(x: &'a str) -> &'a str { x }", "fn f<'a>(x: &'a str) -> &'a str { x }"),
        ("let r#type = 1; \"é\" // é\nend", "let r#type = 1; end"),
        ("match c { '/' => 1, '*' => 2 } // x", "match c { => 1, => 2 }"),
    ];
    for (text, expected) in table {
        assert_eq!(code(text), expected, "{text}");
    }
}

#[test]
fn comments_are_kept_apart() {
    assert_eq!(comments("a // b\nc /* d\ne */ \"// f\""), "// b /* d e */");
    let rust = Rust::read("//! one\n\n/// two\nfn f() {} // three\n//// four\n");
    assert_eq!(rust.doc_lines(), 3, "four slashes count too; nobody writes them");
    assert_eq!(rust.comment_lines().filter(|(_, text)| !text.is_empty()).map(|(line, _)| line).collect::<Vec<_>>(), [1, 3, 4, 5]);
}

#[test]
fn functions_are_measured_from_fn_to_brace() {
    let text = "\
impl A {
    pub fn one(&self) -> u8 { 1 }
    fn two<const N: usize>(a: [u8; N], f: impl Fn() -> u8)
    where
        u8: Copy,
    {
        let s = \"}\"; // }
        match s { _ => {} }
    }
}
trait T {
    fn declared(&self);
    fn with_body(&self) {
    }
}
type Pointer = fn(u8) -> u8;
macro_rules! m { ($n:ident) => { fn $n() {} } }
";
    let found: Vec<(String, usize, usize)> =
        Rust::read(text).functions().into_iter().map(|f| (f.name, f.line, f.lines)).collect();
    assert_eq!(found, [("one".into(), 2, 1), ("two".into(), 3, 7), ("with_body".into(), 13, 2)]);
}

#[test]
fn an_unclosed_function_ends_with_the_file() {
    let functions = Rust::read("fn f() {\n if x {\n").functions();
    assert_eq!(functions.len(), 1);
    assert_eq!(functions[0].lines, 2);
}

#[test]
fn modules_for_tests_are_seen() {
    let text = "\
fn f() {}
#[cfg(test)]
#[allow(dead_code)]
mod tests {
    fn g() {}
}
#[cfg(test)]
mod samples;
#[cfg(all(test, unix))]
pub(crate) mod more;
mod real;
";
    let rust = Rust::read(text);
    let lines = rust.test_lines();
    assert_eq!((lines.len(), lines[0].clone()), (1, 2..7));
    let table =
        [("tests", false, true), ("samples", true, true), ("more", true, true), ("real", true, false), ("absent", false, false)];
    for (module, declared, for_tests) in table {
        assert_eq!((rust.declares(module), rust.declares_for_tests(module)), (declared, for_tests), "{module}");
    }
}

#[test]
fn words_follow_each_other_over_white_space() {
    let rust = Rust::read("std::thread\n    ::sleep(d); use std::process::{self, Command}; mythread::sleep();");
    assert_eq!(rust.lines_with(&["thread", ":", ":", "sleep"]), [1]);
    assert!(!rust.has(&["process", ":", ":", "Command"]));
    let groups = rust.groups_after(&["process", ":", ":"]);
    assert_eq!(groups, [(2, vec!["self", ",", "Command"])]);
    assert_eq!(rust.names_after(&["use"]), [("std".to_owned(), 2)]);
}
