//! What needs what, by the names that effects have: the edges of the configuration and of the state, from object to object.

use std::collections::{BTreeMap, BTreeSet};

use super::configuration::{Configuration, bare};
use super::prior::Existing;
use crate::path::shown;

/// Of two resources with so many objects each, every pair would be too many: they are named without an index.
const MOST_PAIRS: usize = 64;
const MOST: usize = 200_000;

/// Pairs of names, where the first needs the second. `addresses` are those of the changes.
pub(super) fn of<'a>(addresses: impl Iterator<Item = &'a str>, existing: &'a [Existing], configuration: &Configuration) -> Vec<(String, String)> {
    let mut objects: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for address in addresses.chain(existing.iter().map(|existing| existing.address.as_str())) {
        objects.entry(bare(address)).or_default().insert(address);
    }
    let mut edges: BTreeSet<(String, String)> = configuration.needs.iter().cloned().collect();
    for resource in existing {
        let from = bare(&resource.address);
        edges.extend(resource.needs.iter().take(MOST).map(|needed| (from.clone(), bare(needed))));
    }
    let mut pairs = Vec::new();
    for (from, to) in &edges {
        let (Some(those), Some(these)) = (objects.get(from), objects.get(to)) else { continue };
        if pairs.len() >= MOST {
            break;
        }
        if those.len() * these.len() > MOST_PAIRS {
            pairs.push((shown(from), shown(to)));
            continue;
        }
        for one in those {
            pairs.extend(these.iter().map(|other| (shown(one), shown(other))));
        }
    }
    pairs
}

#[cfg(test)]
mod tests;
