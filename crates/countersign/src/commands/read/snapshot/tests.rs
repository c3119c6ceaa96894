use std::fs;

use super::*;

fn file(text: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("given.json");
    fs::write(&path, text).unwrap();
    (folder, path)
}

#[test]
fn a_state_file_gives_its_head_and_counts_and_nothing_else() {
    let (_folder, path) = file(
        r#"{"version":4,"terraform_version":"1.9.0","serial":7,"lineage":"ab-cd","outputs":{"p":{"value":"secret"}},"resources":[
            {"mode":"managed","type":"aws_instance","name":"web","instances":[{"attributes":{"p":"secret"}},{}]},
            {"module":"module.a[\"x\"]","mode":"managed","type":"aws_db_instance","name":"db","instances":[{}]},
            {"module":"module.a[\"y\"]","mode":"managed","type":"aws_db_instance","name":"db","instances":[{}]},
            {"mode":"data","type":"aws_ami","name":"a","instances":[{}]}]}"#,
    );
    let state = state(&path).unwrap();
    assert_eq!((state.lineage.as_str(), state.serial), ("ab-cd", 7));
    let resources: Vec<(&str, u64)> = state.resources.iter().map(|(name, n)| (name.as_str(), *n)).collect();
    assert_eq!(resources, [("aws_instance.web", 2), ("module.a.aws_db_instance.db", 2)]);
}

#[test]
fn what_is_no_state_file_is_misuse_and_shows_nothing_of_it() {
    for text in ["secret", "{\"version\":4,\"lineage\":\"secret\"}", "{\"version\":3,\"lineage\":\"a\",\"serial\":1}", "[]", ""] {
        let (_folder, path) = file(text);
        let error = state(&path).unwrap_err();
        assert!(error.is::<Misuse>() && !error.to_string().contains("secret"), "{error}");
    }
}

#[test]
fn an_address_of_a_database_names_its_server_and_keeps_no_password() {
    let mut snapshot = Snapshot::default();
    snapshot.of_database("postgres://me:secret@db.example:5433/shop").unwrap();
    assert_eq!((snapshot.dialect, &snapshot.database), (Some(Dialect::Postgres), &Database::at_host("db.example", Some(5433), Some("shop"))));
    let error = snapshot.of_database("me:secret@none").unwrap_err().to_string();
    assert!(!error.contains("secret"), "{error}");
}
