//! A permit is for one digest, one environment generation and one time.

use action::{Countersigned, Digest, Moment, Permit, Signed, canonical};
use proptest::prelude::*;
use ssh_key::private::{Ed25519Keypair, PrivateKey};
use ssh_key::{HashAlg, LineEnding};

use crate::strategies as any_;

fn key(seed: [u8; 32]) -> PrivateKey {
    PrivateKey::from(Ed25519Keypair::from_seed(&seed))
}

fn signed(permit: &Permit, key: &PrivateKey) -> Signed {
    let text = String::from_utf8(canonical(permit).unwrap()).unwrap();
    let signature = key.sign("countersign-permit", HashAlg::Sha512, text.as_bytes()).unwrap();
    Signed { text, signature: signature.to_pem(LineEnding::LF).unwrap() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Whatever is asked and whatever was signed, `verify` says yes only where all of it is the same.
    #[test]
    fn yes_only_to_the_same(
        intent in any_::intent(),
        other in any_::intent(),
        mut permit in any_::permit(),
        effects in any_::digest(),
        lifetime in 1..100_000_u64,
        now in -10_000..110_000_i64,
        (same_intent, same_effects, same_generation, same_key) in any::<(bool, bool, bool, bool)>(),
    ) {
        permit.v = 1;
        permit.intent = Digest::of(if same_intent { &intent } else { &other }).unwrap();
        permit.issued = Moment(permit.issued.0.min(1 << 52) + 20_000);
        permit.expires = Moment(permit.issued.0 + lifetime);
        let seen = if same_effects { permit.effects } else { effects };
        let mut generation = permit.generation;
        generation.0 ^= u64::from(!same_generation);
        let now = Moment(permit.issued.0.saturating_add_signed(now));
        let guard = key([1; 32]);
        let signer = if same_key { guard.clone() } else { key([2; 32]) };

        let verified = Countersigned::verify(intent.clone(), seen, &signed(&permit, &signer), guard.public_key(), generation, now);

        let same = permit.intent == Digest::of(&intent).unwrap() && seen == permit.effects && same_generation && same_key;
        let in_time = now < permit.expires && now.0 + 5_000 >= permit.issued.0;
        prop_assert_eq!(verified.is_ok(), same && in_time, "{:?}", verified);
        if let Ok(countersigned) = verified {
            prop_assert_eq!(countersigned.value(), &intent);
            prop_assert_eq!(countersigned.permit(), &permit);
        }
    }

    /// One bit of the text: never believed. (The signature's own characters are tried one by one in the unit tests.)
    #[test]
    fn no_byte_can_change(intent in any_::intent(), mut permit in any_::permit(), at in any::<prop::sample::Index>(), bit in 0..7_u8) {
        permit.v = 1;
        permit.intent = Digest::of(&intent).unwrap();
        (permit.issued, permit.expires) = (Moment(0), Moment(1_000));
        let guard = key([1; 32]);
        let good = signed(&permit, &guard);
        let verify = |signed: &Signed| Countersigned::verify(intent.clone(), permit.effects, signed, guard.public_key(), permit.generation, Moment(1));
        prop_assert!(verify(&good).is_ok());

        let mut bytes = good.text.clone().into_bytes();
        bytes[at.index(good.text.len())] ^= 1 << bit;
        if let Ok(text) = String::from_utf8(bytes) {
            let tampered = Signed { text, ..good.clone() };
            prop_assert!(verify(&tampered).is_err());
        }
    }
}
