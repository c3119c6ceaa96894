use serde_json::json;

use super::*;

fn wrapping() -> Wrapping {
    Wrapping::of(Path::new("/srv/the service"), &SessionId::new("0123456789ab")).unwrap()
}

#[test]
fn the_rest_of_the_input_stays_and_the_command_is_named_by_its_digest() {
    let command = Digest::of_bytes(b"echo 'a'; rm -rf $HOME\n");
    let input = json!({"command": "echo 'a'; rm -rf $HOME\n", "timeout": 5, "description": "x"});
    let told = wrapping().instead(&input, &command).unwrap();
    assert_eq!((&told["timeout"], &told["description"]), (&json!(5), &json!("x")));
    let text = told["command"].as_str().unwrap();
    assert!(text.ends_with(&format!(" gate box --home '/srv/the service' --session 0123456789ab {command}")), "{text}");
    assert!(wrapping().telling(&command, "why.").ends_with(text), "an agent is told the same");
}

#[test]
fn only_one_command_can_be_put_in_a_box_and_rewritten_only_where_it_stands_in_the_input() {
    let run = |command: &str| ByHand::Run { command: command.into() };
    let asked = |acts: Vec<ByHand>, input: Value, phase: Phase| Asked { session: "s".into(), folder: "/w".into(), cwd: "/w".into(), tool: "Bash".into(), acts, input, phase };
    let input = json!({"command": "make"});
    for way in [Way::Tell, Way::Rewrite] {
        assert!(can_be(way, Dialect::Claude, &asked(vec![run("make")], input.clone(), Phase::Tool)));
        for acts in [vec![run("make"), run("make")], vec![ByHand::Note], Vec::new()] {
            assert!(!can_be(way, Dialect::Claude, &asked(acts, input.clone(), Phase::Tool)));
        }
        assert!(!can_be(way, Dialect::Claude, &asked(vec![run("make")], input.clone(), Phase::Permission)));
    }
    for (dialect, input) in [(Dialect::Goose, input), (Dialect::Claude, json!({"command": "make all"})), (Dialect::Claude, json!({"script": "make"}))] {
        let asked = asked(vec![run("make")], input, Phase::Tool);
        assert!(can_be(Way::Tell, dialect, &asked) && !can_be(Way::Rewrite, dialect, &asked), "{dialect:?} {asked:?}");
    }
}

#[test]
fn ways_are_named_by_their_words_and_by_no_others() {
    for way in [Way::Tell, Way::Rewrite] {
        assert_eq!(Way::named(way.word()), Some(way));
    }
    assert_eq!(Way::named("yes"), None);
}
