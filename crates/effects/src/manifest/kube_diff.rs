//! What `kubectl diff` prints: unified diffs of the objects as they are in the cluster and as they would be.
//!
//! Each file is named `group.version.Kind.namespace.name` in a folder `LIVE-…` and one `MERGED-…`. An object that is made or goes
//! stands there whole and is read as a manifest; of one that changes the changed fields are known by name, their values are
//! never shown.

use std::collections::BTreeSet;

use action::{Certainty, Effect, Resource, Verb};

use super::kubernetes::kinds::{Sort, sort};
use super::kubernetes::{By, How, is_capability, object};
use super::{Action, Seen, touching, tree};
use crate::path::shown;
use crate::sighting::Span;

/// Fields that cannot change in place, by kind; for other kinds none is known. From the validation rules that the Kubernetes
/// API reference gives (v1.34).
const FIXED: [(&str, &[&str]); 11] = [
    ("Deployment", &["matchLabels", "matchExpressions", "selector"]),
    ("DaemonSet", &["matchLabels", "matchExpressions", "selector"]),
    ("ReplicaSet", &["matchLabels", "matchExpressions", "selector"]),
    ("StatefulSet", &["matchLabels", "selector", "serviceName", "volumeClaimTemplates", "podManagementPolicy", "storageClassName", "accessModes"]),
    ("Job", &["selector", "template", "completions", "completionMode", "image", "command", "args", "containers"]),
    ("PersistentVolumeClaim", &["accessModes", "storageClassName", "volumeName", "volumeMode", "selector"]),
    ("PersistentVolume", &["csi", "nfs", "hostPath", "local", "volumeHandle", "path", "server", "volumeMode", "nodeAffinity"]),
    ("StorageClass", &["provisioner", "parameters", "reclaimPolicy", "volumeBindingMode"]),
    ("Service", &["clusterIP", "clusterIPs"]),
    ("RoleBinding", &["roleRef"]),
    ("ClusterRoleBinding", &["roleRef"]),
];

/// Whether a text begins as `kubectl diff` does.
pub(super) fn is_one(text: &str) -> bool {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    first.starts_with("diff ") && first.contains("/LIVE-") && first.contains("/MERGED-")
}

/// The part of the diff that is about one object.
struct Part {
    /// `group.version.Kind.namespace.name`, as the file is called.
    file: String,
    span: Span,
    removed: Vec<String>,
    added: Vec<String>,
    context: usize,
    /// Lines that the hunk at hand still owes: of the old text, of the new.
    owed: (usize, usize),
    /// Whether any hunk was there.
    has_hunk: bool,
}

pub(super) fn read(seen: &mut Seen<'_>) {
    let text = seen.text;
    let mut part: Option<Part> = None;
    let mut at = 0;
    let mut is_empty = true;
    for line in text.split_inclusive('\n') {
        let span = Span::new(at, at + line.trim_end().len());
        at += line.len();
        is_empty &= line.trim().is_empty();
        let line = line.trim_end_matches(['\n', '\r']);
        let is_inside = part.as_ref().is_some_and(|part| part.owed != (0, 0));
        if !is_inside && line.starts_with("diff ") {
            part.take().into_iter().for_each(|part| part.read(seen));
            part = Some(Part::new(file_of(line), span));
        } else if part.as_mut().is_none_or(|part| !part.take(line, span)) && !line.trim().is_empty() {
            seen.cannot(span, "a line that is of no diff", seen.cluster());
        }
    }
    part.into_iter().for_each(|part| part.read(seen));
    if is_empty {
        seen.cannot(Span::whole(text), "there is nothing in it", seen.cluster());
    }
}

/// The name of the file in `diff -u -N /tmp/LIVE-1/NAME /tmp/MERGED-2/NAME`.
fn file_of(line: &str) -> String {
    line.rsplit('/').next().unwrap_or_default().trim().to_owned()
}

