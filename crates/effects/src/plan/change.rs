//! One change of one object: what is done to it, and what else that amounts to (a right, an opening, a safeguard less, a program that
//! runs).
//!
//! Names are addresses and identifiers that are not sensitive; no other value is ever shown.

use action::{Certainty, Effect, Resource, Reversibility, Verb};
use serde_json::Value;

use super::act::{Act, reason};
use super::configuration::Configuration;
use super::document::{Row, Values, any_true, open};
use super::identity::{Site, is_account};
use super::kinds::Kind;
use super::{exposure, guard_rails, pairs};
use crate::environment::{named, recovery_outside};
use crate::facts::Facts;
use crate::path::{quoted, shown};

/// Attributes that name the thing itself, the strongest first.
pub(super) const NAMES: &[&str] =
    &["identifier", "cluster_identifier", "bucket", "function_name", "table_name", "domain_name", "zone", "name", "arn", "self_link"];

/// Attributes that say nothing about what a thing does.
const LABELS: &[&str] = &["annotations", "description", "effective_labels", "labels", "tags", "tags_all", "terraform_labels"];

/// Whether an attribute is read even where it stays as it is. What ends is looked for among what is made, by all that names it.
pub(super) fn is_always_read(act: Act, key: &str) -> bool {
    let naming = ["tags", "metadata"].contains(&key) || pairs::SCOPES.contains(&key);
    let rule = act != Act::Delete && exposure::is_of_a_rule(key);
    NAMES.contains(&key) || key == "skip_final_snapshot" || rule || (act == Act::Delete && naming)
}

/// Types whose contents another engine applies: what changes inside is not in the plan.
const INDIRECT: &[&str] = &[
    "aws_cloudformation_stack", "aws_cloudformation_stack_set", "aws_servicecatalog_provisioned_product",
    "azurerm_resource_group_template_deployment", "azurerm_subscription_template_deployment", "google_deployment_manager_deployment",
    "helm_release", "kubectl_manifest",
];

/// A change with all that is known about it.
pub(super) struct Subject<'s, 't> {
    pub(super) row: &'s Row<'t>,
    pub(super) act: Act,
    pub(super) kind: Kind,
    pub(super) site: &'s Site,
    pub(super) facts: &'s Facts,
    pub(super) configuration: &'s Configuration,
    /// Whether somebody changed it outside of Terraform since it was last applied.
    pub(super) drifted: bool,
}

impl Subject<'_, '_> {
    /// What is done to the object itself; nothing where nothing is.
    pub(super) fn primary(&self, values: &Values) -> Option<Effect> {
        let effect = match self.act {
            Act::Nothing => return None,
            Act::Read => self.effect(Verb::Read),
            Act::Create | Act::Supersede => self.effect(self.giving(values, Verb::Create)),
            Act::Update => self.effect(self.giving(values, Verb::Update)),
            Act::Delete => self.losing(self.effect(Verb::Delete)),
            Act::Replace { new_first } => {
                let effect = self.effect(Verb::Replace);
                self.losing(if new_first { effect.noted("made anew before the old one is deleted") } else { effect })
            }
            Act::Forget => return None,
            Act::Unknown => self.unknown(),
        };
        Some(self.told(effect, values))
    }

    /// What it amounts to besides.
    pub(super) fn consequences(&self, values: &Values) -> Vec<Effect> {
        let mut effects = self.of_the_state();
        if matches!(self.act, Act::Nothing | Act::Read | Act::Forget | Act::Unknown) {
            return effects;
        }
        effects.extend(self.openings(values));
        effects.extend(self.safeguards(values));
        let replaces = matches!(self.act, Act::Replace { .. });
        if replaces && self.kind.grants {
            effects.push(self.effect(Verb::Grant));
        }
        if self.act != Act::Delete && exposure::gives_everything(&values.after) && values.before.get("policy") != values.after.get("policy") {
            effects.push(self.effect(Verb::Grant).noted("every action on everything"));
        }
        effects
    }

