//! Requests that the service makes itself: one kind of client for all of them, and the addresses at which a host may be asked.
//!
//! No redirect is followed, no proxy is read from anywhere, and every status is an answer. Where a host is looked at first, the
//! connection is made to the very addresses that were looked at. What is asked for, and who allowed it, is not known here; nothing
//! is kept.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use ureq::Agent;
use ureq::http::Uri;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

use crate::address::{Place, Resolve};
use crate::plain::short;

/// Addresses of one host that are tried.
const MOST_ADDRESSES: usize = 16;

/// A client that goes where it is told and nowhere else. The limit is for each request, from its beginning to its last byte.
pub(crate) fn agent(limit: Option<Duration>, resolver: impl Resolver) -> Agent {
    let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
    let config = Agent::config_builder().max_redirects(0).max_redirects_will_error(false).http_status_as_error(false);
    let config = config.proxy(None).tls_config(tls).user_agent("countersign").timeout_global(limit).build();
    Agent::with_parts(config, DefaultConnector::default(), resolver)
}

/// Every address of a host, if it may be asked at all of them. `inner` says that it may be this machine or one of a private network.
pub(crate) fn addresses(host: &str, secure: bool, inner: bool, resolve: &dyn Resolve) -> Result<Vec<IpAddr>, Unasked> {
    let host = host.trim_matches(['[', ']']).to_owned();
    let found = match host.parse::<IpAddr>() {
        Ok(address) => vec![address],
        Err(_) => resolve.resolve(&host).map_err(|e| Unasked::Unresolved { host: host.clone(), why: short(&e.to_string()) })?,
    };
    if found.is_empty() {
        return Err(Unasked::Unresolved { host, why: "it has no address".to_owned() });
    }
    for address in &found {
        let (host, address) = (host.clone(), *address);
        match Place::of(address) {
            Place::Never => return Err(Unasked::Never { host, address }),
            Place::Inner if !inner => return Err(Unasked::Inner { host, address }),
            _ if !secure && !address.is_loopback() => return Err(Unasked::Open { host, address }),
            Place::Inner | Place::Public => {}
        }
    }
    Ok(found.into_iter().take(MOST_ADDRESSES).collect())
}

/// The addresses that were looked at, whatever the name resolves to by now.
#[derive(Debug)]
pub(crate) struct Pinned(pub Vec<SocketAddr>);

impl Resolver for Pinned {
    fn resolve(&self, _: &Uri, _: &ureq::config::Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let mut addresses = self.empty();
        self.0.iter().take(MOST_ADDRESSES).for_each(|address| addresses.push(*address));
        Ok(addresses)
    }
}

/// Looks at the addresses of each host before it is connected to. This machine and private networks are only behind hosts that the
/// service itself names; all names of this machine are one.
pub(crate) struct Placed {
    pub inner: Vec<String>,
    pub resolve: Arc<dyn Resolve>,
}

impl Placed {
    fn may_be_inner(&self, host: &str) -> bool {
        let is_here = action::is_this_machine(host);
        self.inner.iter().any(|known| known == host || (is_here && action::is_this_machine(known)))
    }
}

impl fmt::Debug for Placed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Placed").field("inner", &self.inner).finish_non_exhaustive()
    }
}

impl Resolver for Placed {
    fn resolve(&self, uri: &Uri, _: &ureq::config::Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let host = uri.host().ok_or(ureq::Error::HostNotFound)?;
        let secure = uri.scheme_str() == Some("https");
        let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
        let found = addresses(host, secure, self.may_be_inner(host), self.resolve.as_ref()).map_err(|e| ureq::Error::Io(io::Error::other(e)))?;
        let mut addresses = self.empty();
        found.into_iter().for_each(|address| addresses.push(SocketAddr::new(address, port)));
        Ok(addresses)
    }
}

/// Why a host is not asked. Nobody was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unasked {
    /// The name leads nowhere.
    #[error("`{host}` cannot be found: {why}")]
    Unresolved {
        /// The host.
        host: String,
        /// The resolver's words.
        why: String,
    },
    /// It is this machine or a private network.
    #[error("`{host}` is {address}, which is this machine or a private network; it is asked only where a mapping or the settings name the host")]
    Inner {
        /// The host.
        host: String,
        /// Where it leads.
        address: IpAddr,
    },
    /// It is a place that nobody may ask.
    #[error("`{host}` is {address}, where machines keep their credentials or nobody is; it is never asked")]
    Never {
        /// The host.
        host: String,
        /// Where it leads.
        address: IpAddr,
    },
    /// Others on the way could read it.
    #[error("`{host}` is {address}, which is not this machine; it is asked over https only")]
    Open {
        /// The host.
        host: String,
        /// Where it leads.
        address: IpAddr,
    },
}
