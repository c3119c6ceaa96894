//! The script that agents run, with programs that fail in each way.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Stdio;

use serde_json::json;
use testkit::{Called, World};

use super::{claude, must_block, must_pass, world};

/// The script as it is installed for a program.
fn script(world: &World, program: &str) -> PathBuf {
    let root = world.path("root");
    let arguments = ["gate", "install", "--for", "claude", "--root", root.to_str().unwrap(), "--yes", "--program", program];
    world.call("ana", &arguments).must_succeed();
    root.join("opt/countersign/gate-claude")
}

/// A program of a shell script.
fn program(world: &World, text: &str) -> String {
    let path = world.write("program", format!("#!/bin/sh\n{text}\n"));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path.to_str().unwrap().to_owned()
}

fn run(world: &World, script: &PathBuf, said: &str) -> Called {
    let said = world.write("said", said);
    let mut command = world.bare(script);
    command.stdin(Stdio::from(File::open(said).unwrap()));
    Called::of(command)
}

#[test]
fn the_real_program_behind_the_script_passes_and_blocks() {
    let world = world();
    world.project(&[("a.txt", "one\n")]);
    let script = script(&world, env!("CARGO_BIN_EXE_countersign"));
    must_pass(&run(&world, &script, &claude(&world, "Bash", &json!({"command": "cat a.txt"})).to_string()));
    must_block(&run(&world, &script, &claude(&world, "Bash", &json!({"command": "rm -rf /"})).to_string()), "refused");
    must_block(&run(&world, &script, "{}"), "blocked, nothing was run");
}

#[test]
fn every_way_to_fail_is_a_block_with_a_line() {
    let world = world();
    world.project(&[]);
    for (what, text) in [
        ("a crash", "exit 1"),
        ("a panic", "exit 101"),
        ("misuse in silence", "exit 2"),
        ("no answer but words", "echo '{\"decision\":\"allow\"}'; exit 3"),
        ("a signal", "kill -9 $$"),
        ("another signal", "kill -15 $$"),
        ("a signal of memory", "kill -11 $$"),
    ] {
        let script = script(&world, &program(&world, text));
        let called = run(&world, &script, "{}");
        assert_eq!(called.code, 2, "{what}: {}", called.err);
        must_block(&called, "countersign: blocked, nothing was run");
    }
    let missing = script(&world, world.path("nowhere").to_str().unwrap());
    must_block(&run(&world, &missing, "{}"), "cannot be run");
    let text = world.write("text", "no program");
    let no_program = script(&world, text.to_str().unwrap());
    must_block(&run(&world, &no_program, "{}"), "cannot be run");
}

#[test]
fn a_program_that_hangs_is_ended_and_is_a_block() {
    let world = world();
    world.project(&[]);
    let script = script(&world, &program(&world, "trap '' TERM; while :; do :; done"));
    // The limit itself is not what is tested here.
    let text = fs::read_to_string(&script).unwrap().replace("timeout -k 1 6 ", "timeout -k 0.2 0.3 ");
    fs::write(&script, text).unwrap();
    must_block(&run(&world, &script, "{}"), "ended before it had decided");
}

#[test]
fn variables_of_the_agent_do_not_reach_the_program() {
    let world = world();
    world.project(&[]);
    let script = script(&world, &program(&world, "env >&2; exit 2"));
    let mut command = world.bare(&script);
    command.env("COUNTERSIGN_HOME", "/elsewhere").env("COUNTERSIGN_PERSON", "eve").env("SECRET_TOKEN", "1");
    Called::of(command).must_end_with(2).must_not_say("elsewhere").must_not_say("eve").must_not_say("SECRET_TOKEN");
}

#[test]
fn a_pass_is_silent_also_where_the_program_is_not() {
    let world = world();
    world.project(&[]);
    let script = script(&world, &program(&world, "echo a warning >&2; exit 0"));
    must_pass(&run(&world, &script, "{}"));
}
