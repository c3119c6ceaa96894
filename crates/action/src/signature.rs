//! SSH signatures (SSHSIG, as `ssh-keygen -Y sign` makes them) over canonical bytes, and those of passkeys in the same form.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use ssh_key::public::KeyData;
use ssh_key::{Algorithm, HashAlg, LineEnding, PublicKey, Signature, SshSig};

use crate::canonical::Digest;
use crate::envelope::{Envelope, Fields, put};
use crate::passkey::{self, Assertion, BadAssertion, PasskeySignature};

/// What a signature is for. One made for another purpose never verifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Namespace {
    /// A person's answer: `countersign`.
    Person,
    /// The guard's permit: `countersign-permit`.
    Permit,
    /// What the guard had folded the roster to: `countersign-roster`. It permits nothing.
    Roster,
}

impl Namespace {
    /// The text inside the signature, `-n` of ssh-keygen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "countersign",
            Self::Permit => "countersign-permit",
            Self::Roster => "countersign-roster",
        }
    }
}

/// The exact text that was signed, and the signature. Reading the value always goes through [`Signed::open`] or [`Signed::verify`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// Canonical JSON, or the page of an answer: byte for byte what went into the signature.
    pub text: String,
    /// The armored SSHSIG.
    pub signature: String,
}

/// What is inside the armor, and the armor in the one spelling that we write.
struct Parsed {
    by: By,
    armored: String,
}

enum By {
    Key(Box<SshSig>),
    Passkey(Box<PasskeySignature>),
}

impl Signed {
    /// What a browser is asked to have signed, so that a passkey's signature is one over this text.
    pub fn challenge(text: &str, namespace: Namespace) -> Result<Vec<u8>, BadSignature> {
        Ok(passkey::challenge(text, namespace.as_str())?)
    }

    /// What a passkey signed, as it is kept. It is not believed yet: [`Signed::verify`] does that.
    pub fn by_passkey(text: String, namespace: Namespace, key: &PublicKey, assertion: &Assertion) -> Result<Self, BadSignature> {
        let envelope = assertion.sealed(key, namespace.as_str())?.envelope();
        let envelope = envelope.ok_or_else(|| BadSignature::Unreadable { why: "it has no SSH form".into() })?;
        Ok(Self { text, signature: envelope.armored() })
    }

    /// What a key signed over [`SshSig::signed_data`] with SHA-512, as `ssh-keygen` writes it. It is not believed yet.
    pub fn by_key(text: String, namespace: Namespace, key: &PublicKey, signature: Signature) -> Result<Self, BadSignature> {
        let unreadable = |e: ssh_key::Error| BadSignature::Unreadable { why: e.to_string() };
        if signature.algorithm() != Algorithm::SkEcdsaSha2NistP256 {
            let signature = SshSig::new(key.key_data().clone(), namespace.as_str(), HashAlg::Sha512, signature);
            return Ok(Self { text, signature: signature.and_then(|signature| signature.to_pem(LineEnding::LF)).map_err(unreadable)? });
        }
        // `ssh_key` 0.6.7 writes flags and counter into the string of the numbers, where nobody else reads them.
        let bytes = signature.as_bytes();
        let cut = bytes.len().checked_sub(5).and_then(|at| bytes.split_at_checked(at));
        let (numbers, trailer) = cut.ok_or_else(|| BadSignature::Unreadable { why: "it is cut off".into() })?;
        let mut inner = Vec::new();
        put(&mut inner, SK_ECDSA.as_bytes());
        put(&mut inner, numbers);
        inner.extend_from_slice(trailer);
        let key = key.to_bytes().map_err(unreadable)?;
        Ok(Self { text, signature: Envelope { key, namespace: namespace.as_str().to_owned(), hash: HashAlg::Sha512, inner }.armored() })
    }

    /// The key inside the signature, before anything is believed about it.
    pub fn claimed_key(&self) -> Result<PublicKey, BadSignature> {
        Ok(match self.parse()?.by {
            By::Key(signature) => PublicKey::new(signature.public_key().clone(), ""),
            By::Passkey(signature) => signature.key,
        })
    }

    /// The page that had a passkey sign, as the signature names it; `None` where no passkey did. [`Signed::verify`] believes no other one.
    pub fn origin(&self) -> Result<Option<String>, BadSignature> {
        Ok(match self.parse()?.by {
            By::Key(_) => None,
            By::Passkey(signature) => Some(signature.origin),
        })
    }

    /// Verifies with `key` for `namespace` and reads the value.
    pub fn open<T: DeserializeOwned>(&self, key: &PublicKey, namespace: Namespace) -> Result<T, BadSignature> {
        self.verify(key, namespace)?;
        serde_json::from_str(&self.text).map_err(|e| BadSignature::Content { why: e.to_string() })
    }

    /// Verifies with `key` for `namespace`; what the text says is for the caller to read.
    pub fn verify(&self, key: &PublicKey, namespace: Namespace) -> Result<(), BadSignature> {
        let parsed = self.parse()?;
        let found = match &parsed.by {
            By::Key(signature) => signature.namespace(),
            By::Passkey(signature) => &signature.namespace,
        };
        if found != namespace.as_str() {
            return Err(BadSignature::Namespace { found: found.to_owned(), expected: namespace.as_str() });
        }
        match parsed.by {
            By::Key(signature) => {
                key.verify(namespace.as_str(), self.text.as_bytes(), &signature).map_err(|_| BadSignature::Mismatch)?;
                touched(&signature)
            }
            By::Passkey(signature) if signature.key.key_data() != key.key_data() => Err(BadSignature::Mismatch),
            By::Passkey(signature) => Ok(signature.verify(&self.text)?),
        }
    }

