//! The order in which tasks are to be done.

use std::collections::{HashMap, HashSet};

use super::{Found, TASKS};
use crate::folder::Spec;
use crate::graph;
use crate::tasks::Tasks;

pub(super) fn cycles(spec: &Spec) -> Vec<Found> {
    let Some(read) = &spec.tasks else { return Vec::new() };
    let Err(cycle) = graph::waves(read) else { return Vec::new() };
    let by_task = cycle.tasks.first().and_then(|at| read.tasks.get(*at)).map(|task| task.line.clone());
    let span = by_task.or_else(|| read.graph.as_ref().map(|graph| graph.span.clone())).unwrap_or(0..0);
    vec![Found::new(TASKS, span, cycle.to_string()).hinted("take one of the dependencies out")]
}

/// The numbers of all tasks, also of headings with tasks under them.
fn numbers(read: &Tasks) -> HashSet<&str> {
    let tasks = read.tasks.iter().filter_map(|task| task.number.as_deref());
    tasks.chain(read.groups.iter().filter_map(|group| group.number.as_deref())).collect()
}

fn number(said: &str) -> &str {
    said.trim().trim_end_matches('.')
}

pub(super) fn unknown(spec: &Spec) -> Vec<Found> {
    let Some(read) = &spec.tasks else { return Vec::new() };
    let numbers = numbers(read);
    let mut found = Vec::new();
    for task in &read.tasks {
        let lost = task.depends.iter().filter(|said| !numbers.contains(number(said)));
        found.extend(lost.map(|said| Found::new(TASKS, task.line.clone(), format!("it depends on task {said}, which does not exist")).hinted("name a task of this file")));
    }
    let waves = read.graph.as_ref().map(|graph| graph.waves.as_slice()).unwrap_or_default();
    let ids: HashSet<&str> = waves.iter().filter_map(|wave| wave.id.as_deref()).collect();
    for wave in waves {
        let lost = wave.tasks.iter().filter(|said| !numbers.contains(number(said)));
        found.extend(lost.map(|said| Found::new(TASKS, wave.span.clone(), format!("the wave names task {said}, which does not exist")).hinted("name a task of this file")));
        let lost = wave.depends_on.iter().filter(|said| !ids.contains(said.as_str()));
        found.extend(lost.map(|said| Found::new(TASKS, wave.span.clone(), format!("the wave depends on wave {said}, which does not exist")).hinted("name a wave of this graph")));
    }
    found
}

pub(super) fn twice(spec: &Spec) -> Vec<Found> {
    let waves = spec.tasks.iter().filter_map(|read| read.graph.as_ref()).flat_map(|graph| &graph.waves);
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let mut found = Vec::new();
    for (at, wave) in waves.enumerate() {
        for said in wave.tasks.iter().map(|said| number(said)) {
            if seen.insert(said, at).is_some() {
                found.push(Found::new(TASKS, wave.span.clone(), format!("task {said} is in two waves, or twice in one")).hinted("keep it in the later one"));
            }
        }
    }
    found
}

pub(super) fn left_out(spec: &Spec) -> Vec<Found> {
    let Some((read, graph)) = spec.tasks.as_ref().and_then(|read| Some((read, read.graph.as_ref()?))) else { return Vec::new() };
    let named: HashSet<&str> = graph.waves.iter().flat_map(|wave| &wave.tasks).map(|said| number(said)).collect();
    if named.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for task in read.leaves().filter_map(|at| read.tasks.get(at)).filter(|task| !task.checkpoint) {
        let above = task.parent.and_then(|parent| read.tasks.get(parent)).and_then(|parent| parent.number.as_deref());
        let Some(own) = task.number.as_deref().filter(|own| !named.contains(own) && !above.is_some_and(|above| named.contains(above))) else { continue };
        found.push(Found::new(TASKS, task.line.clone(), format!("the graph leaves out task {own}")).hinted("put it into a wave"));
    }
    found
}
