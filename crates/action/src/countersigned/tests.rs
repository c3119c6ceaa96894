use std::collections::BTreeMap;

use ssh_key::private::PrivateKey;

use super::*;
use crate::intent::{Deed, Intent};
use crate::samples::{intent, key, sign};

const ISSUED: Moment = Moment(1_000_000);
const EXPIRES: Moment = Moment(1_060_000);

fn effects() -> Digest {
    Digest::of_bytes(b"effects")
}

fn permit() -> Permit {
    Permit {
        v: 1,
        intent: Digest::of(&intent()).unwrap(),
        effects: effects(),
        policy: Digest::of_bytes(b"policy"),
        environment: EnvironmentName::new("production/region-1"),
        generation: Generation(7),
        quorum: Some(Quorum::PEER),
        people: vec![PersonId::new("bo")],
        answers: vec![Digest::of_bytes(b"answer")],
        issued: ISSUED,
        expires: EXPIRES,
    }
}

/// Everything that [`Countersigned::verify`] looks at. As it is, it verifies; a test changes one thing.
struct Attempt {
    value: Intent,
    effects: Digest,
    permit: Permit,
    signer: PrivateKey,
    namespace: &'static str,
    tamper: fn(&mut Signed),
    generation: Generation,
    now: Moment,
}

impl Attempt {
    fn new() -> Self {
        Self {
            value: intent(),
            effects: effects(),
            permit: permit(),
            signer: key(1),
            namespace: "countersign-permit",
            tamper: |_| {},
            generation: Generation(7),
            now: Moment(1_010_000),
        }
    }

    fn signed(&self) -> Signed {
        let text = String::from_utf8(crate::canonical(&self.permit).unwrap()).unwrap();
        let mut signed = sign(&self.signer, self.namespace, &text);
        (self.tamper)(&mut signed);
        signed
    }

    fn verify(self) -> Result<Countersigned<Intent>, NotCountersigned> {
        let signed = self.signed();
        Countersigned::verify(self.value, self.effects, &signed, key(1).public_key(), self.generation, self.now)
    }
}

/// Changes one thing; verification must fail with exactly this error.
fn fails(change: impl FnOnce(&mut Attempt), expected: NotCountersigned) {
    let mut attempt = Attempt::new();
    change(&mut attempt);
    assert_eq!(attempt.verify().unwrap_err(), expected);
}

#[test]
fn a_permit_for_exactly_this_lets_it_run() {
    let countersigned = Attempt::new().verify().unwrap();
    assert_eq!(countersigned.value(), &intent());
    assert_eq!(countersigned.permit(), &permit());
}

#[test]
fn forged_with_another_key() {
    fails(|a| a.signer = key(2), BadSignature::Mismatch.into());
}

#[test]
fn signed_for_another_purpose() {
    let expected = BadSignature::Namespace { found: "countersign".into(), expected: "countersign-permit" };
    fails(|a| a.namespace = "countersign", expected.into());
}

#[test]
fn the_text_was_changed_after_signing() {
    fails(|a| a.tamper = |signed| signed.text = signed.text.replace("1060000", "9060000"), BadSignature::Mismatch.into());
    fails(|a| a.tamper = |signed| signed.text = signed.text.replace("\"bo\"", "\"eve\""), BadSignature::Mismatch.into());
    fails(|a| a.tamper = |signed| signed.text.push(' '), BadSignature::Mismatch.into());
}

#[test]
fn there_is_no_signature() {
    let mut attempt = Attempt::new();
    attempt.tamper = |signed| signed.signature.clear();
    let error = attempt.verify().unwrap_err();
    assert!(matches!(error, NotCountersigned::Signature(BadSignature::Unreadable { .. })), "{error:?}");
}

#[test]
fn for_another_intent() {
    let mut other = intent();
    other.id = crate::IntentId::new("i2");
    let asked = Digest::of(&other).unwrap();
    fails(|a| a.value = other, NotCountersigned::OtherIntent { signed: permit().intent, asked });
    let mut other = intent();
    other.deed = Deed::Delete { path: ".".into() };
    let asked = Digest::of(&other).unwrap();
    fails(|a| a.value = other, NotCountersigned::OtherIntent { signed: permit().intent, asked });
}

#[test]
fn the_effects_have_drifted() {
    let now = Digest::of_bytes(b"one row more");
    fails(|a| a.effects = now, NotCountersigned::EffectsDrifted { signed: effects(), now });
}

#[test]
fn the_environment_has_moved() {
    for now in [Generation(8), Generation(6), Generation(0)] {
        fails(|a| a.generation = now, NotCountersigned::OtherGeneration { signed: Generation(7), now });
    }
}

