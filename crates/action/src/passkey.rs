//! Signatures of passkeys (WebAuthn assertions), inside of SSHSIG as OpenSSH has them.
//!
//! A passkey is an SSH key `sk-ecdsa-sha2-nistp256@openssh.com` whose application is the relying party id. What a browser asks it to sign
//! is the challenge [`challenge`]: the very bytes that an SSHSIG is over, so an assertion is a signature over the text and
//! nothing else. It is kept as `webauthn-sk-ecdsa-sha2-nistp256@openssh.com` (OpenSSH, PROTOCOL.u2f, "webauthn signatures"), which has all
//! that is needed to verify it anywhere, later, also with `ssh-keygen -Y verify`.
//!
//! Stricter than OpenSSH: the person was there and was verified by the device, the page may use this key and stood in
//! no other site's page, no member comes twice. The counter is under the signature and compared with nothing: synced passkeys
//! have none, and what was signed twice counts once anyway, by the intent that it names.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};
use sha2::{Digest as _, Sha256};
use ssh_key::public::{KeyData, SkEcdsaSha2NistP256};
use ssh_key::{HashAlg, Mpint, PublicKey, SshSig};

use crate::browser_claim::BrowserClaim;
use crate::envelope::{Envelope, Fields, put};
use crate::relying_party::may_use;

/// The inner signature, by OpenSSH's name.
pub(crate) const WEBAUTHN: &str = "webauthn-sk-ecdsa-sha2-nistp256@openssh.com";
/// Applications of keys that sign as SSH keys do; `ssh-keygen` makes no others.
const SSH: &str = "ssh:";
/// Bytes of what a browser says, and of what extensions say; real ones have some hundred.
const LONGEST: usize = 8 * 1024;

/// Bits of the authenticator's flags (WebAuthn level 3, section 6.1).
mod flag {
    pub(super) const PRESENT: u8 = 0x01;
    pub(super) const VERIFIED: u8 = 0x04;
    pub(super) const MAY_BE_SYNCED: u8 = 0x08;
    pub(super) const IS_SYNCED: u8 = 0x10;
    pub(super) const NEW_KEY: u8 = 0x40;
    pub(super) const EXTENSIONS: u8 = 0x80;
    pub(super) const RESERVED: u8 = 0x22;
}

/// Whether a key is kept by an authenticator: an SSH security key (`sk-`), or a passkey. A passkey may be synced between the devices of its
/// person; without attestation nothing says where it is kept.
pub fn is_hardware(key: &PublicKey) -> bool {
    application(key).is_some()
}

/// The relying party id of a passkey; `None` for each other key.
pub fn relying_party_of(key: &PublicKey) -> Option<&str> {
    application(key).filter(|application| !application.starts_with(SSH))
}

fn application(key: &PublicKey) -> Option<&str> {
    match key.key_data() {
        KeyData::SkEd25519(key) => Some(key.application()),
        KeyData::SkEcdsaSha2NistP256(key) => Some(key.application()),
        _ => None,
    }
}

/// The SSH key of a passkey that signs with ES256: its point (SEC1, uncompressed) and whom it is for.
pub fn passkey(point: &[u8], relying_party: &str) -> Option<PublicKey> {
    let point = VerifyingKey::from_sec1_bytes(point).ok()?.to_encoded_point(false);
    Some(PublicKey::new(KeyData::SkEcdsaSha2NistP256(SkEcdsaSha2NistP256::new(point, relying_party)), ""))
}

/// The origin of the page that a browser says it answered (`clientDataJSON`); no page inside of another site's.
pub fn claimed_page(client: &[u8]) -> Result<String, BadAssertion> {
    let client = BrowserClaim::read(client).map_err(unreadable)?;
    if client.crossed { Err(BadAssertion::Crossed) } else { Ok(client.origin) }
}

/// What a browser is to have signed for a text.
pub(crate) fn challenge(text: &str, namespace: &str) -> Result<Vec<u8>, BadAssertion> {
    signed_bytes(text, namespace, HashAlg::Sha512)
}

fn signed_bytes(text: &str, namespace: &str, hash: HashAlg) -> Result<Vec<u8>, BadAssertion> {
    SshSig::signed_data(namespace, hash, text.as_bytes()).map_err(|e| unreadable(e.to_string()))
}

/// An assertion as a browser gives it, undone from base64url.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assertion {
    /// `authenticatorData`.
    pub authenticator: Vec<u8>,
    /// `clientDataJSON`.
    pub client: Vec<u8>,
    /// `signature`: ECDSA in DER.
    pub signature: Vec<u8>,
}

