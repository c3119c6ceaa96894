use action::{ChangeSet, Environment, EnvironmentName, Generation, Tier};

use super::{DataFact, Facts, FileFact, FileKind, GitFact};

#[test]
fn facts_come_back_from_json_as_they_were() {
    let environment = Environment {
        name: EnvironmentName::new("dev"),
        tier: Tier::Development,
        paths: vec!["/srv/dev".into()],
        hosts: vec![],
        remotes: vec![],
        recovery: vec![],
        owners: Vec::new(),
        terms: Default::default(),
        identities: Vec::new(),
    };
    let mut facts = Facts {
        tree: "/t".into(),
        home: "/h".into(),
        environments: vec![(environment, Generation(3))],
        git: Some(GitFact { branch: "main".into(), remotes: vec![("o".into(), "u".into())], ..GitFact::default() }),
        change: Some(ChangeSet::new("/t", vec![])),
        top_level: Some(vec!["a".into()]),
        recovery_points: vec!["/r".into()],
        reachable_hosts: vec!["crates.io".into()],
        ..Facts::default()
    };
    facts.files.insert("a".into(), FileFact { kind: FileKind::Symlink { target: "b".into() }, size: 1, tracked: Some(true), changed: true, linked: true });
    facts.databases.insert("a.db".into(), DataFact { engine: "sqlite".into(), rows_before: Some(1), rows_after: None, rows_lost: 1 });
    facts.scripts.insert("x.sh".into(), "true".into());
    let text = serde_json::to_string(&facts).unwrap();
    assert_eq!(serde_json::from_str::<Facts>(&text).unwrap(), facts);
}

#[test]
fn what_is_left_out_is_unknown() {
    assert_eq!(serde_json::from_str::<Facts>("{}").unwrap(), Facts::default());
    assert_eq!(serde_json::from_str::<Facts>(r#"{"tree":"/t","git":{"branch":"x"}}"#).unwrap().git.unwrap().upstream, None);
}
