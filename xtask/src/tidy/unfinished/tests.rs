use super::*;

fn said(path: &str, text: &str) -> Vec<String> {
    check(&Tree::of(&[(path, text)])).iter().map(|finding| format!("{}:{}", finding.rule, finding.line)).collect()
}

#[test]
fn marks_are_found_in_comments_only() {
    let found = said("crates/a/src/lib.rs", "// TODO later\nfn f() {} /* (FIXME) */\n/// XXX: why\nconst S: &str = \"TODO\";\n// TODOS, todo and Todo are words");
    assert_eq!(found, ["unfinished:1", "unfinished:2", "unfinished:3"]);
}

#[test]
fn what_is_not_there_is_not_called_there() {
    assert_eq!(said("crates/a/src/lib.rs", "fn f() { todo!() }\nfn g() { unimplemented!(\"later\") }\n/// `todo!()`\nfn h(todo: bool) -> bool { todo != true }").len(), 3);
    assert_eq!(said("crates/a/src/lib.rs", "/// see `todo!()`\nfn f(todos: u8) {}"), Vec::<String>::new());
}

#[test]
fn skipped_tests_are_found() {
    let found = said("crates/a/src/a/tests.rs", "#[test]\n#[ignore]\nfn f() {}\n#[ignore = \"slow\"]\nfn g() {}\n// #[ignore]");
    assert_eq!(found, ["ignored-test:2", "ignored-test:4"]);
}

#[test]
fn sleeps_are_found_in_tests() {
    let text = "use std::thread::{self, sleep};\nfn f() { thread::sleep(d); std::thread::\n sleep(d); }\nconst SHELL: &str = \"sleep 1\";";
    for path in ["crates/a/src/a/tests.rs", "crates/a/tests/it/main.rs", "crates/testkit/src/lib.rs"] {
        let mut found = said(path, text);
        found.sort();
        assert_eq!(found, ["sleep:1", "sleep:2", "sleep:2"], "{path}");
    }
    assert_eq!(said("crates/a/src/lib.rs", text), Vec::<String>::new(), "elsewhere clippy.toml refuses them");
}
