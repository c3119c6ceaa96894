use action::{AgentName, Deed, Digest, Event, Intent, IntentId, Moment, SessionId};

use super::*;

/// Ana asks and is an owner; Ben is an engineer; Cleo an owner; Adam only administers.
fn roster() -> Roster {
    let mut roster = Roster::new();
    for (seed, (name, roles)) in [
        ("ana", vec![Role::Admin, Role::Engineer, Role::Owner]),
        ("ben", vec![Role::Engineer]),
        ("cleo", vec![Role::Owner]),
        ("adam", vec![Role::Admin]),
    ]
    .into_iter()
    .enumerate()
    {
        let key = key(seed).to_openssh().unwrap();
        roster.apply(&Event::Enrolled { person: PersonId::new(name), key, roles, by: PersonId::new("ana") }, Moment(0)).unwrap();
    }
    roster
}

fn key(seed: usize) -> ssh_key::PublicKey {
    let text = crate::generate_person_key([seed as u8; 32], "x").unwrap();
    ssh_key::PrivateKey::from_openssh(text).unwrap().public_key().clone()
}

fn voice(name: &str, reply: Reply) -> Voice {
    let digest = Digest::of_bytes(name.as_bytes());
    let key = roster().keys_of(&PersonId::new(name)).remove(0).0;
    Voice { person: PersonId::new(name), reply, why: String::new(), expires: Moment(1), digest, at: Moment(0), key }
}

fn asked(deed: Deed) -> Ballot {
    let intent = Intent { v: 1, id: IntentId::new("i"), session: SessionId::new("s"), turn: 0, asked_by: PersonId::new("ana"), agent: AgentName::new("nobody"), deed };
    Ballot::of(&intent, &Default::default(), &roster())
}

fn work() -> Ballot {
    asked(Deed::List { path: ".".into() })
}

fn tally(names: &[&str]) -> Tally {
    let voices: Vec<Voice> = names.iter().map(|name| voice(name, Reply::Yes)).collect();
    Tally::count(&voices, &work(), &roster())
}

#[test]
fn quorums_as_a_table() {
    for (names, anyone, peer, two) in [
        (vec![], false, false, false),
        (vec!["ana"], true, false, false),
        (vec!["ana", "ana"], true, false, false),
        (vec!["adam"], false, false, false),
        (vec!["ben"], true, true, false),
        (vec!["cleo"], true, true, false),
        (vec!["cleo", "cleo"], true, true, false),
        (vec!["ana", "ben"], true, true, false),
        (vec!["ana", "cleo"], true, true, false),
        (vec!["ben", "adam"], true, true, false),
        (vec!["ben", "cleo"], true, true, true),
        (vec!["ana", "cleo", "ben"], true, true, true),
    ] {
        let tally = tally(&names);
        let met = [Quorum::ANYONE, Quorum::PEER, Quorum::TWO_WITH_OWNER].map(|q| tally.meets(q));
        assert_eq!(met, [anyone, peer, two], "{names:?}");
    }
}

#[test]
fn an_owner_who_asked_counts_only_where_no_peer_is_asked_for() {
    let alone = Quorum { owners: 1, ..Quorum::ANYONE };
    assert!(tally(&["ana"]).meets(alone));
    assert!(!tally(&["ben"]).meets(alone));
    assert!(!tally(&["ana", "ben"]).meets(Quorum { people: 2, peers: 1, owners: 1, ..Quorum::ANYONE }));
}

#[test]
fn a_no_is_not_counted() {
    let voices = [voice("ben", Reply::No), voice("cleo", Reply::Yes)];
    assert_eq!(Tally::count(&voices, &work(), &roster()).people, [PersonId::new("cleo")]);
}

#[test]
fn facts_for_the_policy_agree_with_the_count() {
    for (names, any, peer, two_peers, owner) in [
        (vec![], false, false, false, false),
        (vec!["ana"], true, false, false, false),
        (vec!["ana", "cleo"], true, true, false, true),
        (vec!["ben", "cleo"], true, true, true, true),
    ] {
        let found = tally(&names).signatures();
        assert_eq!([found.any, found.peer, found.two_peers, found.owner], [any, peer, two_peers, owner], "{names:?}");
    }
}

#[test]
fn in_words() {
    assert_eq!(tally(&[]).words(), "nobody");
    assert_eq!(tally(&["cleo", "ana", "ben"]).words(), "cleo (owner), ana (asked for it), ben");
}
