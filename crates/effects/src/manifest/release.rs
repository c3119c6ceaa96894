//! Helm releases: what `helm status -o json` prints, with the texts that were installed in it, what `helm list -o json` prints, and the
//! objects in which Helm keeps a release, whose contents are compressed.
//!
//! Their shapes are those of Helm 3 and 4 (`pkg/release`, `pkg/storage/driver`), read in 2026.

use action::{Certainty, Resource, Reversibility, Verb};

use super::kubernetes::{By, How, object};
use super::tree::{self, Node};
use super::{Action, Seen, Target, touching};
use crate::path::shown;
use crate::sighting::Span;

/// What `helm status`, or any other command that prints a whole release, gives.
pub(super) fn is_one(root: &Node) -> bool {
    root.get("manifest").is_some() && root.get("info").is_some_and(Node::is_map) && root.text_at(&["name"]).is_some()
}

/// What `helm list` gives: releases by name, chart and revision.
pub(super) fn is_list(root: &Node) -> bool {
    let is_entry = |item: &Node| ["name", "namespace", "revision", "status", "chart"].iter().all(|key| item.text_at(&[key]).is_some());
    root.is_list() && !root.items().is_empty() && root.items().iter().all(is_entry)
}

/// A release with the texts of its objects and hooks.
pub(super) fn read(root: &Node, seen: &mut Seen<'_>) {
    let namespace = root.text_at(&["namespace"]);
    itself(root, "version", seen);
    let hooks = root.get("hooks").map_or(&[][..], Node::items).iter().map(|hook| (hook.get("manifest"), hook.span));
    let texts: Vec<(Option<&Node>, Span)> = std::iter::once((root.get("manifest"), root.span)).chain(hooks).collect();
    let target = Target { namespace: namespace.or(seen.target.namespace), ..*seen.target };
    let mut inside = Seen { spot: seen.spot, ..Seen::new(seen.text, seen.action, &target, seen.facts) };
    for (node, around) in texts {
        match node.and_then(|node| Some((node.text()?, node.span))) {
            Some((text, span)) => objects(text, span, &mut inside),
            None => inside.cannot(around, "a text of the release is not in it", seen.cluster()),
        }
    }
    seen.sightings.append(&mut inside.sightings);
}

/// Releases of which only the names are known.
pub(super) fn read_list(root: &Node, seen: &mut Seen<'_>) {
    for item in root.items() {
        itself(item, "revision", seen);
        seen.cannot(item.span, "what it has installed is not in this text", seen.cluster());
    }
}

/// A text inside of the text: all of it is seen where that stands.
fn objects(text: &str, span: Span, seen: &mut Seen<'_>) {
    if text.len() > tree::MOST_BYTES {
        return seen.cannot(span, "it is longer than is read", seen.cluster());
    }
    for document in tree::documents(text) {
        for fault in &document.faults {
            seen.cannot(span, fault.why, seen.cluster());
        }
        for root in &document.roots {
            object(root, How { by: By::Helm, action: seen.action, is_new: false, span: Some(span) }, seen);
        }
    }
}

/// The release itself: the record by which Helm knows what is its own, and how to go back.
fn itself(root: &Node, revision: &str, seen: &mut Seen<'_>) {
    let name = root.text_at(&["name"]).unwrap_or("?");
    let name = root.text_at(&["namespace"]).map_or_else(|| name.to_owned(), |namespace| format!("{namespace}/{name}"));
    record(&name, root.text_at(&[revision]), root.span, seen);
}

fn record(name: &str, revision: Option<&str>, span: Span, seen: &mut Seen<'_>) {
    let resource = Resource::new("release", shown(name));
    let number = revision.filter(|revision| !revision.is_empty() && revision.len() < 12 && revision.bytes().all(|b| b.is_ascii_digit()));
    let effect = match seen.action {
        Action::Apply => touching(Verb::Update, resource, &seen.cluster()),
        Action::Delete => touching(Verb::Delete, resource, &seen.cluster()).noted("with the way back to earlier revisions"),
    };
    seen.sees(span, number.map_or(effect.clone(), |number| effect.noted(format!("revision {number}"))));
}

/// The object in which Helm keeps a release: a Secret of a type of its own, or a ConfigMap that it owns.
pub(super) fn is_stored(node: &Node) -> bool {
    match node.text_at(&["kind"]) {
        Some("Secret") => node.text_at(&["type"]) == Some("helm.sh/release.v1"),
        Some("ConfigMap") => node.text_at(&["metadata", "labels", "owner"]) == Some("helm") && node.at(&["data", "release"]).is_some(),
        _ => false,
    }
}

/// What such an object is a record of. Nothing is installed or deleted by it, but Helm acts by what it says.
pub(super) fn stored(node: &Node, span: Span, seen: &mut Seen<'_>) {
    let of_name = node.text_at(&["metadata", "name"]).and_then(|name| name.strip_prefix("sh.helm.release.v1.")?.rsplit_once(".v"));
    let label = |key| node.text_at(&["metadata", "labels", key]);
    let (name, revision) = of_name.map_or((label("name"), label("version")), |(name, revision)| (Some(name), Some(revision)));
    let name = name.unwrap_or("?");
    let namespace = node.text_at(&["metadata", "namespace"]).or(seen.target.namespace);
    let full = namespace.map_or_else(|| name.to_owned(), |namespace| format!("{namespace}/{name}"));
    record(&full, revision, span, seen);
    let effect = touching(Verb::Opaque, Resource::new("release", shown(&full)), &seen.cluster());
    let effect = effect.that_is(Reversibility::Irreversible).with_certainty(Certainty::Opaque);
    seen.sees(span, effect.noted("what it has installed is compressed in it, which is not read"));
}

#[cfg(test)]
mod tests;
