//! What an object opens or gives by what its fields say: to whoever may reach it, to whom it binds, to its containers.

use std::collections::BTreeSet;

use super::super::tree::{Entry, Node, Value};

/// Capabilities that lead out of a container (capabilities(7)); `ALL` has them all.
const CAPABILITIES: [&str; 11] = [
    "ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_PTRACE", "SYS_RAWIO", "SYS_BOOT", "NET_ADMIN", "DAC_READ_SEARCH", "DAC_OVERRIDE", "BPF", "PERFMON",
];

/// Whether a capability, with or without its prefix, leads out of a container.
pub(in super::super) fn is_capability(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    CAPABILITIES.contains(&name.strip_prefix("CAP_").unwrap_or(&name))
}

/// How a service is reached from outside of its cluster, if it is.
pub(super) fn service(node: &Node) -> Option<&'static str> {
    match node.text_at(&["spec", "type"]) {
        Some("LoadBalancer") => Some("a load balancer leads to it"),
        Some("NodePort") => Some("a port of each node leads to it"),
        Some("ExternalName") => Some("its name leads elsewhere"),
        Some("ClusterIP") | None => {
            let external = node.at(&["spec", "externalIPs"]).filter(|addresses| addresses.value != Value::Nothing);
            external.map(|_| "an outer address leads to it")
        }
        Some(_) => Some("its type is not known"),
    }
}

/// Whether a network policy lets everybody in or out: a rule that names nobody, or every address.
pub(super) fn traffic(node: &Node) -> Option<&'static str> {
    let is_open = |direction: &str, peers: &str| {
        let rules = node.at(&["spec", direction]).map(Node::items).unwrap_or_default();
        rules.iter().any(|rule| rule.get(peers).is_none_or(|peers| peers.items().is_empty() || names_all(peers)))
    };
    (is_open("ingress", "from") || is_open("egress", "to")).then_some("everybody is let through")
}

fn names_all(peers: &Node) -> bool {
    peers.items().iter().any(|peer| matches!(peer.text_at(&["ipBlock", "cidr"]), Some("0.0.0.0/0" | "::/0")))
}

/// What rights are given that are more than a few.
pub(super) fn rights(node: &Node) -> Vec<&'static str> {
    let rules = node.get("rules").map(Node::items).unwrap_or_default();
    let names = |key: &str, fits: &dyn Fn(&str) -> bool| rules.iter().filter_map(|rule| rule.get(key)).flat_map(Node::items).filter_map(Node::text).any(fits);
    let bound = node.text_at(&["roleRef", "name"]).unwrap_or_default();
    let subjects = node.get("subjects").map(Node::items).unwrap_or_default();
    let everybody = |name: &str| matches!(name, "system:anonymous" | "system:unauthenticated" | "system:authenticated" | "system:serviceaccounts");
    let found = [
        (names("verbs", &|verb| verb == "*") || bound == "cluster-admin", "a right to do everything"),
        (names("verbs", &|verb| matches!(verb, "escalate" | "bind" | "impersonate")), "a right to take more rights"),
        (names("resources", &|resource| matches!(resource, "*" | "secrets")), "a right to the secrets"),
        (names("resources", &|resource| matches!(resource, "pods/exec" | "nodes/proxy" | "pods/attach")), "a right to run commands"),
        (subjects.iter().filter_map(|subject| subject.text_at(&["name"])).any(everybody), "to everybody"),
    ];
    found.into_iter().filter(|(is_so, _)| *is_so).map(|(_, why)| why).collect()
}

/// What gives containers power over the machine that they run on, wherever in the object it stands: operators copy the
/// templates of pods into objects of their own.
pub(super) fn out_of_the_container(node: &Node) -> BTreeSet<&'static str> {
    let mut found = BTreeSet::new();
    search(node, &mut found);
    found
}

fn search(node: &Node, found: &mut BTreeSet<&'static str>) {
    node.items().iter().for_each(|item| search(item, found));
    for entry in node.entries() {
        found.extend(way_out(entry));
        search(&entry.value, found);
    }
}

fn way_out(entry: &Entry) -> Option<&'static str> {
    let is_flag = !entry.value.is_map() && !entry.value.is_list();
    let is_on = is_flag && entry.value.may_be_on();
    match entry.key.as_str() {
        "privileged" if is_on => Some("privileged"),
        "hostNetwork" if is_on => Some("the node's network"),
        "hostPID" if is_on => Some("the node's processes"),
        "hostIPC" if is_on => Some("the node's shared memory"),
        "hostProcess" if is_on => Some("a process of the node"),
        "hostPath" if entry.value.may_be_on() => Some("a folder of the node"),
        "procMount" if entry.value.text() == Some("Unmasked") => Some("the node's kernel settings"),
        "capabilities" => {
            let added = entry.value.get("add").map(Node::items).unwrap_or_default();
            added.iter().filter_map(Node::text).any(is_capability).then_some("capabilities")
        }
        _ => None,
    }
}
