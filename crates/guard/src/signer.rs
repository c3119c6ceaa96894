//! People's keys: a key file's bytes, or a key that never leaves its ssh-agent. Both make the SSHSIG that
//! `ssh-keygen -Y sign -n countersign` would make over the same bytes.
//!
//! ed25519, ecdsa on P-256 and P-384, and RSA (always with SHA-512); through an agent also hardware keys that it holds. Every
//! signature is verified before it is handed out, so a faulty key or agent is found here and not by the guard.

use std::fmt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use action::{Answer, BadSignature, Namespace, Signed, canonical};
use rsa::pkcs1v15::SigningKey;
use rsa::signature::{SignatureEncoding, Signer as _};
use rsa::{BigUint, RsaPrivateKey};
use ssh_agent_client_rs::{Client, Identity};
use ssh_key::private::{KeypairData, RsaKeypair};
use ssh_key::{Algorithm, HashAlg, PrivateKey, PublicKey, Signature, SshSig};

/// Signs for one person.
pub enum Signer {
    /// With a key that was read from a file and, if need be, decrypted.
    KeyFile(Box<PrivateKey>),
    /// With a key that an ssh-agent holds.
    Agent {
        /// The agent's socket.
        socket: PathBuf,
        /// Which of its keys.
        key: Box<PublicKey>,
    },
}

impl Signer {
    /// Reads a private key in OpenSSH form.
    pub fn from_key_file(bytes: &[u8], passphrase: Option<&str>) -> Result<Self, NotSigned> {
        let key = PrivateKey::from_openssh(bytes).map_err(|e| NotSigned::KeyFile { why: e.to_string() })?;
        let key = match (key.is_encrypted(), passphrase) {
            (false, _) => key,
            (true, None) => return Err(NotSigned::PassphraseNeeded),
            (true, Some(passphrase)) => key.decrypt(passphrase).map_err(|_| NotSigned::WrongPassphrase)?,
        };
        Ok(Self::KeyFile(Box::new(key)))
    }

    /// Uses a key of an agent; it must be there now.
    pub fn agent(socket: &Path, key: &PublicKey) -> Result<Self, NotSigned> {
        let held = Self::keys_in_agent(socket)?;
        if !held.iter().any(|k| k.key_data() == key.key_data()) {
            return Err(NotSigned::NotInAgent { fingerprint: key.fingerprint(HashAlg::Sha256).to_string() });
        }
        Ok(Self::Agent { socket: socket.to_owned(), key: Box::new(key.clone()) })
    }

    /// The public keys that an agent holds; certificates are left out.
    pub fn keys_in_agent(socket: &Path) -> Result<Vec<PublicKey>, NotSigned> {
        let identities = connect(socket)?.list_all_identities().map_err(|e| NotSigned::agent(&e))?;
        Ok(identities
            .into_iter()
            .filter_map(|identity| match identity {
                Identity::PublicKey(key) => Some(key.into_owned()),
                Identity::Certificate(_) => None,
            })
            .collect())
    }

    /// The key that answers verify with.
    pub fn public_key(&self) -> &PublicKey {
        match self {
            Self::KeyFile(key) => key.public_key(),
            Self::Agent { key, .. } => key,
        }
    }

    /// Signs an answer's canonical bytes.
    pub fn sign(&self, answer: &Answer) -> Result<Signed, NotSigned> {
        let bytes = canonical(answer).map_err(|e| NotSigned::Answer { why: e.to_string() })?;
        let text = String::from_utf8(bytes).map_err(|e| NotSigned::Answer { why: e.to_string() })?;
        let data = SshSig::signed_data(Namespace::Person.as_str(), HashAlg::Sha512, text.as_bytes()).map_err(|e| NotSigned::key(&e))?;
        let signature = self.sign_bytes(&data)?;
        let signed = Signed::by_key(text, Namespace::Person, self.public_key(), signature)?;
        signed.open::<Answer>(self.public_key(), Namespace::Person)?;
        Ok(signed)
    }

