//! SSH signatures (SSHSIG, as `ssh-keygen -Y sign` makes them) over canonical bytes.

use serde::{Deserialize, Serialize};
use serde::de::DeserializeOwned;
use ssh_key::{PublicKey, SshSig};

use crate::canonical::Digest;

/// What a signature is for. One made for another purpose never verifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Namespace {
    /// A person's answer: `countersign`.
    Person,
    /// The guard's permit: `countersign-permit`.
    Permit,
}

impl Namespace {
    /// The text inside the signature, `-n` of ssh-keygen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "countersign",
            Self::Permit => "countersign-permit",
        }
    }
}

/// The exact text that was signed, and the signature. Reading the value always goes through [`Signed::open`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// The canonical JSON, byte for byte what went into the signature.
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
        let signature = self.parse()?;
        if signature.namespace() != namespace.as_str() {
            return Err(BadSignature::Namespace {
                found: signature.namespace().to_owned(),
                expected: namespace.as_str(),
            });
        }
        key.verify(namespace.as_str(), self.text.as_bytes(), &signature).map_err(|_| BadSignature::Mismatch)?;
        serde_json::from_str(&self.text).map_err(|e| BadSignature::Content { why: e.to_string() })
    }

    /// The digest of text and signature together; what one use is counted by.
    pub fn digest(&self) -> Digest {
        let mut bytes = self.text.clone().into_bytes();
        bytes.push(b'\n');
        bytes.extend_from_slice(self.signature.as_bytes());
        Digest::of_bytes(&bytes)
    }

    fn parse(&self) -> Result<SshSig, BadSignature> {
        self.signature.parse().map_err(|e: ssh_key::Error| BadSignature::Unreadable { why: e.to_string() })
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
    /// Signed, but not the shape that was expected.
    #[error("what was signed cannot be read: {why}")]
    Content {
        /// The parser's words.
        why: String,
    },
}
