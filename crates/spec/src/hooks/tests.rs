use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn read(value: &Value) -> Hooks {
    Hooks::read("a.json", &value.to_string())
}

fn rules(hooks: &Hooks) -> Vec<&'static str> {
    hooks.findings.iter().map(|finding| finding.rule).collect()
}

fn v1(change: &str, to: Value) -> Value {
    let mut hook = json!({"name": "lint", "trigger": "PostFileSave", "matcher": "\\.rs$", "action": {"type": "command", "command": "cargo fmt"}, "timeout": 5});
    hook[change] = to;
    json!({"version": "v1", "hooks": [hook]})
}

fn old(change: &[&str], to: Value) -> Value {
    let mut hook = json!({"enabled": true, "name": "docs", "version": "1", "when": {"type": "fileEdited", "patterns": ["**/*.rs"]}, "then": {"type": "askAgent", "prompt": "Mind the docs."}});
    *change.iter().fold(&mut hook, |at, key| &mut at[*key]) = to;
    hook
}

#[test]
fn the_new_form_is_read() {
    let hooks = read(&v1("enabled", json!(false)));
    assert_eq!(hooks.findings, []);
    let hook = &hooks.hooks[0];
    assert_eq!((hook.name.as_str(), hook.trigger, hook.seconds, hook.enabled, hook.confirm), ("lint", Trigger::FileSaved, 5, false, false));
    assert_eq!((&hook.applies, &hook.action), (&Applies::Matching("\\.rs$".into()), &Action::Command("cargo fmt".into())));
    let prompt = read(&json!({"version": "v1", "hooks": [{"name": "a", "trigger": "Stop", "action": {"type": "agent", "prompt": "Sum up."}, "confirm": true}]}));
    let hook = &prompt.hooks[0];
    assert_eq!((&hook.action, hook.seconds, hook.enabled, hook.confirm), (&Action::Prompt("Sum up.".into()), SECONDS, true, true));
}

#[test]
fn the_old_form_is_read_in_either_kind_of_file() {
    let hooks = read(&old(&["shortName"], json!("d")));
    assert_eq!(hooks.findings, []);
    assert_eq!((hooks.hooks[0].trigger, &hooks.hooks[0].applies), (Trigger::FileSaved, &Applies::Paths(vec!["**/*.rs".into()])));
    let tool = read(&old(&["when"], json!({"type": "preToolUse", "toolTypes": ["write"]})));
    assert_eq!((tool.hooks[0].trigger, &tool.hooks[0].applies), (Trigger::BeforeTool, &Applies::Tools(vec!["write".into()])));
    let command = read(&old(&["then"], json!({"type": "runCommand", "command": "make", "timeout": 30})));
    assert_eq!((&command.hooks[0].action, command.hooks[0].seconds), (&Action::Command("make".into()), 30));
    assert!(Hooks::is_one("a.kiro.hook") && Hooks::is_one("a.json") && !Hooks::is_one("README.md"));
}

#[test]
fn every_trigger_has_its_names_in_both_forms() {
    for (trigger, new, former) in TRIGGERS {
        assert_eq!((read(&v1("trigger", json!(new))).hooks[0].trigger, trigger.name()), (trigger, new));
        if !former.is_empty() {
            let value = old(&["when", "type"], json!(former));
            assert_eq!(read(&value).hooks[0].trigger, trigger, "{former}");
        }
    }
    let stoppers: Vec<&str> = TRIGGERS.iter().filter(|(trigger, _, _)| trigger.can_stop()).map(|(_, new, _)| *new).collect();
    assert_eq!(stoppers, ["UserPromptSubmit", "PreToolUse", "PreTaskExec"]);
}

