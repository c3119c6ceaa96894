use crate::manifest::tests::{check, facts, notes, says, shorts};
use crate::manifest::{Action, Target, read, read_at};
use crate::sighting::Reading;

const SHOP: Target<'_> = Target { identity: Some("aws:111122223333/eu-west-1"), context: None, namespace: None, name: Some("shop"), directory: None, daemon: None };

fn reading(text: &str, action: Action) -> Reading {
    read_at(text, None, action, &SHOP, &facts())
}

/// One resource with some lines of its own, deleted with its stack.
fn deleted(kind: &str, more: &str) -> Vec<String> {
    let text = format!("Resources:\n  R:\n    Type: {kind}\n{more}");
    shorts(&reading(&text, Action::Delete)).into_iter().filter(|line| line.contains("shop/R")).collect()
}

#[test]
fn an_applied_template_changes_each_thing_perhaps_anew_and_leaves_the_rest_unknown() {
    let text = "Resources:\n  Db:\n    Type: AWS::RDS::DBInstance\n  Fn:\n    Type: AWS::Lambda::Function\n";
    let seen = reading(text, Action::Apply);
    check(&seen, &["production update database shop/Db ~ + data", "production update cloud-resource shop/Fn ~ +", "production opaque stack shop ! ?"]);
    assert!(notes(&seen, "production update database").contains("without its data"));
    assert_eq!(says(&seen, text, "production update database"), "Db:\n    Type: AWS::RDS::DBInstance");
    let kept = reading(&text.replace("DBInstance", "DBInstance\n    UpdateReplacePolicy: Retain"), Action::Apply);
    assert!(notes(&kept, "production update database").contains("beside the one that is there"));
}

#[test]
fn a_deleted_stack_is_the_whole_environment() {
    let text = r#"{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"T": {"Type": "AWS::DynamoDB::Table"}, "F": {"Type": "AWS::Lambda::Function"}}}"#;
    check(&reading(text, Action::Delete), &[
        "production delete table shop/T ! data",
        "production delete cloud-resource shop/F !",
        "production delete stack shop ! + data whole",
    ]);
    let kept = text.replace("\"AWS::DynamoDB::Table\"", "\"AWS::DynamoDB::Table\", \"DeletionPolicy\": \"Retain\"");
    check(&reading(&kept, Action::Delete), &[
        "production update table shop/T ~ data",
        "production delete cloud-resource shop/F !",
        "production delete stack shop ~ + whole",
    ]);
}

#[test]
fn a_deletion_policy_says_what_stays() {
    for (kind, more, line) in [
        ("AWS::DynamoDB::Table", "", "production delete table shop/R ! data"),
        ("AWS::DynamoDB::Table", "    DeletionPolicy: Retain\n", "production update table shop/R ~ data"),
        ("AWS::DynamoDB::Table", "    DeletionPolicy: RetainExceptOnCreate\n", "production update table shop/R ~ data"),
        ("AWS::DynamoDB::Table", "    DeletionPolicy: !If [Live, Retain, Delete]\n", "production delete table shop/R ! data"),
        ("AWS::DynamoDB::Table", "    UpdateReplacePolicy: Retain\n", "production delete table shop/R ! data"),
        ("AWS::EC2::Volume", "    DeletionPolicy: Snapshot\n", "production delete volume shop/R ~ data"),
        ("AWS::RDS::DBCluster", "", "production delete database shop/R ~ data"),
        ("AWS::RDS::DBInstance", "", "production delete database shop/R ~ data"),
        ("AWS::RDS::DBInstance", "    DeletionPolicy: Delete\n", "production delete database shop/R ! data"),
        ("AWS::RDS::DBInstance", "    Properties: {DBClusterIdentifier: !Ref C}\n", "production delete database shop/R ! data"),
        ("AWS::CloudFormation::Stack", "", "production delete stack shop/R ! + data"),
    ] {
        assert_eq!(deleted(kind, more), [line], "{kind} {more}");
    }
}

