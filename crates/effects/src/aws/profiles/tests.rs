use super::profiles;

const CONFIG: &str = "\
[default]
region = eu-west-1
sso_account_id = 111111111111

# a comment
[profile prod]
role_arn=arn:aws:iam::222222222222:role/admin
source_profile = default
region = us-east-1
s3 =
    region = nested

[profile keys]
aws_access_key_id = AKIA
region = eu-north-1
[profile both]
sso_account_id = 111111111111
role_arn = arn:aws:iam::222222222222:role/x
[profile short]
aws_account_id = 123
[sso-session x]
sso_account_id = 333333333333
";

fn of(variables: &[(&str, &str)], profile: &str) -> Option<(String, String)> {
    let variables: Vec<(String, String)> = variables.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    profiles(CONFIG, &variables).get(profile).map(|fact| (fact.account.clone(), fact.region.clone()))
}

fn is(account: &str, region: &str) -> Option<(String, String)> {
    Some((account.to_owned(), region.to_owned()))
}

#[test]
fn the_account_is_what_the_settings_say_and_else_not_known() {
    assert_eq!(of(&[], "default"), is("111111111111", "eu-west-1"));
    assert_eq!(of(&[], "prod"), is("222222222222", "us-east-1"));
    assert_eq!(of(&[], "keys"), is("", "eu-north-1"));
    assert_eq!(of(&[], "both"), is("", ""));
    assert_eq!(of(&[], "short"), is("", ""));
    assert_eq!(of(&[], "x"), None);
}

#[test]
fn variables_choose_the_default_and_the_region_of_all() {
    assert_eq!(of(&[("AWS_PROFILE", "prod")], "default"), is("222222222222", "us-east-1"));
    assert_eq!(of(&[("AWS_DEFAULT_PROFILE", "prod"), ("AWS_PROFILE", "")], "default"), is("222222222222", "us-east-1"));
    assert_eq!(of(&[("AWS_PROFILE", "lost")], "default"), None);
    assert_eq!(of(&[("AWS_REGION", "ap-1"), ("AWS_DEFAULT_REGION", "x")], "prod"), is("222222222222", "ap-1"));
}

#[test]
fn credentials_in_variables_are_nobodys_that_we_know() {
    assert_eq!(of(&[("AWS_ACCESS_KEY_ID", "AKIA"), ("AWS_PROFILE", "prod")], "default"), None);
    assert_eq!(of(&[("AWS_ACCESS_KEY_ID", "AKIA")], "prod"), is("222222222222", "us-east-1"));
}

#[test]
fn a_profile_that_is_there_twice_says_nothing() {
    let twice = "[default]\nsso_account_id = 111111111111\n[default]\nsso_account_id = 222222222222\n";
    assert_eq!(profiles(twice, &[])["default"].account, "");
    assert!(profiles("no settings at all", &[]).is_empty());
}
