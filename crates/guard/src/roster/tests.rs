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
    roster.apply(&enrolled("ana", key(1), &[Role::Admin, Role::Engineer], "ana")).unwrap();
    roster
}

#[test]
fn the_founder_enrols_themselves_as_admin() {
    let mut roster = Roster::new();
    let by_other = enrolled("ana", key(1), &[Role::Admin], "ben");
    assert!(matches!(roster.apply(&by_other), Err(NotEnrolled::FirstNotAdmin { .. })));
    let no_admin = enrolled("ana", key(1), &[Role::Owner], "ana");
    assert!(matches!(roster.apply(&no_admin), Err(NotEnrolled::FirstNotAdmin { .. })));
    assert_eq!(roster, Roster::new());
    assert_eq!(founded().people().count(), 1);
}

#[test]
fn only_admins_enrol_further_people_and_keys() {
    let mut roster = founded();
    roster.apply(&enrolled("ben", key(2), &[Role::Engineer], "ana")).unwrap();
    let before = roster.clone();
    for event in [
        enrolled("eve", key(3), &[Role::Engineer], "ben"),
        enrolled("eve", key(3), &[Role::Admin], "eve"),
        enrolled("ben", key(3), &[Role::Owner], "ben"),
        enrolled("eve", key(3), &[Role::Engineer], "nobody"),
    ] {
        assert!(matches!(roster.apply(&event), Err(NotEnrolled::ByNoAdmin { .. })));
    }
    assert_eq!(roster, before);
}

#[test]
fn a_further_key_is_the_same_person_with_the_roles_of_now() {
    let mut roster = founded();
    roster.apply(&enrolled("ben", key(2), &[Role::Engineer], "ana")).unwrap();
    roster.apply(&enrolled("ben", key(3), &[Role::Owner], "ana")).unwrap();
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
    assert!(matches!(roster.apply(&event), Err(NotEnrolled::KeyOfAnother { .. })));
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
    roster.apply(&enrolled("olga", key(2), &[Role::Owner], "ana")).unwrap();
    roster.apply(&enrolled("adam", key(3), &[Role::Admin], "ana")).unwrap();
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
        assert!(matches!(roster.apply(&event), Err(NotEnrolled::Key { .. })), "{text}");
    }
    let p256 = ssh_key::PrivateKey::random(&mut rng, Algorithm::Ecdsa { curve: ssh_key::EcdsaCurve::NistP256 }).unwrap();
    let good = [p256.public_key().to_openssh().unwrap(), rsa_public(2048, &mut rng)];
    for text in good {
        roster.apply(&enrolled("ben", text, &[Role::Engineer], "ana")).unwrap();
    }
}

fn rsa_public(bits: usize, rng: &mut ssh_key::rand_core::OsRng) -> String {
    use rsa::traits::PublicKeyParts as _;
    let key = rsa::RsaPrivateKey::new(rng, bits).unwrap();
    let number = |n: &rsa::BigUint| ssh_key::Mpint::from_positive_bytes(&n.to_bytes_be()).unwrap();
    let public = ssh_key::public::RsaPublicKey { e: number(key.e()), n: number(key.n()) };
    PublicKey::new(KeyData::Rsa(public), "").to_openssh().unwrap()
}
