//! Properties of the design, and who tests them.

use std::collections::HashSet;

use super::{DESIGN, Found};
use crate::design::Property;
use crate::folder::Spec;
use crate::reference::{self, Referred};

pub(super) fn untested(spec: &Spec) -> Vec<Found> {
    let tasks = spec.tasks.as_ref().map(|read| read.tasks.as_slice()).unwrap_or_default();
    if tasks.is_empty() {
        return Vec::new();
    }
    let tested: HashSet<&str> = tasks.iter().flat_map(|task| &task.references).filter_map(|one| property(&one.to)).collect();
    let idle = spec.design.iter().flat_map(|read| &read.properties).filter(|one| !tested.contains(one.number.as_str()));
    idle.map(|one| {
        let name = if one.name.is_empty() { String::new() } else { format!(" ({})", one.name) };
        let text = format!("no task tests property {}{name}", one.number);
        Found::new(DESIGN, one.span.clone(), text).hinted(format!("add a task with `**Property {}: …**`", one.number))
    })
    .collect()
}

/// The properties that no test is tagged with. A tag is what stands in a test's comment or name:
/// `Feature: {spec}, Property {n}: {text}`; one for another feature counts for nothing here.
pub fn properties_without_test<'s>(spec: &'s Spec, tags: &[String]) -> Vec<&'s Property> {
    let own = tags.iter().filter(|tag| feature(tag).is_none_or(|feature| feature.eq_ignore_ascii_case(&spec.name)));
    let tested: HashSet<String> = own.flat_map(|tag| reference::references(tag, 0)).filter_map(|one| property(&one.to).map(str::to_owned)).collect();
    spec.design.iter().flat_map(|read| &read.properties).filter(|one| !tested.contains(&one.number)).collect()
}

fn feature(tag: &str) -> Option<&str> {
    let at = tag.to_ascii_lowercase().find("feature:")? + "feature:".len();
    tag.get(at..)?.split(',').next().map(str::trim)
}

fn property(to: &Referred) -> Option<&str> {
    match to {
        Referred::Property(number) => Some(number),
        _ => None,
    }
}
