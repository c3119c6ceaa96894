use sha2::{Digest as _, Sha256};
use ssh_key::private::PrivateKey;
use ssh_key::Mpint;
use testkit::Authenticator;

use super::*;
use crate::samples::{key, sign};

const TEXT: &str = r#"{"a":1}"#;

fn open(signed: &Signed, key: &PrivateKey, namespace: Namespace) -> Result<serde_json::Value, BadSignature> {
    signed.open(key.public_key(), namespace)
}

#[test]
fn the_text_is_read_once_it_is_believed() {
    let signed = sign(&key(1), "countersign", TEXT);
    assert_eq!(open(&signed, &key(1), Namespace::Person).unwrap(), serde_json::json!({"a": 1}));
    assert_eq!(signed.claimed_key().unwrap().key_data(), key(1).public_key().key_data());
}

/// Made with `ssh-keygen -Y sign -n countersign` (OpenSSH) over [`TEXT`], with keys that were thrown away.
#[test]
fn signatures_of_ssh_keygen_are_read() {
    let vectors = [
        (include_str!("../../tests/vectors/ed25519.pub"), include_str!("../../tests/vectors/ed25519.sig")),
        (include_str!("../../tests/vectors/ecdsa.pub"), include_str!("../../tests/vectors/ecdsa.sig")),
        (include_str!("../../tests/vectors/rsa.pub"), include_str!("../../tests/vectors/rsa.sig")),
    ];
    for (public, signature) in vectors {
        let public: PublicKey = public.parse().unwrap();
        let signed = Signed { text: TEXT.into(), signature: signature.into() };
        assert_eq!(signed.open::<serde_json::Value>(&public, Namespace::Person).unwrap(), serde_json::json!({"a": 1}));
        let other = Signed { text: r#"{"a":2}"#.into(), ..signed };
        assert_eq!(other.open::<serde_json::Value>(&public, Namespace::Person).unwrap_err(), BadSignature::Mismatch);
    }
}

#[test]
fn each_namespace_is_its_own() {
    for (made_for, asked, ok) in [
        ("countersign", Namespace::Person, true),
        ("countersign-permit", Namespace::Permit, true),
        ("countersign", Namespace::Permit, false),
        ("countersign-permit", Namespace::Person, false),
        ("file", Namespace::Person, false),
        ("countersign ", Namespace::Person, false),
    ] {
        let found = open(&sign(&key(1), made_for, TEXT), &key(1), asked).map(|_| ());
        let expected = if ok { Ok(()) } else { Err(BadSignature::Namespace { found: made_for.into(), expected: asked.as_str() }) };
        assert_eq!(found, expected);
    }
}

#[test]
fn another_key_is_not_believed() {
    let signed = sign(&key(1), "countersign", TEXT);
    assert_eq!(open(&signed, &key(2), Namespace::Person).unwrap_err(), BadSignature::Mismatch);
}

/// The signature names a key itself; taking that key's word for it would let anybody sign.
#[test]
fn the_claimed_key_decides_nothing() {
    let forged = sign(&key(2), "countersign-permit", TEXT);
    assert_eq!(forged.claimed_key().unwrap().key_data(), key(2).public_key().key_data());
    assert_eq!(open(&forged, &key(1), Namespace::Permit).unwrap_err(), BadSignature::Mismatch);
}

#[test]
fn no_byte_of_the_text_can_change() {
    let signed = sign(&key(1), "countersign", TEXT);
    for i in 0..TEXT.len() {
        let mut bytes = TEXT.as_bytes().to_vec();
        bytes[i] ^= 1;
        let tampered = Signed { text: String::from_utf8(bytes).unwrap(), ..signed.clone() };
        assert_eq!(open(&tampered, &key(1), Namespace::Person).unwrap_err(), BadSignature::Mismatch, "byte {i}");
    }
    for text in [format!("{TEXT} "), format!("{TEXT}\n"), String::new()] {
        let tampered = Signed { text, ..signed.clone() };
        assert_eq!(open(&tampered, &key(1), Namespace::Person).unwrap_err(), BadSignature::Mismatch);
    }
}

#[test]
fn no_character_of_the_signature_can_change() {
    let signed = sign(&key(1), "countersign", TEXT);
    let mut tried = 0;
    for (i, found) in signed.signature.char_indices().filter(|(_, c)| !c.is_whitespace()) {
        let other = if found == 'A' { "B" } else { "A" };
        let mut signature = signed.signature.clone();
        signature.replace_range(i..=i, other);
        let tampered = Signed { signature, ..signed.clone() };
        assert!(open(&tampered, &key(1), Namespace::Person).is_err(), "character {i}, `{found}` to `{other}`");
        tried += 1;
    }
    assert!(tried > 250, "{tried} characters were tried");
}

#[test]
fn what_is_no_signature_is_unreadable() {
    let armored = sign(&key(1), "countersign", TEXT).signature;
    let public = key(1).public_key().to_openssh().unwrap();
    for signature in [String::new(), "yes".into(), public, armored.replace("SSH SIGNATURE", "PGP SIGNATURE"), armored[..armored.len() / 2].to_owned()] {
        let signed = Signed { text: TEXT.into(), signature };
        assert!(matches!(open(&signed, &key(1), Namespace::Person), Err(BadSignature::Unreadable { .. })), "{signed:?}");
        assert!(matches!(signed.claimed_key(), Err(BadSignature::Unreadable { .. })));
    }
}

/// ssh_key reads these as the same signature; believed, they would give one permit several digests.
#[test]
fn what_is_not_under_the_signature_cannot_vary() {
    let signed = sign(&key(1), "countersign", TEXT);
    let front = format!("a word in front\n{}", signed.signature);
    assert!(front.parse::<SshSig>().is_ok(), "else this test says nothing");
    let signed = Signed { signature: front, ..signed };
    assert!(matches!(open(&signed, &key(1), Namespace::Person), Err(BadSignature::Unreadable { .. })));
}

#[test]
fn signed_nonsense_is_still_nonsense() {
    let signed = sign(&key(1), "countersign", "not json");
    assert!(matches!(open(&signed, &key(1), Namespace::Person), Err(BadSignature::Content { .. })));
}

/// One permit, one use: the count is by digest, so another spelling of the same signature must not give another digest.
#[test]
fn re_armoring_does_not_make_a_second_signature() {
    let signed = sign(&key(1), "countersign-permit", TEXT);
    let spellings = [
        signed.signature.replace('\n', "\r\n"),
        signed.signature.replace('\n', "\r"),
        signed.signature.trim_end().to_owned(),
        format!("{}\n", signed.signature.trim_end()),
    ];
    let mut believed = 0;
    for signature in spellings {
        let other = Signed { signature, ..signed.clone() };
        if open(&other, &key(1), Namespace::Permit).is_ok() {
            assert_eq!(other.digest(), signed.digest(), "{:?}", other.signature);
            believed += 1;
        }
    }
    assert!(believed >= 2, "armor has several spellings; {believed} were believed");
}

#[test]
fn the_digest_is_of_text_and_signature() {
    let signed = sign(&key(1), "countersign", TEXT);
    let whole = format!("{}\n{}", signed.text, signed.signature);
    assert_eq!(signed.digest(), Digest::of_bytes(whole.as_bytes()));
    assert_ne!(signed.digest(), sign(&key(2), "countersign", TEXT).digest());
    assert_ne!(signed.digest(), Signed { text: "{}".into(), ..signed.clone() }.digest());
    let unreadable = Signed { text: TEXT.into(), signature: "x".into() };
    assert_ne!(unreadable.digest(), Signed { signature: "y".into(), ..unreadable.clone() }.digest());
}

#[test]
fn complaints_are_these_texts() {
    let namespace = BadSignature::Namespace { found: "file".into(), expected: "countersign" };
    assert_eq!(namespace.to_string(), "the signature is for namespace `file`, not `countersign`");
    assert_eq!(BadSignature::Mismatch.to_string(), "the signature does not match these bytes and this key");
}

/// What `ssh-keygen -Y sign` makes with a security key (OpenSSH, PROTOCOL.u2f): there is no such device where tests run.
fn by_security_key(application: &str, flags: u8) -> (PublicKey, Signed) {
    let device = Authenticator::new(3);
    let key = passkey::passkey(&device.point(), application).unwrap();
    let over = SshSig::signed_data("countersign", HashAlg::Sha512, TEXT.as_bytes()).unwrap();
    let data = [&Sha256::digest(application)[..], &[flags], &9_u32.to_be_bytes(), &Sha256::digest(over)].concat();
    let (r, s) = p256::ecdsa::Signature::from_der(&device.der(&data)).unwrap().split_bytes();
    let mut made = Vec::new();
    [r, s].iter().for_each(|number| put(&mut made, Mpint::from_positive_bytes(number).unwrap().as_bytes()));
    made.push(flags);
    made.extend_from_slice(&9_u32.to_be_bytes());
    let made = Signature::new(Algorithm::SkEcdsaSha2NistP256, made).unwrap();
    let signed = Signed::by_key(TEXT.into(), Namespace::Person, &key, made).unwrap();
    (key, signed)
}

/// `ssh_key` reads them, and writes them otherwise than ssh-keygen does.
#[test]
fn ecdsa_security_keys_sign_too() {
    let (key, signed) = by_security_key("ssh:", 0x01);
    assert_eq!(signed.verify(&key, Namespace::Person), Ok(()));
    assert_eq!((signed.claimed_key().unwrap(), signed.origin().unwrap()), (key.clone(), None));
    let other = Signed { text: r#"{"a":2}"#.into(), ..signed.clone() };
    assert_eq!(other.verify(&key, Namespace::Person), Err(BadSignature::Mismatch));
    let envelope = Envelope::read(&signed.signature).unwrap();
    for inner in [[&envelope.inner[..], &[0]].concat(), envelope.inner[..envelope.inner.len() - 1].to_vec()] {
        let other = Signed { signature: Envelope { inner, ..envelope.clone() }.armored(), ..signed.clone() };
        assert!(matches!(other.verify(&key, Namespace::Person), Err(BadSignature::Unreadable { .. })));
    }
}

#[test]
fn a_security_key_must_have_been_touched() {
    let (key, signed) = by_security_key("ssh:", 0x04);
    assert_eq!(signed.verify(&key, Namespace::Person), Err(BadAssertion::Absent.into()));
}

/// Whoever reaches the device without a browser could have it sign what no page named and nobody verified.
#[test]
fn a_passkey_signs_on_pages_only() {
    let (key, signed) = by_security_key("sign.example.com", 0x05);
    assert_eq!(signed.verify(&key, Namespace::Person), Err(BadSignature::PasskeyAlone));
}