impl Assertion {
    /// The challenge that it says it answers.
    pub fn claimed_challenge(&self) -> Result<Vec<u8>, BadAssertion> {
        let client = BrowserClaim::read(&self.client).map_err(unreadable)?;
        URL_SAFE_NO_PAD.decode(client.challenge).map_err(|_| unreadable("the challenge is no base64url".into()))
    }

    /// The same as a signature of a key.
    pub(crate) fn sealed(&self, key: &PublicKey, namespace: &str) -> Result<PasskeySignature, BadAssertion> {
        let cut = || unreadable("the authenticator's data is cut off".into());
        let mut fields = Fields(&self.authenticator);
        let party = fields.take(32).ok_or_else(cut)?;
        let id = relying_party_of(key).ok_or(BadAssertion::NoPasskey)?;
        if party != Sha256::digest(id).as_slice() {
            return Err(BadAssertion::OtherParty { id: id.to_owned() });
        }
        let (flags, counter) = (fields.byte().ok_or_else(cut)?, fields.number().ok_or_else(cut)?);
        let ecdsa = Signature::from_der(&self.signature).map_err(|_| unreadable("the signature is not DER".into()))?;
        Ok(PasskeySignature {
            key: key.clone(),
            namespace: namespace.to_owned(),
            hash: HashAlg::Sha512,
            ecdsa,
            flags,
            counter,
            origin: BrowserClaim::read(&self.client).map_err(unreadable)?.origin,
            client: self.client.clone(),
            extensions: fields.0.to_vec(),
        })
    }
}

/// A passkey's signature that was read, and not yet believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PasskeySignature {
    pub key: PublicKey,
    pub namespace: String,
    hash: HashAlg,
    ecdsa: Signature,
    flags: u8,
    counter: u32,
    pub origin: String,
    client: Vec<u8>,
    extensions: Vec<u8>,
}

impl PasskeySignature {
    /// Reads what is inside an envelope, in its one spelling.
    pub(crate) fn read(envelope: &Envelope) -> Option<Self> {
        let mut fields = Fields(&envelope.inner);
        (fields.string()? == WEBAUTHN.as_bytes()).then_some(())?;
        let mut ecdsa = Fields(fields.string()?);
        let read = Self {
            key: PublicKey::from_bytes(&envelope.key).ok()?,
            namespace: envelope.namespace.clone(),
            hash: envelope.hash,
            ecdsa: Signature::from_scalars(scalar(ecdsa.string()?)?, scalar(ecdsa.string()?)?).ok()?,
            flags: fields.byte()?,
            counter: fields.number()?,
            origin: String::from_utf8(fields.string()?.to_vec()).ok()?,
            client: fields.string()?.to_vec(),
            extensions: fields.string()?.to_vec(),
        };
        (read.envelope()? == *envelope).then_some(read)
    }

    /// As it is kept.
    pub(crate) fn envelope(&self) -> Option<Envelope> {
        let (r, s) = self.ecdsa.split_bytes();
        let mut ecdsa = Vec::new();
        for number in [r, s] {
            put(&mut ecdsa, Mpint::from_positive_bytes(&number).ok()?.as_bytes());
        }
        let mut inner = Vec::new();
        put(&mut inner, WEBAUTHN.as_bytes());
        put(&mut inner, &ecdsa);
        inner.push(self.flags);
        inner.extend_from_slice(&self.counter.to_be_bytes());
        for field in [self.origin.as_bytes(), &self.client, &self.extensions] {
            put(&mut inner, field);
        }
        Some(Envelope { key: self.key.to_bytes().ok()?, namespace: self.namespace.clone(), hash: self.hash, inner })
    }

    /// Whether this very key signed this text, on a page that may ask for it, with its person there and verified.
    pub(crate) fn verify(&self, text: &str) -> Result<(), BadAssertion> {
        let id = relying_party_of(&self.key).ok_or(BadAssertion::NoPasskey)?;
        self.check_client(text, id)?;
        self.check_flags()?;
        let KeyData::SkEcdsaSha2NistP256(key) = self.key.key_data() else { return Err(BadAssertion::NoPasskey) };
        let key = VerifyingKey::from_sec1_bytes(key.ec_point().as_bytes()).map_err(|_| BadAssertion::Mismatch)?;
        key.verify(&self.signed(id), &self.ecdsa).map_err(|_| BadAssertion::Mismatch)
    }

