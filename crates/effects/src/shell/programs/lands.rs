//! Where a program's deeds land: on this machine, or on the system that its options and operands name, as far as a mapping
//! knows it. Names that nobody mapped, and settings that the text does not show, are unknown.

use action::{Certainty, Effect, Tier};

use crate::environment::{Spot, host_of_url, is_loopback, of_host, of_identity};
use crate::place::Place;
use crate::shell::Reader;
use crate::shell::arguments::Arguments;
use crate::shell::expand::Text;
use crate::shell::scope::{Scope, Value};
use crate::shell::table::Found;

/// Where it lands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Landing {
    /// On this machine.
    Here,
    /// On a system, mapped or not.
    There(Spot),
}

impl Landing {
    pub(super) fn placed(&self, effect: Effect) -> Effect {
        match self {
            Self::Here => {
                let spot = Spot::host();
                effect.at(spot.environment, spot.tier)
            }
            Self::There(spot) if spot.tier == Tier::Workspace => effect,
            Self::There(spot) => {
                let effect = effect.at(spot.environment.clone(), spot.tier);
                if spot.tier > Tier::Host { effect.noted("leaves the box") } else { effect }
            }
        }
    }
}

impl Reader<'_> {
    /// By the row: `at host -h --host @url`, `at gcp --project`. The gravest of all that is named.
    pub(super) fn landing(&self, found: &Found, arguments: &Arguments, scope: &Scope) -> Landing {
        if found.program.local || found.top.local {
            return Landing::Here;
        }
        if found.program.within || found.top.within {
            return Landing::There(if self.ground.place == Place::Boxed { Spot::workspace() } else { Spot::host() });
        }
        let rows = || [found.program, found.top].into_iter();
        let elsewhere = rows().flat_map(|row| row.each("elsewhere")).any(|options| arguments.has(options));
        let steering = rows().flat_map(|row| row.each("steered")).flat_map(str::split_whitespace).filter(|name| scope.is_mentioned(name));
        // What is set and not exported never arrives: there is still what was so outside.
        let steering: Vec<(&str, Value)> = steering.map(|name| (name, scope.exported(name).unwrap_or(Value::Unknown))).collect();
        let port = arguments.values("-p -P --port").last().and_then(Text::exact).and_then(|p| p.parse().ok());
        let mut spots: Vec<Spot> = Vec::new();
        for (kind, sources) in rows().flat_map(|row| row.each("at")).map(|at| at.split_once(' ').unwrap_or((at, ""))) {
            for word in named_places(sources, arguments) {
                spots.push(self.spot_named(kind, &word, port, self.has_own_clusters(scope)));
            }
        }
        let settings = self.has_own_clusters(scope) && steering.is_empty();
        let of_cluster = rows().flat_map(|row| row.each("at")).any(|at| at.starts_with("kubernetes"));
        if let (true, true, true) = (of_cluster, settings, spots.is_empty()) {
            spots.extend(self.cluster("", true));
        }
        // A variable that holds an address says where; any other makes every name mean nobody knows what.
        for (name, value) in &steering {
            let address = match value {
                Value::Text(text) if text.contains("://") || (name.ends_with("HOST") && is_host(text)) => Text::known(text.as_str()),
                Value::Text(text) if HARMLESS.contains(name) && is_host(text) => continue,
                Value::Text(_) | Value::List(_) | Value::Unknown => Text::unknown("?"),
            };
            spots.push(self.spot_named("host", &address, port, false));
        }
        let usual = rows().flat_map(|row| row.each("otherwise")).next();
        if let (Some(host), true) = (usual, spots.is_empty()) {
            spots.push(self.spot_named("host", &Text::known(host), port, false));
        }
        let gravest = spots.into_iter().max_by_key(|spot| spot.tier).filter(|_| !elsewhere);
        Landing::There(gravest.unwrap_or_else(Spot::unknown))
    }

    /// How sure it is that an answer comes from a system that the person knows, under the person's own settings. Settings that the text
    /// chooses may run programs and may send the person's credentials anywhere; an address that nobody mapped gets them as well.
    pub(super) fn sureness(&self, found: &Found, arguments: &Arguments, scope: &Scope) -> Certainty {
        let rows = || [found.program, found.top].into_iter();
        if rows().any(|row| row.local || row.within) {
            return Certainty::Exact;
        }
        let chosen = rows().flat_map(|row| row.each("elsewhere")).any(|options| arguments.has(options));
        let steering = rows().flat_map(|row| row.each("steered")).flat_map(str::split_whitespace).filter(|name| scope.is_mentioned(name));
        let mut hosts: Vec<Text> = Vec::new();
        for name in steering {
            match scope.exported(name) {
                Some(Value::Text(text)) if HARMLESS.contains(&name) && is_host(&text) => {}
                Some(Value::Text(text)) if text.contains("://") || (name.ends_with("HOST") && is_host(&text)) => hosts.push(Text::known(text)),
                _ => return Certainty::Opaque,
            }
        }
        if chosen {
            return Certainty::Opaque;
        }
        let at = rows().flat_map(|row| row.each("at")).map(|at| at.split_once(' ').unwrap_or((at, "")));
        hosts.extend(at.filter(|(kind, _)| ["host", "url"].contains(kind)).flat_map(|(_, sources)| named_places(sources, arguments)));
        // A place to ask that is told among the words, as a chart's: whoever answers there learns what was asked.
        let values = arguments.options.iter().filter_map(|(_, value)| value.as_ref());
        hosts.extend(arguments.operands.iter().chain(values).filter(|word| is_of_the_web(word.known_prefix())).cloned());
        let known = |word: &Text| word.exact().is_some_and(|text| self.spot_of_address(text, None).is_some() || is_of_this_machine(text));
        if hosts.iter().all(known) { Certainty::Exact } else { Certainty::AtLeast }
    }

    fn spot_named(&self, kind: &str, word: &Text, port: Option<u16>, own_clusters: bool) -> Spot {
        let Some(text) = word.exact() else { return Spot::unknown() };
        match kind {
            "host" | "url" => self.spot_of_address(text, port).unwrap_or_else(Spot::unknown),
            "kubernetes" => self.cluster(text, own_clusters).unwrap_or_else(Spot::unknown),
            _ => of_identity(self.ground.facts, &format!("{kind}:{text}")).map_or_else(Spot::unknown, Spot::of),
        }
    }

    /// A host, a URL, or settings of a connection with a host among them. Nothing where it is not plainly one that is known.
    fn spot_of_address(&self, text: &str, port: Option<u16>) -> Option<Spot> {
        let is_url = text.contains("://");
        // More than one, or one that is named by other means.
        if text.contains(',') || text.contains("hostaddr") || text.contains("service=") || (is_url && text.contains("host=")) {
            return None;
        }
        let host = match text.contains('=') && !is_url {
            true => text.split_whitespace().find_map(|part| part.strip_prefix("host="))?,
            false => text,
        };
        let facts = self.ground.facts;
        let (host, in_url) = host_of_url(host)?;
        match of_host(facts, &host, in_url.or(port)) {
            Some(environment) => Some(Spot::of(environment)),
            None if is_loopback(&host) && self.ground.place == Place::Boxed => Some(Spot::workspace()),
            None if is_loopback(&host) => Some(Spot::host()),
            None => None,
        }
    }

    /// A context by its mapped name, and by where its server is; of both the graver.
    fn cluster(&self, context: &str, own_settings: bool) -> Option<Spot> {
        let facts = self.ground.facts;
        let named = of_identity(facts, &format!("kubernetes:{context}")).filter(|_| !context.is_empty()).map(Spot::of);
        let server = facts.clusters.get(context).filter(|_| own_settings).and_then(|server| self.spot_of_address(server, None));
        named.into_iter().chain(server).max_by_key(|spot| spot.tier)
    }

    /// Whether the person's own settings of `kubectl` are still what the facts say.
    fn has_own_clusters(&self, scope: &Scope) -> bool {
        let home = &self.ground.facts.home;
        scope.has_settings_of(home) && !self.moved && !self.unread && !self.has_written_below(&format!("{home}/.kube"))
    }
}

