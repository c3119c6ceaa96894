//! `passkeys/` in the service's folder: registrations that were begun, and by which ids browsers know the passkeys that came of them.
//!
//! A registration is taken once: who removes its file has it, and the removal is durable before anything in the answer is believed. If the power
//! goes in between, it has to be begun again. What is known by id is comfort: without it a browser offers whatever it has for this service.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use action::{Moment, PersonId};
use anyhow::{Context, bail};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use ssh_key::{HashAlg, PublicKey};

/// Registrations that may wait at once; each is void after an hour.
const MOST: usize = 64;

/// A registration that waits for a browser's answer.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Begun {
    pub person: PersonId,
    pub expires: Moment,
    /// What the verifier needs to know again, in base64.
    pub state: String,
}

/// How a browser names a passkey.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Known {
    /// The credential's id, in base64url.
    pub id: String,
    /// How it is reached, as browsers call it.
    pub transports: Value,
    /// [`webauthn_rp`]'s number for that.
    pub ways: u8,
}

impl Known {
    /// `PublicKeyCredentialDescriptorJSON`.
    pub(super) fn descriptor(&self) -> Value {
        json!({"type": "public-key", "id": self.id, "transports": self.transports})
    }
}

/// The folder.
pub(super) struct Store(PathBuf);

impl Store {
    pub(super) fn of(service: &Path) -> Self {
        Self(service.join("passkeys"))
    }

    /// Keeps a registration under its challenge, and clears away what has run out.
    pub(super) fn keep(&self, challenge: u128, begun: &Begun, now: Moment) -> anyhow::Result<()> {
        let folder = self.folder("begun")?;
        let mut waiting = 0;
        for entry in fs::read_dir(&folder).with_context(|| unreadable(&folder))? {
            let path = entry.with_context(|| unreadable(&folder))?.path();
            match read::<Begun>(&path) {
                Ok(Some(begun)) if begun.expires > now => waiting += 1,
                _ => fs::remove_file(&path).with_context(|| format!("{} cannot be removed", path.display()))?,
            }
        }
        if waiting >= MOST {
            bail!("{waiting} registrations wait for an answer already, and no more are begun\nhint: each is void after an hour");
        }
        write(&begun_file(&folder, challenge), begun)
    }

    /// The registration of a challenge, if it waits.
    pub(super) fn begun(&self, challenge: u128) -> anyhow::Result<Option<Begun>> {
        read(&begun_file(&self.0.join("begun"), challenge))
    }

    /// Takes it. Whoever comes second finds none.
    pub(super) fn take(&self, challenge: u128) -> anyhow::Result<()> {
        let folder = self.0.join("begun");
        let path = begun_file(&folder, challenge);
        fs::remove_file(&path).with_context(|| format!("{} cannot be removed, so this registration is not taken", path.display()))?;
        File::open(&folder).and_then(|folder| folder.sync_all()).with_context(|| format!("{} cannot be written", folder.display()))
    }

    /// Notes how a browser names a key.
    pub(super) fn note(&self, key: &PublicKey, known: &Known) -> anyhow::Result<()> {
        write(&known_file(&self.folder("known")?, key), known)
    }

    /// How browsers name these keys, as far as it was noted.
    pub(super) fn known_of(&self, keys: &[PublicKey]) -> Vec<Known> {
        let folder = self.0.join("known");
        keys.iter().filter_map(|key| read(&known_file(&folder, key)).ok().flatten()).collect()
    }

    fn folder(&self, name: &str) -> anyhow::Result<PathBuf> {
        let folder = self.0.join(name);
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        Ok(folder)
    }
}

/// The name is made of the challenge's number and nothing else, whatever an answer says.
fn begun_file(folder: &Path, challenge: u128) -> PathBuf {
    folder.join(format!("{challenge:032x}.json"))
}

fn known_file(folder: &Path, key: &PublicKey) -> PathBuf {
    let digest: String = key.fingerprint(HashAlg::Sha256).as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    folder.join(format!("{digest}.json"))
}

fn read<T: DeserializeOwned>(path: &Path) -> anyhow::Result<Option<T>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes).with_context(|| format!("{} cannot be read", path.display()))?)),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e).with_context(|| unreadable(path)),
    }
}

/// Whole or not at all.
fn write<T: Serialize>(path: &Path, value: &T) -> anyhow::Result<()> {
    let (temporary, cannot) = (path.with_extension("new"), || format!("{} cannot be written", path.display()));
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary).with_context(cannot)?;
    file.write_all(&serde_json::to_vec(value)?).and_then(|()| file.sync_all()).with_context(cannot)?;
    fs::rename(&temporary, path).with_context(cannot)
}

fn unreadable(path: &Path) -> String {
    format!("{} cannot be read", path.display())
}

#[cfg(test)]
mod tests;
