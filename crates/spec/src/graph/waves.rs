//! Waves of leaf tasks: what can be done beside each other, and after what.
//!
//! With a graph they are the graph's. Without one, a task waits for those that it names, and else for all before it; only
//! tasks marked `(P)` go beside their neighbours.

use std::collections::HashMap;

use super::{Cycle, Graph};
use crate::tasks::Tasks;
use crate::work::steps;

/// The leaf tasks in the order in which they can be done, those that can go beside each other together.
pub fn waves(tasks: &Tasks) -> Result<Vec<Vec<usize>>, Cycle> {
    let levels = match &tasks.graph {
        Some(graph) => drawn(tasks, graph)?,
        None => said(tasks)?,
    };
    let mut by_level: Vec<(usize, usize)> = levels;
    by_level.sort_unstable();
    let mut waves: Vec<Vec<usize>> = Vec::new();
    let mut last = None;
    for (level, task) in by_level {
        if last != Some(level) {
            waves.push(Vec::new());
            last = Some(level);
        }
        if let Some(wave) = waves.last_mut() {
            wave.push(task);
        }
    }
    Ok(waves)
}

/// Levels from the graph. What it does not name comes after everything before it in the file.
fn drawn(tasks: &Tasks, graph: &Graph) -> Result<Vec<(usize, usize)>, Cycle> {
    let ranks = ranks(graph)?;
    let mut named: HashMap<&str, usize> = HashMap::new();
    for (wave, rank) in graph.waves.iter().zip(ranks) {
        for task in &wave.tasks {
            named.entry(task.as_str()).or_insert(rank);
        }
    }
    let mut latest = 0;
    let mut levels = Vec::new();
    for at in tasks.leaves() {
        let number = tasks.tasks.get(at).and_then(|task| task.number.as_deref());
        // Even levels are the graph's; odd ones hold what stands between.
        let level = match number.and_then(|number| named.get(number)) {
            Some(rank) => 2 * rank + 2,
            None => latest | 1,
        };
        latest = latest.max(level);
        levels.push((level, at));
    }
    Ok(levels)
}

/// The place of each wave: after those that it names, else in the order of the file.
fn ranks(graph: &Graph) -> Result<Vec<usize>, Cycle> {
    let mut by_id: HashMap<&str, usize> = HashMap::new();
    for (at, wave) in graph.waves.iter().enumerate() {
        if let Some(id) = &wave.id {
            by_id.entry(id).or_insert(at);
        }
    }
    let before: Vec<Vec<usize>> =
        graph.waves.iter().map(|wave| wave.depends_on.iter().filter_map(|id| by_id.get(id.as_str()).copied()).collect()).collect();
    let order = sorted(&before).map_err(|ring| {
        let name = |at: &usize| format!("wave {}", graph.waves.get(*at).and_then(|wave| wave.id.as_deref()).unwrap_or_default());
        Cycle { tasks: Vec::new(), names: closed(ring.iter().map(name).collect()) }
    })?;
    let mut ranks = vec![0; graph.waves.len()];
    for (rank, at) in order.into_iter().enumerate() {
        if let Some(place) = ranks.get_mut(at) {
            *place = rank;
        }
    }
    Ok(ranks)
}

/// Levels from `_Depends:_`, `(P)` and the order of the file.
fn said(tasks: &Tasks) -> Result<Vec<(usize, usize)>, Cycle> {
    let count = tasks.tasks.len();
    let (before, waits) = named_before(tasks);
    let order = sorted(&before).map_err(|ring| cycle(tasks, &ring))?;
    let mut level = vec![0; before.len()];
    let (mut highest, mut fence) = (0, 0);
    let mut levels = Vec::new();
    for at in order {
        let first = before.get(at).map(Vec::as_slice).unwrap_or_default();
        let latest = first.iter().filter_map(|first| level.get(*first)).max().copied().unwrap_or(0);
        let leaf = tasks.tasks.get(at).filter(|task| task.children.is_empty());
        let own = match leaf {
            // A gate opens, and a parent is done, when all that it waits for is done.
            None => latest,
            Some(_) if waits.get(at) == Some(&true) => latest + 1,
            Some(task) => if task.parallel { fence + 1 } else { highest + 1 },
        };
        if let Some(place) = level.get_mut(at) {
            *place = own;
        }
        if let Some(task) = leaf.filter(|_| at < count) {
            highest = highest.max(own);
            fence = if task.parallel { fence } else { highest };
            levels.push((own, at));
        }
    }
    Ok(levels)
}

