use action::McpPlace;

use std::path::Path;

use broker::mcp::login::Logins;

use super::*;

fn wanted(name: &str, left_out: &[&str]) -> Wanted {
    let asked = json!({"mcpServers": {name: {"command": "a", "disabledTools": left_out}}}).to_string();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(".mcp.json"), asked).unwrap();
    let (mut wanted, notes) = Wanted::read(folder.path(), &|_, _, _| None, &Logins::of(Path::new("/nowhere"), || action::Moment(0)));
    wanted.pop().unwrap_or_else(|| panic!("{notes:?}"))
}

fn set(tools: Vec<Value>) -> ToolSet {
    serde_json::from_value(json!({"v": 1, "tools": tools, "resources": true, "prompts": true})).unwrap()
}

fn tool(name: &str) -> Value {
    json!({"name": name, "description": "d\u{1b}", "schema": {"properties": {"a": {"description": "one\u{202e}", "enum": ["\u{202e}"]}}}})
}

fn servers(sets: &[(&Wanted, ToolSet)]) -> (Servers, Vec<String>) {
    let (offered, notes) = of(sets);
    (Servers { offered, ..Servers::default() }, notes)
}

fn read(servers: &Servers, name: &str, arguments: &str) -> Result<(McpAsk, Value), String> {
    let mut kept = Vec::new();
    let deed = servers.read_call(name, arguments, &mut |bytes| {
        kept = bytes.to_vec();
        Digest::of_bytes(bytes)
    })?;
    match deed {
        Deed::McpCall { asks, .. } => Ok((asks, serde_json::from_slice(&kept).unwrap())),
        other => panic!("{other:?}"),
    }
}

#[test]
fn shapes_are_marked_visible_and_have_names_that_providers_take() {
    let one = wanted("files ü", &["rm"]);
    let (servers, notes) = servers(&[(&one, set(vec![tool("a b"), tool("a_b"), tool("rm"), tool(&"x".repeat(100)), tool("list_resources")]))]);
    assert_eq!(notes, Vec::<String>::new());
    let shapes = servers.shapes();
    let names: Vec<&str> = shapes.iter().map(|shape| shape.name.as_str()).collect();
    assert_eq!(names.len(), 8, "{names:?}");
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), 8, "{names:?}");
    assert!(names.iter().all(|name| name.len() <= 64 && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c))), "{names:?}");
    assert!(names.iter().all(|name| !name.contains("rm")), "{names:?}");
    let first = shapes.first().unwrap();
    assert_eq!((first.name.as_str(), first.description.as_str()), ("mcp__files____a_b", "[MCP server `files ü`] d\\u{1b}"));
    assert_eq!(first.parameters["type"], "object");
    assert_eq!(first.parameters["properties"]["a"], json!({"description": "one\\u{202e}", "enum": ["\u{202e}"]}));
}

#[test]
fn calls_are_read_as_what_they_ask_for() {
    let one = wanted("s", &[]);
    let (servers, _) = servers(&[(&one, set(vec![tool("add")]))]);
    let table = [
        ("mcp__s__add", r#"{"a": 1}"#, McpAsk::Tool { name: "add".into() }, json!({"a": 1})),
        ("mcp__s__add", "", McpAsk::Tool { name: "add".into() }, json!({})),
        ("mcp__s__list_resources", "{}", McpAsk::Resources, json!({})),
        ("mcp__s__read_resource", r#"{"uri": "demo://1"}"#, McpAsk::Resource { uri: "demo://1".into() }, json!({})),
        ("mcp__s__list_prompts", "{}", McpAsk::Prompts, json!({})),
        ("mcp__s__get_prompt", r#"{"name": "p", "arguments": {"x": "y"}}"#, McpAsk::Prompt { name: "p".into() }, json!({"x": "y"})),
    ];
    for (name, arguments, asks, kept) in table {
        assert_eq!(read(&servers, name, arguments), Ok((asks, kept)), "{name}");
    }
}

#[test]
fn a_call_that_cannot_be_read_goes_back() {
    let one = wanted("s", &[]);
    let (servers, _) = servers(&[(&one, set(vec![tool("add")]))]);
    for (name, arguments, why) in [
        ("mcp__s__sub", "{}", "there is no MCP tool `mcp__s__sub`; those offered are mcp__s__add"),
        ("mcp__s__add", "[1]", "must be an object"),
        ("mcp__s__add", "{", "not valid JSON"),
        ("mcp__s__read_resource", "{}", "`uri` must be a text"),
        ("mcp__s__get_prompt", r#"{"name": 1}"#, "`name` must be a text"),
        ("mcp__s__get_prompt", r#"{"name": "p", "arguments": []}"#, "`arguments` must be an object"),
    ] {
        let said = read(&servers, name, arguments).unwrap_err();
        assert!(said.contains(why), "{name} {arguments}: {said}");
    }
    let large = format!(r#"{{"a": "{}"}}"#, "x".repeat(LARGEST_ARGUMENTS));
    assert!(read(&servers, "mcp__s__add", &large).unwrap_err().contains("at most 1000000 are sent"));
    let long = format!(r#"{{"uri": "{}"}}"#, "x".repeat(3000));
    assert!(read(&servers, "mcp__s__read_resource", &long).is_err());
}

#[test]
fn what_is_too_much_for_a_model_is_left_out_and_told() {
    let one = wanted("s", &[]);
    let many = set((0..200).map(|n| tool(&format!("t{n}"))).collect());
    let (servers, notes) = servers(&[(&one, many)]);
    assert_eq!((servers.shapes().len(), notes.len()), (128, 1));
    let mut big = tool("big");
    big["schema"]["pattern"] = "y".repeat(20_000).into();
    big["description"] = "z".repeat(5_000).into();
    let (servers, _) = self::servers(&[(&one, set(vec![big]))]);
    let shape = servers.shapes().remove(0);
    assert_eq!(shape.parameters, json!({"type": "object"}));
    assert!(shape.description.chars().count() <= 1001);
}

#[test]
fn a_place_is_part_of_the_call() {
    let one = wanted("s", &[]);
    let (servers, _) = servers(&[(&one, set(vec![tool("add")]))]);
    let deed = servers.read_call("mcp__s__add", "{}", &mut |bytes| Digest::of_bytes(bytes)).unwrap();
    let Deed::McpCall { server, .. } = deed else { panic!("{deed:?}") };
    assert_eq!(server.at, McpPlace::InBox { command: "a".into(), variables: Vec::new() });
}
