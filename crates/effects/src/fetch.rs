//! A page that the service gets from outside the box. Getting it reads the host; the address itself can carry away whatever
//! the agent has read, and nobody gets that back, so it exposes too. A host that the service names for documentation is one
//! that may be told: there it is a plain request. One that is an environment is judged as that environment, whatever else
//! names it; any other is nobody knows where.

use action::{Certainty, Effect, EnvironmentName, PageUrl, Resource, Reversibility, Tier, Verb};

use crate::environment::{Spot, of_host};
use crate::facts::Facts;
use crate::path::quoted;
use crate::path::shown;
use crate::reach::leaving;

/// `offset` goes on in what the session has got already: nobody is asked for anything then.
pub(crate) fn of(url: &str, offset: u64, facts: &Facts) -> Vec<Effect> {
    if offset > 0 {
        return vec![Effect::in_workspace(Verb::Read, Resource::new("page", shown(url))).noted("on in what this session has fetched")];
    }
    let Ok(address) = PageUrl::parse(url) else {
        return vec![leaving(Verb::Opaque, Resource::new("page", shown(url)), Spot::unknown())];
    };
    let mapped = of_host(facts, address.host(), Some(address.port()));
    if mapped.is_none() && facts.documentation_hosts.contains(&address.name()) {
        let plain = requested(Verb::Expose, &address).at(EnvironmentName::host(), Tier::Host);
        return vec![plain.noted("the service names the host for documentation")];
    }
    let spot = mapped.map_or_else(Spot::unknown, Spot::of);
    let at = |verb| requested(verb, &address).at(spot.environment.clone(), spot.tier);
    let told = at(Verb::Expose).that_is(Reversibility::Irreversible).noted("the address can carry away what the agent has read");
    vec![at(Verb::Read), told]
}

fn requested(verb: Verb, address: &PageUrl) -> Effect {
    let effect = Effect::in_workspace(verb, Resource::new("page", shown(&address.name()))).with_certainty(Certainty::Exact);
    let effect = effect.noted("leaves the box").noted(format!("GET {}", quoted(&address.to_string())));
    match address.is_punycode() {
        true => effect.noted("LOOK TWICE: the host is in punycode, in a browser it may look like another name"),
        false => effect,
    }
}

#[cfg(test)]
mod tests;
