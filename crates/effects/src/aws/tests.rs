use action::{Certainty, Effect, Effects, Environment, EnvironmentName, Generation, Reversibility, Tier, Verb};
use proptest::prelude::*;

use crate::facts::{Facts, ProfileFact};
use crate::place::Place;
use crate::shell::read;

mod commands;

/// Two accounts: one of development, and one whose two regions are production and staging.
pub(super) fn facts() -> Facts {
    let environment = |name: &str, tier, identities: &[&str], hosts: &[&str]| {
        let environment = Environment {
            name: EnvironmentName::new(name),
            tier,
            paths: Vec::new(),
            hosts: hosts.iter().map(|&h| h.to_owned()).collect(),
            remotes: Vec::new(),
            recovery: Vec::new(),
            owners: Vec::new(),
            terms: Default::default(),
            identities: identities.iter().map(|&i| i.to_owned()).collect(),
        };
        (environment, Generation(1))
    };
    let profile = |account: &str| ProfileFact { account: account.into(), region: "eu-west-1".into() };
    Facts {
        tree: "/home/ana/app".into(),
        home: "/home/ana".into(),
        environments: vec![
            environment("dev", Tier::Development, &["aws:111111111111"], &[]),
            environment("production/eu", Tier::Production, &["aws:222222222222/eu-west-1"], &["ledger.s3.amazonaws.com", "s3.corp.example"]),
            environment("staging/us", Tier::Staging, &["aws:222222222222/us-east-1"], &[]),
        ],
        profiles: [("default", "111111111111"), ("prod", "222222222222"), ("lost", "")].map(|(n, a)| (n.to_owned(), profile(a))).into(),
        ..Facts::default()
    }
}

pub(super) fn effects(text: &str) -> Effects {
    read(text, &facts(), Place::Host)
}

/// The only effect of a command.
#[track_caller]
pub(super) fn only(text: &str) -> Effect {
    let effects = effects(text);
    assert_eq!(effects.len(), 1, "{text}: {:#?}", effects.lines());
    effects.iter().next().unwrap().clone()
}

/// Whether some effect has this verb.
pub(super) fn does(text: &str, verb: Verb) -> bool {
    effects(text).iter().any(|e| e.verb == verb)
}

fn opaque(text: &str) -> bool {
    effects(text).iter().any(|e| e.certainty == Certainty::Opaque)
}

#[test]
fn a_line_says_what_is_lost_and_where() {
    let line = |text: &str| effects(text).lines().join("\n");
    assert_eq!(
        line("aws rds delete-db-instance --db-instance-identifier orders --skip-final-snapshot --profile prod"),
        "deletes rds db-instance `orders` in production/eu: rds delete-db-instance, write, no final snapshot, irreversible"
    );
    assert_eq!(
        line("aws ec2 terminate-instances --instance-ids i-1 i-2 i-3 i-4"),
        "deletes ec2 instance `i-1, i-2, i-3, …` in dev: 4 instances, ec2 terminate-instances, write, irreversible"
    );
    assert_eq!(line("aws s3 ls"), "reads s3 bucket `all` in dev: s3 ls, list");
    assert_eq!(line("aws s3 rb s3://logs --force"), "deletes s3 bucket `logs` in dev: s3 rb, all objects in it, irreversible");
}

#[test]
fn the_account_comes_from_facts_and_never_from_names() {
    let place = |text: &str| only(text).environment.as_str().to_owned();
    assert_eq!(place("aws ec2 describe-instances"), "dev");
    assert_eq!(place("aws ec2 describe-instances --profile prod"), "production/eu");
    assert_eq!(place("aws --profile=prod --region us-east-1 ec2 describe-instances"), "staging/us");
    assert_eq!(place("aws ec2 describe-instances --prof prod"), "production/eu");
    assert_eq!(place("AWS_PROFILE=prod aws ec2 describe-instances"), "production/eu");
    assert_eq!(place("export AWS_PROFILE=prod AWS_REGION=us-east-1; aws ec2 describe-instances"), "staging/us");
    for unknown in [
        "aws ec2 describe-instances --profile lost",
        "aws ec2 describe-instances --profile dev",
        "aws ec2 describe-instances --profile \"$P\"",
        "aws ec2 describe-instances --no-sign-request",
        "aws ec2 describe-instances --pro=\"$P\"",
        "aws ec2 describe-instances $MORE",
        "aws ec2 describe-instances --instance-ids \"$ID\"",
    ] {
        assert_eq!(place(unknown), "unknown", "{unknown}");
    }
    for text in [
        "AWS_ACCESS_KEY_ID=x aws s3 rm s3://b/k",
        "export AWS_CONFIG_FILE=x; aws s3 rm s3://b/k",
        "AWS_PROFILE=dev; aws s3 rm s3://b/k",
        "HOME=/tmp/x aws s3 rm s3://b/k",
        "aws configure set region x; aws s3 rm s3://b/k",
        "cp x ~/.aws/config; aws s3 rm s3://b/k",
        "read AWS_PROFILE; aws s3 rm s3://b/k",
    ] {
        let deleted = effects(text).iter().find(|e| e.verb == Verb::Delete).unwrap().clone();
        assert_eq!(deleted.tier, Tier::Unknown, "{text}");
    }
}

