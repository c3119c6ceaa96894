use action::{Certainty, Reversibility, Verb};

use super::kind;
use crate::aws::tests::{effects, only};

#[test]
fn a_noun_is_one_thing() {
    for (word, noun, one) in [
        ("delete", "db-instance", "db-instance"),
        ("terminate", "instances", "instance"),
        ("describe", "security-groups", "security-group"),
        ("list", "policies", "policy"),
        ("batch", "delete-image", "image"),
        ("admin", "delete-user", "user"),
        ("delete", "ip-address", "ip-address"),
        ("describe", "vpc-addresses", "vpc-address"),
        ("get", "status", "status"),
        ("publish", "", ""),
    ] {
        assert_eq!(kind(word, noun), one, "{word} {noun}");
    }
}

#[test]
fn the_thing_is_named_by_what_identifies_it() {
    let name = |text: &str| {
        let effect = only(text);
        format!("{}", effect.resource)
    };
    assert_eq!(name("aws rds delete-db-instance --db-instance-identifier prod"), "rds db-instance `prod`");
    assert_eq!(name("aws s3api delete-object --key a/b --bucket logs"), "s3 object `logs/a/b`");
    assert_eq!(name("aws iam delete-role-policy --role-name r --policy-name p"), "iam role-policy `r/p`");
    assert_eq!(name("aws ecs delete-service --cluster c --service s"), "ecs service `s`");
    assert_eq!(name("aws ec2 describe-instances"), "ec2 instance `all`");
    assert_eq!(name("aws ec2 run-instances --image-id ami-1"), "ec2 instance `new`");
    assert_eq!(name("aws rds delete-db-instance --db-instance-id prod"), "rds db-instance `prod`");
    assert_eq!(name("aws rds delete-db-instance --cli-input-json '{\"DBInstanceIdentifier\":\"prod\"}'"), "rds db-instance `prod`");
}

#[test]
fn what_is_not_known_is_not_exact() {
    assert_eq!(only("aws rds delete-db-instance --db-instance-identifier prod").certainty, Certainty::Exact);
    assert_eq!(only("aws rds delete-db-instance").certainty, Certainty::AtLeast);
    for text in [
        "aws rds delete-db-instance --db-instance-identifier \"db-$n\"",
        "aws rds delete-db-instance --db-instance-identifier \"$n\"",
        "aws rds delete-db-instance --db-instance-identifier x $flags",
        "aws rds delete-db-instance --cli-input-json file://x.json",
        "aws rds delete-db-instance --cli-input-yaml \"$x\"",
    ] {
        assert!(effects(text).iter().any(|e| e.verb == Verb::Delete && e.certainty == Certainty::Opaque), "{text}: {:#?}", effects(text).lines());
    }
}

#[test]
fn a_raised_effect_stands_beside_the_plain_one() {
    let all = effects("aws rds create-db-instance --db-instance-identifier x --publicly-accessible --no-deletion-protection");
    let verbs: Vec<Verb> = all.iter().map(|e| e.verb).collect();
    assert_eq!(verbs, [Verb::Expose, Verb::DisableProtection, Verb::Create]);
    assert!(all.iter().filter(|e| e.verb != Verb::Create).all(|e| e.reversibility == Reversibility::Irreversible));
}

#[test]
fn files_that_are_sent_or_written_are_told() {
    let has = |text: &str, verb: Verb, name: &str| effects(text).iter().any(|e| e.verb == verb && e.resource.name == name);
    assert!(has("aws lambda update-function-code --function-name f --zip-file fileb://app.zip", Verb::Read, "app.zip"));
    assert!(has("aws s3api put-object --bucket b --key k --body notes.txt", Verb::Read, "notes.txt"));
    assert!(has("aws s3api get-object --bucket b --key k out.bin", Verb::Update, "out.bin"));
    assert!(has("aws s3api get-object out.bin --bucket b --key k", Verb::Update, "out.bin"));
    assert!(has("aws lambda invoke --function-name f --payload '{}' /etc/app", Verb::Update, "/etc/app"));
    assert!(has("aws lambda invoke --function-name f --no-dry-run /etc/app", Verb::Update, "/etc/app"));
    assert!(!effects("aws s3api get-object --bucket b --key k /dev/stdout").iter().any(|e| e.verb == Verb::Update));
    assert!(has("aws s3api get-object --bucket b --key k out.bin", Verb::Read, "b/k"));
}

#[test]
fn a_statement_is_named_by_its_first_words() {
    let notes = only("aws rds-data execute-statement --resource-arn r --secret-arn s --sql \"DELETE FROM orders WHERE name = $n\"").notes;
    assert!(notes.iter().any(|n| n == "statement: DELETE FROM orders …"), "{notes:?}");
    let notes = only("aws athena start-query-execution --query-string \"INSERT INTO t VALUES ('hunter2', $n)\"").notes;
    assert!(notes.iter().any(|n| n == "statement: INSERT INTO t …"), "{notes:?}");
}

#[test]
fn a_whole_account_is_a_whole_environment() {
    assert!(only("aws organizations close-account --account-id 333333333333").whole_environment);
    assert!(!only("aws organizations leave-organization").whole_environment);
}

#[test]
fn data_is_told_where_it_is_lost() {
    let database = "rds delete-db-instance --db-instance-identifier x";
    for text in [database, "dynamodb delete-table --table-name t", "dynamodb scan --table-name t", "s3 rm s3://b/k", "ec2 delete-volume --volume-id v"] {
        assert!(only(&format!("aws {text}")).data_bearing, "{text}");
    }
    for text in ["ec2 delete-security-group --group-id g", "rds describe-db-instances", "sns delete-topic --topic-arn t"] {
        assert!(!only(&format!("aws {text}")).data_bearing, "{text}");
    }
}

#[test]
fn what_can_be_set_back_is_reversible_and_a_loss_is_not() {
    let lasting = |text: &str| only(&format!("aws {text}")).reversibility;
    assert_eq!(lasting("ecs update-service --cluster c --service s"), Reversibility::Reversible);
    assert_eq!(lasting("rds modify-db-instance --db-instance-identifier x"), Reversibility::Reversible);
    assert_eq!(lasting("iam attach-role-policy --role-name r --policy-arn p"), Reversibility::Reversible);
    assert_eq!(lasting("dynamodb put-item --table-name t --item x"), Reversibility::Irreversible);
    assert_eq!(lasting("cloudformation update-stack --stack-name s"), Reversibility::Irreversible);
    assert_eq!(lasting("cloudtrail stop-logging --name t"), Reversibility::Irreversible);
    assert_eq!(lasting("secretsmanager get-secret-value --secret-id s"), Reversibility::Irreversible);
}
