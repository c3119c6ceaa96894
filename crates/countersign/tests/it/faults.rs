//! Faults of the machine and bad input, each with the message that a person reads.

use std::fs;

use serde_json::json;
use testkit::model_server::{Fault, ModelServer, Turn};
use testkit::{Called, World};

use super::crash::{a_signature_survives, audited, count, prepared, recording, restore, sampled, save, traced, tree};
use super::{done, shell, turn, world, write};

/// What a defect of the program ends with.
const DEFECT: [i32; 2] = [70, 101];

// The disk.

#[test]
fn a_disk_that_is_full_from_any_write_of_a_run_on() {
    let world = prepared();
    let model = recording(&world);
    let run = ["run", "--headless", "--model", &model, "Please do it."];
    save(&world);
    let writes = count(&world, "writes", &run, 1);
    let before = tree(&world);
    for step in sampled(writes, 30) {
        restore(&world);
        let called = traced(&world, "full", step, &run);
        says_the_disk_is_full(&called, &format!("write {step}"));
        assert_eq!(tree(&world), before, "write {step}");
        audited(&world, &format!("write {step}"));
        world.call("ana", &run).must_end_with(1).must_say("held as");
    }
}

#[test]
fn a_disk_that_is_full_from_any_write_of_a_signature_on() {
    a_signature_survives("full", &says_the_disk_is_full);
}

/// Only what comes after the last entry may go wrong unseen: the database is tidied up when it is opened next.
fn says_the_disk_is_full(called: &Called, at: &str) {
    if called.out.contains("receipt: entry") || called.out.contains("held as") {
        assert!(called.err.is_empty(), "{at}: {called:?}");
        return;
    }
    assert!(called.code != 0 && !DEFECT.contains(&called.code), "{at}: {called:?}");
    let words = ["No space left on device", "the disk is full", "disk I/O error", "no room on the disk"];
    assert!(words.iter().any(|word| called.err.contains(word) || called.out.contains(word)), "{at}: {called:?}");
}

#[test]
fn a_service_on_a_disk_that_cannot_be_written() {
    let world = prepared();
    let model = recording(&world);
    let run = world.call("ana", &["run", "--headless", "--model", &model, "Please do it."]);
    run.must_end_with(1);
    let id = world.held("land");
    let before = tree(&world);
    for arguments in [vec!["run", "--headless", "--model", &model, "again"], vec!["sign", &id], vec!["refuse", &id, "--why", "no"]] {
        let called = traced(&world, "fixed", 0, &arguments);
        called.must_end_with(3).must_say("Read-only file system").must_say(world.service().to_str().unwrap());
        assert_eq!(tree(&world), before);
    }
    assert_eq!(world.held("land"), id, "what was held is still held");
}

// The person's surroundings.

#[test]
fn without_a_home() {
    let world = prepared();
    let mut command = world.command("ana", &["inbox"]);
    command.env_remove("HOME");
    Called::of(command).must_end_with(1).must_say("HOME is not set").must_say("hint: set it");
    let mut command = world.command("ana", &["inbox"]);
    command.env_remove("HOME").env_remove("COUNTERSIGN_HOME");
    Called::of(command).must_end_with(1).must_say("HOME is not set");
}

#[test]
fn a_clock_that_jumps_back_between_proposal_and_signature() {
    let mut world = prepared();
    let before = tree(&world);
    let id = held(&world);
    world.clock_off_by(-2 * 24 * 3600);
    world.call("ana", &["sign", &id]).must_succeed().must_say("landed");
    assert_ne!(tree(&world), before);
    audited(&world, "two days back");
    world.call("ana", &["sign", &id]).must_end_with(1).must_say("finished");
}

#[test]
fn a_hold_that_is_over_lands_nothing() {
    let mut world = prepared();
    let before = tree(&world);
    let id = held(&world);
    let late = 4 * 24 * 3600;
    world.clock_off_by(late);
    world.call("ana", &["inbox"]).must_succeed().must_say("nothing waits");
    world.call("ana", &["sign", &id]).must_end_with(1).must_say("expired");
    assert_eq!(tree(&world), before);
    audited(&world, "four days later");
}

