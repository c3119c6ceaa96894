//! `--box`: what other makers' agents may not run with their own hands runs in our box.

use std::process::Command;

use serde_json::{Value, json};
use testkit::{Called, World};

use super::{ask, bash, claude, in_each, must_block, must_pass};
use crate::{done, world};

/// A project whose scripts do what they are told to in `$1`.
fn project() -> World {
    let world = world();
    world.project(&[("do.py", "import subprocess, sys\nsys.exit(subprocess.call(['sh', '-c', sys.argv[1]]))\n"), ("a.txt", "one\n"), (".gitignore", "target/\n*.log\n")]);
    world
}

/// What the hook says to run in place of a command.
fn told(world: &World, command: &str) -> String {
    let asked = ask(world, &["--box"], claude(world, "Bash", &json!({"command": command, "timeout": 9})).to_string());
    let said: Value = serde_json::from_str(&asked.must_succeed().out).unwrap_or_else(|_| panic!("{command}: {asked:?}"));
    let answer = &said["hookSpecificOutput"];
    assert_eq!((&answer["permissionDecision"], &answer["updatedInput"]["timeout"]), (&"allow".into(), &9.into()), "{said}");
    answer["updatedInput"]["command"].as_str().unwrap().to_owned()
}

/// A shell of the agent, in the project.
fn shell(world: &World, text: &str) -> Called {
    let plain = world.command("ana", &[]);
    let mut command = Command::new("sh");
    command.args(["-c", text]).envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?)))).current_dir(world.path("project"));
    Called::of(command)
}

/// A script that nobody can read, which does this.
fn script(world: &World, does: &str) -> Called {
    shell(world, &told(world, &format!("python3 do.py '{does}'")))
}

fn verified(world: &World) {
    world.call("ana", &["ledger", "verify"]).must_succeed();
}

#[test]
fn each_agent_that_can_be_told_to_run_something_else_is_told_and_the_others_are_blocked() {
    let world = project();
    for (agent, said) in in_each(&world, "python3 do.py 'echo hello'") {
        let asked = ask(&world, &["--box"], said.to_string());
        let input = match agent {
            "claude" | "codex" | "qwen" => ["hookSpecificOutput", "updatedInput"].as_slice(),
            "gemini" => &["hookSpecificOutput", "tool_input"],
            "opencode" => &["args"],
            "acp" => continue, // answers in JSON also where it blocks
            _ => {
                must_block(&asked, "held as");
                continue;
            }
        };
        let answer: Value = serde_json::from_str(&asked.must_succeed().out).unwrap();
        let input = input.iter().fold(&answer, |value, key| &value[*key]);
        shell(&world, input["command"].as_str().unwrap()).must_succeed().must_say("hello");
    }
    verified(&world);
}

#[test]
fn what_its_own_hands_may_do_needs_no_box() {
    let world = project();
    for command in ["ls", "echo two > a.txt", "git status"] {
        must_pass(&ask(&world, &["--box"], claude(&world, "Bash", &json!({"command": command})).to_string()));
    }
}

#[test]
fn a_script_ends_as_it_ends_and_ordinary_work_is_in_the_tree_at_once() {
    let world = project();
    let ran = script(&world, "echo to-out; echo to-err >&2; echo two > a.txt; mkdir -p new/deep; echo n > new/deep/b.txt; exit 3");
    ran.must_end_with(3).must_say("to-out").must_say("to-err");
    assert_eq!((world.read("project/a.txt"), world.read("project/new/deep/b.txt")), ("two\n".into(), "n\n".into()));
    let shown = world.call("ana", &["ledger", "show", "--json"]);
    assert!(shown.must_succeed().out.contains("\"as\":\"by-hand\""), "what landed is on the ledger");
    verified(&world);
}

#[test]
fn what_git_does_not_have_is_deleted_when_a_person_has_signed() {
    let world = project();
    world.write("project/mine.txt", "only here\n");
    script(&world, "rm mine.txt").must_end_with(1).must_say("what it changed waits as");
    assert_eq!(world.read("project/mine.txt"), "only here\n");
    world.call("ana", &["sign", &world.held("land")]).must_succeed();
    assert!(!world.path("project/mine.txt").exists());
    script(&world, "rm a.txt").must_succeed(); // git has it as it is
    assert!(!world.path("project/a.txt").exists());
    verified(&world);
}

#[test]
fn settings_of_agents_links_and_git_hooks_do_not_slip_out_of_it() {
    let world = project();
    script(&world, "mkdir -p .claude; echo {} > .claude/settings.json").must_end_with(2).must_say("Read-only file system");
    script(&world, "ln -s /etc/passwd link").must_end_with(1).must_say("waits as");
    script(&world, "printf \"#!/bin/sh\\n\" > .git/hooks/pre-commit; chmod +x .git/hooks/pre-commit").must_end_with(1).must_say("Read-only file system");
    for path in [".claude/settings.json", "link", ".git/hooks/pre-commit"] {
        assert!(world.path("project").join(path).symlink_metadata().is_err(), "{path}");
    }
    verified(&world);
}

