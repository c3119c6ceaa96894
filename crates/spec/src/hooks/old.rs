//! The old form: `{enabled, name, description, version, when: {type, patterns?, toolTypes?}, then: {type, prompt | command}}`.

use super::{Action, Applies, Hook, Reader, Reading, Trigger};
use crate::globs;
use crate::tree::Node;

const KEYS: [&str; 8] = ["enabled", "name", "description", "version", "when", "then", "workspaceFolderName", "shortName"];

pub(super) fn read(file: &str, root: &Node) -> Reading {
    let mut reader = Reader { file, findings: Vec::new() };
    for entry in root.entries().iter().filter(|entry| !KEYS.contains(&entry.key.as_str())) {
        match entry.key == "timeout" {
            true => reader.warning("hook-timeout", &entry.at, "`timeout` does nothing here", "put it into `then`"),
            false => reader.warning("hook-key", &entry.at, format!("`{}` is no key of a hook", entry.key), "take it out"),
        }
    }
    let name = reader.needed(root, "name");
    let description = reader.optional(root, "description");
    let enabled = reader.flag(root, "enabled");
    if root.get("enabled").is_none() {
        reader.warning("hook-key", &root.span, "there is no `enabled`: the hook is off", "write `\"enabled\": true`");
    }
    let (trigger, applies) = when(&mut reader, root).unzip();
    let action = then(&mut reader, root);
    let seconds = root.get("then").map_or(super::SECONDS, |then| reader.seconds(then));
    let hook = name.zip(trigger).zip(applies.zip(action)).map(|((name, trigger), (applies, action))| Hook {
        name,
        description,
        trigger,
        applies,
        action,
        seconds,
        enabled: enabled.unwrap_or(false),
        confirm: false,
        span: root.span.clone(),
    });
    reader.end(hook)
}

fn when(reader: &mut Reader<'_>, root: &Node) -> Option<(Trigger, Applies)> {
    let Some(when) = root.get("when").filter(|when| when.is_map()) else {
        reader.error("hook-shape", &root.span, "there is no `when`", "write `\"when\": {\"type\": \"fileEdited\", \"patterns\": [\"…\"]}`");
        return None;
    };
    reader.unknown(when, &["type", "patterns", "toolTypes", "button_text"]);
    let trigger = reader.trigger(when, "type", true)?;
    let (patterns, tools) = (reader.texts(when, "patterns"), reader.texts(when, "toolTypes"));
    if trigger.is_about_files() {
        return Some((trigger, paths(reader, when, patterns)?));
    }
    Some((trigger, tools.filter(|_| trigger.is_about_tools()).map_or(Applies::All, Applies::Tools)))
}

/// A hook on files says which; without patterns it would be run for all.
fn paths(reader: &mut Reader<'_>, when: &Node, patterns: Option<Vec<String>>) -> Option<Applies> {
    let Some(patterns) = patterns else {
        if when.get("patterns").is_none() {
            reader.error("hook-key", &when.span, "there are no `patterns`", "write `\"patterns\": [\"**/*.rs\"]`");
        }
        return None;
    };
    for (pattern, why) in patterns.iter().filter_map(|pattern| Some((pattern, globs::fault(pattern)?))) {
        let span = when.get("patterns").map_or(when.span.clone(), |patterns| patterns.span.clone());
        reader.warning("hook-pattern", &span, format!("`{pattern}` matches nothing: {why}"), "write it from the project's root");
    }
    Some(Applies::Paths(patterns))
}

fn then(reader: &mut Reader<'_>, root: &Node) -> Option<Action> {
    let Some(then) = root.get("then").filter(|then| then.is_map()) else {
        reader.error("hook-shape", &root.span, "there is no `then`", "write `\"then\": {\"type\": \"askAgent\", \"prompt\": \"…\"}`");
        return None;
    };
    match then.get("type").and_then(Node::text) {
        Some("askAgent") => {
            reader.unknown(then, &["type", "prompt", "timeout"]);
            reader.needed(then, "prompt").map(Action::Prompt)
        }
        Some("runCommand") => {
            reader.unknown(then, &["type", "command", "timeout"]);
            reader.command(then).map(Action::Command)
        }
        other => {
            let text = other.map_or_else(|| "`then` has no type".to_owned(), |other| format!("there is no action `{other}`"));
            reader.error("hook-shape", &then.span, text, "write `askAgent` or `runCommand`");
            None
        }
    }
}
