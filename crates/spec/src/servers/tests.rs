use serde_json::{Value, json};

use super::*;

fn read(server: Value) -> Servers {
    Servers::read("mcp.json", &json!({"mcpServers": {"files": server}}).to_string())
}

fn rules(servers: &Servers) -> Vec<&'static str> {
    servers.findings.iter().map(|finding| finding.rule).collect()
}

#[test]
fn a_program_is_read_with_all_that_limits_it() {
    let servers = read(json!({
        "command": "npx", "args": ["-y", "x"], "env": {"TOKEN": "${TOKEN}"}, "cwd": "tools", "type": "stdio",
        "timeout": 1500, "disabled": true, "disabledTools": ["rm"],
    }));
    assert_eq!(servers.findings, []);
    let [server] = servers.servers.as_slice() else { panic!("{servers:?}") };
    assert_eq!((server.name.as_str(), server.timeout, server.enabled, &server.left_out), ("files", Some(1500), false, &vec!["rm".to_owned()]));
    let at = At::Program {
        command: "npx".into(),
        arguments: vec!["-y".into(), "x".into()],
        variables: vec![("TOKEN".into(), "${TOKEN}".into())],
        folder: Some("tools".into()),
    };
    assert_eq!(server.at, at);
}

#[test]
fn an_address_is_read() {
    let servers = read(json!({"url": "https://a.example/mcp", "headers": {"Authorization": "Bearer ${T}"}, "type": "http"}));
    assert_eq!(servers.findings, []);
    let headers = vec![("Authorization".to_owned(), "Bearer ${T}".to_owned())];
    assert_eq!(servers.servers.first().map(|server| &server.at), Some(&At::Url { url: "https://a.example/mcp".into(), headers }));
}

#[test]
fn what_would_allow_something_allows_nothing_and_is_told() {
    for key in WIDENING {
        let servers = read(json!({"command": "a", key: ["*"]}));
        assert_eq!((rules(&servers), servers.servers.len()), (vec!["mcp-widens"], 1), "{key}");
    }
    let mut told = rules(&read(json!({"url": "https://a", "oauth": {}, "oauthScopes": [], "fancy": 1})));
    told.sort_unstable(); // in the order of the file, which `json!` does not promise
    assert_eq!(told, ["mcp-key", "mcp-oauth", "mcp-oauth"]);
}

#[test]
fn a_server_that_cannot_be_read_is_none_and_the_others_are() {
    for server in [
        json!("npx"),
        json!({}),
        json!({"command": "a", "url": "https://a"}),
        json!({"command": "a", "type": "http"}),
        json!({"url": "https://a", "type": "sse"}),
        json!({"command": ["a"]}),
        json!({"command": " "}),
        json!({"command": "a", "args": "b"}),
        json!({"command": "a", "args": [["b"]]}),
        json!({"command": "a", "env": ["b"]}),
        json!({"command": "a", "env": {"A": {}}}),
        json!({"command": "a", "disabled": "yes"}),
        json!({"command": "a", "disabledTools": "rm"}),
        json!({"command": "a", "timeout": "soon"}),
        json!({"command": "a", "timeout": -1}),
    ] {
        let text = json!({"mcpServers": {"bad": server, "good": {"command": "b"}}}).to_string();
        let servers = Servers::read("mcp.json", &text);
        assert!(!servers.findings.is_empty() && rules(&servers).iter().all(|rule| *rule == "mcp-server"), "{server}: {:?}", servers.findings);
        assert_eq!(servers.servers.iter().map(|server| server.name.as_str()).collect::<Vec<_>>(), ["good"], "{server}");
    }
}

#[test]
fn names_that_cannot_be_shown_or_stand_twice_are_told() {
    let twice = Servers::read("mcp.json", r#"{"mcpServers": {"a": {"command": "one"}, "a": {"command": "two"}, "b\u001b": {"command": "c"}}}"#);
    assert!(twice.servers.len() <= 1 && rules(&twice).iter().all(|rule| rule.starts_with("mcp-")), "{twice:?}");
    assert!(!twice.findings.is_empty());
    assert!(twice.servers.iter().all(|server| server.name == "a"), "{twice:?}");
}

#[test]
fn a_file_of_another_kind_is_told() {
    for text in ["", "[", "[]", "{}", r#"{"mcpServers": []}"#, r#"{"servers": {}}"#] {
        let servers = Servers::read("mcp.json", text);
        assert_eq!((rules(&servers), servers.servers.len()), (vec!["mcp-form"], 0), "{text}");
    }
    assert_eq!(Servers::read("mcp.json", "\u{feff}{\"mcpServers\": {}}"), Servers::default());
}
