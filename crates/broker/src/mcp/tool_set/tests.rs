use serde_json::json;

use super::*;

fn tool(name: &str, about: &str) -> rmcp::model::Tool {
    serde_json::from_value(json!({"name": name, "description": about, "inputSchema": {"type": "object"}, "_meta": {"a": 1}})).unwrap()
}

fn set(tools: Vec<rmcp::model::Tool>) -> Result<ToolSet, Unfit> {
    ToolSet::of(tools, false, false)
}

fn digest(tools: Vec<rmcp::model::Tool>) -> action::Digest {
    action::Digest::of(&set(tools).unwrap()).unwrap()
}

#[test]
fn order_does_not_count_and_every_word_does() {
    let both = digest(vec![tool("a", "one"), tool("b", "two")]);
    assert_eq!(both, digest(vec![tool("b", "two"), tool("a", "one")]));
    for other in [vec![tool("a", "one")], vec![tool("a", "one"), tool("b", "two!")], vec![tool("a", "one"), tool("c", "two")]] {
        assert_ne!(both, digest(other));
    }
    let mut other = tool("b", "two");
    other.input_schema = std::sync::Arc::new(json!({"type": "object", "required": []}).as_object().unwrap().clone());
    assert_ne!(both, digest(vec![tool("a", "one"), other]));
}

#[test]
fn a_set_that_cannot_be_offered_is_refused() {
    assert_eq!(set(vec![tool("a", ""), tool("a", "")]), Err(Unfit::Twice { name: "a".into() }));
    assert!(matches!(set(vec![tool("", "")]), Err(Unfit::Name { .. })));
    assert!(matches!(set(vec![tool(&"x".repeat(129), "")]), Err(Unfit::Name { .. })));
    assert_eq!(set((0..257).map(|n| tool(&n.to_string(), "")).collect()), Err(Unfit::TooMany { found: 257, most: 256 }));
    assert!(matches!(set(vec![tool("a", &"x".repeat(LARGEST))]), Err(Unfit::TooLarge { .. })));
}

#[test]
fn it_is_read_back_as_it_was() {
    let set = set(vec![tool("a", "one")]).unwrap();
    let bytes = action::canonical(&set).unwrap();
    assert_eq!(serde_json::from_slice::<ToolSet>(&bytes).unwrap(), set);
    assert_eq!(set.tool("a").map(|tool| tool.description.as_str()), Some("one"));
    assert!(set.tool("b").is_none());
}
