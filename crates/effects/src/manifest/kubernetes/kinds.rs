//! What a kind of object means. Kinds by group and name, as in the Kubernetes API reference (v1.34) and in the references of
//! the projects named here; names are facts, what they mean for data and rights is our own judgement.

/// What a kind means for who applies or deletes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Sort {
    /// Settings and the like: what the object says is all.
    Plain,
    /// Containers that run on.
    Workload,
    /// Containers that run on and keep data.
    Stateful,
    /// Containers that run once, or now and then: commands.
    Runs,
    /// Data.
    Storage,
    /// Everything that is in it.
    Namespace,
    /// A kind of objects, with all of them.
    Definition,
    /// Who may do what.
    Rights,
    /// A way in from outside.
    Entrance,
    /// A way in, by its type.
    Service,
    /// Who may talk to whom.
    Traffic,
    /// A bound on what others do.
    Guard,
    /// Something that is asked at each request.
    Webhook,
    /// An order to bring more, from somewhere else.
    Elsewhere,
    /// Of an operator that is not known here.
    Unknown,
}

impl Sort {
    pub(in super::super) fn is_stateful(self) -> bool {
        matches!(self, Self::Stateful | Self::Storage | Self::Namespace | Self::Definition | Self::Elsewhere | Self::Unknown)
    }

    /// Of those that no namespace holds, the sorts of which that is sure.
    pub(in super::super) fn is_of_cluster(self) -> bool {
        matches!(self, Self::Namespace | Self::Definition | Self::Webhook)
    }
}

pub(in super::super) fn sort(group: &str, kind: &str) -> Sort {
    match (group, kind) {
        ("", kind) => core(kind),
        ("apps", "Deployment" | "DaemonSet" | "ReplicaSet") | ("argoproj.io", "Rollout") => Sort::Workload,
        ("apps", "StatefulSet") => Sort::Stateful,
        ("batch", "Job" | "CronJob") | ("argoproj.io", "Workflow" | "CronWorkflow") | ("tekton.dev", "PipelineRun" | "TaskRun") => Sort::Runs,
        ("rbac.authorization.k8s.io" | "authorization.openshift.io", _) | ("certificates.k8s.io", "CertificateSigningRequest") => Sort::Rights,
        ("security.openshift.io", "SecurityContextConstraints") => Sort::Rights,
        ("networking.k8s.io" | "extensions", "Ingress") | ("route.openshift.io", "Route") => Sort::Entrance,
        ("gateway.networking.k8s.io", _) | ("networking.istio.io", "Gateway" | "VirtualService" | "ServiceEntry") => Sort::Entrance,
        ("traefik.io" | "traefik.containo.us", "IngressRoute" | "IngressRouteTCP" | "IngressRouteUDP") => Sort::Entrance,
        ("networking.k8s.io" | "extensions", "NetworkPolicy") => Sort::Traffic,
        ("policy.networking.k8s.io" | "cilium.io" | "crd.projectcalico.org" | "projectcalico.org", _) => Sort::Traffic,
        ("security.istio.io", "AuthorizationPolicy" | "PeerAuthentication") => Sort::Traffic,
        ("networking.k8s.io", "IngressClass") | ("discovery.k8s.io", "EndpointSlice") | ("coordination.k8s.io", "Lease") => Sort::Plain,
        ("node.k8s.io", "RuntimeClass") | ("scheduling.k8s.io", "PriorityClass") | ("events.k8s.io", "Event") => Sort::Plain,
        ("autoscaling", "HorizontalPodAutoscaler") | ("apps", "ControllerRevision") => Sort::Plain,
        ("storage.k8s.io", "StorageClass" | "CSIDriver" | "CSINode" | "VolumeAttachment" | "CSIStorageCapacity") => Sort::Plain,
        ("snapshot.storage.k8s.io", "VolumeSnapshot" | "VolumeSnapshotContent") | ("velero.io", "Backup" | "BackupRepository") => Sort::Storage,
        ("velero.io", "Schedule" | "BackupStorageLocation") | ("snapshot.storage.k8s.io", "VolumeSnapshotClass") => Sort::Guard,
        ("policy", "PodDisruptionBudget" | "PodSecurityPolicy") | ("kyverno.io", "ClusterPolicy" | "Policy") => Sort::Guard,
        ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration" | "MutatingWebhookConfiguration") => Sort::Webhook,
        ("admissionregistration.k8s.io", _) => Sort::Guard,
        ("apiregistration.k8s.io", "APIService") => Sort::Webhook,
        ("apiextensions.k8s.io", "CustomResourceDefinition") => Sort::Definition,
        ("argoproj.io", "Application" | "ApplicationSet") => Sort::Elsewhere,
        ("kustomize.config.k8s.io" | "kustomize.toolkit.fluxcd.io" | "helm.toolkit.fluxcd.io" | "source.toolkit.fluxcd.io", _) => Sort::Elsewhere,
        ("helm.cattle.io" | "fleet.cattle.io", _) => Sort::Elsewhere,
        _ => Sort::Unknown,
    }
}

/// The kinds that have no group.
fn core(kind: &str) -> Sort {
    match kind {
        "ConfigMap" | "Secret" | "ServiceAccount" | "Endpoints" | "Event" | "PodTemplate" | "Binding" => Sort::Plain,
        "Pod" => Sort::Runs,
        "ReplicationController" => Sort::Workload,
        "PersistentVolume" | "PersistentVolumeClaim" => Sort::Storage,
        "Namespace" => Sort::Namespace,
        "Service" => Sort::Service,
        "ResourceQuota" | "LimitRange" => Sort::Guard,
        _ => Sort::Unknown,
    }
}
