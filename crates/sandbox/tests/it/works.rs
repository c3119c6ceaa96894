//! Commands: what they see, how they end, and that nothing of them remains.

use std::time::{Duration, Instant};

use action::{Deed, Digest, EnvironmentName};
use sandbox::{Command, Event, StartError, Why};

use crate::harness::*;

#[test]
fn a_command_runs_in_the_tree_and_the_person_s_tree_stays() {
    let world = World::new();
    world.write("a.txt", "one\n");
    let sandbox = world.open();
    assert_eq!(ok(&sandbox, "pwd; cat a.txt; echo two > a.txt; cat a.txt"), format!("{}\none\ntwo\n", world.tree().display()));
    assert_eq!(std::fs::read_to_string(world.tree().join("a.txt")).unwrap(), "one\n");
    sandbox.close().unwrap();
}

#[test]
fn how_it_ended_is_told() {
    let world = World::new();
    let sandbox = world.open();
    for (line, code, why) in [
        ("exit 0", 0, Why::Finished),
        ("exit 3", 3, Why::Finished),
        ("no-such-program", 127, Why::Finished),
        ("kill -TERM $$", 143, Why::Signal),
        ("kill -9 $$", 137, Why::Signal),
        ("sh -c 'kill -SEGV $$'; exit 7", 7, Why::Finished),
    ] {
        let ran = run(&sandbox, line);
        assert_eq!((ran.code, ran.why), (code, why), "{line}: {}", ran.text);
    }
}

#[test]
fn the_end_is_told_again_and_output_before_it_is_whole() {
    let world = World::new();
    let sandbox = world.open();
    let mut process = start(&sandbox, "echo out; echo err >&2; seq 1 20000; exit 4");
    let ran = finish(&mut process);
    assert!(ran.text.starts_with("out\nerr\n1\n2\n") && ran.text.ends_with("\n20000\n"), "{}", ran.text.len());
    for _ in 0..2 {
        assert_eq!(process.next(Duration::ZERO), Event::Exited { code: 4, why: Why::Finished });
    }
}

#[test]
fn quiet_is_told_while_nothing_happens() {
    let world = World::new();
    let sandbox = world.open();
    let mut process = start(&sandbox, "exec tail -f /dev/null");
    assert_eq!(process.next(Duration::from_millis(20)), Event::Quiet);
}

#[test]
fn closing_its_output_does_not_end_it() {
    let world = World::new();
    let sandbox = world.open();
    let mut process = start(&sandbox, "exec >/dev/null 2>&1; while [ ! -e go ]; do :; done; exit 5");
    assert_eq!(process.next(Duration::from_millis(50)), Event::Quiet);
    ok(&sandbox, "touch go");
    assert_eq!(process.next(Duration::from_secs(20)), Event::Exited { code: 5, why: Why::Finished });
}

#[test]
fn commands_run_beside_each_other_and_do_not_see_each_other() {
    let world = World::new();
    let sandbox = world.open();
    let mut one = start(&sandbox, "echo up; until [ -e stop ]; do :; done; echo seen");
    wait_for(&mut one, "up");
    let others = ok(&sandbox, "ls -d /proc/[0-9]* | wc -l; touch stop");
    assert!(others.trim().parse::<u32>().unwrap() <= 6, "{others}");
    assert_eq!(finish(&mut one).text, "seen\n");
}

#[test]
fn stop_ends_everything_that_it_started_before_it_returns() {
    let world = World::new();
    let sandbox = world.open();
    let mut process = start(&sandbox, "sleep 98761 & (setsid sleep 98761 &) ; trap '' TERM INT; echo up; sleep 98761");
    wait_for(&mut process, "up");
    assert!(running_outside("98761") >= 2, "the attempt must run");
    let began = Instant::now();
    process.stop();
    assert_eq!(running_outside("98761"), 0);
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    let ran = finish(&mut process);
    assert_eq!((ran.code, ran.why), (137, Why::Stopped));
    assert_eq!(ok(&sandbox, "echo alive"), "alive\n");
}

#[test]
fn a_daemon_does_not_outlive_its_command() {
    let world = World::new();
    let sandbox = world.open();
    for _ in 0..5 {
        let ran = run(&sandbox, "for i in $(seq 100); do (setsid sleep 98762 >/dev/null 2>&1 &); done; \
            until [ $(pgrep -fc 'sleep 9876[2]') -ge 100 ]; do :; done; echo up");
        assert_eq!((ran.text.as_str(), ran.code, ran.why), ("up\n", 0, Why::Finished));
        assert_eq!(running_outside("sleep\x0098762"), 0);
    }
}

#[test]
fn dropping_a_process_or_the_box_ends_it() {
    let world = World::new();
    let sandbox = world.open();
    let mut dropped = start(&sandbox, "echo up; sleep 98763");
    wait_for(&mut dropped, "up");
    drop(dropped);
    assert_eq!(running_outside("98763"), 0);
    let mut outlived = start(&sandbox, "echo up; sleep 98764");
    wait_for(&mut outlived, "up");
    let began = Instant::now();
    sandbox.close().unwrap();
    assert!(began.elapsed() < Duration::from_millis(500), "{:?}", began.elapsed());
    assert_eq!(running_outside("98764"), 0);
    let ran = finish(&mut outlived);
    assert_eq!((ran.code, ran.why), (137, Why::Lost));
}

