//! The guard's own key, and the making of a person's first key. Ed25519 in OpenSSH form, so that stock tools can read both.

use action::{Namespace, Permit, Signed, canonical};
use ssh_key::private::{Ed25519Keypair, PrivateKey};
use ssh_key::{Algorithm, HashAlg, LineEnding, PublicKey};

/// Signs permits, and what it folded the roster to; each for its own namespace, so that neither is taken for the other.
pub struct GuardKey(PrivateKey);

impl GuardKey {
    /// The key of a seed. The caller keeps the seed random.
    pub fn generate(seed: [u8; 32]) -> Self {
        let mut key = PrivateKey::from(Ed25519Keypair::from_seed(&seed));
        key.set_comment("countersign guard");
        Self(key)
    }

    /// Reads an unencrypted ed25519 key in OpenSSH form.
    pub fn from_openssh(text: &str) -> Result<Self, BadKey> {
        let key = PrivateKey::from_openssh(text).map_err(BadKey::of)?;
        if key.is_encrypted() {
            return Err(BadKey::Encrypted);
        }
        match key.algorithm() {
            Algorithm::Ed25519 => Ok(Self(key)),
            other => Err(BadKey::Algorithm { found: other.to_string() }),
        }
    }

    /// The private key in OpenSSH form: a secret.
    pub fn to_openssh(&self) -> Result<String, BadKey> {
        self.0.to_openssh(LineEnding::LF).map(|text| text.to_string()).map_err(BadKey::of)
    }

    /// The key that permits verify with.
    pub fn public(&self) -> PublicKey {
        self.0.public_key().clone()
    }

    /// The permit's canonical bytes, signed for the permit namespace.
    pub(crate) fn sign(&self, permit: &Permit) -> Result<Signed, String> {
        self.sign_for(Namespace::Permit, canonical(permit).map_err(|e| e.to_string())?)
    }

    pub(crate) fn sign_for(&self, namespace: Namespace, bytes: Vec<u8>) -> Result<Signed, String> {
        let signature = self.0.sign(namespace.as_str(), HashAlg::Sha512, &bytes).map_err(|e| e.to_string())?;
        let text = String::from_utf8(bytes).map_err(|e| e.to_string())?;
        Ok(Signed { text, signature: signature.to_pem(LineEnding::LF).map_err(|e| e.to_string())? })
    }
}

/// An ed25519 key for a person who has none, in OpenSSH form: a secret, to be kept in a file of mode 600.
pub fn generate_person_key(seed: [u8; 32], comment: &str) -> Result<String, BadKey> {
    let mut key = PrivateKey::from(Ed25519Keypair::from_seed(&seed));
    key.set_comment(comment);
    key.to_openssh(LineEnding::LF).map(|text| text.to_string()).map_err(BadKey::of)
}

/// Why a key is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    /// Not an OpenSSH private key.
    #[error("the key cannot be read: {why}")]
    Unreadable {
        /// The parser's words.
        why: String,
    },
    /// The guard has nobody to ask for a passphrase.
    #[error("the guard's key is encrypted; it must be usable without a passphrase")]
    Encrypted,
    /// Permits are signed with ed25519.
    #[error("the guard's key is `{found}`, not `ssh-ed25519`")]
    Algorithm {
        /// What it is.
        found: String,
    },
}

impl BadKey {
    fn of(error: ssh_key::Error) -> Self {
        Self::Unreadable { why: error.to_string() }
    }
}

#[cfg(test)]
mod tests;