#[test]
fn nothing_outside_the_tree_is_reached() {
    let world = project();
    world.write("home/.ssh/id_test", "the-private-key");
    let home = world.path("home");
    let ran = script(&world, &format!("cat {0}/.ssh/id_test; echo x > {0}/planted; echo x > /etc/planted", home.display()));
    ran.must_not_say("the-private-key");
    assert!(!home.join("planted").exists() && !std::path::Path::new("/etc/planted").exists());
    script(&world, "git ls-remote https://example.invalid/x.git").must_end_with(128);
}

#[test]
fn the_next_command_sees_the_tree_as_it_is_and_build_outputs_stay() {
    let world = project();
    script(&world, "mkdir target; echo built > target/app; echo two > a.txt; echo l > run.log").must_succeed();
    assert!(!world.path("project/target").exists() && !world.path("project/run.log").exists(), "what git ignores stays in the box");
    world.write("project/a.txt", "edited by another tool\n");
    script(&world, "cat a.txt target/app; ls run.log || true").must_succeed().must_say("edited by another tool").must_say("built").must_say("No such file");
    world.write("project/mine.txt", "m\n");
    script(&world, "rm mine.txt; echo three > a.txt").must_end_with(1);
    script(&world, "cat a.txt mine.txt").must_succeed().must_say("edited by another tool").must_say("m\n"); // what waits is not there yet
}

#[test]
fn what_would_be_lost_of_gits_history_is_told_and_never_boxed_where_it_can_be_read() {
    let world = project();
    must_block(&ask(&world, &["--box"], claude(&world, "Bash", &json!({"command": "python3 do.py true && git commit -am x"})).to_string()), "held as");
    script(&world, "git -c user.name=a -c user.email=a@b commit -q --allow-empty -m hidden").must_end_with(1).must_say("git's history stays in the box");
    assert!(!shell(&world, "git log").out.contains("hidden"));
    assert!(!script(&world, "git log").out.contains("hidden"));
}

#[test]
fn what_leaves_the_machine_is_held_as_ever() {
    let world = project();
    for command in ["aws rds delete-db-instance --db-instance-identifier main", "python3 do.py x; terraform destroy -auto-approve", "curl -X DELETE https://example.invalid/x"] {
        must_block(&ask(&world, &["--box"], claude(&world, "Bash", &json!({"command": command})).to_string()), "nothing was run");
    }
}

#[test]
fn what_it_was_told_to_run_may_be_asked_about_and_nothing_around_it() {
    let world = project();
    let told = told(&world, "python3 do.py 'echo hello'");
    must_pass(&ask(&world, &["--box"], claude(&world, "Bash", &json!({"command": told})).to_string()));
    for odd in [format!("LD_PRELOAD=/x.so {told}"), format!("{told}; rm -rf ~"), told.replace("echo hello", "echo hello' '")] {
        let asked = ask(&world, &["--box"], claude(&world, "Bash", &json!({"command": odd})).to_string());
        assert!(asked.code == 2 || asked.out.contains("updatedInput"), "never as it is: {odd}: {asked:?}");
    }
    assert_eq!(bash(&world, &told).code, 2, "without --box it is a call of the service");
}

#[test]
fn only_sessions_of_other_agents_have_such_a_box_and_a_stop_reaches_it() {
    let world = project();
    world.run(&[done()], &[]).must_succeed();
    let ours = world.call("ana", &["sessions"]).out.split_whitespace().next().unwrap().to_owned();
    let told = told(&world, "python3 do.py 'echo hello > a.txt'");
    let session = told.split(" --session ").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    shell(&world, &told.replace(&session, "000000000000")).must_end_with(2).must_say("no session of another maker's agent");
    shell(&world, &told.replace(&session, &ours)).must_end_with(2).must_say("no session of another maker's agent");
    let elsewhere = format!("cd / && {told}");
    shell(&world, &elsewhere).must_end_with(2).must_say("is not in the agent's work tree");
    world.call("ana", &["stop", &session]).must_succeed();
    assert_ne!(shell(&world, &told).code, 0);
    assert_eq!(world.read("project/a.txt"), "one\n");
    verified(&world);
}

#[test]
fn two_commands_at_once_have_a_box_each() {
    let world = project();
    let (first, second) = (told(&world, "python3 do.py 'echo begun; sleep 600'"), told(&world, "python3 do.py 'echo second'"));
    let plain = world.command("ana", &[]);
    let mut command = Command::new("sh");
    command.args(["-c", &format!("exec {first}")]).envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?)))).current_dir(world.path("project"));
    let mut running = command.stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(running.stdout.as_mut().unwrap()), &mut line).unwrap();
    assert_eq!(line, "begun\n");
    shell(&world, &second).must_succeed().must_say("second");
    Command::new("kill").arg(running.id().to_string()).status().unwrap();
    assert!(!running.wait().unwrap().success(), "well before the sleep is over");
    verified(&world);
}
