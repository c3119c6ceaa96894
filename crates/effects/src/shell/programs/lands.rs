//! Where a program's deeds land: on this machine, or on the system that its options and operands name, as far as a mapping
//! knows it. Names that nobody mapped, and settings that the text does not show, are unknown.

use action::{Effect, Tier};

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
        let steering: Vec<Value> = steering.map(|name| scope.get(name)).collect();
        let port = arguments.values("-p -P --port").last().and_then(Text::exact).and_then(|p| p.parse().ok());
        let mut spots: Vec<Spot> = Vec::new();
        for (kind, sources) in rows().flat_map(|row| row.each("at")).map(|at| at.split_once(' ').unwrap_or((at, ""))) {
            for word in named_places(sources, arguments) {
                spots.push(self.spot_named(kind, &word, port));
            }
        }
        // A variable that holds an address says where; any other makes every name mean nobody knows what.
        for value in &steering {
            let address = match value {
                Value::Text(text) if text.contains("://") => Text::known(text.as_str()),
                Value::Text(_) | Value::List(_) | Value::Unknown => Text::unknown("?"),
            };
            spots.push(self.spot_named("host", &address, port));
        }
        let usual = rows().flat_map(|row| row.each("otherwise")).next();
        if let (Some(host), true) = (usual, spots.is_empty()) {
            spots.push(self.spot_named("host", &Text::known(host), port));
        }
        let gravest = spots.into_iter().max_by_key(|spot| spot.tier).filter(|_| !elsewhere);
        Landing::There(gravest.unwrap_or_else(Spot::unknown))
    }

    fn spot_named(&self, kind: &str, word: &Text, port: Option<u16>) -> Spot {
        let Some(text) = word.exact() else { return Spot::unknown() };
        let facts = self.ground.facts;
        if kind != "host" && kind != "url" {
            return of_identity(facts, &format!("{kind}:{text}")).map_or_else(Spot::unknown, Spot::of);
        }
        let conninfo = text.split_whitespace().find_map(|part| part.strip_prefix("host="));
        match host_of_url(conninfo.unwrap_or(text)) {
            Some((host, in_url)) => match of_host(facts, &host, in_url.or(port)) {
                Some(environment) => Spot::of(environment),
                None if is_loopback(&host) && self.ground.place == Place::Boxed => Spot::workspace(),
                None if is_loopback(&host) => Spot::host(),
                None => Spot::unknown(),
            },
            None => Spot::unknown(),
        }
    }
}

/// Values of options, and operands that are addresses: `@url`, `@1`.
fn named_places(sources: &str, arguments: &Arguments) -> Vec<Text> {
    let is_address = |word: &&Text| word.known_prefix().contains("://") || word.known_prefix().contains("host=");
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
