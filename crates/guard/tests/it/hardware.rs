//! Signatures of hardware tokens, made as a token makes them (OpenSSH's PROTOCOL.u2f): where an environment asks for them, a key in a file
//! does not do for what takes two people.

use action::{BadAssertion, BadSignature, Environment, Generation, Governance, Namespace, Signed, Terms};
use guard::{BadAnswer, Matter, NotPermitted, Recorded};
use rsa::signature::Signer as _;
use ssh_key::private::Ed25519Keypair;
use ssh_key::{Algorithm, HashAlg, LineEnding, PublicKey, Signature, SshSig};

use crate::people::{Ledger, effects_of, enrol, person};
use crate::standing::{grant, in_production, mapped};

/// A token, by its seed.
struct Token(Ed25519Keypair);

const KIND: &[u8] = b"sk-ssh-ed25519@openssh.com";
const PRESENT: u8 = 1;

fn string(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat()
}

impl Token {
    fn new(seed: u8) -> Self {
        Self(Ed25519Keypair::from_seed(&[seed; 32]))
    }

    fn blob(&self) -> Vec<u8> {
        [string(KIND), string(&self.0.public.0), string(b"ssh:")].concat()
    }

    fn public(&self) -> String {
        PublicKey::from_bytes(&self.blob()).unwrap().to_openssh().unwrap()
    }

    fn sign(&self, text: &str, flags: u8) -> Signed {
        let message = SshSig::signed_data(Namespace::Person.as_str(), HashAlg::Sha512, text.as_bytes()).unwrap();
        let counter = 7_u32.to_be_bytes();
        let asked = [HashAlg::Sha256.digest(b"ssh:"), vec![flags], counter.to_vec(), HashAlg::Sha256.digest(&message)].concat();
        let made: Signature = self.0.sign(&asked);
        let made = Signature::new(Algorithm::SkEd25519, [made.as_bytes(), &[flags], &counter].concat()).unwrap();
        let key = PublicKey::from_bytes(&self.blob()).unwrap().key_data().clone();
        let signature = SshSig::new(key, Namespace::Person.as_str(), HashAlg::Sha512, made).unwrap();
        Signed { text: text.to_owned(), signature: signature.to_pem(LineEnding::LF).unwrap() }
    }
}

/// Production asks for hardware keys; olga and ben have tokens beside their files.
fn guarded() -> Ledger {
    let mut ledger = in_production();
    ledger.done("ana", enrol("eve", &[action::Role::Engineer]), &["ana", "adam"]);
    for (name, seed) in [("olga", 201), ("ben", 202)] {
        ledger.done(name, Governance::AddKey { person: person(name), key: Token::new(seed).public() }, &[name, "ana"]);
    }
    let before = mapped("production", "db.example");
    let terms = Terms { hardware: true, ..Terms::default() };
    let environment = Box::new(Environment { terms, ..before.clone() });
    ledger.done("ana", Governance::SetEnvironment { environment, before: Some(Box::new(before)), generation: Generation(2) }, &["ana", "adam"]);
    ledger
}

fn text(ledger: &Ledger, intent: &action::Intent, name: &str) -> String {
    ledger.question(intent, name).to_page().unwrap()
}

#[test]
fn what_takes_two_people_takes_their_tokens_where_that_is_asked() {
    let mut ledger = guarded();
    let (intent, _) = ledger.asked("ana", grant("ana", "*"));
    ledger.answered(&intent, "ana");
    ledger.answered(&intent, "olga");
    ledger.answered(&intent, "eve");
    let files = ledger.permit(&intent).unwrap_err();
    assert!(matches!(files, NotPermitted::QuorumNotMet { .. }) && files.to_string().contains("what takes two people is signed with hardware keys"), "{files}");

    let (intent, _) = ledger.asked("ana", grant("ana", "*"));
    ledger.answered(&intent, "ana");
    for (name, seed, enough) in [("olga", 201, false), ("ben", 202, true)] {
        let answer = Token::new(seed).sign(&text(&ledger, &intent, name), PRESENT);
        ledger.put(action::Event::Answered { intent: intent.id.clone(), person: person(name), answer });
        assert_eq!(ledger.permit(&intent).is_ok(), enough, "{name}: who asked may have signed with a key in a file");
    }
    assert_eq!(ledger.audited().findings, []);
}

#[test]
fn one_signature_may_be_of_a_file_and_a_wrong_kind_is_told_before_it_is_written() {
    let mut ledger = guarded();
    let (intent, _) = ledger.asked("ana", grant("ana", "*"));
    let matter = Matter::of(&intent, &effects_of(&intent), ledger.world.guard.policy_digest(), Generation(0)).unwrap();
    let ballot = ledger.roster.ballot(&intent, &effects_of(&intent).places());
    let heard = |signed: Signed| matter.hear(&Recorded { at: ledger.now(), answer: signed }, &ledger.roster, ledger.now());
    let page = text(&ledger, &intent, "olga");
    let token = heard(Token::new(201).sign(&page, PRESENT)).unwrap();
    assert_eq!(matter.check_key(&token, action::Quorum::TWO_WITH_OWNER, &ballot), Ok(()));
    let file = heard(ledger.yes(&intent, "olga", "olga")).unwrap();
    let refused = matter.check_key(&file, action::Quorum::TWO_WITH_OWNER, &ballot).unwrap_err();
    assert!(matches!(refused, BadAnswer::NoHardwareKey { .. }) && refused.to_string().contains("hint: sign with a key of yours that begins with `sk-`"), "{refused}");
    assert_eq!(matter.check_key(&file, action::Quorum::PEER, &ballot), Ok(()));
}

/// What `ssh_key` does with the bytes that a token signs is not ours to test, that it looks at them is.
#[test]
fn a_token_signs_its_own_text_and_nobody_elses() {
    let ledger = guarded();
    let key = PublicKey::from_openssh(&Token::new(201).public()).unwrap();
    let signed = Token::new(201).sign("this", PRESENT);
    assert_eq!(signed.verify(&key, Namespace::Person), Ok(()));
    let other = Signed { text: "that".into(), ..signed.clone() };
    assert_eq!(other.verify(&key, Namespace::Person), Err(BadSignature::Mismatch));
    let stranger = Token::new(203).sign("this", PRESENT);
    assert_eq!(stranger.verify(&key, Namespace::Person), Err(BadSignature::Mismatch));
    let untouched = Token::new(201).sign("this", 0);
    assert_eq!(untouched.verify(&key, Namespace::Person), Err(BadSignature::Passkey(BadAssertion::Absent)));
    assert!(ledger.roster.key(&key).is_some());
}
