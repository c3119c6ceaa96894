//! What tasks and properties point at, and what nothing points at.

use std::collections::{HashMap, HashSet};

use super::{BUGFIX, DESIGN, Found, REQUIREMENTS, TASKS};
use crate::folder::Spec;
use crate::reference::{Reference, Referred};
use crate::requirements::Criterion;
use crate::tasks::{Task, Tasks};

/// The criteria of a specification by their numbers, for following references.
pub struct Cited<'s> {
    /// In the order of the files.
    criteria: Vec<&'s Criterion>,
    places: HashMap<&'s str, usize>,
    /// From a requirement's number to the places of its criteria.
    groups: HashMap<String, Vec<usize>>,
    /// The numbers of requirements in the order of the file, for ranges of them.
    numbers: Vec<String>,
}

impl<'s> Cited<'s> {
    /// Of all documents.
    pub fn of(spec: &'s Spec) -> Self {
        let criteria: Vec<&Criterion> = spec.criteria().collect();
        let (mut places, mut groups, mut numbers) = (HashMap::new(), HashMap::<String, Vec<usize>>::new(), Vec::new());
        for number in spec.requirements.iter().flat_map(|read| &read.requirements).map(|one| one.number.to_lowercase()) {
            groups.entry(number.clone()).or_default();
            numbers.push(number);
        }
        for (place, criterion) in criteria.iter().enumerate() {
            places.entry(criterion.id.as_str()).or_insert(place);
            let group = criterion.id.rsplit_once('.').map_or("", |(group, _)| group).to_lowercase();
            groups.entry(group).or_default().push(place);
        }
        Self { criteria, places, groups, numbers }
    }

    /// Whether there is anything to point at.
    pub fn is_empty(&self) -> bool {
        self.criteria.is_empty() && self.numbers.is_empty()
    }

    /// The criteria that a reference is about; an error names what does not exist. Properties and parts of the design are
    /// about none.
    pub fn follow(&self, to: &Referred) -> Result<Vec<&'s Criterion>, String> {
        let places = match to {
            Referred::Criterion(id) => self.criterion(id).or_else(|| self.group(id)).ok_or_else(|| format!("criterion {id}"))?,
            Referred::Requirement(number) => self.group(number).ok_or_else(|| format!("requirement {number}"))?,
            Referred::Range(from, to) => self.range(from, to)?,
            Referred::All => (0..self.criteria.len()).collect(),
            Referred::Property(_) | Referred::Design(_) => Vec::new(),
        };
        Ok(places.into_iter().filter_map(|place| self.criteria.get(place).copied()).collect())
    }

    fn criterion(&self, id: &str) -> Option<Vec<usize>> {
        self.places.get(id).map(|place| vec![*place])
    }

    fn group(&self, number: &str) -> Option<Vec<usize>> {
        self.groups.get(&number.to_lowercase()).cloned()
    }

    fn range(&self, from: &str, to: &str) -> Result<Vec<usize>, String> {
        if let (Some(from), Some(to)) = (self.places.get(from), self.places.get(to)) {
            return Ok((*from..=*to).collect());
        }
        let number = |said: &str| self.numbers.iter().position(|number| *number == said.to_lowercase());
        if let (Some(first), Some(last)) = (number(from), number(to)) {
            let numbers = self.numbers.get(first..=last).unwrap_or_default();
            return Ok(numbers.iter().filter_map(|number| self.groups.get(number)).flatten().copied().collect());
        }
        let is_known = |said: &str| self.places.contains_key(said) || number(said).is_some();
        let lost = if is_known(from) { to } else { from };
        Err(format!("criterion {lost}"))
    }
}

fn tasks(spec: &Spec) -> &[Task] {
    spec.tasks.as_ref().map(|read| read.tasks.as_slice()).unwrap_or_default()
}

