//! Safeguards that a change takes away: deletion protection, backups, versions, logs, locks.
//!
//! They are known by the words in an attribute's name and by the way that its value goes, whatever the provider: what is switched off,
//! lowered, emptied or suspended counts. Attributes are named, values are not.

use serde_json::{Map, Value};

use super::kinds::Kind;
use crate::path::quoted;

/// Words of attributes that protect something.
const PROTECTIVE: &[&str] = &[
    "alarm", "alarms", "approval", "approving", "audit", "auditing", "backup", "backups", "dnssec", "encrypted", "encryption", "firewall",
    "immutability", "immutable", "lock", "locked", "log", "logging", "logs", "mfa", "monitoring", "prevent", "protect", "protected",
    "protection", "purge", "recovery", "replication", "reservation", "retain", "retention", "review", "reviews", "rotation", "scan",
    "scanning", "signatures", "snapshot", "snapshots", "termination", "validation", "versioning", "waf",
];

/// Attributes that protect while they are off.
const BETTER_OFF: &[&str] = &[
    "allow_force_pushes", "allows_deletions", "allows_force_pushes", "bypass_policy_lockout_safety_check", "delete_automated_backups",
    "delete_retained_backups", "force_delete", "force_destroy", "force_destroy_backups",
    "force_overwrite_replica_secret", "recovery_disabled", "skip_final_backup", "skip_final_snapshot",
];

/// Attributes that have the words and protect nothing.
const HARMLESS: &[&str] = &["copy_tags_to_snapshot", "auto_minor_version_upgrade", "snapshot_identifier", "final_snapshot_identifier", "log_uri"];

/// Words of numbers that are safer large.
const LENGTHS: &[&str] = &["approving", "backup", "backups", "deletion", "recovery", "retain", "retained", "retention", "snapshots"];

/// A safeguard that is weakened.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Weakened {
    /// What is done to it, in words.
    pub(super) how: String,
    /// Whether older copies go with it, which nothing brings back.
    pub(super) drops_copies: bool,
}

/// What a change from `before` to `after` weakens.
pub(super) fn weakened(type_name: &str, kind: Kind, before: &Value, after: &Value, unknown: &Value) -> Vec<Weakened> {
    let (Some(before), Some(after)) = (before.as_object(), after.as_object()) else { return Vec::new() };
    let mut walk = Walk { type_name, guards: kind.guards || type_name.split('_').any(|word| word == "versioning"), found: Vec::new() };
    for (key, was) in before {
        let now = after.get(key).unwrap_or(&Value::Null);
        if was != now {
            let rail = Rail { top: key, protects: protects(key) };
            walk.compare(rail, key, was, now, unknown.get(key).unwrap_or(&Value::Null));
        }
    }
    for key in BETTER_OFF.iter().filter(|key| is_on(after.get(**key)) && !is_on(before.get(**key))) {
        walk.found.push(Weakened { how: format!("`{key}` switched on"), drops_copies: false });
    }
    walk.expiry(before, after);
    walk.found.sort();
    walk.found.dedup();
    walk.found
}

/// Where in the values a comparison is.
#[derive(Clone, Copy)]
struct Rail<'v> {
    /// The attribute at the top: the name that is shown.
    top: &'v str,
    /// Whether a name on the way down says that it protects.
    protects: bool,
}

struct Walk<'t> {
    type_name: &'t str,
    /// Whether all of this type protects.
    guards: bool,
    found: Vec<Weakened>,
}

