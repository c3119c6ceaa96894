//! CloudFormation templates, SAM's included: what a stack is to be.
//!
//! A template says nothing of what the stack is now. Applied, each thing in it is made or changed, perhaps made anew, and what
//! the stack has besides goes: that is opaque, a change set knows. Deleted, each thing goes that no `DeletionPolicy` keeps.

use std::collections::BTreeSet;

use action::{Certainty, Effect, Resource, Reversibility, Verb};

use super::stateful::{Made, Meaning, meaning};
use super::tree::{Entry, Node, Value};
use super::{Action, Seen, touching};
use crate::environment::Spot;
use crate::path::shown;

mod doors;

/// Transforms that CloudFormation itself does, and that make nothing but what the template names in another way.
const TRANSFORMS: [&str; 3] = ["AWS::Serverless-2016-10-31", "AWS::LanguageExtensions", "AWS::SecretsManager-2020-07-23"];

pub(super) fn is_one(root: &Node) -> bool {
    let has_types = |resources: &Node| resources.entries().iter().any(|entry| entry.value.get("Type").is_some());
    root.get("AWSTemplateFormatVersion").is_some() || root.get("Resources").is_some_and(has_types)
}

/// One entry of `Resources`.
struct Thing<'n> {
    entry: &'n Entry,
    kind: &'n str,
    /// `stack/Id`, or `Id` where the stack's name is not known.
    name: String,
    meaning: Meaning,
}

pub(super) fn read(root: &Node, seen: &mut Seen<'_>) {
    let spot = seen.cloud(None);
    let Some(resources) = root.get("Resources").filter(|resources| resources.is_map()) else {
        return seen.cannot(root.span, "it has no resources", spot);
    };
    if rewrites(root) {
        seen.cannot(root.span, "a macro rewrites it", spot.clone());
    }
    let ids: BTreeSet<&str> = resources.entries().iter().map(|entry| entry.key.as_str()).collect();
    let mut things = Vec::new();
    for entry in resources.entries() {
        match entry.value.text_at(&["Type"]).filter(|_| !entry.key.starts_with("Fn::")) {
            Some(kind) => things.push(Thing { entry, kind, name: named(seen, &entry.key), meaning: meaning(kind) }),
            None => seen.cannot(entry.span, "what it makes is not said plainly", spot.clone()),
        }
    }
    for thing in &things {
        thing.read(&spot, seen);
        let mut needed = BTreeSet::new();
        references(&thing.entry.value, &ids, &mut needed);
        needed.remove(thing.entry.key.as_str());
        let needs: Vec<_> = needed.into_iter().map(|id| (thing.name.clone(), named(seen, id))).collect();
        seen.needs.extend(needs);
    }
    let stack = stack(&things, &spot, seen);
    seen.sees(root.span, stack);
}

fn named(seen: &Seen<'_>, id: &str) -> String {
    shown(&seen.target.name.map_or_else(|| id.to_owned(), |stack| format!("{stack}/{id}")))
}

/// The stack as a whole.
fn stack(things: &[Thing<'_>], spot: &Spot, seen: &Seen<'_>) -> Effect {
    let resource = Resource::new("stack", seen.target.name.map_or_else(|| "of this template".to_owned(), shown));
    let count = things.len() as u64;
    match seen.action {
        Action::Apply => {
            let effect = touching(Verb::Opaque, resource, spot).counted(count, "resources");
            effect.noted("what the stack has that is not in the template is deleted; a change set tells")
        }
        Action::Delete => {
            let mut effect = touching(Verb::Delete, resource, spot).counted(count, "resources").with_certainty(Certainty::AtLeast);
            effect.whole_environment = true;
            effect.data_bearing = things.iter().any(|thing| thing.meaning.is_stateful && thing.kept() != Kept::Whole);
            if things.iter().all(|thing| thing.kept() != Kept::Not || !thing.meaning.is_stateful) {
                effect.reversibility = Reversibility::Recoverable;
            }
            effect
        }
    }
}

/// What stays of a thing that its stack gives up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kept {
    Whole,
    Snapshot,
    Not,
}

