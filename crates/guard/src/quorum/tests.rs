use action::{Digest, Event, Moment};

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
        let text = crate::generate_person_key([seed as u8; 32], name).unwrap();
        let key = ssh_key::PrivateKey::from_openssh(text).unwrap().public_key().to_openssh().unwrap();
        roster.apply(&Event::Enrolled { person: PersonId::new(name), key, roles, by: PersonId::new("ana") }).unwrap();
    }
    roster
}

fn voice(name: &str, reply: Reply) -> Voice {
    let digest = Digest::of_bytes(name.as_bytes());
    Voice { person: PersonId::new(name), reply, why: String::new(), expires: Moment(1), digest }
}

fn tally(names: &[&str]) -> Tally {
    let voices: Vec<Voice> = names.iter().map(|name| voice(name, Reply::Yes)).collect();
    Tally::count(&voices, &PersonId::new("ana"), &roster())
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
    let alone = Quorum { people: 1, peers: 0, owners: 1 };
    assert!(tally(&["ana"]).meets(alone));
    assert!(!tally(&["ben"]).meets(alone));
    assert!(!tally(&["ana", "ben"]).meets(Quorum { people: 2, peers: 1, owners: 1 }));
}

#[test]
fn a_no_is_not_counted() {
    let voices = [voice("ben", Reply::No), voice("cleo", Reply::Yes)];
    assert_eq!(Tally::count(&voices, &PersonId::new("ana"), &roster()).people, [PersonId::new("cleo")]);
}

#[test]
fn facts_for_the_policy_agree_with_the_count() {
    for (names, any, peer, two_peers, owner) in [
        (vec![], false, false, false, false),
        (vec!["ana"], true, false, false, false),
        (vec!["ana", "cleo"], true, true, false, true),
        (vec!["ben", "cleo"], true, true, true, true),
    ] {
        assert_eq!(tally(&names).signatures(), Signatures { any, peer, two_peers, owner }, "{names:?}");
    }
}

#[test]
fn in_words() {
    assert_eq!(tally(&[]).words(), "nobody");
    assert_eq!(tally(&["cleo", "ana", "ben"]).words(), "cleo (owner), ana (asked for it), ben");
}
