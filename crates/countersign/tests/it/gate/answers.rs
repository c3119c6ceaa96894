//! What is permitted, held, signed, passed once and refused.

use std::fs;
use std::process::Stdio;

use serde_json::{Value, json};

use super::{ask, bash, claude, in_each, must_block, must_pass, world};

fn project() -> testkit::World {
    let world = world();
    world.project(&[("a.txt", "one\n"), ("src/b.txt", "two\n")]);
    world.write("project/notes/c.txt", "not in git\n");
    world
}

#[test]
fn each_agent_goes_on_in_silence_with_ordinary_work_and_is_blocked_from_a_loss() {
    let world = project();
    for (agent, said) in in_each(&world, "cat a.txt | wc -l && echo three > src/new.txt") {
        let called = ask(&world, &[], said.to_string());
        match agent {
            "acp" => assert_eq!(serde_json::from_str::<Value>(&called.out).unwrap()["result"]["outcome"], json!({"outcome": "selected", "optionId": "a"})),
            _ => must_pass(&called),
        }
    }
    for (agent, said) in in_each(&world, "rm -rf notes") {
        let called = ask(&world, &["--as", agent], said.to_string());
        must_block(&called, "held as ").must_say("countersign sign ");
        match agent {
            "acp" => assert_eq!(serde_json::from_str::<Value>(&called.out).unwrap()["result"]["outcome"], json!({"outcome": "selected", "optionId": "c"})),
            "cursor" => assert_eq!(serde_json::from_str::<Value>(&called.out).unwrap()["permission"], "deny"),
            _ => assert_eq!(called.out, "", "{agent}: nothing but the line"),
        }
    }
    assert_eq!(world.inbox().len(), 9, "one for each session");
    world.call("ana", &["ledger", "verify"]).must_succeed();
}

#[test]
fn what_is_signed_passes_once_and_no_more() {
    let world = project();
    must_block(&bash(&world, "rm -rf notes"), "git does not have what it deletes");
    must_block(&bash(&world, "rm -rf notes"), "held as ");
    let id = world.held("hand"); // asked twice, held once
    let shown = world.call("ana", &["show", &id]);
    shown.must_succeed().must_say("agent `claude`").must_say("run rm -rf notes").must_say("deletes directory `notes` in worktree");
    world.call("ana", &["sign", &id]).must_succeed().must_say("it passes once, when `claude` asks for it again");
    must_block(&bash(&world, "rm -rf notes/"), "held as "); // other bytes
    must_pass(&bash(&world, "rm -rf notes"));
    must_block(&bash(&world, "rm -rf notes"), "held as ");
    world.call("ana", &["show", &id]).must_say("stage      handed");
    world.call("ana", &["ledger", "verify"]).must_succeed();
}

#[test]
fn another_session_or_person_cannot_use_what_was_signed_for_one() {
    let world = project();
    must_block(&bash(&world, "rm -rf notes"), "held as ");
    world.call("ana", &["sign", &world.held("hand")]).must_succeed();
    let mut other = claude(&world, "Bash", &json!({"command": "rm -rf notes"}));
    other["session_id"] = json!("s-other");
    must_block(&ask(&world, &[], other.to_string()), "held as ");
    must_pass(&bash(&world, "rm -rf notes"));
}

#[test]
fn what_changed_between_signature_and_use_is_held_anew() {
    let world = project();
    world.write("project/run.sh", "echo one\n");
    must_block(&bash(&world, "python3 run.sh"), "could not be read");
    let first = world.held("hand");
    world.call("ana", &["sign", &first]).must_succeed();
    world.write("project/run.sh", "echo two\n");
    must_block(&bash(&world, "python3 run.sh"), "held as ");
    assert_ne!(world.held("hand"), first, "the signature was for other bytes");
    must_block(&bash(&world, "python3 run.sh"), "held as ");
}

#[test]
fn a_no_stays_a_no_without_asking_the_person_again() {
    let world = project();
    must_block(&bash(&world, "rm -rf notes"), "held as ");
    world.call("ana", &["refuse", &world.held("hand"), "--why", "the notes are mine"]).must_succeed();
    must_block(&bash(&world, "rm -rf notes"), "the notes are mine");
    assert!(world.inbox().is_empty());
}

#[test]
fn a_stopped_session_does_nothing_more() {
    let world = project();
    must_pass(&bash(&world, "cat a.txt"));
    world.call("ana", &["stop", "--all"]).must_succeed();
    must_block(&bash(&world, "cat a.txt"), "a person stopped it");
}

#[test]
fn what_git_has_may_go_and_what_it_has_not_may_not() {
    let world = project();
    must_pass(&bash(&world, "rm a.txt"));
    must_pass(&bash(&world, "rm -r src"));
    world.write("project/a.txt", "changed\n");
    must_block(&bash(&world, "rm a.txt"), "git does not have what it deletes");
    world.write("project/src/untracked.txt", "x");
    must_block(&bash(&world, "rm -r src"), "git does not have what it deletes");
    world.git(&["update-index", "--assume-unchanged", "a.txt"]);
    must_block(&bash(&world, "rm a.txt"), "git does not have what it deletes");
}

