use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use action::{Content, Digest};
use sandbox::{Differing, Now};

use super::{Manifest, Steps};
use crate::samples::Sample;
use crate::failure::SessionError;

fn file(layer: &Path, name: &str, text: &str) -> Differing {
    let at = layer.join(name);
    fs::write(&at, text).unwrap();
    Differing { path: PathBuf::from(name), now: Now::File { at, size: text.len() as u64, executable: false } }
}

fn gone(name: &str) -> Differing {
    Differing { path: PathBuf::from(name), now: Now::Gone }
}

#[test]
fn a_copy_that_never_differed_has_no_steps() {
    let (sample, folder) = (Sample::new(), tempfile::tempdir().unwrap());
    let mut steps = Steps::open(folder.path()).unwrap();
    assert_eq!(steps.save(sample.book(), Vec::new(), 1).unwrap(), None);
    assert!(Steps::list(folder.path()).unwrap().is_empty());
}

#[test]
fn steps_are_numbered_and_only_kept_where_the_copy_changed() {
    let (sample, folder) = (Sample::new(), tempfile::tempdir().unwrap());
    let mut steps = Steps::open(folder.path()).unwrap();
    let mut save = |found, messages| steps.save(sample.book(), found, messages).unwrap().map(|(step, _)| step);
    assert_eq!(save(vec![file(folder.path(), "a", "1")], 3), Some(0));
    assert_eq!(save(vec![file(folder.path(), "a", "1")], 5), None, "the same bytes");
    assert_eq!(save(vec![file(folder.path(), "a", "2")], 7), Some(1), "as many bytes, but others");
    assert_eq!(save(Vec::new(), 9), Some(2), "back at the person's tree");
    let listed = Steps::list(folder.path()).unwrap();
    assert_eq!(listed.iter().map(|step| (step.step, step.messages)).collect::<Vec<_>>(), [(0, 3), (1, 7), (2, 9)]);
}

#[test]
fn a_step_comes_back_with_its_contents_after_a_restart() {
    let (sample, folder) = (Sample::new(), tempfile::tempdir().unwrap());
    let mut steps = Steps::open(folder.path()).unwrap();
    steps.save(sample.book(), vec![file(folder.path(), "a", "first"), gone("b")], 3).unwrap();
    steps.save(sample.book(), vec![file(folder.path(), "a", "second")], 5).unwrap();
    let (manifest, messages) = Steps::open(folder.path()).unwrap().at(sample.book(), 0).unwrap();
    assert_eq!(messages, 3);
    assert_eq!(manifest.paths["a"], Some(Content::File { digest: Digest::of_bytes(b"first"), size: 5, executable: false }));
    assert_eq!(manifest.paths["b"], None);
    assert_eq!(sample.book().get(&Digest::of_bytes(b"first")).unwrap(), b"first");
}

#[test]
fn a_step_that_is_not_there_is_an_error_that_names_the_last() {
    let (sample, folder) = (Sample::new(), tempfile::tempdir().unwrap());
    let mut steps = Steps::open(folder.path()).unwrap();
    steps.save(sample.book(), vec![gone("a")], 3).unwrap();
    assert!(matches!(steps.at(sample.book(), 4), Err(SessionError::NoStep { step: 4, last: 0 })));
}

#[test]
fn a_line_that_a_crash_cut_is_no_step() {
    let (sample, folder) = (Sample::new(), tempfile::tempdir().unwrap());
    Steps::open(folder.path()).unwrap().save(sample.book(), vec![gone("a")], 3).unwrap();
    let mut lines = fs::OpenOptions::new().append(true).open(folder.path().join("steps.jsonl")).unwrap();
    lines.write_all(b"{\"step\": 1, \"mani").unwrap();
    assert_eq!(Steps::list(folder.path()).unwrap().len(), 1);
}

#[test]
fn manifests_differ_where_contents_do() {
    let manifest = |paths: &[(&str, Option<Content>)]| Manifest { v: 1, paths: paths.iter().map(|(path, now)| ((*path).to_owned(), now.clone())).collect() };
    let text = |text: &str| Some(Content::File { digest: Digest::of_bytes(text.as_bytes()), size: 1, executable: false });
    let now = manifest(&[("same", text("s")), ("other", text("x")), ("new", text("n")), ("folder", Some(Content::Directory)), ("removed", None)]);
    let then = manifest(&[("same", text("s")), ("other", text("y")), ("old", None)]);
    assert_eq!(now.differing(&then), ["folder", "new", "old", "other", "removed"]);
    assert_eq!(then.differing(&now), now.differing(&then));
    assert!(now.differing(&now).is_empty());
}
