use super::*;

fn scrub(variables: &[(&str, &str)], text: &str) -> String {
    let variables: Vec<_> = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Scrub::new(&variables).text(text)
}

#[test]
fn values_of_secret_variables_are_removed() {
    let variables = [("DB_PASSWORD", "hunter2!"), ("DB_PASSWORD_OLD", "hunter2!!!"), ("HOME", "/home/me"), ("PIN", "1234")];
    assert_eq!(
        scrub(&variables, "psql -p hunter2! hunter2!!! /home/me 1234"),
        "psql -p [removed:DB_PASSWORD] [removed:DB_PASSWORD_OLD] /home/me 1234"
    );
}

#[test]
fn which_names_are_secret() {
    for name in ["OPENAI_API_KEY", "GH_TOKEN", "AWS_SECRET_ACCESS_KEY", "pgpassword", "MY_PAT", "DB_PWD", "SENTRY_DSN", "APIKEY"] {
        assert!(is_secret(name), "{name}");
    }
    for name in ["PATH", "PWD", "OLDPWD", "HOME", "GIT_AUTHOR_NAME", "LANG", "KEYBOARD", "MONKEY"] {
        assert!(!is_secret(name), "{name}");
    }
}

#[test]
fn tokens_are_known_by_their_form() {
    for token in [
        concat!("sk-", "ant-api03-abcdefghijklmnop"),
        concat!("AK", "IAIOSFODNN7EXAMPLE"),
        concat!("gh", "p_abcdefghijklmnopqrstuvwxyz0123456789"),
        concat!("glp", "at-abcdefghijklmnopqrst"),
        concat!("xo", "xb-1234567890-abcdef"),
        concat!("ey", "JhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-DEF_123"),
    ] {
        assert_eq!(scrub(&[], &format!("a={token}, \"{token}\"")), "a=[removed], \"[removed]\"");
    }
    for text in ["task-list-of-many-things-to-do", "sk-short", "ghp_", "the AKIA prefix", "eyJ", "v1.2.3-rc.1"] {
        assert_eq!(scrub(&[], text), text);
    }
}

#[test]
fn bearers_and_passwords_in_urls_are_removed() {
    assert_eq!(scrub(&[], "Authorization: Bearer 0123456789abcdef0123"), "Authorization: Bearer [removed]");
    assert_eq!(scrub(&[], "the bearer of this letter"), "the bearer of this letter");
    assert_eq!(scrub(&[], "git push https://me:p@ss@host/x.git"), "git push https://me:[removed]@host/x.git");
    assert_eq!(scrub(&[], "see https://host:80/a@b"), "see https://host:80/a@b");
}

#[test]
fn private_keys_are_removed_whole() {
    let key = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\n-----END OPENSSH PRIVATE KEY-----";
    assert_eq!(scrub(&[], &format!("a {key} b {key}")), "a [removed] b [removed]");
    assert_eq!(scrub(&[], "a -----BEGIN PRIVATE KEY-----\nb3Blb"), "a [removed]");
    let public = "-----BEGIN PUBLIC KEY-----\nMCowBQ\n-----END PUBLIC KEY-----";
    assert_eq!(scrub(&[], &format!("{public} {key}")), format!("{public} [removed]"));
}

#[test]
fn every_text_in_a_tree_is_scrubbed() {
    let scrub = Scrub::new(&[("API_TOKEN".into(), "abc\"def".into())]);
    let mut value = serde_json::json!({"abc\"def": ["x abc\"def", 1, {"y": "abc\"def"}]});
    scrub.value(&mut value);
    assert!(!value.to_string().contains("def\\\"") && !value.to_string().contains("abc"), "{value}");
    assert!(!format!("{scrub:?}").contains("abc"));
}
