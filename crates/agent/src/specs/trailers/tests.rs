use action::{Change, ChangeSet, Event, SessionId};

use super::trailers;
use crate::samples::{Sample, session};

fn set(sample: &Sample, path: &str, before: Option<&str>, after: Option<&str>) -> ChangeSet {
    let change = Change { path: path.into(), before: before.map(|text| sample.file(text)), after: after.map(|text| sample.file(text)) };
    ChangeSet::new("/tree", vec![change])
}

#[test]
fn tasks_that_are_newly_done_are_named() {
    let sample = Sample::new();
    let before = "- [x] 1. One\n- [ ] 2. Two\n  - [ ] 2.1 Part\n  - [ ] 2.2 Part\n";
    let after = "- [x] 1. One\n- [x] 2. Two\n  - [x] 2.1 Part\n  - [x] 2.2 Part\n";
    let judged = |session: SessionId, spec: &str, task: &str, done: bool| {
        let judgement = sample.book().put(b"{}").unwrap();
        sample.write(&[Event::Evidenced { session, spec: spec.into(), task: task.into(), judgement, done }]);
    };
    let vouch = |spec: &str, task: &str| judged(session(), spec, task, true);
    for (spec, task) in [(".kiro/specs/totals", "1"), (".kiro/specs/totals", "2.1"), (".kiro/specs/totals", "2.2"), ("web/.kiro/specs/till", "2.1")] {
        vouch(spec, task);
    }
    let of = |path: &str, before, after| trailers(sample.book(), &sample.root(), &session(), &set(&sample, path, before, after));
    assert_eq!(of(".kiro/specs/totals/tasks.md", Some(before), Some(after)), "Spec: totals\nTask: 2.1, 2.2\n");
    // What was seen for another landing, here or in another project, says nothing of this one; and the last word counts.
    judged(SessionId::new("another"), "web/.kiro/specs/till", "1", true);
    judged(session(), "web/.kiro/specs/till", "2.2", true);
    judged(session(), "web/.kiro/specs/till", "2.2", false);
    assert_eq!(of("web/.kiro/specs/till/tasks.md", None, Some(after)), "Spec: till\nTask: 2.1\n", "a box that somebody ticked says nothing");
    assert_eq!(of(".kiro/specs/totals/tasks.md", Some(after), Some(before)), "");
    assert_eq!(of("docs/tasks.md", None, Some(after)), "");
    assert_eq!(of(".kiro/specs/a\nCountersigned-By: olga/tasks.md", None, Some(after)), "", "a name never makes a line");
}
