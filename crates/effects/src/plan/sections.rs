//! The sections of a plan beside the changes of its resources: outputs, checks, drift, actions, what is put off, what nobody knows.

use std::collections::BTreeMap;

use action::{Certainty, Effect, Resource, Reversibility, Verb};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::act::Act;
use super::document::{Change, Document, Row};
use crate::environment::Spot;
use crate::path::shown;

/// An effect with the part of the plan that says so.
pub(super) type Said<'t> = (Effect, &'t str);

/// Something that could not be read, or that is not all.
pub(super) fn opaque(kind: &str, name: &str, spot: &Spot, why: impl Into<String>) -> Effect {
    Effect::in_workspace(Verb::Opaque, Resource::new(kind, shown(name)))
        .at(spot.environment.clone(), spot.tier)
        .that_is(Reversibility::Irreversible)
        .with_certainty(Certainty::Opaque)
        .noted(why)
}

/// What the plan says about itself: that it failed, that it is not all, that it has parts that are not known here.
pub(super) fn defects<'t>(document: &Document<'t>, spot: &Spot, text: &'t str) -> Vec<Said<'t>> {
    let mut said = Vec::new();
    if document.errored {
        said.push((opaque("plan", "the plan", spot, "it ended in an error: what it shows is not all"), text));
    }
    if document.incomplete {
        said.push((opaque("plan", "the plan", spot, "it is not complete: more follows in a later plan"), text));
    }
    for (name, raw) in document.unknown.iter().take(20) {
        said.push((opaque("plan section", name, spot, "a section that is not known"), raw.get()));
    }
    said
}

/// Outputs, which are kept in the state and read by others.
pub(super) fn outputs<'t>(raw: &'t RawValue, spot: &Spot) -> Vec<Said<'t>> {
    let Ok(outputs) = serde_json::from_str::<BTreeMap<String, &'t RawValue>>(raw.get()) else {
        return vec![(opaque("plan section", "output_changes", spot, "it could not be read"), raw.get())];
    };
    outputs.into_iter().flat_map(|(name, raw)| output(&name, raw, spot).into_iter().map(|effect| (effect, raw.get()))).collect()
}

fn output(name: &str, raw: &RawValue, spot: &Spot) -> Vec<Effect> {
    let Ok(change) = serde_json::from_str::<Change<'_>>(raw.get()) else {
        return vec![opaque("output", name, spot, "a change that could not be read")];
    };
    let effect = |verb| Effect::in_workspace(verb, Resource::new("output", shown(name))).at(spot.environment.clone(), spot.tier);
    let is_true = |mark: Option<&RawValue>| mark.is_some_and(|mark| mark.get() == "true");
    let shown_now = is_true(change.before_sensitive) && change.after_sensitive.is_some() && !is_true(change.after_sensitive);
    let mut effects = match Act::of(&change.actions) {
        Act::Nothing => Vec::new(),
        Act::Read => vec![effect(Verb::Read)],
        Act::Create => vec![effect(Verb::Create)],
        Act::Update => vec![effect(Verb::Update)],
        Act::Delete => vec![effect(Verb::Delete)],
        Act::Replace { .. } => vec![effect(Verb::Replace)],
        Act::Forget | Act::Supersede | Act::Unknown => vec![opaque("output", name, spot, "an action that is not known")],
    };
    if is_true(change.after_unknown) {
        effects = effects.into_iter().map(|effect| effect.with_certainty(Certainty::AtLeast).noted("not known before the apply")).collect();
    }
    if shown_now && !effects.is_empty() {
        effects.push(effect(Verb::Expose).that_is(Reversibility::Irreversible).noted("no longer sensitive"));
    }
    effects
}

#[derive(Deserialize)]
struct Check {
    #[serde(default)]
    address: CheckAddress,
    #[serde(default)]
    status: String,
}

#[derive(Default, Deserialize)]
struct CheckAddress {
    #[serde(default)]
    to_display: String,
}

/// Checks that do not hold. Their messages may quote values, so they are not shown.
pub(super) fn checks<'t>(raw: &'t RawValue, spot: &Spot) -> Vec<Said<'t>> {
    let Ok(checks) = serde_json::from_str::<Vec<&'t RawValue>>(raw.get()) else {
        return vec![(opaque("plan section", "checks", spot, "it could not be read"), raw.get())];
    };
    let mut said = Vec::new();
    for raw in checks {
        let Ok(check) = serde_json::from_str::<Check>(raw.get()) else {
            said.push((opaque("check", "a check", spot, "it could not be read"), raw.get()));
            continue;
        };
        if ["pass", "unknown"].contains(&check.status.as_str()) {
            continue;
        }
        let note = if check.status == "fail" { "it fails" } else { "it could not be made" };
        let effect = Effect::in_workspace(Verb::Read, Resource::new("check", shown(&check.address.to_display)));
        said.push((effect.at(spot.environment.clone(), spot.tier).noted(note), raw.get()));
    }
    said
}

#[derive(Deserialize)]
struct Invocation {
    #[serde(default)]
    address: String,
}

/// Actions of providers, which are run beside the changes: what they do is in no plan.
pub(super) fn invocations<'t>(raws: &[&'t RawValue], spot: &Spot) -> Vec<Said<'t>> {
    let run = |raw: &&'t RawValue| {
        // One that is put off has the invocation inside.
        #[derive(Deserialize)]
        struct Deferred {
            action_invocation: Invocation,
        }
        let own = serde_json::from_str::<Invocation>(raw.get()).map(|invocation| invocation.address).unwrap_or_default();
        let inner = || serde_json::from_str::<Deferred>(raw.get()).map(|deferred| deferred.action_invocation.address).unwrap_or_default();
        let address = if own.is_empty() { inner() } else { own };
        let name = if address.is_empty() { "an action".to_owned() } else { shown(&address) };
        let effect = Effect::in_workspace(Verb::Execute, Resource::new("action", name)).at(spot.environment.clone(), spot.tier);
        (effect.with_certainty(Certainty::Opaque), raw.get())
    };
    raws.iter().map(run).collect()
}

/// A change that is put off to a later plan.
#[derive(Deserialize)]
pub(super) struct Deferred<'t> {
    #[serde(borrow)]
    pub(super) resource_change: Row<'t>,
}

#[cfg(test)]
mod tests;
