use crate::manifest::tests::{check, facts, notes, says};
use crate::manifest::{Action, Kind, read};
use crate::sighting::Reading;

const ARN: &str = "arn:aws:cloudformation:eu-west-1:111122223333:stack/shop/0000";

/// A change set of these changes, each `Action ResourceType Id` and more JSON.
fn change_set(changes: &[(&str, &str)], more: &str) -> String {
    let one = |(words, more): &(&str, &str)| {
        let words: Vec<&str> = words.split(' ').collect();
        format!(r#"{{"Type": "Resource", "ResourceChange": {{"Action": "{}", "ResourceType": "{}", "LogicalResourceId": "{}"{more}}}}}"#, words[0], words[1], words[2])
    };
    let changes: Vec<String> = changes.iter().map(one).collect();
    format!(r#"{{"StackId": "{ARN}", "StackName": "shop", "ChangeSetName": "c", "Changes": [{}]{more}}}"#, changes.join(", "))
}

fn reading(changes: &[(&str, &str)]) -> Reading {
    read(&change_set(changes, ""), Some(Kind::ChangeSet), Action::Apply, &facts())
}

#[test]
fn an_action_is_a_verb_and_the_stack_is_where_its_arn_says() {
    for (change, more, line) in [
        ("Add AWS::S3::Bucket B", "", "production create bucket shop/B data"),
        ("Add AWS::Lambda::Function F", "", "production create cloud-resource shop/F"),
        ("Import AWS::S3::Bucket B", "", "production update bucket shop/B ~ data"),
        ("SyncWithActual AWS::S3::Bucket B", "", "production update bucket shop/B ~ data"),
        ("Modify AWS::S3::Bucket B", r#", "Replacement": "False""#, "production update bucket shop/B ~ data"),
        ("Modify AWS::S3::Bucket B", r#", "Replacement": "True""#, "production replace bucket shop/B ! data"),
        ("Modify AWS::S3::Bucket B", r#", "Replacement": "Conditional""#, "production replace bucket shop/B ! + data"),
        ("Modify AWS::S3::Bucket B", r#", "Replacement": "Odd""#, "production replace bucket shop/B ! ? data"),
        ("Modify AWS::S3::Bucket B", "", "production replace bucket shop/B ! ? data"),
        ("Remove AWS::S3::Bucket B", "", "production delete bucket shop/B ! data"),
        ("Remove AWS::Lambda::Function F", "", "production delete cloud-resource shop/F !"),
        ("Dynamic AWS::S3::Bucket B", "", "production opaque bucket shop/B ! ? data"),
        ("Odd AWS::S3::Bucket B", "", "production opaque bucket shop/B ! ? data"),
    ] {
        check(&reading(&[(change, more)]), &[line]);
    }
}

#[test]
fn a_policy_that_keeps_a_thing_keeps_its_data() {
    for (change, policy, line) in [
        ("Remove AWS::RDS::DBInstance Db", "Delete", "production delete database shop/Db ! data"),
        ("Remove AWS::RDS::DBInstance Db", "Retain", "production update database shop/Db ~ data"),
        ("Remove AWS::RDS::DBInstance Db", "Snapshot", "production delete database shop/Db ~ data"),
        ("Modify AWS::RDS::DBInstance Db", "ReplaceAndDelete", "production replace database shop/Db ! data"),
        ("Modify AWS::RDS::DBInstance Db", "ReplaceAndRetain", "production create database shop/Db data"),
        ("Modify AWS::RDS::DBInstance Db", "ReplaceAndSnapshot", "production replace database shop/Db ~ data"),
    ] {
        check(&reading(&[(change, &format!(r#", "Replacement": "True", "PolicyAction": "{policy}""#))]), &[line]);
    }
    check(&reading(&[("Modify AWS::RDS::DBInstance Db", r#", "Replacement": "False", "PolicyAction": "ReplaceAndDelete""#)]), &["production replace database shop/Db ! + data"]);
}

#[test]
fn what_gives_rights_opens_or_runs_says_so() {
    check(&reading(&[("Add AWS::IAM::Policy P", "")]), &["production grant right shop/P !"]);
    check(&reading(&[("Add AWS::EC2::SecurityGroup S", "")]), &["production expose entrance shop/S !"]);
    check(&reading(&[("Modify AWS::IAM::Role R", r#", "Replacement": "True""#)]), &["production replace right shop/R !", "production grant right shop/R ! +"]);
    check(&reading(&[("Remove AWS::IAM::Role R", "")]), &["production delete right shop/R !"]);
    let custom = reading(&[("Remove Custom::Empty E", "")]);
    check(&custom, &["production delete cloud-resource shop/E !", "production execute cloud-resource shop/E ! +", "production opaque cloud-resource shop/E ! ?"]);
}

#[test]
fn protection_that_goes_is_seen_by_the_property() {
    let detail = |target: &str| format!(r#", "Replacement": "False", "Details": [{{"Target": {{{target}}}}}]"#);
    let off = "production disable-protection database shop/Db ! + data";
    for (target, is_off) in [
        (r#""Attribute": "Properties", "Name": "DeletionProtection", "AfterValue": "false""#, true),
        (r#""Attribute": "Properties", "Name": "DeletionProtection", "AfterValue": "true""#, false),
        (r#""Attribute": "Properties", "Name": "DeletionProtection""#, true),
        (r#""Attribute": "Properties", "Name": "BackupRetentionPeriod", "AfterValue": "0""#, true),
        (r#""Attribute": "DeletionPolicy", "AfterValue": "Delete""#, true),
        (r#""Attribute": "DeletionPolicy", "AfterValue": "Retain""#, false),
        (r#""Attribute": "Tags""#, false),
    ] {
        let seen = reading(&[("Modify AWS::RDS::DBInstance Db", &detail(target))]);
        let lines = if is_off { vec!["production update database shop/Db ~ data", off] } else { vec!["production update database shop/Db ~ data"] };
        check(&seen, &lines);
    }
}

#[test]
fn a_change_set_that_ends_everything_it_names_is_of_the_whole_environment() {
    let replaced = r#", "Replacement": "True""#;
    let all = [("Remove AWS::RDS::DBInstance Db", ""), ("Modify AWS::Lambda::Function F", replaced)];
    check(&reading(&all), &["production delete database shop/Db ! data whole", "production replace cloud-resource shop/F ! whole"]);
    let some = [("Remove AWS::RDS::DBInstance Db", ""), ("Add AWS::Lambda::Function F", "")];
    check(&reading(&some), &["production delete database shop/Db ! data", "production create cloud-resource shop/F"]);
    let kept = [("Remove AWS::RDS::DBInstance Db", r#", "PolicyAction": "Retain""#), ("Remove AWS::Lambda::Function F", "")];
    check(&reading(&kept), &["production update database shop/Db ~ data", "production delete cloud-resource shop/F !"]);
}

#[test]
fn a_nested_stack_is_opaque_until_its_own_change_set_is_there() {
    let nested = r#", "Replacement": "False", "ChangeSetId": "arn:x""#;
    let outer = change_set(&[("Modify AWS::CloudFormation::Stack Inner", nested)], "");
    let alone = read(&outer, None, Action::Apply, &facts());
    check(&alone, &["production update stack shop/Inner ~ ? data"]);
    let inner = change_set(&[("Remove AWS::SQS::Queue Q", "")], r#", "ChangeSetId": "arn:x""#).replace("\"shop\"", "\"shop-inner\"");
    let both = read(&format!("{outer}\n---\n{inner}"), None, Action::Apply, &facts());
    check(&both, &["production update stack shop/Inner ~ data", "production delete queue shop-inner/Q ! data"]);
    check(&reading(&[("Remove AWS::CloudFormation::Stack Inner", "")]), &["production delete stack shop/Inner ! + data"]);
}

#[test]
fn what_it_does_not_show_is_opaque() {
    let page = change_set(&[], r#", "NextToken": "t""#);
    check(&read(&page, None, Action::Apply, &facts()), &["production opaque manifest a part of it ! ?"]);
    for changes in [r#"{"Type": "Hook"}"#, r#"{"Type": "Resource"}"#, r#"{"ResourceChange": {"Action": "Add"}}"#, "7"] {
        let text = format!(r#"{{"StackId": "{ARN}", "Changes": [{changes}]}}"#);
        let seen = read(&text, None, Action::Apply, &facts());
        check(&seen, &["production opaque manifest a part of it ! ?"]);
        assert_eq!(says(&seen, &text, "production opaque"), changes);
    }
    check(&read(&format!(r#"{{"StackId": "{ARN}", "Changes": 7}}"#), None, Action::Apply, &facts()), &["production opaque manifest a part of it ! ?"]);
}

#[test]
fn what_causes_a_change_is_what_it_needs() {
    let details = r#", "Replacement": "False", "Details": [{"ChangeSource": "ResourceAttribute", "CausingEntity": "Db.Endpoint.Address"}, {"ChangeSource": "ParameterReference", "CausingEntity": "Password"}]"#;
    let seen = reading(&[("Modify AWS::Lambda::Function F", details)]);
    assert_eq!(seen.needs(), [("shop/F".to_owned(), "shop/Db".to_owned())]);
}

#[test]
fn values_are_never_shown_and_the_type_is() {
    let details = r#", "Replacement": "False", "AfterContext": "{\"Password\":\"hunter2\"}", "Details": [{"Target": {"Attribute": "Properties", "Name": "MasterUserPassword", "AfterValue": "hunter2"}}]"#;
    let text = change_set(&[("Modify AWS::RDS::DBInstance Db", details)], r#", "Parameters": [{"ParameterKey": "P", "ParameterValue": "hunter2"}]"#);
    let seen = read(&text, None, Action::Apply, &facts());
    assert!(!format!("{:?}", seen.effects()).contains("hunter2"));
    assert_eq!(notes(&seen, "production update database"), "AWS::RDS::DBInstance");
}
