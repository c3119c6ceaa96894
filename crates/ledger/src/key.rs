//! The log's key: an Ed25519 key with a name, as in C2SP signed-note.
//!
//! The name is the log's origin; it is signed into every checkpoint. The secret text is the note package's
//! `PRIVATE+KEY+<name>+<id>+<key>`; whoever has it can make checkpoints. Where it is kept is not known here.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ed25519_dalek::{Signer as _, SigningKey};
use signed_note::{Note, StandardSigner, StandardVerifier, VerificationError, Verifier};

use crate::hash::Hash;

const ED25519: u8 = 1;

/// The secret key that signs checkpoints.
#[derive(Clone)]
pub struct LogKey {
    name: String,
    id: u32,
    signing: SigningKey,
}

impl LogKey {
    /// The key of the log `name` from 32 random bytes. What a key's name may not have (white space, `+`, control
    /// characters) becomes `-`; an empty name becomes `log`.
    pub fn generate(name: &str, seed: [u8; 32]) -> Self {
        let forbidden = |c: char| c == '+' || c.is_whitespace() || c.is_control();
        let name = if name.is_empty() { "log".to_owned() } else { name.replace(forbidden, "-") };
        Self::assemble(name, SigningKey::from_bytes(&seed))
    }

    /// Reads what [`LogKey::to_text`] wrote; white space around it is ignored.
    pub fn from_text(text: &str) -> Result<Self, BadKey> {
        let text = text.trim();
        StandardSigner::new(text).map_err(|e| BadKey::Secret(e.to_string()))?;
        let mut parts = text.splitn(5, '+').skip(2);
        let name = parts.next().ok_or_else(|| BadKey::Secret("no name".to_owned()))?;
        let encoded = parts.nth(1).ok_or_else(|| BadKey::Secret("no key".to_owned()))?;
        let bytes = BASE64_STANDARD.decode(encoded).map_err(|e| BadKey::Secret(e.to_string()))?;
        let seed = bytes.get(1..).and_then(|b| <[u8; 32]>::try_from(b).ok());
        let seed = seed.ok_or_else(|| BadKey::Secret("32 bytes of key are needed".to_owned()))?;
        Ok(Self::assemble(name.to_owned(), SigningKey::from_bytes(&seed)))
    }

    /// The secret text of this key.
    pub fn to_text(&self) -> String {
        let secret = [&[ED25519], self.signing.to_bytes().as_slice()].concat();
        format!("PRIVATE+KEY+{}+{:08x}+{}", self.name, self.id, BASE64_STANDARD.encode(secret))
    }

    /// The public text (a C2SP signed-note verifier key), to give to everybody.
    pub fn vkey(&self) -> String {
        signed_note::new_ed25519_verifier_key(&self.name, &self.signing.verifying_key())
    }

    /// The checkpoint of a tree of `size` entries with that root, signed.
    pub(crate) fn checkpoint(&self, size: u64, root: Hash) -> Result<String, CannotSign> {
        let text = tlog_tiles::Checkpoint::new(&self.name, size, root.into(), "")
            .map_err(|e| CannotSign(e.to_string()))?
            .to_bytes();
        let mut note = Note::new(&text, &[]).map_err(|e| CannotSign(e.to_string()))?;
        note.add_sigs(&[self]).map_err(|e| CannotSign(e.to_string()))?;
        String::from_utf8(note.to_bytes()).map_err(|e| CannotSign(e.to_string()))
    }

    fn assemble(name: String, signing: SigningKey) -> Self {
        let public = [&[ED25519], signing.verifying_key().to_bytes().as_slice()].concat();
        let id = signed_note::key_id(&name, &public);
        Self { name, id, signing }
    }
}

impl signed_note::Signer for LogKey {
    fn name(&self) -> &str {
        &self.name
    }

    fn key_id(&self) -> u32 {
        self.id
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, ed25519_dalek::SignatureError> {
        Ok(self.signing.try_sign(message)?.to_vec())
    }
}

impl fmt::Debug for LogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LogKey({})", self.vkey())
    }
}

/// The public half, ready to verify.
#[derive(Clone)]
pub(crate) struct LogVerifier {
    verifier: StandardVerifier,
    vkey: String,
}

impl LogVerifier {
    /// Reads a verifier key in its one spelling.
    pub(crate) fn new(vkey: &str) -> Result<Self, BadKey> {
        let verifier = StandardVerifier::new(vkey).map_err(|e| BadKey::Public(e.to_string()))?;
        // The crate reads the id as any hex number; the specification knows eight lower-case digits.
        let spelled = format!("{}+{:08x}+", verifier.name(), verifier.key_id());
        if !vkey.starts_with(&spelled) {
            return Err(BadKey::Public("malformed key id".to_owned()));
        }
        Ok(Self { verifier, vkey: vkey.to_owned() })
    }

    pub(crate) fn name(&self) -> &str {
        self.verifier.name()
    }

    pub(crate) fn vkey(&self) -> &str {
        &self.vkey
    }
}

impl signed_note::Verifiers for LogVerifier {
    fn verifier(&self, name: &str, id: u32) -> Result<&dyn Verifier, VerificationError> {
        if name == self.verifier.name() && id == self.verifier.key_id() {
            Ok(&self.verifier)
        } else {
            Err(VerificationError::UnknownKey { name: name.to_owned(), id })
        }
    }
}

/// A text that is not a key of a log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    /// Not a secret key text. The text itself is not repeated.
    #[error("this is not a log's secret key: {0}")]
    Secret(String),
    /// Not a verifier key.
    #[error("this is not a log's public key: {0}")]
    Public(String),
}

/// A checkpoint could not be signed; nothing was written.
#[derive(Debug)]
pub(crate) struct CannotSign(pub(crate) String);

#[cfg(test)]
mod tests;
