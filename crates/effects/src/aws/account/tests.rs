use super::account_of_arn;

#[test]
fn an_arn_says_account_and_region_or_nothing() {
    let account = account_of_arn("arn:aws:rds:eu-west-1:111122223333:db:prod").unwrap();
    assert_eq!((account.number.as_str(), account.region.as_deref()), ("111122223333", Some("eu-west-1")));
    assert_eq!(account_of_arn("arn:aws-cn:iam::111122223333:role/x").unwrap().region, None);
    for none in ["", "arn", "arn:aws:s3:::bucket/key", "arn:aws:rds:eu-west-1:prod:db:x", "arn:gcp:rds::111122223333:x", "x:aws:a:b:111122223333:c"] {
        assert_eq!(account_of_arn(none), None, "{none}");
    }
}
