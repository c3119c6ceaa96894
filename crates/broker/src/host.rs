//! Where somebody wants to go: a host name in its one spelling, or an address.
//!
//! One name has one spelling here: lower case, no trailing dot, ASCII. What resolvers would read as an address although it
//! does not look like one (`127.1`, `0x7f000001`, `2130706433`) is no name at all. Nothing is resolved here.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A host, normalised.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Host {
    /// A DNS name: lower case, ASCII, without a trailing dot.
    Name(String),
    /// An address written as such.
    Address(IpAddr),
}

impl Host {
    /// Reads a host as it stands in a URL or a header, without port: `PyPI.org.`, `203.0.113.9`, `[2001:db8::1]`.
    pub fn parse(text: &str) -> Result<Self, BadHost> {
        if let Some(inner) = text.strip_prefix('[') {
            let inner = inner.strip_suffix(']').ok_or_else(|| BadHost::of(text, "a bracket is open"))?;
            return Self::parse_six(inner, text);
        }
        if !text.is_ascii() {
            return Err(BadHost::of(text, "it is not ASCII"));
        }
        let lower = text.to_ascii_lowercase();
        let name = lower.strip_suffix('.').unwrap_or(&lower);
        check_name(name).map_err(|why| BadHost::of(text, why))?;
        if last_label_is_a_number(name) {
            // getaddrinfo reads `127.1` and `0x7f.1` as addresses: only the one full form is taken.
            let address = name.parse::<Ipv4Addr>().map_err(|_| BadHost::of(text, "it is a number but no address"))?;
            return Ok(Self::Address(IpAddr::V4(address)));
        }
        Ok(Self::Name(name.to_owned()))
    }

    fn parse_six(inner: &str, whole: &str) -> Result<Self, BadHost> {
        let address = inner.parse::<Ipv6Addr>().map_err(|_| BadHost::of(whole, "it is no IPv6 address"))?;
        Ok(Self::Address(IpAddr::V6(address)))
    }

    /// Reads `host:port`; without a port, `default` is taken, and where there is none the text is refused.
    pub fn parse_with_port(text: &str, default: Option<u16>) -> Result<(Self, u16), BadHost> {
        if text.contains('@') {
            return Err(BadHost::of("…", "user and password do not belong in it")); // never repeated: it may be a secret
        }
        let (host, port) = split_port(text);
        let port = match port {
            Some(digits) => parse_port(digits).ok_or_else(|| BadHost::of(text, "the port is no number from 1 to 65535"))?,
            None => default.ok_or_else(|| BadHost::of(text, "the port is missing"))?,
        };
        Ok((Self::parse(host)?, port))
    }

    /// `host:port` as it is written on the wire, with brackets around an IPv6 address.
    pub fn with_port(&self, port: u16) -> String {
        match self {
            Self::Address(IpAddr::V6(address)) => format!("[{address}]:{port}"),
            Self::Address(IpAddr::V4(_)) | Self::Name(_) => format!("{self}:{port}"),
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Address(address) => address.fmt(f),
        }
    }
}

/// Splits at the colon that ends the host; a colon inside brackets does not.
fn split_port(text: &str) -> (&str, Option<&str>) {
    let after_bracket = text.rfind(']').unwrap_or(0);
    match text.rfind(':') {
        Some(at) if at >= after_bracket => (text.get(..at).unwrap_or(""), text.get(at + 1..)),
        Some(_) | None => (text, None),
    }
}

fn parse_port(digits: &str) -> Option<u16> {
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|port| plain && *port != 0)
}

fn check_name(name: &str) -> Result<(), &'static str> {
    if name.is_empty() {
        return Err("it is empty");
    }
    if name.len() > 253 {
        return Err("it is longer than 253 bytes");
    }
    let bad_label = |label: &str| label.is_empty() || label.len() > 63 || label.starts_with('-') || label.ends_with('-');
    if name.split('.').any(bad_label) {
        return Err("one of its labels is empty, longer than 63 bytes or has a hyphen at its end");
    }
    let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.');
    if !name.bytes().all(good) {
        return Err("it has a character that no host name has");
    }
    Ok(())
}

fn last_label_is_a_number(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    let hex = last.strip_prefix("0x").is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
    hex || last.bytes().all(|b| b.is_ascii_digit())
}

/// The text names no host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a host: {why}")]
pub struct BadHost {
    text: String,
    why: &'static str,
}

impl BadHost {
    fn of(text: &str, why: &'static str) -> Self {
        Self { text: text.chars().filter(|c| !c.is_control()).take(100).collect(), why }
    }
}

#[cfg(test)]
mod tests;
