use crate::manifest::tests::{check, facts, notes, says, shorts};
use crate::manifest::{Action, Kind, Target, read, read_at};
use crate::sighting::Reading;

/// An object of a `group/version Kind` called `x` in the namespace `shop`, with more lines.
fn object(version: &str, kind: &str, more: &str) -> String {
    format!("apiVersion: {version}\nkind: {kind}\nmetadata:\n  name: x\n  namespace: shop\n{more}")
}

fn applied(version: &str, kind: &str, more: &str) -> Reading {
    read(&object(version, kind, more), Some(Kind::Kubernetes), Action::Apply, &facts())
}

fn deleted(version: &str, kind: &str, more: &str) -> Reading {
    read(&object(version, kind, more), Some(Kind::Kubernetes), Action::Delete, &facts())
}

#[test]
fn applying_is_by_kind() {
    for (version, kind, more, line) in [
        ("v1", "ConfigMap", "", "dev update configmap shop/x ~"),
        ("v1", "Namespace", "", "dev update namespace x ~ data"),
        ("apps/v1", "Deployment", "", "dev update deployment shop/x ~ +"),
        ("apps/v1", "StatefulSet", "", "dev update statefulset shop/x ~ + data"),
        ("batch/v1", "Job", "", "dev execute job shop/x ! ?"),
        ("v1", "Pod", "", "dev execute pod shop/x ! ?"),
        ("rbac.authorization.k8s.io/v1", "Role", "", "dev grant role shop/x !"),
        ("networking.k8s.io/v1", "Ingress", "", "dev expose ingress shop/x !"),
        ("v1", "Service", "", "dev update service shop/x ~"),
        ("v1", "Service", "spec: {type: ClusterIP}\n", "dev update service shop/x ~"),
        ("v1", "Service", "spec: {type: LoadBalancer}\n", "dev expose service shop/x !"),
        ("v1", "Service", "spec: {type: NodePort}\n", "dev expose service shop/x !"),
        ("v1", "Service", "spec: {externalIPs: [192.0.2.7]}\n", "dev expose service shop/x !"),
        ("networking.k8s.io/v1", "NetworkPolicy", "spec: {ingress: [{}]}\n", "dev expose networkpolicy shop/x ! +"),
        ("networking.k8s.io/v1", "NetworkPolicy", "spec: {ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}\n", "dev expose networkpolicy shop/x ! +"),
        ("networking.k8s.io/v1", "NetworkPolicy", "spec: {ingress: [{from: [{podSelector: {}}]}]}\n", "dev update networkpolicy shop/x ~ +"),
        ("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", "", "dev grant mutatingwebhookconfiguration x ! +"),
        ("argoproj.io/v1alpha1", "Application", "", "dev opaque application shop/x ! ? data"),
        ("kustomize.config.k8s.io/v1beta1", "Kustomization", "", "dev opaque kustomization shop/x ! ? data"),
        ("serving.knative.dev/v1", "Service", "", "dev update service shop/x ~ + data"),
        ("acid.zalan.do/v1", "postgresql", "", "dev update postgresql shop/x ~ + data"),
    ] {
        check(&applied(version, kind, more), &[line]);
    }
}

#[test]
fn deleting_is_by_what_the_kind_holds() {
    for (version, kind, more, line) in [
        ("v1", "ConfigMap", "", "dev delete configmap shop/x !"),
        ("apps/v1", "Deployment", "", "dev delete deployment shop/x !"),
        ("v1", "Namespace", "", "dev delete namespace x ! + data whole"),
        ("v1", "PersistentVolumeClaim", "", "dev delete persistentvolumeclaim shop/x ! data"),
        ("v1", "PersistentVolume", "spec: {persistentVolumeReclaimPolicy: Retain}\n", "dev delete persistentvolume shop/x ~ data"),
        ("v1", "PersistentVolume", "", "dev delete persistentvolume shop/x ! data"),
        ("apps/v1", "StatefulSet", "", "dev delete statefulset shop/x ~ data"),
        ("apps/v1", "StatefulSet", "spec: {persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete}}\n", "dev delete statefulset shop/x ! + data"),
        ("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", "dev delete customresourcedefinition x ! + data"),
        ("acid.zalan.do/v1", "postgresql", "", "dev delete postgresql shop/x ! + data"),
        ("rbac.authorization.k8s.io/v1", "ClusterRole", "", "dev delete clusterrole shop/x !"),
        ("snapshot.storage.k8s.io/v1", "VolumeSnapshot", "", "dev delete volumesnapshot shop/x ! data"),
    ] {
        check(&deleted(version, kind, more), &[line]);
    }
}

