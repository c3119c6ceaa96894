//! Who more may see or reach something after a change: addresses of the whole world, public lists of rights, policies for everybody.
//!
//! Judged from the values after the change, whatever the provider, and only where they differ from the ones before.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::path::quoted;

/// Booleans that open something while they are on.
const OPENS_ON: &[&str] = &[
    "allow_blob_public_access", "allow_nested_items_to_be_public", "anonymous_pull_enabled", "enable_public_access", "endpoint_public_access",
    "ipv4_enabled", "is_public", "public", "public_access", "public_access_enabled", "public_network_access_enabled", "publicly_accessible",
];

/// Booleans that open something when they go off.
const OPENS_OFF: &[&str] = &[
    "block_public_acls", "block_public_policy", "enable_private_endpoint", "enable_private_nodes", "ignore_public_acls", "private",
    "private_cluster_enabled", "restrict_public_buckets",
];

/// Names of everybody, in the words of clouds and clusters.
const ANYBODY: &[&str] = &["allauthenticatedusers", "allusers", "system:anonymous", "system:unauthenticated"];

/// What a rule lets through, and which way: when it changes, whom the rule lets in is news again.
const REACH: &[&str] = &[
    "access", "action", "allow", "destination_port_range", "destination_port_ranges", "direction", "disabled", "egress", "from_port",
    "ip_protocol", "port_range", "port_range_max", "port_range_min", "ports", "protocol", "rule_action", "to_port", "type",
];

/// Whom a rule lets in.
const SOURCES: &[&str] = &[
    "cidr_block", "cidr_blocks", "cidr_ipv4", "cidr_ipv6", "ipv6_cidr_block", "ipv6_cidr_blocks", "principal", "remote_ip_prefix",
    "source_address_prefix", "source_address_prefixes", "source_ranges", "start_ip_address",
];

/// Whether an attribute is part of a rule, which is read as a whole.
pub(super) fn is_of_a_rule(key: &str) -> bool {
    REACH.contains(&key) || SOURCES.contains(&key)
}

/// What of a type's values would let more people in, in words, sorted. `before` is null for what is made.
pub(super) fn opened(type_name: &str, before: &Value, after: &Value) -> Vec<String> {
    let Some(now) = after.as_object() else { return Vec::new() };
    if type_name.split('_').any(|word| ["egress", "route", "routes"].contains(&word)) || is_outward(now) {
        return Vec::new();
    }
    let empty = Map::new();
    let was = before.as_object().unwrap_or(&empty);
    let reopened = is_outward(was) || REACH.iter().any(|key| was.get(*key) != now.get(*key));
    let mut found = BTreeSet::new();
    for (key, value) in now.iter().filter(|(key, value)| (reopened || was.get(*key) != Some(value)) && !leads_out(key)) {
        switches(key, was.get(key), value, &mut found);
        let mut old = BTreeSet::new();
        if let Some(old_value) = was.get(key).filter(|_| !reopened) {
            holes(key, old_value, &mut old);
        }
        let mut new = BTreeSet::new();
        holes(key, value, &mut new);
        for (how, _) in new.difference(&old) {
            found.insert(format!("{} {how}", quoted(key)));
        }
    }
    found.into_iter().collect()
}

/// What taking an object of this type away opens.
pub(super) fn opened_without(type_name: &str) -> Option<&'static str> {
    let shields = type_name.ends_with("public_access_block") || type_name.ends_with("block_public_access");
    shields.then_some("what blocked public access is gone")
}

/// Whether a policy in the values lets somebody do everything.
pub(super) fn gives_everything(values: &Value) -> bool {
    let Some(fields) = values.as_object() else { return false };
    fields.iter().filter(|(key, _)| key.contains("policy")).filter_map(|(_, value)| document(value)).any(|policy| {
        statements(&policy).any(|statement| {
            allows(statement) && has_star(statement.get("Action")) && has_star(statement.get("Resource"))
        })
    })
}

