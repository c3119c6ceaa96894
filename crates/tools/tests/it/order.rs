//! Orders signed by an authority of the tests' and measurements' own.

use std::sync::atomic::{AtomicU64, Ordering};

use action::{
    AgentName, Countersigned, Deed, Digest, EnvironmentName, Generation, Intent, IntentId, Moment, Namespace, Permit, PersonId,
    SessionId, Signed, canonical,
};
use ssh_key::private::Ed25519Keypair;
use ssh_key::{HashAlg, LineEnding, PrivateKey};

/// An order for a deed; every one is its own.
pub(crate) fn order(deed: Deed) -> Countersigned<Intent> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let intent = Intent {
        v: 1,
        id: IntentId::new(format!("i-{}", NEXT.fetch_add(1, Ordering::Relaxed))),
        session: SessionId::new("s-1"),
        turn: 1,
        asked_by: PersonId::new("ana"),
        agent: AgentName::new("engineer"),
        deed,
    };
    let key = PrivateKey::from(Ed25519Keypair::from_seed(&[7; 32]));
    let effects = Digest::of_bytes(b"effects");
    let permit = Permit {
        v: 1,
        intent: Digest::of(&intent).unwrap(),
        effects,
        policy: Digest::of_bytes(b"policy"),
        environment: EnvironmentName::workspace(),
        generation: Generation(0),
        quorum: None,
        people: Vec::new(),
        answers: Vec::new(),
        issued: Moment(1_000),
        expires: Moment(100_000),
    };
    let text = String::from_utf8(canonical(&permit).unwrap()).unwrap();
    let signature = key.sign(Namespace::Permit.as_str(), HashAlg::Sha512, text.as_bytes()).unwrap();
    let signed = Signed { text, signature: signature.to_pem(LineEnding::LF).unwrap() };
    Countersigned::verify(intent, effects, &signed, key.public_key(), Generation(0), Moment(2_000)).unwrap()
}
