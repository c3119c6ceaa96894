use ssh_key::Algorithm;

use super::*;

fn key(seed: u8) -> String {
    let text = crate::generate_person_key([seed; 32], "x").unwrap();
    ssh_key::PrivateKey::from_openssh(text).unwrap().public_key().to_openssh().unwrap()
}

fn enrolled(person: &str, key: String, roles: &[Role], by: &str) -> Event {
    Event::Enrolled { person: PersonId::new(person), key, roles: roles.to_vec(), by: PersonId::new(by) }
}

fn founded() -> Roster {
    let mut roster = Roster::new();
    roster.apply(&enrolled("ana", key(1), &[Role::Admin, Role::Engineer], "ana"), Moment(0)).unwrap();
    roster
}

#[test]
fn the_founder_enrols_themselves_as_admin() {
    let mut roster = Roster::new();
    let by_other = enrolled("ana", key(1), &[Role::Admin], "ben");
    assert!(matches!(roster.apply(&by_other, Moment(0)), Err(NotEnrolled::FirstNotAdmin { .. })));
    let no_admin = enrolled("ana", key(1), &[Role::Owner], "ana");
    assert!(matches!(roster.apply(&no_admin, Moment(0)), Err(NotEnrolled::FirstNotAdmin { .. })));
    assert_eq!(roster, Roster::new());
    assert_eq!(founded().people().count(), 1);
}

#[test]
fn only_admins_enrol_further_people_and_keys() {
    let mut roster = founded();
    roster.apply(&enrolled("ben", key(2), &[Role::Engineer], "ana"), Moment(0)).unwrap();
    let before = roster.clone();
    for event in [
        enrolled("eve", key(3), &[Role::Engineer], "ben"),
        enrolled("eve", key(3), &[Role::Admin], "eve"),
        enrolled("ben", key(3), &[Role::Owner], "ben"),
        enrolled("eve", key(3), &[Role::Engineer], "nobody"),
    ] {
        assert!(matches!(roster.apply(&event, Moment(0)), Err(NotEnrolled::ByNoAdmin { .. })));
    }
    assert_eq!(roster, before);
}

#[test]
fn a_further_key_is_the_same_person_with_the_roles_of_now() {
    let mut roster = founded();
    roster.apply(&enrolled("ben", key(2), &[Role::Engineer], "ana"), Moment(0)).unwrap();
    roster.apply(&enrolled("ben", key(3), &[Role::Owner], "ana"), Moment(0)).unwrap();
    let ben = PersonId::new("ben");
    assert_eq!(roster.keys_of(&ben).len(), 2);
    assert_eq!(roster.roles(&ben), BTreeSet::from([Role::Owner]));
    for seed in [2, 3] {
        let key = PublicKey::from_openssh(&key(seed)).unwrap();
        assert_eq!(roster.person_of(&key), Some(&ben));
    }
}

#[test]
fn a_key_is_never_two_peoples() {
    let mut roster = founded();
    let event = enrolled("ben", key(1), &[Role::Engineer], "ana");
    assert!(matches!(roster.apply(&event, Moment(0)), Err(NotEnrolled::KeyOfAnother { .. })));
    assert_eq!(roster, founded());
}

#[test]
fn the_comment_of_a_key_does_not_matter() {
    let mut key = PublicKey::from_openssh(&key(1)).unwrap();
    key.set_comment("somebody else");
    assert_eq!(founded().person_of(&key), Some(&PersonId::new("ana")));
}

#[test]
fn roles_decide_who_may_sign() {
    let mut roster = founded();
    roster.apply(&enrolled("olga", key(2), &[Role::Owner], "ana"), Moment(0)).unwrap();
    roster.apply(&enrolled("adam", key(3), &[Role::Admin], "ana"), Moment(0)).unwrap();
    let may = |name: &str| roster.may_sign(&PersonId::new(name));
    assert_eq!((may("ana"), may("olga"), may("adam"), may("stranger")), (true, true, false, false));
}

#[test]
fn weak_and_broken_keys_are_not_enrolled() {
    let mut roster = founded();
    let mut rng = ssh_key::rand_core::OsRng;
    let dsa = "ssh-dss AAAAB3NzaC1kc3MAAAAB";
    let short_rsa = rsa_public(1024, &mut rng);
    for text in ["", "ssh-ed25519 AAAA", dsa, short_rsa.as_str()] {
        let event = enrolled("ben", text.to_owned(), &[Role::Engineer], "ana");
        assert!(matches!(roster.apply(&event, Moment(0)), Err(NotEnrolled::Key { .. })), "{text}");
    }
    let p256 = ssh_key::PrivateKey::random(&mut rng, Algorithm::Ecdsa { curve: ssh_key::EcdsaCurve::NistP256 }).unwrap();
    let good = [p256.public_key().to_openssh().unwrap(), rsa_public(2048, &mut rng)];
    for text in good {
        roster.apply(&enrolled("ben", text, &[Role::Engineer], "ana"), Moment(0)).unwrap();
    }
}