#[test]
fn files_written_and_edited_in_the_tree_pass_and_outside_of_it_are_held() {
    let world = project();
    let tool = |tool: &str, input: Value| ask(&world, &[], claude(&world, tool, &input).to_string());
    must_pass(&tool("Write", json!({"file_path": world.path("project/new.txt"), "content": "x"})));
    must_pass(&tool("Edit", json!({"file_path": "src/b.txt", "old_string": "a", "new_string": "b"})));
    must_pass(&tool("TodoWrite", json!({"todos": []})));
    must_pass(&tool("Glob", json!({"pattern": "**/*.txt"})));
    must_block(&tool("Write", json!({"file_path": world.path("home/x.txt"), "content": "x"})), "outside the work tree");
    must_block(&tool("Write", json!({"file_path": ".git/hooks/pre-commit", "content": "x"})), "LOOK TWICE");
    must_block(&tool("Write", json!({"file_path": ".claude/settings.json", "content": "{}"})), "LOOK TWICE");
    must_block(&tool("Task", json!({"prompt": "x"})), "could not be read");
    must_block(&tool("mcp__cloud__delete", json!({})), "could not be read");
    must_block(&tool("Teleport", json!({})), "could not be read");
    must_block(&tool("Bash", json!({"command": "ls", "new_argument": 1})), "could not be read");
}

#[test]
fn a_written_file_with_other_contents_is_another_question() {
    let world = project();
    let write = |content: &str| ask(&world, &[], claude(&world, "Write", &json!({"file_path": world.path("home/x.txt"), "content": content})).to_string());
    must_block(&write("one"), "held as ");
    let id = world.held("hand");
    world.call("ana", &["show", &id]).must_say("\"content\":\"one\"");
    world.call("ana", &["sign", &id]).must_succeed();
    must_block(&write("two"), "held as ");
    must_pass(&write("one"));
}

#[test]
fn keys_are_not_read_by_any_way_round() {
    let world = project();
    world.write("home/.ssh/id_ed25519", "KEY");
    world.write("home/other/.env", "TOKEN=1");
    std::os::unix::fs::symlink(world.path("home/.ssh/id_ed25519"), world.path("project/innocent.txt")).unwrap();
    fs::create_dir_all(world.path("project/sub")).unwrap();
    std::os::unix::fs::symlink(world.path("home/.ssh"), world.path("project/sub/docs")).unwrap();
    for command in [
        "cat ~/.ssh/id_ed25519",
        "cat innocent.txt",
        "cat inno*",
        "cat sub/docs/id_ed25519",
        "cd sub && cat docs/id_ed25519",
        "cat */docs/*",
        "cat ~/other/.env",
        "grep -r TOKEN ~",
        "cp -r ~/other .",
        "ln -s ~ there && cat there/.ssh/id_ed25519",
        "cat /proc/self/environ",
    ] {
        let called = bash(&world, command);
        assert_eq!(called.code, 2, "{command}: {}", called.err);
    }
    must_pass(&bash(&world, "cat /etc/hostname"));
}

#[test]
fn nobody_behind_the_gate_reaches_what_holds_it() {
    let world = project();
    let service = world.service();
    for command in [format!("rm -rf {}", service.display()), format!("cat {}/keys/guard", service.display()), "echo x > /etc/claude-code/managed-settings.json".into()] {
        must_block(&bash(&world, &command), "refused");
    }
    assert!(world.inbox().is_empty(), "no signature permits it");
}

#[test]
fn without_a_work_tree_only_reading_passes() {
    let world = world();
    std::fs::create_dir_all(world.path("project")).unwrap();
    must_pass(&bash(&world, "cat a.txt"));
    must_block(&bash(&world, "echo x > a.txt"), "outside the work tree");
}

#[test]
fn a_permission_request_is_granted_in_words_also_right_after_what_was_signed() {
    let world = project();
    let request = |command: &str| {
        let mut said = claude(&world, "Bash", &json!({"command": command}));
        said["hook_event_name"] = json!("PermissionRequest");
        said["permission_suggestions"] = json!([]);
        said.as_object_mut().unwrap().remove("tool_use_id");
        ask(&world, &[], said.to_string())
    };
    let granted = |called: &testkit::Called| {
        called.must_succeed();
        serde_json::from_str::<Value>(&called.out).unwrap()["hookSpecificOutput"]["decision"]["behavior"].clone()
    };
    assert_eq!(granted(&request("cat a.txt")), "allow");
    must_block(&request("rm -rf notes"), "held as ");
    world.call("ana", &["sign", &world.held("hand")]).must_succeed();
    must_pass(&bash(&world, "rm -rf notes"));
    assert_eq!(granted(&request("rm -rf notes")), "allow", "the second question about the same call");
    must_block(&bash(&world, "rm -rf notes"), "held as ");
}

#[test]
fn a_hook_that_waits_goes_on_when_a_person_signs() {
    let world = project();
    let said = world.write("said", claude(&world, "Bash", &json!({"command": "rm -rf notes"})).to_string());
    let mut command = world.command("ana", &["gate", "--wait", "120"]);
    command.stdin(Stdio::from(fs::File::open(said).unwrap())).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    while world.inbox().is_empty() {}
    world.call("ana", &["sign", &world.held("hand")]).must_succeed();
    let done = child.wait_with_output().unwrap();
    assert_eq!((done.status.code(), String::from_utf8_lossy(&done.stderr).as_ref()), (Some(0), ""));
}
