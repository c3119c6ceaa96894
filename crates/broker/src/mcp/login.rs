//! Logging in to a server at an address, as the protocol's specification of 2025-11-25 has it (OAuth 2.1 with PKCE).
//!
//! ```text
//! server ─ 401 ─▶ Found (who vouches for it? RFC 9728, 8414) ─▶ Pending (an address for the person's browser)
//!                                    browser ─▶ Callback on 127.0.0.1 ─▶ Login (tokens) ─▶ Logins (a file of keys/)
//! ```
//!
//! Everything that a server or an issuer says is untrusted: documents are bounded, no redirect is followed, every address in them is
//! https (or on this machine, where the server itself is), and a document that speaks for another server or another issuer is a
//! refusal. A token is sent to the one address that it was asked for, and is shown by nothing here. This knows neither who
//! the person is nor who may log in. If the power goes in the middle, nobody is logged in.

mod callback;
mod challenge;
mod client;
mod discovery;
mod store;
mod token;
mod web;

use action::Moment;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Url;

use super::said::short;
use client::Registered;
use token::{Answer, Grant, Told};
use web::Web;

pub use callback::Callback;
pub use client::Client;
pub use discovery::Found;
pub use store::{Forgotten, Kept, Logins, Slot, StoreError};

pub(super) use challenge::Challenge;

/// Tokens of one server, and what is needed to renew them and to give them back. No part of it is printed by anything.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Login {
    v: u8,
    /// The address that the token is for, as the project writes it.
    server: String,
    resource: String,
    issuer: String,
    /// Whether the person's own settings name the issuer.
    #[serde(default)]
    named: bool,
    token_endpoint: Url,
    revocation_endpoint: Option<Url>,
    client: Registered,
    grant: Grant,
    scopes: Vec<String>,
    access: String,
    refresh: Option<String>,
    expires: Option<Moment>,
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Login").field("server", &self.server).field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// The version of [`Login`] that is written.
const VERSION: u8 = 1;

impl Login {
    /// Who vouches for it.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// What it may do there, in the issuer's words.
    pub fn scopes(&self) -> &[String] {
        &self.scopes
    }

    /// When the token that is used now ends, where the issuer said so.
    pub fn expires(&self) -> Option<Moment> {
        self.expires
    }

    /// Whether it can get another token by itself.
    pub fn can_renew(&self) -> bool {
        self.refresh.is_some() || self.grant == Grant::Credentials
    }

    pub(super) fn token(&self) -> &str {
        &self.access
    }

    /// Gives the tokens back, where the issuer takes them (RFC 7009). Whether it said that it did.
    pub fn revoke(&self) -> Result<bool, LoginError> {
        let Some(endpoint) = &self.revocation_endpoint else { return Ok(false) };
        let web = self.web()?;
        let token = self.refresh.as_deref().unwrap_or(&self.access);
        let kind = if self.refresh.is_some() { "refresh_token" } else { "access_token" };
        token::give_back(&web, endpoint, &self.client, token, kind).map(|()| true)
    }

    /// The same with a new token.
    fn renewed(&self, now: Moment) -> Result<Self, LoginError> {
        let web = self.web()?;
        let scope = self.scopes.join(" ");
        let mut asks = vec![("grant_type", self.grant.renewal()), ("resource", self.resource.as_str())];
        match (&self.refresh, self.grant) {
            (_, Grant::Credentials) if scope.is_empty() => {}
            (_, Grant::Credentials) => asks.push(("scope", &scope)),
            (Some(refresh), Grant::Code) => asks.push(("refresh_token", refresh)),
            (None, Grant::Code) => return Err(LoginError::Over),
        }
        let answer = token::ask(&web, &self.token_endpoint, &self.client, &asks, Told::Anybody)?;
        Ok(self.with(answer, now))
    }

    fn web(&self) -> Result<Web, LoginError> {
        Web::beside(&self.server, self.named.then_some(self.issuer.as_str()))
    }

    fn with(&self, answer: Answer, now: Moment) -> Self {
        let scopes = answer.scopes.unwrap_or_else(|| self.scopes.clone());
        let refresh = answer.refresh.or_else(|| self.refresh.clone());
        let expires = answer.seconds.map(|seconds| now.plus_seconds(seconds));
        Self { scopes, refresh, expires, access: answer.access, ..self.clone() }
    }
}

/// Chance, drawn by whoever has it: 32 bytes for the state and 32 for the verifier.
pub type Seeds = [[u8; 32]; 2];

/// A login that waits for a person at a browser.
pub struct Pending {
    found: Found,
    client: Registered,
    scopes: Vec<String>,
    redirect: String,
    state: String,
    verifier: String,
    address: Url,
}

