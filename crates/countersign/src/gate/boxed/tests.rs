use action::PersonId;
use serde_json::json;

use super::*;

fn wrapping() -> Wrapping {
    Wrapping::of(Path::new("/srv/the service"), &SessionId::new("0123456789ab")).unwrap()
}

fn asking(command: &str) -> Asking {
    let (folder, cwd) = ("/work".to_owned(), "/work".to_owned());
    let acts = vec![ByHand::Run { command: command.into() }];
    Asking { agent: "claude".into(), session: "s".into(), person: PersonId::new("ana"), folder, cwd, tool: "Bash".into(), acts, input: Vec::new(), boxable: false, confirms: false }
}

#[test]
fn the_rest_of_the_input_stays_and_the_command_is_one_word_of_the_new_one() {
    let input = json!({"command": "echo 'a'; rm -rf $HOME\n", "timeout": 5, "description": "x"});
    let told = wrapping().instead(&input).unwrap();
    assert_eq!((&told["timeout"], &told["description"]), (&json!(5), &json!("x")));
    let text = told["command"].as_str().unwrap();
    assert!(text.ends_with(" gate box --home '/srv/the service' --session 0123456789ab -- 'echo '\\''a'\\''; rm -rf $HOME\n'"), "{text}");
}

#[test]
fn what_was_wrapped_is_read_as_what_is_in_it_and_nothing_that_only_looks_like_it() {
    let wrapping = wrapping();
    for command in ["cargo test", "echo 'a' \"b\"", "'", "", "a\nb", r"echo \'"] {
        let mut wrapped = asking(&wrapping.around(command));
        assert!(wrapping.unwrap(&mut wrapped) && wrapped.boxable, "{command}");
        assert_eq!(wrapped.acts, [ByHand::Run { command: command.into() }]);
    }
    let whole = wrapping.around("cargo test");
    let other = Wrapping::of(Path::new("/srv/the service"), &SessionId::new("ba9876543210")).unwrap().around("cargo test");
    for command in [format!("{whole}; rm -rf ~"), format!("{whole} 'x'"), format!("LD_PRELOAD=/x {whole}"), format!("{}'a' 'b'", wrapping.before), other, "cargo test".into()] {
        let mut odd = asking(&command);
        assert!(!wrapping.unwrap(&mut odd) && !odd.boxable, "{command}");
        assert_eq!(odd.acts, [ByHand::Run { command }]);
    }
}

#[test]
fn only_one_command_that_stands_in_the_input_can_be_put_in_a_box() {
    let run = |command: &str| ByHand::Run { command: command.into() };
    let asked = |acts: Vec<ByHand>, input: Value, phase: Phase| Asked { session: "s".into(), folder: "/w".into(), cwd: "/w".into(), tool: "Bash".into(), acts, input, phase };
    let input = json!({"command": "make"});
    assert!(can_be(Dialect::Claude, &asked(vec![run("make")], input.clone(), Phase::Tool)));
    for (dialect, asked) in [
        (Dialect::Goose, asked(vec![run("make")], input.clone(), Phase::Tool)),
        (Dialect::Claude, asked(vec![run("make")], input.clone(), Phase::Permission)),
        (Dialect::Claude, asked(vec![run("make"), run("make")], input.clone(), Phase::Tool)),
        (Dialect::Claude, asked(vec![run("make all")], input.clone(), Phase::Tool)),
        (Dialect::Claude, asked(vec![ByHand::Note], input, Phase::Tool)),
        (Dialect::Claude, asked(vec![run("a\0b")], json!({"command": "a\0b"}), Phase::Tool)),
        (Dialect::Claude, asked(vec![run(&"x".repeat(LONGEST + 1))], json!({"command": "x".repeat(LONGEST + 1)}), Phase::Tool)),
    ] {
        assert!(!can_be(dialect, &asked), "{asked:?}");
    }
}
