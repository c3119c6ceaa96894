use serde_json::{Value, json};

use super::super::kinds::Kinds;
use super::{makes_expire, weakened};

fn check(type_name: &str, before: Value, after: Value, expected: &[&str]) {
    let found: Vec<String> = weakened(type_name, Kinds::new().of(type_name), &before, &after, &json!({})).into_iter().map(|w| w.how).collect();
    assert_eq!(found, expected, "{type_name} {before} {after}");
}

#[test]
fn switching_a_safeguard_off_is_seen_and_switching_it_on_is_not() {
    for (type_name, key) in [
        ("aws_db_instance", "deletion_protection"),
        ("aws_dynamodb_table", "deletion_protection_enabled"),
        ("aws_lb", "enable_deletion_protection"),
        ("aws_instance", "disable_api_termination"),
        ("aws_instance", "disable_api_stop"),
        ("azurerm_key_vault", "purge_protection_enabled"),
        ("aws_cloudtrail", "enable_logging"),
        ("google_sql_database_instance", "deletion_protection"),
        ("github_branch_protection", "enforce_admins"),
        ("aws_kms_key", "enable_key_rotation"),
    ] {
        let off = format!("`{key}` switched off");
        check(type_name, json!({key: true}), json!({key: false}), &[&off]);
        check(type_name, json!({key: true}), json!({key: null}), &[&off]);
        check(type_name, json!({key: true}), json!({}), &[&off]);
        check(type_name, json!({key: false}), json!({key: true}), &[]);
        check(type_name, json!({key: true}), json!({key: true}), &[]);
    }
}

#[test]
fn what_makes_deleting_easier_is_seen_when_it_is_switched_on() {
    for key in ["skip_final_snapshot", "force_destroy", "force_delete", "delete_automated_backups"] {
        let on = format!("`{key}` switched on");
        check("aws_x_y", json!({key: false}), json!({key: true}), &[&on]);
        check("aws_x_y", json!({"a": 1}), json!({key: true}), &[&on]);
        check("aws_x_y", json!({key: true}), json!({key: false}), &[]);
    }
    check("github_branch_protection", json!({"allows_deletions": false}), json!({"allows_deletions": true}), &["`allows_deletions` switched on"]);
}

#[test]
fn keeping_backups_and_logs_for_a_shorter_time_is_seen() {
    let check_days = |type_name: &str, key: &str, before: u64, after: u64, expected: &[&str]| {
        check(type_name, json!({ key: before }), json!({ key: after }), expected);
    };
    check_days("aws_db_instance", "backup_retention_period", 30, 7, &["`backup_retention_period` lowered"]);
    check_days("aws_db_instance", "backup_retention_period", 30, 0, &["`backup_retention_period` set to nothing"]);
    check_days("aws_db_instance", "backup_retention_period", 7, 30, &[]);
    check_days("aws_kms_key", "deletion_window_in_days", 30, 7, &["`deletion_window_in_days` lowered"]);
    // Nothing means for ever here.
    check_days("aws_cloudwatch_log_group", "retention_in_days", 0, 30, &["`retention_in_days` lowered"]);
    check_days("aws_cloudwatch_log_group", "retention_in_days", 30, 0, &[]);
    check_days("aws_db_instance", "allocated_storage", 100, 50, &[]);
}

#[test]
fn safeguards_in_blocks_and_words_are_seen() {
    let versioning = |status: &str| json!({"versioning_configuration": [{"status": status}]});
    check("aws_s3_bucket_versioning", versioning("Enabled"), versioning("Suspended"), &["`versioning_configuration` switched off"]);
    check("aws_s3_bucket_versioning", versioning("Suspended"), versioning("Enabled"), &[]);
    let inline = |on: bool| json!({"versioning": [{"enabled": on, "mfa_delete": false}]});
    check("aws_s3_bucket", inline(true), inline(false), &["`versioning` switched off"]);
    check("aws_s3_bucket", json!({"logging": [{"target_bucket": "b"}]}), json!({"logging": []}), &["`logging` taken away"]);
    let exports = |names: &[&str]| json!({"enabled_cloudwatch_logs_exports": names});
    check("aws_db_instance", exports(&["audit", "error"]), exports(&["error"]), &["`enabled_cloudwatch_logs_exports` has less than before"]);
    let sql = |on: bool| json!({"settings": [{"tier": "x", "backup_configuration": [{"enabled": on}]}]});
    check("google_sql_database_instance", sql(true), sql(false), &["`settings` switched off"]);
    check("aws_s3_bucket", json!({"tags": {"logging": "on"}, "name": "a"}), json!({"tags": {"logging": "on"}, "name": "b"}), &[]);
}

#[test]
fn a_safeguard_that_nobody_can_know_yet_counts() {
    let kind = Kinds::new().of("aws_db_instance");
    let found = weakened("aws_db_instance", kind, &json!({"deletion_protection": true}), &json!({}), &json!({"deletion_protection": true}));
    assert_eq!(found.first().map(|w| w.how.as_str()), Some("`deletion_protection` is not known before the apply"));
}

#[test]
fn letting_data_expire_by_itself_is_seen() {
    let rule = json!({"lifecycle_rule": [{"enabled": true, "expiration": [{"days": 1}]}]});
    check("aws_s3_bucket", json!({"lifecycle_rule": []}), rule.clone(), &["`lifecycle_rule` lets data expire"]);
    check("aws_s3_bucket", rule.clone(), rule, &[]);
    let delete = |kind: &str| json!({"lifecycle_rule": [{"action": [{"type": kind}]}]});
    check("google_storage_bucket", delete("SetStorageClass"), delete("Delete"), &["`lifecycle_rule` lets data expire"]);
    assert!(makes_expire("aws_s3_bucket_lifecycle_configuration", &json!({"rule": [{"expiration": [{"days": 1}]}]})));
    assert!(!makes_expire("aws_s3_bucket_lifecycle_configuration", &json!({"rule": [{"transition": [{"days": 1}], "expiration": []}]})));
}
