//! Tasks and numbers that contradict themselves.

use std::collections::HashMap;

use super::{BUGFIX, DESIGN, Found, REQUIREMENTS, TASKS};
use crate::folder::Spec;
use crate::tasks::State;
use crate::text::Span;

pub(super) fn parents(spec: &Spec) -> Vec<Found> {
    let Some(read) = &spec.tasks else { return Vec::new() };
    let mut found = Vec::new();
    for (at, task) in read.tasks.iter().enumerate().filter(|(_, task)| task.state == State::Completed) {
        let is_open = |child: &&usize| read.tasks.get(**child).is_some_and(|child| !child.optional && child.state != State::Completed);
        let open: Vec<&str> = task.children.iter().filter(is_open).map(|child| read.name(*child)).collect();
        if let Some(first) = open.first() {
            let more = if open.len() > 1 { format!(" and {} more", open.len() - 1) } else { String::new() };
            let text = format!("task {} is done, and its part {first}{more} is not", read.name(at));
            found.push(Found::new(TASKS, task.line.clone(), text).hinted("finish the part, mark it optional, or open the task again"));
        }
    }
    found
}

pub(super) fn duplicates(spec: &Spec) -> Vec<Found> {
    let requirements = spec.requirements.iter().flat_map(|read| &read.requirements);
    let criteria = spec.requirements.iter().flat_map(|read| read.criteria());
    let clauses = spec.bugfix.iter().flat_map(|read| read.criteria());
    let tasks = spec.tasks.iter().flat_map(|read| &read.tasks).filter_map(|task| Some((task.number.as_deref()?, &task.line)));
    let properties = spec.design.iter().flat_map(|read| &read.properties);
    let mut found = twice(REQUIREMENTS, "requirement", requirements.map(|one| (one.number.as_str(), &one.heading)));
    let is_told = !found.is_empty();
    // Two requirements of one number have criteria of one number: that is told once.
    found.extend(twice(REQUIREMENTS, "criterion", criteria.filter(|_| !is_told).map(|one| (one.id.as_str(), &one.span))));
    found.extend(twice(BUGFIX, "clause", clauses.map(|one| (one.id.as_str(), &one.span))));
    found.extend(twice(DESIGN, "property", properties.map(|one| (one.number.as_str(), &one.span))));
    found.extend(twice(TASKS, "task", tasks));
    found
}

fn twice<'s>(file: &'static str, noun: &str, numbered: impl Iterator<Item = (&'s str, &'s Span)>) -> Vec<Found> {
    let mut seen: HashMap<&str, ()> = HashMap::new();
    let again = numbered.filter(|(number, _)| !number.is_empty() && seen.insert(number, ()).is_some());
    again.map(|(number, span)| Found::new(file, span.clone(), format!("there is another {noun} {number} above")).hinted("give each a number of its own")).collect()
}
