use action::{Deed, Digest};

use super::*;

fn hooks(files: &[(&str, &str)]) -> Hooks {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join(FOLDER)).unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(FOLDER).join(name), text).unwrap();
    }
    Hooks::read(&Shown { root: folder.path(), closed: &[], kept_out: &|_| false })
}

fn one(trigger: &str, more: &str) -> String {
    format!(r#"{{"version": "v1", "hooks": [{{"name": "h", "trigger": "{trigger}", "action": {{"type": "command", "command": "x"}}{more}}}]}}"#)
}

fn write() -> Called {
    Called::of("write", &Deed::Write { path: "a".into(), content: Digest::of_bytes(b"") })
}

fn read() -> Called {
    Called::of("read", &Deed::Read { path: "a".into(), offset: 1, limit: 1 })
}

fn due(hooks: &Hooks, occasion: Occasion<'_>) -> usize {
    hooks.due(occasion).len()
}

#[test]
fn a_hook_is_due_for_its_trigger_and_what_it_applies_to() {
    let tools = hooks(&[("a.json", &one("PreToolUse", r#", "matcher": "fs_write|mcp__.*""#))]);
    assert_eq!(due(&tools, Occasion::Tool(Trigger::BeforeTool, &write())), 1);
    assert_eq!(due(&tools, Occasion::Tool(Trigger::BeforeTool, &read())), 0);
    assert_eq!(due(&tools, Occasion::Tool(Trigger::AfterTool, &write())), 0);
    let files = hooks(&[("a.kiro.hook", r#"{"enabled": true, "name": "h", "when": {"type": "fileEdited", "patterns": ["**/*.rs"]}, "then": {"type": "askAgent", "prompt": "p"}}"#)]);
    assert_eq!(due(&files, Occasion::File(Trigger::FileSaved, "src/a.rs")), 1);
    assert_eq!(due(&files, Occasion::File(Trigger::FileSaved, "src/a.py")), 0);
    assert_eq!(due(&files, Occasion::File(Trigger::FileCreated, "src/a.rs")), 0);
    let kinds = hooks(&[("a.kiro.hook", r#"{"enabled": true, "name": "h", "when": {"type": "preToolUse", "toolTypes": ["write", "@docs/.*"]}, "then": {"type": "runCommand", "command": "x"}}"#)]);
    assert_eq!((due(&kinds, Occasion::Tool(Trigger::BeforeTool, &write())), due(&kinds, Occasion::Tool(Trigger::BeforeTool, &read()))), (1, 0));
    assert_eq!(due(&kinds, Occasion::Tool(Trigger::BeforeTool, &Called::offered("mcp__docs__x"))), 1);
    let all = hooks(&[("a.json", &one("Stop", "")), ("b.json", &one("PreToolUse", r#", "matcher": "*""#))]);
    assert_eq!((due(&all, Occasion::Plain(Trigger::AgentStopped)), due(&all, Occasion::Tool(Trigger::BeforeTool, &read()))), (1, 1));
}

#[test]
fn a_hook_with_a_finding_is_never_due_and_the_person_is_told() {
    for (text, said) in [
        (one("PreToolUse", r#", "matcher": "(""#), "does not compile"),
        (one("PreToolUse", r#", "matcher": "(((a{100}){100}){100})""#), "does not compile"),
        (one("PreToolUse", r#", "only": "x""#), "`only` is no key"),
        (one("Manual", r#", "matcher": "x""#), "`matcher` does nothing"),
        (one("Whenever", ""), "nothing triggers `Whenever`"),
        ("{".to_owned(), "cannot be read"),
    ] {
        let mut hooks = hooks(&[("a.json", &text)]);
        assert!(hooks.ready.is_empty(), "{text}");
        let notes = hooks.take_notes().join("\n");
        assert!(notes.contains(said) && notes.contains("not run"), "{text}: {notes}");
    }
}

#[test]
fn one_hook_with_a_finding_does_not_stop_the_others_of_its_file() {
    let text = r#"{"version": "v1", "hooks": [
        {"name": "bad", "trigger": "Stop", "action": {"type": "command", "command": "x", "timeout": 1}},
        {"name": "good", "trigger": "Stop", "action": {"type": "command", "command": "x"}},
        {"name": "off", "trigger": "Stop", "enabled": false, "action": {"type": "command", "command": "x"}}]}"#;
    let hooks = hooks(&[("a.json", text), ("README.md", "no hook")]);
    assert_eq!(hooks.ready.iter().map(|hook| hook.name.as_str()).collect::<Vec<_>>(), ["good"]);
}

#[test]
fn a_person_starts_one_by_its_name() {
    let two = hooks(&[("a.json", &one("Manual", "")), ("b.json", &one("Manual", ""))]);
    assert!(matches!(two.named("h"), Err(NoHook::Several { .. })));
    let one = hooks(&[("a.json", &one("Manual", "")), ("b.json", &one("Stop", ""))]);
    assert!(one.named("h").is_ok());
    assert!(matches!(one.named("x"), Err(NoHook::Absent { .. })));
}

#[test]
fn hooks_that_cannot_be_looked_at_are_told() {
    let world = tempfile::tempdir().unwrap();
    let root = world.path().join("project");
    std::fs::create_dir_all(root.join(".kiro")).unwrap();
    std::fs::create_dir(world.path().join("elsewhere")).unwrap();
    std::fs::write(world.path().join("elsewhere/a.json"), one("Stop", "")).unwrap();
    std::os::unix::fs::symlink("../../elsewhere", root.join(FOLDER)).unwrap();
    let (hooks, notes) = hooks_of(&root);
    assert!(hooks.is_empty() && notes.concat().contains("leads out of the project"), "{notes:?}");
    let many: Vec<String> = (0..MOST + 1).map(|n| format!("{n:04}.json")).collect();
    let text = one("Stop", "");
    let files: Vec<(&str, &str)> = many.iter().map(|name| (name.as_str(), text.as_str())).collect();
    let mut hooks = super::tests::hooks(&files);
    assert_eq!((hooks.ready.len(), hooks.take_notes().len()), (MOST, 1));
}

#[test]
fn a_hook_that_was_to_say_yes_is_known_in_every_form_it_may_have() {
    use Trigger::{BeforeTask, BeforeTool, PromptSubmitted};
    let of = |text: &str| super::guards(text).into_iter().map(|(_, trigger)| trigger).collect::<Vec<_>>();
    assert_eq!(of(r#"{"version":"v1","hooks":[{"name":"a","trigger":"PreToolUse"},{"trigger":"PostToolUse"},{"trigger":"PreTaskExec","enabled":false}]}"#), [BeforeTool]);
    assert_eq!(of(r#"{"name":"a","when":{"type":"promptSubmit"},"then":{}}"#), [PromptSubmitted]);
    assert_eq!(of(r#"{"hooks":[{"triggers":["PreTaskExec","PreToolUse"]}]}"#), [BeforeTask, BeforeTool]);
    assert_eq!(of(r#"{"hooks":{"PreToolUse":[{"matcher":"*"}]}}"#), [BeforeTool]);
    assert_eq!(of(r#"{"when":{"type":"preToolUse",},}"#), [BeforeTool], "no JSON");
    assert_eq!(of("\u{feff}{\"hooks\":[{\"trigger\":\"Manual\"}]}"), []);
}
