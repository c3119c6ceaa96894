//! The machine's own proxy, where its clients go out through one.
//!
//! Its credential is kept here, sent to that proxy and to nobody else, and shown to nobody: `Debug` leaves it out.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::host::Host;

/// Where the proxy is and how one identifies there.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy {
    pub(crate) host: Host,
    pub(crate) port: u16,
    /// `Basic …`, ready for `Proxy-Authorization`.
    authorization: Option<String>,
}

impl Proxy {
    /// Reads `http://[user:password@]host[:port][/]`; the scheme may be left out.
    pub fn parse(text: &str) -> Result<Self, BadProxy> {
        let text = text.trim();
        let rest = match text.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => rest,
            Some((scheme, _)) => return Err(BadProxy::Scheme { scheme: scheme.chars().take(20).collect() }),
            None => text,
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (user, place) = match rest.rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, rest),
        };
        let (host, port) = Host::parse_with_port(place, Some(80)).map_err(|e| BadProxy::Host { why: e.to_string() })?;
        let authorization = user.map(basic).transpose()?;
        Ok(Self { host, port, authorization })
    }

    /// The field that identifies us there, if one is needed, with its line end.
    pub(crate) fn authorization_line(&self) -> String {
        self.authorization.as_ref().map_or_else(String::new, |value| format!("proxy-authorization: {value}\r\n"))
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secret = if self.authorization.is_some() { " (with a credential)" } else { "" };
        write!(f, "{}{secret}", self.host.with_port(self.port))
    }
}

fn basic(user: &str) -> Result<String, BadProxy> {
    let plain = percent_decoded(user).ok_or(BadProxy::Credential)?;
    let plain = if plain.contains(&b':') { plain } else { [plain, b":".to_vec()].concat() };
    Ok(format!("Basic {}", STANDARD.encode(plain)))
}

fn percent_decoded(text: &str) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let digits = [bytes.next()?, bytes.next()?];
            let digits = std::str::from_utf8(&digits).ok().filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()))?;
            decoded.push(u8::from_str_radix(digits, 16).ok()?);
        } else {
            decoded.push(byte);
        }
    }
    Some(decoded)
}

/// The machine's proxy cannot be used. The text never repeats a credential.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadProxy {
    /// Only plain http proxies are chained.
    #[error("the machine's proxy has the scheme `{scheme}`; only `http` proxies can be chained")]
    Scheme {
        /// As written.
        scheme: String,
    },
    /// It names no host.
    #[error("the machine's proxy cannot be read: {why}")]
    Host {
        /// The reader's words.
        why: String,
    },
    /// The part before the `@` is not percent-encoded as it should be.
    #[error("the machine's proxy has a user and password that cannot be read")]
    Credential,
}

#[cfg(test)]
mod tests;
