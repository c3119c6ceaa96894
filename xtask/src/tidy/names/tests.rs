use super::*;

fn said(path: &str, text: &str) -> Vec<String> {
    check(&Tree::of(&[(path, text)])).iter().map(|finding| format!("{}: {}", finding.line, finding.what)).collect()
}

#[test]
fn empty_words_are_found_as_words() {
    let text = "struct SessionManager;\nenum Helper {}\ntrait HTTPHandler {}\ntype Ctx = u8;\nstruct Info;";
    assert_eq!(
        said("crates/a/src/lib.rs", text),
        [
            "1: `SessionManager` holds the word `Manager`",
            "2: `Helper` holds the word `Helper`",
            "3: `HTTPHandler` holds the word `Handler`",
            "4: `Ctx` holds the word `Ctx`",
            "5: `Info` holds the word `Info`",
        ]
    );
}

#[test]
fn words_that_only_hold_such_letters_are_not() {
    let text = "use anyhow::Context;\nstruct Metadata; struct Datagram; struct Informed; enum Utility {}\n// struct Manager\nfn f(c: &Context) {}";
    assert_eq!(said("crates/a/src/lib.rs", text), Vec::<String>::new());
}

#[test]
fn files_and_functions_too() {
    for name in ["mod.rs", "util.rs", "helpers.rs", "common.rs", "core.rs", "types.rs"] {
        assert_eq!(said(&format!("crates/a/src/x/{name}"), ""), [format!("1: a file named `{name}`")]);
    }
    assert_eq!(said("crates/a/src/typed.rs", "fn done() {}\nfn handled() {}"), Vec::<String>::new());
    assert_eq!(said("crates/a/src/a.rs", "fn do_it() {}\nfn handle_call() {}").len(), 2);
}