#[test]
fn what_is_opened_given_or_unprotected_in_so_many_words_is_seen() {
    for (kind, properties, verb) in [
        ("AWS::EC2::SecurityGroup", "SecurityGroupIngress: [{IpProtocol: tcp, CidrIp: 0.0.0.0/0}]", "expose"),
        ("AWS::S3::Bucket", "AccessControl: PublicRead", "expose"),
        ("AWS::S3::Bucket", "PublicAccessBlockConfiguration: {BlockPublicAcls: false}", "expose"),
        ("AWS::RDS::DBInstance", "PubliclyAccessible: true", "expose"),
        ("AWS::Lambda::Url", "AuthType: NONE", "expose"),
        ("AWS::S3::BucketPolicy", "PolicyDocument: {Statement: [{Effect: Allow, Principal: '*', Action: 's3:GetObject'}]}", "grant"),
        ("AWS::IAM::Policy", "PolicyDocument: {Statement: {Effect: Allow, Action: ['*'], Resource: x}}", "grant"),
        ("AWS::IAM::Role", "ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess']", "grant"),
        ("AWS::RDS::DBInstance", "DeletionProtection: false", "disable-protection"),
        ("AWS::RDS::DBInstance", "DeletionProtection: !Ref Protect", "disable-protection"),
        ("AWS::RDS::DBInstance", "BackupRetentionPeriod: 0", "disable-protection"),
    ] {
        let text = format!("Resources:\n  R:\n    Type: {kind}\n    Properties: {{{properties}}}\n");
        let seen = reading(&text, Action::Apply);
        let has_reason = seen.sightings().iter().any(|s| s.effect.verb.as_str() == verb && s.effect.notes.len() == 2 && !s.effect.notes[1].starts_with("made"));
        assert!(has_reason, "{kind} {properties}: {:?}", seen.effects().lines());
    }
    for (kind, properties) in [
        ("AWS::S3::Bucket", "PublicAccessBlockConfiguration: {BlockPublicAcls: true}"),
        ("AWS::RDS::DBInstance", "DeletionProtection: true"),
        ("AWS::Lambda::Function", "VpcConfig: {CidrIp: 0.0.0.0/0}"),
        ("AWS::SQS::Queue", "Policy: {Statement: [{Effect: Deny, Principal: '*', Action: '*'}]}"),
    ] {
        let text = format!("Resources:\n  R:\n    Type: {kind}\n    Properties: {{{properties}}}\n");
        assert_eq!(reading(&text, Action::Apply).sightings().len(), 2, "{kind} {properties}");
    }
}

#[test]
fn what_runs_or_stands_elsewhere_is_opaque() {
    let custom = reading("Resources:\n  R:\n    Type: Custom::Seed\n", Action::Apply);
    check(&custom, &["production execute cloud-resource shop/R ! +", "production opaque cloud-resource shop/R ! ?", "production opaque stack shop ! ?"]);
    let nested = reading("Resources:\n  R:\n    Type: AWS::CloudFormation::Stack\n", Action::Apply);
    check(&nested, &["production opaque stack shop/R ! ? data", "production opaque stack shop ! ?"]);
    for more in ["Transform: My::Macro\n", "Transform: [AWS::Serverless-2016-10-31, My::Macro]\n", "Mappings: {Fn::Transform: {Name: AWS::Include}}\n"] {
        let text = format!("Resources:\n  R:\n    Type: AWS::SQS::Queue\n{more}");
        assert!(shorts(&reading(&text, Action::Delete)).contains(&"production opaque manifest shop ! ?".to_owned()), "{more}");
    }
    let sam = reading("Transform: AWS::Serverless-2016-10-31\nResources:\n  R:\n    Type: AWS::Serverless::SimpleTable\n", Action::Apply);
    check(&sam, &["production update table shop/R ~ + data", "production opaque stack shop ! ?"]);
    for odd in ["  Fn::ForEach::Topics: [T, [a, b], {}]\n", "  R: 7\n", "  R: {Type: !Ref T}\n"] {
        let text = format!("AWSTemplateFormatVersion: '2010-09-09'\nResources:\n{odd}");
        assert!(shorts(&reading(&text, Action::Apply)).contains(&"production opaque manifest shop ! ?".to_owned()), "{odd}");
    }
}

#[test]
fn what_a_thing_refers_to_is_what_it_needs() {
    let text = "Parameters: {P: {Type: String}}\nResources:
  A: {Type: X::Y::Z, DependsOn: [B], Properties: {N: !Ref C, P: !Ref P, Me: !Ref A}}
  B: {Type: X::Y::Z, DependsOn: C}
  C: {Type: X::Y::Z, Properties: {N: !GetAtt D.Arn, M: {Fn::GetAtt: [E, Arn]}}}
  D: {Type: X::Y::Z, Properties: {N: !Sub 'a-${E}-${AWS::Region}-${!C}'}}
  E: {Type: X::Y::Z, Properties: {N: !Sub ['${B.Name}', {}]}}
";
    let needs: Vec<String> = reading(text, Action::Apply).needs().iter().map(|(a, b)| format!("{a}>{b}").replace("shop/", "")).collect();
    assert_eq!(needs, ["A>B", "A>C", "B>C", "C>D", "C>E", "D>E", "E>B"]);
}

#[test]
fn values_are_never_shown() {
    let text = "Parameters:\n  P: {Type: String, NoEcho: true, Default: hunter2}\nResources:\n  Db:\n    Type: AWS::RDS::DBInstance\n    Properties: {MasterUserPassword: hunter2, DeletionProtection: hunter2}\n";
    for action in [Action::Apply, Action::Delete] {
        assert!(!format!("{:?}", reading(text, action)).contains("hunter2"));
    }
    check(&read("AWSTemplateFormatVersion: '2010-09-09'\n", None, Action::Delete, &facts()), &["unknown opaque manifest a part of it ! ?"]);
}
