//! File deeds of the tools: read, list, search, write, edit, delete, move. They work in the copy, by paths relative to it.
//!
//! A path that leaves the tree is judged where it truly leads: an environment, the home, the machine.

use action::{Effect, Verb};

use crate::facts::{Facts, FileKind};
use crate::path::{normal, quoted};
use crate::place::{Ground, Place, Target, Touch};
use crate::protected::runs_in_ci;

pub(crate) fn read(path: &str, facts: &Facts) -> Vec<Effect> {
    strictly(facts, path, touch(facts, Touch::new(Verb::Read), path))
}

/// A list or a search: everything below may be read.
pub(crate) fn look(path: &str, facts: &Facts) -> Vec<Effect> {
    strictly(facts, path, touch(facts, Touch::new(Verb::Read).recursive(), path))
}

/// A pattern can lead out of its starting point.
pub(crate) fn glob(pattern: &str, path: &str, facts: &Facts) -> Vec<Effect> {
    let fixed = pattern.find(['*', '?', '[', '{']).and_then(|at| pattern.get(..at)).unwrap_or(pattern);
    let base = fixed.rsplit_once('/').map_or("", |(base, _)| base);
    let base = if pattern.starts_with('/') { format!("/{base}") } else { base.to_owned() };
    let start = normal(&normal(&facts.tree, path), &base);
    let mut effects = look(&start, facts);
    if pattern.split('/').any(|part| part == "..") && base.is_empty() {
        effects = effects.into_iter().map(|e| e.with_certainty(action::Certainty::Opaque)).collect();
    }
    effects
}

pub(crate) fn write(path: &str, facts: &Facts) -> Vec<Effect> {
    put(path, facts, None)
}

pub(crate) fn edit(path: &str, facts: &Facts) -> Vec<Effect> {
    in_ci(path, touch(facts, Touch::new(Verb::Update), path))
}

pub(crate) fn delete(path: &str, facts: &Facts) -> Vec<Effect> {
    counted(facts, path, touch(facts, ending(facts, path), path))
}

pub(crate) fn rename(from: &str, to: &str, facts: &Facts) -> Vec<Effect> {
    let ground = Ground { facts, place: Place::Boxed };
    let there = ground.name(&normal(&facts.tree, to));
    let here = ground.name(&normal(&facts.tree, from));
    let mut effects = counted(facts, from, touch(facts, ending(facts, from), from));
    for effect in &mut effects {
        effect.notes.push(format!("moved to {}", quoted(&there)));
    }
    effects.extend(put(to, facts, Some(format!("moved from {}", quoted(&here)))));
    effects
}

fn put(path: &str, facts: &Facts, note: Option<String>) -> Vec<Effect> {
    let ground = Ground { facts, place: Place::Boxed };
    let absolute = normal(&facts.tree, path);
    let exists = ground.file(&absolute).is_some() || ground.file(&ground.resolved(&absolute)).is_some();
    let verb = if exists { Verb::Update } else { Verb::Create };
    let mut effects = in_ci(path, touch(facts, Touch::new(verb), path));
    for effect in &mut effects {
        effect.notes.extend(note.clone());
    }
    effects
}

/// Deleting what is not surely one file takes everything below along.
fn ending(facts: &Facts, path: &str) -> Touch {
    let ground = Ground { facts, place: Place::Boxed };
    match ground.file(&normal(&facts.tree, path)).map(|f| &f.kind) {
        Some(FileKind::File | FileKind::Symlink { .. }) => Touch::new(Verb::Delete),
        Some(FileKind::Directory) | None => Touch::new(Verb::Delete).recursive(),
    }
}

fn touch(facts: &Facts, touch: Touch, path: &str) -> Vec<Effect> {
    let ground = Ground { facts, place: Place::Boxed };
    ground.touch(touch, &Target::Path(normal(&facts.tree, path)))
}

/// The tools read with less between them and the machine than a command does: outside the tree is outside.
fn strictly(facts: &Facts, path: &str, effects: Vec<Effect>) -> Vec<Effect> {
    let ground = Ground { facts, place: Place::Boxed };
    let spot = ground.spot(&ground.resolved(&normal(&facts.tree, path)), false);
    effects.into_iter().map(|e| e.at(spot.environment.clone(), spot.tier)).collect()
}

fn counted(facts: &Facts, path: &str, effects: Vec<Effect>) -> Vec<Effect> {
    let ground = Ground { facts, place: Place::Boxed };
    let Some(fact) = ground.file(&normal(&facts.tree, path)).filter(|f| f.size > 0) else { return effects };
    let unit = match fact.kind {
        FileKind::Directory => "files",
        FileKind::File | FileKind::Symlink { .. } => "bytes",
    };
    let size = action::Count::new(fact.size, unit).to_string();
    let counted = |effect: Effect| {
        let mut effect = effect.counted(fact.size, unit);
        effect.notes.retain_mut(|note| {
            *note = note.replace(&format!(", {size}"), "");
            *note != size
        });
        effect
    };
    effects.into_iter().map(counted).collect()
}

fn in_ci(path: &str, effects: Vec<Effect>) -> Vec<Effect> {
    match runs_in_ci(path) {
        true => effects.into_iter().map(|e| e.noted("runs in continuous integration")).collect(),
        false => effects,
    }
}

#[cfg(test)]
mod tests;
