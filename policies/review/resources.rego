package review

# METADATA
# title: Resources
# description: >-
#   What a review of a cluster lists, by the API's names; `beside` are not judged themselves, and are cluster-wide. The
#   first come first.
# entrypoint: true
resources := [object.union({"beside": resource.kind in kinds_beside}, resource) | some resource in _resources]

_resources := [
	{"group": "admissionregistration.k8s.io", "version": "v1", "resource": "mutatingwebhookconfigurations", "kind": "MutatingWebhookConfiguration", "namespaced": false},
	{"group": "batch", "version": "v1", "resource": "cronjobs", "kind": "CronJob", "namespaced": true},
	{"group": "batch", "version": "v1", "resource": "jobs", "kind": "Job", "namespaced": true},
	{"group": "", "version": "v1", "resource": "pods", "kind": "Pod", "namespaced": true},
	{"group": "", "version": "v1", "resource": "podtemplates", "kind": "PodTemplate", "namespaced": true},
	{"group": "jobset.x-k8s.io", "version": "v1alpha2", "resource": "jobsets", "kind": "JobSet", "namespaced": true},
	{"group": "argoproj.io", "version": "v1alpha1", "resource": "workflows", "kind": "Workflow", "namespaced": true},
	{"group": "argoproj.io", "version": "v1alpha1", "resource": "workflowtemplates", "kind": "WorkflowTemplate", "namespaced": true},
	{"group": "argoproj.io", "version": "v1alpha1", "resource": "cronworkflows", "kind": "CronWorkflow", "namespaced": true},
	{"group": "argoproj.io", "version": "v1alpha1", "resource": "clusterworkflowtemplates", "kind": "ClusterWorkflowTemplate", "namespaced": false},
	{"group": "sparkoperator.k8s.io", "version": "v1beta2", "resource": "sparkapplications", "kind": "SparkApplication", "namespaced": true},
	{"group": "rbac.authorization.k8s.io", "version": "v1", "resource": "roles", "kind": "Role", "namespaced": true},
	{"group": "rbac.authorization.k8s.io", "version": "v1", "resource": "clusterroles", "kind": "ClusterRole", "namespaced": false},
]
