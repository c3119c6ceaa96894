use std::fs;
use std::path::{Path, PathBuf};

use action::{Content, Event, PersonId};
use sandbox::{Differing, Now};

use super::{Ignored, difference, landed};
use crate::samples::{Sample, session};

fn file(layer: &Path, name: &str, text: &str) -> Differing {
    let at = layer.join(name.replace('/', "-"));
    fs::write(&at, text).unwrap();
    Differing { path: PathBuf::from(name), now: Now::File { at, size: text.len() as u64, executable: false } }
}

fn folder(name: &str) -> Differing {
    Differing { path: PathBuf::from(name), now: Now::Directory { opaque: false } }
}

fn gone(name: &str) -> Differing {
    Differing { path: PathBuf::from(name), now: Now::Gone }
}

/// The present moment of the file system.
fn now(folder: &Path) -> (i64, i64) {
    crate::card::agreed_now(folder).unwrap()
}

/// A sample with a tree of `a.txt`, `b.txt`, and the moment at which the copy agreed with it.
fn opened() -> (Sample, tempfile::TempDir, (i64, i64)) {
    let (sample, layer) = (Sample::new(), tempfile::tempdir().unwrap());
    sample.put("a.txt", "one");
    sample.put("b.txt", "bee");
    let agreed = now(layer.path());
    (sample, layer, agreed)
}

#[test]
fn what_differs_is_the_change_set_with_its_bytes_kept() {
    let (sample, layer, opened) = opened();
    let found = vec![file(layer.path(), "a.txt", "two"), gone("b.txt"), file(layer.path(), "new.txt", "new"), gone("never.txt")];
    let found = difference(sample.book(), &sample.root(), found, opened).unwrap();
    assert!(found.conflicting.is_empty());
    let lines: Vec<_> = found.changes.changes.iter().map(|c| (c.path.as_str(), c.before.is_some(), c.after.is_some())).collect();
    assert_eq!(lines, [("a.txt", true, true), ("b.txt", true, false), ("new.txt", false, true)]);
    let Some(Content::File { digest, .. }) = &found.changes.changes[0].after else { panic!("no file") };
    assert_eq!(sample.book().get(digest).unwrap(), b"two");
}

#[test]
fn the_same_bytes_are_no_change() {
    let (sample, layer, opened) = opened();
    let found = difference(sample.book(), &sample.root(), vec![file(layer.path(), "a.txt", "one")], opened).unwrap();
    assert!(found.changes.changes.is_empty() && found.conflicting.is_empty());
}

#[test]
fn what_the_person_changed_since_is_a_conflict_and_can_go_beside() {
    let (sample, layer, opened) = opened();
    while now(layer.path()) == opened {} // the file system's clock has to move
    sample.put("a.txt", "mine");
    let found = vec![file(layer.path(), "a.txt", "two"), file(layer.path(), "new.txt", "new")];
    let mut found = difference(sample.book(), &sample.root(), found, opened).unwrap();
    assert_eq!(found.conflicts(), ["a.txt"]);
    assert_eq!(found.changes.changes.len(), 1);
    found.beside();
    assert!(found.conflicting.is_empty());
    assert_eq!(found.changes.changes.iter().map(|c| c.path.as_str()).collect::<Vec<_>>(), ["a.txt", "new.txt"]);
}

#[test]
fn what_this_session_landed_itself_is_forgiven_until_the_person_edits_it() {
    let (sample, layer, opened) = opened();
    let id = sample.propose(sample.landing("a.txt", Some("one"), Some("two")));
    assert!(landed(sample.book(), &session()).unwrap().is_empty(), "it did not land yet");
    while now(layer.path()) == opened {}
    crate::settle::sign(&sample.office, &id, sample.yes(&id, "ana")).unwrap();
    let ours = landed(sample.book(), &session()).unwrap();
    assert_eq!(ours.keys().collect::<Vec<_>>(), ["a.txt"]);
    let look = || difference(sample.book(), &sample.root(), vec![file(layer.path(), "a.txt", "three")], opened).unwrap();
    let mut found = look();
    assert_eq!(found.conflicts(), ["a.txt"]);
    found.forgive(&ours);
    assert!(found.conflicting.is_empty());
    assert_eq!(found.changes.changes.len(), 1);
    sample.put("a.txt", "mine");
    let mut found = look();
    found.forgive(&ours);
    assert_eq!(found.conflicts(), ["a.txt"]);
}

#[test]
fn what_was_refused_is_not_ours() {
    let (sample, ..) = opened();
    let id = sample.propose(sample.landing("a.txt", Some("one"), Some("two")));
    sample.write(&[Event::Refused { intent: id, by: action::RefusedBy::Person { person: PersonId::new("ana") }, reasons: Vec::new() }]);
    assert!(landed(sample.book(), &session()).unwrap().is_empty());
}

#[test]
fn git_says_what_is_a_build_output() {
    let (sample, layer, _) = opened();
    crate::git::answer(&sample.root(), &["init", "--quiet"], b"", &[]).unwrap();
    sample.put(".gitignore", "out/\n*.log\n");
    let found = vec![folder("out"), file(layer.path(), "out/x", "x"), file(layer.path(), ":(top)odd", "x"), file(layer.path(), "target/x", "x"), file(layer.path(), "a.log", "x")];
    let mut ignored = Ignored::default();
    let names = |found: Vec<Differing>| found.into_iter().map(|d| d.path).collect::<Vec<_>>();
    assert_eq!(names(ignored.without(&sample.root(), found).unwrap()), [PathBuf::from(":(top)odd"), PathBuf::from("target/x")]);
}

#[test]
fn without_git_the_usual_names_are_build_outputs() {
    let (sample, layer, _) = opened();
    let found = vec![file(layer.path(), "target/x", "x"), file(layer.path(), "src/node_modules/y", "x"), file(layer.path(), "src/targets", "x")];
    let left = Ignored::default().without(&sample.root(), found).unwrap();
    assert_eq!(left.into_iter().map(|d| d.path).collect::<Vec<_>>(), [PathBuf::from("src/targets")]);
}
