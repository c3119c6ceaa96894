//! Making a passkey: what a page is to ask its browser for, and what is believed of the answer.
//!
//! `webauthn_rp` reads and verifies the answer; ours is when it is taken, once and within an hour, whose pages count, and what key it gives. No
//! attestation is asked for: what a device says of itself is believed by its maker's word, and nothing here rests on it.

use std::num::NonZeroU32;
use std::path::Path;

use action::{BadSignature, Moment, PersonId};
use agent::Office;
use anyhow::{Context, bail};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;
use ssh_key::PublicKey;
use webauthn_rp::bin::{Decode, Encode};
use webauthn_rp::request::register::{
    CoseAlgorithmIdentifier, CoseAlgorithmIdentifiers, PublicKeyCredentialCreationOptions, PublicKeyCredentialUserEntity, RegistrationServerState, RegistrationVerificationOptions, UserHandle16, Username,
};
use webauthn_rp::request::{AsciiDomain, PublicKeyCredentialDescriptor, RpId, TimedCeremony};
use webauthn_rp::response::register::{UncompressedPubKey, error::RegCeremonyErr};
use webauthn_rp::response::{AuthTransports, CredentialId};
use webauthn_rp::{RegisteredCredential, Registration};

use super::store::{Begun, Known, Store};
use crate::screen::Misuse;

/// Milliseconds that a registration waits: files are carried by people.
const LIFETIME: NonZeroU32 = NonZeroU32::MIN.saturating_add(60 * 60 * 1000 - 1);

/// `PublicKeyCredentialCreationOptionsJSON`: what a page hands to `navigator.credentials.create`, and until when its answer is taken.
pub(crate) fn begin(service: &Office, person: &PersonId) -> anyhow::Result<(Value, Moment)> {
    let party = party(service)?;
    // New each time, so that no new passkey takes an older one's place in somebody's device.
    let handle = UserHandle16::new();
    let name = Username::try_from(person.as_str()).map_err(|e| Misuse(format!("`{person}` is no name for a passkey: {e}")))?;
    let user = PublicKeyCredentialUserEntity { name, id: &handle, display_name: None };
    let store = Store::of(&service.folder);
    let keys: Vec<PublicKey> = service.book.roster()?.keys_of(person).into_iter().filter(|(_, known)| known.revoked.is_none()).map(|(key, _)| key).collect();
    let theirs = store.known_of(&keys).iter().filter_map(descriptor).collect();
    let mut options = PublicKeyCredentialCreationOptions::passkey(&party, user, theirs);
    options.pub_key_cred_params = es256();
    options.timeout = LIFETIME;
    let (state, client) = options.start_ceremony().map_err(|e| anyhow::anyhow!("no registration can be begun: {e}"))?;
    let now = service.book.now();
    let expires = Moment(now.0.saturating_add(u64::from(LIFETIME.get())));
    let coded = STANDARD.encode(state.encode().context("the clock is before 1970")?);
    store.keep(state.sent_challenge().0, &Begun { person: person.clone(), expires, state: coded }, now)?;
    Ok((serde_json::to_value(&client)?, expires))
}

/// The key of a browser's answer, which is used up by this.
pub(crate) fn finish(service: &Office, person: &PersonId, file: &Path) -> anyhow::Result<PublicKey> {
    let text = crate::offline::text_of(file)?;
    let response = Registration::from_json_relaxed(text.as_bytes())
        .map_err(|e| Misuse(format!("`{}` is no RegistrationResponseJSON: {e}\nhint: give what `credential.toJSON()` gives after `navigator.credentials.create`", file.display())))?;
    let challenge = response.challenge().map_err(|e| Misuse(format!("`{}` answers no challenge: {e}", file.display())))?.0;
    let store = Store::of(&service.folder);
    let again = format!("hint: begin again: countersign people passkey {person}");
    let begun = store.begun(challenge)?.with_context(|| format!("this answers no registration that waits here: it was used, it is over, or it was begun elsewhere\n{again}"))?;
    if begun.person != *person {
        bail!("this registration was begun for `{}`, not for `{person}`; it still waits for them", begun.person);
    }
    store.take(challenge)?;
    let now = service.book.now().max(service.book.roster()?.latest());
    if begun.expires <= now {
        bail!("this registration ran out at {}\n{again}", begun.expires.text());
    }
    let (key, known) = verified(service, &begun, &response).with_context(|| format!("no passkey was enrolled, and this answer is used up\n{again}"))?;
    store.note(&key, &known)?;
    Ok(key)
}

