use serde_json::{Value, json};

use super::super::agents::What;
use super::{with_ours, without_ours};

fn what() -> What {
    What::Json { pins: vec![(vec!["pin"], json!(true))], list: vec!["hooks", "Pre"], entry: json!({"matcher": "*", "hooks": [{"command": "/gate", "timeout": 9}]}) }
}

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn ours_goes_beside_theirs_and_an_older_one_of_ours_goes() {
    let before = json!({"hooks": {"Pre": [{"hooks": [{"command": "/theirs"}]}, {"hooks": [{"command": "/gate", "timeout": 1}]}]}}).to_string();
    let after = value(&with_ours(Some(&before), &what()).unwrap());
    let commands: Vec<&str> = after["hooks"]["Pre"].as_array().unwrap().iter().filter_map(|entry| entry["hooks"][0]["command"].as_str()).collect();
    assert_eq!((commands, &after["pin"]), (vec!["/theirs", "/gate"], &json!(true)));
}

#[test]
fn twice_is_once_to_the_byte() {
    let once = with_ours(Some("{\"x\": 1}"), &what()).unwrap();
    assert_eq!(with_ours(Some(&once), &what()).unwrap(), once);
}

#[test]
fn a_pin_that_stood_otherwise_stands_so_again() {
    let before = "{\"pin\": false}";
    let after = with_ours(Some(before), &what()).unwrap();
    let changed = after.replacen('{', "{\"more\": 1,", 1);
    let left = without_ours(&changed, Some(before), &what()).unwrap().unwrap();
    assert_eq!(value(&left), json!({"pin": false, "more": 1}));
}

#[test]
fn a_file_that_was_only_ours_goes_and_one_that_was_there_stays() {
    let after = with_ours(None, &what()).unwrap().replace('\n', " ");
    assert_eq!(without_ours(&after, None, &what()).unwrap(), None);
    assert!(without_ours(&after, Some("{}"), &what()).unwrap().is_some());
}

#[test]
fn tables_go_to_the_end_and_keys_to_the_top_and_comments_stay() {
    let what = What::Toml { head: "only = true\n".into(), tables: "\n[hooks]\na = 1\n".into() };
    let after = with_ours(Some("# mine\nx = 1"), &what).unwrap();
    assert_eq!(after, "only = true\n# mine\nx = 1\n\n[hooks]\na = 1\n");
    assert_eq!(with_ours(Some(&after), &what).unwrap(), after);
    assert_eq!(without_ours(&format!("{after}# more\n"), Some("# mine\nx = 1"), &what).unwrap().unwrap(), "# mine\nx = 1\n# more\n");
    assert!(with_ours(Some("[hooks]\n"), &what).is_err());
    assert!(with_ours(Some("only = false\n"), &what).is_err());
    assert!(without_ours("only = true\n[hooks]\na = 2\n", None, &what).is_err());
}