impl Thing<'_> {
    fn get(&self, path: &[&str]) -> Option<&Node> {
        self.entry.value.at(path)
    }

    fn effect(&self, verb: Verb, spot: &Spot) -> Effect {
        let mut effect = touching(verb, Resource::new(self.meaning.noun, self.name.clone()), spot);
        effect.data_bearing = self.meaning.is_stateful;
        effect.noted(shown(self.kind))
    }

    /// What its `DeletionPolicy` says, or, where it says nothing, what the reference gives as the rule: a snapshot of
    /// database clusters, and of database instances that are in none.
    fn kept(&self) -> Kept {
        let in_cluster = self.get(&["Properties", "DBClusterIdentifier"]).is_some();
        match (self.get(&["DeletionPolicy"]), self.kind) {
            (Some(policy), _) => kept(policy),
            (None, "AWS::RDS::DBCluster") => Kept::Snapshot,
            (None, "AWS::RDS::DBInstance") if !in_cluster => Kept::Snapshot,
            (None, _) => Kept::Not,
        }
    }

    fn read(&self, spot: &Spot, seen: &mut Seen<'_>) {
        match seen.action {
            Action::Apply => self.applied(spot, seen),
            Action::Delete => self.deleted(spot, seen),
        }
        if self.meaning.made == Made::Runs {
            seen.sees(self.entry.span, self.effect(Verb::Opaque, spot).noted("code runs that was not read"));
        }
    }

    fn applied(&self, spot: &Spot, seen: &mut Seen<'_>) {
        let span = self.entry.span;
        let verb = match self.meaning.made {
            Made::Grants => Verb::Grant,
            Made::Exposes => Verb::Expose,
            Made::Runs => Verb::Execute,
            Made::Elsewhere => Verb::Opaque,
            Made::Plain | Made::Foreign => Verb::Update,
        };
        let replaced = match self.get(&["UpdateReplacePolicy"]).map_or(Kept::Not, kept) {
            _ if !self.meaning.is_stateful => "made, changed or made anew",
            Kept::Not => "made, changed or made anew without its data",
            Kept::Snapshot => "made, changed or made anew, with a snapshot",
            Kept::Whole => "made, changed or made anew beside the one that is there",
        };
        let effect = self.effect(verb, spot).noted(replaced);
        let certainty = effect.certainty.max(Certainty::AtLeast);
        seen.sees(span, effect.with_certainty(certainty));
        for (verb, why) in doors::open(self.kind, &self.entry.value) {
            seen.sees(span, self.effect(verb, spot).with_certainty(Certainty::AtLeast).noted(why));
        }
    }

    fn deleted(&self, spot: &Spot, seen: &mut Seen<'_>) {
        let effect = match self.kept() {
            Kept::Whole => self.effect(Verb::Update, spot).noted("kept, outside of any stack"),
            Kept::Snapshot => self.effect(Verb::Delete, spot).that_is(Reversibility::Recoverable).noted("a snapshot of it is kept"),
            Kept::Not => self.effect(Verb::Delete, spot),
        };
        let effect = match self.meaning.made {
            Made::Elsewhere if effect.verb == Verb::Delete => effect.with_certainty(Certainty::AtLeast).noted("with everything in it"),
            _ => effect,
        };
        seen.sees(self.entry.span, effect);
    }
}

/// A policy that is computed keeps nothing, as far as we know.
fn kept(policy: &Node) -> Kept {
    match policy.text() {
        Some("Retain" | "RetainExceptOnCreate") => Kept::Whole,
        Some("Snapshot") => Kept::Snapshot,
        _ => Kept::Not,
    }
}

/// Whether something else than CloudFormation's own transforms changes the template before it is used.
fn rewrites(root: &Node) -> bool {
    let own = |node: &Node| node.text().is_some_and(|name| TRANSFORMS.contains(&name));
    let listed = match root.get("Transform") {
        None => false,
        Some(list) if list.is_list() => !list.items().iter().all(own),
        Some(one) => !own(one),
    };
    listed || has_key(root, &["Fn::Transform"])
}

/// Whether a key is anywhere in it.
fn has_key(node: &Node, keys: &[&str]) -> bool {
    match &node.value {
        Value::Nothing | Value::Text(_) => false,
        Value::List(items) => items.iter().any(|item| has_key(item, keys)),
        Value::Map(entries) => entries.iter().any(|entry| keys.contains(&entry.key.as_str()) || has_key(&entry.value, keys)),
    }
}

/// The names that a thing refers to: `DependsOn`, `Ref`, `Fn::GetAtt`, `Fn::Sub`.
fn references<'i>(node: &Node, ids: &BTreeSet<&'i str>, needed: &mut BTreeSet<&'i str>) {
    let mut add = |name: &str| needed.extend(ids.get(name.split('.').next().unwrap_or(name)));
    for entry in node.entries() {
        let first = entry.value.items().first().unwrap_or(&entry.value);
        match entry.key.as_str() {
            "Ref" | "Fn::GetAtt" => first.text().into_iter().for_each(&mut add),
            "DependsOn" => entry.value.items().iter().chain([&entry.value]).filter_map(Node::text).for_each(&mut add),
            "Fn::Sub" => first.text().into_iter().flat_map(variables).for_each(&mut add),
            _ => {}
        }
    }
    for part in node.items().iter().chain(node.entries().iter().map(|entry| &entry.value)) {
        references(part, ids, needed);
    }
}

/// `A` and `B.C` of `x${A}y${B.C}${!not}`.
fn variables(text: &str) -> impl Iterator<Item = &str> {
    text.split("${").skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name.trim())
}

#[cfg(test)]
mod tests;
