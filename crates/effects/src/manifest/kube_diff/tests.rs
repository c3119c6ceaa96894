use super::{counts, names};
use crate::manifest::tests::{check, facts, notes, says, shorts};
use crate::manifest::{Action, read};
use crate::sighting::Reading;

/// One part of a diff: the header, and hunks.
fn part(file: &str, hunks: &str) -> String {
    format!("diff -u -N /tmp/LIVE-1/{file} /tmp/MERGED-2/{file}\n--- /tmp/LIVE-1/{file}\t2026-11-30 01:00:00\n+++ /tmp/MERGED-2/{file}\t2026-11-30 01:00:00\n{hunks}")
}

fn reading(text: &str) -> Reading {
    read(text, None, Action::Apply, &facts())
}

fn changed(file: &str, removed: &str, added: &str) -> Reading {
    reading(&part(file, &format!("@@ -1,2 +1,2 @@\n spec:\n-  {removed}\n+  {added}\n")))
}

#[test]
fn a_change_names_the_object_and_never_a_value() {
    let seen = changed("apps.v1.Deployment.shop.web", "image: web:1", "image: web:hunter2");
    check(&seen, &["dev update deployment shop/web ~ +"]);
    assert!(!format!("{seen:?}").contains("hunter2"));
    check(&changed("v1.ConfigMap.shop.web.conf", "a: 1", "a: 2"), &["dev update configmap shop/web.conf ~"]);
    check(&changed("v1.Namespace..shop", "a: 1", "a: 2"), &["dev update namespace shop ~ + data"]);
    check(&changed("rbac.authorization.k8s.io.v1.ClusterRole..x", "- get", "- '*'"), &["dev grant clusterrole x !"]);
}

#[test]
fn an_object_that_is_made_or_goes_is_read_whole() {
    let made = "@@ -0,0 +1,5 @@\n+apiVersion: v1\n+kind: Service\n+metadata:\n+  name: web\n+spec: {type: LoadBalancer}\n";
    check(&reading(&part("v1.Service.shop.web", made)), &["dev expose service web !"]);
    let made = "@@ -0,0 +1,4 @@\n+apiVersion: v1\n+kind: ConfigMap\n+metadata:\n+  name: web\n";
    check(&reading(&part("v1.ConfigMap.shop.web", made)), &["dev create configmap web"]);
    let gone = "@@ -1,4 +0,0 @@\n-apiVersion: v1\n-kind: PersistentVolumeClaim\n-metadata:\n-  name: data\n";
    let text = part("v1.PersistentVolumeClaim.shop.data", gone);
    let seen = reading(&text);
    check(&seen, &["dev delete persistentvolumeclaim data ! data"]);
    assert_eq!(says(&seen, &text, "dev delete"), text.trim_end());
}

#[test]
fn a_field_that_cannot_change_in_place_may_make_the_object_anew() {
    for (file, field, line) in [
        ("apps.v1.StatefulSet.shop.db", "serviceName", "dev replace statefulset shop/db ! + data"),
        ("v1.PersistentVolumeClaim.shop.data", "storageClassName", "dev replace persistentvolumeclaim shop/data ! + data"),
        ("rbac.authorization.k8s.io.v1.RoleBinding.shop.b", "roleRef", "dev replace rolebinding shop/b ! +"),
    ] {
        let seen = changed(file, &format!("{field}: a"), &format!("{field}: b"));
        assert!(shorts(&seen).contains(&line.to_owned()), "{field}: {:?}", shorts(&seen));
        assert!(notes(&seen, "dev replace").contains(field));
    }
    assert_eq!(changed("apps.v1.Deployment.shop.web", "serviceName: a", "serviceName: b").sightings().len(), 1);
}

#[test]
fn new_lines_that_open_give_or_unprotect_are_seen() {
    for (file, removed, added, verb) in [
        ("v1.Service.shop.web", "type: ClusterIP", "type: LoadBalancer", "expose"),
        ("apps.v1.Deployment.shop.web", "privileged: false", "privileged: true", "grant"),
        ("apps.v1.Deployment.shop.web", "- CHOWN", "- SYS_ADMIN", "grant"),
        ("v1.PersistentVolume..pv", "persistentVolumeReclaimPolicy: Retain", "persistentVolumeReclaimPolicy: Delete", "disable-protection"),
        ("apps.v1.StatefulSet.shop.db", "whenDeleted: Retain", "whenDeleted: Delete", "disable-protection"),
        ("v1.PersistentVolumeClaim.shop.data", "finalizers:", "labels:", "disable-protection"),
    ] {
        let seen = changed(file, removed, added);
        assert!(seen.sightings().iter().any(|sighting| sighting.effect.verb.as_str() == verb), "{added}: {:?}", shorts(&seen));
        let back = changed(file, added, removed);
        assert!(back.sightings().iter().all(|sighting| sighting.effect.verb.as_str() != verb), "{removed}: {:?}", shorts(&back));
    }
}

#[test]
fn each_part_is_read_by_itself() {
    let hunk = "@@ -1,2 +1,2 @@\n spec:\n-  a: 1\n+  a: 2\n\\ No newline at end of file\n@@ -9 +9 @@\n-b: 1\n+b: 2\n";
    let text = part("v1.ConfigMap.shop.a", hunk) + &part("v1.ConfigMap.shop.b", hunk);
    check(&reading(&text), &["dev update configmap shop/a ~", "dev update configmap shop/b ~"]);
}

#[test]
fn what_is_cut_off_or_odd_is_opaque_beside_what_could_be_read() {
    let odd = "dev opaque manifest a part of it ! ?";
    let update = "dev update configmap shop/a ~";
    for (hunks, lines) in [
        ("@@ -1,3 +1,3 @@\n spec:\n-  a: 1\n+  a: 2\n", vec![update, odd]),
        ("@@ -1,1 +1,1 @@\n-a: 1\n+a: 2\n+b: 1\n", vec![update, odd]),
        ("@@ odd @@\n", vec![update, odd]),
        ("", vec![update, odd]),
        ("@@ -1 +1 @@\n-a: 1\n+a: 2\nodd\n", vec![update, odd]),
    ] {
        check(&reading(&part("v1.ConfigMap.shop.a", hunks)), &lines);
    }
    check(&changed("odd", "a: 1", "a: 2"), &[odd]);
    check(&reading(&part("v1.ConfigMap.shop.a", "@@ -0,0 +1 @@\n+odd: [\n")), &[odd]);
}

#[test]
fn names_of_files_and_heads_of_hunks() {
    assert_eq!(names("apps.v1.Deployment.shop.web.x"), Some(("apps", "Deployment", "shop", "web.x")));
    assert_eq!(names("v1.Namespace..shop"), Some(("", "Namespace", "", "shop")));
    assert_eq!(names("v1.Namespace"), None);
    assert_eq!(names("shop.web"), None);
    assert_eq!(counts("@@ -1,7 +1,8 @@ spec:"), Some((7, 8)));
    assert_eq!(counts("@@ -1 +0,0 @@"), Some((1, 0)));
    assert_eq!(counts("@@ -a +b @@"), None);
}
