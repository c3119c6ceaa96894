//! SSH signatures (SSHSIG, as `ssh-keygen -Y sign` makes them) over canonical bytes.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use ssh_key::public::KeyData;
use ssh_key::{LineEnding, PublicKey, SshSig};

use crate::canonical::Digest;

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

/// Whether a key is one of a hardware token, which signs only while somebody touches it. That it is is the key's own kind; which token made
/// it nobody attests.
pub fn is_hardware(key: &PublicKey) -> bool {
    matches!(key.key_data(), KeyData::SkEd25519(_) | KeyData::SkEcdsaSha2NistP256(_))
}

/// Whether somebody was there when a token signed: the first of its flags, which come with a counter after the signature proper (OpenSSH,
/// PROTOCOL.u2f). They are under the signature.
fn was_touched(signature: &SshSig) -> bool {
    let bytes = signature.signature_bytes();
    bytes.len().checked_sub(FLAGS_AND_COUNTER).and_then(|at| bytes.get(at)).is_some_and(|flags| flags & USER_PRESENT != 0)
}

const FLAGS_AND_COUNTER: usize = 5;
const USER_PRESENT: u8 = 1;

/// The exact text that was signed, and the signature. Reading the value always goes through [`Signed::open`] or [`Signed::verify`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// Canonical JSON, or the page of an answer: byte for byte what went into the signature.
    pub text: String,
    /// The armored SSHSIG.
    pub signature: String,
}

impl Signed {
    /// The key inside the signature, before anything is believed about it.
    pub fn claimed_key(&self) -> Result<PublicKey, BadSignature> {
        let signature = self.parse()?;
        Ok(PublicKey::new(signature.public_key().clone(), ""))
    }

    /// Verifies with `key` for `namespace` and reads the value.
    pub fn open<T: DeserializeOwned>(&self, key: &PublicKey, namespace: Namespace) -> Result<T, BadSignature> {
        self.verify(key, namespace)?;
        serde_json::from_str(&self.text).map_err(|e| BadSignature::Content { why: e.to_string() })
    }

    /// Verifies with `key` for `namespace`; what the text says is for the caller to read.
    pub fn verify(&self, key: &PublicKey, namespace: Namespace) -> Result<(), BadSignature> {
        let signature = self.parse()?;
        if signature.namespace() != namespace.as_str() {
            return Err(BadSignature::Namespace {
                found: signature.namespace().to_owned(),
                expected: namespace.as_str(),
            });
        }
        key.verify(namespace.as_str(), self.text.as_bytes(), &signature).map_err(|_| BadSignature::Mismatch)?;
        if is_hardware(key) && !was_touched(&signature) { Err(BadSignature::NotTouched) } else { Ok(()) }
    }

    /// The digest of text and signature together; what one use is counted by. A signature that can be read is digested in
    /// the one spelling that we write, so that other line ends do not make a second permit of one.
    pub fn digest(&self) -> Digest {
        let one_spelling = self.parse().ok().and_then(|signature| signature.to_pem(LineEnding::LF).ok());
        let mut bytes = self.text.clone().into_bytes();
        bytes.push(b'\n');
        bytes.extend_from_slice(one_spelling.as_ref().unwrap_or(&self.signature).as_bytes());
        Digest::of_bytes(&bytes)
    }

    fn parse(&self) -> Result<SshSig, BadSignature> {
        let unreadable = |why| BadSignature::Unreadable { why };
        let signature: SshSig = self.signature.parse().map_err(|e: ssh_key::Error| unreadable(e.to_string()))?;
        if signature.version() != SshSig::VERSION {
            // The version is not under the signature, and `ssh_key` takes 0 as well as 1.
            return Err(unreadable(format!("version {}", signature.version())));
        }
        // The armor and the lengths inside are not under the signature either: one spelling, white space aside.
        let written = signature.to_pem(LineEnding::LF).map_err(|e| unreadable(e.to_string()))?;
        if !written.split_ascii_whitespace().eq(self.signature.split_ascii_whitespace()) {
            return Err(unreadable("not written as ssh-keygen writes it".into()));
        }
        Ok(signature)
    }
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
    /// A token that signs by itself says nothing about a person.
    #[error("the hardware key signed without being touched\nhint: make it without `no-touch-required`")]
    NotTouched,
    /// Signed, but not the shape that was expected.
    #[error("what was signed cannot be read: {why}")]
    Content {
        /// The parser's words.
        why: String,
    },
}

#[cfg(test)]
mod tests;
