//! Environments: absent, but for a command that rehearses one, and then only a throw-away copy.

use std::fs;

use action::{Deed, Digest, EnvironmentName};
use sandbox::{Command, Now, Place, Process, Sandbox};

use crate::harness::*;

fn world_with(place: &str) -> (World, Sandbox) {
    let world = World::new();
    fs::create_dir_all(world.path(place).join("data")).unwrap();
    fs::write(world.path(place).join("data/rows"), "48211").unwrap();
    let mut plan = world.plan();
    plan.environments = vec![Place { name: EnvironmentName::new("production/region-1"), path: world.path(place) }];
    let sandbox = world.open_with(plan);
    (world, sandbox)
}

fn rehearse(sandbox: &Sandbox, line: &str) -> Process {
    let environment = EnvironmentName::new("production/region-1");
    let deed = Deed::Change { environment: environment.clone(), command: line.into(), change: Digest::of_bytes(b"") };
    sandbox.start(&order(deed), Command { line: line.into(), cwd: String::new(), rehearse: Some(environment) }).unwrap()
}

#[test]
fn an_environment_is_not_there() {
    for place in ["place", "tree/place", "home/place"] {
        let (world, sandbox) = world_with(place);
        let path = world.path(place);
        let ran = run(&sandbox, &format!("ls -A {0}; cat {0}/data/rows; echo x > {0}/x; rm -rf {0}; ls -A /.countersign", path.display()));
        assert!(ran.text.contains("No such file") && !ran.text.contains("48211") && !ran.text.contains("rows\n"), "{}", ran.text);
        assert!(call(&sandbox, "read", path.join("data/rows"), b"").is_err());
        assert!(call(&sandbox, "read", "/.countersign/0/data/rows", b"").is_err());
        assert_eq!(sandbox.changes().unwrap(), []);
        assert_eq!(fs::read(path.join("data/rows")).unwrap(), b"48211");
    }
}

#[test]
fn a_rehearsal_sees_a_copy_and_tells_what_it_did() {
    for place in ["place", "tree/place", "home/place"] {
        let (world, sandbox) = world_with(place);
        let path = world.path(place);
        let line = format!("cat {0}/data/rows; rm -r {0}/data; mkdir {0}/data; echo 0 > {0}/data/rows; echo n > {0}/new; echo t > $TMPDIR/own", path.display());
        let mut process = rehearse(&sandbox, &line);
        let ran = finish(&mut process);
        assert_eq!((ran.text.as_str(), ran.code), ("48211", 0));
        let changes = process.changes().unwrap();
        let paths: Vec<_> = changes.iter().map(|differing| differing.path.display().to_string()).collect();
        assert_eq!(paths, ["data", "data/rows", "new"]);
        let Now::File { at, .. } = &changes[1].now else { panic!("{changes:?}") };
        assert_eq!(fs::read(at).unwrap(), b"0\n");
        assert_eq!(process.rehearsal().unwrap().place().path, path);
        assert_eq!(fs::read(path.join("data/rows")).unwrap(), b"48211");
        assert_eq!(sandbox.changes().unwrap(), []);
    }
}

#[test]
fn a_rehearsal_leaves_nothing_where_another_command_finds_it() {
    let (world, sandbox) = world_with("place");
    let rows = world.path("place/data/rows").display().to_string();
    let mut listening = start(&sandbox, "exec 2>&1; python3 -c \"import socket; s = socket.create_server(('127.0.0.1', 8124)); print('up', flush=True); s.accept(); print('LEAK', flush=True)\"");
    wait_for(&mut listening, "up");
    for target in ["leaked", "/tmp/leaked", "~/leaked", "$PWD/sub/leaked"] {
        let mut process = rehearse(&sandbox, &format!("mkdir -p sub; cat {rows} > {target}; ls -la {target}"));
        let ran = finish(&mut process);
        assert!(ran.text.contains("denied") || ran.text.contains("No such file"), "{target}: {}", ran.text);
    }
    let mut process = rehearse(&sandbox, &format!("cp {rows} /dev/shm/leaked && ls /dev/shm; exec 3<>/dev/tcp/127.0.0.1/8124"));
    assert!(finish(&mut process).text.contains("refused"));
    assert_eq!(ok(&sandbox, "ls -A /dev/shm ~ /tmp | grep -c leaked; true"), "0\n");
    listening.stop();
    assert!(!finish(&mut listening).text.contains("LEAK"));
    assert_eq!(sandbox.changes().unwrap(), []);
}