/// What comes before each task, and whether it says so itself or a parent does. Behind the tasks stands a gate for each: what
/// it names, and its parent's gate; so that what a parent waits for is not copied to each of its parts.
fn named_before(tasks: &Tasks) -> (Vec<Vec<usize>>, Vec<bool>) {
    let count = tasks.tasks.len();
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    for (at, task) in tasks.tasks.iter().enumerate() {
        if let Some(number) = &task.number {
            numbers.entry(number).or_insert(at);
        }
    }
    let mut before: Vec<Vec<usize>> = tasks.tasks.iter().map(|task| task.children.clone()).collect();
    steps(before.len());
    let mut waits: Vec<bool> = Vec::with_capacity(count);
    for (at, task) in tasks.tasks.iter().enumerate() {
        let mut gate: Vec<usize> = task.depends.iter().filter_map(|number| numbers.get(number.as_str()).copied()).collect();
        // INVARIANT: a parent stands before its parts.
        let outer = task.parent.and_then(|parent| waits.get(parent)) == Some(&true);
        waits.push(outer || !gate.is_empty());
        gate.extend(task.parent.map(|parent| count + parent));
        steps(gate.len());
        before.push(gate);
        if let Some(list) = before.get_mut(at).filter(|_| task.children.is_empty()) {
            list.push(count + at);
        }
    }
    (before, waits)
}

/// The tasks of a ring; the gates between them are ours.
fn cycle(tasks: &Tasks, ring: &[usize]) -> Cycle {
    let mut members: Vec<usize> = Vec::new();
    for at in ring.iter().map(|at| at % tasks.tasks.len().max(1)) {
        if members.last() != Some(&at) {
            members.push(at);
        }
    }
    Cycle { names: closed(members.iter().map(|at| tasks.name(*at).to_owned()).collect()), tasks: members }
}

fn closed(mut names: Vec<String>) -> Vec<String> {
    names.extend(names.first().cloned());
    names
}

/// What comes first, first; in the order of the file where nothing is said. Else a ring of those that wait for each other.
fn sorted(before: &[Vec<usize>]) -> Result<Vec<usize>, Vec<usize>> {
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        Not,
        Open,
        Done,
    }
    let mut seen = vec![Seen::Not; before.len()];
    let mut order = Vec::with_capacity(before.len());
    for root in 0..before.len() {
        let mut path: Vec<(usize, usize)> = vec![(root, 0)];
        while let Some((at, next)) = path.last_mut() {
            steps(1);
            let here = *at;
            if *next == 0 && seen.get(here) == Some(&Seen::Done) {
                path.pop();
                continue;
            }
            let first = before.get(here).and_then(|list| list.get(*next)).copied();
            *next += 1;
            mark(&mut seen, here, Seen::Open);
            match first {
                Some(first) if seen.get(first) == Some(&Seen::Open) => {
                    let begins = path.iter().position(|(at, _)| *at == first).unwrap_or(0);
                    return Err(path.iter().skip(begins).map(|(at, _)| *at).collect());
                }
                Some(first) if seen.get(first) == Some(&Seen::Not) => path.push((first, 0)),
                Some(_) => {}
                None => {
                    mark(&mut seen, here, Seen::Done);
                    order.push(here);
                    path.pop();
                }
            }
        }
    }
    return Ok(order);

    fn mark(seen: &mut [Seen], at: usize, now: Seen) {
        if let Some(place) = seen.get_mut(at) {
            *place = now;
        }
    }
}
