//! The state that a plan was made against, beside the one that was last recorded (incident 3: an old state, unpacked and applied).
//!
//! Another lineage is another state, a smaller serial an older one, and one serial with two contents an edited one. None of them is what
//! people think that they are signing about.

use std::collections::BTreeSet;

use action::{Certainty, Effect, Resource, Reversibility, Verb};

use super::configuration::bare;
use super::prior::Existing;
use crate::environment::{Spot, of_identity};
use crate::facts::Facts;
use crate::path::{quoted, shown};

/// What is wrong with the state.
pub(super) fn of(facts: &Facts) -> Option<Effect> {
    let recorded = facts.recorded_state.as_ref()?;
    let spot = of_identity(facts, &format!("state:{}", recorded.lineage)).map_or_else(Spot::unknown, Spot::of);
    let why = match &facts.state {
        None => "the state that the plan was made against is not at hand".to_owned(),
        Some(state) if state.lineage != recorded.lineage => {
            format!("its lineage is {}, the one recorded is another", quoted(&state.lineage))
        }
        Some(state) if state.serial < recorded.serial => {
            format!("its serial {} is older than {}, the one recorded", state.serial, recorded.serial)
        }
        Some(state) if state.serial == recorded.serial && state.resources != recorded.resources => {
            format!("it has other resources than the one recorded with the same serial {}", state.serial)
        }
        Some(_) => return None,
    };
    Some(stale(&recorded.lineage, spot, why))
}

/// What a plan has before it that the state has not: it was made against another one. `explained` are addresses that moved or are
/// imported.
pub(super) fn foreign(facts: &Facts, existing: &[Existing], explained: &BTreeSet<&str>) -> Option<Effect> {
    let state = facts.state.as_ref().filter(|state| !state.resources.is_empty())?;
    let unknown = |existing: &&Existing| !explained.contains(existing.address.as_str()) && !state.resources.contains_key(&bare(&existing.address));
    let first = existing.iter().find(unknown)?;
    let spot = of_identity(facts, &format!("state:{}", state.lineage)).map_or_else(Spot::unknown, Spot::of);
    Some(stale(&state.lineage, spot, format!("it does not have {}, the plan does", quoted(&first.address))))
}

fn stale(lineage: &str, spot: Spot, why: String) -> Effect {
    let mut effect = Effect::in_workspace(Verb::Opaque, Resource::new("state", shown(lineage)))
        .at(spot.environment, spot.tier)
        .that_is(Reversibility::Irreversible)
        .with_certainty(Certainty::Opaque)
        .noted(why);
    effect.data_bearing = true;
    effect
}

#[cfg(test)]
mod tests;
