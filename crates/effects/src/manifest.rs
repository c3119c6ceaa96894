//! What infrastructure as text would touch when it is applied or deleted: CloudFormation change sets and templates, `cdk diff`,
//! Kubernetes manifests and `kubectl diff`, Helm releases, Docker compose files.
//!
//! ```text
//! text ─ documents ─ each: which kinds fit? ─ read as all of them ─▶ Sightings ─▶ Reading
//! ```
//!
//! A manifest says what is wanted, seldom what is there now: what may be lost by that is said, not guessed away. A document
//! that fits no kind, a value that stands elsewhere, a text that ends early are opaque, with their place. Documents are read
//! one by one, so that another one beside it takes nothing from what a document touches.
//!
//! Where it lands is known from the service's mappings alone ([`Target`]); what is not mapped is unknown. No value of a field
//! is shown that could be a secret: names, types and fixed words only.

use std::collections::BTreeSet;

use action::{Certainty, Effect, Resource, Reversibility, Verb};

use crate::environment::{Spot, host_of_url, of_host, of_identity};
use crate::facts::Facts;
use crate::path::shown;
use crate::sighting::{Reading, Sighting, Span};
use tree::{Document, Node};

mod cdk;
mod change_set;
mod clusters;
mod compose;
mod kube_diff;
mod kubernetes;
mod release;
mod stateful;
mod template;
mod tree;

pub use clusters::clusters;
pub use compose::{Compose, ComposeAct, FILES as COMPOSE_FILES};

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// What `aws cloudformation describe-change-set` prints, as JSON or YAML.
    ChangeSet,
    /// A CloudFormation or SAM template, JSON or YAML with short tags.
    Template,
    /// What `cdk diff` prints.
    CdkDiff,
    /// Kubernetes objects: documents of YAML, JSON, lists.
    Kubernetes,
    /// What `kubectl diff` prints.
    KubernetesDiff,
    /// What `helm get manifest` or `helm template` prints, installed or uninstalled by helm. By content only its hooks are, and as
    /// Kubernetes besides: it is helm alone that keeps what `helm.sh/resource-policy` says, `kubectl delete -f` of the same text does not.
    /// A whole release, as `helm status -o json` prints it, is of no kind of its own: it is known by its shape.
    Helm,
    /// A Docker compose file.
    Compose,
}

/// What is done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Made to be so: executed, deployed, applied, installed, `up`.
    Apply,
    /// Taken away: the stack deleted, the objects deleted, the release uninstalled, `down` with its volumes.
    Delete,
}

/// Where it is done, as far as the caller knows it. What an agent chose (a context, a profile) serves only to look up what the
/// service knows of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Target<'t> {
    /// The account and region that the credentials at hand are for: `aws:111122223333/eu-west-1`.
    pub identity: Option<&'t str>,
    /// The context of `kubectl` and `helm`; absent: the current one. Looked up in [`Facts::clusters`].
    pub context: Option<&'t str>,
    /// The namespace of objects that name none.
    pub namespace: Option<&'t str>,
    /// The name of the stack, release or compose project.
    pub name: Option<&'t str>,
    /// Absolute directory of the compose file, from which its relative paths begin; absent: the work tree.
    pub directory: Option<&'t str>,
    /// The host of a Docker daemon elsewhere (`DOCKER_HOST`, `docker --context`); absent: this machine.
    pub daemon: Option<&'t str>,
}

/// What a text would touch, where nothing is known of where it is done. `kind` absent: recognised by content.
pub fn read(text: &str, kind: Option<Kind>, action: Action, facts: &Facts) -> Reading {
    read_at(text, kind, action, &Target::default(), facts)
}

/// What a text would touch at a target.
pub fn read_at(text: &str, kind: Option<Kind>, action: Action, target: &Target<'_>, facts: &Facts) -> Reading {
    every_kind(text, kind, Seen::new(text, action, target, facts))
}

/// The same where the caller knows where it is done.
pub(crate) fn read_where(text: &str, kind: Kind, action: Action, target: &Target<'_>, spot: &Spot, facts: &Facts) -> Reading {
    every_kind(text, Some(kind), Seen { spot: Some(spot), ..Seen::new(text, action, target, facts) })
}

