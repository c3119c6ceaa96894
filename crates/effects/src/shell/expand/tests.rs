use crate::facts::Facts;
use crate::place::Place;
use crate::shell::parse::{Dialect, parse};
use crate::shell::syntax::Shape;
use crate::shell::{Reader, Scope, Text};

/// The words after the first of the last command of a text, as a program gets them; a hole is `?`, a glob ends in `%`.
fn words(text: &str) -> Vec<String> {
    let facts = Facts { tree: "/t".into(), home: "/home/ana".into(), ..Facts::default() };
    let mut reader = Reader::new(&facts, Place::Boxed);
    let mut scope = Scope::new("/t".into(), "/home/ana");
    let mut list = parse(text, Dialect::Bash).unwrap();
    let last = list.pop().unwrap();
    reader.list(&list, &mut scope);
    let Shape::Simple { words, .. } = &last.first.stages[0].shape else { panic!("{text}") };
    let words = reader.expand_all(words, &mut scope);
    words[1..].iter().map(show).collect()
}

fn show(word: &Text) -> String {
    match (word.exact(), word.is_known()) {
        (Some(text), _) => text.to_owned(),
        (None, true) => format!("{}%", word.text),
        (None, false) => format!("{}?", word.known_prefix()),
    }
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    assert_eq!(words(text), expected, "{text}");
}

#[test]
fn quotes_and_escapes() {
    check(r#"e a\ b 'c d' "e f" g'h'"i""#, &["a b", "c d", "e f", "ghi"]);
    check(r#"e "" '' a"""#, &["", "", "a"]);
    check(r#"e "\$x \a \" \\" '\a'"#, &["$x \\a \" \\", "\\a"]);
    check(r"e $'a\tb\x41\101\u00e9\'' $", &["a\tbAA\u{e9}'", "$"]);
    check("e a#b #c", &["a#b"]);
    check("e a \\\n b", &["a", "b"]);
}

#[test]
fn parameters_are_split_outside_quotes_only() {
    check("v='a  b'; e $v \"$v\" x$v", &["a", "b", "a  b", "xa", "b"]);
    check("v=; e $v \"$v\"", &[""]);
    check("IFS=,; v=a,b; e $v ${v}c", &["a", "b", "a", "bc"]);
    check("v=a; IFS=$u; e $v", &["?"]);
    check("e $u \"$u\" a$u", &["?", "?", "a?"]);
    check("v=a; e ${v:-b} ${u:-c} ${v:+d} ${#v}", &["a", "?", "?", "?"]);
    check("v='*'; e $v \"$v\"", &["*%", "*"]);
    check("set -- a 'b c'; e $1 \"$2\" \"$@\" $3", &["a", "b c", "a", "b c"]);
    check("a=(x 'y z'); e \"${a[@]}\" ${a[0]} $a", &["x", "y z", "?", "x"]);
}

#[test]
fn braces_come_first() {
    check("e {a,b}{1..3}", &["a1", "a2", "a3", "b1", "b2", "b3"]);
    check("e x{a,{b,c}}y {a {a} {} a{,b}", &["xay", "xby", "xcy", "{a", "{a}", "{}", "a", "ab"]);
    check("e {03..1} {a..e..2} {1..2..}", &["03", "02", "01", "a", "c", "e", "{1..2..}"]);
    check("e '{a,b}' \\{a,b} {'a,b',c}", &["{a,b}", "{a,b}", "a,b", "c"]);
    check("v=a; e $v{a,b} ${v}{a,b}", &["?", "aa", "ab"]);
    check("e {1..100000}", &["?"]);
}

#[test]
fn tildes_and_globs() {
    check("e ~ ~/x ~root/y a~ '~' \"~\"/x x=~/y", &["/home/ana", "/home/ana/x", "/root/y?", "a~", "~", "~/x", "x=/home/ana/y"]);
    check("e *.rs a? [ab] '*' \\* [ a[b", &["*.rs%", "a?%", "[ab]%", "*", "*", "[", "a[b"]);
}

#[test]
fn substitutions_that_surely_print_something() {
    check("e $(echo a b) \"$(echo a b)\" `echo c`", &["a", "b", "a b", "c"]);
    check("e $(printf '%s-%s\\n' a b) $(pwd) $(cat <<< x)", &["a-b", "/t", "x"]);
    check("e $(date) \"$(ls)\" $(echo a; echo b)", &["?", "?", "?"]);
    check("e $((1+1)) $(basename /a/b) $(dirname a)", &["?", "b", "."]);
}
