use super::*;

#[test]
fn what_holds_data_is_stateful_and_has_a_noun() {
    for (kind, noun) in [
        ("AWS::RDS::DBInstance", "database"),
        ("AWS::DynamoDB::Table", "table"),
        ("AWS::S3::Bucket", "bucket"),
        ("AWS::EC2::Volume", "volume"),
        ("AWS::Logs::LogGroup", "log-group"),
        ("AWS::KMS::Key", "key"),
        ("AWS::Cognito::UserPool", "user-pool"),
        ("AWS::New::VectorDatabase", "cloud-resource"),
        ("Datadog::Monitors::Monitor", "cloud-resource"),
    ] {
        assert_eq!((meaning(kind).is_stateful, meaning(kind).noun), (true, noun), "{kind}");
    }
    for kind in ["AWS::Lambda::Function", "AWS::EC2::Subnet", "AWS::RDS::DBSubnetGroup", "AWS::S3::BucketPolicy", "AWS::RDS::DBClusterParameterGroup", "AWS::KMS::Alias"] {
        assert!(!meaning(kind).is_stateful, "{kind}");
    }
}

#[test]
fn what_gives_rights_opens_or_runs_is_known_by_its_type() {
    for (kind, made) in [
        ("AWS::IAM::Role", Made::Grants),
        ("AWS::S3::BucketPolicy", Made::Grants),
        ("AWS::Lambda::Permission", Made::Grants),
        ("AWS::EC2::SecurityGroup", Made::Exposes),
        ("AWS::Lambda::Url", Made::Exposes),
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", Made::Exposes),
        ("Custom::S3AutoDeleteObjects", Made::Runs),
        ("AWS::CloudFormation::Stack", Made::Elsewhere),
        ("My::Org::Thing::MODULE", Made::Elsewhere),
        ("My::Org::Thing", Made::Foreign),
        ("AWS::Lambda::Function", Made::Plain),
    ] {
        assert_eq!(meaning(kind).made, made, "{kind}");
    }
}

#[test]
fn the_table_is_in_no_type_twice() {
    let mut names: Vec<&str> = STATEFUL.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), STATEFUL.len());
    assert!(names.iter().all(|name| name.starts_with("AWS::") && name.split("::").count() == 3));
}