fn verified(service: &Office, begun: &Begun, response: &Registration) -> anyhow::Result<(PublicKey, Known)> {
    let page = action::claimed_page(response.response().client_data_json())?;
    if !service.passkeys.has_origin(&page) {
        bail!(BadSignature::OtherPage { origin: page });
    }
    let state = STANDARD.decode(&begun.state).context("the registration that was kept is damaged")?;
    let state = RegistrationServerState::<16>::decode(&state).map_err(|e| anyhow::anyhow!("the registration that was kept is damaged: {e}"))?;
    let options = RegistrationVerificationOptions::<&str, &str> { allowed_origins: &[&page], error_on_unsolicited_extensions: false, client_data_json_relaxed: false, ..Default::default() };
    let made = state.verify(&party(service)?, response, &options).map_err(|e| anyhow::anyhow!("{}", words(&e)))?;
    let key = key_of(&made, service.passkeys.id()).context("the passkey's public key is none of ES256")?;
    let ways = made.transports();
    let known = Known { id: URL_SAFE_NO_PAD.encode(made.id().inner()), transports: serde_json::to_value(ways)?, ways: ways.encode().unwrap_or_default() };
    Ok((key, known))
}

/// The SSH key of a credential: only P-256 is asked for, since OpenSSH has a form for no other passkey.
fn key_of(made: &RegisteredCredential<'_, 16>, party: &str) -> Option<PublicKey> {
    match made.static_state().credential_public_key {
        UncompressedPubKey::P256(key) => action::passkey(&[&[4], key.x(), key.y()].concat(), party),
        UncompressedPubKey::Ed25519(_) | UncompressedPubKey::P384(_) | UncompressedPubKey::Rsa(_) => None,
    }
}

fn es256() -> CoseAlgorithmIdentifiers {
    use CoseAlgorithmIdentifier::{Eddsa, Es384, Rs256};
    CoseAlgorithmIdentifiers::default().remove(Eddsa).remove(Es384).remove(Rs256)
}

fn party(service: &Office) -> anyhow::Result<RpId> {
    let id = service.passkeys.id();
    Ok(RpId::Domain(AsciiDomain::try_from(id.to_owned()).map_err(|e| Misuse(format!("[passkeys] in config.toml: `{id}` cannot be used: {e}")))?))
}

fn descriptor(known: &Known) -> Option<PublicKeyCredentialDescriptor<Vec<u8>>> {
    let id = CredentialId::decode(URL_SAFE_NO_PAD.decode(&known.id).ok()?).ok()?;
    Some(PublicKeyCredentialDescriptor { id, transports: AuthTransports::decode(known.ways).ok()? })
}

/// What is wrong, for a person.
fn words(error: &RegCeremonyErr) -> String {
    match error {
        RegCeremonyErr::Timeout => "the registration is over".into(),
        RegCeremonyErr::RpIdHashMismatch => "the passkey was made for another relying party".into(),
        RegCeremonyErr::UserNotPresent => "the passkey was made without anybody being there (no user presence)".into(),
        RegCeremonyErr::UserNotVerified => "the passkey was made without verifying its person (no user verification)".into(),
        RegCeremonyErr::PublicKeyAlgorithmMismatch => "the passkey does not sign with ES256, which was asked for".into(),
        other => other.to_string(),
    }
}