// Several processes.

#[test]
fn two_signatures_at_once_land_once() {
    let world = prepared();
    let before = tree(&world);
    for round in 0..4 {
        let id = held(&world);
        let both = [world.start("ana", &["sign", &id]), world.start("ana", &["sign", &id])];
        let ended = both.map(|child| child.wait_with_output().unwrap());
        let codes = ended.each_ref().map(|output| output.status.code().unwrap());
        assert_eq!(codes.iter().sum::<i32>(), 1, "round {round}: exactly one lands: {ended:?}");
        let other = ended.iter().find(|output| output.status.code() == Some(1)).unwrap();
        assert!(String::from_utf8_lossy(&other.stderr).contains("does not wait for an answer"), "round {round}: {other:?}");
        assert_eq!(fs::read_to_string(world.path("project/count.txt")).unwrap(), "ran\n");
        audited(&world, &format!("round {round}"));
        fs::remove_file(world.path("project/count.txt")).unwrap();
        world.git(&["checkout", "--quiet", "."]);
        assert_eq!(tree(&world), before);
    }
}

#[test]
fn two_runs_at_once_on_one_service() {
    let world = prepared();
    let model = recording(&world);
    let run = ["run", "--headless", "--model", &model, "Please do it."];
    let both = [world.start("ana", &run), world.start("ana", &run)];
    for child in both {
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert!(String::from_utf8_lossy(&output.stdout).contains("held as"));
    }
    assert_eq!(world.inbox().len(), 2);
    audited(&world, "two runs");
}

// The model.

#[test]
fn a_reply_that_is_cut_in_the_middle_does_nothing() {
    let world = prepared();
    let before = tree(&world);
    let cut = || Turn::call("write", &json!({"path": "a.txt", "content": "half"})).with(Fault::Cut { after: 4 });
    let called = with_server(&world, [cut(), cut(), cut()]).0;
    called.must_end_with(3).must_say("was cut off").must_not_say("wrote");
    assert_eq!(tree(&world), before);
    assert!(world.inbox().is_empty());
    audited(&world, "cut");
}

#[test]
fn a_reply_that_was_cut_is_asked_for_again() {
    let world = prepared();
    let write = |content: &str| Turn::call("write", &json!({"path": "a.txt", "content": content}));
    let (called, server) = with_server(&world, [write("half").with(Fault::Cut { after: 4 }), write("whole\n"), Turn::say("Done.")]);
    called.must_end_with(1).must_say("asked for again").must_say("held as");
    assert_eq!((server.requests().len(), server.requests()[0].body == server.requests()[1].body), (3, true));
    audited(&world, "cut once");
}

#[test]
fn a_call_that_is_no_json_and_a_tool_that_is_not_there_go_back_to_the_model() {
    let world = prepared();
    let bad = Turn::default().and_raw_call("write", "{\"path\": \"a.txt\", \"content\": ").and_call("teleport", &json!({"to": "moon"}));
    let good = Turn::call("write", &json!({"path": "a.txt", "content": "good\n"}));
    let (called, server) = with_server(&world, [bad, good, Turn::say("Done.")]);
    called.must_end_with(1).must_say("could not be read").must_say("teleport").must_say("held as");
    let second = &server.requests()[1].body;
    let results: Vec<&serde_json::Value> = second["messages"].as_array().unwrap().last().unwrap()["content"].as_array().unwrap().iter().collect();
    assert_eq!(results.len(), 2, "{second}");
    assert!(results.iter().all(|result| result["is_error"] == true), "{results:?}");
}

#[test]
fn a_recording_that_is_over() {
    let world = prepared();
    let called = world.run(&[turn("I write it.", &[write("a.txt", "after\n")])], &[]);
    called.must_end_with(3).must_say("is over: it has 1 turns");
    assert!(world.inbox().is_empty());
    audited(&world, "over");
}

