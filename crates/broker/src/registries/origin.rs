//! The host and port of a registry's address, without anything else that the address may hold.

use crate::host::Host;
use crate::rules::HostRule;

/// Where an address points.
#[derive(Debug)]
pub(super) struct Origin {
    pub(super) rule: HostRule,
    pub(super) had_credential: bool,
}

/// Reads `[sparse+|registry+]http[s]://[user:password@]host[:port]/…`. The error never repeats the address.
pub(super) fn of(address: &str) -> Result<Origin, String> {
    let address = address.trim();
    let address = address.strip_prefix("sparse+").or_else(|| address.strip_prefix("registry+")).unwrap_or(address);
    let (scheme, rest) = address.split_once("://").ok_or("it is not an address")?;
    let default = match scheme.to_ascii_lowercase().as_str() {
        "https" => 443,
        "http" => 80,
        other => return Err(format!("the scheme `{}` is neither http nor https", other.chars().take(20).collect::<String>())),
    };
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or(rest);
    let (user, place) = match authority.rsplit_once('@') {
        Some((user, place)) => (Some(user), place),
        None => (None, authority),
    };
    let (host, port) = Host::parse_with_port(place, Some(default)).map_err(|e| e.to_string())?;
    let rule = HostRule::new(&host.to_string(), port).map_err(|e| e.to_string())?;
    Ok(Origin { rule, had_credential: user.is_some_and(|user| !user.is_empty()) })
}
