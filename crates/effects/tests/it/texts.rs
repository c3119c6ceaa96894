//! Random shell texts that are safe to run in an empty directory: they make files there and nowhere else.

use proptest::prelude::*;

/// A word without `/`, `~` or a leading `-`.
pub(crate) fn word() -> impl Strategy<Value = String> {
    proptest::collection::vec(piece(), 1..4).prop_map(|pieces| pieces.concat())
}

fn piece() -> impl Strategy<Value = String> {
    let one_of = |pieces: &'static [&'static str]| proptest::sample::select(pieces).prop_map(str::to_owned);
    prop_oneof![
        12 => "[abc]{1,2}",
        2 => "'[ab \"$`]{0,3}'",
        2 => "\"[ab ']{0,3}\"",
        5 => one_of(&["$v", "\"$v\"", "${v}", "\"${v}x\"", "$1", "\"$@\"", "$*", "$@", "\"${arr[@]}\"", "$r", "$_", "$arr"]),
        3 => one_of(&["{a,b}", "{1..3}", "{a,{b,c}}", "{a", "b}", "{c,}", "{x}", "{a,$v}", "{b..d}", "{01..3}", "{,}"]),
        3 => one_of(&["\\a", "\\ ", "\\$v", "\\\"", "$'\\x61\\tb'", "$'c'", "$\"a b\"", "#", "=", "$", "\\\n"]),
        3 => one_of(&["$(echo a)", "\"$(echo 'b c')\"", "`echo c`", "$(printf '%s' \"$v\")", "$(echo $v)", "$(pwd >q; echo b)", "$(touch r)"]),
        1 => one_of(&["${v:-b}", "${u:-c}", "${v:+d}", "${v#a}", "${#v}", "${w:=e}", "${arr[1]}", "$((1+1))", "\"$*\"", "*", "?", "[ab]", "$w"]),
    ]
}

/// A command that may make files below its directory.
pub(crate) fn command() -> impl Strategy<Value = String> {
    let words = || proptest::collection::vec(word(), 1..3).prop_map(|w| w.join(" "));
    prop_oneof![
        6 => words().prop_map(|w| format!("touch -- {w}")),
        1 => words().prop_map(|w| format!("t\\ouch -- {w}")),
        1 => words().prop_map(|w| format!("'tou'c\"h\" -- {w}")),
        1 => words().prop_map(|w| format!("c='touch --'; $c {w}")),
        1 => words().prop_map(|w| format!("touch${{IFS}}--$IFS{w}")),
        1 => word().prop_map(|w| format!("echo x >{w}")),
        1 => word().prop_map(|w| format!("> z{w}")),
        2 => word().prop_map(|w| format!("v={w}")),
        1 => word().prop_map(|w| format!("w={w} v='a b'")),
        1 => word().prop_map(|w| format!("v+={w}")),
        1 => Just("IFS=b".to_owned()),
        1 => Just("unset IFS".to_owned()),
        1 => words().prop_map(|w| format!("set -- {w}")),
        1 => words().prop_map(|w| format!("arr=({w})")),
        1 => words().prop_map(|w| format!("export v={w}")),
        1 => words().prop_map(|w| format!("readonly r={w}; r=x")),
        1 => words().prop_map(|w| format!("arr=a; arr+=({w})")),
        1 => prop_oneof![Just("test -e a"), Just("false"), Just("set -f"), Just("set -e"), Just("shift"), Just("local v=q"), Just("return"), Just("set +e")].prop_map(str::to_owned),
        1 => prop_oneof![Just("cd d1"), Just("cd d2"), Just("cd nowhere"), Just("cd ..; cd \"$OLDPWD\""), Just("cd -")].prop_map(str::to_owned),
        1 => words().prop_map(|w| format!("f {w}")),
        1 => words().prop_map(|w| format!("eval \"touch -- {}\"", w.replace(['"', '\\', '`', '$'], ""))),
        1 => words().prop_map(|w| format!("sh -c 'touch -- {}' _ p q", w.replace('\'', ""))),
        1 => words().prop_map(|w| format!("env v=k bash -c 'touch -- {}'", w.replace('\'', ""))),
        1 => words().prop_map(|w| format!("echo {w} | xargs touch --")),
        1 => words().prop_map(|w| format!("printf '%s\\n' {w} | xargs -I% touch -- %")),
        1 => words().prop_map(|w| format!("echo touch -- {w} | sh")),
        1 => words().prop_map(|w| format!("find . -maxdepth 0 -exec touch -- {w} \\;")),
        1 => words().prop_map(|w| format!("timeout 5 nice touch -- {w}")),
        1 => words().prop_map(|w| format!("sh <<EOF\ntouch -- {w}\nEOF")),
        1 => words().prop_map(|w| format!("bash <<'EOF' && touch after\ntouch -- {w}\nEOF")),
        1 => words().prop_map(|w| format!("cat <<< $(touch -- {w})")),
        1 => words().prop_map(|w| format!("cat <(touch -- {w}) # comment {w}")),
        1 => words().prop_map(|w| format!("trap 'touch -- {}' EXIT", w.replace('\'', ""))),
        1 => words().prop_map(|w| format!("read v <<< \"{}\"", w.replace(['"', '\\', '`', '$'], ""))),
    ]
}

/// Several commands, nested and joined in every way that ends.
pub(crate) fn text() -> impl Strategy<Value = String> {
    let list = command().prop_recursive(3, 10, 3, |inner| {
        let list = proptest::collection::vec(inner.clone(), 1..4).prop_map(|c| c.join("\n"));
        prop_oneof![
            2 => (inner.clone(), prop_oneof![Just("&&"), Just("||"), Just(";"), Just("\n"), Just("|"), Just("& wait\n")], inner.clone())
                .prop_map(|(a, join, b)| format!("{a} {join} {b}").replace("EOF &", "EOF\ntrue &").replace("EOF |", "EOF\ntrue |").replace("EOF ;", "EOF\ntrue ;")),
            1 => (inner.clone(), inner.clone(), inner.clone(), proptest::bool::ANY).prop_map(|(a, b, c, or)| {
                let (one, two) = if or { ("||", "&&") } else { ("&&", "||") };
                format!("{{ {a}\n}} {one} {{ {b}\n}} {two} {{ {c}\n}}")
            }),
            1 => list.clone().prop_map(|l| format!("(\n{l}\n)")),
            1 => list.clone().prop_map(|l| format!("{{\n{l}\n}}")),
            1 => (list.clone(), list.clone()).prop_map(|(a, b)| format!("if test -e a; then\n{a}\nelse\n{b}\nfi")),
            1 => (word(), list.clone()).prop_map(|(w, l)| format!("for v in {w} k; do\n{l}\ndone")),
            1 => (word(), list.clone()).prop_map(|(w, l)| format!("case {w} in a*|b) {l}\n;; *) touch e;; esac")),
            1 => list.clone().prop_map(|l| format!("f() {{\n{l}\n}}")),
            1 => list.clone().prop_map(|l| format!("f() {{ local v=l;\n{l}\nreturn; w=r; }}\nf x y")),
            1 => list.clone().prop_map(|l| format!("n=0; while [ $n -lt 2 ]; do n=$((n+1))\n{l}\ndone")),
            1 => list.prop_map(|l| format!("for n in 1 2; do\n{l}\ncontinue; v=never\ndone")),
        ]
    });
    proptest::collection::vec(list, 1..3).prop_map(|l| format!("v=k\nset -- m 'n o'\narr=(s 't u')\n{}", l.join("\n")))
}