#[test]
fn a_hook_that_is_not_wholly_understood_is_never_given_out() {
    let cases = [
        (v1("trigger", json!("onSave")), "hook-trigger"),
        (v1("trigger", json!("fileEdited")), "hook-trigger"),
        (v1("trigger", json!(1)), "hook-trigger"),
        (v1("patterns", json!(["*.rs"])), "hook-key"),
        (v1("name", json!("")), "hook-key"),
        (v1("matcher", json!(["x"])), "hook-key"),
        (v1("enabled", json!("false")), "hook-key"),
        (v1("timeout", json!("60")), "hook-timeout"),
        (v1("timeout", json!(0)), "hook-timeout"),
        (v1("timeout", json!(1e9)), "hook-timeout"),
        (v1("action", json!("cargo fmt")), "hook-shape"),
        (v1("action", json!({"type": "shell", "command": "x"})), "hook-shape"),
        (v1("action", json!({"type": "command"})), "hook-key"),
        (v1("action", json!({"type": "command", "command": "x", "cwd": "/"})), "hook-key"),
        (json!({"version": "v2", "hooks": []}), "hook-shape"),
        (json!({"hooks": []}), "hook-shape"),
        (json!({"version": "v1", "hooks": {}}), "hook-shape"),
        (json!({"version": "v1", "hooks": ["x"]}), "hook-shape"),
        (json!({"trigger": "onSave", "action": "x"}), "hook-shape"),
        (json!({"name": "x", "triggers": [], "actions": []}), "hook-shape"),
        (json!([]), "hook-shape"),
        (old(&["when", "type"], json!("manual")), "hook-trigger"),
        (old(&["when", "type"], json!("userPrompt")), "hook-trigger"),
        (old(&["when", "type"], json!("PostFileSave")), "hook-trigger"),
        (old(&["when", "patterns"], json!("*.rs")), "hook-key"),
        (old(&["when", "patterns"], json!([1, {}])), "hook-key"),
        (old(&["when"], json!({"type": "fileEdited"})), "hook-key"),
        (old(&["when", "branch"], json!("main")), "hook-key"),
        (old(&["when"], json!("fileEdited")), "hook-shape"),
        (old(&["then"], json!(null)), "hook-shape"),
        (old(&["then", "type"], json!("agent")), "hook-shape"),
        (old(&["enabled"], json!(1)), "hook-key"),
    ];
    for (value, rule) in cases {
        let hooks = read(&value);
        let is_told = hooks.findings.iter().any(|finding| finding.severity == Severity::Error && finding.hint.is_some());
        assert!(hooks.hooks.is_empty() && is_told, "{value}: {hooks:?}");
        assert!(rules(&hooks).contains(&rule), "{value}: {:?}", hooks.findings);
    }
    for text in ["", "not json", "{\"version\": \"v1\", \"hooks\": [}", "{\"a\": 1, \"a\": 2}"] {
        assert_eq!(rules(&Hooks::read("a.json", text)), ["hook-form"], "{text}");
    }
}

#[test]
fn what_does_not_do_what_it_seems_to_is_told_and_the_hook_runs_within_bounds() {
    let misplaced = read(&v1("action", json!({"type": "command", "command": "x", "timeout": 600})));
    assert_eq!((rules(&misplaced), misplaced.hooks[0].seconds), (vec!["hook-timeout"], 5));
    let misplaced = read(&old(&["timeout"], json!(600)));
    assert_eq!((rules(&misplaced), misplaced.hooks[0].seconds), (vec!["hook-timeout"], SECONDS));
    let absolute = read(&v1("action", json!({"type": "command", "command": "/home/ana/lint.sh"})));
    assert_eq!((rules(&absolute), absolute.hooks.len()), (vec!["hook-path"], 1));
    let pattern = read(&old(&["when", "patterns"], json!(["/etc/*"])));
    assert_eq!(rules(&pattern), ["hook-pattern"]);
    let mut off = old(&["name"], json!("x"));
    off.as_object_mut().unwrap().remove("enabled");
    assert_eq!((rules(&read(&off)), read(&off).hooks[0].enabled), (vec!["hook-key"], false));
    assert_eq!(rules(&read(&v1("trigger", json!("Stop")))), ["hook-key"], "a matcher for nothing");
}

#[test]
fn one_bad_hook_does_not_take_the_others_with_it() {
    let mut value = v1("name", json!("good"));
    value["hooks"].as_array_mut().unwrap().insert(0, json!({"name": "bad"}));
    let hooks = read(&value);
    assert_eq!(hooks.hooks.iter().map(|hook| hook.name.as_str()).collect::<Vec<_>>(), ["good"]);
    assert!(!hooks.findings.is_empty());
}

proptest! {
    #[test]
    fn a_key_more_is_never_a_hook_more(key in "[a-zA-Z]{1,10}") {
        prop_assume!(!["name", "description", "trigger", "matcher", "action", "timeout", "enabled", "confirm"].contains(&key.as_str()));
        prop_assert!(read(&v1(&key, json!("x"))).hooks.is_empty());
    }
}