fn rsa_public(bits: usize, rng: &mut ssh_key::rand_core::OsRng) -> String {
    use rsa::traits::PublicKeyParts as _;
    let key = rsa::RsaPrivateKey::new(rng, bits).unwrap();
    let number = |n: &rsa::BigUint| ssh_key::Mpint::from_positive_bytes(&n.to_bytes_be()).unwrap();
    let public = ssh_key::public::RsaPublicKey { e: number(key.e()), n: number(key.n()) };
    PublicKey::new(KeyData::Rsa(public), "").to_openssh().unwrap()
}

fn text(seed: u8) -> String {
    let mut key = PublicKey::from_openssh(&key(seed)).unwrap();
    key.set_comment("");
    key.to_openssh().unwrap()
}

/// Ana, who founded it and is its only admin (key 1), ben the engineer (keys 2 and 3) and ci, a service account (key 4).
fn three() -> Roster {
    let mut roster = founded();
    let (ben, ci) = (PersonId::new("ben"), PersonId::new("ci"));
    for (number, change) in [
        Governance::Enrol { person: ben.clone(), key: text(2), roles: vec![Role::Engineer] },
        Governance::AddKey { person: ben, key: text(3) },
        Governance::Enrol { person: ci, key: text(4), roles: vec![Role::Service] },
    ]
    .iter()
    .enumerate()
    {
        roster.take(&IntentId::new("i"), number as u64 + 1, change, Moment(100)).unwrap();
    }
    roster
}

/// What cannot be changed as things stand, and how that is said.
#[test]
fn changes_that_cannot_be_made_say_why() {
    let person = |name: &str| PersonId::new(name);
    let roles = |name: &str, given: &[Role], taken: &[Role]| Governance::SetRoles { person: person(name), given: given.to_vec(), taken: taken.to_vec() };
    let team = |joined: &[&str], left: &[&str]| Governance::SetTeam { team: "web".into(), joined: joined.iter().map(|n| person(n)).collect(), left: left.iter().map(|n| person(n)).collect() };
    let enrol = |name: &str, seed: u8, roles: &[Role]| Governance::Enrol { person: person(name), key: text(seed), roles: roles.to_vec() };
    let revoke = |name: &str, seed: u8| Governance::RevokeKey { person: person(name), key: text(seed), from: Moment(200) };
    let table = [
        (enrol("ben", 9, &[Role::Engineer]), "is enrolled already"),
        (enrol("Ben", 9, &[Role::Engineer]), "would be taken for `ben`"),
        (enrol("eve", 2, &[Role::Engineer]), "already the key of `ben`"),
        (enrol("eve", 9, &[]), "without a role"),
        (enrol("eve", 9, &[Role::Service, Role::Owner]), "cannot be a service account and a person"),
        (Governance::AddKey { person: person("ben"), key: text(2) }, "already the key of `ben`"),
        (Governance::AddKey { person: person("ben"), key: "ssh-ed25519 AAAA".into() }, "cannot be used"),
        (Governance::AddKey { person: person("eve"), key: text(9) }, "`eve` is not enrolled"),
        (revoke("ben", 1), "is no key of `ben`"),
        (revoke("ben", 9), "is no key of `ben`"),
        (revoke("ana", 1), "the last admin with a key"),
        (Governance::RotateKey { person: person("ben"), key: text(1), old: text(2), from: Moment(200) }, "already the key of `ana`"),
        (roles("ben", &[Role::Engineer], &[]), "holds engineer"),
        (roles("ben", &[], &[Role::Owner]), "holds engineer"),
        (roles("ben", &[], &[]), "holds engineer"),
        (roles("ben", &[], &[Role::Engineer]), "without a role"),
        (roles("ben", &[Role::Service], &[Role::Engineer]), "cannot be a service account"),
        (roles("ci", &[Role::Owner], &[Role::Service]), "cannot be a service account"),
        (roles("ana", &[], &[Role::Admin]), "the last admin with a key"),
        (Governance::Remove { person: person("ana") }, "the last admin with a key"),
        (Governance::Remove { person: person("eve") }, "`eve` is not enrolled"),
        (team(&["eve"], &[]), "`eve` is not enrolled"),
        (team(&[], &["ben"]), "in team `web` is nobody"),
        (team(&["ben"], &["ben"]), "in team `web` is nobody"),
        (team(&[], &[]), "in team `web` is nobody"),
    ];
    for (change, why) in table {
        let mut roster = three();
        let refused = roster.take(&IntentId::new("i"), 4, &change, Moment(200)).unwrap_err();
        assert!(refused.to_string().contains(why), "{}: {refused}", change.words());
        assert_eq!(roster, three(), "{}", change.words());
    }
}

