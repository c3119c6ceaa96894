//! For whom passkeys are made: the name that is in each key, and the pages on which it may be used.
//!
//! A passkey signs only what a page of its name asks for; that much is in the key, and is checked wherever a signature is. Which of
//! those pages are ours is in the settings, and is checked when an answer comes in. It resolves nothing.

use crate::page_url::PageUrl;
use crate::signature::{BadSignature, Signed};

/// The service as browsers know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelyingParty {
    id: String,
    origins: Vec<String>,
}

impl RelyingParty {
    /// A name and the origins of the service's pages; without origins the name itself, by `https`, or `http://localhost`.
    pub fn new(id: &str, origins: &[String]) -> Result<Self, BadRelyingParty> {
        if !is_name(id) {
            return Err(BadRelyingParty::Name { id: id.to_owned() });
        }
        if let Some(origin) = origins.iter().find(|origin| !may_use(origin, id)) {
            return Err(BadRelyingParty::Origin { id: id.to_owned(), origin: origin.clone() });
        }
        let usual = if id == LOCAL { format!("http://{id}") } else { format!("https://{id}") };
        let origins = if origins.is_empty() { vec![usual] } else { origins.to_vec() };
        Ok(Self { id: id.to_owned(), origins })
    }

    /// The name: the relying party id of WebAuthn, and the application of each passkey's SSH key.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether a page of this origin is ours. `http://localhost` without a port is each port of this machine, since whoever can listen
    /// on one can read the person's files anyway.
    pub fn has_origin(&self, origin: &str) -> bool {
        let local = |ours: &String| ours == "http://localhost" && PageUrl::parse(origin).is_ok_and(|url| url.origin() == origin && !url.is_secure() && url.host() == LOCAL);
        self.origins.iter().any(|ours| ours == origin || local(ours))
    }

    /// Refuses a passkey's signature that was asked for by a page that is not ours. Other signatures pass.
    pub fn check(&self, signed: &Signed) -> Result<(), BadSignature> {
        match signed.origin()? {
            Some(origin) if !self.has_origin(&origin) => Err(BadSignature::OtherPage { origin }),
            _ => Ok(()),
        }
    }
}

/// This machine, where nothing else is set.
impl Default for RelyingParty {
    fn default() -> Self {
        Self { id: LOCAL.to_owned(), origins: vec![format!("http://{LOCAL}")] }
    }
}

const LOCAL: &str = "localhost";

/// Whether a text can be a relying party id: a host by name, in its one spelling. Browsers refuse names that are everybody's, like `co.uk`.
fn is_name(id: &str) -> bool {
    let reads = PageUrl::parse(&format!("https://{id}")).is_ok_and(|url| url.host() == id && url.origin() == format!("https://{id}"));
    let number = id.rsplit('.').next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
    reads && !number && (id == LOCAL || id.contains('.'))
}

/// Whether browsers let a page of this origin use a passkey of this name: its own host or one below it, by `https` or on this machine.
pub(crate) fn may_use(origin: &str, id: &str) -> bool {
    let below = |host: &str| host == id || host.strip_suffix(id).is_some_and(|rest| rest.ends_with('.'));
    is_name(id) && PageUrl::parse(origin).is_ok_and(|url| url.origin() == origin && below(url.host()))
}

/// The settings name nobody for whom passkeys could be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadRelyingParty {
    /// No host by name.
    #[error("`{id}` is no relying party id: it is the host of the service's pages, or one that theirs end with, in small letters and without a port")]
    Name {
        /// What was set.
        id: String,
    },
    /// A page that no browser would let use such a passkey.
    #[error("`{origin}` is no origin of `{id}`: it is https://HOST or https://HOST:PORT, where HOST is `{id}` or ends with `.{id}` (http only for localhost), with nothing after it")]
    Origin {
        /// What was set.
        origin: String,
        /// For which name.
        id: String,
    },
}

#[cfg(test)]
mod tests;
