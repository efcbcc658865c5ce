package sidecar

# Whose pods are never ended. Each reason's value is its sentence.

# METADATA
# title: ignored
# description: The pod carries `sidecar-reaper/ignore` with another value than `false`, so nobody touches it.
# custom:
#   decision: leave
ignored(pod) := "annotation sidecar-reaper/ignore asks to leave this pod alone" if {
	pod.metadata.annotations["sidecar-reaper/ignore"] == "true"
} else := $"annotation sidecar-reaper/ignore is {json.marshal(_short(value))}, which is taken for true: it is true or false" if {
	value := pod.metadata.annotations["sidecar-reaper/ignore"]
	value != "false"
}

# METADATA
# title: namespace-disabled
# description: The pod's namespace carries the label `sidecar-reaper/enabled` with another value than `true`.
# custom:
#   decision: leave
namespace_disabled(namespace) := $"namespace {namespace.name} is labelled sidecar-reaper/enabled={_short(value)}{_doubt(value)}" if {
	value := namespace.labels["sidecar-reaper/enabled"]
	value != "true"
}

# Asked to leave something alone in words that are not ours: better left alone.
_doubt("false") := ""

_doubt(value) := ", which is taken for false: it is true or false" if value != "false"

# METADATA
# title: system-namespace
# description: Pods of kube-system are never ours to end.
# custom:
#   decision: leave
system_namespace(pod) := "pods of kube-system are never touched" if pod.metadata.namespace == "kube-system"

# METADATA
# title: own-namespace
# description: Pods of the reaper's own namespace are left alone, or it might end itself.
# custom:
#   decision: leave
own_namespace(pod) := "the reaper leaves its own namespace alone" if pod.metadata.namespace == data.self.namespace

# METADATA
# title: owner-out-of-scope
# description: The pod belongs to something that the setting `owners` does not name.
# custom:
#   decision: leave
owner_out_of_scope(pod) := $"the pod's owner is {_short(owner)}; the setting owners names {concat(", ", data.settings.owners)}" if {
	not input.template # whose pods will have one
	owner := _owner(pod)
	not owner in data.settings.owners
	not "any" in data.settings.owners
}

_owner(pod) := kind if {
	kind := [_kind(reference) | some reference in pod.metadata.ownerReferences; reference.controller][0]
} else := "Job" if {
	pod.metadata.labels["batch.kubernetes.io/job-name"]
} else := "none"

# Others have a Job too: Volcano's is no Job of Kubernetes.
_kind(reference) := $"{reference.kind} of {reference.apiVersion}" if {
	group := _group(reference.kind)
	not startswith(reference.apiVersion, group)
} else := reference.kind

_group("Job") := "batch/"

_group("Workflow") := "argoproj.io/"

_group("SparkApplication") := "sparkoperator.k8s.io/"

# METADATA
# title: deleting
# description: The pod is being deleted; the kubelet ends all of it already.
# custom:
#   decision: leave
deleting(pod) := "the pod is being deleted" if pod.metadata.deletionTimestamp

# METADATA
# title: already-finished
# description: The pod's phase is Succeeded or Failed; nothing can change it any more.
# custom:
#   decision: leave
already_finished("Succeeded") := "the pod is Succeeded"

already_finished("Failed") := "the pod is Failed"

# METADATA
# title: phase-unknown
# description: The pod's phase is Unknown, or one that this version does not know, so nothing about it is certain.
# custom:
#   decision: leave
phase_unknown(phase) := $"the pod's phase is {_short(phase)}" if {
	phase != "Running"
	phase != "Pending"
}

# METADATA
# title: disrupted
# description: The pod is about to be evicted or preempted (condition DisruptionTarget).
# custom:
#   decision: leave
disrupted(pod) := "the pod is about to be evicted or preempted" if _has_condition(pod, "DisruptionTarget")

_has_condition(pod, type) if {
	some condition in pod.status.conditions
	condition.type == type
	condition.status == "True"
}

# METADATA
# title: mirror-pod
# description: A static pod's mirror; its truth is a file on the node.
# custom:
#   decision: leave
mirror_pod(pod) := "a static pod, managed by a file on its node" if {
	pod.metadata.annotations["kubernetes.io/config.mirror"]
}

# METADATA
# title: node-not-ready
# description: The pod's node is not Ready; what its status says may be old.
# custom:
#   decision: leave
node_not_ready(node) := $"node {input.pod.spec.nodeName} is not Ready, so the pod's status may be old" if {
	node.ready == false
}