impl Walk<'_> {
    fn compare<'v>(&mut self, rail: Rail<'v>, key: &str, was: &'v Value, now: &'v Value, unknown: &Value) {
        if was == now || HARMLESS.contains(&key) || BETTER_OFF.contains(&key) {
            return;
        }
        let protects = rail.protects || self.guards;
        match (was, now) {
            _ if protects && now.is_null() && unknown == &Value::Bool(true) => {
                self.note(rail, "is not known before the apply", false);
            }
            (Value::Bool(true), Value::Bool(false) | Value::Null) if protects || key == "disable_api_stop" => {
                self.note(rail, "switched off", false);
            }
            (Value::Number(was), Value::Number(_) | Value::Null) if is_length(key) => {
                self.lowered(rail, was.as_f64(), now.as_f64().unwrap_or(0.0));
            }
            (Value::String(was), now) if protects && is_word_for_on(was) && now.as_str().is_none_or(is_word_for_off) => {
                self.note(rail, "switched off", false);
            }
            (Value::Object(was), Value::Object(now)) => self.fields(rail, was, now, unknown),
            (Value::Array(was), Value::Array(now)) if was.len() <= now.len() => {
                for (at, (was, now)) in was.iter().zip(now).enumerate() {
                    self.compare(rail, key, was, now, unknown.get(at).unwrap_or(&Value::Null));
                }
            }
            (Value::Array(_) | Value::Object(_), now) if protects && size(now) < size(was) => {
                self.note(rail, if size(now) == 0 { "taken away" } else { "has less than before" }, false);
            }
            _ => {}
        }
    }

    fn fields<'v>(&mut self, rail: Rail<'v>, was: &'v Map<String, Value>, now: &'v Map<String, Value>, unknown: &Value) {
        for (key, was) in was {
            let below = Rail { protects: rail.protects || protects(key), ..rail };
            self.compare(below, key, was, now.get(key).unwrap_or(&Value::Null), unknown.get(key).unwrap_or(&Value::Null));
        }
    }

    fn lowered(&mut self, rail: Rail<'_>, was: Option<f64>, now: f64) {
        let Some(was) = was else { return };
        // A log group that keeps nothing for a number of days keeps it for ever.
        let for_ever = self.type_name == "aws_cloudwatch_log_group";
        let rank = |days: f64| if for_ever && days == 0.0 { f64::INFINITY } else { days };
        if rank(now) < rank(was) {
            self.note(rail, if now == 0.0 && !for_ever { "set to nothing" } else { "lowered" }, true);
        }
    }

    /// Rules that let objects expire by themselves.
    fn expiry(&mut self, before: &Map<String, Value>, after: &Map<String, Value>) {
        for (key, now) in after.iter().filter(|(key, now)| before.get(*key) != Some(now) && expires(key)) {
            if size(now) > 0 && (size(now) > before.get(key).map_or(0, size) || has_expiry(now)) {
                self.found.push(Weakened { how: format!("{} lets data expire", quoted(key)), drops_copies: true });
            }
        }
    }

    fn note(&mut self, rail: Rail<'_>, how: &str, drops_copies: bool) {
        self.found.push(Weakened { how: format!("{} {how}", quoted(rail.top)), drops_copies });
    }
}

/// Whether making an object of this type lets data expire by itself.
pub(super) fn makes_expire(type_name: &str, after: &Value) -> bool {
    type_name.contains("lifecycle") && has_expiry(after)
}

fn expires(key: &str) -> bool {
    ["lifecycle_rule", "lifecycle_rules", "ttl", "default_table_expiration_ms", "default_partition_expiration_ms", "expiration_policy"].contains(&key)
}

fn has_expiry(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(has_expiry),
        Value::Object(fields) => fields.iter().any(|(key, inner)| {
            let named = key.contains("expiration") || key.contains("expire") || key == "delete";
            let deletes = key == "type" && inner.as_str() == Some("Delete");
            (named && size(inner) > 0) || deletes || has_expiry(inner)
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn protects(key: &str) -> bool {
    key.split('_').any(|word| PROTECTIVE.contains(&word))
}

fn is_length(key: &str) -> bool {
    key.split('_').any(|word| LENGTHS.contains(&word))
}

fn is_on(value: Option<&Value>) -> bool {
    matches!(value, Some(Value::Bool(true))) || value.and_then(Value::as_str) == Some("true")
}

fn is_word_for_on(text: &str) -> bool {
    ["enabled", "enable", "on", "true", "active", "enforced", "governance", "compliance", "required"].contains(&text.to_lowercase().as_str())
}

fn is_word_for_off(text: &str) -> bool {
    let words = ["disabled", "disable", "off", "false", "inactive", "suspended", "none", "inherited", "optional", ""];
    words.contains(&text.to_lowercase().as_str())
}

/// How much is in a value.
fn size(value: &Value) -> usize {
    match value {
        Value::Null => 0,
        Value::Array(items) => items.len(),
        Value::Object(fields) => fields.values().filter(|field| !field.is_null()).count(),
        Value::String(text) => usize::from(!text.is_empty()),
        Value::Bool(_) | Value::Number(_) => 1,
    }
}

#[cfg(test)]
mod tests;
