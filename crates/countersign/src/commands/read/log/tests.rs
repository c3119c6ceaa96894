use super::*;
use crate::commands::read::samples;

fn results(log: &Value) -> &Vec<Value> {
    log["runs"][0]["results"].as_array().unwrap()
}

#[test]
fn every_verb_has_a_rule_and_every_result_names_its_own() {
    let all = [Verb::Read, Verb::Create, Verb::Update, Verb::Execute, Verb::Spend, Verb::DisableProtection, Verb::Grant, Verb::Expose, Verb::Replace, Verb::Delete, Verb::Opaque];
    let effects = all.iter().map(|verb| (samples::effect(*verb, "x"), 0, 4)).collect();
    let log = of(&samples::report(vec![samples::seen(samples::file("./a b.sh", "rm x"), effects)]));
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!((rules.len(), results(&log).len()), (all.len(), all.len()));
    for result in results(&log) {
        assert_eq!(rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()]["id"], result["ruleId"]);
        assert_eq!(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "a%20b.sh");
    }
}

#[test]
fn a_result_has_level_place_and_words() {
    let seen = samples::seen(samples::file("/srv/x.sh", "true\nrm é x"), vec![(samples::grave("a.db"), 5, 12)]);
    let log = of(&samples::report(vec![seen]));
    let result = &results(&log)[0];
    assert_eq!((&result["level"], &result["ruleId"]), (&json!("error"), &json!("touches/delete")));
    assert_eq!(result["message"]["text"], samples::grave("a.db").line());
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["region"], json!({"startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": 7}));
    assert_eq!(place["artifactLocation"]["uri"], "file:///srv/x.sh");
    assert_eq!(result["properties"]["tier"], "production");
}

#[test]
fn what_has_no_file_is_named_without_one() {
    let log = of(&samples::report(vec![samples::seen(samples::typed("rm x"), vec![(samples::effect(Verb::Delete, "x"), 0, 4)])]));
    let place = &results(&log)[0]["locations"][0];
    assert_eq!((&place["logicalLocations"][0]["fullyQualifiedName"], place.get("physicalLocation")), (&json!("rm x"), None));
}

#[test]
fn a_fingerprint_stays_when_lines_are_added_above() {
    let print = |text: &str, at: usize| {
        let log = of(&samples::report(vec![samples::seen(samples::file("x.sh", text), vec![(samples::grave("x"), at, at + 4)])]));
        results(&log)[0]["partialFingerprints"]["countersign/v1"].clone()
    };
    assert_eq!(print("rm x", 0), print("true\nrm x", 5));
    assert_ne!(print("rm x", 0), print("rm y", 0));
}