#[test]
fn a_hundred_megabytes_of_output_are_bounded() {
    let world = prepared();
    let flood = "head -c 100000000 /dev/zero | tr '\\0' x; echo; echo the last line";
    let server = ModelServer::start([Turn::call("shell", &json!({"command": flood})), Turn::say("Done.")].into());
    let arguments = ["run", "--headless", "--json", "--model", "anthropic/x", "--base-url", server.url(), "Flood it."];
    let mut world = world;
    world.set("ANTHROPIC_API_KEY", "dummy");
    let called = traced(&world, "memory", 0, &arguments);
    called.must_succeed();
    let most: u64 = world.read("count").trim().parse().unwrap();
    assert!(most < 100 * 1024, "{most} KiB");
    let told = server.requests()[1].bytes.len();
    assert!(told < 200_000, "the model is told {told} bytes");
    let text = String::from_utf8_lossy(&server.requests()[1].bytes).into_owned();
    assert!(text.contains("the last line"), "the end is what one wants to see");
    let kept = Called::of({
        let mut command = world.bare("du");
        command.args(["-sb"]).arg(world.path("service/blobs"));
        command
    });
    let bytes: u64 = kept.out.split_whitespace().next().unwrap().parse().unwrap();
    assert!(bytes < 20_000_000, "{bytes} bytes are kept");
    audited(&world, "flood");
}

// The project.

#[test]
fn a_binary_file_is_named_so() {
    let world = prepared();
    fs::write(world.path("project/bin"), [0, 159, 146, 150, 0, 255]).unwrap();
    let calls = [("read", json!({"path": "bin"})), ("edit", json!({"path": "bin", "edits": [{"old": "a", "new": "b"}]}))];
    let called = world.run(&[turn("I read it.", &calls), done()], &["--json"]);
    called.must_succeed().must_say("binary");
    assert_eq!(fs::read(world.path("project/bin")).unwrap(), [0, 159, 146, 150, 0, 255]);
}

#[test]
fn a_bare_repository_is_named_so() {
    let world = prepared();
    world.git(&["clone", "--quiet", "--bare", ".", "../bare.git"]);
    let bare = world.path("bare.git");
    let model = recording(&world);
    let called = world.call("ana", &["run", "-C", bare.to_str().unwrap(), "--headless", "--model", &model, "go"]);
    called.must_end_with(1).must_say("is a bare repository").must_say("hint: clone it");
}

#[test]
fn a_submodule_is_worked_in_like_the_rest() {
    let world = prepared();
    let inner = world.path("inner");
    fs::create_dir(&inner).unwrap();
    for arguments in [vec!["init", "--quiet"], vec!["commit", "--quiet", "--allow-empty", "-m", "start"]] {
        let mut command = world.bare("git");
        command.args(["-c", "user.name=ana", "-c", "user.email=ana@localhost"]).args(arguments).current_dir(&inner);
        Called::of(command).must_succeed();
    }
    world.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../inner", "sub"]);
    world.git(&["commit", "--quiet", "-m", "sub"]);
    let called = world.run(&[turn("", &[write("sub/new.txt", "in\n"), write("a.txt", "out\n")]), done()], &[]);
    called.must_end_with(1).must_say("held as");
    world.call("ana", &["sign", &world.held("land")]).must_succeed().must_say("landed 2 paths");
    assert_eq!(world.read("project/sub/new.txt"), "in\n");
    assert_eq!(world.read("project/a.txt"), "out\n");
}

#[test]
fn a_tree_whose_path_has_spaces_and_letters_of_the_world() {
    let world = world();
    let name = "mein Projekt – données ☃ 'x'";
    world.write(&format!("{name}/a b.txt"), "one\n");
    let folder = world.path(name);
    for arguments in [vec!["init", "--quiet"], vec!["add", "--all"], vec!["commit", "--quiet", "-m", "start"]] {
        let mut command = world.bare("git");
        command.args(["-c", "user.name=ana", "-c", "user.email=ana@localhost"]).args(arguments).current_dir(&folder);
        Called::of(command).must_succeed();
    }
    let calls = [write("a b.txt", "two\n"), shell("cat 'a b.txt' > \"$(printf 'ü\\nx y')\"")];
    let folder_text = folder.to_str().unwrap();
    world.run(&[turn("", &calls), done()], &["-C", folder_text]).must_end_with(1);
    world.call("ana", &["sign", &world.held("land")]).must_succeed();
    assert_eq!(world.read(&format!("{name}/a b.txt")), "two\n");
    assert_eq!(world.read(&format!("{name}/ü\nx y")), "two\n");
}

