//! Memories of a project: texts that later sessions are told. A memory changes no file and no verdict, and still it leaves the
//! box: only a signature makes it kept, and the whole text is part of what is signed.

use action::{Certainty, Effect, EnvironmentName, IntentId, Resource, Tier, Verb};

use crate::facts::{Facts, MemoryFact};
use crate::path::shown;

pub(crate) fn remember(root: &str, instead: Option<&IntentId>, facts: &Facts) -> Effect {
    let verb = if instead.is_some() { Verb::Update } else { Verb::Create };
    let effect = of(verb, root).noted("told to later sessions here; it informs and permits nothing");
    let Some(MemoryFact { text: Some(text), was }) = &facts.memory else {
        return effect.with_certainty(Certainty::Opaque).noted("its text is not at hand");
    };
    let effect = effect.noted(format!("it says {}", whole(text)));
    match (instead, was) {
        (None, _) => effect,
        (Some(memory), Some(was)) => effect.noted(format!("in place of {memory}, which says {}", whole(was))),
        (Some(memory), None) => effect.noted(format!("in place of {memory}, which is not kept")),
    }
}

pub(crate) fn forget(root: &str, memory: &IntentId, facts: &Facts) -> Effect {
    let effect = of(Verb::Delete, root);
    match facts.memory.as_ref().and_then(|fact| fact.was.as_ref()) {
        Some(was) => effect.noted(format!("{memory}, which says {}", whole(was))),
        None => effect.noted(format!("{memory}, which is not kept")),
    }
}

fn of(verb: Verb, root: &str) -> Effect {
    Effect::in_workspace(verb, Resource::new("memory", shown(root))).at(EnvironmentName::host(), Tier::Host)
}

/// All of a text, in backticks, so that it ends where it seems to: nobody signs what is cut.
fn whole(text: &str) -> String {
    format!("`{}`", text.replace('`', r"\u{60}"))
}

#[cfg(test)]
mod tests;