fn every_kind(text: &str, kind: Option<Kind>, mut seen: Seen<'_>) -> Reading {
    match kind {
        _ if text.len() > tree::MOST_BYTES => seen.cannot(Span::whole(text), "it is longer than is read", Spot::unknown()),
        Some(Kind::CdkDiff) => cdk::read(&mut seen),
        Some(Kind::KubernetesDiff) => kube_diff::read(&mut seen),
        Some(kind) => seen.documents(Some(kind)),
        None if kube_diff::is_one(text) => kube_diff::read(&mut seen),
        None if cdk::is_one(text) => {
            cdk::read(&mut seen);
            // Lines of a diff among documents of another kind take nothing from what these touch.
            tree::documents(text).iter().flat_map(|document| &document.roots).filter(|root| fits_any(root)).for_each(|root| seen.one(root, None));
        }
        None => seen.documents(None),
    }
    seen.reading()
}

/// What `docker compose` would touch with this file.
pub fn compose(text: &str, command: &Compose<'_>, target: &Target<'_>, facts: &Facts) -> Reading {
    composed(text, command, Seen::new(text, Action::Apply, target, facts))
}

/// The same where the caller knows where the containers are.
pub(crate) fn compose_where(text: &str, command: &Compose<'_>, target: &Target<'_>, spot: &Spot, facts: &Facts) -> Reading {
    composed(text, command, Seen { spot: Some(spot), ..Seen::new(text, Action::Apply, target, facts) })
}

fn composed(text: &str, command: &Compose<'_>, mut seen: Seen<'_>) -> Reading {
    if text.len() > tree::MOST_BYTES {
        seen.cannot(Span::whole(text), "it is longer than is read", seen.daemon());
        return seen.reading();
    }
    seen.each_document(&mut |seen, root| compose::file(root, command, seen));
    seen.reading()
}

/// What `docker compose` would touch where its file cannot be had: known by kind, not by name.
pub fn compose_without_file(command: &Compose<'_>, target: &Target<'_>, facts: &Facts) -> Reading {
    let mut seen = Seen::new("", Action::Apply, target, facts);
    compose::without_file(command, &mut seen);
    seen.reading()
}

/// The same where the caller knows where the containers are.
pub(crate) fn compose_without_file_where(command: &Compose<'_>, target: &Target<'_>, spot: &Spot, facts: &Facts) -> Reading {
    let mut seen = Seen { spot: Some(spot), ..Seen::new("", Action::Apply, target, facts) };
    compose::without_file(command, &mut seen);
    seen.reading()
}

/// One reading: what is known, and what was seen so far.
struct Seen<'s> {
    text: &'s str,
    action: Action,
    target: &'s Target<'s>,
    facts: &'s Facts,
    /// Where it is done, where the caller knows that.
    spot: Option<&'s Spot>,
    sightings: Vec<Sighting>,
    needs: Vec<(String, String)>,
    /// Change sets that stand in this text themselves, by their ARN.
    change_sets: BTreeSet<String>,
}

impl<'s> Seen<'s> {
    fn new(text: &'s str, action: Action, target: &'s Target<'s>, facts: &'s Facts) -> Self {
        Self { text, action, target, facts, spot: None, sightings: Vec::new(), needs: Vec::new(), change_sets: BTreeSet::new() }
    }

    fn sees(&mut self, span: Span, effect: Effect) {
        self.sightings.push(Sighting { effect, span });
    }

    /// A part that could not be read.
    fn cannot(&mut self, span: Span, why: &str, spot: Spot) {
        let resource = Resource::new("manifest", self.target.name.map_or_else(|| "a part of it".to_owned(), shown));
        self.sees(span, touching(Verb::Opaque, resource, &spot).noted(why));
    }

    fn reading(self) -> Reading {
        Reading::new(self.sightings).with_needs(self.needs)
    }

    fn documents(&mut self, kind: Option<Kind>) {
        self.each_document(&mut |seen, root| seen.one(root, kind));
    }

