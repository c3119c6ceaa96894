use std::collections::BTreeMap;

use action::{AgentName, Digest, IntentId, McpAsk, Outcome, Parent, PersonId, RefusedBy};

use super::*;
use crate::samples::Sample;

fn opened(session: &str, copy_of: Option<&str>) -> Event {
    Event::Opened {
        session: SessionId::new(session),
        person: PersonId::new("ana"),
        agent: AgentName::new("engineer"),
        root: "/p".into(),
        model: "m".into(),
        level: "full".into(),
        parent: copy_of.map(|session| Parent::Fork { session: SessionId::new(session) }),
    }
}

fn asks(at: McpPlace) -> Deed {
    Deed::McpCall { server: McpServer { name: "docs".into(), at }, asks: McpAsk::Resources, arguments: Digest::of_bytes(b"{}") }
}

fn outside() -> Deed {
    asks(McpPlace::At { url: "https://mcp.example/".into(), headers: BTreeMap::new() })
}

fn proposed(sample: &Sample, session: &str, deed: Deed) -> IntentId {
    let intent = Intent { session: SessionId::new(session), ..sample.intent(deed) };
    let id = intent.id.clone();
    let digest = Digest::of(&action::Effects::default()).unwrap();
    sample.write(&[Event::Proposed { intent, effects: action::Effects::default(), digest }]);
    id
}

fn begun(sample: &Sample, session: &str, deed: Deed) -> IntentId {
    let id = proposed(sample, session, deed);
    sample.write(&[Event::Started { intent: id.clone(), permit: Digest::of_bytes(b"permit") }]);
    id
}

fn found(sample: &Sample, session: &str) -> Option<IntentId> {
    sample.book().untrusted_in(&SessionId::new(session)).unwrap().map(|intent| intent.id)
}

#[test]
fn what_a_server_outside_was_asked_counts_once_it_has_begun_whatever_its_end() {
    let sample = Sample::new();
    sample.write(&[opened("s1", None)]);
    assert_eq!(found(&sample, "s1"), None);
    let refused = proposed(&sample, "s1", outside());
    sample.write(&[Event::Refused { intent: refused, by: RefusedBy::Void, reasons: Vec::new() }]);
    assert_eq!(found(&sample, "s1"), None, "it was never asked");
    let first = begun(&sample, "s1", outside());
    assert_eq!(found(&sample, "s1"), Some(first.clone()));
    sample.write(&[Event::Failed { intent: first.clone(), outcome: Outcome { line: "it failed".into(), exit: None, output: None, ms: 1 } }]);
    begun(&sample, "s1", outside());
    assert_eq!(found(&sample, "s1"), Some(first), "an error is a stranger's text too");
}

#[test]
fn a_page_of_the_web_counts() {
    let sample = Sample::new();
    let page = begun(&sample, "s1", Deed::Fetch { url: "https://docs.example/".into(), offset: 0 });
    assert_eq!(found(&sample, "s1"), Some(page));
}

#[test]
fn the_project_s_own_files_and_servers_in_the_box_do_not_count() {
    let sample = Sample::new();
    begun(&sample, "s1", Deed::List { path: ".".into() });
    begun(&sample, "s1", asks(McpPlace::InBox { command: "node server.js".into(), variables: Vec::new() }));
    begun(&sample, "s2", outside());
    assert_eq!(found(&sample, "s1"), None);
}

#[test]
fn a_copy_has_had_what_the_session_had_that_it_copies_and_not_the_other_way_round() {
    let sample = Sample::new();
    sample.write(&[opened("s1", None), opened("s2", Some("s1")), opened("s3", Some("s2")), opened("s4", None)]);
    let own = begun(&sample, "s2", outside());
    assert_eq!(["s1", "s2", "s3", "s4"].map(|session| found(&sample, session)), [None, Some(own.clone()), Some(own), None]);
}

#[test]
fn a_ledger_in_which_sessions_copy_each_other_is_read_to_its_end() {
    let sample = Sample::new();
    sample.write(&[opened("s1", Some("s2")), opened("s2", Some("s1"))]);
    assert_eq!(found(&sample, "s1"), None);
}

#[test]
fn what_a_subagent_was_answered_its_parent_has_had_too() {
    let sample = Sample::new();
    let subagent = |session: &str, of: &str| match opened(session, None) {
        Event::Opened { session, person, agent, root, model, level, .. } => {
            let parent = Some(Parent::Subagent { session: SessionId::new(of), intent: IntentId::new("i") });
            Event::Opened { session, person, agent, root, model, level, parent }
        }
        other => other,
    };
    sample.write(&[opened("s1", None), subagent("s2", "s1"), subagent("s3", "s2"), opened("s4", None)]);
    let asked = begun(&sample, "s3", outside());
    for session in ["s1", "s2", "s3"] {
        assert_eq!(found(&sample, session), Some(asked.clone()), "{session}");
    }
    assert_eq!(found(&sample, "s4"), None);
}
