use action::Verb;

use super::{AccessLevel, OPERATIONS, has_service, operation};

/// Keys of all lines in their order.
fn keys() -> Vec<&'static str> {
    OPERATIONS.lines().filter(|l| !l.starts_with('#')).map(|l| l.split('\t').next().unwrap()).collect()
}

#[test]
fn every_line_is_found_and_every_operation_is_read() {
    let keys = keys();
    assert!(keys.windows(2).all(|pair| pair[0] < pair[1]), "the lines are not sorted");
    let mut found = 0;
    for line in OPERATIONS.lines().filter(|l| !l.starts_with('#')) {
        let [key, _, tokens] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let Some((service, word)) = key.split_once(' ') else {
            assert!(has_service(key));
            continue;
        };
        for token in tokens.split(' ') {
            let rest = token.split(['=', '*', '?', '&', '~', '!', '$', '>', '@']).next().unwrap();
            let name = if rest == "." { word.to_owned() } else { format!("{word}-{rest}") };
            let read = operation(service, &name).unwrap_or_else(|| panic!("{service} {name}"));
            assert_eq!((read.service, read.name().as_str()), (service, name.as_str()));
            found += 1;
        }
    }
    let said = format!("{found} operations");
    assert!(OPERATIONS.lines().take(4).any(|l| l.contains(&said)), "the head does not say {said}");
    assert!(found > 19_000, "{found}");
}

#[test]
fn an_operation_has_its_class_and_arguments() {
    let read = operation("rds", "delete-db-instance").unwrap();
    assert_eq!((read.level, read.verb, read.identified_by), (AccessLevel::Write, Verb::Delete, "db-instance-identifier"));
    assert!(read.holds_data() && !read.of_account && !read.runs_unseen());
    let read = operation("s3api", "delete-object").unwrap();
    assert_eq!((read.word, read.noun, read.identified_by), ("delete", "object", "bucket+key"));
    let read = operation("iam", "attach-role-policy").unwrap();
    assert_eq!((read.level, read.verb, read.of_account), (AccessLevel::Permissions, Verb::Grant, true));
    assert!(operation("kms", "schedule-key-deletion").unwrap().waits());
    assert!(operation("lambda", "invoke").is_some_and(|o| o.runs_unseen() && o.writes_file() && o.noun.is_empty()));
    assert!(operation("organizations", "close-account").unwrap().is_whole_account());
    assert!(operation("cloudformation", "delete-stack").unwrap().takes_along());
    assert!(operation("secretsmanager", "get-secret-value").unwrap().shows_secret());
    assert_eq!(operation("ec2", "create-tags").unwrap().level.as_str(), "tagging");
    assert_eq!(operation("ec2", "describe-instances").unwrap().level.as_str(), "list");
}

#[test]
fn the_command_lines_own_names_are_used() {
    for (service, name) in [
        ("s3api", "list-buckets"), ("deploy", "create-deployment"), ("configservice", "put-config-rule"), ("logs", "tail"),
        ("runtime.sagemaker", "invoke-endpoint"), ("sagemaker-runtime", "invoke-endpoint"), ("opensearch", "delete-domain"), ("emr", "terminate-clusters"), ("ecr", "get-login-password"),
        ("rds", "remove-option-from-option-group"), ("elbv2", "delete-load-balancer"), ("stepfunctions", "start-execution"),
    ] {
        assert!(operation(service, name).is_some(), "{service} {name}");
    }
    for (service, name) in [
        ("s3", "list-buckets"), ("codedeploy", "create-deployment"), ("rds", "delete"), ("rds", "delete-db"), ("rds", "delete-db-instance-"),
        ("rds", ""), ("", ""), ("rds", "delete-db-instance=1"), ("rds delete", "x"), ("#", "x"), ("rds\t-", "x"), ("é", "é"), ("rds", "delete-."),
    ] {
        assert!(operation(service, name).is_none(), "{service} {name}");
    }
}

#[test]
fn deletions_by_name_are_never_less_than_a_change() {
    for key in keys().into_iter().filter(|k| k.contains(' ')) {
        let (service, word) = key.split_once(' ').unwrap();
        if !["delete", "terminate", "purge", "destroy", "deregister", "revoke", "release"].contains(&word) {
            continue;
        }
        let line = OPERATIONS.lines().find(|l| l.split('\t').next() == Some(key)).unwrap();
        for token in line.split('\t').nth(2).unwrap().split(' ') {
            let rest = token.split(['=', '*', '?', '&', '~', '!', '$', '>', '@']).next().unwrap();
            let name = if rest == "." { word.to_owned() } else { format!("{word}-{rest}") };
            let verb = operation(service, &name).unwrap().verb;
            assert!(verb != Verb::Read && verb != Verb::Create, "{service} {name}: {verb}");
        }
    }
}