    /// What the authenticator signed: its data, then the digest of what the browser said.
    fn signed(&self, id: &str) -> Vec<u8> {
        let mut signed = Sha256::digest(id).to_vec();
        signed.push(self.flags);
        signed.extend_from_slice(&self.counter.to_be_bytes());
        signed.extend_from_slice(&self.extensions);
        signed.extend_from_slice(&Sha256::digest(&self.client));
        signed
    }

    fn check_client(&self, text: &str, id: &str) -> Result<(), BadAssertion> {
        if self.client.len() > LONGEST || self.extensions.len() > LONGEST {
            return Err(unreadable(format!("what the browser or an extension says has more than {LONGEST} bytes")));
        }
        let client = BrowserClaim::read(&self.client).map_err(unreadable)?;
        if client.kind != "webauthn.get" {
            return Err(BadAssertion::OtherType { kind: client.kind });
        }
        if client.challenge != URL_SAFE_NO_PAD.encode(signed_bytes(text, &self.namespace, self.hash)?) {
            return Err(BadAssertion::OtherChallenge);
        }
        if client.crossed {
            return Err(BadAssertion::Crossed);
        }
        if !may_use(&client.origin, id) {
            return Err(BadAssertion::OtherOrigin { origin: client.origin, id: id.to_owned() });
        }
        if client.origin != self.origin || !self.client.starts_with(client.beginning().as_bytes()) {
            return Err(BadAssertion::Spelled);
        }
        Ok(())
    }

    fn check_flags(&self) -> Result<(), BadAssertion> {
        let has = |bit| self.flags & bit != 0;
        if !has(flag::PRESENT) {
            return Err(BadAssertion::Absent);
        }
        if !has(flag::VERIFIED) {
            return Err(BadAssertion::Unverified);
        }
        let contradicts = has(flag::IS_SYNCED) && !has(flag::MAY_BE_SYNCED);
        if contradicts || has(flag::NEW_KEY) || has(flag::RESERVED) || has(flag::EXTENSIONS) == self.extensions.is_empty() {
            return Err(BadAssertion::Flags { flags: self.flags });
        }
        Ok(())
    }
}

/// A positive number in its shortest form, as 32 bytes.
fn scalar(bytes: &[u8]) -> Option<p256::FieldBytes> {
    let number = Mpint::from_bytes(bytes).ok()?;
    let digits = number.as_positive_bytes()?;
    let mut padded = p256::FieldBytes::default();
    let at = padded.len().checked_sub(digits.len())?;
    padded.get_mut(at..)?.copy_from_slice(digits);
    Some(padded)
}

fn unreadable(why: String) -> BadAssertion {
    BadAssertion::Unreadable { why }
}

/// Why a passkey's signature was not believed. Nothing happened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadAssertion {
    /// Not the shape that browsers and authenticators give.
    #[error("what the passkey signed cannot be read: {why}")]
    Unreadable {
        /// The reader's words.
        why: String,
    },
    /// The key is none of a passkey.
    #[error("the signature has a passkey's form, but the key is no passkey")]
    NoPasskey,
    /// Made for another ceremony.
    #[error("the passkey was asked for `{kind}`, not to sign (`webauthn.get`)")]
    OtherType {
        /// What was asked for.
        kind: String,
    },
    /// It signed another text.
    #[error("the passkey signed another challenge than the one of this text")]
    OtherChallenge,
    /// Inside of another site's page, where a person does not see whose it is.
    #[error("the page that asked stood inside another site's page")]
    Crossed,
    /// A page that may not use this key.
    #[error("the page that asked is of `{origin}`, which may not use a passkey of `{id}`")]
    OtherOrigin {
        /// Of the page.
        origin: String,
        /// In the key.
        id: String,
    },
    /// A key of another service.
    #[error("the passkey that signed is not for `{id}`")]
    OtherParty {
        /// In the key that was expected.
        id: String,
    },
    /// What the browser said is not spelled as browsers must.
    #[error("what the browser said does not begin with type, challenge and origin as browsers write them")]
    Spelled,
    /// Nobody touched it.
    #[error("the key signed without anybody being there (no user presence)")]
    Absent,
    /// The device did not look who it is.
    #[error("the passkey signed without verifying its person (no user verification)")]
    Unverified,
    /// Flags that no such signature has.
    #[error("the authenticator's flags {flags:#04x} are none of a signature")]
    Flags {
        /// What they are.
        flags: u8,
    },
    /// Wrong key, or other bytes.
    #[error("the signature does not match these bytes and this passkey")]
    Mismatch,
}

#[cfg(test)]
mod tests;
