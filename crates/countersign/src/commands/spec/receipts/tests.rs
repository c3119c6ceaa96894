use action::{AgentName, Intent, Landing, Outcome, PersonId};

use super::*;

fn spec() -> Spec {
    Spec::read("shop", vec![("design.md".to_owned(), b"as approved".to_vec())])
}

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

/// Place, task and words of each receipt; document and whether it is current of each approval.
fn check(events: Vec<Event>, receipts: &[(u64, &str, &str)], approvals: &[(&str, bool)]) {
    let spec = spec();
    let mut found = Receipts::new(PathBuf::from("/app/.kiro/specs/shop"), &spec);
    events.into_iter().zip(0..).for_each(|(event, index)| found.entry(index, event));
    let (told, approved) = found.finish();
    let told: Vec<(u64, &str, &str)> = told.iter().map(|receipt| (receipt.index, receipt.task.as_deref().unwrap_or("-"), receipt.line.as_str())).collect();
    assert_eq!(told, receipts);
    assert_eq!(approved.iter().map(|approval| (approval.document.as_str(), approval.current)).collect::<Vec<_>>(), approvals);
}

#[test]
fn judgements_and_what_landed_in_their_session_are_receipts_of_the_task() {
    let [proposed, finished] = executed("i1", "s1", land());
    let [other, landed] = executed("i2", "s2", land());
    let events = vec![opened("s1", "/app"), opened("s2", "/app"), proposed, finished, other, landed, judged("s1", "2.1", true), judged("s1", "2.2", false)];
    check(events, &[(3, "2.1", "i1 is done"), (3, "2.2", "i1 is done"), (6, "2.1", "judged done by evidence"), (7, "2.2", "judged not done")], &[]);
}

#[test]
fn the_same_spec_of_another_project_is_another_spec() {
    check(vec![opened("s1", "/elsewhere"), judged("s1", "2.1", true), judged("never-opened", "2.1", true)], &[], &[]);
}

#[test]
fn an_acceptance_counts_when_it_is_finished_and_for_the_text_that_was_accepted() {
    let document = "document .kiro/specs/shop/design.md";
    let of = |text: &[u8]| executed("i1", "s1", accept("/app", document, text)).to_vec();
    check(of(b"as approved"), &[], &[("design.md", true)]);
    check(of(b"as it was"), &[], &[("design.md", false)]);
    check(of(b"as approved").drain(..1).collect(), &[], &[]);
    check(executed("i1", "s1", accept("/elsewhere", document, b"as approved")).to_vec(), &[], &[]);
    check(executed("i1", "s1", accept("/app", "task 2.1 of .kiro/specs/shop", b"")).to_vec(), &[(1, "2.1", "accepted by ana without the evidence")], &[]);
    check(executed("i1", "s1", accept("/app", "task 2.1 of web/.kiro/specs/shop", b"")).to_vec(), &[], &[]);
}
