//! Which environment a path, a host or a git remote is. The mapping is the service's; names that an agent chose count for
//! nothing. Where two mappings fit equally well, the graver one is taken.

use action::{Environment, EnvironmentName, Generation, Tier};

use crate::facts::Facts;
use crate::path::{below, normal};

/// A place in the world, by name and weight.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Spot {
    pub(crate) environment: EnvironmentName,
    pub(crate) tier: Tier,
}

impl Spot {
    pub(crate) fn workspace() -> Self {
        Self { environment: EnvironmentName::workspace(), tier: Tier::Workspace }
    }

    pub(crate) fn host() -> Self {
        Self { environment: EnvironmentName::host(), tier: Tier::Host }
    }

    pub(crate) fn worktree() -> Self {
        Self { environment: EnvironmentName::worktree(), tier: Tier::Host }
    }

    pub(crate) fn unknown() -> Self {
        Self { environment: EnvironmentName::unknown(), tier: Tier::Unknown }
    }

    pub(crate) fn of(environment: &Environment) -> Self {
        Self { environment: environment.name.clone(), tier: environment.tier }
    }
}

/// The environment with that name.
pub(crate) fn named<'f>(facts: &'f Facts, name: &EnvironmentName) -> Option<&'f Environment> {
    all(&facts.environments).find(|e| e.name == *name)
}

/// The environment that a normal absolute path lies in, and the length of the prefix that says so. The longest wins.
pub(crate) fn of_path<'f>(facts: &'f Facts, path: &str) -> Option<(&'f Environment, usize)> {
    all(&facts.environments)
        .flat_map(|e| e.paths.iter().map(move |prefix| (e, normal("/", prefix))))
        .filter(|(_, prefix)| below(path, prefix).is_some())
        .map(|(e, prefix)| (e, prefix.len()))
        .max_by_key(|(e, length)| (*length, e.tier))
}

/// Environments that have a path at or below this one: what a recursive deed there takes along.
pub(crate) fn at_or_below<'f>(facts: &'f Facts, path: &str) -> impl Iterator<Item = &'f Environment> {
    all(&facts.environments).filter(move |e| e.paths.iter().any(|p| below(&normal("/", p), path).is_some()))
}

/// Whether a mapping names this host.
pub fn is_mapped(environments: &[(Environment, Generation)], host: &str, port: u16) -> bool {
    all(environments).any(|e| e.hosts.iter().any(|pattern| host_fits(pattern, host, Some(port))))
}

/// The environment that a host is. A mapping without a port fits every port; an unknown port fits every mapping.
pub(crate) fn of_host<'f>(facts: &'f Facts, host: &str, port: Option<u16>) -> Option<&'f Environment> {
    all(&facts.environments)
        .filter(|e| e.hosts.iter().any(|pattern| host_fits(pattern, host, port)))
        .max_by_key(|e| e.tier)
}

/// Whether `host:port` is named by a pattern: `name`, `name:port`, `*.suffix`, `*.suffix:port`.
pub(crate) fn host_fits(pattern: &str, host: &str, port: Option<u16>) -> bool {
    let (name, wanted) = split_host(pattern);
    let host = clean_host(host);
    let fits = match name.strip_prefix("*.") {
        Some(suffix) => host.strip_suffix(suffix).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.')),
        None => name == host,
    };
    fits && (wanted.is_none() || port.is_none() || wanted == port)
}

/// A host and its port: `h`, `h:1`, `[::1]:1`, `user@h:1`. The host is cleaned.
pub(crate) fn split_host(text: &str) -> (String, Option<u16>) {
    let text = text.rsplit_once('@').map_or(text, |(_, host)| host);
    if let Some(inside) = text.strip_prefix('[') {
        let (host, rest) = inside.split_once(']').unwrap_or((inside, ""));
        return (clean_host(host), rest.strip_prefix(':').and_then(|p| p.parse().ok()));
    }
    match text.split_once(':') {
        Some((host, port)) if !port.contains(':') => (clean_host(host), port.parse().ok()),
        _ => (clean_host(text), None),
    }
}

fn clean_host(host: &str) -> String {
    host.trim_matches(|c| c == '[' || c == ']').trim_end_matches('.').to_lowercase()
}