#[test]
fn what_acts_on_the_whole_account_lands_in_its_gravest_region() {
    assert_eq!(only("aws iam delete-role --role-name r --profile prod --region us-east-1").environment.as_str(), "production/eu");
    assert_eq!(only("aws route53 delete-hosted-zone --id Z --profile prod --region us-east-1").tier, Tier::Production);
}

#[test]
fn an_arn_says_the_account() {
    let arn = "arn:aws:rds:us-east-1:222222222222:db:orders";
    assert_eq!(only(&format!("aws rds start-activity-stream --resource-arn {arn} --profile lost")).environment.as_str(), "staging/us");
    let graver = "arn:aws:rds:eu-west-1:222222222222:cluster:orders";
    assert_eq!(only(&format!("aws rds start-activity-stream --resource-arn {graver}")).environment.as_str(), "production/eu");
    let milder = "arn:aws:rds:eu-west-1:111111111111:cluster:orders";
    assert_eq!(only(&format!("aws rds start-activity-stream --resource-arn {milder} --profile prod")).environment.as_str(), "production/eu");
    assert_eq!(only("aws rds start-activity-stream --resource-arn arn:aws:rds:eu-west-1:333333333333:cluster:x --profile lost").tier, Tier::Unknown);
    assert_eq!(only("aws rds start-activity-stream --resource-arn \"arn:aws:rds:eu-west-1:$ACCOUNT:cluster:x\"").tier, Tier::Unknown);
    assert_eq!(only("aws s3 rm s3://arn:aws:s3:us-east-1:222222222222:accesspoint/p/k --profile lost").environment.as_str(), "staging/us");
}

#[test]
fn an_endpoint_is_judged_as_its_host() {
    assert_eq!(only("aws s3 rm s3://b/k --endpoint-url https://s3.corp.example").environment.as_str(), "production/eu");
    assert_eq!(only("aws s3 rm s3://b/k --endpoint-url https://elsewhere.example").tier, Tier::Unknown);
    assert_eq!(only("aws s3 rm s3://b/k --endpoint-url http://localhost:4566").tier, Tier::Host);
    assert_eq!(read("aws s3 rm s3://b/k --endpoint-url http://localhost:4566", &facts(), Place::Boxed).tier(), Tier::Workspace);
    assert_eq!(only("aws s3api delete-object --bucket b --key k --endpoint-url \"$E\"").tier, Tier::Unknown);
}

#[test]
fn a_bucket_that_a_mapping_names_is_that_environment() {
    assert_eq!(only("aws s3 rm s3://ledger/x").environment.as_str(), "production/eu");
    assert_eq!(only("aws s3api delete-object --bucket ledger --key x").environment.as_str(), "production/eu");
    assert_eq!(only("aws s3 rm s3://other/x").environment.as_str(), "dev");
}

#[test]
fn what_is_not_in_the_grammar_is_opaque() {
    for text in [
        "aws my-alias",
        "aws ec2 nuke-everything --all",
        "aws nuke everything",
        "aws $SERVICE delete-everything",
        "aws s3 nuke s3://b",
        "aws ec2 $OPERATION --instance-ids i-1",
        "aws --odd ec2 terminate-instances --instance-ids i-1",
        "aws $ARGS",
        "aws",
        "aws --c x ec2 describe-instances",
        "aws s3 cp a b c",
        "aws s3 rm \"$x\" --dryrun",
        "aws ec2 wait",
        "aws my-alias help",
        "aws ec2 my-alias help",
        "aws my-alias x --generate-cli-skeleton",
        "aws nuke wait x",
    ] {
        assert!(opaque(text), "{text}: {:#?}", effects(text).lines());
        assert_eq!(effects(text).tier(), Tier::Unknown, "{text}");
    }
}