/// Switches at any depth, each compared with the one in its place before. Blocks are lists of objects in the values.
fn switches(key: &str, was: Option<&Value>, now: &Value, found: &mut BTreeSet<String>) {
    switch(key, was, now, found);
    match now {
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate().filter(|(_, item)| item.is_object()) {
                switches(key, was.and_then(|was| was.get(at)), item, found);
            }
        }
        Value::Object(fields) => {
            for (inner, value) in fields {
                switches(inner, was.and_then(|was| was.get(inner)), value, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn switch(key: &str, was: Option<&Value>, now: &Value, found: &mut BTreeSet<String>) {
    if OPENS_ON.contains(&key) && now == &Value::Bool(true) && was != Some(now) {
        found.insert(format!("{} switched on", quoted(key)));
    }
    if OPENS_OFF.contains(&key) && now != &Value::Bool(true) && (was == Some(&Value::Bool(true)) || now == &Value::Bool(false)) && was != Some(now) {
        found.insert(format!("{} switched off", quoted(key)));
    }
}

/// Values that let everybody in, each with what else is in its object: the same value in another rule is another hole. What is in objects
/// inside is theirs, so that all is written out once.
fn holes(key: &str, within: &Value, found: &mut BTreeSet<(&'static str, String)>) {
    let mut hows = BTreeSet::new();
    match within {
        Value::Object(fields) if is_outward(fields) => return,
        Value::Object(fields) => {
            for (inner, value) in fields.iter().filter(|(inner, _)| !leads_out(inner)) {
                leaves(inner, value, &mut hows, found);
            }
        }
        value => leaves(key, value, &mut hows, found),
    }
    if !hows.is_empty() {
        let mut own = String::new();
        let fields = within.as_object().into_iter().flatten().map(|(key, value)| (key.as_str(), value));
        let all = fields.chain((!within.is_object()).then_some((key, within)));
        all.for_each(|(key, value)| write_own(key, value, &mut own));
        found.extend(hows.into_iter().map(|how| (how, own.clone())));
    }
}

/// The values of an object that are in none inside it, as one text.
fn write_own(key: &str, value: &Value, own: &mut String) {
    match value {
        Value::Object(_) => {}
        Value::Array(items) => items.iter().for_each(|item| write_own(key, item, own)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => own.push_str(&format!("{key:?}:{value},")),
    }
}

fn leaves(key: &str, value: &Value, hows: &mut BTreeSet<&'static str>, found: &mut BTreeSet<(&'static str, String)>) {
    match value {
        Value::String(text) => hows.extend(hole(key, text)),
        Value::Array(items) => items.iter().for_each(|item| leaves(key, item, hows, found)),
        Value::Object(_) => holes(key, value, found),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn hole(key: &str, text: &str) -> Option<&'static str> {
    let lower = text.to_ascii_lowercase();
    let is_anybody = |who: &&str| lower.strip_suffix(*who).is_some_and(|kind| kind.is_empty() || kind.ends_with(':'));
    match key {
        _ if is_everywhere(text) => Some("is open to the whole internet"),
        _ if ANYBODY.iter().any(is_anybody) => Some("names everybody"),
        _ if key.contains("source_address_prefix") && ["*", "internet", "any"].contains(&lower.as_str()) => Some("is open to the whole internet"),
        "start_ip_address" | "start_ip" if text == "0.0.0.0" => Some("is open to the whole internet"),
        "principal" | "principals" if text == "*" => Some("names everybody"),
        "group" | "groups" | "shared_accounts" if lower == "all" => Some("names everybody"),
        "authorization_type" | "authorization" if text == "NONE" => Some("asks nobody who they are"),
        "container_access_type" if lower == "blob" || lower == "container" => Some("is public"),
        "visibility" if lower == "public" => Some("is public"),
        "public_network_access" if lower == "enabled" => Some("is public"),
        _ if key.ends_with("acl") && (lower.starts_with("public") || lower.starts_with("authenticated")) => Some("is public"),
        _ if key.contains("policy") || key == "json" => policy_hole(text),
        _ => None,
    }
}

/// Networks of at least a two-hundredth of all addresses: `0.0.0.0/0` is sometimes written in two halves.
fn is_everywhere(text: &str) -> bool {
    let Some((address, length)) = text.split_once('/') else { return false };
    let Ok(length) = length.parse::<u8>() else { return false };
    if address.contains(':') {
        length < 16 && address.parse::<std::net::Ipv6Addr>().is_ok_and(|a| !a.is_unique_local() && !a.is_unicast_link_local())
    } else {
        length < 8 && address.parse::<std::net::Ipv4Addr>().is_ok()
    }
}

/// Rules about what leaves, and rules that refuse.
fn is_outward(fields: &Map<String, Value>) -> bool {
    let text = |key: &str| fields.get(key).and_then(Value::as_str).map(str::to_ascii_lowercase);
    let says = |key: &str, words: &[&str]| text(key).is_some_and(|text| words.contains(&text.as_str()));
    let full = |key: &str| fields.get(key).and_then(Value::as_array).is_some_and(|items| !items.is_empty());
    ["direction", "type"].iter().any(|key| says(key, &["egress", "outbound", "out"]))
        || ["access", "rule_action", "action"].iter().any(|key| says(key, &["deny", "drop", "block"]))
        || fields.get("egress") == Some(&Value::Bool(true))
        || (full("deny") && !full("allow"))
}

fn leads_out(key: &str) -> bool {
    key.split('_').any(|word| ["egress", "outbound", "destination", "route", "routes"].contains(&word))
}

fn policy_hole(text: &str) -> Option<&'static str> {
    let policy = document(&Value::String(text.to_owned()))?;
    let open = |statement: &&Value| allows(statement) && (is_anybody(statement.get("Principal")) || statement.get("NotPrincipal").is_some());
    let mut everybody = statements(&policy).filter(open).peekable();
    everybody.peek()?;
    let conditional = everybody.all(|statement| statement.get("Condition").is_some_and(|condition| !condition.is_null()));
    Some(if conditional { "lets everybody in, under conditions" } else { "lets everybody in" })
}

fn document(value: &Value) -> Option<Value> {
    let text = value.as_str()?.trim_start();
    text.starts_with('{').then(|| serde_json::from_str(text).ok())?
}

/// `Statement` is a list, or one statement by itself.
fn statements(policy: &Value) -> impl Iterator<Item = &Value> {
    let statement = policy.get("Statement");
    let one = statement.filter(|statement| statement.is_object());
    statement.and_then(Value::as_array).into_iter().flatten().chain(one)
}

fn allows(statement: &Value) -> bool {
    statement.get("Effect").and_then(Value::as_str) == Some("Allow")
}

fn is_anybody(principal: Option<&Value>) -> bool {
    match principal {
        Some(Value::Object(kinds)) => kinds.values().any(|who| has_star(Some(who))),
        who => has_star(who),
    }
}

fn has_star(value: Option<&Value>) -> bool {
    match value {
        Some(Value::String(text)) => text == "*" || text == "*:*",
        Some(Value::Array(items)) => items.iter().any(|item| has_star(Some(item))),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
