use super::*;
use crate::samples::{intent, one_of_each};

/// What each event says it is, is about, and belongs to. An event without a row fails the length check below.
const TABLE: [(&str, About); 27] = [
    ("founded", About::Service),
    ("enrolled", About::Service),
    ("mapped", About::Service),
    ("opened", About::Session),
    ("prompted", About::Session),
    ("replied", About::Session),
    ("proposed", About::IntentInSession),
    ("assessed", About::Intent),
    ("answered", About::Intent),
    ("countersigned", About::Intent),
    ("refused", About::Intent),
    ("started", About::Intent),
    ("finished", About::Intent),
    ("failed", About::Intent),
    ("unknown", About::Intent),
    ("logged-in", About::Service),
    ("logged-out", About::Service),
    ("stopped", About::Service),
    ("checkpointed", About::Session),
    ("evidenced", About::Session),
    ("synced", About::Session),
    ("closed", About::Session),
    ("handed", About::Intent),
    ("observed", About::Service),
    ("notified", About::Service),
    ("correction-opened", About::Intent),
    ("governed", About::Intent),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum About {
    Service,
    Session,
    Intent,
    IntentInSession,
}

#[test]
fn each_event_says_what_it_is_about() {
    let events = one_of_each();
    assert_eq!(events.len(), TABLE.len());
    for (event, (name, about)) in events.iter().zip(TABLE) {
        assert_eq!(event.name(), name);
        assert_eq!(serde_json::to_value(event).unwrap()["is"], name, "the name in the entry");
        let of_intent = matches!(about, About::Intent | About::IntentInSession);
        assert_eq!(event.intent(), of_intent.then_some(&intent().id), "{name}: intent");
        let of_session = matches!(about, About::Session | About::IntentInSession);
        assert_eq!(event.session(), of_session.then_some(&intent().session), "{name}: session");
    }
}

#[test]
fn a_stop_of_one_session_belongs_to_it() {
    let stop = |scope| Event::Stopped { scope, by: PersonId::new("ana") };
    let session = SessionId::new("s1");
    assert_eq!(stop(StopScope::Session { session: session.clone() }).session(), Some(&session));
    assert_eq!(stop(StopScope::All).session(), None);
    let of_intent = stop(StopScope::Intent { intent: IntentId::new("i1") });
    assert_eq!((of_intent.session(), of_intent.intent()), (None, None), "a stop is the person's event, not the intent's");
}

#[test]
fn the_json_of_an_entry_is_this() {
    let entry = Entry {
        v: 1,
        at: Moment(1_700_000_000_000),
        event: Event::Started { intent: IntentId::new("i1"), permit: Digest::of_bytes(b"") },
    };
    let json = r#"{"at":1700000000000,"event":{"intent":"i1","is":"started","permit":"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},"v":1}"#;
    assert_eq!(String::from_utf8(crate::canonical(&entry).unwrap()).unwrap(), json);
    assert_eq!(serde_json::from_str::<Entry>(json).unwrap(), entry);
}

#[test]
fn a_reply_that_an_older_version_wrote_keeps_its_bytes() {
    let old = r#"{"at":5,"event":{"cached":4,"input":5,"is":"replied","output":3,"reply":"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","session":"s1","turn":1},"v":1}"#;
    let entry: Entry = serde_json::from_str(old).unwrap();
    let Event::Replied { written, model, .. } = &entry.event else { panic!("{entry:?}") };
    assert_eq!((*written, model.as_str()), (0, ""));
    assert_eq!(String::from_utf8(crate::canonical(&entry).unwrap()).unwrap(), old);
}

#[test]
fn a_founding_and_a_quorum_of_older_versions_keep_their_bytes() {
    let old = r#"{"at":5,"event":{"guard":"g","is":"founded","log":"l"},"v":1}"#;
    let entry: Entry = serde_json::from_str(old).unwrap();
    assert!(matches!(entry.event, Event::Founded { governed: false, .. }));
    assert_eq!(String::from_utf8(crate::canonical(&entry).unwrap()).unwrap(), old);
    let old = r#"{"owners":1,"peers":2,"people":2}"#;
    let quorum: crate::Quorum = serde_json::from_str(old).unwrap();
    assert_eq!(quorum, crate::Quorum::TWO_WITH_OWNER);
    assert_eq!(String::from_utf8(crate::canonical(&quorum).unwrap()).unwrap(), old);
}

#[test]
fn roles_have_words_and_names_in_entries() {
    let table = [(Role::Engineer, "engineer", "engineer"), (Role::Owner, "owner", "owner"), (Role::Admin, "admin", "admin"), (Role::Service, "service", "service account")];
    for (role, name, word) in table {
        assert_eq!((serde_json::to_value(role).unwrap(), role.as_str()), (name.into(), word));
    }
    assert_eq!(Role::words(&[Role::Engineer, Role::Owner]), "engineer, owner");
}

#[test]
fn an_unknown_event_is_not_read() {
    for json in [r#"{"is":"approved","intent":"i1"}"#, r#"{"intent":"i1"}"#, r#"{"is":"started","intent":"i1"}"#, r#"{"is":"started","intent":"i1","permit":"yes"}"#] {
        serde_json::from_str::<Event>(json).unwrap_err();
    }
}
