//! The new form: `{"version": "v1", "hooks": [{name, description?, trigger, matcher?, action, timeout?, enabled?, confirm?}]}`.

use super::{Action, Applies, Hook, Reader, Reading};
use crate::tree::Node;

pub(super) fn read(file: &str, root: &Node) -> Vec<Reading> {
    let mut reader = Reader { file, findings: Vec::new() };
    if root.get("version").and_then(Node::text) != Some("v1") {
        let span = root.get("version").map_or(root.span.clone(), |version| version.span.clone());
        reader.error("hook-shape", &span, "the version is not `v1`, and nothing in the file is run", "write `\"version\": \"v1\"`");
        return vec![reader.end(None)];
    }
    for entry in root.entries().iter().filter(|entry| !["version", "hooks"].contains(&entry.key.as_str())) {
        reader.warning("hook-key", &entry.at, format!("`{}` is no key of a hook file", entry.key), "put it into a hook, or take it out");
    }
    let Some(list) = root.get("hooks").and_then(Node::list) else {
        reader.error("hook-shape", &root.span, "`hooks` is not a list", "write `\"hooks\": [{…}]`");
        return vec![reader.end(None)];
    };
    let mut readings = vec![reader.end(None)];
    readings.extend(list.iter().map(|node| hook(file, node)));
    readings
}

const KEYS: [&str; 8] = ["name", "description", "trigger", "matcher", "action", "timeout", "enabled", "confirm"];

fn hook(file: &str, node: &Node) -> Reading {
    let mut reader = Reader { file, findings: Vec::new() };
    if !node.is_map() {
        reader.error("hook-shape", &node.span, format!("a hook is {}", node.kind()), "write `{\"name\", \"trigger\", \"action\"}`");
        return reader.end(None);
    }
    reader.unknown(node, &KEYS);
    let name = reader.needed(node, "name");
    let description = reader.optional(node, "description");
    let trigger = reader.trigger(node, "trigger", false);
    let matcher = reader.optional(node, "matcher");
    if let Some(trigger) = trigger.filter(|trigger| matcher.is_some() && !trigger.is_about_files() && !trigger.is_about_tools()) {
        let text = format!("`matcher` does nothing for {}", trigger.name());
        reader.warning("hook-key", &node.span, text, "take it out");
    }
    let applies = matcher.filter(|matcher| !matcher.is_empty()).map_or(Applies::All, Applies::Matching);
    let action = action(&mut reader, node);
    let seconds = reader.seconds(node);
    let enabled = reader.flag(node, "enabled").unwrap_or(true);
    let confirm = reader.flag(node, "confirm").unwrap_or(false);
    let hook = name.zip(trigger).zip(action).map(|((name, trigger), action)| Hook {
        name,
        description,
        trigger,
        applies,
        action,
        seconds,
        enabled,
        confirm,
        span: node.span.clone(),
    });
    reader.end(hook)
}

fn action(reader: &mut Reader<'_>, node: &Node) -> Option<Action> {
    let Some(action) = node.get("action").filter(|action| action.is_map()) else {
        reader.error("hook-shape", &node.span, "there is no `action`", "write `\"action\": {\"type\": \"command\", \"command\": \"…\"}`");
        return None;
    };
    if let Some(entry) = action.entries().iter().find(|entry| entry.key == "timeout") {
        reader.warning("hook-timeout", &entry.at, "`timeout` inside `action` does nothing", "put it beside `action`");
    }
    match action.get("type").and_then(Node::text) {
        Some("command") => {
            reader.unknown(action, &["type", "command", "timeout"]);
            reader.command(action).map(Action::Command)
        }
        Some("agent") => {
            reader.unknown(action, &["type", "prompt", "timeout"]);
            reader.needed(action, "prompt").map(Action::Prompt)
        }
        other => {
            let text = other.map_or_else(|| "the action has no type".to_owned(), |other| format!("there is no action `{other}`"));
            reader.error("hook-shape", &action.span, text, "write `command` or `agent`");
            None
        }
    }
}