    /// What is done to the state's own record of it, and not to the thing.
    fn of_the_state(&self) -> Vec<Effect> {
        let mut notes = Vec::new();
        if let Some(from) = self.row.previous_address.as_deref().filter(|from| *from != self.row.address) {
            notes.push(format!("moved from {}", quoted(from)));
        }
        if self.row.change.importing.is_some() {
            notes.push("taken into the state as it is".to_owned());
        }
        if matches!(self.act, Act::Forget | Act::Supersede) {
            notes.push("no longer managed, and left as it is".to_owned());
        }
        let record = |note| {
            let resource = Resource::new("state-entry", shown(&self.row.address));
            Effect::in_workspace(Verb::Update, resource).at(self.site.spot.environment.clone(), self.site.spot.tier).noted(note)
        };
        notes.into_iter().map(record).collect()
    }

    fn openings(&self, values: &Values) -> Vec<Effect> {
        let seen = |how: String| {
            let mut effect = self.effect(Verb::Expose).that_is(Reversibility::Irreversible).noted(how);
            effect.data_bearing = self.kind.holds_data;
            effect
        };
        if self.act == Act::Delete {
            return exposure::opened_without(&self.row.kind).map(|how| seen(how.into())).into_iter().collect();
        }
        exposure::opened(&self.row.kind, &values.before, &values.after).into_iter().map(seen).collect()
    }

    fn safeguards(&self, values: &Values) -> Vec<Effect> {
        let weaker = |how: String| self.effect(Verb::DisableProtection).noted(how);
        let mut effects = Vec::new();
        if self.act.ends() && self.kind.guards {
            effects.push(weaker(if self.act == Act::Delete { "it is gone" } else { "it is gone for a while" }.into()));
        }
        if self.act == Act::Create && guard_rails::makes_expire(&self.row.kind, &values.after) {
            effects.push(weaker("lets data expire".into()).that_is(Reversibility::Irreversible));
        }
        for weakened in guard_rails::weakened(&self.row.kind, self.kind, &values.before, &values.after, &values.unknown) {
            let lasting = if weakened.drops_copies { Reversibility::Irreversible } else { Reversibility::Reversible };
            effects.push(weaker(weakened.how).that_is(lasting));
        }
        effects
    }

    /// An effect on the thing, where it is.
    pub(super) fn effect(&self, verb: Verb) -> Effect {
        let resource = Resource::new(self.kind.noun, shown(&self.row.address));
        Effect::in_workspace(verb, resource).at(self.site.spot.environment.clone(), self.site.spot.tier)
    }

    /// Making or changing a right gives it.
    fn giving(&self, values: &Values, verb: Verb) -> Verb {
        let (before, after) = (values.before.as_object(), values.after.as_object());
        let labels_only = before.zip(after).is_some_and(|(before, after)| {
            let same = |key: &String| before.get(key) == after.get(key) || LABELS.contains(&key.as_str());
            before.keys().chain(after.keys()).all(same) && !any_true(&values.unknown)
        });
        let grants = self.kind.grants || values.after.pointer("/manifest/kind").and_then(Value::as_str).is_some_and(|kind| kind.contains("Role"));
        if grants && !(verb == Verb::Update && labels_only) { Verb::Grant } else { verb }
    }

    /// What ends takes along what is in it. A thing without data can be made again from what the plan says about it.
    fn losing(&self, mut effect: Effect) -> Effect {
        if ["cluster", "account", "namespace", "workload"].contains(&self.kind.noun) {
            effect.certainty = Certainty::AtLeast; // what others made in it is in no plan
        }
        if !self.kind.holds_data {
            return effect.that_is(if self.kind.in_state_only { Reversibility::Irreversible } else { Reversibility::Recoverable });
        }
        effect.data_bearing = true;
        let point = named(self.facts, &self.site.spot.environment).and_then(|environment| recovery_outside(self.facts, environment, ""));
        match point {
            Some(point) => effect.noted(format!("recovery point outside it: {}", quoted(point))).that_is(Reversibility::Recoverable),
            None => effect.noted("no recovery point outside it").that_is(Reversibility::Irreversible),
        }
    }

