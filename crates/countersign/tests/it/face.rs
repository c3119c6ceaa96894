//! What a new user meets: help, completions, the manual page, exit codes, and where hints stand.

use testkit::{Called, World};

use super::{done, turn, world, write};

#[test]
fn help_completions_and_the_manual_page_name_every_command() {
    let world = World::empty(env!("CARGO_BIN_EXE_countersign"));
    let help = world.call("ana", &["--help"]);
    let listed = help.out.split("Commands:").nth(1).and_then(|rest| rest.split("Options:").next()).unwrap();
    let commands: Vec<&str> = listed.lines().filter_map(|line| line.split_whitespace().next()).filter(|word| *word != "help").collect();
    let story = ["demo", "init", "doctor", "people", "team", "env", "access", "break-glass", "run", "record", "inbox", "show", "sign", "refuse", "stop", "sessions", "resume"];
    assert!(commands.starts_with(&story), "the order of the story: {commands:?}");
    assert_eq!(listed.lines().filter(|line| !line.trim().is_empty()).count(), commands.len() + 1, "one line a command, and help: {listed}");
    for printed in [world.call("ana", &["completions", "bash"]), world.call("ana", &["completions", "zsh"]), world.call("ana", &["man"])] {
        printed.must_succeed();
        for command in &commands {
            let is_named = printed.out.contains(command) || printed.out.contains(&command.replace('-', r"\-")); // as roff spells it
            assert!(is_named, "`{command}` is not in {}", printed.out);
        }
    }
}

#[test]
fn misuse_ends_with_two_and_trouble_outside_with_three() {
    let world = world();
    let project = world.project(&[("a.txt", "one\n")]);
    let nowhere = project.join("nowhere").display().to_string();
    let recording = world.recording(&[done()]);
    let cases: [(&[&str], i32, &str); 9] = [
        (&["frobnicate"], 2, "unrecognized"),
        (&["stop"], 2, "--all"),
        (&["env", "add", "prod", "--tier", "production"], 2, "--path"),
        (&["ledger", "verify", &nowhere], 2, "is not a folder"),
        (&["run", "--model", "nobody/x", "go"], 2, "provider/name"),
        (&["run", "--model", "recorded:nowhere", "go"], 2, "cannot be read"),
        (&["run", "-C", &nowhere, "--model", &recording, "go"], 2, "cannot be read"),
        (&["run", "-C", "/usr", "--model", &recording, "go"], 2, "choose a folder inside it"),
        (&["run", "--model", "anthropic/x", "go"], 3, "ANTHROPIC_API_KEY"),
    ];
    for (arguments, code, words) in cases {
        world.call("ana", arguments).must_end_with(code).must_say(words);
    }
}

#[test]
fn a_hint_is_the_last_line_and_no_cause_is_told_twice() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    let lost = world.call("ana", &["resume", "nosuch", "--model", "recorded:x"]);
    assert!(lost.err.trim_end().ends_with("hint: `countersign sessions` lists them"), "{}", lost.err);
    world.write("taken", "");
    let export = world.call("ana", &["ledger", "export", world.path("taken").to_str().unwrap()]);
    assert_eq!(export.err.matches("os error").count(), 1, "{}", export.err);
}

#[test]
fn show_calls_a_no_a_no() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    world.run(&[turn("", &[write("a.txt", "two\n")]), done()], &[]).must_end_with(1).must_say("change set: 1 path");
    let id = world.held("land");
    world.call("ana", &["refuse", &id, "--why", "not now"]).must_succeed();
    world.call("ana", &["show", &id]).must_succeed().must_say("said no    ana").must_not_say("signed     ana");
    let shown: serde_json::Value = serde_json::from_str(&world.call("ana", &["show", &id, "--json"]).out).unwrap();
    assert_eq!(shown["signed_by"], serde_json::json!([]));
}

#[test]
fn what_prove_prints_is_the_entry_and_then_the_proof_to_the_byte() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    world.run(&[turn("", &[write("a.txt", "two\n")]), done()], &[]).must_end_with(1);
    let id = world.held("land");
    let printed = world.call("ana", &["ledger", "prove", &id]);
    let json: serde_json::Value = serde_json::from_str(&world.call("ana", &["ledger", "prove", &id, "--json"]).out).unwrap();
    let (entry, proof) = printed.out.split_once('\n').unwrap();
    assert_eq!((entry, proof), (json["entry"].as_str().unwrap(), json["proof"].as_str().unwrap()));
}

#[test]
fn show_has_what_a_held_edit_would_write() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    let edit = ("edit", serde_json::json!({"path": "a.txt", "edits": [{"old": "one", "new": "two\u{1b}[2J"}]}));
    world.run(&[turn("", &[edit]), done()], &["--supervise"]).must_end_with(1);
    world.call("ana", &["show", &world.held("edit")]).must_succeed().must_say("\n-one\n+two").must_not_say("\u{1b}");
}

#[test]
fn verify_in_place_reads_every_blob() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    world.run(&[turn("", &[write("a.txt", "two\n")]), done()], &[]).must_end_with(1);
    world.call("ana", &["ledger", "verify"]).must_succeed().must_not_say(" 0 blobs");
    let folder = std::fs::read_dir(world.service().join("blobs")).unwrap().map(|e| e.unwrap().path()).find(|p| p.is_dir()).unwrap();
    let blob = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    std::fs::remove_file(&blob).unwrap();
    std::fs::write(&blob, "something else").unwrap();
    world.call("ana", &["ledger", "verify"]).must_end_with(1).must_say("the blob");
}

#[test]
fn a_blob_that_was_taken_away_is_missed_by_verify() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    world.run(&[turn("", &[write("a.txt", "two\n")]), done()], &[]).must_end_with(1);
    let export = world.path("evidence");
    world.call("ana", &["ledger", "export", export.to_str().unwrap()]).must_succeed();
    let folders = std::fs::read_dir(export.join("blobs")).unwrap().map(|e| e.unwrap().path());
    let blobs: Vec<_> = folders.flat_map(|folder| std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path())).collect();
    for blob in &blobs {
        let bytes = std::fs::read(blob).unwrap();
        std::fs::remove_file(blob).unwrap();
        world.call("ana", &["ledger", "verify", export.to_str().unwrap()]).must_end_with(1).must_say("which is not there");
        std::fs::write(blob, bytes).unwrap();
    }
    assert!(blobs.len() > 2, "a prompt, replies and a change set at least: {blobs:?}");
    world.call("ana", &["ledger", "verify", export.to_str().unwrap()]).must_succeed();
}

#[test]
fn doctor_says_with_which_key_you_sign() {
    let world = world();
    let mut keygen = world.bare("ssh-keygen");
    keygen.args(["-l", "-f"]).arg(world.key("ana"));
    let listed = Called::of(keygen);
    let fingerprint = listed.must_succeed().out.split_whitespace().nth(1).unwrap().to_owned();
    world.call("ana", &["doctor"]).must_say(&format!("you sign with ssh-ed25519 {fingerprint}")).must_say("a file without a passphrase");
    World::empty(env!("CARGO_BIN_EXE_countersign")).call("ana", &["doctor"]).must_say("cannot be read");
}

#[test]
fn doctor_says_that_a_key_is_nobody_s() {
    let world = world();
    world.make_key("mallory");
    world.call("mallory", &["doctor"]).must_say("belongs to nobody who is enrolled");
}
