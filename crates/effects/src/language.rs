//! Language servers. They run in the box, on the copy: what they run there of the project (build scripts, macros, plugins) nobody
//! has read, and the box bounds it. They have no network.

use action::{Certainty, Effect, Resource, Verb};

use crate::facts::Facts;
use crate::path::shown;
use crate::place::Place;
use crate::shell;

pub(crate) fn start(language: &str, command: &str, facts: &Facts) -> Vec<Effect> {
    let server = Resource::new("language-server", shown(language));
    let runs = Effect::in_workspace(Verb::Execute, server).with_certainty(Certainty::Opaque);
    let mut effects: Vec<Effect> = shell::read_at(command, "", facts, Place::Boxed).iter().cloned().collect();
    effects.push(runs.noted("in the box").noted("without a network").noted("with what it runs of the project"));
    effects
}

#[cfg(test)]
mod tests;
