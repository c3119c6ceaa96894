use effects::Facts;

use super::add_settings;

const CONFIG: &str = "[default]\nsso_account_id = 111111111111\nregion = eu-west-1\n[profile prod]\nsso_account_id = 222222222222\n";
const KUBE: &str = "current-context: dev\nclusters:\n- {name: c, cluster: {server: https://10.0.0.1}}\ncontexts:\n- {name: dev, context: {cluster: c}}\nusers:\n- {name: me, user: {token: hunter2}}\n";

fn known(command: &str, variables: &[(&str, &str)], put: &[(&str, &str)]) -> Facts {
    let home = tempfile::tempdir().unwrap();
    for (name, text) in put {
        let path = home.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let variables: Vec<(String, String)> = variables.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    let mut facts = Facts::default();
    add_settings(command, home.path(), &variables, &mut facts);
    facts
}

#[test]
fn settings_are_read_where_the_command_mentions_the_client() {
    let put = [(".aws/config", CONFIG), (".kube/config", KUBE), (".aws/credentials", "[default]\naws_secret_access_key = hunter2\n")];
    let facts = known("aws s3 ls; kubectl get pods", &[], &put);
    assert_eq!((facts.profiles["default"].account.as_str(), facts.profiles["prod"].account.as_str()), ("111111111111", "222222222222"));
    assert_eq!(facts.clusters[""], "https://10.0.0.1");
    assert!(!format!("{facts:?}").contains("hunter2"));
    assert_eq!(known("ls", &[], &put), Facts::default());
    assert!(known("helm list", &[], &put).profiles.is_empty());
}

#[test]
fn variables_lead_to_other_settings() {
    let put = [(".aws/config", CONFIG), ("other", "[default]\nsso_account_id = 333333333333\n"), ("kube", KUBE)];
    assert_eq!(known("aws s3 ls", &[("AWS_CONFIG_FILE", "~/other")], &put).profiles["default"].account, "333333333333");
    assert_eq!(known("aws s3 ls", &[("AWS_PROFILE", "prod")], &put).profiles["default"].account, "222222222222");
    assert_eq!(known("kubectl get x", &[("KUBECONFIG", "~/absent:~/kube")], &put).clusters["dev"], "https://10.0.0.1");
}

#[test]
fn settings_that_cannot_be_read_are_not_known() {
    assert_eq!(known("aws s3 ls; kubectl get x", &[], &[]), Facts::default());
    let large = "#".repeat(2 << 20);
    let facts = known("aws s3 ls; kubectl get x", &[], &[(".aws/config", &large), (".kube/config", &large)]);
    assert_eq!(facts, Facts::default());
    assert!(known("kubectl get x", &[("KUBECONFIG", "~/kube:~/large")], &[("kube", KUBE), ("large", &large)]).clusters.is_empty());
}
