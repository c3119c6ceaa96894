use super::*;

fn said(path: &str, text: &str) -> Vec<String> {
    let found = check(&Tree::of(&[(path, text)]));
    found.iter().map(|finding| format!("{}: {}", finding.line, finding.what)).collect()
}

const IMPORTS: [&str; 6] = [
    "fn f() { std::process::Command::new(\"sh\"); }",
    "use std::process::Command;",
    "use std::process::{Child, Command, Stdio};",
    "use std::{io, process::{self, Command as Run}};",
    "use std::process::*;",
    "use tokio::process::Command;",
];

#[test]
fn processes_start_in_the_sandbox_only() {
    for text in IMPORTS {
        assert_eq!(said("crates/agent/src/act.rs", text), ["1: a process outside the sandbox"], "{text}");
        for path in [
            "crates/sandbox/src/run.rs",
            "crates/agent/src/act/tests.rs",
            "crates/agent/tests/it/main.rs",
            "crates/countersign/src/demo/region.rs",
            "crates/countersign/src/demo.rs",
            "xtask/src/tree.rs",
        ] {
            assert_eq!(said(path, text), Vec::<String>::new(), "{text} in {path}");
        }
    }
}

#[test]
fn what_only_looks_like_it() {
    for text in [
        "use clap::Command; fn f() { Command::new(\"countersign\"); }",
        "use std::process::{ExitCode, Stdio}; use std::os::unix::process::CommandExt;",
        "// std::process::Command\nconst S: &str = \"std::process::Command\";",
        "#![forbid(unsafe_code)] // unsafe\nconst S: &str = \"unsafe { }\";",
    ] {
        assert_eq!(said("crates/countersign/src/cli.rs", text), Vec::<String>::new(), "{text}");
    }
    assert_eq!(said("crates/countersign/src/demonstration.rs", IMPORTS[1]).len(), 1);
}

#[test]
fn no_unsafe_outside_the_sandbox() {
    let argued = "// SAFETY: nobody else looks\nfn f() { unsafe { g() } }";
    assert_eq!(said("crates/agent/src/act.rs", argued), ["2: unsafe outside the sandbox"]);
    assert_eq!(said("crates/agent/src/act/tests.rs", argued), ["2: unsafe outside the sandbox"], "in tests too");
}

#[test]
fn unsafe_in_the_sandbox_is_argued() {
    let argued = [
        "fn f() {\n    // SAFETY: the fd is ours\n    unsafe { g() };\n}",
        "fn f() {\n    // SAFETY: the fd is ours, and stays\n    // open until the end\n    let x =\n        unsafe { g() };\n}",
        "fn f() {\n    // SAFETY: the fd is ours\n    #[expect(x, reason = \"y\")]\n    unsafe { g() };\n}",
        "fn f() {\n    unsafe { g() }; // SAFETY: the fd is ours\n}",
        "/// Does it.\n///\n/// # Safety\n/// The fd is open.\npub unsafe fn f() {}",
    ];
    for text in argued {
        assert_eq!(said("crates/sandbox/src/run.rs", text), Vec::<String>::new(), "{text}");
    }
    let bare = [
        ("fn f() {\n    unsafe { g() };\n}", 2),
        ("// SAFETY: of something else\nfn e() {}\n\nfn f() {\n    unsafe { g() };\n}", 5),
        ("fn f() {\n    // SAFETY: the fd is ours\n    unsafe { g() };\n    unsafe { h() };\n}", 4),
        ("fn f() {\n    // SAFETY: the fd is ours\n    a();\n    unsafe { g() };\n}", 4),
        ("fn f() {\n    // it is safe\n    unsafe { g() };\n}", 3),
        ("// SAFETY: far away\n\nunsafe impl Send for X {}", 3),
    ];
    for (text, line) in bare {
        assert_eq!(said("crates/sandbox/src/run.rs", text), [format!("{line}: unsafe without an argument")], "{text}");
    }
}
