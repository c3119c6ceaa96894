//! The address of a page as an intent names it, read once for everybody: what is judged is what is asked for.
//!
//! Stricter than browsers. ASCII only, so a name in another script stands in its `xn--` form; no user, no password, no
//! fragment; `https`, or `http` on this machine; what resolvers would read as an address although it does not look like one is
//! no host. Nothing is resolved here.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An absolute address in its one spelling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageUrl {
    secure: bool,
    host: String,
    port: u16,
    target: String,
}

/// Bytes of one address.
const LONGEST: usize = 2_000;

impl PageUrl {
    /// Reads an absolute address.
    pub fn parse(text: &str) -> Result<Self, BadPageUrl> {
        if text.len() > LONGEST {
            return Err(BadPageUrl("it has more than 2000 bytes"));
        }
        if !text.bytes().all(is_plain) {
            return Err(BadPageUrl("it has characters that no address has: a host in another script is written as `xn--…`, everything else as `%XX`"));
        }
        let (scheme, rest) = text.split_once("://").ok_or(BadPageUrl("it does not begin with https://"))?;
        let secure = scheme.eq_ignore_ascii_case("https");
        if !secure && !scheme.eq_ignore_ascii_case("http") {
            return Err(BadPageUrl("it does not begin with https://"));
        }
        let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let (host, port) = host_and_port(authority)?;
        let url = Self { secure, host, port: port.unwrap_or(if secure { 443 } else { 80 }), target: target(rest) };
        match secure || is_this_machine(&url.host) {
            true => Ok(url),
            false => Err(BadPageUrl("http is for this machine only: write https")),
        }
    }

    /// The address that a `Location` on this page means.
    pub fn leads_to(&self, location: &str) -> Result<Self, BadPageUrl> {
        let scheme = if self.secure { "https" } else { "http" };
        let path = self.target.split('?').next().unwrap_or_default();
        match location {
            here if here.is_empty() || here.starts_with('#') => Ok(self.clone()),
            absolute if absolute.split(['/', '?', '#']).next().is_some_and(|first| first.contains(':')) => Self::parse(absolute),
            other if other.starts_with("//") => Self::parse(&format!("{scheme}:{other}")),
            rooted if rooted.starts_with('/') => Self::parse(&format!("{}{rooted}", self.origin())),
            query if query.starts_with('?') => Self::parse(&format!("{}{path}{query}", self.origin())),
            relative => {
                let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
                Self::parse(&format!("{}{}", self.origin(), joined(folder, relative)))
            }
        }
    }

    /// Whether the way there is encrypted.
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// The host: a lower-case name or an address, IPv6 without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// How settings name the host: `name` for port 443, else `name:port`.
    pub fn name(&self) -> String {
        if self.port == 443 { self.bracketed() } else { format!("{}:{}", self.bracketed(), self.port) }
    }

    /// Scheme, host and port, without the port that everybody takes.
    pub fn origin(&self) -> String {
        let (scheme, usual) = if self.secure { ("https", 443) } else { ("http", 80) };
        let port = if self.port == usual { String::new() } else { format!(":{}", self.port) };
        format!("{scheme}://{}{port}", self.bracketed())
    }

    /// Whether a label of the host is in punycode: on a screen it may look like another name.
    pub fn is_punycode(&self) -> bool {
        self.host.split('.').any(|label| label.starts_with("xn--"))
    }

    fn bracketed(&self) -> String {
        if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() }
    }
}

impl fmt::Display for PageUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin(), self.target)
    }
}

/// Whether a host is this machine, by an address or the one name that mean nothing else. Brackets around IPv6 may be there.
pub fn is_this_machine(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

/// What RFC 3986 has in an address, and nothing that two readers could take for two things.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}')
}

/// Path and query, without the fragment, which no server is told.
fn target(rest: &str) -> String {
    let rest = rest.split('#').next().unwrap_or_default();
    if rest.starts_with('/') { rest.to_owned() } else { format!("/{rest}") }
}

fn joined(folder: &str, relative: &str) -> String {
    let (path, rest) = relative.split_at(relative.find(['?', '#']).unwrap_or(relative.len()));
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let end = if path.ends_with('/') && !parts.is_empty() { "/" } else { "" };
    format!("/{}{end}{rest}", parts.join("/"))
}

fn host_and_port(authority: &str) -> Result<(String, Option<u16>), BadPageUrl> {
    if authority.contains('@') {
        return Err(BadPageUrl("user and password do not belong in it"));
    }
    let (host, port) = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((six, after)) => {
            let six = six.parse::<Ipv6Addr>().map_err(|_| BadPageUrl("what is in the brackets is no IPv6 address"))?;
            (six.to_string(), after.strip_prefix(':').or_else(|| (!after.is_empty()).then_some("")))
        }
        None => {
            let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
            (plain_host(host)?, port)
        }
    };
    let number = |digits: &str| digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok()).flatten().filter(|port| *port != 0);
    match port.map(number) {
        None => Ok((host, None)),
        Some(Some(port)) => Ok((host, Some(port))),
        Some(None) => Err(BadPageUrl("the port is no number from 1 to 65535")),
    }
}

fn plain_host(text: &str) -> Result<String, BadPageUrl> {
    let lower = text.to_ascii_lowercase();
    let host = lower.strip_suffix('.').unwrap_or(&lower);
    let bad = |label: &str| {
        let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_');
        label.is_empty() || label.len() > 63 || label.starts_with('-') || label.ends_with('-') || !label.bytes().all(good)
    };
    if host.len() > 253 || host.split('.').any(bad) {
        return Err(BadPageUrl("its host is none"));
    }
    let last = host.rsplit('.').next().unwrap_or(host);
    // getaddrinfo reads `127.1` and `0x7f.1` as addresses: only the one full form is taken.
    let is_number = last.bytes().all(|b| b.is_ascii_digit()) || last.strip_prefix("0x").is_some_and(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
    if is_number && host.parse::<Ipv4Addr>().is_err() {
        return Err(BadPageUrl("its host is a number but no address"));
    }
    Ok(host.to_owned())
}

/// The text is no address of a page that could be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadPageUrl(&'static str);

#[cfg(test)]
mod tests;
