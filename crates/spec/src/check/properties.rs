//! Properties of the design, and who tests them.

use std::collections::HashSet;

use super::{DESIGN, Found, WITHOUT_TEST};
use crate::design::Property;
use crate::finding::Finding;
use crate::folder::Spec;
use crate::reference::Referred;
use crate::tasks::State;
use crate::trace::Tag;

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

/// The properties that no test says it tests: `Feature: {spec}, Property {n}: {text}`. A tag of another feature counts for nothing here.
pub fn properties_without_test<'s>(spec: &'s Spec, tags: &[&Tag]) -> Vec<&'s Property> {
    let own = tags.iter().filter(|tag| tag.spec.as_ref().is_none_or(|name| name.eq_ignore_ascii_case(&spec.name)));
    let tested: HashSet<&str> = own.flat_map(|tag| &tag.to).filter_map(property).collect();
    spec.design.iter().flat_map(|read| &read.properties).filter(|one| !tested.contains(one.number.as_str())).collect()
}

/// A finding for each property that no test says it tests although every task that cites it is done. `tags` are those of all tests of
/// the project: without all of them nobody can know, and nobody may ask.
pub fn shown_by_none(spec: &Spec, tags: &[&Tag]) -> Vec<Finding> {
    let tasks = spec.tasks.as_ref().map(|read| read.tasks.as_slice()).unwrap_or_default();
    let citing = |number: &str| tasks.iter().filter(|task| task.references.iter().any(|one| property(&one.to) == Some(number))).collect::<Vec<_>>();
    let is_due = |one: &&Property| {
        let citing = citing(&one.number);
        !citing.is_empty() && citing.iter().all(|task| task.state == State::Completed)
    };
    let due = properties_without_test(spec, tags).into_iter().filter(is_due);
    due.map(|one| {
        let text = format!("the task of property {} is done, and no test says that it tests it", one.number);
        let hint = format!("write `Feature: {}, Property {}: …` above the test", spec.name, one.number);
        Finding::warning(WITHOUT_TEST, DESIGN, one.span.clone(), text).hinted(hint)
    })
    .collect()
}

fn property(to: &Referred) -> Option<&str> {
    match to {
        Referred::Property(number) => Some(number),
        _ => None,
    }
}
