use std::fs;

use action::{Deed, Digest, EnvironmentName};
use sandbox::Now;
use tools::ExecuteError;

use crate::harness::World;

fn change(environment: &str, command: &str, change: &[u8]) -> Deed {
    Deed::Change { environment: EnvironmentName::new(environment), command: command.into(), change: Digest::of_bytes(change) }
}

#[test]
fn a_rehearsal_changes_a_copy_and_says_what_it_did() {
    let mut world = World::with(&[("deploy.sh", b"echo two >> $1/data; rm -f $1/none; echo new > $1/new\n")]);
    let staging = world.path("staging");
    let command = format!("bash deploy.sh {}", staging.display());
    let rehearsed = world.rehearse(change("staging", &command, b"")).unwrap();
    assert_eq!(rehearsed.exit, 0, "{}", String::from_utf8_lossy(&rehearsed.output));
    let files: Vec<(String, Vec<u8>)> = rehearsed
        .changes
        .iter()
        .map(|differing| match &differing.now {
            Now::File { at, .. } => (sandbox::text_of(&differing.path), fs::read(at).unwrap()),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(files, [("data".to_owned(), b"one\ntwo\n".to_vec()), ("new".to_owned(), b"new\n".to_vec())]);
    assert_eq!(fs::read(staging.join("data")).unwrap(), b"one\n");
    assert!(!staging.join("new").exists());
}

#[test]
fn a_rehearsal_that_fails_never_looks_good() {
    let mut world = World::new();
    assert_eq!(world.rehearse(change("staging", "exit 5", b"")).unwrap().exit, 5);
    assert_eq!(world.rehearse(change("staging", "kill -KILL $$", b"")).unwrap().exit, 137);
}

#[test]
fn only_a_rehearsal_order_is_rehearsed() {
    let mut world = World::new();
    for deed in [
        change("staging", "true", b"a change set that was judged"),
        Deed::Shell { command: "true".into(), cwd: ".".into(), seconds: 1, background: false },
    ] {
        let error = world.rehearse(deed).unwrap_err();
        assert!(matches!(error, ExecuteError::NotARehearsal { .. }), "{error}");
    }
    assert!(matches!(world.rehearse(change("production", "true", b"")).unwrap_err(), ExecuteError::Start(_)));
}
