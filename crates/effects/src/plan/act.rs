//! What is done to one object, from the `actions` of its change, and why.

use serde_json::Value;

use super::document::Row;
use crate::path::quoted;

/// What is done to one object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Nothing,
    Read,
    Create,
    Update,
    Delete,
    /// Deleted and made anew.
    Replace { new_first: bool },
    /// Left alone, and no longer in the state.
    Forget,
    /// The old one is forgotten, a new one is made.
    Supersede,
    /// Actions that no version known here has.
    Unknown,
}

impl Act {
    pub(super) fn of(actions: &[String]) -> Self {
        let words: Vec<&str> = actions.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["no-op"] => Self::Nothing,
            ["read"] => Self::Read,
            ["create"] => Self::Create,
            ["update"] => Self::Update,
            ["delete"] => Self::Delete,
            ["delete", "create"] => Self::Replace { new_first: false },
            ["create", "delete"] => Self::Replace { new_first: true },
            ["forget"] => Self::Forget,
            ["create", "forget"] | ["forget", "create"] => Self::Supersede,
            _ => Self::Unknown,
        }
    }

    /// Whether the object that is there ends.
    pub(super) fn ends(self) -> bool {
        matches!(self, Self::Delete | Self::Replace { .. })
    }

    /// Whether a new object is made.
    pub(super) fn makes(self) -> bool {
        matches!(self, Self::Create | Self::Replace { .. } | Self::Supersede)
    }
}

/// Why, in words; the attributes by name, never by value.
pub(super) fn reason(row: &Row<'_>) -> Option<String> {
    let reason = row.action_reason.as_deref()?;
    Some(match reason {
        "replace_because_cannot_update" => match forcing(row) {
            Some(attributes) => format!("because {attributes} cannot be changed in place"),
            None => "because it cannot be changed in place".into(),
        },
        "replace_because_tainted" => "because it is tainted".into(),
        "replace_by_request" => "because it was asked for".into(),
        "replace_by_triggers" => "because of `replace_triggered_by`".into(),
        "delete_because_no_resource_config" => "no longer in the configuration".into(),
        "delete_because_wrong_repetition" => "`count` or `for_each` came or went".into(),
        "delete_because_count_index" => "its index is beyond `count`".into(),
        "delete_because_each_key" => "its key is no longer in `for_each`".into(),
        "delete_because_no_module" => "its module is no longer in the configuration".into(),
        "delete_because_no_move_target" => "what it was moved to is not in the configuration".into(),
        "read_because_config_unknown" => "not known before the apply".into(),
        "read_because_dependency_pending" => "what it hangs on changes first".into(),
        "read_because_check_nested" => "for a check".into(),
        other => format!("reason: {}", quoted(other)),
    })
}

/// The attributes that force a replacement, at most three of them by name.
fn forcing(row: &Row<'_>) -> Option<String> {
    let paths: Vec<Vec<Value>> = serde_json::from_str(row.change.replace_paths?.get()).ok()?;
    let mut names: Vec<&str> = paths.iter().filter_map(|path| path.first()?.as_str()).collect();
    names.dedup();
    let more = if names.len() > 3 { ", …" } else { "" };
    let shown: Vec<String> = names.iter().take(3).map(|name| quoted(name)).collect();
    (!shown.is_empty()).then(|| format!("{}{more}", shown.join(", ")))
}
