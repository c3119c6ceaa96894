//! Answers that must not be believed, each with the error that says which it is.

use action::{Answer, BadSignature, Digest, EnvironmentName, Generation, Moment, Reply, Signed, canonical};
use guard::{BadAnswer, GuardKey, NotPermitted};
use ssh_key::{HashAlg, LineEnding, PrivateKey};

use crate::world::{LATER, NOW, World, grave_work, peer_work, signer};

/// Ben's yes to the peer work, changed before he signs it.
fn signed_after(change: impl Fn(&mut Answer)) -> BadAnswer {
    let world = World::new();
    let effects = peer_work();
    let mut answer = world.answer("ben", &effects, Reply::Yes);
    change(&mut answer);
    refused(&world, signer("ben").sign(&answer).unwrap())
}

/// Ben's yes, changed after he signed it.
fn tampered_after(change: impl Fn(&mut Signed)) -> BadAnswer {
    let world = World::new();
    let mut signed = world.yes("ben", &peer_work());
    change(&mut signed);
    refused(&world, signed)
}

fn refused(world: &World, signed: Signed) -> BadAnswer {
    match world.permit(&peer_work(), &[signed]) {
        Err(NotPermitted::Answer(bad)) => bad,
        other => panic!("expected an answer that is not believed, got {other:?}"),
    }
}

/// Signs any text as Ben would, for any purpose.
fn raw(text: &str, namespace: &str) -> Signed {
    let guard::Signer::KeyFile(key) = signer("ben") else { panic!("a key file signs with a key") };
    let key: PrivateKey = *key;
    let signature = key.sign(namespace, HashAlg::Sha512, text.as_bytes()).unwrap();
    Signed { text: text.into(), signature: signature.to_pem(LineEnding::LF).unwrap() }
}

#[test]
fn replayed_from_another_intent_place_time_or_policy() {
    let other = Digest::of_bytes(b"another");
    assert!(matches!(signed_after(|a| a.intent = other), BadAnswer::OtherIntent { .. }));
    assert!(matches!(signed_after(|a| a.effects = other), BadAnswer::OtherEffects { .. }));
    assert!(matches!(signed_after(|a| a.policy = other), BadAnswer::OtherPolicy { .. }));
    assert!(matches!(signed_after(|a| a.environment = EnvironmentName::new("staging")), BadAnswer::OtherEnvironment { .. }));
    let earlier = signed_after(|a| a.generation = Generation(2));
    assert_eq!(earlier.to_string(), "`ben` signed for generation 2 of the environment, now 3");
    assert!(matches!(signed_after(|a| a.v = 2), BadAnswer::Version { v: 2 }));
}

#[test]
fn shown_other_lines_than_the_effects_have() {
    let bad = signed_after(|a| a.shown = vec!["updates the colour of a button".into()]);
    assert_eq!(bad.to_string(), "`ben` was shown other lines than the effects have");
}

#[test]
fn expired() {
    assert!(matches!(signed_after(|a| a.expires = NOW), BadAnswer::Expired { .. }));
    assert!(matches!(signed_after(|a| a.expires = Moment(0)), BadAnswer::Expired { .. }));
    let world = World::new();
    let yes = world.yes("ben", &peer_work());
    assert!(world.permit_at(&peer_work(), std::slice::from_ref(&yes), Moment(LATER.0 - 1)).is_ok());
    assert!(matches!(
        world.permit_at(&peer_work(), &[yes], LATER),
        Err(NotPermitted::Answer(BadAnswer::Expired { .. }))
    ));
}

#[test]
fn tampered_text_or_signature() {
    let swapped = tampered_after(|s| s.text = s.text.replace("\"yes\"", "\"no\""));
    assert_eq!(swapped, BadAnswer::Signature(BadSignature::Mismatch));
    let world = World::new();
    let of_other_work = world.yes("ben", &grave_work()).signature;
    let moved = tampered_after(|s| s.signature = of_other_work.clone());
    assert_eq!(moved, BadAnswer::Signature(BadSignature::Mismatch));
}

