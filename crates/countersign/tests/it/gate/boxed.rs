//! `--box`: what other makers' agents may not run with their own hands runs in our box.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

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

fn hook(world: &World, way: &str, command: &str) -> Called {
    ask(world, &["--box", way], claude(world, "Bash", &json!({"command": command, "timeout": 9})).to_string())
}

/// What the hook says to run in place of a command.
fn told(world: &World, command: &str) -> String {
    let asked = hook(world, "tell", command);
    must_block(&asked, "It may run in a box instead").err.trim_end().split("in the same folder: ").nth(1).unwrap().to_owned()
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
fn each_agent_is_told_what_to_run_instead_and_its_own_command_is_blocked() {
    let world = project();
    for (agent, said) in in_each(&world, "python3 do.py 'echo hello'") {
        let asked = ask(&world, &["--box", "tell"], said.to_string());
        if agent == "acp" {
            must_block(&asked, "held as"); // an editor asks a person, it runs nothing else
            continue;
        }
        must_block(&asked, "exactly this and nothing else");
        let instead = asked.err.trim_end().split("in the same folder: ").nth(1).unwrap().to_owned();
        let again = in_each(&world, &instead).into_iter().find(|(name, _)| *name == agent).unwrap().1;
        ask(&world, &["--box", "tell"], again.to_string()).must_succeed();
        shell(&world, &instead).must_succeed().must_say("hello");
    }
    verified(&world);
}

#[test]
fn where_it_may_be_rewritten_the_rest_of_the_input_stays_and_others_are_held() {
    let world = project();
    for (agent, said) in in_each(&world, "python3 do.py 'echo hello'") {
        let asked = ask(&world, &["--box", "rewrite"], said.to_string());
        let input = match agent {
            "claude" | "codex" | "qwen" => ["hookSpecificOutput", "updatedInput"].as_slice(),
            "gemini" => &["hookSpecificOutput", "tool_input"],
            "opencode" => &["args"],
            _ => {
                must_block(&asked, "held as");
                continue;
            }
        };
        let answer: Value = serde_json::from_str(&asked.must_succeed().out).unwrap();
        let input = input.iter().fold(&answer, |value, key| &value[*key]);
        shell(&world, input["command"].as_str().unwrap()).must_succeed().must_say("hello");
    }
    let answer: Value = serde_json::from_str(&hook(&world, "rewrite", "python3 do.py x").out).unwrap();
    assert_eq!((&answer["hookSpecificOutput"]["permissionDecision"], &answer["hookSpecificOutput"]["updatedInput"]["timeout"]), (&json!("allow"), &json!(9)));
    assert_eq!(hook(&world, "yes", "python3 do.py x").code, 2);
    verified(&world);
}

#[test]
fn what_its_own_hands_may_do_needs_no_box() {
    let world = project();
    for command in ["ls", "echo two > a.txt", "git status"] {
        must_pass(&hook(&world, "tell", command));
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
fn a_command_that_changes_gits_history_lands_nothing_and_is_not_boxed_where_that_can_be_read() {
    let world = project();
    for command in ["python3 do.py true && git commit -am x", "python3 do.py x; git branch -D main"] {
        must_block(&hook(&world, "tell", command), "held as");
    }
    world.write("project/a.txt", "uncommitted\n");
    script(&world, "git -c user.name=a -c user.email=a@b stash").must_end_with(1).must_say("stays in the box, so nothing of what it changed landed");
    assert_eq!(world.read("project/a.txt"), "uncommitted\n", "what the stash has is not taken from the tree");
    script(&world, "git -c user.name=a -c user.email=a@b commit -q --allow-empty -m hidden").must_end_with(1);
    assert!(!shell(&world, "git log").out.contains("hidden"));
    assert!(!script(&world, "git log").out.contains("hidden"));
}

#[test]
fn what_the_person_made_of_a_folder_meanwhile_stays() {
    let world = project();
    script(&world, "mkdir -p app/target; echo s > app/src.txt; echo b > app/target/out").must_succeed();
    let app = world.path("project/app");
    std::fs::remove_dir_all(&app).unwrap();
    std::fs::write(&app, "a file now").unwrap();
    script(&world, "true").must_succeed();
    assert_eq!(world.read("project/app"), "a file now");
    std::fs::remove_file(&app).unwrap();
    std::os::unix::fs::symlink("/tmp", &app).unwrap();
    script(&world, "true").must_succeed();
    assert!(app.is_symlink());
    std::fs::remove_file(&app).unwrap();
    script(&world, "true").must_succeed();
    assert!(!app.exists());
}

#[test]
fn many_files_land_whole_and_a_bulk_loss_waits() {
    let world = project();
    script(&world, "mkdir many; for i in $(seq 2000); do echo $i > many/$i.txt; done").must_succeed();
    assert_eq!(std::fs::read_dir(world.path("project/many")).unwrap().count(), 2000);
    script(&world, "for f in many/*.txt; do : > $f; done").must_end_with(1).must_say("waits as"); // git has none of them
    assert_eq!(world.read("project/many/7.txt"), "7\n");
    script(&world, "echo other > many/7.txt").must_succeed();
    script(&world, "rm -r many").must_end_with(1).must_say("waits as");
    assert_eq!(world.read("project/many/7.txt"), "other\n");
    verified(&world);
}

#[test]
fn a_repository_that_would_run_programs_waits() {
    let world = project();
    script(&world, "mkdir -p lib/objects lib/refs; echo x > lib/config; echo ref: refs/heads/main > lib/HEAD").must_end_with(1).must_say("waits as");
    script(&world, "cp -r .git copy").must_end_with(1).must_say("waits as");
    assert!(!world.path("project/lib").exists() && !world.path("project/copy").exists());
}

#[test]
fn a_folder_that_still_has_what_git_ignores_stays_and_the_rest_lands() {
    let world = project();
    world.write("project/logs/keep.txt", "k\n");
    world.git(&["add", "logs"]);
    world.git(&["commit", "-qm", "logs"]);
    world.write("project/logs/p.log", "ignored\n");
    script(&world, "rm -rf logs; echo z > a.txt").must_succeed();
    assert_eq!((world.read("project/a.txt").as_str(), world.read("project/logs/p.log").as_str()), ("z\n", "ignored\n"));
    assert!(!world.path("project/logs/keep.txt").exists());
    script(&world, "rm -rf logs; echo file > logs; echo y > a.txt").must_end_with(1).must_say("nothing of what it changed landed");
    assert_eq!(world.read("project/a.txt"), "z\n");
    verified(&world);
}

#[test]
fn what_was_stopped_in_the_middle_lands_nothing() {
    let world = project();
    let told = told(&world, "python3 do.py 'echo half > a.txt; echo begun; sleep 600'");
    let mut running = start(&world, &told);
    assert_eq!(first_line(&mut running), "begun\n");
    Command::new("kill").arg(running.id().to_string()).status().unwrap();
    assert!(!running.wait().unwrap().success(), "well before the sleep is over");
    assert_eq!(world.read("project/a.txt"), "one\n");
    verified(&world);
}

#[test]
fn what_leaves_the_machine_is_held_as_ever() {
    let world = project();
    for command in ["aws rds delete-db-instance --db-instance-identifier main", "python3 do.py x; terraform destroy -auto-approve", "curl -X DELETE https://example.invalid/x"] {
        must_block(&hook(&world, "tell", command), "nothing was run");
    }
}

#[test]
fn what_it_was_told_to_run_passes_and_nothing_around_it() {
    let world = project();
    let told = told(&world, "python3 do.py 'echo hello'");
    must_pass(&hook(&world, "tell", &told));
    for odd in [format!("LD_PRELOAD=/x.so {told}"), format!("{told}; rm -rf ~"), format!("{told} {told}"), told.replace("sha256:", "sha256:0")] {
        assert_eq!(hook(&world, "tell", &odd).code, 2, "{odd}");
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
    shell(&world, &told.replace("sha256:", "sha256:0")).must_end_with(2).must_say("is no digest");
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
fn commands_at_once_have_a_box_each_up_to_eight() {
    let world = project();
    let (long, short) = (told(&world, "python3 do.py 'echo begun; sleep 600'"), told(&world, "python3 do.py 'echo second'"));
    let mut running: Vec<Child> = (0..8).map(|_| start(&world, &long)).collect();
    for one in &mut running {
        assert_eq!(first_line(one), "begun\n");
    }
    shell(&world, &short).must_end_with(1).must_say("8 commands of this agent run in boxes now, so nothing was run");
    for one in &mut running {
        Command::new("kill").arg(one.id().to_string()).status().unwrap();
        assert!(!one.wait().unwrap().success(), "well before the sleep is over");
    }
    shell(&world, &short).must_succeed().must_say("second");
    verified(&world);
}

/// The agent's shell becomes the program.
fn start(world: &World, told: &str) -> Child {
    let plain = world.command("ana", &[]);
    let mut command = Command::new("sh");
    command.args(["-c", &format!("exec {told}")]).envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?)))).current_dir(world.path("project"));
    command.stdout(Stdio::piped()).spawn().unwrap()
}

fn first_line(running: &mut Child) -> String {
    let mut line = String::new();
    BufReader::new(running.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    line
}