/// Variables beside the host that say nothing of where it is.
const HARMLESS: [&str; 3] = ["PGPORT", "PGDATABASE", "MYSQL_TCP_PORT"];

fn is_host(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
}

/// An address that a program would speak to by itself; those of clouds' own stores and vaults are names.
fn is_of_the_web(text: &str) -> bool {
    const SCHEMES: [&str; 10] = ["docker", "http", "https", "oci", "git", "ssh", "ftp", "git+https", "git+ssh", "tcp"];
    text.split_once("://").is_some_and(|(scheme, _)| SCHEMES.contains(&scheme.to_ascii_lowercase().as_str()))
}

/// The folder of a socket: `psql -h /var/run/postgresql`.
fn is_of_this_machine(text: &str) -> bool {
    text.starts_with('/')
}

/// Values of options, and operands that are addresses: `@url`, `@1`.
fn named_places(sources: &str, arguments: &Arguments) -> Vec<Text> {
    let names_host = |text: &str| text.contains('=') && (text.contains("host") || text.contains("service"));
    let is_address = |word: &&Text| word.known_prefix().contains("://") || names_host(word.known_prefix());
    let of = |source: &str| -> Vec<Text> {
        match source.strip_prefix('@') {
            Some("url") => arguments.operands.iter().filter(is_address).cloned().collect(),
            Some(number) => number.parse::<usize>().ok().and_then(|n| arguments.operands.get(n.saturating_sub(1))).cloned().into_iter().collect(),
            None => arguments.values(source).cloned().collect(),
        }
    };
    let all = sources.split_whitespace().flat_map(of);
    // Of options that may also hold a mere name, only addresses say where.
    let only_addresses = sources.split_whitespace().any(|s| s == "@addresses");
    all.filter(|word| !only_addresses || is_address(&word)).collect()
}

#[cfg(test)]
mod tests;
