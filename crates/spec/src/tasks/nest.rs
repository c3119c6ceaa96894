//! Which task is a part of which: by number where the numbers say so, else by indentation.

use std::collections::HashMap;

use super::Task;
use crate::work::steps;

/// Sets parents and children.
pub(super) fn nest(tasks: &mut [Task]) {
    let mut numbered: HashMap<String, usize> = HashMap::new();
    // The tasks that a more indented line would be under, outermost first, with their columns.
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut group = None;
    for at in 0..tasks.len() {
        let Some(task) = tasks.get(at) else { return };
        if task.group != group {
            group = task.group;
            open.clear();
        }
        while open.pop_if(|(_, column)| *column >= task.indent).is_some() {
            steps(1);
        }
        let outer = open.last().map(|(outer, _)| *outer);
        let parent = match &task.number {
            Some(number) => by_number(number, &numbered).or_else(|| outer.filter(|outer| stands_alone(tasks, *outer, number))),
            None => outer,
        };
        open.push((at, task.indent));
        if let Some(number) = task.number.clone() {
            numbered.insert(number, at);
        }
        adopt(tasks, at, parent);
    }
}

/// The last task so far that has the front of this number.
fn by_number(number: &str, numbered: &HashMap<String, usize>) -> Option<usize> {
    steps(number.len());
    number.rsplit_once('.').and_then(|(front, _)| numbered.get(front)).copied()
}

/// Whether the number says nothing against standing under the outer task: one of two that begin alike, or of which one has none.
fn stands_alone(tasks: &[Task], outer: usize, number: &str) -> bool {
    match tasks.get(outer).and_then(|task| task.number.as_deref()) {
        None => true,
        Some(outer) => number.strip_prefix(outer).is_some_and(|rest| rest.starts_with('.')),
    }
}

fn adopt(tasks: &mut [Task], child: usize, parent: Option<usize>) {
    if let Some(task) = tasks.get_mut(child) {
        task.parent = parent;
    }
    if let Some(parent) = parent.and_then(|at| tasks.get_mut(at)) {
        parent.children.push(child);
    }
}