/// Host and port of a URL or of the bare `host[:port][/path]` that programs take for one.
pub(crate) fn host_of_url(url: &str) -> Option<(String, Option<u16>)> {
    let (scheme, rest) = url.split_once("://").map_or((None, url), |(s, r)| (Some(s), r));
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    if authority.is_empty() {
        return None;
    }
    let (host, port) = split_host(authority);
    let usual = match scheme.map(str::to_lowercase).as_deref() {
        Some("http" | "ws") => Some(80),
        Some("https" | "wss") => Some(443),
        Some("postgres" | "postgresql") => Some(5432),
        Some("mysql") => Some(3306),
        _ => None,
    };
    Some((host, port.or(usual)))
}

/// Whether a name means this machine itself, in the box: the box.
pub(crate) fn is_loopback(host: &str) -> bool {
    let dotted = host.split('.').filter(|p| p.parse::<u8>().is_ok()).count() == 4 && host.split('.').count() == 4;
    host == "localhost" || host.ends_with(".localhost") || host == "::1" || host == "0.0.0.0" || (dotted && host.starts_with("127."))
}

/// The environment that a git remote is, for a branch. A mapping of the very branch wins over one of the whole remote.
pub(crate) fn of_remote<'f>(facts: &'f Facts, url: &str, branch: Option<&str>) -> Option<&'f Environment> {
    let url = clean_remote(url);
    all(&facts.environments)
        .flat_map(|e| e.remotes.iter().map(move |remote| (e, remote)))
        .filter_map(|(e, remote)| {
            let (mapped, of_branch) = remote.rsplit_once('#').map_or((remote.as_str(), None), |(u, b)| (u, Some(b)));
            let fits = clean_remote(mapped) == url && (of_branch.is_none() || branch.is_none() || of_branch == branch);
            fits.then_some((e, of_branch.is_some()))
        })
        .max_by_key(|(e, exact)| (*exact || branch.is_none(), e.tier))
        .map(|(e, _)| e)
}

/// The environment that a cloud's or a tool's name means: `aws:111122223333/eu-west-1`. A mapping of the very region wins over one of
/// the account; a name without a region, where only regions are mapped, is the gravest of them.
pub(crate) fn of_identity<'f>(facts: &'f Facts, identity: &str) -> Option<&'f Environment> {
    let within = |outer: &str, inner: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'));
    all(&facts.environments)
        .flat_map(|e| e.identities.iter().map(move |mapped| (e, mapped.as_str())))
        .filter(|(_, mapped)| *mapped == identity || within(mapped, identity) || within(identity, mapped))
        .max_by_key(|(e, mapped)| (*mapped == identity, within(mapped, identity), e.tier))
        .map(|(e, _)| e)
}

/// One spelling for `git@h:a/b.git`, `ssh://git@h:22/a/b`, `https://t@h/a/b/` and paths.
pub(crate) fn clean_remote(url: &str) -> String {
    let trimmed = url.trim().trim_end_matches('/');
    let trimmed = trimmed.strip_suffix(".git").unwrap_or(trimmed).trim_end_matches('/');
    let lower = trimmed.to_lowercase();
    if let Some(path) = lower.strip_prefix("file://") {
        return normal("/", path);
    }
    if let Some((_, rest)) = lower.split_once("://") {
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (host, port) = split_host(authority);
        let port = port.filter(|p| ![22, 80, 443, 9418].contains(p)).map(|p| format!(":{p}")).unwrap_or_default();
        return format!("{host}{port}{}", normal("/", path));
    }
    match lower.split_once(':') {
        Some((host, path)) if !host.contains('/') => format!("{}{}", split_host(host).0, normal("/", path)),
        _ if lower.starts_with('/') => normal("/", &lower),
        _ => lower,
    }
}

/// A recovery point of the environment that survives whatever happens to its paths.
pub(crate) fn recovery_outside<'f>(facts: &'f Facts, environment: &Environment, root: &str) -> Option<&'f str> {
    let point = facts.recovery_points.iter().find(|point| {
        let point = normal("/", point);
        let under = |prefix: &String| below(&point, &normal("/", prefix)).is_some();
        environment.recovery.iter().any(under) && !environment.paths.iter().any(under) && below(&point, root).is_none()
    });
    point.map(String::as_str)
}

fn all(environments: &[(Environment, Generation)]) -> impl Iterator<Item = &Environment> {
    environments.iter().map(|(e, _)| e)
}

#[cfg(test)]
mod tests;
