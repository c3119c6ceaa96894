use serde_json::{Value, json};
use serde_json::value::RawValue;

use super::{Configuration, bare};

fn read(value: Value) -> Configuration {
    Configuration::read(&RawValue::from_string(value.to_string()).unwrap()).unwrap()
}

#[test]
fn addresses_lose_their_indexes_and_nothing_else() {
    for (address, expected) in [
        ("aws_lb.x", "aws_lb.x"),
        ("aws_lb.x[0]", "aws_lb.x"),
        (r#"module.app["a.b"].aws_lb.x["c]d"]"#, "module.app.aws_lb.x"),
        (r#"aws_lb.x["say \"]\""].y"#, "aws_lb.x.y"),
        ("aws_lb.x[", "aws_lb.x"),
        ("aws_lb.x]]y", "aws_lb.x]]y"),
    ] {
        assert_eq!(bare(address), expected, "{address}");
    }
}

#[test]
fn references_are_followed_through_variables_outputs_and_modules() {
    let network = json!({
        "resources": [{"address": "aws_vpc.v", "expressions": {}}],
        "outputs": {"id": {"expression": {"references": ["aws_vpc.v.id", "aws_vpc.v"]}}},
    });
    let app = json!({
        "resources": [{"address": "aws_lb.l", "expressions": {"block": [{"inner": {"references": ["var.vpc"]}}]}}],
        "variables": {"vpc": {}},
    });
    let configuration = read(json!({"root_module": {
        "resources": [
            {"address": "aws_eip.e", "depends_on": ["module.app"], "count_expression": {"references": ["data.aws_x.d.z", "data.aws_x.d"]}},
            {"address": "data.aws_x.d", "expressions": {"a": {"references": ["each.key", "path.module", "local.x", "aws_eip.e[0].id"]}}},
        ],
        "module_calls": {
            "network": {"module": network},
            "app": {"expressions": {"vpc": {"references": ["module.network.id", "module.network"]}}, "module": app},
        },
    }}));
    let needs: Vec<(&str, &str)> = configuration.needs.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let mut sorted = needs.clone();
    sorted.sort();
    assert_eq!(sorted, [
        ("aws_eip.e", "data.aws_x.d"),
        ("aws_eip.e", "module.app.aws_lb.l"),
        ("data.aws_x.d", "aws_eip.e"),
        ("module.app.aws_lb.l", "module.network.aws_vpc.v"),
    ]);
}

#[test]
fn references_in_a_circle_end() {
    let circle = json!({
        "resources": [{"address": "a_b.c", "expressions": {"x": {"references": ["var.v"]}}}],
        "outputs": {"o": {"expression": {"references": ["var.v"]}}},
    });
    let configuration = read(json!({"root_module": {"module_calls": {
        "m": {"expressions": {"v": {"references": ["module.m.o"]}}, "module": circle},
    }}}));
    assert_eq!(configuration.needs, []);
}

#[test]
fn names_that_are_repeated_in_nested_modules_have_a_bound() {
    let long = "n".repeat(1 << 20);
    let mut module = json!({"resources": [{"address": "a_b.c"}]});
    for _ in 0..40 {
        module = json!({"resources": [{"address": "a_b.c"}], "module_calls": {&long: {"module": module}}});
    }
    assert!(read(json!({"root_module": module})).cut);
    assert!(!read(json!({"root_module": {"resources": [{"address": "a_b.c"}]}})).cut);
}

#[test]
fn provisioners_and_set_attributes_are_found_whatever_the_index() {
    let resource = json!({"address": "a_b.c", "provider_config_key": "a.x", "provisioners": [{"type": "file"}], "expressions": {"size": {}}});
    let configuration = read(json!({"root_module": {"module_calls": {"m": {"module": {"resources": [resource]}}}}}));
    let found = configuration.resource(r#"module.m["k"].a_b.c[3]"#).unwrap();
    assert_eq!((found.provider.as_str(), found.provisioners.as_slice(), found.set.contains("size")), ("a.x", &["file".to_owned()][..], true));
    assert!(configuration.resource("a_b.c").is_none());
}
