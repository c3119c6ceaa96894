//! Which registries this machine's own package clients are configured for.
//!
//! Only the person's and the machine's configuration is read, never the project's: what the agent can edit does not decide
//! where the agent can go. Each client's reader is a pure function over texts; [`Registries::read`] fetches the texts. A
//! configuration that is there but cannot be read opens nothing for that client. Credentials are left out, and that is said.

mod cargo;
mod npm;
mod origin;
mod pip;
mod texts;

use std::fmt;
use std::path::Path;

use serde::Serialize;

use crate::rules::{DoorRules, HostRule};
use texts::{Texts, Variables};

/// What was found.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Registries {
    /// The hosts, each with who uses it and where that was read.
    pub found: Vec<Found>,
    /// The proxy that the clients go through. It may hold a credential: it is for [`DoorRules`] and for nobody's eyes.
    pub upstream_proxy: Option<String>,
    /// Hosts that are reached without it.
    pub direct: Vec<String>,
    /// What a person should know: what was left out, and why. Never holds a credential.
    pub notes: Vec<String>,
}

/// One host that a client of this machine is configured for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Found {
    /// Whose configuration.
    pub client: Client,
    /// The host and port.
    pub rule: HostRule,
    /// The file or variable that says so, or `default`.
    pub from: String,
}

/// A package client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Client {
    /// Rust's.
    Cargo,
    /// Node's.
    Npm,
    /// Python's.
    Pip,
}

impl fmt::Display for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cargo => "cargo",
            Self::Npm => "npm",
            Self::Pip => "pip",
        })
    }
}

impl Registries {
    /// Reads the configuration of the person with this home, given the variables that their clients would see.
    pub fn read(home: &Path, variables: &[(String, String)]) -> Self {
        Self::read_under(Path::new("/"), home, variables)
    }

    /// The same, with the machine's files (`/etc/pip.conf`, …) looked for below `root`.
    pub fn read_under(root: &Path, home: &Path, variables: &[(String, String)]) -> Self {
        let variables = Variables(variables);
        let texts = Texts { root, home, variables };
        let readings = [
            (Client::Cargo, texts.cargo().map(|files| cargo::read(&files, variables))),
            (Client::Npm, texts.npm().map(|files| npm::read(&files, variables))),
            (Client::Pip, texts.pip().map(|files| pip::read(&files, variables))),
        ];
        let mut all = Self::default();
        let mut proxies: Vec<(String, String)> = variables.proxies();
        for (client, reading) in readings {
            match reading {
                Err(why) => all.notes.push(format!("{client}: no registry is opened, because {why}")),
                Ok(reading) => {
                    all.found.extend(reading.found);
                    all.notes.extend(reading.notes.into_iter().map(|note| format!("{client}: {note}")));
                    proxies.extend(reading.proxy);
                    all.direct.extend(reading.direct);
                }
            }
        }
        all.direct.extend(variables.no_proxy());
        all.choose_proxy(&proxies);
        all.found.sort();
        all.found.dedup();
        all.direct.sort();
        all.direct.dedup();
        all
    }

    /// Rules for a door that opens to exactly these.
    pub fn rules(&self) -> DoorRules {
        let mut open: Vec<HostRule> = self.found.iter().map(|found| found.rule.clone()).collect();
        open.sort();
        open.dedup();
        DoorRules { open, upstream_proxy: self.upstream_proxy.clone(), direct: self.direct.clone() }
    }

    /// One door has one way out: the first proxy is taken, and another one is named by where it was read.
    fn choose_proxy(&mut self, proxies: &[(String, String)]) {
        let Some((first, from)) = proxies.first() else { return };
        self.upstream_proxy = Some(first.clone());
        for (other, place) in proxies {
            if other != first {
                self.notes.push(format!("the proxy of {place} is not used: the door goes through that of {from}"));
            }
        }
    }
}

impl fmt::Debug for Registries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let proxy = self.upstream_proxy.as_ref().map(|_| "(set)");
        f.debug_struct("Registries")
            .field("found", &self.found)
            .field("upstream_proxy", &proxy)
            .field("direct", &self.direct)
            .field("notes", &self.notes)
            .finish()
    }
}

/// What one client's configuration says.
#[derive(Debug, Default)]
struct Reading {
    found: Vec<Found>,
    notes: Vec<String>,
    /// The proxy and where it was read.
    proxy: Option<(String, String)>,
    direct: Vec<String>,
}

impl Reading {
    /// Adds the host of an address, or a note why it is none that the door can open.
    fn add(&mut self, client: Client, address: &str, from: &str) {
        match origin::of(address) {
            Ok(origin) => {
                if origin.had_credential {
                    self.notes.push(format!("the user and password in the address of {from} are left out"));
                }
                self.found.push(Found { client, rule: origin.rule, from: from.to_owned() });
            }
            Err(why) => self.notes.push(format!("{from} names a registry that the door cannot open: {why}")),
        }
    }

    fn add_defaults(&mut self, client: Client, hosts: &[&str]) {
        for host in hosts {
            let rule = HostRule { host: (*host).to_owned(), port: 443 };
            self.found.push(Found { client, rule, from: "default".to_owned() });
        }
    }
}

#[cfg(test)]
mod tests;
