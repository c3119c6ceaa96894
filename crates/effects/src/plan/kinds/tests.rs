use std::collections::BTreeSet;

use super::{GRANTS, GUARDS, Kind, Kinds, RUNS, STATEFUL};

#[test]
fn the_table_has_a_type_once_and_in_the_form_of_a_type() {
    let stateful = STATEFUL.iter().flat_map(|(_, types)| types.iter());
    let all: Vec<&str> = stateful.chain(RUNS).copied().collect();
    let distinct: BTreeSet<&str> = all.iter().copied().collect();
    assert_eq!(all.len(), distinct.len());
    assert!(all.len() > 350, "{} types", all.len());
    for name in all.iter().chain(GRANTS).chain(GUARDS) {
        assert!(name.contains('_') && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-".contains(&b)), "{name}");
    }
}

#[test]
fn types_are_told_by_the_table_then_by_their_words_then_by_their_provider() {
    let kinds = Kinds::new();
    for (name, noun, holds_data) in [
        ("aws_db_instance", "database", true),
        ("google_sql_database_instance", "database", true),
        ("azurerm_storage_account", "bucket", true),
        ("kubernetes_persistent_volume_claim", "volume", true),
        ("cloudflare_zone", "dns-zone", true),
        ("github_repository", "repository", true),
        ("snowflake_schema", "database", true),
        // Not in the table, but called so.
        ("aws_brandnew_database", "resource", true),
        ("google_new_volume_set", "resource", true),
        // A setting of something that holds data holds none.
        ("aws_db_parameter_group", "resource", false),
        ("aws_s3_bucket_ownership_rule", "resource", false),
        ("aws_lb_listener", "resource", false),
        ("google_compute_address", "resource", false),
        // Nobody here knows the provider.
        ("acme_thing", "resource", true),
        ("thing", "resource", true),
        ("random_id", "state-value", false),
        ("terraform_data", "state-value", false),
        ("tls_private_key", "secret", true),
        ("local_file", "file", false),
    ] {
        let kind = kinds.of(name);
        assert_eq!((kind.noun, kind.holds_data), (noun, holds_data), "{name}");
    }
}

#[test]
fn rights_and_safeguards_are_known() {
    let kinds = Kinds::new();
    let is = |name: &str| {
        let Kind { grants, guards, runs, .. } = kinds.of(name);
        (grants, guards, runs)
    };
    for name in ["aws_iam_role", "google_project_iam_member", "azurerm_role_assignment", "kubernetes_cluster_role_binding", "github_team_repository"] {
        assert_eq!(is(name), (true, false, false), "{name}");
    }
    for name in ["aws_cloudtrail", "azurerm_management_lock", "github_branch_protection", "aws_iam_account_password_policy"] {
        assert_eq!(is(name), (false, true, false), "{name}");
    }
    assert_eq!(is("aws_lambda_invocation"), (false, false, true));
    assert_eq!(is("aws_lb"), (false, false, false));
}

#[test]
fn a_data_source_reads_what_people_keep_only_of_secrets_and_objects() {
    let kinds = Kinds::new();
    assert!(kinds.of_data("aws_secretsmanager_secret_version").holds_data);
    assert!(!kinds.of_data("aws_db_instance").holds_data);
    assert!(!kinds.of_data("aws_iam_policy_document").grants);
}
