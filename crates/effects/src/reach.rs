//! Reaching a host through the dependency door. A host that policy names is part of the box; one that is an environment is
//! judged as that environment, whatever else names it; any other leads out, to nobody knows where.

use action::{Certainty, Effect, Resource, Reversibility, Verb};

use crate::environment::{Spot, host_fits, of_host};
use crate::facts::Facts;
use crate::path::shown;

pub(crate) fn of(host: &str, port: u16, facts: &Facts) -> Vec<Effect> {
    let resource = Resource::new("host", shown(&format!("{host}:{port}")));
    if let Some(environment) = of_host(facts, host, Some(port)) {
        return vec![leaving(Verb::Opaque, resource, Spot::of(environment))];
    }
    if named(facts, host, Some(port)) {
        return vec![Effect::in_workspace(Verb::Read, resource).noted("through the dependency door")];
    }
    vec![leaving(Verb::Expose, resource, Spot::unknown())]
}

/// Whether policy names the host for the dependency door.
pub(crate) fn named(facts: &Facts, host: &str, port: Option<u16>) -> bool {
    facts.reachable_hosts.iter().any(|pattern| host_fits(pattern, host, port))
}

/// Something leaves the box for a place; what it does there is not read here.
pub(crate) fn leaving(verb: Verb, resource: Resource, spot: Spot) -> Effect {
    Effect::in_workspace(verb, resource)
        .at(spot.environment, spot.tier)
        .that_is(Reversibility::Irreversible)
        .with_certainty(Certainty::Opaque)
        .noted("leaves the box")
}

#[cfg(test)]
mod tests;
