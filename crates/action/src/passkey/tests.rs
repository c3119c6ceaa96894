use testkit::authenticator::{Authenticator, PRESENT_AND_VERIFIED, Said, coded};

use super::*;
use crate::samples;
use crate::signature::{BadSignature, Namespace, Signed};
use crate::{Digest, RelyingParty};

const TEXT: &str = r#"{"a":1}"#;
const PARTY: &str = "sign.example.com";
const PAGE: &str = "https://sign.example.com";

fn key(device: &Authenticator) -> PublicKey {
    passkey(&device.point(), PARTY).unwrap()
}

fn good() -> Said {
    Said::on("webauthn.get", PAGE)
}

/// What a device signs for [`TEXT`], saying this.
fn assertion(device: &Authenticator, said: &Said) -> Assertion {
    let asked = coded(Signed::challenge(TEXT, Namespace::Person).unwrap());
    let (authenticator, client, signature) = device.assertion(&asked, PARTY, said);
    Assertion { authenticator, client, signature }
}

fn sealed(device: &Authenticator, said: &Said) -> Result<Signed, BadSignature> {
    Signed::by_passkey(TEXT.into(), Namespace::Person, &key(device), &assertion(device, said))
}

fn verified(device: &Authenticator, said: &Said) -> Result<(), BadSignature> {
    sealed(device, said)?.verify(&key(device), Namespace::Person)
}

#[test]
fn an_assertion_is_a_signature_over_the_text() {
    let device = Authenticator::new(7);
    let signed = sealed(&device, &good()).unwrap();
    assert_eq!(signed.open::<serde_json::Value>(&key(&device), Namespace::Person).unwrap(), serde_json::json!({"a": 1}));
    assert_eq!(signed.claimed_key().unwrap(), key(&device));
    assert_eq!(signed.origin().unwrap().as_deref(), Some(PAGE));
    assert!(signed.signature.starts_with("-----BEGIN SSH SIGNATURE-----\n"));
    assert_eq!(assertion(&device, &good()).claimed_challenge().unwrap(), Signed::challenge(TEXT, Namespace::Person).unwrap());
}

