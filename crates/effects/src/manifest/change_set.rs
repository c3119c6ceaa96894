//! CloudFormation change sets: what `aws cloudformation describe-change-set` prints (API reference, DescribeChangeSet, Change
//! and ResourceChange; November 2026).
//!
//! What a change set says is what the stack would do, but for nested stacks, whose changes stand in change sets of their own,
//! and for what is decided while it runs: both are opaque, the first until that change set stands in the same text.

use action::{Certainty, Effect, Resource, Reversibility, Verb};

use super::stateful::{Made, Meaning, meaning};
use super::tree::Node;
use super::{Seen, touching};
use crate::environment::Spot;
use crate::path::shown;
use crate::sighting::Span;

/// Words in the names of properties that protect a thing or its data.
pub(super) const PROTECTIONS: [&str; 12] = [
    "DeletionProtection", "DeletionProtectionEnabled", "EnableTerminationProtection", "DisableApiTermination", "BackupRetentionPeriod",
    "PointInTimeRecoverySpecification", "VersioningConfiguration", "ObjectLockEnabled", "PublicAccessBlockConfiguration",
    "AutomaticBackupRetentionDays", "BackupPolicy", "SnapshotRetentionLimit",
];

pub(super) fn is_one(root: &Node) -> bool {
    let named = ["ChangeSetId", "ChangeSetName", "StackId"].iter().any(|key| root.get(key).is_some());
    root.get("Changes").is_some() && named
}

/// A change, as far as it could be read.
struct Change<'n> {
    node: &'n Node,
    kind: &'n str,
    /// `stack/Resource`.
    name: String,
    meaning: Meaning,
    policy: Option<&'n str>,
}

pub(super) fn read(root: &Node, seen: &mut Seen<'_>) {
    let arn = root.text_at(&["StackId"]).or_else(|| root.text_at(&["ChangeSetId"]));
    let spot = seen.cloud(arn.and_then(identity).as_deref());
    let stack = root.text_at(&["StackName"]).or_else(|| arn.and_then(name_of_stack)).or(seen.target.name).unwrap_or("a stack").to_owned();
    let Some(changes) = root.get("Changes").filter(|changes| changes.is_list()) else {
        return seen.cannot(root.span, "it has no list of changes", spot);
    };
    if root.text_at(&["NextToken"]).is_some() {
        seen.cannot(root.span, "there are more changes than it shows", spot.clone());
    }
    let whole = takes_all(changes);
    for change in changes.items() {
        match change.get("ResourceChange").filter(|_| change.text_at(&["Type"]).is_none_or(|kind| kind == "Resource")) {
            Some(inner) => one(inner, change.span, &stack, whole, &spot, seen),
            None => seen.cannot(change.span, "it is a change of no resource", spot.clone()),
        }
    }
}

/// Whether everything that it names is deleted or made anew. Of one thing alone that says little about the stack.
fn takes_all(changes: &Node) -> bool {
    let ends = |change: &Node| {
        let says = |key: &str| change.text_at(&["ResourceChange", key]).unwrap_or_default();
        let policy = says("PolicyAction");
        !policy.contains("Retain") && (says("Action") == "Remove" || (says("Action") == "Modify" && says("Replacement") == "True"))
    };
    changes.items().len() > 1 && changes.items().iter().all(ends)
}

fn one(node: &Node, span: Span, stack: &str, whole: bool, spot: &Spot, seen: &mut Seen<'_>) {
    let (Some(kind), Some(id)) = (node.text_at(&["ResourceType"]), node.text_at(&["LogicalResourceId"])) else {
        return seen.cannot(span, "a change without a type or a name", spot.clone());
    };
    let name = shown(&format!("{stack}/{id}"));
    let change = Change { node, kind, name, meaning: meaning(kind), policy: node.text_at(&["PolicyAction"]) };
    let mut effect = change.effect(spot);
    effect.whole_environment = whole;
    if change.meaning.made == Made::Elsewhere {
        effect = nested(effect, node, seen);
    }
    seen.sees(span, effect);
    for effect in change.beside(spot) {
        seen.sees(span, effect);
    }
    for cause in node.get("Details").map(Node::items).unwrap_or_default() {
        let entity = cause.text_at(&["CausingEntity"]).and_then(|entity| entity.split('.').next());
        let from_resource = matches!(cause.text_at(&["ChangeSource"]), Some("ResourceReference" | "ResourceAttribute"));
        if let Some(entity) = entity.filter(|_| from_resource) {
            seen.needs.push((change.name.clone(), shown(&format!("{stack}/{entity}"))));
        }
    }
}

