use action::{AgentName, Intent, Landing, Outcome, PersonId};

use super::*;

fn opened(session: &str, root: &str) -> Event {
    let (session, person, agent) = (SessionId::new(session), PersonId::new("ana"), AgentName::new("engineer"));
    Event::Opened { session, person, agent, root: root.to_owned(), model: String::new(), level: String::new(), parent: None }
}

fn judged(session: &str, task: &str, done: bool) -> Event {
    let (spec, judgement) = (".kiro/specs/shop".to_owned(), Digest::of_bytes(b""));
    Event::Evidenced { session: SessionId::new(session), spec, task: task.to_owned(), judgement, done }
}

/// An intent that is proposed and finished.
fn executed(id: &str, session: &str, deed: Deed) -> [Event; 2] {
    let (session, asked_by, agent) = (SessionId::new(session), PersonId::new("ana"), AgentName::new("engineer"));
    let intent = Intent { v: 1, id: IntentId::new(id), session, turn: 1, asked_by, agent, deed };
    let outcome = Outcome { line: format!("{id} is done"), exit: None, output: None, ms: 1 };
    [Event::Proposed { intent: intent.clone(), effects: action::Effects::default(), digest: Digest::of_bytes(b"") }, Event::Finished { intent: intent.id, outcome }]
}

fn land() -> Deed {
    Deed::Land { root: "/app".to_owned(), change: Digest::of_bytes(b""), landing: Landing::Worktree }
}

fn accept(root: &str, what: &str, text: &[u8]) -> Deed {
    Deed::Accept { root: root.to_owned(), what: what.to_owned(), text: Digest::of_bytes(text), why: String::new() }
}

/// Place, task and words of each receipt.
fn check(events: Vec<Event>, receipts: &[(u64, &str, &str)]) {
    let mut found = Receipts::new(PathBuf::from("/app/.kiro/specs/shop"));
    events.into_iter().zip(0..).for_each(|(event, index)| found.entry(index, event));
    let told = found.finish();
    let told: Vec<(u64, &str, &str)> = told.iter().map(|receipt| (receipt.index, receipt.task.as_deref().unwrap_or("-"), receipt.line.as_str())).collect();
    assert_eq!(told, receipts);
}

#[test]
fn what_a_copy_was_judged_for_lands_in_the_session_that_it_works_for() {
    let [proposed, finished] = executed("i1", "main", land());
    let parent = Some(action::Parent::Part { session: SessionId::new("main") });
    let part = match opened("part", "/app") {
        Event::Opened { session, person, agent, root, model, level, .. } => Event::Opened { session, person, agent, root, model, level, parent },
        other => other,
    };
    let events = vec![opened("main", "/app"), part, judged("part", "1", true), proposed, finished];
    check(events, &[(2, "1", "judged done by evidence"), (4, "1", "i1 is done")]);
}

#[test]
fn judgements_and_what_landed_in_their_session_are_receipts_of_the_task() {
    let [proposed, finished] = executed("i1", "s1", land());
    let [other, landed] = executed("i2", "s2", land());
    let events = vec![opened("s1", "/app"), opened("s2", "/app"), proposed, finished, other, landed, judged("s1", "2.1", true), judged("s1", "2.2", false)];
    check(events, &[(3, "2.1", "i1 is done"), (3, "2.2", "i1 is done"), (6, "2.1", "judged done by evidence"), (7, "2.2", "judged not done")]);
}

#[test]
fn the_same_spec_of_another_project_is_another_spec() {
    check(vec![opened("s1", "/elsewhere"), judged("s1", "2.1", true), judged("never-opened", "2.1", true)], &[]);
}

#[test]
fn a_task_that_was_taken_as_it_is_is_a_receipt_when_that_is_finished() {
    let of = |what: &str| executed("i1", "s1", accept("/app", what, b"")).to_vec();
    check(of("task 2.1 of .kiro/specs/shop"), &[(1, "2.1", "accepted by ana without the evidence")]);
    check(of("task 2.1 of .kiro/specs/shop").drain(..1).collect(), &[]);
    check(of("task 2.1 of web/.kiro/specs/shop"), &[]);
    check(of("document .kiro/specs/shop/design.md"), &[]);
}
