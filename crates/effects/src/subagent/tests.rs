use action::{Change, ChangeSet, Content, Effects};

use super::*;

fn lines(effects: Vec<Effect>) -> Vec<String> {
    let effects = Effects::new(effects);
    assert!(effects.stay_in_the_box());
    effects.lines()
}

fn change(path: &str, after: bool) -> Change {
    Change { path: path.into(), before: Some(Content::Directory), after: after.then_some(Content::Directory) }
}

#[test]
fn who_begins_is_named_with_what_bounds_it() {
    let agent = AgentName::new("reviewer");
    let within = [AgentName::new("builder"), AgentName::new("reviewer")];
    assert_eq!(lines(delegate(&agent, &[], false)), ["runs agent `reviewer` in workspace: in a copy of its own"]);
    assert_eq!(lines(delegate(&agent, &within, true)), ["runs agent `reviewer` in workspace: in a copy of its own, it only reads, no more than `builder` may do"]);
}

#[test]
fn what_is_taken_is_counted_and_bounded() {
    let session = SessionId::new("s2");
    let some = (0..9).map(|n| change(&format!("f{n}"), n != 3)).collect();
    let facts = Facts { change: Some(ChangeSet::new("/t", some)), ..Facts::default() };
    let said = lines(take(1, &session, &facts));
    assert_eq!(said[0], "deletes files `f3` in workspace: 1 file, as subagent 1 has them");
    assert_eq!(said[1], "updates files `f0, f1, f2, f4, f5, f6, …` in workspace: 8 files, as subagent 1 has them");
    assert_eq!(lines(take(1, &session, &Facts { change: Some(ChangeSet::new("/t", Vec::new())), ..Facts::default() })), [""; 0]);
}

#[test]
fn a_change_set_that_is_not_at_hand_is_opaque() {
    let effects = take(1, &SessionId::new("s2"), &Facts::default());
    assert!(effects.iter().all(|effect| effect.certainty == Certainty::Opaque && effect.verb == Verb::Opaque) && effects.len() == 1);
}
