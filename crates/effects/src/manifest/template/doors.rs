//! What a resource of a template opens, gives or unprotects by what its properties say outright.

use action::Verb;

use super::super::tree::{Node, Value};

const EVERYBODY: &str = "open to everybody";

/// Verbs beside the resource's own, with a reason each.
pub(super) fn open(kind: &str, resource: &Node) -> Vec<(Verb, &'static str)> {
    let nothing = Node::nothing();
    let properties = resource.get("Properties").unwrap_or(&nothing);
    let mut found = Vec::new();
    if says(properties, &["CidrIp", "CidrIpv6", "CidrBlock"], |text| matches!(text, "0.0.0.0/0" | "::/0")) && is_way_in(kind) {
        found.push((Verb::Expose, EVERYBODY));
    }
    let public = [
        says(properties, &["AccessControl"], |text| text.starts_with("Public") || text == "AuthenticatedRead"),
        says(properties, &["PubliclyAccessible"], |text| text != "false"),
        says(properties, &["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"], |text| text != "true"),
        says(properties, &["Scheme"], |text| text == "internet-facing"),
        kind == "AWS::Lambda::Url" && says(properties, &["AuthType"], |text| text == "NONE"),
    ];
    if public.contains(&true) {
        found.push((Verb::Expose, EVERYBODY));
    }
    if has_statement(properties, &["Action", "NotAction"], |text| text == "*" || text == "*:*") {
        found.push((Verb::Grant, "a right to do everything"));
    }
    if has_statement(properties, &["Principal", "AWS", "NotPrincipal"], |text| text == "*") {
        found.push((Verb::Grant, "to everybody"));
    }
    if says(properties, &["ManagedPolicyArns", "PolicyArn"], |text| text.ends_with("/AdministratorAccess")) {
        found.push((Verb::Grant, "a right to do everything"));
    }
    if is_unprotected(resource, properties) {
        found.push((Verb::DisableProtection, "protection that it may have had is off"));
    }
    found
}

fn is_way_in(kind: &str) -> bool {
    kind.contains("SecurityGroup") || kind.contains("NetworkAcl") || kind.contains("Ingress") || kind.contains("FirewallRule")
}

/// Whether what would protect it is off, or its data is to go with it, in so many words.
fn is_unprotected(resource: &Node, properties: &Node) -> bool {
    let protections = ["DeletionProtection", "DeletionProtectionEnabled", "EnableTerminationProtection", "DisableApiTermination"];
    let off = |key: &&str| properties.get(key).is_some_and(Node::may_be_off);
    let none = |key: &&str| properties.text_at(&[key]) == Some("0");
    let deletes = |key: &&str| resource.get(key).is_some_and(|policy| policy.text() == Some("Delete"));
    protections.iter().any(off)
        || ["BackupRetentionPeriod", "SnapshotRetentionLimit", "AutomaticBackupRetentionDays"].iter().any(none)
        || ["DeletionPolicy", "UpdateReplacePolicy"].iter().any(deletes)
}

/// Whether a text under one of these keys, anywhere below, fits; a list counts by its items.
fn says(node: &Node, keys: &[&str], fits: fn(&str) -> bool) -> bool {
    let is_here = |node: &Node| node.text().is_some_and(fits) || node.items().iter().filter_map(Node::text).any(fits);
    match &node.value {
        Value::Nothing | Value::Text(_) => false,
        Value::List(items) => items.iter().any(|item| says(item, keys, fits)),
        Value::Map(entries) => entries.iter().any(|entry| (keys.contains(&entry.key.as_str()) && is_here(&entry.value)) || says(&entry.value, keys, fits)),
    }
}

/// The same inside of a statement that allows.
fn has_statement(node: &Node, keys: &[&str], fits: fn(&str) -> bool) -> bool {
    let parts = node.items().iter().chain(node.entries().iter().map(|entry| &entry.value));
    let allows = node.text_at(&["Effect"]) == Some("Allow") && says(node, keys, fits);
    allows || parts.into_iter().any(|part| has_statement(part, keys, fits))
}
