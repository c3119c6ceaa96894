//! Telling people something where they look: one request to an address that the service's own settings name. No answer is read but
//! whether it was taken, and the address, which often is a secret, is in no error.

use std::sync::Arc;
use std::time::Duration;

use ureq::http::Uri;

use crate::address::Resolve;
use crate::outward::{self, Pinned, Unasked};

/// Longer nobody waits for a channel.
const LIMIT: Duration = Duration::from_secs(10);

/// Posts JSON. `Ok` where the other side took it, with a status from 200 to 299; redirects are not followed.
pub fn tell(address: &str, json: &str, resolve: &dyn Resolve) -> Result<(), NotTold> {
    let uri: Uri = address.parse().map_err(|_| NotTold::Address)?;
    let secure = match uri.scheme_str() {
        Some("https") => true,
        Some("http") => false,
        _ => return Err(NotTold::Address),
    };
    let host = uri.host().ok_or(NotTold::Address)?;
    let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
    // The settings name it, so it may be this machine or one of a private network.
    let found = outward::addresses(host, secure, true, resolve)?;
    let pinned = Pinned(found.into_iter().map(|address| (address, port).into()).collect());
    let sent = outward::agent(Some(LIMIT), pinned).post(uri).content_type("application/json").send(json);
    match sent.map(|response| response.status().as_u16()) {
        Ok(200..=299) => Ok(()),
        Ok(status) => Err(NotTold::Status { status }),
        Err(ureq::Error::Timeout(_)) => Err(NotTold::TooLong),
        Err(ureq::Error::Io(e)) => Err(NotTold::Unreached { why: e.kind().to_string() }),
        Err(_) => Err(NotTold::Unreached { why: "the request failed".to_owned() }),
    }
}

/// The same with the names of this machine.
pub fn tell_as_named_here(address: &str, json: &str) -> Result<(), NotTold> {
    tell(address, json, Arc::new(crate::address::SystemResolver).as_ref())
}

/// Why nobody was told. It may be tried again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotTold {
    /// Not one that can be posted to.
    #[error("its address is none of the form https://HOST/… (http://… only on this machine)")]
    Address,
    /// The host may not be asked.
    #[error(transparent)]
    Unasked(#[from] Unasked),
    /// It did not take it.
    #[error("it answered with status {status}")]
    Status {
        /// The HTTP status.
        status: u16,
    },
    /// No answer.
    #[error("it did not answer within {} s", LIMIT.as_secs())]
    TooLong,
    /// No connection.
    #[error("it cannot be reached: {why}")]
    Unreached {
        /// What went wrong, without the address.
        why: String,
    },
}

#[cfg(test)]
mod tests;
