use super::*;

fn check(file: &str, text: &str, usable: bool, rules: &[&str]) {
    let agent = Agent::read(file, text);
    assert_eq!(agent.findings.iter().map(|finding| finding.rule).collect::<Vec<_>>(), rules, "{text}: {:?}", agent.findings);
    assert_eq!(agent.is_usable(), usable, "{text}");
    assert!(agent.findings.iter().all(|finding| text.get(finding.span.clone()).is_some()));
}

const WHOLE: &str = "---
name: reviewer
description: Reads and says.
tools: [read, \"@builtin\", \"@git\", \"@git/log\", \"*\", grep]
excludedTools: [write]
model: small
effortLevel: low
includeMcpJson: true
mcpServers: {docs: {command: docs}}
resources: [\"file://README.md\", \"skill://x\", {type: knowledgeBase, source: wiki}]
permissions:
  rules:
    - {capability: shell, effect: ask, match: [\"git *\"], exclude: [\"git push*\"]}
    - {capability: fs_write, effect: deny}
  policies: [read-workspace]
---
Read it with care.
";

#[test]
fn a_whole_markdown_profile_is_read() {
    check("agents/x.md", WHOLE, true, &[]);
    let agent = Agent::read("agents/x.md", WHOLE);
    assert_eq!((agent.name.as_str(), agent.prompt.as_deref()), ("reviewer", Some("Read it with care.")));
    let tools = agent.tools.unwrap();
    assert_eq!(tools[..3], [Tool::Kind("read".into()), Tool::Origin("@builtin".into()), Tool::Server("git".into(), None)]);
    assert_eq!(tools[3..], [Tool::Server("git".into(), Some("log".into())), Tool::All, Tool::Name("grep".into())]);
    assert_eq!((agent.excluded, agent.servers, agent.include_servers), (vec![Tool::Kind("write".into())], vec!["docs".to_owned()], true));
    assert_eq!(agent.resources, [Resource::File("README.md".into()), Resource::Skill("x".into()), Resource::Knowledge("wiki".into())]);
    let permissions = agent.permissions.unwrap();
    assert_eq!(permissions.rules[0].matches, ["git *"]);
    assert_eq!((permissions.rules[0].excludes.len(), permissions.policies.as_slice()), (1, ["read-workspace".to_owned()].as_slice()));
}

#[test]
fn a_json_profile_is_read_and_named_after_its_file() {
    let text = r#"{"description": "d", "prompt": "Go.", "tools": []}"#;
    check("a/quick.json", text, true, &[]);
    let agent = Agent::read("a/quick.json", text);
    assert_eq!((agent.name.as_str(), agent.prompt.as_deref(), agent.tools), ("quick", Some("Go."), Some(vec![])));
    assert_eq!(Agent::read("b.json", "{}").tools, None);
}

#[test]
fn permissions_only_narrow() {
    let text = r#"{"permissions": {"rules": [{"capability": "shell", "effect": "allow"}, {"capability": "web", "effect": "deny"}]}}"#;
    check("a.json", text, true, &["agent-allows"]);
    let permissions = Agent::read("a.json", text).permissions.unwrap();
    assert_eq!(permissions.narrowing().map(|rule| rule.capability.as_str()).collect::<Vec<_>>(), ["web"]);
    assert!(Effect::Allow < Effect::Ask && Effect::Ask < Effect::Deny);
    check("a.json", r#"{"allowedTools": ["shell"], "permissions": {}}"#, true, &["agent-key"]);
}

#[test]
fn a_profile_that_other_tools_skip_silently_is_told() {
    check("a.json", r#"{"allowedTools": ["shell"]}"#, true, &["agent-key", "agent-skipped"]);
    check("a.json", r#"{"toolsSettings": {}}"#, true, &["agent-key", "agent-skipped"]);
    check("a.md", "---\nallowedTools: [shell]\n---\nx", true, &["agent-key"]);
    check("a.json", r#"{"tools": ["knowledge", "todo_list"]}"#, true, &["agent-tool", "agent-tool"]);
    check("a.json", r#"{"hooks": {}}"#, true, &["agent-key"]);
    check("a.md", "---\nprompt: x\n---\ny", true, &["agent-key"]);
}

#[test]
fn a_profile_with_an_error_is_not_usable() {
    for (text, rule) in [
        ("[]", "agent-form"),
        ("{", "agent-form"),
        (r#"{"permission": {}}"#, "agent-key"),
        (r#"{"tools": "read"}"#, "agent-value"),
        (r#"{"tools": [1, "@/x"]}"#, "agent-value"),
        (r#"{"tools": [{}]}"#, "agent-value"),
        (r#"{"includeMcpJson": "yes"}"#, "agent-value"),
        (r#"{"name": ""}"#, "agent-value"),
        (r#"{"mcpServers": []}"#, "agent-value"),
        (r#"{"resources": "x"}"#, "agent-value"),
        (r#"{"resources": ["https://x"]}"#, "agent-value"),
        (r#"{"permissions": []}"#, "agent-value"),
        (r#"{"permissions": {"rule": []}}"#, "agent-value"),
        (r#"{"permissions": {"rules": {}}}"#, "agent-value"),
        (r#"{"permissions": {"rules": ["x"]}}"#, "agent-value"),
        (r#"{"permissions": {"rules": [{"capability": "shell", "effect": "block"}]}}"#, "agent-value"),
        (r#"{"permissions": {"rules": [{"capability": "shell", "effect": "deny", "when": 1}]}}"#, "agent-value"),
        (r#"{"permissions": {"rules": [{"capability": "shell", "effect": "deny", "match": [{}]}]}}"#, "agent-value"),
        (r#"{"permissions": {"policies": ["root"]}}"#, "agent-value"),
    ] {
        let agent = Agent::read("a.json", text);
        assert!(!agent.is_usable() && agent.findings[0].rule == rule, "{text}: {:?}", agent.findings);
    }
    check("a.md", "Just words.\n", false, &["agent-form"]);
    check("a.md", "\n---\nname: x\n---\n", false, &["front-matter-place"]);
}
