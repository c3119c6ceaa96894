//! Passkeys at a terminal, where there is no browser: what a page asks for and what it answers go through files, in the W3C's JSON forms
//! (WebAuthn level 3, section 5.1). A passkey that was registered is an SSH key like others, and is enrolled, rotated and revoked like others.
//!
//! ```text
//! people passkey ─options─▶ page: credentials.create() ─response─▶ people add --passkey
//! show --export --passkey ─request─▶ page: credentials.get() ─response─▶ sign --import
//! ```

use action::{Assertion, BadSignature, Namespace, PersonId, RelyingParty, Signed, relying_party_of};
use agent::{Office, SettleError};
use anyhow::{Context, bail};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use guard::{BadAnswer, Roster};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use ssh_key::PublicKey;

use crate::screen::Misuse;

mod registration;
mod store;

pub(crate) use registration::{begin, finish};
use store::{Known, Store};

/// `[passkeys]` of `config.toml`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasskeysConfig {
    /// The relying party id: the host of the service's pages, or one that theirs end with; `localhost` by default.
    rp: Option<String>,
    /// The origins of its pages: `https://sign.example.com`.
    #[serde(default)]
    origins: Vec<String>,
}

impl PasskeysConfig {
    pub(crate) fn is_none(&self) -> bool {
        self.rp.is_none() && self.origins.is_empty()
    }

    /// For whom passkeys are made.
    pub(crate) fn party(&self) -> anyhow::Result<RelyingParty> {
        let party = RelyingParty::new(self.rp.as_deref().unwrap_or(RelyingParty::default().id()), &self.origins);
        party.map_err(|e| Misuse(format!("[passkeys] in config.toml cannot be used: {e}")).into())
    }
}

/// Milliseconds that a browser waits for its person.
const PATIENCE: u32 = 10 * 60 * 1000;

/// `PublicKeyCredentialRequestOptionsJSON`: what a page hands to `navigator.credentials.get` so that this very text is signed.
pub(crate) fn request(service: &Office, text: &str, person: &PersonId) -> anyhow::Result<Value> {
    let (roster, party) = (service.book.roster()?, service.passkeys.id());
    let theirs: Vec<PublicKey> = roster.keys_of(person).into_iter().filter(|(key, known)| known.revoked.is_none() && relying_party_of(key) == Some(party)).map(|(key, _)| key).collect();
    if theirs.is_empty() {
        bail!("`{person}` has no passkey of `{party}`\nhint: countersign people passkey {person}");
    }
    // One that is not listed here is found all the same where none is: each can be found by its service's name alone.
    let known = Store::of(&service.folder).known_of(&theirs);
    let known = if known.len() == theirs.len() { known } else { Vec::new() };
    Ok(json!({
        "challenge": URL_SAFE_NO_PAD.encode(Signed::challenge(text, Namespace::Person)?),
        "timeout": PATIENCE,
        "rpId": party,
        "allowCredentials": known.iter().map(Known::descriptor).collect::<Vec<_>>(),
        "userVerification": "required",
    }))
}

/// `AuthenticationResponseJSON`, as far as it is needed: an id says nothing that the signature does not.
#[derive(Deserialize)]
struct Response {
    r#type: String,
    response: Inner,
}

#[derive(Deserialize)]
struct Inner {
    #[serde(rename = "clientDataJSON")]
    client: String,
    #[serde(rename = "authenticatorData")]
    authenticator: String,
    signature: String,
}

/// Whether a text could be what a page gives back, and no SSH signature.
pub(crate) fn is_response(text: &str) -> bool {
    text.trim_start().starts_with('{')
}

/// Reads what a page gave back.
pub(crate) fn assertion(text: &str) -> anyhow::Result<Assertion> {
    let unreadable = |why: String| Misuse(format!("this is no AuthenticationResponseJSON: {why}\nhint: send back what `credential.toJSON()` gives after `navigator.credentials.get`"));
    let response: Response = serde_json::from_str(text).map_err(|e| unreadable(e.to_string()))?;
    if response.r#type != "public-key" {
        bail!(unreadable(format!("its type is `{}`", crate::words::safe(&response.r#type))));
    }
    let bytes = |name: &str, coded: &str| URL_SAFE_NO_PAD.decode(coded).map_err(|_| unreadable(format!("`{name}` is no base64url")));
    let inner = &response.response;
    Ok(Assertion {
        authenticator: bytes("authenticatorData", &inner.authenticator)?,
        client: bytes("clientDataJSON", &inner.client)?,
        signature: bytes("signature", &inner.signature)?,
    })
}

/// The same as a signature over a text, by the one enrolled passkey that made it; also one that was revoked, so that this is what is said.
pub(crate) fn signed(service: &Office, roster: &Roster, text: &str, assertion: &Assertion) -> anyhow::Result<Signed> {
    let party = service.passkeys.id();
    let refused = |e| crate::offline::with_hint(SettleError::Answer(BadAnswer::Signature(e)));
    for (person, _) in roster.everybody() {
        for (key, _) in roster.keys_of(person).into_iter().filter(|(key, _)| relying_party_of(key) == Some(party)) {
            let signed = Signed::by_passkey(text.to_owned(), Namespace::Person, &key, assertion).map_err(refused)?;
            match signed.verify(&key, Namespace::Person) {
                Ok(()) => return Ok(signed),
                Err(BadSignature::Passkey(action::BadAssertion::Mismatch)) => {}
                Err(e) => return Err(refused(e)),
            }
        }
    }
    bail!("it is signed by no passkey of `{party}` that anybody is enrolled with; nothing was recorded\nhint: countersign people passkey NAME gives somebody one")
}

/// The page that a passkey says it signed, of those that could have been exported: the yes of somebody who has one.
pub(crate) fn page_of(service: &Office, assertion: &Assertion, page: impl Fn(PersonId) -> anyhow::Result<String>) -> anyhow::Result<String> {
    let (roster, party) = (service.book.roster()?, service.passkeys.id());
    let asked = assertion.claimed_challenge().map_err(BadSignature::from)?;
    for (person, _) in roster.everybody() {
        if roster.keys_of(person).iter().any(|(key, _)| relying_party_of(key) == Some(party)) {
            let page = page(person.clone())?;
            if Signed::challenge(&page, Namespace::Person)? == asked {
                return Ok(page);
            }
        }
    }
    Err(anyhow::anyhow!("it signs the yes of nobody to this intent")).context("nothing was recorded")
}

#[cfg(test)]
mod tests;