pub(super) fn uncited(spec: &Spec) -> Vec<Found> {
    if tasks(spec).is_empty() {
        return Vec::new();
    }
    let all = Cited::of(spec);
    let by_tasks = tasks(spec).iter().flat_map(|task| &task.references);
    // A task that tests a property works on what the property validates.
    let properties: HashMap<&str, &[Reference]> =
        spec.design.iter().flat_map(|read| &read.properties).map(|one| (one.number.as_str(), one.validates.as_slice())).collect();
    let mut cited: HashSet<&str> = HashSet::new();
    let (mut followed, mut tested): (HashSet<&Referred>, HashSet<&str>) = (HashSet::new(), HashSet::new());
    let mut follow = |to| {
        // Each target once: a thousand tasks that cite all are one.
        if followed.insert(to) {
            cited.extend(all.follow(to).unwrap_or_default().into_iter().map(|one| one.id.as_str()));
        }
    };
    for reference in by_tasks {
        follow(&reference.to);
        if let Referred::Property(number) = &reference.to
            && tested.insert(number)
        {
            properties.get(number.as_str()).into_iter().copied().flatten().for_each(|one| follow(&one.to));
        }
    }
    let required = spec.requirements.iter().flat_map(|read| read.criteria()).map(|one| (REQUIREMENTS, one));
    // What happens today needs no task; what shall be does.
    let clauses = spec.bugfix.iter().flat_map(|read| read.expected.iter().chain(&read.unchanged)).map(|one| (BUGFIX, one));
    let idle = required.chain(clauses).filter(|(_, one)| !cited.contains(one.id.as_str()));
    idle.map(|(file, one)| {
        let text = format!("no task cites criterion {}", one.id);
        Found::new(file, one.span.clone(), text).hinted(format!("add `_Requirements: {}_` to the task that meets it, or a task", one.id))
    })
    .collect()
}

pub(super) fn dangling(spec: &Spec) -> Vec<Found> {
    let all = Cited::of(spec);
    let properties: HashSet<&str> = spec.design.iter().flat_map(|read| &read.properties).map(|one| one.number.as_str()).collect();
    let by_tasks = tasks(spec).iter().flat_map(|task| &task.references).map(|one| (TASKS, one));
    let validates = spec.design.iter().flat_map(|read| &read.properties).flat_map(|one| &one.validates).map(|one| (DESIGN, one));
    let lost = |to: &Referred| match to {
        Referred::Property(number) => (!properties.is_empty() && !properties.contains(number.as_str())).then(|| format!("property {number}")),
        _ if all.is_empty() => None,
        to => all.follow(to).err(),
    };
    let mut known: HashMap<&Referred, Option<String>> = HashMap::new();
    let mut found = Vec::new();
    for (file, reference) in by_tasks.chain(validates) {
        if let Some(lost) = known.entry(&reference.to).or_insert_with(|| lost(&reference.to)) {
            found.push(Found::new(file, reference.span.clone(), format!("there is no {lost}")).hinted("cite what it is for, or write what is missing"));
        }
    }
    found
}

pub(super) fn sections(spec: &Spec) -> Vec<Found> {
    let Some(design) = &spec.design else { return Vec::new() };
    let titles: Vec<String> = design.sections.iter().map(|section| section.title.to_lowercase()).collect();
    let mut known: HashMap<&str, bool> = HashMap::new();
    let mut found = Vec::new();
    for reference in tasks(spec).iter().flat_map(|task| &task.references) {
        let Referred::Design(name) = &reference.to else { continue };
        let said = name.trim_start_matches('§').trim().to_lowercase();
        let exists = *known.entry(name).or_insert_with(|| said.is_empty() || titles.iter().any(|title| title.contains(&said)));
        if !exists {
            found.push(Found::new(TASKS, reference.span.clone(), format!("design.md has no heading `{}`", name.trim())).hinted("write the heading's words"));
        }
    }
    found
}

pub(super) fn idle(spec: &Spec) -> Vec<Found> {
    let Some(read) = spec.tasks.as_ref().filter(|_| spec.criteria().next().is_some()) else { return Vec::new() };
    let idle = read.leaves().filter_map(|at| read.tasks.get(at).map(|task| (at, task))).filter(|(_, task)| !task.checkpoint && !is_for_something(read, task));
    idle.map(|(at, task)| {
        let text = format!("task {} cites no requirement", read.name(at));
        Found::new(TASKS, task.line.clone(), text).hinted("add `_Requirements: N.M_` under it")
    })
    .collect()
}

fn is_for_something(read: &Tasks, task: &Task) -> bool {
    let mut above = Some(task);
    // Nesting is bounded by the file; a broken tree is cut.
    for _ in 0..64 {
        let Some(task) = above else { return false };
        if !task.references.is_empty() {
            return true;
        }
        above = task.parent.and_then(|parent| read.tasks.get(parent));
    }
    false
}
