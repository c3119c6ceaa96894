//! Landing the copy's change set in the person's own tree. One line a kind of change, not one a file: the diff is shown
//! beside it. What runs outside the box, what may be run, what holds data and what points out of the tree stands apart.
//!
//! The old content is kept as blobs, so landing can be undone.

use std::collections::BTreeMap;

use action::{Change, Content, Effect, Landing, Resource, Verb};

use super::{is_directory, makes_executable, names, old_size, stays_below, verb};
use crate::environment::Spot;
use crate::facts::Facts;
use crate::path::{below, normal, quoted, shown};
use crate::place::{Ground, Place};
use crate::protected::{looks_like_data, protected, runs_in_ci};

pub(crate) fn of(root: &str, landing: &Landing, facts: &Facts) -> Vec<Effect> {
    let ground = Ground { facts, place: Place::Host };
    let root = normal("/", root);
    let Some(set) = facts.change.as_ref().filter(|set| normal("/", &set.root) == root && set.v == 1) else {
        return vec![ground.opaque("files", &root, "the change set is not at hand")];
    };
    let mut groups: BTreeMap<(Spot, &'static str, Verb), Group> = BTreeMap::new();
    for change in &set.changes {
        if !stays_below(&change.path) {
            return vec![ground.opaque("files", &change.path, "a path leaves the tree")];
        }
        let absolute = normal(&root, &change.path);
        let (kind, verb) = sort(change);
        groups.entry((ground.spot(&absolute, false), kind, verb)).or_default().add(&root, change);
    }
    let mut effects: Vec<Effect> = groups.into_iter().map(|((spot, kind, verb), group)| group.effect(spot, kind, verb)).collect();
    if let Landing::Branch { name, .. } = landing {
        let mut effect = Effect::in_workspace(Verb::Update, Resource::new("git-ref", shown(name))).counted(1, "commits");
        if facts.git.as_ref().is_some_and(|git| git.branch == *name) {
            effect = effect.noted("the branch that is checked out");
        }
        let spot = ground.spot(&root, false);
        effects.push(effect.at(spot.environment, spot.tier));
    }
    effects
}

/// What is protected of a change. A new folder `.kiro` is none: specifications live there beside what is, and each file in it is
/// looked at by itself.
fn guarded(change: &Change) -> Option<&'static str> {
    let new_folder = change.before.is_none() && matches!(change.after, Some(Content::Directory));
    let is_kiro = change.path == ".kiro" || change.path.ends_with("/.kiro");
    if new_folder && is_kiro { None } else { protected(&change.path) }
}

/// Changes of one kind in one place.
#[derive(Default)]
struct Group {
    paths: Vec<String>,
    bytes: u64,
    notes: Vec<String>,
}

impl Group {
    fn add(&mut self, root: &str, change: &Change) {
        self.bytes += old_size(change);
        let note = match &change.after {
            _ if guarded(change).is_some() => guarded(change).map(str::to_owned),
            _ if runs_in_ci(&change.path) => Some("runs in continuous integration".into()),
            Some(Content::Symlink { target }) if leads_out(root, change, target) => {
                Some(format!("points out of the tree, to {}", quoted(target)))
            }
            _ => None,
        };
        if let Some(note) = note && self.notes.len() < 3 && !self.notes.contains(&note) {
            self.notes.push(note);
        }
        self.paths.push(change.path.clone());
    }

    fn effect(self, spot: Spot, kind: &'static str, verb: Verb) -> Effect {
        let one = self.paths.len() == 1;
        let kind_shown = match (kind, one) {
            ("agent-config", _) => "agent-config".to_owned(),
            (kind, true) => kind.to_owned(),
            ("directory", false) => "directories".to_owned(),
            (kind, false) => format!("{kind}s"),
        };
        let mut effect = Effect::in_workspace(verb, Resource::new(kind_shown, names(&self.paths))).at(spot.environment, spot.tier);
        if !one {
            effect = effect.counted(self.paths.len() as u64, if kind == "directory" { "directories" } else { "files" });
        }
        effect.data_bearing = kind == "data-file";
        effect.notes = self.notes;
        effect
    }
}

/// What a change is listed as.
fn sort(change: &Change) -> (&'static str, Verb) {
    let verb = verb(change);
    let kind = match &change.after {
        _ if guarded(change).is_some() => return ("agent-config", Verb::DisableProtection),
        _ if looks_like_data(&change.path) => "data-file",
        _ if is_directory(change) => "directory",
        Some(Content::Symlink { .. }) => "link",
        _ if makes_executable(change) => "executable",
        _ if runs_in_ci(&change.path) => "ci-file",
        _ => "file",
    };
    (kind, verb)
}

fn leads_out(root: &str, change: &Change, target: &str) -> bool {
    let parent = normal(root, &format!("{}/..", change.path));
    below(&normal(&parent, target), root).is_none()
}

#[cfg(test)]
mod tests;