/// Start and count of each side in `@@ -1,7 +1,7 @@`, of which only the counts matter.
fn counts(line: &str) -> Option<(usize, usize)> {
    let mut words = line.strip_prefix("@@ ")?.split(' ');
    let mut count = |sign: char| -> Option<usize> {
        let range = words.next()?.strip_prefix(sign)?;
        let (start, count) = range.split_once(',').unwrap_or((range, "1"));
        start.parse::<usize>().ok()?;
        count.parse().ok()
    };
    let counts = (count('-')?, count('+')?);
    (words.next() == Some("@@")).then_some(counts)
}

/// Takes one from what is owed, if any is.
fn pay(owed: &mut usize) -> bool {
    let can = *owed > 0;
    *owed = owed.saturating_sub(1);
    can
}

impl Part {
    fn new(file: String, span: Span) -> Self {
        Self { file, span, removed: Vec::new(), added: Vec::new(), context: 0, owed: (0, 0), has_hunk: false }
    }

    /// Takes a line that belongs to it; `false` for one that does not.
    fn take(&mut self, line: &str, span: Span) -> bool {
        let is_taken = match (line.chars().next(), self.owed) {
            (_, (0, 0)) if line.starts_with("@@ ") => match counts(line) {
                Some(owed) => {
                    self.owed = owed;
                    self.has_hunk = true;
                    true
                }
                None => false,
            },
            (_, (0, 0)) => !self.has_hunk && (line.starts_with("--- ") || line.starts_with("+++ ")) || line.starts_with('\\'),
            (Some('-'), _) => {
                self.removed.push(line.get(1..).unwrap_or_default().to_owned());
                pay(&mut self.owed.0)
            }
            (Some('+'), _) => {
                self.added.push(line.get(1..).unwrap_or_default().to_owned());
                pay(&mut self.owed.1)
            }
            (Some(' ') | None, _) => {
                self.context += 1;
                pay(&mut self.owed.0) & pay(&mut self.owed.1)
            }
            _ => line.starts_with('\\'),
        };
        if is_taken {
            self.span.end = span.end;
        }
        is_taken
    }

    fn read(&self, seen: &mut Seen<'_>) {
        if self.owed != (0, 0) || !self.has_hunk {
            seen.cannot(self.span, "the diff ends early", seen.cluster());
        }
        match (self.removed.is_empty(), self.added.is_empty(), self.context) {
            (true, false, 0) => self.whole(&self.added, Action::Apply, seen),
            (false, true, 0) => self.whole(&self.removed, Action::Delete, seen),
            _ => self.changed(seen),
        }
    }

    /// An object that stands there whole: it is made, or it goes.
    fn whole(&self, lines: &[String], action: Action, seen: &mut Seen<'_>) {
        let how = How { by: By::Kubectl, action, is_new: action == Action::Apply, span: Some(self.span) };
        let documents = tree::documents(&lines.join("\n"));
        for document in &documents {
            for fault in &document.faults {
                seen.cannot(self.span, fault.why, seen.cluster());
            }
            document.roots.iter().for_each(|root| object(root, how, seen));
        }
        if documents.iter().all(|document| document.roots.is_empty()) {
            seen.cannot(self.span, "an object that is not there", seen.cluster());
        }
    }

    fn changed(&self, seen: &mut Seen<'_>) {
        let spot = seen.cluster();
        let Some((group, kind, namespace, name)) = names(&self.file) else {
            return seen.cannot(self.span, "a file that is named after no object", spot);
        };
        let sort = sort(group, kind);
        let name = if namespace.is_empty() { name.to_owned() } else { format!("{namespace}/{name}") };
        let effect = |verb| {
            let mut effect = touching(verb, Resource::new(shown(&kind.to_lowercase()), shown(&name)), &spot);
            effect.data_bearing = sort.is_stateful();
            effect
        };
        let lines = self.removed.len().max(self.added.len()) as u64;
        seen.sees(self.span, changes(sort, &effect).counted(lines, "lines"));
        let fields: BTreeSet<&str> = self.removed.iter().chain(&self.added).map(|line| field(line)).collect();
        let fixed = FIXED.iter().find(|(of, _)| *of == kind).map(|(_, fields)| *fields).unwrap_or_default();
        for field in fixed.iter().filter(|field| fields.contains(**field)) {
            let replaces = effect(Verb::Replace).with_certainty(Certainty::AtLeast);
            seen.sees(self.span, replaces.noted(format!("`{field}` cannot change in place: it fails, or is made anew where that is forced")));
        }
        for (verb, why) in self.opened() {
            seen.sees(self.span, effect(verb).with_certainty(Certainty::AtLeast).noted(why));
        }
    }

