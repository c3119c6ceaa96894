use action::{AgentName, Decision, McpAsk, McpPlace, McpServer};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use spec::agents::Agent;

use super::*;

const TOOLS: [&str; 9] = ["read", "write", "shell", "subagent", "grep", "fs_write", "@builtin", "@mcp", "@docs/get_*"];
const CAPABILITIES: [&str; 5] = ["fs_read", "fs_write", "shell", "mcp", "subagent"];
const PATTERNS: [&str; 6] = ["src/**", "*.lock", "docs", "git push*", "docs/*", "reviewer"];
const CALLS: [&str; 12] = ["read", "grep", "write", "edit", "delete", "take", "shell", "delegate", "plan", "change_environment", "mcp__docs__get_page", "mcp__other__x"];

fn profile() -> impl Strategy<Value = Value> {
    let tools = || proptest::collection::vec(select(&TOOLS[..]), 0..4);
    let texts = || proptest::collection::vec(select(&PATTERNS[..]), 0..3);
    let rule = (select(&CAPABILITIES[..]), select(&["deny", "ask", "allow"][..]), texts(), texts())
        .prop_map(|(capability, effect, matches, exclude)| json!({"capability": capability, "effect": effect, "match": matches, "exclude": exclude}));
    (proptest::option::of(tools()), tools(), proptest::collection::vec(rule, 0..4)).prop_map(|(tools, excluded, rules)| {
        let mut profile = json!({"name": "a", "excludedTools": excluded, "permissions": {"rules": rules}});
        if let Some(tools) = tools {
            profile["tools"] = json!(tools);
        }
        profile
    })
}

fn role(profile: &Value) -> Role {
    Role::of("a", "a.json", &Agent::read("a.json", &profile.to_string())).unwrap()
}

fn deeds() -> Vec<Deed> {
    let digest = Digest::of_bytes(b"");
    let server = |name: &str| McpServer { name: name.into(), at: McpPlace::At { url: "https://x".into(), headers: Default::default() } };
    let mut deeds: Vec<Deed> = ["src/a.rs", "Cargo.lock", "docs/a.md", "."].into_iter().flat_map(|path| {
        let path = path.to_owned();
        [Deed::Read { path: path.clone(), offset: 1, limit: 1 }, Deed::List { path: path.clone() }, Deed::Write { path: path.clone(), content: digest }, Deed::Delete { path }]
    }).collect();
    deeds.extend(["git push", "ls"].map(|command| Deed::Shell { command: command.into(), cwd: String::new(), seconds: 1, background: false }));
    deeds.extend(["reviewer", "other"].map(|agent| Deed::Delegate { number: 1, agent: AgentName::new(agent), within: Vec::new(), reads_only: false, about: String::new(), task: digest, from: digest }));
    deeds.extend(["docs", "other"].map(|name| Deed::McpCall { server: server(name), asks: McpAsk::Tool { name: "get_page".into() }, arguments: digest }));
    deeds
}

fn strictness(rights: &Rights, deed: &Deed) -> Option<Decision> {
    rights.verdict(deed, Digest::of_bytes(b"")).map(|verdict| verdict.decision)
}

proptest! {
    /// A tree of roles, each with its parent (an earlier one) and whether it only reads: nobody has more than whom it works for.
    #[test]
    fn nobody_may_more_than_the_one_that_it_works_for(tree in proptest::collection::vec((profile(), any::<prop::sample::Index>(), any::<bool>()), 1..7)) {
        let mut all: Vec<Rights> = vec![Rights::default()];
        for (profile, parent, reads_only) in &tree {
            let above = parent.get(&all).clone();
            let mut own = Rights::default().and(role(profile));
            if *reads_only {
                own = own.and(Role::reading());
            }
            let rights = own.within(&above);
            for call in CALLS.map(Called::offered) {
                prop_assert!(!rights.has(&call) || (above.has(&call) && own.has(&call)), "{call:?}");
            }
            for deed in deeds() {
                prop_assert!(strictness(&rights, &deed) >= strictness(&above, &deed), "{deed:?}");
                prop_assert!(strictness(&rights, &deed) >= strictness(&own, &deed), "{deed:?}");
            }
            all.push(rights);
        }
    }
}

#[test]
fn one_that_only_reads_has_no_hand_that_writes() {
    let rights = Rights::default().and(Role::reading());
    let has: Vec<&str> = CALLS.into_iter().filter(|call| rights.has(&Called::offered(call))).collect();
    assert_eq!(has, ["read", "grep", "plan"]);
}

#[test]
fn a_rule_on_subagents_is_about_their_names() {
    let rights = Rights::default().and(role(&json!({"permissions": {"rules": [{"capability": "subagent", "effect": "deny", "match": ["rev*"]}]}})));
    let decided: Vec<Option<Decision>> = deeds().iter().filter(|deed| matches!(deed, Deed::Delegate { .. })).map(|deed| strictness(&rights, deed)).collect();
    assert_eq!(decided, [Some(Decision::Refuse), None]);
}
