//! Programs that an apply runs besides changing objects: provisioners, data sources that are programs, types whose making is a run.
//!
//! What they do is in no plan. A command is not shown: secrets are often written into one.

use action::{Certainty, Effect, Resource, Tier, Verb};

use super::act::Act;
use super::change::Subject;
use crate::environment::Spot;
use crate::path::shown;

/// What making, reading or ending this object runs.
pub(super) fn of(subject: &Subject<'_, '_>) -> Vec<Effect> {
    let address = shown(&subject.row.address);
    let mut effects = Vec::new();
    let touched = subject.act.makes() || subject.act.ends() || subject.act == Act::Unknown;
    if subject.row.kind == "external" && subject.row.mode.as_deref() == Some("data") {
        effects.push(here(subject, format!("program of {address}")));
    }
    if subject.kind.runs && (touched || subject.act == Act::Update) {
        let there = Effect::in_workspace(Verb::Execute, Resource::new("program", format!("run of {address}")));
        effects.push(there.at(subject.site.spot.environment.clone(), subject.site.spot.tier).with_certainty(Certainty::Opaque));
    }
    if !touched {
        return effects;
    }
    match subject.configuration.resource(&subject.row.address) {
        Some(resource) => {
            // The plan does not say whether one runs when the object is made or when it ends.
            effects.extend(resource.provisioners.iter().map(|kind| here(subject, format!("{kind} of {address}"))));
        }
        // A resource that is no longer configured has its provisioners no longer.
        None if subject.configuration.known => {}
        None if ["null_resource", "terraform_data"].contains(&subject.row.kind.as_str()) => {
            effects.push(here(subject, format!("provisioners of {address}")).noted("the plan has no configuration"));
        }
        None => {}
    }
    effects
}

/// A program on the machine that applies, with all credentials that the apply has.
fn here(subject: &Subject<'_, '_>, name: String) -> Effect {
    let spot = if subject.site.spot.tier > Tier::Host { subject.site.spot.clone() } else { Spot::host() };
    Effect::in_workspace(Verb::Execute, Resource::new("program", name)).at(spot.environment, spot.tier).with_certainty(Certainty::Opaque)
}

#[cfg(test)]
mod tests;
