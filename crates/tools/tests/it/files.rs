use std::fs;

use action::{Deed, Digest};
use serde_json::json;
use tools::ExecuteError;

use crate::harness::World;

#[test]
fn file_tools_work_on_the_copy_and_leave_the_tree_alone() {
    let mut world = World::with(&[("src/a.rs", b"fn one() {}\n"), ("old", b"x")]);
    let done = world.ask("read", json!({"path": "src/a.rs"}));
    assert_eq!((done.ok, done.text_for_model.as_str(), done.exit), (true, "    1\tfn one() {}\n", None));
    assert!(world.ask("edit", json!({"path": "src/a.rs", "edits": [{"old": "one", "new": "two"}]})).ok);
    assert!(world.ask("write", json!({"path": "new/b.rs", "content": "fn b() {}\n"})).ok);
    assert!(world.ask("delete", json!({"path": "old"})).ok);
    assert!(world.ask("move", json!({"from": "src", "to": "lib"})).ok, "a folder of the lower layer");
    assert_eq!(world.ask("grep", json!({"pattern": "fn"})).text_for_model, "lib/a.rs:1:fn two() {}\nnew/b.rs:1:fn b() {}\n");
    assert_eq!(world.ask("list", json!({})).text_for_model, "lib/\nnew/\n");
    assert!(world.ask("glob", json!({"pattern": "*.rs"})).text_for_model.contains("lib/a.rs\n"));
    // Commands see the same copy.
    assert_eq!(world.shell("cat lib/a.rs; ls new; test ! -e old -a ! -e src").text_for_model, "fn two() {}\nb.rs\n[exit 0]");

    assert_eq!(fs::read(world.path("tree/src/a.rs")).unwrap(), b"fn one() {}\n");
    assert!(world.path("tree/old").exists() && !world.path("tree/new").exists());
    let changed: Vec<String> = world.hands.changes().unwrap().iter().map(|d| sandbox::text_of(&d.path)).collect();
    assert_eq!(changed, ["lib", "lib/a.rs", "new", "new/b.rs", "old", "src", "src/a.rs"]);
}

#[test]
fn an_absolute_path_of_the_tree_is_the_same_file() {
    let mut world = World::with(&[("a", b"x\n")]);
    let absolute = world.path("tree/a");
    assert_eq!(world.ask("read", json!({"path": absolute.to_str().unwrap()})).text_for_model, "    1\tx\n");
}

#[test]
fn what_is_outside_the_tree_is_refused_by_the_hands() {
    let mut world = World::new();
    for path in ["../home/x", "/etc/passwd"] {
        let done = world.ask("write", json!({"path": path, "content": "x"}));
        assert!(!done.ok && done.line.contains("is outside the work tree"), "{}", done.line);
    }
    assert!(!world.path("home/x").exists());
}

#[test]
fn hooks_and_agent_configuration_stay_as_they_are() {
    let mut world = World::with(&[(".git/hooks/pre-commit", b"#!/bin/sh\n"), (".git/HEAD", b"ref: refs/heads/main\n")]);
    for path in [".git/hooks/pre-commit", ".git/hooks/post-commit"] {
        let done = world.ask("write", json!({"path": path, "content": "evil"}));
        assert!(!done.ok && done.line.contains("is protected"), "{}", done.line);
    }
    assert_eq!(fs::read(world.path("tree/.git/hooks/pre-commit")).unwrap(), b"#!/bin/sh\n");
}

#[test]
fn bytes_that_are_not_those_that_were_signed_are_not_written() {
    let mut world = World::new();
    let write = || Deed::Write { path: "a".into(), content: Digest::of_bytes(b"signed") };
    let missing = world.execute(write(), &|_| None).unwrap_err();
    assert!(matches!(missing, ExecuteError::NoBlob { .. }), "{missing}");
    let other = world.execute(write(), &|_| Some(b"other".to_vec())).unwrap_err();
    assert!(matches!(other, ExecuteError::OtherBlob { .. }), "{other}");
    assert!(world.hands.changes().unwrap().is_empty());
    assert!(world.execute(write(), &|_| Some(b"signed".to_vec())).unwrap().ok);
}

#[test]
fn deeds_that_leave_the_box_are_not_done_here() {
    let mut world = World::new();
    for deed in [
        Deed::Reach { host: "example.org".into(), port: 443 },
        Deed::Land { root: "/t".into(), change: Digest::of_bytes(b""), landing: action::Landing::Worktree },
        Deed::Change { environment: action::EnvironmentName::new("staging"), command: "true".into(), change: Digest::of_bytes(b"") },
    ] {
        let error = world.execute(deed, &|_| None).unwrap_err();
        assert!(matches!(error, ExecuteError::NotHere { .. }), "{error}");
    }
}

#[test]
fn a_plan_is_noted() {
    let mut world = World::new();
    let done = world.ask("plan", json!({"steps": [{"step": "look", "status": "done"}, {"step": "fix", "status": "doing"}]}));
    assert_eq!(done.line, "2 steps, 1 done, now: fix");
}

/// The first answer has read everything, the second only what has changed since; both see what commands wrote.
#[test]
fn maps_and_outlines_are_of_the_copy_as_it_is() {
    let mut world = World::with(&[("src/a.rs", b"pub fn first_name() {}\n"), ("b.py", b"first_name()\n"), (".kiroignore", b"b.py\n")]);
    let map = world.ask("map", json!({}));
    assert_eq!(map.text_for_model, "src/a.rs\n    1  pub fn first_name()\n[1 of 1 files, 1 of 1 definitions; the most mentioned first]\n");
    world.shell("echo 'pub fn second_name() {}' > src/a.rs; echo 'fn third() {}' > c.rs");
    assert_eq!(world.ask("outline", json!({"path": "."})).text_for_model, "c.rs\n    1  fn third()\nsrc/a.rs\n    1  pub fn second_name()\n");
    assert!(world.ask("map", json!({"about": "third"})).text_for_model.starts_with("c.rs\n"));
    assert!(!world.ask("outline", json!({"path": "../x"})).ok);
}
