use super::*;

#[test]
fn all_shapes_together_stay_small() {
    let all: Vec<Value> = shapes()
        .into_iter()
        .map(|s| json!({"name": s.name, "description": s.description, "input_schema": s.parameters}))
        .collect();
    let size = serde_json::to_vec(&all).unwrap().len();
    assert!(size < 6 * 1024, "{size} bytes");
}

#[test]
fn names_are_distinct_and_in_a_fixed_order() {
    let names: Vec<&str> = shapes().iter().map(|s| s.name).collect();
    assert_eq!(
        names,
        [
            "read", "write", "edit", "delete", "move", "list", "glob", "grep", "outline", "map", "find_symbol", "shell", "output", "stop", "fetch",
            "plan", "remember", "delegate", "take", "change_environment"
        ]
    );
}

#[test]
fn schemas_are_objects_whose_required_fields_exist() {
    for shape in shapes() {
        assert_eq!(shape.parameters["type"], "object", "{}", shape.name);
        for required in shape.parameters["required"].as_array().unwrap() {
            let name = required.as_str().unwrap();
            assert!(shape.parameters["properties"].get(name).is_some(), "{}: {name}", shape.name);
        }
    }
}

#[test]
fn the_bounds_that_are_promised_are_those_that_are_kept() {
    let shell = shapes().into_iter().find(|s| s.name == "shell").unwrap();
    assert_eq!(shell.parameters["properties"]["seconds"]["maximum"], MOST_SECONDS);
    assert_eq!(shell.parameters["required"], json!(["command"]));
}

#[test]
fn what_is_expected_can_be_said_in_words() {
    let grep = TOOLS.iter().find(|t| t.name == "grep").unwrap();
    assert_eq!(
        grep.expected(),
        "`pattern`: a string; `path` (may be left out): a string; `glob` (may be left out): a string; \
         `case_sensitive` (may be left out): true or false"
    );
}
