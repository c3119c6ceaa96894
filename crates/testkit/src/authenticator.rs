//! An authenticator and the browser in front of it: makes a passkey as a page asks for it, and signs with it.
//!
//! Takes and gives what a page does, in the W3C's JSON forms (WebAuthn level 3, section 5.1.8). It says whatever it is told to say, also what no
//! browser would.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// One passkey.
#[derive(Debug)]
pub struct Authenticator {
    key: SigningKey,
    id: Vec<u8>,
}

/// What browser and authenticator say in one ceremony.
#[derive(Clone, Debug)]
pub struct Said {
    /// `type`: `webauthn.create` or `webauthn.get`.
    pub kind: String,
    /// The challenge, where it is not the one that was asked for.
    pub challenge: Option<String>,
    /// Of the page.
    pub origin: String,
    /// Whom the key is for, where it is not who was asked for.
    pub party: Option<String>,
    /// The authenticator's flags, without those for what follows them.
    pub flags: u8,
    /// What stands behind the origin.
    pub more: String,
    /// What extensions say, in CBOR.
    pub extensions: Vec<u8>,
}

/// Somebody was there, and was verified.
pub const PRESENT_AND_VERIFIED: u8 = 0x05;
const NEW_KEY: u8 = 0x40;
const EXTENSIONS: u8 = 0x80;

impl Said {
    /// What is said on a page of this origin when all is well.
    pub fn on(kind: &str, origin: &str) -> Self {
        let more = r#","crossOrigin":false}"#.to_owned();
        Self { kind: kind.into(), challenge: None, origin: origin.into(), party: None, flags: PRESENT_AND_VERIFIED, more, extensions: Vec::new() }
    }

    fn client(&self, asked: &str) -> String {
        let challenge = self.challenge.as_deref().unwrap_or(asked);
        format!(r#"{{"type":"{}","challenge":"{challenge}","origin":"{}"{}"#, self.kind, self.origin, self.more)
    }

    fn data(&self, asked: &str, more: &[u8], flags: u8) -> Vec<u8> {
        let extensions = if self.extensions.is_empty() { 0 } else { EXTENSIONS };
        let mut data = Sha256::digest(self.party.as_deref().unwrap_or(asked)).to_vec();
        data.push(self.flags | flags | extensions);
        data.extend_from_slice(&[0; 4]);
        data.extend_from_slice(more);
        data.extend_from_slice(&self.extensions);
        data
    }
}

impl Authenticator {
    /// The same passkey in every run.
    pub fn new(seed: u8) -> Self {
        Self { key: SigningKey::from_slice(&[seed; 32]).unwrap(), id: vec![seed; 32] }
    }

    /// The public half: an uncompressed point (SEC1).
    pub fn point(&self) -> Vec<u8> {
        self.key.verifying_key().to_encoded_point(false).as_bytes().to_vec()
    }

    /// `PublicKeyCredentialCreationOptionsJSON` in, `RegistrationResponseJSON` out.
    pub fn register(&self, options: &Value, origin: &str) -> Value {
        self.register_as(options, &Said::on("webauthn.create", origin))
    }

    /// The same, saying something else.
    pub fn register_as(&self, options: &Value, said: &Said) -> Value {
        let client = said.client(options["challenge"].as_str().unwrap());
        let point = self.point();
        let (x, y) = point[1..].split_at(32);
        let mut credential = vec![0; 16]; // the model of the authenticator: none
        credential.extend_from_slice(&u16::try_from(self.id.len()).unwrap().to_be_bytes());
        credential.extend_from_slice(&self.id);
        credential.extend_from_slice(&[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32]);
        credential.extend_from_slice(x);
        credential.extend_from_slice(&[0x22, 0x58, 32]);
        credential.extend_from_slice(y);
        let data = said.data(options["rp"]["id"].as_str().unwrap(), &credential, NEW_KEY);
        let mut attestation = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        attestation.push(u8::try_from(data.len()).unwrap());
        attestation.extend_from_slice(&data);
        self.response(&json!({"clientDataJSON": coded(&client), "attestationObject": coded(&attestation), "authenticatorData": coded(&data), "transports": ["internal"], "publicKeyAlgorithm": -7, "publicKey": coded(spki(&point))}))
    }

    /// `PublicKeyCredentialRequestOptionsJSON` in, `AuthenticationResponseJSON` out.
    pub fn sign(&self, options: &Value, origin: &str) -> Value {
        self.sign_as(options, &Said::on("webauthn.get", origin))
    }

    /// The same, saying something else.
    pub fn sign_as(&self, options: &Value, said: &Said) -> Value {
        let (data, client, signature) = self.assertion(options["challenge"].as_str().unwrap(), options["rpId"].as_str().unwrap(), said);
        self.response(&json!({"clientDataJSON": coded(&client), "authenticatorData": coded(&data), "signature": coded(&signature), "userHandle": "YW5h"}))
    }

    /// What is in such a response, as bytes: authenticator data, client data, signature.
    pub fn assertion(&self, challenge: &str, party: &str, said: &Said) -> (Vec<u8>, Vec<u8>, Vec<u8>) {
        let (client, data) = (said.client(challenge), said.data(party, &[], 0));
        let signature = self.der(&[&data[..], &Sha256::digest(&client)].concat());
        (data, client.into_bytes(), signature)
    }

    /// The signature of the bare key over any bytes, in DER.
    pub fn der(&self, bytes: &[u8]) -> Vec<u8> {
        let signature: Signature = self.key.sign(bytes);
        signature.to_der().as_bytes().to_vec()
    }

    fn response(&self, response: &Value) -> Value {
        let id = coded(&self.id);
        json!({"id": id, "rawId": id, "response": response, "authenticatorAttachment": "platform", "clientExtensionResults": {}, "type": "public-key"})
    }
}

/// Bytes as these forms have them.
pub fn coded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A point with the words in front of it that make it a key of P-256 (RFC 5480).
fn spki(point: &[u8]) -> Vec<u8> {
    let head = b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00";
    [&head[..], point].concat()
}