#[test]
fn truncated_or_garbled_signatures_are_unreadable() {
    for cut in [0, 1, 40, 120, 200] {
        let bad = tampered_after(|s| s.signature.truncate(cut));
        assert!(matches!(bad, BadAnswer::Signature(BadSignature::Unreadable { .. })), "{cut}: {bad}");
    }
    let bad = tampered_after(|s| s.text.truncate(30));
    assert_eq!(bad, BadAnswer::Signature(BadSignature::Mismatch));
}

#[test]
fn any_flipped_bit_of_the_signature_is_found() {
    let world = World::new();
    let yes = world.yes("ben", &peer_work());
    for i in (0..yes.signature.len()).step_by(3) {
        let mut bytes = yes.signature.clone().into_bytes();
        bytes[i] ^= 1;
        let Ok(signature) = String::from_utf8(bytes) else { continue };
        let flipped = Signed { text: yes.text.clone(), signature };
        assert!(world.permit(&peer_work(), &[flipped]).is_err(), "byte {i}");
    }
}

#[test]
fn made_for_another_purpose() {
    let text = String::from_utf8(canonical(&World::new().answer("ben", &peer_work(), Reply::Yes)).unwrap()).unwrap();
    for namespace in ["git", "file", "countersign-permit"] {
        let bad = refused(&World::new(), raw(&text, namespace));
        assert_eq!(bad.to_string(), format!("the signature is for namespace `{namespace}`, not `countersign`"));
    }
    assert!(World::new().permit(&peer_work(), &[raw(&text, "countersign")]).is_ok());
}

#[test]
fn by_a_key_that_nobody_is_enrolled_with() {
    let world = World::new();
    let stranger = signer("mallory").sign(&world.answer("ben", &peer_work(), Reply::Yes)).unwrap();
    let bad = refused(&world, stranger);
    assert!(matches!(bad, BadAnswer::UnknownKey { .. }) && bad.to_string().contains("SHA256:"), "{bad}");
    // A stranger's no is nobody's no.
    let no = signer("mallory").sign(&world.answer("ben", &peer_work(), Reply::No)).unwrap();
    assert!(matches!(world.permit(&peer_work(), &[no]), Err(NotPermitted::Answer(BadAnswer::UnknownKey { .. }))));
}

#[test]
fn in_another_persons_name() {
    let world = World::new();
    let as_cleo = signer("ben").sign(&world.answer("cleo", &peer_work(), Reply::Yes)).unwrap();
    let bad = refused(&world, as_cleo);
    assert_eq!(bad.to_string(), "the answer says it is by `cleo`, but the key is `ben`'s");
}

#[test]
fn the_same_meaning_in_other_bytes() {
    let text = String::from_utf8(canonical(&World::new().answer("ben", &peer_work(), Reply::Yes)).unwrap()).unwrap();
    for spelling in [format!("{text}\n"), format!(" {text}"), text.replace("\"v\":1", "\"v\": 1")] {
        assert_eq!(refused(&World::new(), raw(&spelling, "countersign")), BadAnswer::NotCanonical);
    }
    let more = text.replacen('{', "{\"also\":\"delete all\",", 1);
    let bad = refused(&World::new(), raw(&more, "countersign"));
    assert!(matches!(bad, BadAnswer::Signature(BadSignature::Content { .. })), "{bad}");
}

#[test]
fn a_no_stands_beside_a_forged_yes() {
    let world = World::new();
    let effects = peer_work();
    let mut forged = world.yes("ben", &effects);
    forged.text.push(' ');
    let refused = world.permit(&effects, &[forged, world.no("dora", &effects)]).unwrap_err();
    assert!(matches!(refused, NotPermitted::RefusedBy { .. }), "{refused}");
}

#[test]
fn a_permit_of_another_guard_is_not_believed() {
    let world = World::new();
    let effects = peer_work();
    let permit = world.permit(&effects, &[world.yes("ben", &effects)]).unwrap();
    let other = GuardKey::generate([1; 32]).public();
    let opened = permit.open::<action::Permit>(&other, action::Namespace::Permit);
    assert_eq!(opened.unwrap_err(), BadSignature::Mismatch);
}
