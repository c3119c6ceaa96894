use action::{Digest, EnvironmentName, Generation, Moment};

use super::*;

fn permit() -> Permit {
    let digest = Digest::of_bytes(b"x");
    Permit {
        v: 1,
        intent: digest,
        effects: digest,
        policy: digest,
        environment: EnvironmentName::host(),
        generation: Generation(1),
        quorum: None,
        people: vec![],
        answers: vec![],
        issued: Moment(1),
        expires: Moment(2),
    }
}

#[test]
fn a_key_survives_its_file() {
    let key = GuardKey::generate([3; 32]);
    let again = GuardKey::from_openssh(&key.to_openssh().unwrap()).unwrap();
    assert_eq!(again.public(), key.public());
    assert_ne!(key.public(), GuardKey::generate([4; 32]).public());
}

#[test]
fn a_signed_permit_opens_for_the_permit_namespace_only() {
    let key = GuardKey::generate([3; 32]);
    let signed = key.sign(&permit()).unwrap();
    assert_eq!(signed.open::<Permit>(&key.public(), Namespace::Permit).unwrap(), permit());
    assert!(signed.open::<Permit>(&key.public(), Namespace::Person).is_err());
}

#[test]
fn only_plain_ed25519_keys_guard() {
    assert!(matches!(GuardKey::from_openssh("not a key"), Err(BadKey::Unreadable { .. })));
    let mut rng = ssh_key::rand_core::OsRng;
    let p256 = PrivateKey::random(&mut rng, Algorithm::Ecdsa { curve: ssh_key::EcdsaCurve::NistP256 }).unwrap();
    let text = p256.to_openssh(LineEnding::LF).unwrap();
    assert_eq!(GuardKey::from_openssh(&text).err().unwrap(), BadKey::Algorithm { found: "ecdsa-sha2-nistp256".into() });
    let plain = PrivateKey::from(Ed25519Keypair::from_seed(&[1; 32]));
    let locked = plain.encrypt(&mut rng, "secret").unwrap().to_openssh(LineEnding::LF).unwrap();
    assert_eq!(GuardKey::from_openssh(&locked).err().unwrap(), BadKey::Encrypted);
}

#[test]
fn a_seed_makes_one_person_key() {
    let one = generate_person_key([1; 32], "ana").unwrap();
    assert_eq!(one, generate_person_key([1; 32], "ana").unwrap());
    assert_ne!(one, generate_person_key([2; 32], "ana").unwrap());
    assert_eq!(PrivateKey::from_openssh(&one).unwrap().comment(), "ana");
}
