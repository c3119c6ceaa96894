//! Which proxy leads to a host, from the variables that every client honours.
//!
//! `HTTPS_PROXY`, `HTTP_PROXY` and `ALL_PROXY`, in either case, and `NO_PROXY` with names, suffixes, ports and `*`.
//! Loopback is never proxied. A proxy that cannot be used is an error: going around it would be wrong.

use ureq::{Proxy, ProxyProtocol};

/// A base URL taken apart as far as needed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) https: bool,
    /// In lower case, IPv6 without brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
}

/// Why a proxy cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadProxy {
    /// Not an address.
    #[error("`{variable}` is not the address of a proxy")]
    NotAnAddress {
        /// The variable that holds it.
        variable: String,
    },
    /// An address of a kind that is not spoken.
    #[error("`{variable}` names a SOCKS proxy, which is not supported; only HTTP proxies are")]
    Socks {
        /// The variable that holds it.
        variable: String,
    },
}

impl Place {
    /// Takes `scheme://host[:port][/path]` apart.
    pub(crate) fn of(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let https = scheme.eq_ignore_ascii_case("https");
        if !https && !scheme.eq_ignore_ascii_case("http") {
            return None;
        }
        let authority = rest.split(['/', '?', '#']).next().filter(|authority| !authority.is_empty())?;
        if authority.contains('@') || rest.contains(['?', '#']) || url.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return None;
        }
        let (host, port) = split_port(authority)?;
        let port = port.unwrap_or(if https { 443 } else { 80 });
        (!host.is_empty()).then(|| Self { https, host: host.to_ascii_lowercase(), port })
    }

    /// Whether it is this very machine.
    pub(crate) fn is_loopback(&self) -> bool {
        let by_name = self.host == "localhost" || self.host.ends_with(".localhost");
        by_name || self.host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    /// The proxy on the way there.
    pub(crate) fn proxy(&self, variables: &[(String, String)]) -> Result<Option<Proxy>, BadProxy> {
        if self.is_loopback() || look_up(variables, "NO_PROXY").is_some_and(|(_, list)| self.is_listed(list)) {
            return Ok(None);
        }
        let own = if self.https { "HTTPS_PROXY" } else { "HTTP_PROXY" };
        let Some((variable, address)) = look_up(variables, own).or_else(|| look_up(variables, "ALL_PROXY")) else {
            return Ok(None);
        };
        let variable = variable.to_owned();
        match Proxy::new(address) {
            Ok(proxy) if matches!(proxy.protocol(), ProxyProtocol::Http | ProxyProtocol::Https) => Ok(Some(proxy)),
            Ok(_) => Err(BadProxy::Socks { variable }),
            Err(_) => Err(BadProxy::NotAnAddress { variable }),
        }
    }

    fn is_listed(&self, list: &str) -> bool {
        list.split([',', ' ']).map(str::trim).filter(|entry| !entry.is_empty()).any(|entry| self.matches(entry))
    }

    fn matches(&self, entry: &str) -> bool {
        if entry == "*" {
            return true;
        }
        let Some((host, port)) = split_port(entry) else {
            return false;
        };
        let host = host.trim_start_matches('*').trim_start_matches('.').to_ascii_lowercase();
        let same = self.host == host || self.host.strip_suffix(&host).is_some_and(|rest| rest.ends_with('.'));
        same && !host.is_empty() && port.is_none_or(|port| port == self.port)
    }
}

/// `host[:port]`, `[v6][:port]` or a bare IPv6 address.
fn split_port(text: &str) -> Option<(&str, Option<u16>)> {
    if let Some(rest) = text.strip_prefix('[') {
        let (host, port) = rest.split_once(']')?;
        return match port.strip_prefix(':') {
            Some(port) => Some((host, Some(port.parse().ok()?))),
            None => port.is_empty().then_some((host, None)),
        };
    }
    match text.split_once(':') {
        Some((_, port)) if port.contains(':') => Some((text, None)),
        Some((host, port)) => Some((host, Some(port.parse().ok()?))),
        None => Some((text, None)),
    }
}

/// The value of a variable that is written in either case; empty counts as unset.
fn look_up<'a>(variables: &'a [(String, String)], name: &str) -> Option<(&'a str, &'a str)> {
    let found = |name: &str| variables.iter().find(|(given, value)| given == name && !value.trim().is_empty());
    let (name, value) = found(&name.to_ascii_lowercase()).or_else(|| found(name))?;
    Some((name, value.trim()))
}

#[cfg(test)]
mod tests;