#[test]
fn a_revoked_key_signs_until_then_and_never_comes_back() {
    let mut roster = three();
    let ben = PersonId::new("ben");
    let revoke = |from| Governance::RevokeKey { person: PersonId::new("ben"), key: text(2), from: Moment(from) };
    roster.take(&IntentId::new("i"), 4, &revoke(500), Moment(200)).unwrap();
    let signs = |roster: &Roster, at| roster.key(&PublicKey::from_openssh(&text(2)).unwrap()).unwrap().signs_at(Moment(at));
    assert_eq!((signs(&roster, 499), signs(&roster, 500)), (true, false));
    // It may be moved to an earlier moment, and to no later one.
    assert!(matches!(roster.take(&IntentId::new("i"), 5, &revoke(600), Moment(201)), Err(NotEnrolled::KeyRevoked { .. })));
    roster.take(&IntentId::new("i"), 5, &revoke(300), Moment(201)).unwrap();
    assert_eq!((signs(&roster, 299), signs(&roster, 300)), (true, false));
    for again in ["ben", "eve"] {
        assert!(roster.check(&Governance::AddKey { person: PersonId::new(again), key: text(2) }).is_err(), "{again}");
    }
    assert_eq!(roster.person_of(&PublicKey::from_openssh(&text(2)).unwrap()), Some(&ben), "its history stays theirs");
}

#[test]
fn who_is_removed_keeps_their_history_and_nothing_else() {
    let mut roster = three();
    let ben = PersonId::new("ben");
    roster.take(&IntentId::new("i"), 4, &Governance::SetTeam { team: "web".into(), joined: vec![ben.clone()], left: vec![] }, Moment(150)).unwrap();
    roster.take(&IntentId::new("i"), 5, &Governance::Remove { person: ben.clone() }, Moment(200)).unwrap();
    assert_eq!((roster.is_enrolled(&ben), roster.may_sign(&ben), roster.teams().len()), (false, false, 0));
    assert!(roster.people().all(|person| *person != ben) && roster.everybody().any(|(person, _)| *person == ben));
    assert!(roster.keys_of(&ben).iter().all(|(_, key)| key.revoked == Some(Moment(200))));
    // What they signed before would be taken for what another signs under their name.
    for seed in [2, 9] {
        let again = Governance::Enrol { person: ben.clone(), key: text(seed), roles: vec![Role::Owner] };
        assert_eq!(roster.check(&again), Err(NotEnrolled::NameOfRemoved { person: ben.clone() }));
        assert!(roster.take(&IntentId::new("i"), 6, &again, Moment(300)).is_err() && !roster.is_enrolled(&ben));
    }
}

#[test]
fn a_service_is_founded_once_and_never_falls_back_to_unsigned_enrolments() {
    let founding = |seed, governed| Event::Founded { guard: key(seed), log: "log".into(), governed, places: governed };
    let mut roster = Roster::new();
    roster.apply(&founding(9, true), Moment(0)).unwrap();
    let before = roster.clone();
    assert_eq!(roster.apply(&founding(8, false), Moment(0)), Err(NotEnrolled::FoundedAgain));
    assert_eq!(roster, before);
    let mut roster = three();
    assert_eq!(roster.apply(&founding(8, false), Moment(0)), Err(NotEnrolled::FoundedAgain));
    assert!(roster.is_governed());
}

#[test]
fn there_is_always_an_admin_with_a_key() {
    let mut roster = three();
    let (ana, ben) = (PersonId::new("ana"), PersonId::new("ben"));
    assert!(roster.is_founding());
    roster.take(&IntentId::new("i"), 4, &Governance::SetRoles { person: ben.clone(), given: vec![Role::Admin], taken: vec![] }, Moment(200)).unwrap();
    assert!(!roster.is_founding());
    let revoke = |seed| Governance::RevokeKey { person: PersonId::new("ben"), key: text(seed), from: Moment(300) };
    roster.take(&IntentId::new("i"), 5, &revoke(2), Moment(300)).unwrap();
    roster.take(&IntentId::new("i"), 6, &revoke(3), Moment(300)).unwrap();
    // ben is an admin without a key, so ana is the last one who can agree to anything.
    assert!(matches!(roster.check(&Governance::Remove { person: ana.clone() }), Err(NotEnrolled::LastAdmin { .. })));
    roster.take(&IntentId::new("i"), 7, &Governance::Remove { person: ben }, Moment(300)).unwrap();
    assert!(!roster.is_founding(), "what was past stays past");
    roster.take(&IntentId::new("i"), 8, &Governance::RotateKey { person: ana, key: text(8), old: text(1), from: Moment(300) }, Moment(300)).unwrap();
}
