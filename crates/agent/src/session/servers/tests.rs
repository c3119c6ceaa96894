use model::ToolShape;
use serde_json::json;

use super::reshaped;

fn shape(name: &str, description: &str) -> ToolShape {
    ToolShape { name: name.into(), description: description.into(), parameters: json!({}) }
}

fn shapes(names: &[&str]) -> Vec<ToolShape> {
    names.iter().map(|name| shape(name, "")).collect()
}

fn names(shapes: &[ToolShape]) -> Vec<&str> {
    shapes.iter().map(|shape| shape.name.as_str()).collect()
}

#[test]
fn a_server_that_is_approved_later_comes_last_wherever_its_name_stands() {
    let before = shapes(&["read", "shell", "mcp__m__x"]);
    let after = reshaped(before.clone(), shapes(&["mcp__a__x", "mcp__m__x", "mcp__z__x"]));
    assert_eq!(names(&after), ["read", "shell", "mcp__m__x", "mcp__a__x", "mcp__z__x"]);
    assert_eq!(after[..before.len()], before[..]);
    assert_eq!(reshaped(after.clone(), shapes(&["mcp__a__x", "mcp__m__x", "mcp__z__x"])), after, "and stays there");
}

#[test]
fn what_is_withdrawn_goes_and_what_changed_comes_last() {
    let mut offered = shapes(&["mcp__b__x"]);
    offered.insert(0, shape("mcp__a__x", "other words"));
    let after = reshaped(shapes(&["read", "mcp__a__x", "mcp__b__x", "mcp__c__x"]), offered);
    assert_eq!(names(&after), ["read", "mcp__b__x", "mcp__a__x"]);
    assert_eq!(after[2].description, "other words");
}