impl Pending {
    fn new(found: Found, client: Registered, scopes: Vec<String>, redirect: &str, seeds: Seeds) -> Result<Self, LoginError> {
        let [state, verifier] = seeds.map(|seed| URL_SAFE_NO_PAD.encode(seed));
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
        let mut address = found.authorize.clone().ok_or(LoginError::Lacks { what: "address to log in at" })?;
        let taken = ["response_type", "client_id", "redirect_uri", "state", "code_challenge", "code_challenge_method", "resource", "scope"];
        if address.query_pairs().any(|(name, _)| taken.contains(&name.as_ref())) {
            return Err(LoginError::Hostile { why: "the address to log in at already has what only we may say".into() });
        }
        address.query_pairs_mut().extend_pairs([
            ("response_type", "code"),
            ("client_id", client.id()),
            ("redirect_uri", redirect),
            ("state", state.as_str()),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
            ("resource", found.resource.as_str()),
        ]);
        if !scopes.is_empty() {
            address.query_pairs_mut().append_pair("scope", &scopes.join(" "));
        }
        Ok(Self { found, client, scopes, redirect: redirect.to_owned(), state, verifier, address })
    }

    /// The address for the person's browser.
    pub fn address(&self) -> &str {
        self.address.as_str()
    }

    /// Whether a browser that came back with this came from there: it has our state, which nobody else knows.
    pub fn is_answer(&self, redirected: &str) -> bool {
        self.answer(redirected).is_ok()
    }

    /// Turns what the browser came back with into tokens.
    pub fn finish(&self, redirected: &str, now: Moment) -> Result<Login, LoginError> {
        let answer = self.answer(redirected)?;
        let said = |name: &str| answer.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        match said("iss") {
            Some(issuer) if !is_same_issuer(issuer, &self.found.issuer) => {
                return Err(LoginError::Hostile { why: format!("another issuer answered: {}", short(issuer)) });
            }
            None if self.found.says_issuer => return Err(LoginError::Hostile { why: "the answer does not say which issuer it is from".into() }),
            _ => {}
        }
        if let Some(error) = said("error") {
            let why = said("error_description").map_or_else(|| short(error), |more| format!("{}: {}", short(error), short(more)));
            return Err(LoginError::Refused { why });
        }
        let code = said("code").ok_or(LoginError::Lacks { what: "code in the answer" })?;
        let asks = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", self.redirect.as_str()),
            ("code_verifier", self.verifier.as_str()),
            ("resource", self.found.resource.as_str()),
        ];
        let answer = token::ask(&self.found.web, &self.found.token, &self.client, &asks, Told::Person)?;
        Ok(self.found.login(&self.client, Grant::Code, &self.scopes, answer, now))
    }

    /// What it says, where it is for us and says everything once.
    fn answer(&self, redirected: &str) -> Result<Vec<(String, String)>, LoginError> {
        let (ours, came) = (Url::parse(&self.redirect).ok(), Url::parse(redirected.trim()).ok());
        let (Some(ours), Some(came)) = (ours, came) else { return Err(LoginError::NotOurs) };
        let pairs: Vec<(String, String)> = came.query_pairs().into_owned().take(MOST_PAIRS).collect();
        let once = |name: &str| pairs.iter().filter(|(known, _)| known == name).count() <= 1;
        let of_us = ours.origin() == came.origin() && ours.path() == came.path();
        let has_state = pairs.iter().any(|(name, value)| name == "state" && *value == self.state);
        let plain = ["code", "state", "iss", "error"].into_iter().all(once);
        if of_us && has_state && plain { Ok(pairs) } else { Err(LoginError::NotOurs) }
    }
}

const MOST_PAIRS: usize = 64;

/// As RFC 8414 wants it, but for a slash that some leave at the end.
fn is_same_issuer(one: &str, other: &str) -> bool {
    one.strip_suffix('/').unwrap_or(one) == other.strip_suffix('/').unwrap_or(other)
}

/// Why nobody is logged in. Nothing was kept.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// Its address cannot be reached, or does not answer in time.
    #[error("{at} cannot be reached: {why}")]
    Unreachable {
        /// The host.
        at: String,
        /// What the network says.
        why: String,
    },
    /// It does not ask anybody to log in.
    #[error("the server asks nobody to log in")]
    NotAsked,
    /// What it says of itself is not to be believed.
    #[error("logging in is refused here: {why}")]
    Hostile {
        /// What is wrong with it.
        why: String,
    },
    /// Something is missing without which there is no safe login.
    #[error("logging in is refused here: there is no {what}")]
    Lacks {
        /// What.
        what: &'static str,
    },
    /// It registers nobody, and no client is known.
    #[error("the issuer registers no clients by itself: name a `client_id` for this address under `mcp_logins` in config.toml")]
    NoClient,
    /// It said no.
    #[error("the issuer refuses: {why}")]
    Refused {
        /// Its words, in one visible line.
        why: String,
    },
    /// What came back is not what was asked for.
    #[error("that is not the answer to this login: it takes the whole address that the browser was sent to, from this very login")]
    NotOurs,
    /// Nobody came back.
    #[error("nobody logged in within {seconds} s")]
    Nobody {
        /// How long was waited.
        seconds: u64,
    },
    /// Somebody stopped it.
    #[error("stopped while nobody had logged in")]
    Stopped,
    /// There is no listener on this machine.
    #[error("this machine gives no port to come back to: {0}")]
    Port(#[source] std::io::Error),
    /// The token is over and there is nothing to renew it with.
    #[error("the login is over")]
    Over,
    /// The file cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[cfg(test)]
mod tests;
