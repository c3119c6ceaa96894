//! Which hosts the door is for, by name and port.
//!
//! A rule names one host exactly, or everything below a suffix. Naming opens nothing by itself: the caller's `ask` decides.
//! What only an *exact* rule does is to let the door connect to an inner address (a company's own registry).

use std::fmt;

use crate::host::Host;

/// What the door is set up with.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct DoorRules {
    /// The hosts that policy names.
    pub open: Vec<HostRule>,
    /// The machine's own way out, if its clients are configured through one: `http://[user:password@]host[:port]`.
    pub upstream_proxy: Option<String>,
    /// Hosts that are reached without that proxy (`NO_PROXY`): a name, a suffix (`.corp`, `*.corp`) or `*`.
    pub direct: Vec<String>,
}

impl DoorRules {
    /// Rules that open these hosts, with no proxy in between.
    pub fn opening(open: Vec<HostRule>) -> Self {
        Self { open, ..Self::default() }
    }

    /// How the rules name this host and port, if they do.
    pub(crate) fn naming(&self, host: &Host, port: u16) -> Option<Naming> {
        self.open.iter().filter_map(|rule| rule.naming(host, port)).max()
    }

    /// Whether this host is reached without the proxy, by the usual reading of `NO_PROXY`: a bare name stands for its
    /// subdomains too.
    pub(crate) fn is_direct(&self, host: &Host) -> bool {
        let text = host.to_string();
        self.direct.iter().any(|entry| {
            let entry = entry.trim().trim_end_matches('.').to_ascii_lowercase();
            let suffix = entry.trim_start_matches("*.").trim_start_matches('.');
            entry == "*" || (!suffix.is_empty() && (text == suffix || is_below(&text, suffix)))
        })
    }

    /// The same rules with every host in its one spelling.
    pub(crate) fn normalised(mut self) -> Result<Self, BadRule> {
        self.open = self.open.iter().map(HostRule::normalised).collect::<Result<_, _>>()?;
        Ok(self)
    }
}

impl fmt::Debug for DoorRules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let proxy = self.upstream_proxy.as_ref().map(|_| "(set)"); // it may hold a credential
        f.debug_struct("DoorRules").field("open", &self.open).field("upstream_proxy", &proxy).field("direct", &self.direct).finish()
    }
}

/// One host, or all below a suffix, at one port.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostRule {
    /// `pypi.org`, `127.0.0.1`, or `*.example.com` for all below it (not the name itself).
    pub host: String,
    /// The port.
    pub port: u16,
}

/// How a rule names a host. Ordered: the more exact, the larger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Naming {
    /// By a suffix.
    Suffix,
    /// By its whole name.
    Exact,
}

impl HostRule {
    /// A rule for one host, or a suffix, at a port.
    pub fn new(host: &str, port: u16) -> Result<Self, BadRule> {
        Self { host: host.to_owned(), port }.normalised()
    }

    fn normalised(&self) -> Result<Self, BadRule> {
        let bad = |why: String| BadRule { rule: self.host.clone(), why };
        if self.port == 0 {
            return Err(bad("the port is 0".into()));
        }
        let (stars, name) = match self.host.strip_prefix("*.") {
            Some(suffix) => ("*.", suffix),
            None => ("", self.host.as_str()),
        };
        let bracketed = name.contains(':') && !name.starts_with('[');
        let text = if bracketed { format!("[{name}]") } else { name.to_owned() };
        let host = Host::parse(&text).map_err(|e| bad(e.to_string()))?;
        let is_top = matches!(&host, Host::Name(name) if !name.contains('.'));
        if !stars.is_empty() && (is_top || matches!(host, Host::Address(_))) {
            return Err(bad("everything below a top-level name or an address is too much".into()));
        }
        Ok(Self { host: format!("{stars}{host}"), port: self.port })
    }

    fn naming(&self, host: &Host, port: u16) -> Option<Naming> {
        let text = host.to_string();
        if port != self.port {
            return None;
        }
        match self.host.strip_prefix("*.") {
            Some(suffix) => is_below(&text, suffix).then_some(Naming::Suffix),
            None => (text == self.host).then_some(Naming::Exact),
        }
    }
}

impl fmt::Display for HostRule {
    /// As policy names it: the host alone at port 443, else `host:port`; an IPv6 address in brackets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port } = self;
        match (host.contains(':'), port) {
            (false, 443) => f.write_str(host),
            (false, port) => write!(f, "{host}:{port}"),
            (true, 443) => write!(f, "[{host}]"),
            (true, port) => write!(f, "[{host}]:{port}"),
        }
    }
}

fn is_below(name: &str, suffix: &str) -> bool {
    name.strip_suffix(suffix).is_some_and(|front| front.len() > 1 && front.ends_with('.'))
}

/// A rule that names no host, or far too many.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{rule}` is not a host that a rule can open: {why}")]
pub struct BadRule {
    rule: String,
    why: String,
}

#[cfg(test)]
mod tests;
