//! Servers of the Model Context Protocol. What runs in the box is bounded by it, and read as a command as far as that goes;
//! what is asked of a server outside the box leaves it, to be done there by a program that nobody here has read.

use action::{Certainty, Effect, EnvironmentName, McpAsk, McpPlace, McpServer, Resource, Tier, Verb};

use crate::environment::{Spot, host_of_url, of_host};
use crate::facts::{Facts, LoginFact, ToolsFact};
use crate::path::{quoted, shown};
use crate::place::Place;
use crate::reach::leaving;
use crate::shell;

/// Names of tools in a note; more are counted.
const NAMED: usize = 40;

pub(crate) fn start(server: &McpServer, facts: &Facts) -> Vec<Effect> {
    match &server.at {
        McpPlace::InBox { command, variables } => {
            let program = Resource::new("mcp-server", shown(&server.name));
            let runs = Effect::in_workspace(Verb::Execute, program).with_certainty(Certainty::Opaque).noted("in the box");
            let mut effects: Vec<Effect> = shell::read_at(command, "", facts, Place::Boxed).iter().cloned().collect();
            effects.push(runs);
            effects.extend(variables.iter().map(|name| sees(name)));
            effects
        }
        McpPlace::At { url, .. } => vec![as_whom(leaves(url, facts), facts.login.as_ref())],
    }
}

pub(crate) fn call(server: &McpServer, asks: &McpAsk, facts: &Facts) -> Vec<Effect> {
    match &server.at {
        McpPlace::InBox { .. } => {
            let resource = Resource::new("mcp-server", shown(&server.name));
            vec![Effect::in_workspace(Verb::Execute, resource).with_certainty(Certainty::Opaque).noted(what(asks)).noted("in the box")]
        }
        McpPlace::At { url, headers } => vec![as_whom(sent(leaves(url, facts).noted(what(asks)), headers), facts.login.as_ref())],
    }
}

/// A value of the service, given to a program that comes from the copy with all that it loads: the agent may have written it.
fn sees(name: &str) -> Effect {
    let mut effect = Effect::in_workspace(Verb::Read, Resource::new("variable", format!("${}", shown(name))))
        .at(EnvironmentName::host(), Tier::Host)
        .noted("a program of the copy sees it, and what that program is the agent may have written");
    effect.data_bearing = true;
    effect
}

/// What an address is sent with every request, names of variables included.
fn sent(effect: Effect, headers: &std::collections::BTreeMap<String, String>) -> Effect {
    headers.iter().fold(effect, |effect, (name, value)| effect.noted(format!("it is sent the header {}: {}", quoted(name), quoted(value))))
}

/// In whose name: once somebody else is logged in, or for something else, this is another effect.
fn as_whom(effect: Effect, login: Option<&LoginFact>) -> Effect {
    match login {
        Some(LoginFact { issuer, scopes, entry }) => {
            let scopes = if scopes.is_empty() { String::new() } else { format!(" for {}", quoted(&scopes.join(" "))) };
            effect.noted(format!("as whoever logged in with {}{scopes}, entry {entry}", quoted(issuer)))
        }
        None => effect,
    }
}

/// Offering tools to models steers what they do. It changes no file, and still only a signature makes it true.
pub(crate) fn trust(server: &McpServer, facts: &Facts) -> Vec<Effect> {
    let effect = Effect::in_workspace(Verb::Grant, Resource::new("mcp-server", shown(&server.name)))
        .at(EnvironmentName::host(), Tier::Host)
        .noted("its tools are offered to models in this project");
    let effect = placed(effect, &server.at);
    vec![match &facts.tools {
        Some(tools) => counted(effect, tools),
        None => effect.with_certainty(Certainty::Opaque).noted("its tools are not at hand"),
    }]
}

/// Where it runs, and what it sees of the service.
fn placed(effect: Effect, at: &McpPlace) -> Effect {
    match at {
        McpPlace::InBox { command, variables } if variables.is_empty() => effect.noted(format!("it runs in the box: {}", quoted(command))),
        McpPlace::InBox { command, variables } => {
            let seen: Vec<String> = variables.iter().map(|name| format!("${}", shown(name))).collect();
            effect.noted(format!("it runs in the box: {}", quoted(command))).noted(format!("it sees {}", seen.join(" ")))
        }
        McpPlace::At { url, headers } => sent(effect.noted(format!("it is outside the box: {}", quoted(url))), headers),
    }
}

fn counted(effect: Effect, tools: &ToolsFact) -> Effect {
    let mut effect = effect.counted(tools.names.len() as u64, "tools").noted(listed(&tools.names));
    let Some(change) = &tools.change else {
        return effect.noted("never approved before");
    };
    for (word, names) in [("new", &change.new), ("changed", &change.changed), ("gone", &change.gone)] {
        if !names.is_empty() {
            effect = effect.noted(format!("{word} since it was approved: {}", listed(names)));
        }
    }
    effect
}

fn listed(names: &[String]) -> String {
    let mut words: Vec<String> = names.iter().take(NAMED).map(|name| quoted(name)).collect();
    if let Some(more) = names.len().checked_sub(NAMED).filter(|more| *more > 0) {
        words.push(format!("and {more} more"));
    }
    words.join(" ")
}

fn what(asks: &McpAsk) -> String {
    match asks {
        McpAsk::Tool { name } => format!("tool {}", quoted(name)),
        McpAsk::Resources => "its list of resources".to_owned(),
        McpAsk::Resource { uri } => format!("resource {}", quoted(uri)),
        McpAsk::Prompts => "its list of prompts".to_owned(),
        McpAsk::Prompt { name } => format!("prompt {}", quoted(name)),
    }
}

/// An address outside: an environment where a mapping says so, else nobody knows where. That it is a package registry makes
/// it no milder: what is asked of it here is no package.
fn leaves(url: &str, facts: &Facts) -> Effect {
    let Some((host, port)) = host_of_url(url) else {
        return leaving(Verb::Opaque, Resource::new("host", shown(url)), Spot::unknown());
    };
    let name = port.map_or_else(|| host.clone(), |port| format!("{host}:{port}"));
    let resource = Resource::new("host", shown(&name));
    match of_host(facts, &host, port) {
        Some(environment) => leaving(Verb::Opaque, resource, Spot::of(environment)),
        None => leaving(Verb::Expose, resource, Spot::unknown()),
    }
}

#[cfg(test)]
mod tests;