    fn sign_bytes(&self, data: &[u8]) -> Result<Signature, NotSigned> {
        match self {
            Self::KeyFile(key) => match key.key_data() {
                KeypairData::Rsa(pair) => sign_with_rsa(pair, data),
                _ => key.try_sign(data).map_err(|e| NotSigned::Key { why: e.to_string() }),
            },
            Self::Agent { socket, key } => {
                connect(socket)?.sign(key.as_ref(), data).map_err(|e| NotSigned::agent(&e))
            }
        }
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.public_key().fingerprint(HashAlg::Sha256))
    }
}

/// ssh-key 0.6.7 gives the first prime of an RSA key twice and so can never sign with one; its parts are right.
fn sign_with_rsa(pair: &RsaKeypair, data: &[u8]) -> Result<Signature, NotSigned> {
    let number = |part: &ssh_key::Mpint| BigUint::try_from(part).map_err(|e| NotSigned::key(&e));
    let private = RsaPrivateKey::from_components(
        number(&pair.public.n)?,
        number(&pair.public.e)?,
        number(&pair.private.d)?,
        vec![number(&pair.private.p)?, number(&pair.private.q)?],
    )
    .map_err(|e| NotSigned::Key { why: e.to_string() })?;
    let signature = SigningKey::<rsa::sha2::Sha512>::new(private)
        .try_sign(data)
        .map_err(|e| NotSigned::Key { why: e.to_string() })?;
    Signature::new(Algorithm::Rsa { hash: Some(HashAlg::Sha512) }, signature.to_vec()).map_err(|e| NotSigned::key(&e))
}

/// An agent may ask its person for a touch or a word; after this long nobody is there.
const PATIENCE: Duration = Duration::from_secs(120);

fn connect(socket: &Path) -> Result<Client, NotSigned> {
    let unreachable = |e: std::io::Error| NotSigned::NoAgent { socket: socket.to_owned(), why: e.to_string() };
    let stream = UnixStream::connect(socket).map_err(unreachable)?;
    stream.set_read_timeout(Some(PATIENCE)).map_err(unreachable)?;
    stream.set_write_timeout(Some(PATIENCE)).map_err(unreachable)?;
    Ok(Client::with_read_write(Box::new(stream)))
}

/// Why nothing was signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotSigned {
    /// Not an OpenSSH private key.
    #[error("the key file cannot be read: {why}; `ssh-keygen -p -f FILE` rewrites an old one in OpenSSH form")]
    KeyFile {
        /// The parser's words.
        why: String,
    },
    /// The key is encrypted.
    #[error("the key file is encrypted; give its passphrase, or add it to an ssh-agent")]
    PassphraseNeeded,
    /// The passphrase does not open it.
    #[error("the passphrase does not open the key file")]
    WrongPassphrase,
    /// No agent listens.
    #[error("no ssh-agent answers at `{}`: {why}", socket.display())]
    NoAgent {
        /// Where.
        socket: PathBuf,
        /// The system's words.
        why: String,
    },
    /// The agent does not hold the key.
    #[error("the ssh-agent does not hold the key {fingerprint}; `ssh-add` adds it")]
    NotInAgent {
        /// SHA-256 fingerprint, as ssh-keygen prints it.
        fingerprint: String,
    },
    /// The agent would not sign, or its person did not agree.
    #[error("the ssh-agent did not sign: {why}")]
    Agent {
        /// Its words.
        why: String,
    },
    /// The key cannot sign.
    #[error("the key cannot sign: {why}")]
    Key {
        /// The library's words.
        why: String,
    },
    /// The answer cannot be written.
    #[error("the answer has no canonical form: {why}")]
    Answer {
        /// The writer's words.
        why: String,
    },
    /// What came out does not verify.
    #[error("the signature that was made does not verify: {0}")]
    Faulty(#[from] BadSignature),
}

impl NotSigned {
    fn key(error: &ssh_key::Error) -> Self {
        Self::Key { why: error.to_string() }
    }

    fn agent(error: &ssh_agent_client_rs::Error) -> Self {
        Self::Agent { why: error.to_string() }
    }
}

#[cfg(test)]
mod tests;
