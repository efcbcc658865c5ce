package sidecar

# METADATA
# title: ignored
# description: The pod says `sidecar-reaper/ignore`, so nobody touches it.
# custom:
#   decision: leave
ignored if _annotations["sidecar-reaper/ignore"] == "true"

# METADATA
# title: namespace-disabled
# description: The pod's namespace carries the label `sidecar-reaper/enabled` with the value `false`.
# custom:
#   decision: leave
namespace_disabled if input.namespace.labels["sidecar-reaper/enabled"] == "false"

# METADATA
# title: system-namespace
# description: Pods of kube-system are never ours to end.
# custom:
#   decision: leave
system_namespace if _namespace == "kube-system"

# METADATA
# title: own-namespace
# description: Pods of the reaper's own namespace are left alone, or it might end itself.
# custom:
#   decision: leave
own_namespace if _namespace == data.self.namespace

# METADATA
# title: owner-out-of-scope
# description: The pod belongs to something that the setting `owners` does not name.
# custom:
#   decision: leave
owner_out_of_scope if {
	not "any" in data.settings.owners
	not _owner in data.settings.owners
}

_owner := kind if {
	some reference in _metadata.ownerReferences
	reference.controller == true
	kind := reference.kind
} else := "Job" if {
	_labels["batch.kubernetes.io/job-name"]
} else := "none"

# METADATA
# title: deleting
# description: The pod is being deleted; the kubelet ends all of it already.
# custom:
#   decision: leave
deleting if _metadata.deletionTimestamp

# METADATA
# title: already-finished
# description: The pod's phase is Succeeded or Failed; nothing can change it any more.
# custom:
#   decision: leave
already_finished if _phase in {"Succeeded", "Failed"}

# METADATA
# title: phase-unknown
# description: The node does not report the pod's phase, so nothing about it is certain.
# custom:
#   decision: leave
phase_unknown if _phase == "Unknown"

# METADATA
# title: disrupted
# description: The pod is about to be evicted or preempted (condition DisruptionTarget).
# custom:
#   decision: leave
disrupted if {
	some condition in input.pod.status.conditions
	condition.type == "DisruptionTarget"
	condition.status == "True"
}

# METADATA
# title: mirror-pod
# description: A static pod's mirror; its truth is a file on the node.
# custom:
#   decision: leave
mirror_pod if _annotations["kubernetes.io/config.mirror"]

# METADATA
# title: node-not-ready
# description: The pod's node is not Ready; what its status says may be old.
# custom:
#   decision: leave
node_not_ready if input.node.ready == false