    /// What new lines open, give or unprotect.
    fn opened(&self) -> Vec<(Verb, &'static str)> {
        let sets = |lines: &[String], field_is: &str, fits: &dyn Fn(&str) -> bool| lines.iter().any(|line| field(line) == field_is && fits(value(line)));
        let added = |name: &str, fits: &dyn Fn(&str) -> bool| sets(&self.added, name, fits);
        let on = |value: &str| !matches!(value, "false" | "no" | "off" | "null" | "{}" | "[]");
        let power = ["privileged", "hostNetwork", "hostPID", "hostIPC", "hostPath", "hostProcess"];
        let found = [
            (power.iter().any(|name| added(name, &on)), Verb::Grant, "power over the node"),
            (self.added.iter().any(|line| line.trim_start().strip_prefix("- ").is_some_and(|word| is_capability(word.trim()))), Verb::Grant, "power over the node"),
            (added("type", &|kind| matches!(kind, "LoadBalancer" | "NodePort")), Verb::Expose, "a way in from outside"),
            (added("externalIPs", &|_| true) || added("cidr", &|range| matches!(range, "0.0.0.0/0" | "::/0")), Verb::Expose, "a way in from outside"),
            (added("persistentVolumeReclaimPolicy", &|policy| policy != "Retain"), Verb::DisableProtection, "what it stores goes with its claim"),
            (added("whenDeleted", &|policy| policy != "Retain") || added("whenScaled", &|policy| policy != "Retain"), Verb::DisableProtection, "its volumes go with it"),
            (sets(&self.removed, "finalizers", &|_| true), Verb::DisableProtection, "it does not wait any more before it goes"),
        ];
        found.into_iter().filter(|(is_so, ..)| *is_so).map(|(_, verb, why)| (verb, why)).collect()
    }
}

fn changes(sort: Sort, effect: &dyn Fn(Verb) -> Effect) -> Effect {
    match sort {
        Sort::Rights | Sort::Webhook => effect(Verb::Grant),
        Sort::Entrance | Sort::Traffic => effect(Verb::Expose).with_certainty(Certainty::AtLeast),
        Sort::Runs => effect(Verb::Execute).with_certainty(Certainty::Opaque),
        Sort::Elsewhere => effect(Verb::Opaque),
        Sort::Plain | Sort::Storage | Sort::Service => effect(Verb::Update),
        Sort::Workload | Sort::Stateful | Sort::Namespace | Sort::Definition | Sort::Guard | Sort::Unknown => {
            effect(Verb::Update).with_certainty(Certainty::AtLeast)
        }
    }
}

/// Group, kind, namespace and name of `apps.v1.Deployment.shop.web`; without a namespace two dots stand together.
fn names(file: &str) -> Option<(&str, &str, &str, &str)> {
    let (kind_at, _) = file.match_indices('.').find(|(dot, _)| file.get(dot + 1..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase())))?;
    let group = file.get(..kind_at)?.rsplit_once('.').map_or("", |(group, _)| group);
    let (kind, rest) = file.get(kind_at + 1..)?.split_once('.')?;
    let (namespace, name) = rest.split_once('.')?;
    (!name.is_empty()).then_some((group, kind, namespace, name))
}

/// The name of the field of a line, `replicas` of `  - replicas: 2`.
fn field(line: &str) -> &str {
    let line = line.trim_start().trim_start_matches("- ");
    line.split_once(':').map_or("", |(field, _)| field.trim())
}

fn value(line: &str) -> &str {
    line.split_once(':').map_or("", |(_, value)| value.trim().trim_matches(['"', '\'']))
}

#[cfg(test)]
mod tests;
