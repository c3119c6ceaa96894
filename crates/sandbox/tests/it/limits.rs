//! How much of the machine a box may use, and that it lives on after an attempt at more.

use std::time::Duration;

use sandbox::{Event, Limits, Sandbox, Why};

use crate::escapes::put_attempts;
use crate::harness::*;

fn open_with(world: &World, limits: Limits) -> Sandbox {
    let mut plan = world.plan();
    plan.limits = limits;
    world.open_with(plan)
}

#[test]
fn a_fork_bomb_is_bounded_and_the_box_survives() {
    let world = World::new();
    put_attempts(&world);
    let outer = std::fs::read_to_string("/proc/sys/kernel/pid_max").unwrap();
    let sandbox = open_with(&world, Limits { processes: 150, ..Limits::default() });
    let mut process = start(&sandbox, "./attempt fork_bomb");
    let said = wait_for(&mut process, " after ");
    let count: u32 = said.trim().rsplit(' ').next().unwrap().parse().unwrap();
    assert!(said.contains("EAGAIN") && (50..=460).contains(&count), "{said}");
    process.stop();
    let mut shell = start(&sandbox, ":(){ :|:& };:");
    while let Event::Output(_) | Event::Quiet = shell.next(Duration::from_millis(300)) {
        shell.stop();
    }
    assert_eq!(ok(&sandbox, "echo alive"), "alive\n");
    assert_eq!(std::fs::read_to_string("/proc/sys/kernel/pid_max").unwrap(), outer, "the machine's own limit changed");
}

#[test]
fn filling_the_disk_is_ended() {
    let world = World::new();
    let sandbox = open_with(&world, Limits { disk_bytes: 8 << 20, ..Limits::default() });
    let ran = run(&sandbox, "while :; do head -c 1000000 /dev/zero >> big; done");
    assert_eq!((ran.code, ran.why), (137, Why::DiskLimit), "{}", ran.text);
    assert_eq!(ok(&sandbox, "rm big; echo alive"), "alive\n");
}

#[test]
fn files_scratch_and_descriptors_have_an_end() {
    let world = World::new();
    put_attempts(&world);
    let sandbox = open_with(&world, Limits { file_bytes: 3 << 20, scratch_bytes: 2 << 20, open_files: 64, ..Limits::default() });
    let ran = run(&sandbox, "head -c 9000000 /dev/zero > big");
    assert_ne!(ran.code, 0, "{}", ran.text);
    assert_eq!(ok(&sandbox, "stat -c %s big").trim(), (3 << 20).to_string());
    for place in ["/tmp", "$HOME", "/dev/shm"] {
        let ran = run(&sandbox, &format!("head -c 2500000 /dev/zero > {place}/x; rm {place}/x"));
        assert!(ran.text.contains("No space left"), "{place}: {}", ran.text);
    }
    let said = ok(&sandbox, "./attempt open_many");
    assert!(said.contains("EMFILE after 61"), "{said}");
    assert_eq!(ok(&sandbox, "ulimit -c; ulimit -Hc"), "0\n0\n");
}

#[test]
fn memory_has_an_end_where_the_plan_says_so() {
    let world = World::new();
    let sandbox = open_with(&world, Limits { memory_bytes: Some(300 << 20), ..Limits::default() });
    let ran = run(&sandbox, "python3 -c 'x = bytearray(400 << 20)'");
    assert!(ran.code != 0 && ran.text.contains("MemoryError"), "{} {}", ran.code, ran.text);
    assert_eq!(ok(&sandbox, "python3 -c 'x = bytearray(20 << 20); print(len(x))'").trim(), (20 << 20).to_string());
}
