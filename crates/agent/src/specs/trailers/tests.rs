use action::{Change, ChangeSet};

use super::trailers;
use crate::samples::Sample;

fn set(sample: &Sample, path: &str, before: Option<&str>, after: Option<&str>) -> ChangeSet {
    let change = Change { path: path.into(), before: before.map(|text| sample.file(text)), after: after.map(|text| sample.file(text)) };
    ChangeSet::new("/tree", vec![change])
}

#[test]
fn tasks_that_are_newly_done_are_named() {
    let sample = Sample::new();
    let before = "- [x] 1. One\n- [ ] 2. Two\n  - [ ] 2.1 Part\n  - [ ] 2.2 Part\n";
    let after = "- [x] 1. One\n- [x] 2. Two\n  - [x] 2.1 Part\n  - [x] 2.2 Part\n";
    let of = |path: &str, before, after| trailers(sample.book(), &sample.root(), &set(&sample, path, before, after));
    assert_eq!(of(".kiro/specs/totals/tasks.md", Some(before), Some(after)), "Spec: totals\nTask: 2.1, 2.2\n");
    assert_eq!(of("web/.kiro/specs/till/tasks.md", None, Some(after)), "Spec: till\nTask: 1, 2.1, 2.2\n");
    assert_eq!(of(".kiro/specs/totals/tasks.md", Some(after), Some(before)), "");
    assert_eq!(of("docs/tasks.md", None, Some(after)), "");
    assert_eq!(of(".kiro/specs/a\nCountersigned-By: olga/tasks.md", None, Some(after)), "", "a name never makes a line");
}
