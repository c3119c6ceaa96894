//! When nearly everything of an environment is deleted or replaced, it is the environment that is (incidents 1 and 3).
//!
//! Counted against all managed resources that there were before, each environment by itself. What is in the state file only does not
//! count, as long as there is anything else: nobody saves an environment by adding random numbers to it.

use std::collections::{BTreeMap, BTreeSet};

use action::{Effect, Resource, Reversibility, Verb};

use super::identity::Site;
use crate::path::shown;
use crate::sighting::{Sighting, Span};

/// With fewer resources than this there is no whole.
const LEAST: usize = 3;
/// This share of them, in hundredths, is all of them.
const SHARE: usize = 80;

/// An object that exists before the plan.
struct Object {
    in_state_only: bool,
}

/// An end of an object.
pub(super) struct End {
    pub(super) replaced: bool,
    pub(super) data_bearing: bool,
    pub(super) reversibility: Reversibility,
    pub(super) span: Span,
}

/// The objects of each environment, and those that end.
#[derive(Default)]
pub(super) struct Census {
    environments: BTreeMap<String, Tally>,
}

#[derive(Default)]
struct Tally {
    site: Option<Site>,
    objects: BTreeMap<String, Object>,
    ends: BTreeMap<String, End>,
}

impl Census {
    /// An object that exists.
    pub(super) fn exists(&mut self, address: &str, site: &Site, in_state_only: bool) {
        self.tally(site).objects.insert(address.to_owned(), Object { in_state_only });
    }

    /// An object that is deleted or replaced.
    pub(super) fn ends(&mut self, address: &str, site: &Site, end: End) {
        self.tally(site).ends.insert(address.to_owned(), end);
    }

    fn tally(&mut self, site: &Site) -> &mut Tally {
        let place = site.identity.as_ref().filter(|_| site.spot.tier == action::Tier::Unknown);
        let key = place.cloned().unwrap_or_else(|| format!("environment {}", site.spot.environment));
        let tally = self.environments.entry(key).or_default();
        tally.site.get_or_insert_with(|| site.clone());
        tally
    }

    /// The environments that end or are made anew.
    pub(super) fn wholes(&self) -> Vec<Sighting> {
        self.environments.values().filter_map(Tally::whole).collect()
    }
}

impl Tally {
    fn whole(&self) -> Option<Sighting> {
        let site = self.site.as_ref()?;
        let real: BTreeSet<&str> = self.objects.iter().filter(|(_, object)| !object.in_state_only).map(|(address, _)| address.as_str()).collect();
        let counts = |address: &str| real.is_empty() || real.contains(address);
        let total = if real.is_empty() { self.objects.len() } else { real.len() };
        let ends: Vec<&End> = self.ends.iter().filter(|(address, _)| counts(address)).map(|(_, end)| end).collect();
        if total < LEAST || ends.len() * 100 < total * SHARE {
            return None;
        }
        let verb = if ends.iter().any(|end| end.replaced) { Verb::Replace } else { Verb::Delete };
        let place = site.identity.as_deref().filter(|_| site.spot.tier == action::Tier::Unknown);
        let name = place.unwrap_or(site.spot.environment.as_str());
        let mut effect = Effect::in_workspace(verb, Resource::new("environment", shown(name)))
            .at(site.spot.environment.clone(), site.spot.tier)
            .that_is(ends.iter().map(|end| end.reversibility).max().unwrap_or(Reversibility::Irreversible))
            .counted(ends.len() as u64, "resources")
            .noted(format!("of {total}"));
        effect.whole_environment = true;
        effect.data_bearing = ends.iter().any(|end| end.data_bearing);
        let stateful = ends.iter().filter(|end| end.data_bearing).count();
        if stateful > 0 {
            effect.notes.push(format!("{stateful} with data"));
        }
        let start = ends.iter().map(|end| end.span.start).min().unwrap_or_default();
        let end = ends.iter().map(|end| end.span.end).max().unwrap_or_default();
        Some(Sighting { effect, span: Span::new(start, end) })
    }
}

#[cfg(test)]
mod tests;
