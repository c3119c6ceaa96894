//! Whatever is wrong is a block.

use std::fs;

use serde_json::json;

use super::{ask, ask_and_stay, claude, must_block, must_pass, world};

#[test]
fn whatever_cannot_be_understood_is_a_block() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    let good = claude(&world, "Bash", &json!({"command": "cat a.txt"}));
    must_pass(&ask(&world, &[], good.to_string()));
    let text = good.to_string();
    let with = |field: &str, value: serde_json::Value| {
        let mut changed = good.clone();
        changed[field] = value;
        changed.to_string()
    };
    let without = |field: &str| {
        let mut changed = good.clone();
        changed.as_object_mut().unwrap().remove(field);
        changed.to_string()
    };
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for (what, said) in [
        ("nothing", String::new()),
        ("spaces", "  \n".into()),
        ("half", text[..text.len() / 2].to_owned()),
        ("something after it", format!("{text} {text}")),
        ("a list", "[]".into()),
        ("no shape", "{}".into()),
        ("a key twice", text.replacen("\"session_id\"", "\"session_id\":\"x\",\"session_id\"", 1)),
        ("a key twice, deep", text.replacen("\"command\"", "\"command\":\"ls\",\"command\"", 1)),
        ("another event", with("hook_event_name", json!("PostToolUse"))),
        ("an unknown event", with("hook_event_name", json!("PreToolUseV2"))),
        ("another type", with("tool_input", json!("cat a.txt"))),
        ("a number for a name", with("tool_name", json!(3))),
        ("a relative folder", with("cwd", json!("project"))),
        ("a field of tomorrow", with("override", json!(true))),
        ("no session", without("session_id")),
        ("no tool", without("tool_name")),
        ("no folder", without("cwd")),
        ("nested too deep", deep),
    ] {
        let called = ask(&world, &[], &said);
        assert_eq!(called.code, 2, "{what}: {}", called.err);
        must_block(&called, "blocked, nothing was run");
    }
    must_block(&ask(&world, &[], b"{\"a\": \"\xff\"}"), "not UTF-8");
    must_block(&ask(&world, &[], vec![b' '; 9 * 1024 * 1024]), "longer than");
    must_block(&ask(&world, &["--as", "goose"], &text), "not known here");
    must_block(&ask(&world, &["--as", "nobody"], &text), "no agent that is known");
    must_block(&ask(&world, &["--what"], &text), "not an option");
    must_block(&ask(&world, &["--deadline", "soon"], &text), "not an option");
}

#[test]
fn a_command_too_long_for_the_ledger_is_a_block() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    let long = format!("cat a.txt {}", "a".repeat(70_000));
    must_block(&ask(&world, &[], claude(&world, "Bash", &json!({"command": long})).to_string()), "could not be judged and kept");
}

#[test]
fn an_input_that_never_ends_is_a_block_in_time() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    let said = claude(&world, "Bash", &json!({"command": "cat a.txt"})).to_string();
    must_block(&ask_and_stay(&world, &["--deadline", "0.5"], &said), "never came to its end");
    must_block(&ask_and_stay(&world, &["--as", "kiro", "--deadline", "0.5"], ""), "never came to its end");
}

#[test]
fn a_decision_that_takes_too_long_is_a_block() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    must_block(&ask(&world, &["--deadline", "0"], claude(&world, "Bash", &json!({"command": "cat a.txt"})).to_string()), "blocked, nothing was run");
}

#[test]
fn without_a_service_that_can_be_written_nothing_passes() {
    let empty = testkit::World::empty(env!("CARGO_BIN_EXE_countersign"));
    empty.project(&[("a.txt", "one\n")]);
    empty.make_key("ana");
    let said = claude(&empty, "Bash", &json!({"command": "cat a.txt"})).to_string();
    must_block(&ask(&empty, &[], &said), "there is no service");

    let world = world();
    world.project(&[("a.txt", "one\n")]);
    let said = claude(&world, "Bash", &json!({"command": "cat a.txt"})).to_string();
    let ledger = world.service().join("ledger.sqlite");
    let kept = fs::read(&ledger).unwrap();
    for (what, bytes) in [("empty", Vec::new()), ("other bytes", vec![b'x'; 8192])] {
        fs::write(&ledger, bytes).unwrap();
        for side in ["-wal", "-shm"] {
            fs::remove_file(format!("{}{side}", ledger.display())).ok();
        }
        let called = ask(&world, &[], &said);
        assert_eq!(called.code, 2, "{what}: {}", called.err);
        must_block(&called, "blocked, nothing was run");
    }
    fs::write(&ledger, kept).unwrap();
    fs::write(world.service().join("config.toml"), "limits = \"typo\"").unwrap();
    must_block(&ask(&world, &[], &said), "config.toml");
}
