use action::{Change, ChangeSet};

use super::conflicts;
use crate::samples::Sample;

#[test]
fn only_what_another_task_made_different_is_a_conflict() {
    let sample = Sample::new();
    let change = |path: &str, after: &str| Change { path: path.into(), before: None, after: Some(sample.file(after)) };
    let base = ChangeSet::new("/tree", vec![change("kept", "k"), change("moved", "old")]);
    let now = ChangeSet::new("/tree", vec![change("kept", "k"), change("moved", "new"), change("theirs", "t"), change("same", "s")]);
    let own = [change("kept", "mine"), change("moved", "mine"), change("theirs", "mine"), change("same", "s"), change("fresh", "f")];
    assert_eq!(conflicts(&own, &base, &now), ["moved", "theirs"]);
    assert!(conflicts(&own, &base, &base).is_empty());
}

#[test]
fn what_went_meanwhile_is_a_conflict_too() {
    let sample = Sample::new();
    let change = |path: &str, after: Option<&str>| Change { path: path.into(), before: Some(sample.file("was")), after: after.map(|text| sample.file(text)) };
    let base = ChangeSet::new("/tree", vec![]);
    let now = ChangeSet::new("/tree", vec![change("a.txt", None)]);
    assert_eq!(conflicts(&[change("a.txt", Some("mine"))], &base, &now), ["a.txt"]);
}

#[test]
fn what_lies_below_the_other_s_path_is_a_conflict() {
    let sample = Sample::new();
    let change = |path: &str, after: Option<&str>| Change { path: path.into(), before: Some(sample.file("was")), after: after.map(|text| sample.file(text)) };
    let base = ChangeSet::new("/tree", vec![]);
    let now = ChangeSet::new("/tree", vec![change("src/old/rates.json", Some("new"))]);
    assert_eq!(conflicts(&[change("src/old", None)], &base, &now), ["src/old"]);
    assert_eq!(conflicts(&[change("src/older", None)], &base, &now), Vec::<String>::new());
}