    fn each_document(&mut self, read: &mut dyn FnMut(&mut Self, &Node)) {
        let documents = tree::documents(self.text);
        self.change_sets = documents.iter().flat_map(|d| &d.roots).filter_map(|root| root.text_at(&["ChangeSetId"])).map(str::to_owned).collect();
        if documents.iter().all(|Document { roots, faults, .. }| roots.is_empty() && faults.is_empty()) {
            self.cannot(Span::whole(self.text), "there is nothing in it", Spot::unknown());
        }
        for document in documents {
            for fault in document.faults {
                self.cannot(fault.span, fault.why, Spot::unknown());
            }
            for root in &document.roots {
                read(self, root);
            }
        }
    }

    /// One document. One that fits several kinds is read as each of them.
    fn one(&mut self, root: &Node, kind: Option<Kind>) {
        let fits = |asked: Kind, looks: bool| kind.map_or(looks, |kind| kind == asked);
        let mut is_read = false;
        if matches!(kind, None | Some(Kind::Helm)) && (release::is_one(root) || release::is_list(root)) {
            match root.is_list() {
                true => release::read_list(root, self),
                false => release::read(root, self),
            }
            if kind.is_some() {
                return;
            }
            is_read = true;
        }
        for (asked, looks) in [
            (Kind::ChangeSet, change_set::is_one(root)),
            (Kind::Template, template::is_one(root)),
            (Kind::Kubernetes, kubernetes::is_one(root)),
            (Kind::Helm, kubernetes::is_hook(root, self.action)),
            (Kind::Compose, compose::is_one(root)),
        ] {
            if !fits(asked, looks) {
                continue;
            }
            is_read = true;
            match asked {
                Kind::ChangeSet => change_set::read(root, self),
                Kind::Template => template::read(root, self),
                Kind::Kubernetes => kubernetes::read(root, kubernetes::By::Kubectl, self),
                Kind::Helm => kubernetes::read(root, kubernetes::By::Helm, self),
                Kind::Compose => compose::file(root, &Compose::of(self.action), self),
                Kind::CdkDiff | Kind::KubernetesDiff => is_read = false,
            }
        }
        if !is_read {
            self.cannot(root.span, "it is no kind of manifest that is known", Spot::unknown());
        }
    }

    /// Where an account and region are, by what the text says and by whose credentials are at hand: the graver of both.
    fn cloud(&self, of_text: Option<&str>) -> Spot {
        let spots = [of_text, self.target.identity].into_iter().flatten();
        let spots = spots.map(|identity| of_identity(self.facts, identity).map_or_else(Spot::unknown, Spot::of)).chain(self.spot.cloned());
        spots.max_by_key(|spot| spot.tier).unwrap_or_else(Spot::unknown)
    }

    /// Where the cluster is: by the host of its server, whatever the context is called.
    fn cluster(&self) -> Spot {
        if let Some(spot) = self.spot {
            return spot.clone();
        }
        let server = self.facts.clusters.get(self.target.context.unwrap_or_default());
        let host = server.and_then(|server| host_of_url(server));
        host.and_then(|(host, port)| of_host(self.facts, &host, port)).map_or_else(Spot::unknown, Spot::of)
    }

    /// Where containers run.
    fn daemon(&self) -> Spot {
        if let Some(spot) = self.spot {
            return spot.clone();
        }
        match self.target.daemon {
            None => Spot::host(),
            Some(daemon) => host_of_url(daemon)
                .and_then(|(host, port)| of_host(self.facts, &host, port))
                .map_or_else(Spot::unknown, Spot::of),
        }
    }
}

/// Whether a document is of a kind that is known.
fn fits_any(root: &Node) -> bool {
    let of_helm = release::is_one(root) || release::is_list(root);
    of_helm || change_set::is_one(root) || template::is_one(root) || kubernetes::is_one(root) || compose::is_one(root)
}

/// An effect outside the box. What only changes how a thing is set can be set back by the text that was there before; what
/// deletes, opens or runs cannot.
fn touching(verb: Verb, resource: Resource, spot: &Spot) -> Effect {
    let effect = Effect::in_workspace(verb, resource).at(spot.environment.clone(), spot.tier);
    match verb {
        Verb::Read | Verb::Create => effect,
        Verb::Update => effect.that_is(Reversibility::Recoverable),
        Verb::Opaque => effect.that_is(Reversibility::Irreversible).with_certainty(Certainty::Opaque),
        _ => effect.that_is(Reversibility::Irreversible),
    }
}

#[cfg(test)]
mod tests;