#[test]
fn each_rehearsal_begins_anew_and_the_place_is_gone_after_it() {
    let (world, sandbox) = world_with("place");
    let path = world.path("place").display().to_string();
    let mut first = rehearse(&sandbox, &format!("echo 1 > {path}/mark; rm {path}/data/rows"));
    assert_eq!(finish(&mut first).code, 0);
    let mut second = rehearse(&sandbox, &format!("ls {path}/mark {path}/data/rows"));
    assert_eq!(finish(&mut second).text.matches("No such file").count(), 1);
    assert_eq!((first.changes().unwrap().len(), second.changes().unwrap().len()), (2, 0));
    assert!(run(&sandbox, &format!("ls {path}/data")).text.contains("No such file"));
}

#[test]
fn a_change_rehearses_its_own_environment_only() {
    let (world, sandbox) = world_with("place");
    let line = format!("cat {}/data/rows", world.path("place").display());
    let deed = |environment: &str| {
        order(Deed::Change { environment: EnvironmentName::new(environment), command: line.clone(), change: Digest::of_bytes(b"") })
    };
    let command = |name: Option<&str>| Command { line: line.clone(), cwd: String::new(), rehearse: name.map(EnvironmentName::new) };
    let mut allowed = sandbox.start(&deed("production/region-1"), command(Some("production/region-1"))).unwrap();
    assert_eq!(finish(&mut allowed).text, "48211");
    assert!(sandbox.start(&deed("production/region-2"), command(Some("production/region-1"))).is_err());
    assert!(sandbox.start(&deed("production/region-1"), command(None)).is_err());
    assert!(sandbox.start(&shell(&line), command(Some("production/region-1"))).is_err(), "a shell deed rehearses nothing");
}

#[test]
fn a_rehearsal_leaves_no_mark_in_times_modes_or_attributes() {
    use std::os::unix::fs::PermissionsExt;
    for place in ["place", "tree/place", "home/place"] {
        let (world, sandbox) = world_with(place);
        let rows = world.path(place).join("data/rows").display().to_string();
        ok(&sandbox, "for f in mark /tmp/mark ~/mark /dev/shm/mark; do echo x > $f; chmod 640 $f; touch -d @1000 $f; done");
        fs::write(world.tree().join("real"), "x").unwrap();
        fs::set_permissions(world.tree().join("real"), fs::Permissions::from_mode(0o640)).unwrap();
        let line = "for f in mark real . /tmp/mark /tmp ~/mark ~; do touch -d @48211 $f; chmod 711 $f; chown $(id -u) $f; \
            python3 -c \"import os, sys; os.setxattr(sys.argv[1], 'user.rows', b'48211')\" $f; done 2>&1 | grep -vc Read-only";
        let mut process = rehearse(&sandbox, &format!("{line}; touch -d @5 {rows} && chmod 711 {rows} && echo n > $TMPDIR/own && chmod 711 $TMPDIR/own && echo done"));
        assert!(finish(&mut process).text.ends_with("done\n"));
        let said = ok(&sandbox, "stat -c '%a %Y' mark /tmp/mark ~/mark /dev/shm/mark; stat -c %a real; stat -c %Y . ~ /tmp real | grep -c 48211; \
            python3 -c \"import os; print([os.listxattr(f) for f in ['mark', 'real', '/tmp/mark']])\"");
        assert_eq!(said, "640 1000\n".repeat(4) + "640\n0\n[[], [], []]\n", "{place}");
    }
}