#[test]
fn what_authenticators_may_say_besides_is_no_matter() {
    let device = Authenticator::new(7);
    let more = [r#"}"#, r#","crossOrigin":false,"other_keys_can_be_added_here":"x"}"#].map(|more| Said { more: more.into(), ..good() });
    let synced = Said { flags: PRESENT_AND_VERIFIED | 0x18, ..good() };
    let extensions = Said { extensions: b"\xa1\x61x\xf5".to_vec(), ..good() };
    let below = Said { origin: "https://eu.sign.example.com:8443".into(), ..good() };
    for said in more.into_iter().chain([synced, extensions, below]) {
        assert_eq!(verified(&device, &said), Ok(()), "{said:?}");
    }
}

#[test]
fn whatever_is_not_exactly_that_is_not_believed() {
    let device = Authenticator::new(7);
    let twice = r#","crossOrigin":false,"challenge":"AA"}"#;
    let cases = [
        (Said { challenge: Some(coded(b"another one")), ..good() }, "the passkey signed another challenge than the one of this text"),
        (Said { origin: "https://evil.example".into(), ..good() }, "the page that asked is of `https://evil.example`, which may not use a passkey of `sign.example.com`"),
        (Said { origin: "https://example.com".into(), ..good() }, "the page that asked is of `https://example.com`, which may not use a passkey of `sign.example.com`"),
        (Said { origin: "http://sign.example.com".into(), ..good() }, "the page that asked is of `http://sign.example.com`, which may not use a passkey of `sign.example.com`"),
        (Said { party: Some("evil.example".into()), ..good() }, "the passkey that signed is not for `sign.example.com`"),
        (Said { flags: 0x04, ..good() }, "the key signed without anybody being there (no user presence)"),
        (Said { flags: 0x01, ..good() }, "the passkey signed without verifying its person (no user verification)"),
        (Said { flags: 0x45, ..good() }, "the authenticator's flags 0x45 are none of a signature"),
        (Said { flags: 0x85, ..good() }, "the authenticator's flags 0x85 are none of a signature"),
        (Said { flags: 0x15, ..good() }, "the authenticator's flags 0x15 are none of a signature"),
        (Said { flags: 0x07, ..good() }, "the authenticator's flags 0x07 are none of a signature"),
        (Said { flags: 0x25, ..good() }, "the authenticator's flags 0x25 are none of a signature"),
        (Said { kind: "webauthn.create".into(), ..good() }, "the passkey was asked for `webauthn.create`, not to sign (`webauthn.get`)"),
        (Said { more: r#","crossOrigin":true}"#.into(), ..good() }, "the page that asked stood inside another site's page"),
        (Said { more: r#","topOrigin":"https://evil.example"}"#.into(), ..good() }, "the page that asked stood inside another site's page"),
        (Said { more: twice.into(), ..good() }, "what the passkey signed cannot be read: `challenge` is there twice"),
        (Said { more: String::new(), ..good() }, "what the passkey signed cannot be read: EOF while parsing"),
        (Said { more: r#", "crossOrigin":tru}"#.into(), ..good() }, "what the passkey signed cannot be read: expected"),
        (Said { more: format!(r#","x":"{}"}}"#, "x".repeat(9000)), ..good() }, "what the passkey signed cannot be read: what the browser or an extension says has more than 8192 bytes"),
        (Said { extensions: vec![0xa0; 9000], ..good() }, "what the passkey signed cannot be read: what the browser or an extension says has more than 8192 bytes"),
    ];
    for (said, why) in cases {
        let found = verified(&device, &said).unwrap_err().to_string();
        assert!(found.starts_with(why), "{said:?}: {found}");
    }
}

/// Other readers of JSON read it alike, but OpenSSH would not take it.
#[test]
fn what_the_browser_says_begins_in_one_way() {
    let device = Authenticator::new(7);
    let asked = coded(Signed::challenge(TEXT, Namespace::Person).unwrap());
    for (kind, challenge) in [(r#"webauthn.get","x":"y"#, asked.clone()), (r"webauthn\u002eget", asked.clone()), ("webauthn.get", asked.replacen('U', r"\u0055", 1))] {
        let said = Said { kind: kind.into(), challenge: Some(challenge), ..good() };
        assert_eq!(verified(&device, &said), Err(BadAssertion::Spelled.into()), "{said:?}");
    }
}

#[test]
fn only_that_key_that_text_and_that_purpose() {
    let (device, other) = (Authenticator::new(7), Authenticator::new(8));
    let signed = sealed(&device, &good()).unwrap();
    assert_eq!(signed.verify(&key(&other), Namespace::Person), Err(BadSignature::Mismatch));
    assert_eq!(signed.verify(samples::key(1).public_key(), Namespace::Person), Err(BadSignature::Mismatch));
    let replayed = Signed { text: r#"{"a":2}"#.into(), ..signed.clone() };
    assert_eq!(replayed.verify(&key(&device), Namespace::Person), Err(BadAssertion::OtherChallenge.into()));
    let expected = BadSignature::Namespace { found: "countersign".into(), expected: "countersign-permit" };
    assert_eq!(signed.verify(&key(&device), Namespace::Permit), Err(expected));
    let theirs = Signed::by_passkey(TEXT.into(), Namespace::Person, &key(&other), &assertion(&device, &good())).unwrap();
    assert_eq!(theirs.verify(&key(&other), Namespace::Person), Err(BadAssertion::Mismatch.into()));
    let elsewhere = passkey(&device.point(), "other.example").unwrap();
    let why = Signed::by_passkey(TEXT.into(), Namespace::Person, &elsewhere, &assertion(&device, &good())).unwrap_err();
    assert_eq!(why.to_string(), "the passkey that signed is not for `other.example`");
    let ssh = Signed::by_passkey(TEXT.into(), Namespace::Person, samples::key(1).public_key(), &assertion(&device, &good()));
    assert_eq!(ssh.unwrap_err(), BadAssertion::NoPasskey.into());
}

#[test]
fn what_is_cut_off_is_not_read() {
    let device = Authenticator::new(7);
    let whole = assertion(&device, &good());
    for length in 0..whole.authenticator.len() {
        let cut = Assertion { authenticator: whole.authenticator[..length].to_vec(), ..whole.clone() };
        assert!(Signed::by_passkey(TEXT.into(), Namespace::Person, &key(&device), &cut).is_err(), "{length}");
    }
    for length in 0..whole.signature.len() {
        let cut = Assertion { signature: whole.signature[..length].to_vec(), ..whole.clone() };
        assert!(Signed::by_passkey(TEXT.into(), Namespace::Person, &key(&device), &cut).is_err(), "{length}");
    }
    for length in 0..whole.client.len() {
        let cut = Assertion { client: whole.client[..length].to_vec(), ..whole.clone() };
        assert!(Signed::by_passkey(TEXT.into(), Namespace::Person, &key(&device), &cut).is_err(), "{length}");
    }
}

/// The signature names the page outside of what was signed as well: the two are one.
#[test]
fn no_byte_of_it_can_change() {
    let device = Authenticator::new(7);
    let signed = sealed(&device, &good()).unwrap();
    let envelope = Envelope::read(&signed.signature).unwrap();
    for at in 0..envelope.inner.len() {
        for change in [0x01, 0x80] {
            let mut inner = envelope.inner.clone();
            inner[at] ^= change;
            let tampered = Signed { signature: Envelope { inner, ..envelope.clone() }.armored(), ..signed.clone() };
            assert!(tampered.verify(&key(&device), Namespace::Person).is_err(), "byte {at}");
        }
    }
    for (at, found) in signed.signature.char_indices().filter(|(_, c)| !c.is_whitespace()) {
        let mut signature = signed.signature.clone();
        signature.replace_range(at..=at, if found == 'A' { "B" } else { "A" });
        assert!(Signed { signature, ..signed.clone() }.verify(&key(&device), Namespace::Person).is_err(), "character {at}");
    }
}

#[test]
fn there_is_one_spelling_and_one_digest() {
    let device = Authenticator::new(7);
    let signed = sealed(&device, &good()).unwrap();
    let lines = Signed { signature: signed.signature.replace('\n', "\r\n"), ..signed.clone() };
    assert_eq!((lines.verify(&key(&device), Namespace::Person), lines.digest()), (Ok(()), signed.digest()));
    assert_eq!(signed.digest(), Digest::of_bytes(format!("{}\n{}", signed.text, signed.signature).as_bytes()));
    let envelope = Envelope::read(&signed.signature).unwrap();
    let longer = Envelope { inner: [&envelope.inner[..], b"\0"].concat(), ..envelope.clone() };
    let padded = Envelope { inner: with_zero_in_front_of_r(&envelope.inner), ..envelope };
    for other in [longer, padded] {
        let other = Signed { signature: other.armored(), ..signed.clone() };
        assert!(matches!(other.verify(&key(&device), Namespace::Person), Err(BadSignature::Unreadable { .. })), "{other:?}");
    }
}

/// The same number in one byte more.
fn with_zero_in_front_of_r(inner: &[u8]) -> Vec<u8> {
    let mut fields = Fields(inner);
    let (name, numbers) = (fields.string().unwrap(), fields.string().unwrap());
    let mut numbers = Fields(numbers);
    let (mut longer, mut again) = (Vec::new(), Vec::new());
    put(&mut longer, &[&[0], numbers.string().unwrap()].concat());
    put(&mut longer, numbers.string().unwrap());
    put(&mut again, name);
    put(&mut again, &longer);
    [&again, fields.0].concat()
}

#[test]
fn the_settings_say_which_pages_are_ours() {
    let device = Authenticator::new(7);
    let ours = RelyingParty::new(PARTY, &[PAGE.to_owned()]).unwrap();
    assert_eq!(ours.check(&sealed(&device, &good()).unwrap()), Ok(()));
    let below = sealed(&device, &Said { origin: "https://eu.sign.example.com".into(), ..good() }).unwrap();
    assert_eq!(below.verify(&key(&device), Namespace::Person), Ok(()), "a browser would let it");
    assert_eq!(ours.check(&below).unwrap_err().to_string(), "the page that had it signed is of `https://eu.sign.example.com`, which is not this service's");
    assert_eq!(ours.check(&samples::sign(&samples::key(1), "countersign", TEXT)), Ok(()), "no passkey, no page");
}

#[test]
fn keys_in_authenticators_are_told_apart() {
    let device = Authenticator::new(7);
    let stick = passkey(&device.point(), "ssh:").unwrap();
    assert_eq!((is_hardware(&key(&device)), relying_party_of(&key(&device))), (true, Some(PARTY)));
    assert_eq!((is_hardware(&stick), relying_party_of(&stick)), (true, None));
    assert_eq!((is_hardware(samples::key(1).public_key()), relying_party_of(samples::key(1).public_key())), (false, None));
    assert_eq!(key(&device).to_openssh().unwrap().split(' ').next(), Some("sk-ecdsa-sha2-nistp256@openssh.com"));
    assert_eq!(passkey(&[4; 65], PARTY), None, "no point of the curve");
}

#[test]
fn the_page_that_a_browser_names_stands_in_no_other() {
    let client = |more: &str| assertion(&Authenticator::new(7), &Said { more: more.into(), ..good() }).client;
    assert_eq!(claimed_page(&client("}")).unwrap(), PAGE);
    assert_eq!(claimed_page(&client(r#","crossOrigin":true}"#)), Err(BadAssertion::Crossed));
    assert!(matches!(claimed_page(b"{}"), Err(BadAssertion::Unreadable { .. })));
}
