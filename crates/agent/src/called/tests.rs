use action::{Digest, McpServer};

use super::*;

#[test]
fn a_call_has_the_names_that_projects_use_for_it() {
    let write = Called::of("edit", &Deed::Edit { path: "a".into(), edits: Digest::of_bytes(b"") });
    assert_eq!(write.names(), ["edit", "write", "fs_write", "fsWrite", "strReplace", "Write", "Edit"]);
    assert_eq!(Called::of("plan", &Deed::Plan { steps: Digest::of_bytes(b"") }).names(), ["plan"]);
    let server = McpServer { name: "docs".into(), at: action::McpPlace::At { url: "https://x".into(), headers: Default::default() } };
    let deed = Deed::McpCall { server, asks: McpAsk::Tool { name: "search".into() }, arguments: Digest::of_bytes(b"") };
    assert_eq!(Called::of("mcp__docs__search", &deed).names(), ["mcp__docs__search", "@docs/search", "@mcp"]);
    let server = McpServer { name: "docs".into(), at: action::McpPlace::At { url: "https://x".into(), headers: Default::default() } };
    let read = Deed::McpCall { server, asks: McpAsk::Resource { uri: "x://y".into() }, arguments: Digest::of_bytes(b"") };
    assert_eq!(Called::of("mcp__docs__read_resource", &read).names(), ["mcp__docs__read_resource", "@docs/read_resource", "@mcp"]);
    assert_eq!(Called::of("mcp__docs__read_resource", &read), Called::offered("mcp__docs__read_resource"), "what is offered and what is called have one name");
    assert_eq!(Called::offered("mcp__docs__search").server, Some(("docs".into(), "search".into())));
}

#[test]
fn every_tool_that_is_offered_is_of_a_kind_or_known_not_to_be() {
    let without: Vec<&str> = tools::shapes().iter().map(|shape| shape.name).filter(|name| Called::offered(name).kind.is_none()).collect();
    assert_eq!(without, ["plan", "remember", "change_environment"]);
}
