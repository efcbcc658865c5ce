package review

# METADATA
# title: host-pid
# description: PID 1 of a hostPID pod is the node's init, so no signal is sent to its sidecars, and the way complete is not allowed.
# custom:
#   severity: warning
_findings contains finding if {
	some template in _templates
	not _is_allowed("complete")
	found := _in_host_pids(template)
	finding := _finding("host-pid", "warning", found)
}

# METADATA
# title: host-pid
# description: PID 1 of a hostPID pod is the node's init, so no signal is sent to its sidecars; only calls of their own and complete end them.
# custom:
#   severity: info
_findings contains finding if {
	some template in _templates
	_is_allowed("complete")
	found := _in_host_pids(template)
	finding := _finding("host-pid", "info", found)
}

_in_host_pids(template) := _without_host(template, "hostPID", "no signal is sent to", names) if {
	template.pod.spec.hostPID == true
	_is_allowed("signal")
	names := [c.name | some c in template.outliving]
	count(names) > 0
}

_without_host(template, field, what, names) := {
	"message": $"{template.owner} {template.name} has {field}: {what} {concat(", ", sort(names))}",
	"container": null,
	"path": array.concat(template.spec, [field]),
	"fix": {"text": $"leave {field} out, where the work needs none", "patch": [{"op": "remove", "path": _pointer(array.concat(template.spec, [field]))}]},
}
