//! Kubernetes objects, applied or deleted by `kubectl` or `helm`.
//!
//! What an object is, is known by its group and kind, of Kubernetes' own and of some that everybody uses; any other is of an
//! operator that may do more than the object says. Where it lands is the cluster's environment, by the host of its server.
//!
//! Helm treats two annotations in its own way, kubectl does not: what `helm.sh/resource-policy: keep` keeps, and hooks, which
//! are deleted and made anew each time, and run when the release goes. A text whose owner is not known is read both ways where it has a hook.

use action::{Certainty, Effect, Resource, Reversibility, Verb};

use super::tree::Node;
use super::{Action, Seen, release, touching};
use crate::environment::Spot;
use crate::path::shown;
use crate::sighting::Span;
pub(super) use doors::is_capability;
use kinds::{Sort, sort};

mod doors;
pub(super) mod kinds;

/// Who applies or deletes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Kubectl,
    Helm,
}

/// How an object comes into a reading.
#[derive(Clone, Copy, Debug)]
pub(super) struct How {
    pub(super) by: By,
    pub(super) action: Action,
    /// It is known not to be there yet.
    pub(super) is_new: bool,
    /// Where it stands, if its own places are of another text.
    pub(super) span: Option<Span>,
}

pub(super) fn is_one(root: &Node) -> bool {
    root.get("apiVersion").is_some() && root.get("kind").is_some()
}

/// Whether helm would make it anew and run it with this action.
pub(super) fn is_hook(root: &Node, action: Action) -> bool {
    let events = root.text_at(&["metadata", "annotations", "helm.sh/hook"]);
    is_one(root) && events.is_some_and(|events| events.split(',').any(|event| happens(event.trim(), action)))
}

pub(super) fn read(root: &Node, by: By, seen: &mut Seen<'_>) {
    object(root, How { by, action: seen.action, is_new: false, span: None }, seen);
}

/// One object, with its name and what its kind means.
struct Object<'n> {
    node: &'n Node,
    /// As a noun: `deployment`.
    noun: String,
    /// `namespace/name`, or `name`.
    name: String,
    sort: Sort,
    spot: Spot,
    span: Span,
    how: How,
}

/// An object, or each object of a list.
pub(super) fn object(node: &Node, how: How, seen: &mut Seen<'_>) {
    let spot = seen.cluster();
    let span = how.span.unwrap_or(node.span);
    let (Some(version), Some(kind)) = (node.text_at(&["apiVersion"]), node.text_at(&["kind"])) else {
        return seen.cannot(span, "an object without `apiVersion` and `kind`", spot);
    };
    if let Some(items) = node.get("items").filter(|items| kind.ends_with("List") && items.is_list()) {
        return items.items().iter().for_each(|item| object(item, how, seen));
    }
    let group = version.split_once('/').map_or("", |(group, _)| group);
    let name = node.text_at(&["metadata", "name"]).map(str::to_owned);
    let name = name.or_else(|| node.text_at(&["metadata", "generateName"]).map(|prefix| format!("{prefix}…")));
    let Some(name) = name.filter(|name| !name.is_empty()) else {
        return seen.cannot(span, "an object without a name", spot);
    };
    if [version, kind, name.as_str()].iter().any(|text| text.contains("{{") || text.contains("${")) {
        seen.cannot(span, "it is a template that is not filled in", spot.clone());
    }
    let sort = sort(group, kind);
    let namespace = node.text_at(&["metadata", "namespace"]).or(seen.target.namespace).filter(|_| !sort.is_of_cluster());
    let name = shown(&namespace.map_or_else(|| name.clone(), |namespace| format!("{namespace}/{name}")));
    if release::is_stored(node) {
        release::stored(node, span, seen);
    }
    let object = Object { node, noun: shown(&kind.to_lowercase()), name, sort, spot, span, how };
    object.read(seen);
}

