use action::{Reversibility, Verb};

use super::{ARGUMENTS, of};
use crate::aws::call::Told;
use crate::aws::grammar::operation;
use crate::shell::Text;

fn reasons(service: &str, name: &str, text: &str) -> Vec<&'static str> {
    let words: Vec<Text> = text.split_whitespace().map(Text::known).collect();
    of(&operation(service, name).unwrap(), &Told::new(&words)).into_iter().map(|r| r.reason).collect()
}

#[test]
fn every_row_is_whole_and_its_words_are_known() {
    for line in ARGUMENTS.lines().filter(|l| !l.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        assert_eq!(fields.len(), 7, "{line}");
        assert!(fields[4].is_empty() || super::verb_named(fields[4]).is_some(), "{line}");
        assert!(fields[5].is_empty() || super::lasting_named(fields[5]).is_some(), "{line}");
        assert!(!fields[6].is_empty(), "{line}");
        assert!(!fields[4].is_empty() || !fields[5].is_empty(), "{line}");
        assert!(!fields[2].starts_with('-'), "{line}");
    }
}

#[test]
fn an_argument_raises_also_when_it_is_shortened() {
    for given in ["--skip-final-snapshot", "--skip-final", "--skip-fi"] {
        assert_eq!(reasons("rds", "delete-db-instance", given), ["no final snapshot"], "{given}");
    }
    assert!(reasons("rds", "delete-db-instance", "--no-skip-final-snapshot").is_empty());
    assert_eq!(reasons("secretsmanager", "delete-secret", "--force-delete-w"), ["without a waiting time"]);
}

#[test]
fn a_value_raises_only_where_it_is_such_a_value() {
    assert_eq!(reasons("rds", "modify-db-instance", "--backup-retention-period 0"), ["no automated backups"]);
    assert!(reasons("rds", "modify-db-instance", "--backup-retention-period 7").is_empty());
    assert_eq!(reasons("s3api", "put-bucket-versioning", "--versioning-configuration Status=Suspended"), ["deletions stay"]);
    assert!(reasons("s3api", "put-bucket-versioning", "--versioning-configuration Status=Enabled").is_empty());
    assert_eq!(reasons("s3api", "put-bucket-versioning", "--versioning-configuration file://v.json"), ["deletions stay"]);
    assert_eq!(reasons("ec2", "authorize-security-group-ingress", "--cidr 0.0.0.0/0"), ["open to the world"]);
    assert!(reasons("ec2", "authorize-security-group-ingress", "--cidr 10.0.0.0/8").is_empty());
}

#[test]
fn what_is_not_known_raises() {
    let told = Told::new(&[Text::known("--cidr"), Text::unknown("$c")]);
    let raises = of(&operation("ec2", "authorize-security-group-ingress").unwrap(), &told);
    assert_eq!(raises.first().map(|r| r.verb), Some(Some(Verb::Expose)));
}

#[test]
fn a_row_of_one_operation_is_not_of_another() {
    assert_eq!(reasons("autoscaling", "update-auto-scaling-group", "--max-size 0"), ["all its instances end"]);
    assert!(reasons("autoscaling", "create-auto-scaling-group", "--max-size 0").is_empty());
    assert!(reasons("ecs", "update-service", "--max-size 0").is_empty());
}

#[test]
fn json_raises_as_options_do() {
    let json = r#"{"DBInstanceIdentifier":"x","SkipFinalSnapshot":true,"DeleteAutomatedBackups":true}"#;
    let told = Told::new(&[Text::known("--cli-input-json"), Text::known(json)]);
    let raises = of(&operation("rds", "delete-db-instance").unwrap(), &told);
    let reasons: Vec<&str> = raises.iter().map(|r| r.reason).collect();
    assert!(reasons.contains(&"no final snapshot") && reasons.contains(&"its automated backups too"), "{reasons:?}");
    assert!(raises.iter().all(|r| r.lasting == Some(Reversibility::Irreversible)));
    let told = Told::new(&[Text::known("--cli-input-json"), Text::known(r#"{"DeletionProtection":false}"#)]);
    let raises = of(&operation("rds", "modify-db-cluster").unwrap(), &told);
    assert!(raises.iter().any(|r| r.verb == Some(Verb::DisableProtection)));
}
