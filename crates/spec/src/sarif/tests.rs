use super::*;

const TASKS: &str = "# Tasks\n\n- [x] 1. Ünder\n  - [ ] 1.1 Part\n";

fn log(folder: &str, tasks: &str) -> Value {
    let spec = Spec::read("cart", vec![("tasks.md".into(), tasks.as_bytes().to_vec())]);
    let findings = check::check(&spec);
    sarif("1.2.3", &[Checked { folder, spec: &spec, findings: &findings }])
}

fn of<'v>(log: &'v Value, rule: &str) -> &'v Value {
    log["runs"][0]["results"].as_array().unwrap().iter().find(|result| result["ruleId"] == rule).unwrap()
}

/// The shape that the standard asks for, as far as we write it.
fn check_shape(log: &Value) {
    assert_eq!((&log["version"], log["runs"].as_array().unwrap().len()), (&json!("2.1.0"), 1));
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for rule in rules {
        assert!(rule["id"].is_string() && rule["shortDescription"]["text"].is_string() && rule["help"]["text"].is_string(), "{rule}");
        assert!(["error", "warning", "note"].contains(&rule["defaultConfiguration"]["level"].as_str().unwrap()));
    }
    for result in run["results"].as_array().unwrap() {
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        assert_eq!(rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()]["id"], result["ruleId"], "{result}");
        assert_eq!(result["partialFingerprints"]["countersign/v1"].as_str().unwrap().len(), 16);
        for location in result["locations"].as_array().unwrap() {
            let place = &location["physicalLocation"];
            let uri = place["artifactLocation"]["uri"].as_str().unwrap();
            assert!(!uri.starts_with('/') && uri.is_ascii() && !uri.contains(' '), "{uri}");
            let number = |key: &str| place["region"][key].as_u64().unwrap();
            assert!((number("startLine"), number("startColumn")) <= (number("endLine"), number("endColumn")) && number("startColumn") > 0);
        }
    }
}

#[test]
fn the_log_has_the_shape_of_the_standard_and_points_at_the_place() {
    let log = log(".kiro/specs/cart", TASKS);
    check_shape(&log);
    let place = &of(&log, "parent-done")["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], ".kiro/specs/cart/tasks.md");
    assert_eq!(place["region"], json!({"startLine": 3, "startColumn": 1, "endLine": 3, "endColumn": 15}));
    assert_eq!(of(&log, "parent-done")["level"], "error");
}

#[test]
fn a_fingerprint_stays_when_lines_move_and_not_when_words_change() {
    let print = |tasks: &str| of(&log("a", tasks), "parent-done")["partialFingerprints"]["countersign/v1"].clone();
    assert_eq!(print(TASKS), print(&format!("\n\n{TASKS}")));
    assert_ne!(print(TASKS), print(&TASKS.replace("Ünder", "Other")));
}

#[test]
fn names_are_escaped_and_a_file_that_is_not_there_has_no_region() {
    assert_eq!(uri("a b/ü", "x.md"), "a%20b/%C3%BC/x.md");
    let spec = Spec::read("cart", vec![("notes.md".into(), b"x".to_vec())]);
    let findings = check::check(&spec);
    let log = sarif("1", &[Checked { folder: "", spec: &spec, findings: &findings }]);
    let place = &of(&log, "no-document")["locations"][0]["physicalLocation"];
    assert_eq!((&place["artifactLocation"]["uri"], place.get("region")), (&json!("requirements.md"), None));
}

#[test]
fn every_rule_that_reading_gives_is_in_the_table() {
    let bad = b"# T\n\n- [\xe2\x8f\xad] 1. odd\n- [ ] 1. A\n\0\xff\n```json\n";
    let spec = Spec::read("x", vec![("tasks.md".into(), bad.to_vec()), (".config.kiro".into(), b"[]".to_vec()), ("requirements.md".into(), b"words".to_vec()), ("bugfix.md".into(), b"w".to_vec())]);
    assert!(spec.findings.len() > 4, "{:?}", spec.findings);
    for finding in &spec.findings {
        assert!(check::rule_of(finding.rule).is_some_and(|rule| rule.severity >= finding.severity), "{finding:?}");
    }
}
