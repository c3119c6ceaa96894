//! The outside of an SSHSIG as bytes, for inner signatures that `ssh_key` does not hold: those of ECDSA security keys, whose
//! writer it lacks (0.6.7), and those of passkeys.
//!
//! Format: OpenSSH's PROTOCOL.sshsig. Nothing here is believed; there is one spelling, and other bytes are none.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ssh_key::HashAlg;

const MAGIC: &[u8] = b"SSHSIG";
const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----";
const END: &str = "-----END SSH SIGNATURE-----";
/// Characters of base64 in a line, as ssh-keygen writes them.
const WIDTH: usize = 70;

/// Key, purpose, hash and inner signature, as they are inside the armor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Envelope {
    pub key: Vec<u8>,
    pub namespace: String,
    pub hash: HashAlg,
    pub inner: Vec<u8>,
}

impl Envelope {
    /// Reads an armored signature, white space aside in its one spelling.
    pub(crate) fn read(armored: &str) -> Option<Self> {
        let body: String = armored.trim().strip_prefix(BEGIN)?.strip_suffix(END)?.split_ascii_whitespace().collect();
        let bytes = STANDARD.decode(body).ok()?;
        let mut fields = Fields(&bytes);
        (fields.take(MAGIC.len())? == MAGIC && fields.number()? == 1).then_some(())?;
        let key = fields.string()?.to_vec();
        let namespace = String::from_utf8(fields.string()?.to_vec()).ok()?;
        // The reserved field may be ignored, and is under the signature: ours is empty.
        fields.string()?.is_empty().then_some(())?;
        let hash = HashAlg::new(std::str::from_utf8(fields.string()?).ok()?).ok()?;
        let inner = fields.string()?.to_vec();
        let read = Self { key, namespace, hash, inner };
        // Also no byte behind it: it would not be written again.
        read.armored().split_ascii_whitespace().eq(armored.split_ascii_whitespace()).then_some(read)
    }

    /// What the inner signature says that it is.
    pub(crate) fn algorithm(&self) -> Option<&str> {
        std::str::from_utf8(Fields(&self.inner).string()?).ok()
    }

    /// The armor, as ssh-keygen writes it.
    pub(crate) fn armored(&self) -> String {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&1_u32.to_be_bytes());
        for field in [&self.key[..], self.namespace.as_bytes(), b"", self.hash.as_str().as_bytes(), &self.inner] {
            put(&mut bytes, field);
        }
        let mut text = format!("{BEGIN}\n");
        for (i, letter) in STANDARD.encode(bytes).chars().enumerate() {
            if i > 0 && i % WIDTH == 0 {
                text.push('\n');
            }
            text.push(letter);
        }
        text + "\n" + END + "\n"
    }
}

/// Writes a string of the SSH protocol: its length in four bytes, then its bytes.
pub(crate) fn put(bytes: &mut Vec<u8>, field: &[u8]) {
    // INVARIANT: what is written was read under bounds far below four gigabytes.
    bytes.extend_from_slice(&u32::try_from(field.len()).unwrap_or(u32::MAX).to_be_bytes());
    bytes.extend_from_slice(field);
}

/// What is still to be read.
pub(crate) struct Fields<'a>(pub &'a [u8]);

impl<'a> Fields<'a> {
    pub(crate) fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    pub(crate) fn number(&mut self) -> Option<u32> {
        Some(u32::from_be_bytes(self.take(4)?.try_into().ok()?))
    }

    pub(crate) fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    pub(crate) fn string(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        self.take(usize::try_from(length).ok()?)
    }
}

#[cfg(test)]
mod tests;