#[test]
fn a_git_that_somebody_put_in_the_path_is_not_run() {
    use std::os::unix::fs::PermissionsExt;
    let world = prepared();
    let model = world.recording(&[turn("I write it.", &[write("a.txt", "after\n")]), done()]);
    let git = world.write("early/git", format!("#!/bin/sh\ntouch '{}'\n", world.path("was-run").display()));
    fs::set_permissions(&git, fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = world.command("ana", &["run", "--headless", "--land", "branch:x", "--model", &model, "go"]);
    command.env("PATH", format!("{}:{}", world.path("early").display(), std::env::var("PATH").unwrap()));
    Called::of(command).must_end_with(1).must_say("held as");
    assert!(!world.path("was-run").exists());
}

// The service's own files.

#[test]
fn a_config_that_cannot_be_read() {
    let world = prepared();
    world.write("service/config.toml", "person = [not toml");
    world.call("ana", &["inbox"]).must_end_with(2).must_say("config.toml cannot be read");
}

#[test]
fn a_ledger_that_is_no_ledger() {
    let world = prepared();
    let id = held(&world);
    for garbage in [&b"this is not a database at all, and longer than a header of SQLite, which has 100 bytes. It goes on."[..], &[0; 8192]] {
        world.write("service/ledger.sqlite", garbage);
        for arguments in [vec!["inbox"], vec!["sign", &id], vec!["ledger", "verify"]] {
            let called = world.call("ana", &arguments);
            assert!(called.code == 3, "{called:?}");
            called.must_say("ledger.sqlite");
        }
    }
}

#[test]
fn a_ledger_that_is_gone_does_not_begin_anew() {
    let world = prepared();
    for kept in [Some(""), Some("\n"), Some("SQLite forma"), None] {
        for beside in ["ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm"] {
            fs::remove_file(world.service().join(beside)).ok();
        }
        if let Some(bytes) = kept {
            world.write("service/ledger.sqlite", bytes);
        }
        world.call("ana", &["inbox"]).must_end_with(3).must_say("is missing or empty").must_say("hint: put it back");
        assert_eq!(world.service().join("ledger.sqlite").exists(), kept.is_some(), "nothing was made");
    }
}

#[test]
fn a_key_of_the_service_that_is_gone_or_broken() {
    for key in ["guard", "log"] {
        let world = prepared();
        let name = format!("service/keys/{key}");
        world.write(&name, "not a key\n");
        world.call("ana", &["inbox"]).must_end_with(3).must_say(&format!("keys/{key} cannot be read"));
        fs::remove_file(world.path(&name)).unwrap();
        world.call("ana", &["inbox"]).must_end_with(3).must_say(&format!("keys/{key} cannot be read"));
        assert!(!world.path(&name).exists(), "no new key was made");
    }
}

#[test]
fn a_folder_without_a_service() {
    let world = World::empty(env!("CARGO_BIN_EXE_countersign"));
    world.make_key("ana");
    world.call("ana", &["inbox"]).must_end_with(2).must_say("there is no service in").must_say("hint: run `countersign init`");
    assert!(!world.service().exists(), "asking made nothing");
}

/// A change set that waits.
fn held(world: &World) -> String {
    let model = recording(world);
    world.call("ana", &["run", "--headless", "--model", &model, "Please do it."]).must_end_with(1);
    world.held("land")
}

fn with_server<const N: usize>(world: &World, turns: [Turn; N]) -> (Called, ModelServer) {
    let server = ModelServer::start(turns.into());
    let arguments = ["run", "--headless", "--model", "anthropic/x", "--base-url", server.url(), "Please do it."];
    let mut command = world.command("ana", &arguments);
    command.env("ANTHROPIC_API_KEY", "dummy");
    (Called::of(command), server)
}
