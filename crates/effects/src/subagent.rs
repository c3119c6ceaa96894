//! Another agent that works for this one: letting it begin, and taking what it changed. Both stay in the box; what it does
//! there are intents of its own, each with effects of its own.

use action::{AgentName, Certainty, Effect, Resource, SessionId, Verb};

use crate::facts::Facts;

/// Paths that are named one by one.
const MOST_NAMED: usize = 6;

pub(crate) fn delegate(agent: &AgentName, within: &[AgentName], reads_only: bool) -> Vec<Effect> {
    let mut effect = Effect::in_workspace(Verb::Execute, Resource::new("agent", agent.as_str())).noted("in a copy of its own");
    if reads_only {
        effect = effect.noted("it only reads");
    }
    for name in within.iter().filter(|name| *name != agent) {
        effect = effect.noted(format!("no more than `{name}` may do"));
    }
    vec![effect]
}

/// One line for what comes, one for what goes. Which bytes they are is in the change set, by digest.
pub(crate) fn take(number: u64, session: &SessionId, facts: &Facts) -> Vec<Effect> {
    let Some(set) = facts.change.as_ref().filter(|set| set.v == 1) else {
        let effect = Effect::in_workspace(Verb::Opaque, Resource::new("files", session.as_str())).with_certainty(Certainty::Opaque);
        return vec![effect.noted("the change set is not at hand")];
    };
    let (gone, come): (Vec<_>, Vec<_>) = set.changes.iter().partition(|change| change.after.is_none());
    let line = |verb, changes: Vec<&action::Change>| {
        let named: Vec<&str> = changes.iter().take(MOST_NAMED).map(|change| change.path.as_str()).collect();
        let more = if changes.len() > named.len() { ", …" } else { "" };
        let files = Resource::new("files", format!("{}{more}", named.join(", ")));
        (!changes.is_empty()).then(|| Effect::in_workspace(verb, files).counted(changes.len() as u64, "files").noted(format!("as subagent {number} has them")))
    };
    line(Verb::Update, come).into_iter().chain(line(Verb::Delete, gone)).collect()
}

#[cfg(test)]
mod tests;
