use super::clusters;

const ONE: &str = "\
apiVersion: v1
kind: Config
current-context: dev
clusters:
- name: c1
  cluster: {server: 'https://10.0.0.1:6443', certificate-authority-data: c2VjcmV0}
- name: c2
  cluster:
    server: https://k8s.example.com
contexts:
- {name: dev, context: {cluster: c1, user: me}}
- {name: live, context: {cluster: c2, user: me, namespace: shop}}
- {name: lost, context: {cluster: c3, user: me}}
users:
- {name: me, user: {token: hunter2}}
";

fn of(configs: &[&str]) -> Vec<(String, String)> {
    clusters(&configs.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>()).into_iter().collect()
}

fn is(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

#[test]
fn each_context_has_the_server_of_its_cluster_and_nothing_secret() {
    let found = of(&[ONE]);
    assert_eq!(found, is(&[("", "https://10.0.0.1:6443"), ("dev", "https://10.0.0.1:6443"), ("live", "https://k8s.example.com")]));
    assert!(!format!("{found:?}").contains("hunter2"));
}

#[test]
fn of_several_files_the_first_counts() {
    let other = "current-context: live\nclusters:\n- name: c1\n  cluster: {server: https://other}\n- name: c3\n  cluster: {server: https://c3}\n";
    assert_eq!(of(&[other, ONE])[0], ("".to_owned(), "https://k8s.example.com".to_owned()));
    assert!(of(&[other, ONE]).contains(&("lost".to_owned(), "https://c3".to_owned())));
    assert!(of(&[other, ONE]).contains(&("dev".to_owned(), "https://other".to_owned())));
}

#[test]
fn what_cannot_be_read_leaves_nothing_known() {
    for text in ["", "clusters: [", "a: b", "current-context: dev\ncurrent-context: live\nclusters: []", "- x"] {
        assert!(of(&[text]).is_empty(), "{text}");
    }
    assert!(of(&[ONE, "clusters: ["]).is_empty());
    let unknown = ONE.replace("current-context: dev", "current-context: nobody");
    assert!(!of(&[&unknown]).iter().any(|(name, _)| name.is_empty()));
}