#[test]
fn valid_from_issue_to_expiry() {
    let void = |now| NotCountersigned::Expired { issued: ISSUED, expires: EXPIRES, now };
    for (now, valid) in [(0, false), (994_999, false), (995_000, true), (1_000_000, true), (1_059_999, true), (1_060_000, false), (u64::MAX, false)] {
        let now = Moment(now);
        let found = Attempt { now, ..Attempt::new() }.verify().map(|_| ());
        assert_eq!(found, if valid { Ok(()) } else { Err(void(now)) }, "at {}", now.0);
    }
}

#[test]
fn a_permit_that_was_never_valid() {
    let expected = NotCountersigned::Expired { issued: ISSUED, expires: ISSUED, now: ISSUED };
    fails(|a| (a.permit.expires, a.now) = (ISSUED, ISSUED), expected);
}

#[test]
fn another_version_is_not_believed() {
    let expected = |v: u8| BadSignature::Content { why: format!("a permit of version {v}, not 1") }.into();
    fails(|a| a.permit.v = 0, expected(0));
    fails(|a| a.permit.v = 2, expected(2));
}

/// The guard signs permits only, but if it ever signed something else under that name, it is not taken for a permit.
#[test]
fn another_shape_is_not_believed() {
    let text = String::from_utf8(crate::canonical(&permit()).unwrap()).unwrap();
    let shapes = [
        "{}".to_owned(),
        "null".to_owned(),
        text.replacen('{', r#"{"also":"everything","#, 1),
        text.replacen('{', r#"{"v":1,"#, 1),
        text.replace("\"v\":1", "\"v\":-1"),
        format!("{text}{text}"),
    ];
    for text in shapes {
        let signed = sign(&key(1), "countersign-permit", &text);
        let error = Countersigned::verify(intent(), effects(), &signed, key(1).public_key(), Generation(7), ISSUED).unwrap_err();
        assert!(matches!(error, NotCountersigned::Signature(BadSignature::Content { .. })), "{text}: {error:?}");
    }
}

#[test]
fn a_value_without_canonical_bytes_cannot_run() {
    let signed = Attempt::new().signed();
    let verify = |result: Result<(), NotCountersigned>| assert!(matches!(result, Err(NotCountersigned::Unwritable { .. })), "{result:?}");
    let authority = key(1);
    let authority = authority.public_key();
    verify(Countersigned::verify(f64::NAN, effects(), &signed, authority, Generation(7), ISSUED).map(|_| ()));
    verify(Countersigned::verify(u64::MAX, effects(), &signed, authority, Generation(7), ISSUED).map(|_| ()));
    verify(Countersigned::verify(BTreeMap::from([(vec![1], 1)]), effects(), &signed, authority, Generation(7), ISSUED).map(|_| ()));
}

/// A person's yes is not the guard's permit, even where the guard's own key made it.
#[test]
fn an_answer_is_not_a_permit() {
    let answer = Answer {
        v: 1,
        reply: Reply::Yes,
        person: PersonId::new("bo"),
        intent: permit().intent,
        effects: effects(),
        policy: permit().policy,
        environment: permit().environment,
        generation: Generation(7),
        expires: EXPIRES,
        shown: vec!["deletes everything".into()],
        why: String::new(),
    };
    let text = String::from_utf8(crate::canonical(&answer).unwrap()).unwrap();
    let signed = sign(&key(1), "countersign-permit", &text);
    let error = Countersigned::verify(intent(), effects(), &signed, key(1).public_key(), Generation(7), ISSUED).unwrap_err();
    assert!(matches!(error, NotCountersigned::Signature(BadSignature::Content { .. })), "{error:?}");
}

#[test]
fn complaints_are_these_texts() {
    let moved = NotCountersigned::OtherGeneration { signed: Generation(7), now: Generation(8) };
    assert_eq!(moved.to_string(), "the environment moved from generation 7 to 8");
    let late = NotCountersigned::Expired { issued: ISSUED, expires: EXPIRES, now: EXPIRES };
    assert_eq!(late.to_string(), "the permit is not valid now (issued 1000000, expires 1060000, now 1060000; ms since 1970)");
    let drifted = NotCountersigned::EffectsDrifted { signed: effects(), now: effects() };
    assert!(drifted.to_string().starts_with("the effects are not those that were signed (signed sha256:"));
    assert_eq!(NotCountersigned::from(BadSignature::Mismatch).to_string(), BadSignature::Mismatch.to_string());
}

/// Optional fields are absent, never null: one permit, one spelling.
#[test]
fn a_permit_of_the_policy_names_nobody() {
    let permit = Permit { quorum: None, people: Vec::new(), answers: Vec::new(), ..permit() };
    let text = String::from_utf8(crate::canonical(&permit).unwrap()).unwrap();
    assert!(!text.contains("quorum") && text.contains(r#""people":[]"#), "{text}");
    assert_eq!(serde_json::from_str::<Permit>(&text).unwrap(), permit);
    let countersigned = Attempt { permit, ..Attempt::new() }.verify().unwrap();
    assert_eq!(countersigned.permit().quorum, None);
}
