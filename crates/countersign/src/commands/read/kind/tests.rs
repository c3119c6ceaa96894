use super::*;

fn told(name: &str, text: &str, said: Option<KindWord>) -> String {
    match of_file(Path::new(name), text, said) {
        Some(Kind::Shell { shell }) => format!("shell {shell}"),
        Some(Kind::Program { interpreter }) => format!("program {interpreter}"),
        Some(kind) => kind.word().to_owned(),
        None => "unknown".into(),
    }
}

#[test]
fn a_first_line_says_more_than_a_name_and_a_name_more_than_nothing() {
    for (name, text, kind) in [
        ("deploy.sh", "", "shell sh"),
        ("deploy.sh", "#!/usr/bin/env python3\n", "program python3"),
        ("tool.py", "#!/bin/sh\n", "shell sh"),
        ("tool.py", "print()", "program python"),
        ("x", "#!/usr/bin/env -S FOO=1 node --test\n", "program node"),
        ("x", "#! /usr/local/bin/zsh -f\n", "shell zsh"),
        ("x", "#!/bin/busybox sh\n", "shell sh"),
        ("x", "#!\n", "shell bash"),
        (".bashrc", "", "shell bash"),
        ("dir.d/run", "", "shell bash"),
        ("X.SH", "", "shell sh"),
        ("x.fish", "", "program fish"),
        ("Makefile", "", "unknown"),
        ("notes.txt", "rm -rf /", "unknown"),
        ("main.tf", "", "unknown"),
        ("up.sql", "", "sql"),
        ("a.yaml", "", "manifest"),
        ("plan.json", "{\"format_version\":\"1.2\"}", "plan"),
        ("stack.json", "{}", "manifest"),
    ] {
        assert_eq!(told(name, text, None), kind, "{name} {text:?}");
    }
}

#[test]
fn what_a_person_says_holds_and_the_shell_is_still_the_files() {
    assert_eq!(told("notes.txt", "", Some(KindWord::Shell)), "shell bash");
    assert_eq!(told("x.zsh", "", Some(KindWord::Shell)), "shell zsh");
    assert_eq!(told("x.py", "", Some(KindWord::Shell)), "shell bash");
    assert_eq!(of_stdin("#!/usr/bin/perl\n", None), Kind::Program { interpreter: "perl".into() });
    for (text, kind) in [
        ("rm x", "shell"),
        ("{ rm x; }", "shell"),
        ("[ -f x ] && rm x", "shell"),
        ("{\"format_version\": \"1.2\"}", "plan"),
        ("{\"kind\": \"Pod\"}", "manifest"),
        ("# c\napiVersion: v1\nkind: Pod\n", "manifest"),
        ("-- down\n\ndrop table a;", "sql"),
        ("update a set b = 1", "sql"),
        ("update-alternatives --all", "shell"),
        ("#!/bin/sh\nResources: x\n", "shell"),
    ] {
        assert_eq!(of_stdin(text, None).word(), kind, "{text}");
    }
    assert_eq!(of_stdin("drop table a", Some(KindWord::Shell)), Kind::bash());
    assert_eq!(of_stdin("rm x", Some(KindWord::Sql)), Kind::Sql);
}

#[test]
fn only_shells_that_are_like_bash_are_near_it() {
    let near = |name: &str| Kind::run_by(name).only_near().map(str::to_owned);
    assert_eq!((near("bash"), near("zsh"), near("ksh"), near("fish")), (None, None, Some("ksh".into()), None));
}
