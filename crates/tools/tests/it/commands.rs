use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::harness::World;

#[test]
fn output_exit_and_line_come_back() {
    let mut world = World::new();
    let done = world.shell("echo out; echo err >&2; exit 3");
    assert_eq!((done.ok, done.exit), (false, Some(3)));
    assert_eq!(done.text_for_model, "out\nerr\n[exit 3]");
    assert_eq!(done.output, b"out\nerr\n");
    assert_eq!(world.live, b"out\nerr\n");
    assert!(done.line.starts_with("exit 3 in 0."), "{}", done.line);
    assert_eq!(world.shell("true").text_for_model, "(no output)\n[exit 0]");
    assert_eq!(world.shell("printf x").text_for_model, "x\n[exit 0]");
}

#[test]
fn a_command_starts_where_it_was_told_to() {
    let mut world = World::with(&[("sub/x", b"")]);
    assert_eq!(world.ask("shell", json!({"command": "ls", "cwd": "sub"})).text_for_model, "x\n[exit 0]");
    let absolute = world.path("tree/sub");
    assert_eq!(world.ask("shell", json!({"command": "ls", "cwd": absolute.to_str().unwrap()})).text_for_model, "x\n[exit 0]");
    assert!(world.try_ask("shell", json!({"command": "ls", "cwd": "../home"})).is_err());
    assert!(world.try_ask("shell", json!({"command": "ls", "cwd": "nowhere"})).is_err());
}

#[test]
fn a_signal_is_told_from_an_exit() {
    let mut world = World::new();
    let done = world.shell("kill -SEGV $$");
    assert_eq!((done.ok, done.exit), (false, Some(139)));
    assert!(done.text_for_model.contains("ended by signal 11"), "{}", done.text_for_model);
}

#[test]
fn a_hundred_megabytes_of_output_are_drained_and_bounded() {
    let mut world = World::new();
    world.live.clear();
    let done = world.shell("echo begin; head -c 100000000 /dev/zero | tr '\\0' 'x' | fold -w 99; echo; echo end");
    assert!(done.ok, "{}", done.line);
    assert!(done.output.len() < 10_000_100, "{}", done.output.len());
    assert!(done.text_for_model.len() < 31_000, "{}", done.text_for_model.len());
    assert!(done.text_for_model.starts_with("begin\nxxx"));
    assert!(done.text_for_model.ends_with("end\n[exit 0]"));
    assert!(done.text_for_model.contains(" bytes cut …]"));
    assert!(world.live.len() > 100_000_000, "whoever watches sees all of it");
}

#[test]
fn a_time_limit_ends_everything_that_was_started() {
    let mut world = World::new();
    let begun = Instant::now();
    let done = world.ask("shell", json!({
        "command": "exec 9> lock; flock 9; echo begun; (trap '' TERM HUP INT; setsid sleep 300 & sleep 300)", "seconds": 1
    }));
    assert_eq!(world.shell("flock -n lock true").exit, Some(0), "something still runs");
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert!(!done.ok);
    assert_eq!(done.line, "stopped after 1 s, the time limit");
    assert!(done.text_for_model.starts_with("begun\n[stopped after 1 s, its time limit;"), "{}", done.text_for_model);
}

#[test]
fn stop_ends_a_command_in_the_middle() {
    let mut world = World::new();
    let stop = Arc::clone(&world.stop);
    let mut raised = None;
    let order = crate::order::order(action::Deed::Shell {
        command: "echo begun; sleep 300".into(), cwd: ".".into(), seconds: 600, background: false
    });
    let done = tools::execute(&order, &|_| None, &mut world.hands, &mut |_| {
        stop.store(true, Ordering::Release);
        raised = Some(Instant::now());
    }, &world.stop).unwrap();
    let took = raised.unwrap().elapsed();
    assert!(took < Duration::from_secs(1), "{took:?}");
    assert!(!done.ok && done.line.starts_with("stopped after"), "{}", done.line);
    assert_eq!(done.text_for_model, "begun\n[stopped, with everything it had started]");
}

#[test]
fn stop_ends_a_command_that_never_stops_talking() {
    let mut world = World::new();
    let stop = Arc::clone(&world.stop);
    let order = crate::order::order(action::Deed::Shell { command: "yes".into(), cwd: ".".into(), seconds: 600, background: false });
    let mut seen = 0;
    let done = tools::execute(&order, &|_| None, &mut world.hands, &mut |bytes| {
        seen += bytes.len();
        stop.store(seen > 1_000_000, Ordering::Release);
    }, &world.stop).unwrap();
    assert!(done.line.starts_with("stopped after"), "{}", done.line);
}

#[test]
fn tests_and_their_results_are_noticed() {
    let mut world = World::with(&[("Makefile", b"test:\n\t@echo 'test result: ok. 2 passed; 0 failed; 0 ignored'\n")]);
    let done = world.shell("printf '# pass 3\\n# fail 1\\n'; false # node --test");
    assert!(done.tests.is_none(), "a comment runs no tests");
    let done = world.shell("pytest() { echo '2 passed in 0.1s'; }; pytest");
    let tests = done.tests.unwrap();
    assert_eq!((tests.passed, tests.failed, tests.ok), (Some(2), Some(0), true));
}

#[test]
fn a_person_sees_colours_and_the_model_does_not() {
    let mut world = World::new();
    let done = world.shell("printf '\\033[31mred\\033[0m\\n10%%\\r99%%\\n'");
    assert_eq!(done.text_for_model, "red\n99%\n[exit 0]");
    assert_eq!(world.live, b"\x1b[31mred\x1b[0m\n10%\r99%\n");
}