#[test]
fn the_environment_is_made_anew() {
    let world = World::new();
    let mut plan = world.plan();
    plan.variables = vec![("GREETING".into(), "hello world".into()), ("LANG".into(), "C".into())];
    let sandbox = world.open_with(plan);
    let said = ok(&sandbox, "env | sort");
    let names: Vec<&str> = said.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name).collect();
    assert_eq!(names, ["GREETING", "HOME", "LANG", "LOGNAME", "PATH", "PWD", "SHELL", "SHLVL", "TERM", "TMPDIR", "USER", "_"]);
    assert!(said.contains("GREETING=hello world\n") && said.contains("LANG=C\n"), "{said}");
    assert!(said.contains(&format!("HOME={}\n", world.path("home").display())), "{said}");
}

#[test]
fn it_starts_where_it_is_told_but_not_outside() {
    let world = World::new();
    world.write("sub/dir/file", "");
    std::os::unix::fs::symlink("..", world.tree().join("up")).unwrap();
    std::os::unix::fs::symlink("sub/dir", world.tree().join("link")).unwrap();
    let sandbox = world.open();
    let start_in = |cwd: &str| {
        sandbox.start(&shell_in("ls", cwd), Command { line: "ls".into(), cwd: cwd.into(), rehearse: None })
    };
    for cwd in ["sub/dir", "link", &world.tree().join("sub/dir").display().to_string()] {
        assert_eq!(finish(&mut start_in(cwd).unwrap()).text, "file\n", "{cwd}");
    }
    for cwd in ["..", "up", "/tmp", "sub/dir/file", "absent"] {
        assert!(matches!(start_in(cwd).unwrap_err(), StartError::NotStarted { .. }), "{cwd}");
    }
}

#[test]
fn an_order_for_something_else_starts_nothing() {
    let world = World::new();
    let sandbox = world.open();
    let command = |line: &str| Command { line: line.into(), cwd: String::new(), rehearse: None };
    let change = |environment: &str| {
        order(Deed::Change { environment: EnvironmentName::new(environment), command: "true".into(), change: Digest::of_bytes(b"") })
    };
    let read = order(Deed::Read { path: "a".into(), offset: 1, limit: 1 });
    let long = "x".repeat(Command::LONGEST + 1);
    for (order, command) in [
        (shell("echo one"), command("echo two")),
        (shell_in("echo one", "sub"), command("echo one")),
        (read, command("a")),
        (change("production"), command("true")),
        (shell(&long), command(&long)),
        (shell("a\0b"), command("a\0b")),
        (shell("true"), Command { rehearse: Some(EnvironmentName::new("absent")), ..command("true") }),
    ] {
        let error = sandbox.start(&order, command).unwrap_err();
        assert!(
            matches!(error, StartError::Mismatch(_) | StartError::Unfit { .. } | StartError::NoSuchPlace { .. }),
            "{error}"
        );
    }
}

#[test]
fn a_long_command_and_odd_bytes_arrive() {
    let world = World::new();
    let sandbox = world.open();
    let text = "äöü\t\"'\\$ ".repeat(9000);
    let line = format!("cat <<'END' | wc -c\n{text}\nEND");
    assert!(line.len() < Command::LONGEST && line.len() > 100_000);
    assert_eq!(ok(&sandbox, &line).trim(), (text.len() + 1).to_string());
}

#[test]
fn a_reader_that_takes_little_is_given_little() {
    let world = World::new();
    let sandbox = world.open();
    let mut process = start(&sandbox, "yes | head -c 100000000");
    let (mut sum, mut largest) = (0, 0);
    while sum < 1_000_000 {
        match process.next(Duration::from_secs(20)) {
            Event::Output(bytes) => (sum, largest) = (sum + bytes.len(), largest.max(bytes.len())),
            other => panic!("{other:?} after {sum}"),
        }
    }
    assert!(largest <= 64 * 1024, "{largest}");
    process.stop(); // what was not read waits in a pipe of fixed size
    let rest = finish(&mut process).text.len();
    assert!(rest <= 256 * 1024, "{rest}");
}

#[test]
fn tools_that_people_use_work() {
    let world = World::new();
    world.write("a.c", "int main(void) { return 42; }\n");
    let sandbox = world.open();
    let said = ok(&sandbox, "whoami; hostname; id -u; ls -ld . | cut -c1-10; cc a.c -o a && ./a; echo $?; mktemp -d; date +%Y; \
        python3 -c 'import multiprocessing as m; m.Lock(); print(sum(range(5)))' 2>/dev/null || echo 10; \
        echo x > ~/x && cat ~/x; cat /dev/null; head -c4 /dev/urandom | wc -c; test -w /dev/shm && echo shm");
    for part in ["box\n", "drwxr-xr-x", "42\n", "/tmp/tmp.", "\n10\n", "\nx\n", "\n4\n", "shm\n"] {
        assert!(said.contains(part), "`{part}` in: {said}");
    }
}

#[test]
fn servers_on_loopback_work_within_a_command() {
    let world = World::new();
    let sandbox = world.open();
    let said = ok(&sandbox, "python3 -m http.server 8123 --bind 127.0.0.1 >/dev/null 2>&1 & \
        for i in $(seq 200); do (exec 3<>/dev/tcp/127.0.0.1/8123) 2>/dev/null && break; sleep 0.05; done; \
        exec 3<>/dev/tcp/127.0.0.1/8123; printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3; head -1 <&3");
    assert!(said.contains("200 OK"), "{said}");
}