impl Change<'_> {
    fn resource(&self) -> Resource {
        Resource::new(self.meaning.noun, self.name.clone())
    }

    /// The effect on the thing itself.
    fn effect(&self, spot: &Spot) -> Effect {
        let action = self.node.text_at(&["Action"]).unwrap_or_default();
        let mut effect = match action {
            "Add" => touching(self.made(Verb::Create), self.resource(), spot),
            "Import" => touching(self.made(Verb::Update), self.resource(), spot).noted("the stack takes it over"),
            "SyncWithActual" => touching(Verb::Update, self.resource(), spot).noted("only what the stack knows of it"),
            "Modify" => self.modified(spot),
            "Remove" => self.removed(Verb::Delete, spot),
            "Dynamic" => touching(Verb::Opaque, self.resource(), spot).noted("what is done is decided while it runs"),
            _ => touching(Verb::Opaque, self.resource(), spot).noted("an action that is not known"),
        };
        effect.data_bearing = self.meaning.is_stateful;
        if self.meaning.made == Made::Foreign {
            effect.certainty = effect.certainty.max(Certainty::AtLeast);
        }
        effect.noted(shown(self.kind))
    }

    /// The verb for making or changing it, where that gives rights or opens something.
    fn made(&self, verb: Verb) -> Verb {
        match self.meaning.made {
            Made::Grants => Verb::Grant,
            Made::Exposes => Verb::Expose,
            Made::Runs => Verb::Execute,
            Made::Plain | Made::Elsewhere | Made::Foreign => verb,
        }
    }

    fn modified(&self, spot: &Spot) -> Effect {
        let replaces = self.policy.is_some_and(|policy| policy.starts_with("ReplaceAnd"));
        match self.node.text_at(&["Replacement"]) {
            Some("False") if !replaces => touching(self.made(Verb::Update), self.resource(), spot),
            Some("True") => self.removed(Verb::Replace, spot),
            Some("False" | "Conditional") => self.removed(Verb::Replace, spot).with_certainty(Certainty::AtLeast).noted("perhaps only changed"),
            _ => self.removed(Verb::Replace, spot).with_certainty(Certainty::Opaque).noted("whether it is replaced is not said"),
        }
    }

    /// It goes, alone or to be made anew, unless the policy keeps it.
    fn removed(&self, verb: Verb, spot: &Spot) -> Effect {
        match self.policy {
            Some("Retain" | "ReplaceAndRetain") => {
                let verb = if verb == Verb::Replace { self.made(Verb::Create) } else { Verb::Update };
                touching(verb, self.resource(), spot).noted("the one that is there is kept, outside of the stack")
            }
            Some("Snapshot" | "ReplaceAndSnapshot") => {
                touching(verb, self.resource(), spot).that_is(Reversibility::Recoverable).noted("a snapshot of it is kept")
            }
            _ => touching(verb, self.resource(), spot),
        }
    }

    /// What happens besides: rights that come anew, code that runs, protection that goes.
    fn beside(&self, spot: &Spot) -> Vec<Effect> {
        let action = self.node.text_at(&["Action"]).unwrap_or_default();
        let mut effects = Vec::new();
        let anew = self.made(Verb::Update);
        let is_anew = action == "Modify" && self.node.text_at(&["Replacement"]) != Some("False") && anew != Verb::Update;
        if is_anew || (action == "Remove" && anew == Verb::Execute) {
            effects.push(touching(anew, self.resource(), spot).with_certainty(Certainty::AtLeast));
        }
        if self.meaning.made == Made::Runs {
            effects.push(touching(Verb::Opaque, self.resource(), spot).noted("code runs that was not read"));
        }
        if action == "Modify" && self.loses_protection() {
            effects.push(touching(Verb::DisableProtection, self.resource(), spot).with_certainty(Certainty::AtLeast));
        }
        effects.iter_mut().for_each(|effect| effect.data_bearing = self.meaning.is_stateful);
        effects
    }

    /// Whether one of the properties that protect it is set to something that may protect less.
    fn loses_protection(&self) -> bool {
        self.node.get("Details").map(Node::items).unwrap_or_default().iter().any(|detail| {
            let target = |key: &str| detail.text_at(&["Target", key]).unwrap_or_default();
            let (attribute, name, after) = (target("Attribute"), target("Name"), target("AfterValue"));
            let is_policy = matches!(attribute, "DeletionPolicy" | "UpdateReplacePolicy");
            let is_protection = PROTECTIONS.iter().any(|protection| name.starts_with(protection));
            (is_policy && after != "Retain") || (is_protection && after != "true")
        })
    }
}

/// A stack in the stack: what happens in it is in its own change set.
fn nested(effect: Effect, node: &Node, seen: &Seen<'_>) -> Effect {
    if matches!(effect.verb, Verb::Delete | Verb::Replace) {
        return effect.with_certainty(Certainty::AtLeast).noted("with everything in it");
    }
    let own = node.text_at(&["ChangeSetId"]).is_some_and(|own| seen.change_sets.contains(own));
    if own { effect.noted("its own change set is here too") } else { effect.with_certainty(Certainty::Opaque).noted("its own change set is not here") }
}

/// `aws:ACCOUNT/REGION` of an ARN of CloudFormation.
fn identity(arn: &str) -> Option<String> {
    let parts: Vec<&str> = arn.split(':').collect();
    match parts.as_slice() {
        ["arn", partition, "cloudformation", region, account, ..] if partition.starts_with("aws") && !region.is_empty() && !account.is_empty() => {
            Some(format!("aws:{account}/{region}"))
        }
        _ => None,
    }
}

/// `NAME` of `arn:aws:cloudformation:REGION:ACCOUNT:stack/NAME/ID`.
fn name_of_stack(arn: &str) -> Option<&str> {
    arn.rsplit(':').next()?.strip_prefix("stack/")?.split('/').next()
}

#[cfg(test)]
mod tests;