#[test]
fn deleting_what_protects_takes_the_protection_away() {
    for (version, kind, name) in [
        ("networking.k8s.io/v1", "NetworkPolicy", "shop/x"),
        ("policy/v1", "PodDisruptionBudget", "shop/x"),
        ("velero.io/v1", "Schedule", "shop/x"),
        ("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "x"),
    ] {
        let noun = kind.to_lowercase();
        check(&deleted(version, kind, ""), &[&format!("dev delete {noun} {name} !"), &format!("dev disable-protection {noun} {name} ! +")]);
    }
}

#[test]
fn rights_that_are_many_are_named() {
    for (kind, more, why) in [
        ("ClusterRole", "rules: [{apiGroups: ['*'], resources: [pods], verbs: ['*']}]\n", "a right to do everything"),
        ("ClusterRole", "rules: [{resources: [secrets], verbs: [get]}]\n", "a right to the secrets"),
        ("Role", "rules: [{resources: [pods/exec], verbs: [create]}]\n", "a right to run commands"),
        ("Role", "rules: [{resources: [roles], verbs: [escalate]}]\n", "a right to take more rights"),
        ("ClusterRoleBinding", "roleRef: {name: cluster-admin}\n", "a right to do everything"),
        ("RoleBinding", "subjects: [{kind: Group, name: 'system:authenticated'}]\n", "to everybody"),
    ] {
        let lines = applied("rbac.authorization.k8s.io/v1", kind, more).effects().lines();
        assert!(lines.iter().any(|line| line.contains(why)), "{kind}: {lines:?}");
    }
    assert_eq!(applied("rbac.authorization.k8s.io/v1", "Role", "rules: [{resources: [pods], verbs: [get]}]\n").sightings().len(), 1);
}

#[test]
fn a_way_out_of_the_container_is_a_grant_that_cannot_be_read() {
    for (inside, why) in [
        ("containers: [{securityContext: {privileged: true}}]", "privileged"),
        ("containers: [{securityContext: {privileged: yes}}]", "privileged"),
        ("initContainers: [{securityContext: {capabilities: {add: [CAP_SYS_ADMIN]}}}]", "capabilities"),
        ("volumes: [{hostPath: {path: /var/run/docker.sock}}]", "a folder of the node"),
        ("hostNetwork: true", "the node's network"),
        ("hostPID: true", "the node's processes"),
    ] {
        for (version, kind, path) in [("apps/v1", "DaemonSet", "template: {spec: {"), ("example.com/v1", "Odd", "deep: {pod: {")] {
            let seen = applied(version, kind, &format!("spec: {{{path}{inside}}}}}}}\n"));
            let grant = format!("dev grant {} shop/x ! ?", kind.to_lowercase());
            assert!(shorts(&seen).iter().any(|line| line.starts_with(&grant)), "{inside}: {:?}", shorts(&seen));
            assert!(notes(&seen, &grant).contains(why));
        }
    }
    let harmless = "spec: {template: {spec: {containers: [{securityContext: {privileged: false, capabilities: {drop: [ALL]}}}]}}}\n";
    assert_eq!(applied("apps/v1", "DaemonSet", harmless).sightings().len(), 1);
    assert_eq!(applied("apiextensions.k8s.io/v1", "CustomResourceDefinition", "spec: {privileged: {type: boolean}, hostPath: {}}\n").sightings().len(), 1);
}

#[test]
fn lists_and_names_are_read() {
    let text = r#"{"apiVersion": "v1", "kind": "List", "items": [
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a", "namespace": "shop"}, "data": {"password": "aHVudGVyMg=="}},
        {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"generateName": "seed-"}},
        {"apiVersion": "v1", "kind": "ConfigMapList", "items": [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}}]},
        {"apiVersion": "v1", "kind": "ConfigMap"}, 7]}"#;
    let target = Target { namespace: Some("web"), ..Target::default() };
    let seen = read_at(text, None, Action::Apply, &target, &facts());
    check(&seen, &["dev update secret shop/a ~", "dev execute job web/seed-… ! ?", "dev update configmap web/c ~", "dev opaque manifest a part of it ! ?"]);
    assert!(!format!("{seen:?}").contains("aHVudGVyMg"));
    assert!(says(&seen, text, "dev update secret").starts_with("{\"apiVersion\": \"v1\", \"kind\": \"Secret\""));
}

