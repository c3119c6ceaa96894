//! File operations: served inside the box, by a process that can do no more than the deed says.

use sandbox::CallError;

use crate::harness::*;

#[test]
fn reading_and_writing_work_and_the_person_s_tree_stays() {
    let world = World::new();
    world.write("a", "old");
    let sandbox = world.open();
    assert_eq!(call(&sandbox, "read", "a", b"").unwrap(), b"old");
    call(&sandbox, "write", "a", b"new").unwrap();
    call(&sandbox, "write", world.tree().join("b"), b"more").unwrap();
    assert_eq!(call(&sandbox, "list", ".", b"").unwrap(), ok(&sandbox, "ls -A").into_bytes());
    assert_eq!(ok(&sandbox, "cat a b"), "newmore");
    assert_eq!(std::fs::read(world.tree().join("a")).unwrap(), b"old");
}

#[test]
fn a_reading_deed_writes_nothing_and_no_deed_writes_elsewhere() {
    let world = World::new();
    world.write("a", "old");
    let sandbox = world.open();
    let read = || action::Deed::Read { path: "a".into(), offset: 1, limit: 1 };
    for path in ["a", "new", "/tmp/new"] {
        let refused = call_as(&sandbox, read(), "write", path.as_bytes(), b"x").unwrap_err();
        assert!(refused.contains("ermission denied"), "{path}: {refused}");
    }
    for path in [world.path("outside/marker"), "/etc/x".into(), "/usr/x".into(), "/dev/shm/x".into()] {
        assert!(call(&sandbox, "write", &path, b"x").is_err(), "{}", path.display());
    }
    call(&sandbox, "write", "/tmp/x", b"x").unwrap();
    world.assert_outside_untouched();
    assert_eq!(call(&sandbox, "read", "a", b"").unwrap(), b"old");
}

#[test]
fn it_starts_no_programs() {
    let world = World::new();
    let sandbox = world.open();
    let refused = call(&sandbox, "run", "/bin/true", b"").unwrap_err();
    assert!(refused.contains("not permitted") || refused.contains("denied"), "{refused}");
}

#[test]
fn its_servants_have_given_up_everything() {
    let world = World::new();
    let sandbox = world.open();
    let write = || action::Deed::Delete { path: "a".into() };
    let read = || action::Deed::List { path: "a".into() };
    for status in [call_as(&sandbox, read(), "read", b"/proc/self/status", b""), call_as(&sandbox, write(), "read", b"/proc/self/status", b"")] {
        let status = String::from_utf8(status.unwrap()).unwrap();
        for line in ["CapInh:\t0000000000000000", "CapPrm:\t0000000000000000", "CapEff:\t0000000000000000", "CapBnd:\t0000000000000000", "CapAmb:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2"] {
            assert!(status.contains(line), "{line} in {status}");
        }
    }
    for path in ["/proc/1/environ", "/proc/1/maps", "/proc/1/fd/0", "/proc/1/root/etc/passwd", "/proc/1/cwd/a"] {
        let refused = call(&sandbox, "read", path, b"").unwrap_err();
        assert!(refused.contains("denied"), "{path}: {refused}");
    }
    assert_eq!(call(&sandbox, "list", "/proc/self/fd", b"").unwrap().iter().filter(|b| **b == b'\n').count(), 5, "its first three, its socket, and this folder");
}

#[test]
fn deeds_that_are_no_file_operations_are_refused() {
    let world = World::new();
    let sandbox = world.open();
    let error = sandbox.call(&shell("true"), b"read\0a\0").unwrap_err();
    assert!(matches!(error, CallError::Mismatch(_)), "{error}");
}

#[test]
fn a_servant_that_dies_is_replaced() {
    let world = World::new();
    world.write("a", "old");
    let sandbox = world.open();
    assert!(call(&sandbox, "die", "a", b"").unwrap_err().contains("did not answer"));
    call(&sandbox, "write", "a", b"new").unwrap();
    assert_eq!(call(&sandbox, "read", "a", b"").unwrap(), b"new");
}

#[test]
fn large_requests_and_replies_pass() {
    let world = World::new();
    let sandbox = world.open();
    let bytes: Vec<u8> = (0..10_000_000_u32).map(|n| (n % 251) as u8).collect();
    call(&sandbox, "write", "big", &bytes).unwrap();
    assert_eq!(call(&sandbox, "read", "big", b"").unwrap(), bytes);
    assert_eq!(ok(&sandbox, "stat -c %s big").trim(), bytes.len().to_string());
}

#[test]
fn many_threads_may_call_and_run_at_once() {
    let world = World::new();
    let sandbox = world.open();
    std::thread::scope(|scope| {
        for number in 0..6 {
            let sandbox = &sandbox;
            scope.spawn(move || {
                for round in 0..5 {
                    let name = format!("f{number}-{round}");
                    call(sandbox, "write", &name, name.as_bytes()).unwrap();
                    assert_eq!(call(sandbox, "read", &name, b"").unwrap(), name.as_bytes());
                    assert_eq!(ok(sandbox, &format!("cat {name}")), name);
                }
            });
        }
    });
    assert_eq!(sandbox.changes().unwrap().len(), 30);
}