impl Object<'_> {
    fn effect(&self, verb: Verb) -> Effect {
        let mut effect = touching(verb, Resource::new(self.noun.clone(), self.name.clone()), &self.spot);
        effect.data_bearing = self.sort.is_stateful();
        effect
    }

    fn annotation(&self, key: &str) -> Option<&str> {
        self.node.text_at(&["metadata", "annotations", key]).filter(|_| self.how.by == By::Helm)
    }

    fn read(&self, seen: &mut Seen<'_>) {
        let hook = self.annotation("helm.sh/hook");
        let is_kept = self.annotation("helm.sh/resource-policy").is_some_and(|policy| policy.trim() == "keep");
        match (self.how.action, hook) {
            (Action::Apply, None) => self.applied(seen),
            (action, Some(hook)) if hook.split(',').any(|event| happens(event.trim(), action)) => {
                seen.sees(self.span, self.effect(Verb::Replace).noted("a hook of helm: the one that is there is deleted first"));
                self.applied(seen);
            }
            (_, Some(_)) => seen.sees(self.span, self.effect(Verb::Read).noted("a hook of helm, for another time")),
            (Action::Delete, None) if is_kept => {
                seen.sees(self.span, self.effect(Verb::Update).noted("helm keeps it, outside of any release"));
            }
            (Action::Delete, None) => self.deleted(seen),
        }
    }

    fn applied(&self, seen: &mut Seen<'_>) {
        let update = if self.how.is_new { Verb::Create } else { Verb::Update };
        let at_least = |verb, why: &str| self.effect(verb).with_certainty(Certainty::AtLeast).noted(why);
        let effect = match self.sort {
            Sort::Plain | Sort::Storage | Sort::Namespace => self.effect(update),
            Sort::Definition => at_least(update, "objects of its kind may become invalid"),
            Sort::Workload | Sort::Stateful => at_least(update, "its containers are started anew"),
            Sort::Runs => self.effect(Verb::Execute).with_certainty(Certainty::Opaque).noted("what its containers do was not read"),
            Sort::Rights => self.effect(Verb::Grant),
            Sort::Entrance => self.effect(Verb::Expose),
            Sort::Service => doors::service(self.node).map_or_else(|| self.effect(update), |why| self.effect(Verb::Expose).noted(why)),
            Sort::Traffic => doors::traffic(self.node).map_or_else(|| at_least(update, "who is let in changes"), |why| at_least(Verb::Expose, why)),
            Sort::Guard => at_least(update, "it bounds what others may do"),
            Sort::Webhook => at_least(Verb::Grant, "what it names sees requests to the cluster, and may change or refuse them"),
            Sort::Elsewhere => self.effect(Verb::Opaque).noted("what it brings is written elsewhere"),
            Sort::Unknown => at_least(update, "its kind is not known here"),
        };
        seen.sees(self.span, effect);
        for why in doors::rights(self.node).into_iter().filter(|_| self.sort == Sort::Rights) {
            seen.sees(self.span, self.effect(Verb::Grant).noted(why));
        }
        if self.sort != Sort::Definition {
            let ways = doors::out_of_the_container(self.node);
            if !ways.is_empty() {
                let ways: Vec<&str> = ways.into_iter().collect();
                seen.sees(self.span, self.effect(Verb::Grant).with_certainty(Certainty::Opaque).noted(format!("power over the node: {}", ways.join(", "))));
            }
        }
    }

    fn deleted(&self, seen: &mut Seen<'_>) {
        let delete = self.effect(Verb::Delete);
        let effect = match self.sort {
            Sort::Namespace => {
                let mut effect = delete.with_certainty(Certainty::AtLeast).noted("with everything in it");
                effect.whole_environment = true;
                effect
            }
            Sort::Definition => delete.with_certainty(Certainty::AtLeast).noted("with every object of its kind"),
            Sort::Stateful if !self.drops_claims() => delete.that_is(Reversibility::Recoverable).noted("the volumes that it claims stay"),
            Sort::Stateful => delete.with_certainty(Certainty::AtLeast).noted("with the volumes that it claims"),
            Sort::Storage if self.node.text_at(&["spec", "persistentVolumeReclaimPolicy"]) == Some("Retain") => {
                delete.that_is(Reversibility::Recoverable).noted("what is stored stays, without its name")
            }
            Sort::Elsewhere | Sort::Unknown => delete.with_certainty(Certainty::AtLeast).noted("with what was made for it"),
            _ => delete,
        };
        seen.sees(self.span, effect);
        if matches!(self.sort, Sort::Guard | Sort::Traffic | Sort::Webhook) {
            seen.sees(self.span, self.effect(Verb::DisableProtection).with_certainty(Certainty::AtLeast));
        }
    }

    fn drops_claims(&self) -> bool {
        let policy = self.node.at(&["spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted"]);
        policy.is_some_and(|policy| policy.text() != Some("Retain"))
    }
}

/// Whether a hook's event comes with an action (Helm's documentation, Chart Hooks); one that is not known comes with each.
fn happens(event: &str, action: Action) -> bool {
    match event {
        "pre-install" | "post-install" | "pre-upgrade" | "post-upgrade" | "pre-rollback" | "post-rollback" | "crd-install" => action == Action::Apply,
        "pre-delete" | "post-delete" => action == Action::Delete,
        "test" | "test-success" | "test-failure" => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests;