#[test]
fn asking_for_help_touches_nothing() {
    let skeleton = "aws ec2 terminate-instances --generate-cli-skeleton";
    for text in ["aws help", "aws ec2 help", "aws s3 help", "aws s3 rm help", "aws ec2 terminate-instances help", "aws --version", skeleton] {
        let effect = only(text);
        assert_eq!((effect.verb, effect.resource.kind.as_str(), effect.certainty), (Verb::Execute, "program", Certainty::Exact), "{text}");
    }
    for text in [
        "aws ec2 terminate-instances --instance-ids help",
        "aws ec2 terminate-instances --instance-ids i-1 --version",
        "aws ec2 terminate-instances --instance-ids i-1 --generate-cli-skel",
        "aws ec2 terminate-instances --instance-ids i-1 --generate-cli-skeleton $x",
    ] {
        assert!(does(text, Verb::Delete), "{text}");
    }
}

#[test]
fn a_dry_run_counts_only_where_nobody_can_doubt_it() {
    assert_eq!(only("aws ec2 terminate-instances --instance-ids i-1 --dry-run").verb, Verb::Read);
    for text in [
        "aws ec2 terminate-instances --instance-ids i-1 --dry",
        "aws ec2 terminate-instances --instance-ids i-1 --dry-run --no-dry-run",
        "aws ec2 terminate-instances --instance-ids i-1 --dry-run $MORE",
        "aws ec2 terminate-instances --dry-run --cli-input-json file://x.json",
        "aws rds delete-db-instance --db-instance-identifier x --dry-run",
    ] {
        assert!(does(text, Verb::Delete), "{text}: {:#?}", effects(text).lines());
    }
}

#[test]
fn waiting_is_looking() {
    let effect = only("aws ec2 wait instance-running --instance-ids i-1");
    assert_eq!((effect.verb, effect.certainty, effect.resource.name.as_str()), (Verb::Read, Certainty::Exact, "until instance-running"));
}

#[test]
fn settings_and_secrets_are_told() {
    assert!(effects("aws configure").iter().any(|e| e.verb != Verb::Read && e.resource.name == "/home/ana/.aws/credentials"));
    assert!(effects("aws configure set aws_secret_access_key hunter2").lines().iter().all(|l| !l.contains("hunter2")));
    assert!(does("aws configure get aws_secret_access_key", Verb::Expose) && does("aws configure export-credentials", Verb::Expose));
    assert!(!does("aws configure get region", Verb::Expose) && does("aws configure get $x", Verb::Expose));
    assert!(opaque("aws sso login --profile prod") && opaque("aws configure nuke"));
    let effects = effects("aws eks update-kubeconfig --name prod --kubeconfig k --profile prod");
    assert!(effects.iter().any(|e| e.verb == Verb::Update && e.resource.name == "k"));
    assert!(effects.iter().any(|e| e.verb == Verb::Read && e.environment.as_str() == "production/eu"));
}

#[test]
fn a_command_in_a_wrapper_is_the_command() {
    let bare = effects("aws rds delete-db-cluster --db-cluster-identifier x --skip-final-snapshot");
    for wrapped in [
        "sh -c 'aws rds delete-db-cluster --db-cluster-identifier x --skip-final-snapshot'",
        "timeout 5 /usr/local/bin/aws rds delete-db-cluster --db-cluster-identifier x --skip-final-snapshot",
        "for c in x; do aws rds delete-db-cluster --db-cluster-identifier $c --skip-final-snapshot; done",
        "D=delete-db-cluster; aws rds $D --db-cluster-identifier x --skip-final-snapshot",
    ] {
        let all = effects(wrapped);
        assert!(bare.iter().all(|e| all.iter().any(|w| w == e)), "{wrapped}: {:#?}", all.lines());
    }
    // Somebody else has settings of their own.
    let by_root = effects("sudo aws rds delete-db-cluster --db-cluster-identifier x --skip-final-snapshot");
    assert!(by_root.iter().any(|e| e.verb == Verb::Delete && e.tier == Tier::Unknown), "{:#?}", by_root.lines());
    let fed = effects("cat ids | xargs aws ec2 terminate-instances --instance-ids");
    assert!(fed.iter().any(|e| e.verb == Verb::Delete && e.certainty == Certainty::Opaque), "{:#?}", fed.lines());
}

