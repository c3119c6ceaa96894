//! What hangs on what goes. Walked once over all needs, so that five thousand resources cost no more than their edges.

use std::collections::{BTreeMap, BTreeSet};

use action::{Effect, Resource, Verb};
use serde::Serialize;

/// Something that is deleted or replaced, and who needs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ended {
    /// What.
    pub resource: Resource,
    /// Whether it is deleted or replaced.
    pub verb: Verb,
    /// Names of what needs it directly, those that go as well among them.
    pub needed_by: Vec<String>,
}

/// What ends and is needed, worst first, and the names of all that stay and need something that ends.
pub(super) fn of(effects: &[&Effect], needs: &[(String, String)]) -> (Vec<Ended>, Vec<String>) {
    let mut dependents = BTreeMap::<&str, Vec<&str>>::new();
    for (who, what) in needs {
        dependents.entry(what).or_default().push(who);
    }
    let ends: Vec<&&Effect> = effects.iter().filter(|effect| matches!(effect.verb, Verb::Delete | Verb::Replace)).collect();
    let gone: BTreeSet<&str> = ends.iter().map(|effect| effect.resource.name.as_str()).collect();
    let ended = ends.iter().filter_map(|effect| {
        let needed_by: BTreeSet<&str> = needing(&dependents, &effect.resource.name).collect();
        let needed_by: Vec<String> = needed_by.into_iter().map(str::to_owned).collect();
        (!needed_by.is_empty()).then(|| Ended { resource: effect.resource.clone(), verb: effect.verb, needed_by })
    });
    (ended.collect(), bereft(&dependents, &gone))
}

fn bereft(dependents: &BTreeMap<&str, Vec<&str>>, gone: &BTreeSet<&str>) -> Vec<String> {
    let mut reached = BTreeSet::new();
    let mut waiting: Vec<&str> = gone.iter().copied().collect();
    while let Some(name) = waiting.pop() {
        waiting.extend(needing(dependents, name).filter(|who| !gone.contains(who) && reached.insert(*who)));
    }
    reached.into_iter().map(str::to_owned).collect()
}

/// Who needs a resource by its name. Needs are between what is written, `a.b`, and one of its instances is `a.b[0]`.
fn needing<'n>(dependents: &BTreeMap<&'n str, Vec<&'n str>>, name: &str) -> impl Iterator<Item = &'n str> {
    let written = without_instances(name);
    let others = if written == name { None } else { dependents.get(written.as_str()) };
    let all: Vec<&'n str> = dependents.get(name).into_iter().chain(others).flatten().copied().collect();
    all.into_iter()
}

/// A resource's address without its instances: `module.a["x"].b[0]` is `module.a.b`. A key may hold brackets.
pub fn without_instances(name: &str) -> String {
    let (mut written, mut depth, mut quoted, mut escaped) = (String::with_capacity(name.len()), 0_usize, false, false);
    for c in name.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' if depth > 0 => quoted = !quoted,
            '[' if !quoted => depth += 1,
            ']' if !quoted && depth > 0 => depth -= 1,
            c if depth == 0 => written.push(c),
            _ => {}
        }
    }
    written
}

#[cfg(test)]
mod tests;