    fn unknown(&self) -> Effect {
        let actions: Vec<&str> = self.row.change.actions.iter().take(4).map(String::as_str).collect();
        let mut effect = self.effect(Verb::Opaque).with_certainty(Certainty::Opaque).that_is(Reversibility::Irreversible);
        effect.data_bearing = self.kind.holds_data;
        effect.noted(format!("an action that is not known: {}", quoted(&actions.join(", "))))
    }

    /// The same effect with what a person should know about it.
    fn told(&self, mut effect: Effect, values: &Values) -> Effect {
        effect.data_bearing |= self.kind.holds_data && effect.verb != Verb::Create;
        let mut notes: Vec<String> = self.called(values).into_iter().collect();
        notes.extend(self.row.deposed.as_ref().map(|key| format!("an older object of it, {}, that a replacement left behind", quoted(key))));
        notes.extend(reason(self.row));
        if self.act.ends() && values.before.get("skip_final_snapshot") == Some(&Value::Bool(true)) {
            notes.push("without a final snapshot".into());
        }
        if self.drifted {
            notes.push("changed outside of Terraform since".into());
        }
        if let Some(unset) = self.unset(values) {
            notes.push(format!("{unset} not known before the apply"));
            effect.certainty = effect.certainty.max(Certainty::AtLeast);
        }
        if INDIRECT.contains(&self.row.kind.as_str()) && self.act != Act::Delete && self.act != Act::Read {
            notes.push("what changes inside is not in the plan".into());
            effect.certainty = Certainty::Opaque;
        }
        notes.append(&mut effect.notes);
        effect.notes = notes;
        effect
    }

    /// What it is called out there, where that is no secret and not said by its address.
    fn called(&self, values: &Values) -> Option<String> {
        let mut names = NAMES.iter().filter(|key| !["arn", "self_link"].contains(key));
        let name = names.find_map(|key| values.text(key))?;
        let secretive = name.contains("://") || is_account(name);
        (!secretive && !self.row.address.contains(name)).then(|| format!("called {}", quoted(name)))
    }

    /// Attributes that the configuration sets and nobody can know yet, at most three of them by name.
    fn unset(&self, values: &Values) -> Option<String> {
        if !matches!(self.act, Act::Create | Act::Update | Act::Replace { .. } | Act::Supersede) {
            return None;
        }
        let unknown = values.unknown.as_object()?;
        let resource = self.configuration.resource(&self.row.address);
        let set = |key: &str| resource.map_or(!["arn", "id", "self_link"].contains(&key), |resource| resource.set.contains(key));
        let mut names = unknown.iter().filter(|(key, marks)| set(key) && any_true(marks)).map(|(key, _)| quoted(key));
        let named: Vec<String> = names.by_ref().take(3).collect();
        let more = if names.next().is_some() { ", …" } else { "" };
        (!named.is_empty()).then(|| format!("{}{more}", named.join(", ")))
    }
}

/// What a thing is called, and within what, to find it again under another address.
pub(super) fn signature(values: &Value, marks: &Value) -> Option<(&'static str, String)> {
    let text = |key: &str| open(values, marks, key).and_then(Value::as_str).filter(|text| !text.is_empty());
    if let Some(found) = NAMES.iter().find_map(|key| Some((*key, text(key)?.to_owned()))) {
        return Some(found);
    }
    if let Some(name) = open(values, marks, "tags").and_then(|tags| tags.get("Name")?.as_str()) {
        return Some(("tags", name.to_owned()));
    }
    let metadata = open(values, marks, "metadata")?.get(0)?;
    Some(("metadata", format!("{}/{}", metadata.get("namespace").and_then(Value::as_str).unwrap_or_default(), metadata.get("name")?.as_str()?)))
}

#[cfg(test)]
mod tests;
