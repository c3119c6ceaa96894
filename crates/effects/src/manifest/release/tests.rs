use crate::manifest::tests::{check, facts};
use crate::manifest::{Action, Target, read, read_at};

const OBJECTS: &str = "---\n# Source: web/templates/config.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n---\n# Source: web/templates/claim.yaml\napiVersion: v1\nkind: PersistentVolumeClaim\n\
    metadata:\n  name: data\n  annotations:\n    helm.sh/resource-policy: keep\n";
const HOOK: &str = "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: bye\n  annotations:\n    \"helm.sh/hook\": pre-delete\n";

fn status() -> String {
    let release = serde_json::json!({
        "name": "web", "namespace": "shop", "version": 7, "info": {"status": "deployed"}, "config": {"password": "hunter2"},
        "manifest": OBJECTS, "hooks": [{"name": "bye", "kind": "Job", "events": ["pre-delete"], "manifest": HOOK}],
    });
    release.to_string()
}

#[test]
fn a_release_has_its_objects_and_hooks_in_it() {
    let reading = read(&status(), None, Action::Delete, &facts());
    check(&reading, &[
        "dev delete release shop/web !",
        "dev delete configmap shop/settings !",
        "dev update persistentvolumeclaim shop/data ~ data",
        "dev replace job shop/bye !",
        "dev execute job shop/bye ! ?",
    ]);
    assert!(reading.effects().lines().iter().any(|line| line.contains("revision 7")) && !reading.effects().lines().join("\n").contains("hunter2"));
    let reading = read(&status(), None, Action::Apply, &facts());
    check(&reading, &["dev update release shop/web ~", "dev update configmap shop/settings ~", "dev update persistentvolumeclaim shop/data ~ data", "dev read job shop/bye"]);
}

#[test]
fn a_part_of_a_release_that_is_not_there_is_opaque() {
    let without = r#"{"name": "web", "info": {}, "manifest": null, "hooks": [{"name": "x"}]}"#;
    let reading = read(without, None, Action::Apply, &facts());
    assert!(reading.effects().lines().iter().filter(|line| line.contains("not in it")).count() > 0, "{:#?}", reading.effects().lines());
    let broken = r#"{"name": "web", "info": {}, "manifest": "a: [", "hooks": []}"#;
    assert!(read(broken, None, Action::Apply, &facts()).effects().lines().iter().any(|line| line.contains("neither YAML nor JSON")));
}

#[test]
fn a_list_of_releases_says_which_and_not_what() {
    let list = r#"[{"name":"web","namespace":"shop","revision":"7","updated":"x","status":"deployed","chart":"web-1.0.0","app_version":"1"}]"#;
    check(&read(list, None, Action::Delete, &facts()), &["dev delete release shop/web !", "dev opaque manifest a part of it ! ?"]);
}

#[test]
fn the_object_that_keeps_a_release_is_told_by_name_and_revision() {
    let secret = "apiVersion: v1\nkind: Secret\ntype: helm.sh/release.v1\nmetadata:\n  name: sh.helm.release.v1.my.web.v12\n  namespace: shop\n  labels: {owner: helm, name: my.web, version: '12'}\ndata:\n  release: SDRzSUFBQUFB\n";
    let reading = read_at(secret, None, Action::Apply, &Target { context: Some("prod"), ..Target::default() }, &facts());
    check(&reading, &["production update secret shop/sh.helm.release.v1.my.web.v12 ~", "production update release shop/my.web ~", "production opaque release shop/my.web ! ?"]);
    let lines = reading.effects().lines().join("\n");
    assert!(lines.contains("revision 12") && lines.contains("compressed") && !lines.contains("SDRz"), "{lines}");
    let map = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n  labels: {owner: helm, name: web, version: '3'}\ndata: {release: H4sI}\n";
    check(&read(map, None, Action::Delete, &facts()), &["dev delete configmap x !", "dev delete release web !", "dev opaque release web ! ?"]);
    let plain = "apiVersion: v1\nkind: Secret\ntype: Opaque\nmetadata: {name: x}\n";
    assert_eq!(read(plain, None, Action::Apply, &facts()).sightings().len(), 1);
}

#[test]
fn what_helm_prints_is_kubernetes_with_its_hooks_read_both_ways() {
    check(&read(OBJECTS, None, Action::Apply, &facts()), &["dev update configmap settings ~", "dev update persistentvolumeclaim data ~ data"]);
    // `kubectl delete -f` keeps nothing.
    check(&read(OBJECTS, None, Action::Delete, &facts()), &["dev delete configmap settings !", "dev delete persistentvolumeclaim data ! data"]);
    check(&read(HOOK, None, Action::Delete, &facts()), &["dev delete job bye !", "dev replace job bye !", "dev execute job bye ! ?"]);
    check(&read(HOOK, None, Action::Apply, &facts()), &["dev execute job bye ! ?"]);
}