#[test]
fn reversibility_is_what_aws_keeps() {
    let lasting = |text: &str| only(text).reversibility;
    assert_eq!(lasting("aws rds delete-db-instance --db-instance-identifier x"), Reversibility::Irreversible);
    assert_eq!(lasting("aws rds delete-db-instance --db-instance-identifier x --final-db-snapshot-identifier s"), Reversibility::Recoverable);
    assert_eq!(lasting("aws kms schedule-key-deletion --key-id k"), Reversibility::Recoverable);
    assert_eq!(lasting("aws secretsmanager delete-secret --secret-id s"), Reversibility::Recoverable);
    assert_eq!(lasting("aws secretsmanager delete-secret --secret-id s --force-delete"), Reversibility::Irreversible);
    assert_eq!(lasting("aws ec2 stop-instances --instance-ids i-1"), Reversibility::Reversible);
    assert_eq!(lasting("aws ec2 create-tags --resources i-1 --tags Key=a,Value=b"), Reversibility::Reversible);
    assert_eq!(lasting("aws s3api put-object --bucket b --key k"), Reversibility::Irreversible);
}

#[test]
fn secrets_among_the_arguments_are_never_shown() {
    for text in [
        "aws rds create-db-instance --db-instance-identifier x --master-user-password hunter2",
        "aws rds modify-db-instance --db-instance-identifier x --master-user-password=hunter2",
        "aws secretsmanager put-secret-value --secret-id x --secret-string hunter2",
        "aws ssm put-parameter --name x --type SecureString --value hunter2",
        "aws iam create-login-profile --user-name x --password hunter2",
        "aws iam change-password --old-password hunter2 --new-password hunter2",
        "aws cognito-idp admin-set-user-password --user-pool-id p --username u --password hunter2",
        "aws rds create-db-instance --cli-input-json '{\"MasterUserPassword\":\"hunter2\"}'",
        "aws rds-data execute-statement --resource-arn r --secret-arn s --sql \"ALTER USER ana PASSWORD 'hunter2'\"",
        "aws nuke everything --password hunter2",
        "aws sns publish --topic-arn t --message hunter2",
        "aws athena start-query-execution --query-string hunter2",
        "aws athena start-query-execution --query-string \"SET p = 'hunter2'\"",
        "aws ssm send-command --document-name d --parameters commands=hunter2",
        "aws sqs delete-queue --queue-url https://u:hunter2@q.example/q?token=hunter2",
        "aws iot register-certificate --certificate-pem hunter2",
    ] {
        assert!(effects(text).lines().iter().all(|line| !line.contains("hunter2")), "{text}: {:#?}", effects(text).lines());
    }
}

/// Words of commands, good and bad.
fn word() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "aws", "ec2", "s3", "s3api", "rds", "iam", "terminate-instances", "delete-db-instance", "cp", "rm", "sync", "--recursive", "--dryrun",
        "--dry-run", "--profile", "prod", "--region", "--cli-input-json", "'{}'", "'{\"Force\":true}'", "s3://b/k", "s3://", "--", "-", "--=",
        "--x=", "$x", "\"$x\"", "*", "help", "wait", "configure", "--endpoint-url", "http://", "arn:aws:rds::1:", "--no-dry-run", "file://",
    ]);
    prop_oneof![4 => known.prop_map(str::to_owned), 1 => "\\PC{0,12}"]
}

proptest! {
    #[test]
    fn any_words_are_read_without_a_panic(words in prop::collection::vec(word(), 0..12)) {
        let effects = effects(&format!("aws {}", words.join(" ")));
        prop_assert!(!effects.is_empty());
    }

    #[test]
    fn more_words_never_make_a_deletion_less(words in prop::collection::vec(word(), 0..6)) {
        let text = format!("aws ec2 terminate-instances --instance-ids i-1 {}", words.join(" "));
        let skipped = words.iter().any(|w| w == "--dry-run");
        let read = effects(&text);
        let kept = read.iter().any(|e| e.verb == Verb::Delete || e.certainty == Certainty::Opaque);
        prop_assert!(skipped || kept, "{text}: {:#?}", read.lines());
    }
}