#[test]
fn a_template_that_is_not_filled_in_is_opaque() {
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: '{{ .Release.Name }}-x'\n";
    check(&read(text, None, Action::Apply, &facts()), &["dev update configmap {{ .Release.Name }}-x ~", "dev opaque manifest a part of it ! ?"]);
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n";
    assert!(shorts(&read(text, None, Action::Apply, &facts())).iter().all(|line| line.contains("opaque manifest")));
}

/// A release of helm with three things: one that goes, one that is kept, one that is a hook.
fn release(event: &str) -> String {
    let annotated = |key: &str, value: &str| object("v1", "PersistentVolumeClaim", "").replace("  name: x", &format!("  name: {}\n  annotations: {{{key}: {value}}}", value.replace(',', "-")));
    let plain = object("v1", "ConfigMap", "");
    format!("---\n# Source: shop/templates/a.yaml\n{plain}---\n# Source: shop/templates/b.yaml\n{}---\n{}", annotated("helm.sh/resource-policy", "keep"), annotated("helm.sh/hook", event))
}

#[test]
fn helm_keeps_what_says_so_and_makes_its_hooks_anew() {
    check(&read(&release("post-install"), Some(Kind::Helm), Action::Apply, &facts()), &[
        "dev update configmap shop/x ~",
        "dev update persistentvolumeclaim shop/keep ~ data",
        "dev update persistentvolumeclaim shop/post-install ~ data",
        "dev replace persistentvolumeclaim shop/post-install ! data",
    ]);
    check(&read(&release("post-install"), Some(Kind::Helm), Action::Delete, &facts()), &[
        "dev delete configmap shop/x !",
        "dev update persistentvolumeclaim shop/keep ~ data",
        "dev read persistentvolumeclaim shop/post-install data",
    ]);
    let comes = |events: &str, action| {
        let seen = shorts(&read(&release(events), Some(Kind::Helm), action, &facts()));
        seen.contains(&format!("dev replace persistentvolumeclaim shop/{} ! data", events.replace(',', "-")))
    };
    for (events, applied, deleted) in [("pre-delete,test", false, true), ("test", false, false), ("pre-install", true, false), ("odd", true, true)] {
        assert_eq!((comes(events, Action::Apply), comes(events, Action::Delete)), (applied, deleted), "{events}");
    }
}

#[test]
fn kubectl_keeps_nothing_for_helm() {
    for kind in [None, Some(Kind::Kubernetes)] {
        check(&read(&release("post-install"), kind, Action::Delete, &facts()), &[
            "dev delete configmap shop/x !",
            "dev delete persistentvolumeclaim shop/keep ! data",
            "dev delete persistentvolumeclaim shop/post-install ! data",
        ]);
    }
}