    /// The digest of text and signature together; what one use is counted by. A signature that can be read is digested in
    /// the one spelling that we write, so that other line ends do not make a second permit of one.
    pub fn digest(&self) -> Digest {
        let one_spelling = self.parse().ok().map(|parsed| parsed.armored);
        let mut bytes = self.text.clone().into_bytes();
        bytes.push(b'\n');
        bytes.extend_from_slice(one_spelling.as_ref().unwrap_or(&self.signature).as_bytes());
        Digest::of_bytes(&bytes)
    }

    fn parse(&self) -> Result<Parsed, BadSignature> {
        let unreadable = |why| BadSignature::Unreadable { why };
        if let Some(envelope) = Envelope::read(&self.signature)
            && let Some(by) = by_authenticator(&envelope)
        {
            let by = by.ok_or_else(|| unreadable("not written as an authenticator's signature is".into()))?;
            return Ok(Parsed { by, armored: envelope.armored() });
        }
        let signature: SshSig = self.signature.parse().map_err(|e: ssh_key::Error| unreadable(e.to_string()))?;
        if signature.version() != SshSig::VERSION {
            // The version is not under the signature, and `ssh_key` takes 0 as well as 1.
            return Err(unreadable(format!("version {}", signature.version())));
        }
        // The armor and the lengths inside are not under the signature either: one spelling, white space aside.
        let armored = signature.to_pem(LineEnding::LF).map_err(|e| unreadable(e.to_string()))?;
        if !armored.split_ascii_whitespace().eq(self.signature.split_ascii_whitespace()) {
            return Err(unreadable("not written as ssh-keygen writes it".into()));
        }
        Ok(Parsed { by: By::Key(Box::new(signature)), armored })
    }
}

/// The two kinds that `ssh_key` cannot write again; `Some(None)` is one of them, and broken.
fn by_authenticator(envelope: &Envelope) -> Option<Option<By>> {
    match envelope.algorithm()? {
        passkey::WEBAUTHN => Some(PasskeySignature::read(envelope).map(|signature| By::Passkey(Box::new(signature)))),
        SK_ECDSA => Some(security_key(envelope).map(|signature| By::Key(Box::new(signature)))),
        _ => None,
    }
}

const SK_ECDSA: &str = "sk-ecdsa-sha2-nistp256@openssh.com";

/// An ECDSA security key's signature: two numbers in a string, then flags and counter outside of it.
fn security_key(envelope: &Envelope) -> Option<SshSig> {
    let mut fields = Fields(&envelope.inner);
    fields.string()?;
    let mut inner = fields.string()?.to_vec();
    inner.extend_from_slice(fields.take(5)?);
    let key = PublicKey::from_bytes(&envelope.key).ok().filter(|key| key.to_bytes().is_ok_and(|bytes| bytes == envelope.key))?;
    let signature = Signature::new(Algorithm::SkEcdsaSha2NistP256, inner).ok().filter(|_| fields.0.is_empty())?;
    SshSig::new(key.key_data().clone(), &*envelope.namespace, envelope.hash, signature).ok()
}

/// A security key's signature counts if somebody touched it, and a passkey signs on pages only.
fn touched(signature: &SshSig) -> Result<(), BadSignature> {
    if !matches!(signature.public_key(), KeyData::SkEd25519(_) | KeyData::SkEcdsaSha2NistP256(_)) {
        return Ok(());
    }
    if passkey::relying_party_of(&PublicKey::new(signature.public_key().clone(), "")).is_some() {
        return Err(BadSignature::PasskeyAlone);
    }
    // INVARIANT: both kinds end with one byte of flags and four of the counter; `ssh_key` has checked the length.
    let flags = signature.signature_bytes().iter().nth_back(4).copied().unwrap_or_default();
    if flags & 1 == 1 { Ok(()) } else { Err(BadAssertion::Absent.into()) }
}

/// Why a signature was not believed. Nothing happened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSignature {
    /// Not an armored SSHSIG.
    #[error("the signature cannot be read: {why}")]
    Unreadable {
        /// The parser's words.
        why: String,
    },
    /// Made for another purpose.
    #[error("the signature is for namespace `{found}`, not `{expected}`")]
    Namespace {
        /// In the signature.
        found: String,
        /// What was asked for.
        expected: &'static str,
    },
    /// Wrong key, or other bytes.
    #[error("the signature does not match these bytes and this key")]
    Mismatch,
    /// A passkey's, and not as it must be.
    #[error(transparent)]
    Passkey(#[from] BadAssertion),
    /// A passkey that was used without a browser.
    #[error("the key is a passkey, and signed without the page that would have asked its person")]
    PasskeyAlone,
    /// Asked for by a page that is not in the settings.
    #[error("the page that had it signed is of `{origin}`, which is not this service's")]
    OtherPage {
        /// Of the page.
        origin: String,
    },
    /// Signed, but not the shape that was expected.
    #[error("what was signed cannot be read: {why}")]
    Content {
        /// The parser's words.
        why: String,
    },
}

#[cfg(test)]
mod tests;
